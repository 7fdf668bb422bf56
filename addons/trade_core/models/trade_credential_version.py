from odoo import api, fields, models

from odoo.addons.trade_kernel.errors import AuthenticationFailed

from ..connectors.keyring import WrongKey, keyring


class TradeCredentialVersion(models.Model):
    """One secret, encrypted. Two are valid while rotating: the current one and the one that retires."""

    _name = "trade.credential.version"
    _description = "Version of a Credential"
    _order = "number desc"
    _rec_name = "number"

    credential_id = fields.Many2one(
        "trade.credential", required=True, readonly=True, ondelete="cascade", index=True
    )
    number = fields.Integer("Version", required=True, readonly=True, aggregator=None)
    state = fields.Selection(
        [("current", "Current"), ("retiring", "Still valid"), ("revoked", "Ended, erased")],
        required=True,
        readonly=True,
        default="current",
    )
    valid_from = fields.Datetime("From", required=True, readonly=True)
    valid_to = fields.Datetime("Until", readonly=True)
    key_id = fields.Char(
        "Encrypted with key", readonly=True, help="Tells the server's keys apart; reveals nothing."
    )
    secret = fields.Text(readonly=True, copy=False, prefetch=False, groups=fields.NO_ACCESS)

    _one_current = models.UniqueIndex("(credential_id) WHERE state = 'current'")
    _number = models.UniqueIndex("(credential_id, number)")

    def _decrypt(self):
        """:raise AuthenticationFailed: ``credential.key_missing``, ``credential.key_wrong``"""
        self.ensure_one()
        try:
            return keyring().decrypt(self.sudo().secret or "")
        except WrongKey:
            raise AuthenticationFailed(
                "credential.key_wrong",
                credential=self.credential_id.name,
                key_id=self.key_id,
                subject=self.credential_id._subject(),
            ) from None

    def _revoke(self):
        """End these versions; their secrets are erased and cannot be brought back."""
        self.write({"state": "revoked", "secret": False, "valid_to": fields.Datetime.now()})
        self.flush_recordset()

    @api.autovacuum
    def _gc_retired(self):
        self.search([("state", "=", "retiring"), ("valid_to", "<=", fields.Datetime.now())])._revoke()

    @api.model
    def _reencrypt(self):
        """Encrypt every secret with the server's newest key, so that earlier keys can be removed.

        :return: how many were encrypted anew
        :raise AuthenticationFailed: one cannot be opened; nothing is changed then
        """
        ring = keyring()
        versions = self.sudo().search([("state", "!=", "revoked"), ("key_id", "!=", ring.key_ids[0])])
        for version in versions:
            encrypted, key_id = ring.encrypt(version._decrypt())
            version.write({"secret": encrypted, "key_id": key_id})
        return len(versions)
