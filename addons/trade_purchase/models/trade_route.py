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
    catalogue_accept_percent = fields.Float(
        "Accept changes within (%)",
        digits=(16, 2),
        help="Prices that change by no more are accepted by themselves, up or down. 0: none is.",
    )
    catalogue_accept_new = fields.Boolean(
        "Accept new prices", help="Prices of items and quantities this vendor had no price for."
    )
    catalogue_accept_ended = fields.Boolean(
        "Accept what has ended", help="Vendor prices that a catalogue names no more end by themselves."
    )
    catalogue_outlier_percent = fields.Float(
        "Out of the ordinary above (%)",
        digits=(16, 2),
        default=20.0,
        help="Such changes are marked, and always decided by a person. 0: no limit.",
    )
    catalogue_outlier_times = fields.Float(
        "… or above (times the typical change)",
        digits=(16, 1),
        default=5.0,
        help="The typical change is the median of the list. 0: no limit.",
    )

    _catalogue_limits = models.Constraint(
        "CHECK (catalogue_accept_percent >= 0 AND catalogue_outlier_percent >= 0"
        " AND catalogue_outlier_times >= 0)",
        "Limits of price changes cannot be negative. Write 0 for none.",
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
        """The rules of this route as the kernel takes them, within what the rule for orders allows."""
        policy = self.deviation_policy_id._rules()
        return self.env["trade.data.owner"]._order_policy(self.trade_partner_id, policy)

    def _owned_groups(self):
        return {
            **super()._owned_groups(),
            "price_catalogue": ("catalogue", ("pricing", "catalogue")),
            "order_response": ("order", ("*",)),
        }
