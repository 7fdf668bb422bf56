from odoo import api, fields, models


class TradeOnboardingTemplateSave(models.TransientModel):
    """What a partner that trades well has taught us, for the next ones like it: its codes, but for those of
    products, and how its routes are set become rows of an onboarding template."""

    _name = "trade.onboarding.template.save"
    _description = "Save a Partner for Others Like It"

    trade_partner_id = fields.Many2one("trade.partner", "Partner", required=True, readonly=True)
    company_id = fields.Many2one(related="trade_partner_id.company_id")
    template_id = fields.Many2one(
        "trade.onboarding.template",
        "Onboarding template",
        required=True,
        compute="_compute_template_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('company_id', 'in', (False, company_id))]",
    )
    save_codes = fields.Boolean("Codes", default=True)
    save_routes = fields.Boolean("How its routes are set", default=True)
    new_words = fields.Char("Will be added", compute="_compute_words")
    kept_words = fields.Char("Stays as it is in the template", compute="_compute_words")

    @api.depends("trade_partner_id")
    def _compute_template_id(self):
        for wizard in self:
            wizard.template_id = wizard.trade_partner_id.onboarding_id.template_id

    @api.depends("trade_partner_id", "template_id", "save_codes", "save_routes")
    def _compute_words(self):
        for wizard in self:
            codes, routes, kept = wizard._compare()
            new = [
                self.env._("%s codes", len(codes)) if codes else "",
                self.env._("%s routes", len(routes)) if routes else "",
            ]
            wizard.new_words = ", ".join(filter(None, new)) or self.env._("nothing")
            wizard.kept_words = ", ".join(kept)

    def _compare(self):
        """
        :return: the values of the codes and of the routes that the template lacks, and in words what it has
            already and says otherwise
        """
        self.ensure_one()
        template, profile = self.template_id, self.trade_partner_id
        codes, routes, kept = [], [], []
        known = {code._code_name(): code for code in template.code_ids}
        for mapping in self.env["trade.mapping"]._shareable(profile) if self.save_codes else ():
            there = known.get(mapping._code_name())
            if not there:
                codes.append(mapping._prepare_same())
            elif there._says() != mapping._says():
                kept.append(there.display_name)
        known = {(row.direction, row.document_type): row for row in template.route_ids}
        Row = self.env["trade.onboarding.template.route"]
        types = dict(Row._selection_document_type())
        for route in profile.route_ids if self.save_routes else ():
            key = (route.direction, route.document_type)
            if key in known:
                kept.append(types[route.document_type])
            else:
                known[key] = Row
                routes.append(Row._prepare_as(route))
        return codes, routes, kept

    def action_save(self):
        self.ensure_one()
        codes, routes, _kept = self._compare()
        self.template_id.write(
            {
                "code_ids": [(0, 0, vals) for vals in codes],
                "route_ids": [(0, 0, vals) for vals in routes],
            }
        )
        self.template_id.message_post(
            body=self.env._(
                "Saved from %(partner)s: %(what)s.", partner=self.trade_partner_id.name, what=self.new_words
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.template_id._name,
            "res_id": self.template_id.id,
            "view_mode": "form",
        }
