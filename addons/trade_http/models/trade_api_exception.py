from odoo import models
from odoo.exceptions import UserError


class TradeException(models.Model):
    """Problems at the front door lead to the client or the issuer they are about."""

    _inherit = "trade.exception"

    def action_open_api_client(self):
        return self._about("trade.api.client", "client")._get_records_action()

    def action_open_denials(self):
        return self._about("trade.api.client", "client").action_open_denials()

    def action_open_api_issuer(self):
        return self._about("trade.api.issuer", "issuer")._get_records_action()

    def _about(self, model, prefix):
        """The record a problem with the subject ``prefix:id`` is about."""
        self.ensure_one()
        kind, _colon, number = (self.subject or "").partition(":")
        known = kind == prefix and number.isdigit()
        record = self.env[model].browse(int(number) if known else []).exists()
        if not record:
            raise UserError(self.env._("It was deleted meanwhile. Resolve the problem by hand."))
        return record
