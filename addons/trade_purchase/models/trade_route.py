from odoo import fields, models


class TradeRoute(models.Model):
    _inherit = "trade.route"

    deviation_policy_id = fields.Many2one(
        "trade.deviation.policy",
        "When the answer differs",
        check_company=True,
        help="How far a supplier's answer may be from what was asked before a person decides.\n"
        "Empty: the careful default; only small shifts of the date are accepted.",
    )

    def _deviation_policy(self):
        """The rules of this route, as the kernel's engine takes them."""
        return self.deviation_policy_id._rules()
