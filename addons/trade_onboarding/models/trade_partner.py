from odoo import api, fields, models
from odoo.exceptions import UserError

from .trade_onboarding import OPEN, STATES


class TradePartner(models.Model):
    """A trading profile and the cases that brought it here."""

    _inherit = "trade.partner"

    onboarding_ids = fields.One2many("trade.onboarding", "trade_partner_id", "Onboarding cases")
    onboarding_id = fields.Many2one("trade.onboarding", compute="_compute_onboarding_id", compute_sudo=True)
    onboarding_state = fields.Selection(
        STATES, "Onboarding status", compute="_compute_onboarding_id", compute_sudo=True
    )

    document_ids = fields.One2many("trade.partner.document", "trade_partner_id", "Documents")
    currency_id = fields.Many2one(related="company_id.currency_id")
    credit_score = fields.Char(tracking=True)
    credit_limit = fields.Monetary(tracking=True)
    credit_checked_on = fields.Date("Credit checked on")

    @api.depends("onboarding_ids.state")
    def _compute_onboarding_id(self):
        """The case that counts: an open one, else the newest."""
        for profile in self:
            cases = profile.onboarding_ids.sorted("id", reverse=True)
            profile.onboarding_id = (cases.filtered(lambda case: case.state in OPEN) or cases)[:1]
            profile.onboarding_state = profile.onboarding_id.state

    def action_open_onboarding(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Onboarding of %s", self.name),
            "res_model": "trade.onboarding",
            "res_id": self.onboarding_id.id,
            "view_mode": "form",
        }

    def action_go_live(self):
        """A partner with an open case goes live through it, when everything in it is done."""
        for profile in self:
            case = profile.onboarding_id
            if case.state in OPEN:
                raise UserError(
                    self.env._(
                        "%(name)s is being onboarded and is “%(state)s”. Finish the case: it goes live from"
                        " there.",
                        name=profile.name,
                        state=dict(case._fields["state"]._description_selection(self.env))[case.state],
                    )
                )
        return super().action_go_live()
