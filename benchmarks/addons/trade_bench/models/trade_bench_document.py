from odoo import fields, models


class TradeBenchDocument(models.Model):
    """The smallest thing an endpoint could store of a document."""

    _name = "trade.bench.document"
    _description = "Benchmark Document"

    name = fields.Char(required=True, index=True)
    payload = fields.Text()
