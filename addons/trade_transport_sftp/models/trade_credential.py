from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_core.models import trade_connector

from ..files.sftp import private_key

trade_connector.KINDS["ssh_key"] = ("ssh_key",)


class TradeCredential(models.Model):
    _inherit = "trade.credential"

    kind = fields.Selection(selection_add=[("ssh_key", "SSH private key")], ondelete={"ssh_key": "cascade"})

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("kind") == "ssh_key":
                self._check_private_key(vals.get("secret"))
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("secret") and any((vals.get("kind") or one.kind) == "ssh_key" for one in self):
            self._check_private_key(vals["secret"])
        return super().write(vals)

    @api.model
    def _check_private_key(self, text):
        """A wrong key is noticed when it is entered, not with the first order."""
        if text:
            try:
                private_key(text)
            except ValueError as error:
                raise ValidationError(str(error)) from None
