from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class TradeFileSender(models.TransientModel):
    """Say once whose id an unknown one in a file is; every file that waits for it is then passed on."""

    _name = "trade.file.sender"
    _description = "Whose Id Is This?"

    exception_id = fields.Many2one("trade.exception", readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="exception_id.company_id")
    scheme = fields.Selection(
        lambda self: self.env["trade.identifier"]._selection_scheme(),
        "Kind of id",
        readonly=True,
        required=True,
    )
    value = fields.Char("Id in the file", readonly=True, required=True)
    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", domain="[('company_id', '=', company_id)]", ondelete="cascade"
    )
    waiting_count = fields.Integer("Files waiting", related="exception_id.waiting_count")

    @api.model
    def _for_problem(self, problem):
        self._check_may()
        scheme, _colon, value = (problem.subject or "").partition(":")
        wizard = self.create({"exception_id": problem.id, "scheme": scheme, "value": value})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Whose id is %s?", value),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_may(self):
        if not self.env.user.has_group("trade_core.group_trade_manager"):
            raise AccessError(
                self.env._("Trading managers say who sends under an id. Ask one, or assign it to one.")
            )

    def action_apply(self):
        """Remember the id and pass on the files that wait for it."""
        self.ensure_one()
        self._check_may()
        if not self.trade_partner_id:
            raise UserError(self.env._("Choose the partner who sends under this id."))
        self.env["trade.identifier"].sudo().create(
            {"trade_partner_id": self.trade_partner_id.id, "scheme": self.scheme, "value": self.value}
        )
        self.exception_id._replay_waiting(
            self.env._("%(value)s is %(partner)s.", value=self.value, partner=self.trade_partner_id.name)
        )
        return {"type": "ir.actions.act_window_close"}
