from odoo import api, models


class TradeDataOwner(models.Model):
    _inherit = "trade.data.owner"

    @api.model
    def _fields_of(self):
        """See the model: what a partner may propose about payment terms."""
        found = super()._fields_of()
        terms = ("property_payment_term_id", "property_supplier_payment_term_id")
        self._add_fields(found, "res.partner", "partner", "terms", *terms)
        return found
