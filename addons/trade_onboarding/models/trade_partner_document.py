from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.trade_kernel import onboarding

_SOON_DAYS = 30  # where the step does not say when to ask again


class TradePartnerDocument(models.Model):
    """A certificate or another document of a partner that we rely on, and until when."""

    _name = "trade.partner.document"
    _description = "Document of a Trading Partner"
    _order = "expires_on, id"

    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="trade_partner_id.company_id", store=True, index=True)
    step_id = fields.Many2one("trade.onboarding.step", ondelete="set null", index=True, readonly=True)
    onboarding_id = fields.Many2one(related="step_id.onboarding_id", string="Case")
    name = fields.Char("Document", required=True)
    number = fields.Char()
    issued_by = fields.Char()
    file_id = fields.Many2one("ir.attachment", readonly=True, ondelete="restrict")
    expires_on = fields.Date("Valid until", index=True)
    replaced_by_id = fields.Many2one("trade.partner.document", readonly=True)
    state = fields.Selection(
        [("valid", "Valid"), ("ending", "Ends soon"), ("lapsed", "Lapsed"), ("replaced", "Replaced")],
        "Status",
        compute="_compute_state",
    )
    active = fields.Boolean(default=True)

    @api.depends("expires_on", "replaced_by_id")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for document in self:
            soon = today + timedelta(days=document.step_id.template_step_id.renew_days or _SOON_DAYS)
            if document.replaced_by_id:
                document.state = "replaced"
            elif not document.expires_on or document.expires_on > soon:
                document.state = "valid"
            else:
                document.state = "ending" if document.expires_on >= today else "lapsed"

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.file_id.id}?download=1",
            "target": "new",
        }

    @api.model
    def _cron_renew(self):
        """Ask for what ends soon, and stop whoever must not trade without what has lapsed (cron, daily)."""
        today = fields.Date.context_today(self)
        current = self.sudo().search([("expires_on", "!=", False), ("replaced_by_id", "=", False)])
        ending = current.filtered(lambda one: one.state in ("ending", "lapsed"))
        for step, documents in ending.grouped("step_id").items():
            if step.state in onboarding.SETTLED and step.onboarding_id.state in onboarding.ROAD:
                step._reopen(
                    self.env._(
                        "%(name)s is valid until %(day)s. Please send the new one.",
                        name=documents[0].name,
                        day=documents[0].expires_on,
                    )
                )
                step.onboarding_id._refresh()
                step._tell_partner()
        for document in ending.filtered(lambda one: one.expires_on < today):
            document._has_lapsed()

    def _has_lapsed(self):
        case = self.onboarding_id
        if self.step_id.template_step_id.lapse_suspends and case.state == "live":
            case._move("suspended", self.env._("%s has lapsed.", self.name))


class TradeOnboardingTemplateStep(models.Model):
    _inherit = "trade.onboarding.template.step"

    lapse_suspends = fields.Boolean(
        "Stop trading when it lapses",
        help="The case is suspended on the day after, until the new one is here.",
    )


class TradeOnboardingStep(models.Model):
    _inherit = "trade.onboarding.step"

    def _keep_document(self):
        """What the step collected becomes the partner's document; one from before is replaced by it."""
        values, profile = self._values(), self.onboarding_id._profile(self)
        document = self.env["trade.onboarding.effect"]._create_record(
            self,
            "trade.partner.document",
            {
                "trade_partner_id": profile.id,
                "step_id": self.id,
                "name": self.template_step_id.document_name or self.name,
                "number": values.get("number"),
                "issued_by": values.get("issued_by"),
                "file_id": values.get("file"),
                "expires_on": values.get("expires"),
            },
        )
        earlier = document.sudo().search(
            [("step_id", "=", self.id), ("id", "!=", document.id), ("replaced_by_id", "=", False)]
        )
        earlier.replaced_by_id = document
