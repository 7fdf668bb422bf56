import secrets

from odoo import fields, models

from odoo.addons.trade_core.secret_shown import show_secret
from odoo.addons.trade_kernel import hook_signatures
from odoo.addons.trade_kernel.errors import AuthenticationFailed, TradeError


class TradeCredential(models.Model):
    """Secrets of those who call us in their own shape."""

    _inherit = "trade.credential"

    kind = fields.Selection(
        selection_add=[
            ("hook_secret", "Secret of a webhook's sender"),
            ("hook_word", "Verify token of a handshake"),
        ],
        ondelete={"hook_secret": "cascade", "hook_word": "cascade"},
    )

    def action_generate(self):
        if self.kind not in ("hook_secret", "hook_word", "basic") or self.connector_id.transport != "hook":
            return super().action_generate()
        self.ensure_one()
        self.check_access("write")
        secret = secrets.token_hex(32) if self.kind == "hook_secret" else secrets.token_urlsafe(24)
        self._set_secret(secret)
        return show_secret(
            self.env._("Secret of %s", self.connector_id.name),
            secret,
            self.env._("Copy it now and enter it at the sender's, with this address:"),
            self.connector_id.hook_url,
        )

    def _check_secret(self, secret):
        result = super()._check_secret(secret)
        connector = self.connector_id
        if self.kind == "hook_secret" and connector.transport == "hook":
            try:
                hook_signatures.check_secret(connector._hook_scheme(), secret)
            except TradeError as error:
                raise AuthenticationFailed(
                    "credential.malformed", credential=self.name, reason=error.message
                ) from error
        return result
