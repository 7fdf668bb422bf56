from odoo import api, fields, models


class TradeApiSecret(models.AbstractModel):
    """Shows a new key or secret once. Abstract: there is no table it could stay in."""

    _name = "trade.api.secret"
    _description = "New API Key or Secret"

    id = fields.Id()  # the client asks for it when it opens the form
    value = fields.Char(readonly=True)
    explanation = fields.Char(readonly=True)
    header = fields.Char(readonly=True)

    @api.model
    def _show(self, title, value, explanation, header):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_value": value, "default_explanation": explanation, "default_header": header},
        }
