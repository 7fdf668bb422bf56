import secrets
import string

from odoo import api, fields, models

from ..door import forget
from ..gate import PREFIX, digest

_ALPHABET = string.ascii_letters + string.digits
_SECRET_LENGTH = 43  # log2(62**43) = 256 bits


class TradeApiKey(models.Model):
    """An API key of a client. The key itself is shown once and kept nowhere; here is its digest."""

    _name = "trade.api.key"
    _description = "API Key"
    _order = "id desc"

    client_id = fields.Many2one(
        "trade.api.client", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="client_id.company_id", store=True, index=True)
    hint = fields.Char("Key", required=True, readonly=True, help="How it begins and ends.")
    digest = fields.Char(required=True, readonly=True, copy=False, groups=fields.NO_ACCESS)
    valid_to = fields.Datetime("Ends", readonly=True, help="Empty: with the client's access.")
    is_valid = fields.Boolean("Valid", compute="_compute_is_valid")

    _unique_digest = models.UniqueIndex("(digest)")

    @api.depends("valid_to")
    def _compute_is_valid(self):
        now = fields.Datetime.now()
        for key in self:
            key.is_valid = not key.valid_to or key.valid_to > now

    @api.model_create_multi
    def create(self, vals_list):
        keys = super().create(vals_list)
        forget(self.env)
        return keys

    def write(self, vals):
        result = super().write(vals)
        forget(self.env)
        return result

    def unlink(self):
        result = super().unlink()
        forget(self.env)
        return result

    @api.model
    def _issue(self, client):
        """Make a key; the newest one so far ends after the client's overlap, older ones now.

        :return: the key in clear, which is nowhere else
        """
        client = client.sudo()
        now = fields.Datetime.now()
        overlap = fields.Datetime.add(now, hours=client.overlap_hours)
        before = client.key_ids.filtered("is_valid").sorted("id", reverse=True)
        retiring = before[:1].filtered(lambda key: not key.valid_to or key.valid_to > overlap)
        retiring.write({"valid_to": overlap})
        before[1:].write({"valid_to": now})
        secret = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))
        token = f"{PREFIX}_{client.public_id}_{secret}"
        key = self.create(
            {
                "client_id": client.id,
                "hint": f"{PREFIX}_{client.public_id}_…{secret[-4:]}",
                "digest": digest(token),
            }
        )
        client._message_log(body=self.env._("New API key %s", key.hint))
        return token

    def action_revoke(self):
        """End these keys now: the next request with one of them is denied."""
        self.client_id.check_access("write")
        keys = self.sudo()
        keys.write({"valid_to": fields.Datetime.now()})
        for key in keys:
            key.client_id._message_log(body=self.env._("API key %s was revoked", key.hint))
