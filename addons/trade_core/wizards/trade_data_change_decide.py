from odoo import api, fields, models
from odoo.exceptions import UserError


class TradeDataChangeDecide(models.TransientModel):
    """What has to be said with a decision: why it is refused; for bank accounts, who was called."""

    _name = "trade.data.change.decide"
    _description = "Decide about Proposed Changes"

    decision = fields.Selection([("accepted", "Accept"), ("refused", "Refuse")], required=True, readonly=True)
    change_ids = fields.Many2many("trade.data.change", string="What is proposed", readonly=True)
    seen = fields.Json(readonly=True)
    commercial_id = fields.Many2one("res.partner", compute="_compute_commercial_id")
    reason = fields.Char("Why", help="Whoever said it reads this when asking what became of it.")
    contact_id = fields.Many2one(
        "res.partner",
        "Whom did you call?",
        domain="[('id', 'child_of', commercial_id), ('phone', '!=', False)]",
    )
    number = fields.Char("At the known number", related="contact_id.phone", readonly=True)
    called_at = fields.Datetime("When", default=fields.Datetime.now)

    @api.depends("change_ids")
    def _compute_commercial_id(self):
        for wizard in self:
            companies = wizard.change_ids.trade_partner_id.partner_id.commercial_partner_id
            wizard.commercial_id = companies if len(companies) == 1 else False

    def action_decide(self):
        self.ensure_one()
        if self.decision == "refused" and not (self.reason or "").strip():
            raise UserError(self.env._("Say why: the partner is told."))
        if self.decision == "accepted" and len(self.change_ids.trade_partner_id) > 1:
            raise UserError(
                self.env._(
                    "One call confirms the account of one partner. Choose the accounts of one partner."
                )
            )
        self.change_ids._decide(
            self.decision,
            reason=(self.reason or "").strip(),
            callback={"contact": self.contact_id, "at": self.called_at},
            seen=self.seen or {},
        )
        return {"type": "ir.actions.act_window_close"}
