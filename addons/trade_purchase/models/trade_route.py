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

    change_sending = fields.Selection(
        [("auto", "By themselves"), ("manual", "When somebody presses Send again")],
        "Changes of an order leave",
        required=True,
        default="auto",
        help="An order that is changed in Odoo after it has left goes out again as its next revision: as a"
        " change where there is a route for changes, else as the whole order.",
    )
    change_minutes = fields.Integer(
        "Wait for more changes (minutes)",
        default=10,
        help="So long a change waits for the next one, so that one revision says all that is being edited."
        " Send again on the order lets it leave at once.",
    )
    change_scope = fields.Selection(
        [("changed", "Only the lines that changed"), ("all", "All lines, each with what happened to it")],
        "A change says",
        required=True,
        default="changed",
    )

    send_files = fields.Boolean(
        "Files go with it",
        help="Drawings and specifications are sent in the order. UBL and JSON"
        " carry them; EDIFACT, X12 and tables do not.",
    )

    def _deviation_policy(self):
        """The rules of this route, as the kernel's engine takes them."""
        return self.deviation_policy_id._rules()
