from odoo import fields, models


class TradeRoute(models.Model):
    _inherit = "trade.route"

    despatch_over_percent = fields.Float(
        "More than ordered, up to (%)",
        help="Announced quantities up to so much above the ordered quantity are expected without asking. "
        "More than that waits for a person.",
    )
    despatch_short = fields.Selection(
        [("keep", "Keep the rest open and tell the buyer"), ("close", "Do not expect the rest any more")],
        "When nothing follows",
        default="keep",
        required=True,
        help="What happens when less than ordered is announced and the supplier says that nothing follows.",
    )

    _despatch_over_percent_positive = models.Constraint(
        "CHECK (despatch_over_percent >= 0)", "The percentage cannot be below zero."
    )
