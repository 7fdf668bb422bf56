from odoo import api, fields, models

#: what a test may ask the partner for
KINDS = [
    ("accepted", "As ordered"),
    ("changed", "Changed"),
    ("partial", "Partial"),
    ("rejected", "Rejected"),
    ("malformed", "Broken on purpose"),
    ("duplicate", "Sent twice"),
]
#: what a document of a partner may be about, as the document that we send last
ABOUT = [
    ("order", "The order"),
    ("order_change", "A change of the order"),
    ("order_cancellation", "The end of the order"),
]


class TradeCertificationCase(models.Model):
    """A test that partners have to pass before they trade, as a template."""

    _name = "trade.certification.case"
    _description = "Certification Test Case"
    _order = "document_type, about, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    template_id = fields.Many2one(
        "trade.onboarding.template",
        ondelete="cascade",
        index=True,
        help="Empty: for all templates that have no cases of their own for this document.",
    )
    document_type = fields.Selection(
        "_selection_document_type", "The partner sends", required=True, default="order_response"
    )
    about = fields.Selection(
        ABOUT,
        "It answers",
        required=True,
        default="order",
        help="What we send. It means nothing for documents that come by themselves.",
    )
    kind = fields.Selection(KINDS, "It shall be", required=True, default="accepted")
    what = fields.Selection(
        [("price", "The price"), ("day", "The delivery day"), ("quantity", "The quantity")],
        "What changes",
        default="price",
    )
    line_count = fields.Integer(
        "Order lines", default=2, aggregator=None, help="How many lines the test order has."
    )
    required = fields.Boolean(default=True, help="Off: it may be tried, but is not needed to pass.")

    _line_count_range = models.Constraint(
        "CHECK (line_count BETWEEN 1 AND 50)", "A test order has 1 to 50 lines."
    )

    @api.model
    def _selection_document_type(self):
        return self.env["trade.route"]._selection_document_type()

    @api.model
    def _for(self, template, document_type, asks=None):
        """The cases of a template for a document: its own, else the delivered ones.

        :param asks: the type of the document it answers, if any
        """
        found = self.search(
            [
                ("document_type", "=", document_type),
                ("about", "=", asks or "order"),
                ("template_id", "in", [False, *template.ids]),
            ]
        )
        return found.filtered("template_id") or found
