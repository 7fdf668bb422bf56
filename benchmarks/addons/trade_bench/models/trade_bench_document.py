from odoo import fields, models


class TradeBenchDocument(models.Model):
    """The least to keep of a document that came in: whose it is, its key, its bytes, its state."""

    _name = "trade.bench.document"
    _description = "Benchmark Document"

    name = fields.Char("Key", required=True)
    partner_id = fields.Many2one("res.partner", required=True, index=True)
    payload = fields.Text()
    state = fields.Char(required=True, default="received", index=True)

    _unique_key = models.UniqueIndex("(partner_id, name)")
