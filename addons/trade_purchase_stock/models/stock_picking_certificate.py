from odoo import api, fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """Goods are received with the certificates they need, or somebody says why without."""

    _inherit = "stock.picking"

    trade_certificate_count = fields.Integer(
        "Certificates", compute="_compute_trade_certificates", groups="base.group_user"
    )
    trade_certificate_missing = fields.Integer(
        "Certificates missing", compute="_compute_trade_certificates", groups="base.group_user"
    )
    trade_certificate_override = fields.Json(
        copy=False,
        readonly=True,
        help="What is received without: keys of what was missing when it was decided.",
        groups="base.group_user",
    )

    @api.depends("state", "move_ids.quantity", "move_line_ids.lot_id", "move_line_ids.lot_name")
    def _compute_trade_certificates(self):
        for picking in self:
            needs = picking._certificate_needs()
            picking.trade_certificate_count = len(needs)
            picking.trade_certificate_missing = sum(not need.is_met for need in needs)

    # -- what is needed ----------------------------------------------------------------------------

    def _certificate_goods(self):
        """``[(product, lot name, vendor)]`` of what comes from suppliers with this receipt."""
        goods = []
        for move in self.move_ids:
            if move.state == "cancel" or move.location_id.usage != "supplier":
                continue
            vendor = move.purchase_line_id.order_id.partner_id or self.partner_id
            lots = {line.lot_id.name or line.lot_name or "" for line in move.move_line_ids if line.quantity}
            goods += [(move.product_id, lot, vendor) for lot in lots or {""} if vendor]
        return goods

    def _certificate_needs(self):
        self.ensure_one()
        if self.picking_type_code != "incoming" or self.state == "cancel":
            return []
        goods = self._certificate_goods()
        return self.env["trade.certificate.requirement"]._needs(goods, self.company_id) if goods else []

    def _certificates_missing(self):
        """Needs that are not met and that nobody has decided to do without."""
        self.ensure_one()
        decided = set(self.trade_certificate_override or [])
        return [need for need in self._certificate_needs() if not need.is_met and need.key not in decided]

    def _certificates_blocking(self):
        return [need for need in self._certificates_missing() if need.requirement.is_blocking]

    # -- receiving ---------------------------------------------------------------------------------

    def _pre_action_done_hook(self):
        """What blocks is shown before anything is booked, with what can be done about it."""
        for picking in self:
            if picking._certificates_blocking():
                return picking.action_trade_certificates_missing()
        return super()._pre_action_done_hook()

    def _action_done(self):
        warned = []
        for picking in self:
            missing = picking._certificates_missing()
            blocking = [need for need in missing if need.requirement.is_blocking]
            if blocking:
                raise UserError(
                    self.env._(
                        "%(receipt)s cannot be received without these certificates:\n%(list)s\n"
                        "Request them from the supplier, or let an inventory manager decide to do without.",
                        receipt=picking.name,
                        list=self._certificate_lines(blocking),
                    )
                )
            if missing:
                warned.append((picking, missing))
        result = super()._action_done()
        for picking, missing in warned:
            picking._warn_of_certificates(missing)
        return result

    def _warn_of_certificates(self, missing):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Received without certificates"),
            note=self._certificate_lines(missing).replace("\n", "<br/>"),
            user_id=(self.user_id or self.env.user).id,
        )

    @api.model
    def _certificate_lines(self, needs):
        return "\n".join(
            "• "
            + " · ".join(
                filter(
                    None,
                    (
                        need.requirement.type_id.name,
                        need.product.display_name,
                        need.lot,
                        need.certificate._words(),
                    ),
                )
            )
            for need in needs
        )

    # -- what people press -------------------------------------------------------------------------

    def action_trade_certificates_missing(self):
        self.ensure_one()
        wizard = self.env["trade.certificate.missing"]._for_receipt(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Certificates are missing"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_trade_certificates(self):
        """The certificates of what this receipt brings."""
        self.ensure_one()
        if self.trade_certificate_missing and self.state != "done":
            return self.action_trade_certificates_missing()
        papers = self.env["trade.certificate"].union(
            *(need.certificate.with_env(self.env) for need in self._certificate_needs())
        )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("trade_purchase_stock.trade_certificate_action"),
            "domain": [("id", "in", papers.ids)],
            "context": {},
        }
