from odoo import fields, models

SENDER_UNKNOWN = "file.sender_unknown"


class TradeException(models.Model):
    """A sender nobody knows is solved by saying whose id it is."""

    _inherit = "trade.exception"

    fix_kind = fields.Selection(selection_add=[("sender", "Say who sends under an id")])

    def _kind_of_fix(self, mapped, params):
        if self.code == SENDER_UNKNOWN:
            return "sender"
        return super()._kind_of_fix(mapped, params)

    def _fix_action(self):
        if self.code == SENDER_UNKNOWN:
            return self.env["trade.file.sender"]._for_problem(self)
        return super()._fix_action()
