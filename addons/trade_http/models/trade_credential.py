from odoo import api, models

from ..door import forget


class TradeCredential(models.Model):
    _inherit = "trade.credential"

    def write(self, vals):
        result = super().write(vals)
        if "hmac_secret" in self.mapped("kind"):
            forget(self.env)
        return result


class TradeCredentialVersion(models.Model):
    _inherit = "trade.credential.version"

    @api.model_create_multi
    def create(self, vals_list):
        versions = super().create(vals_list)
        forget(self.env)
        return versions

    def write(self, vals):
        result = super().write(vals)
        forget(self.env)
        return result
