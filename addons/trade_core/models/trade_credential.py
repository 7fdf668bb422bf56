import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_kernel import signatures
from odoo.addons.trade_kernel.errors import AuthenticationFailed, TradeError

from ..connectors.keyring import keyring
from ..secret_shown import show_secret

_logger = logging.getLogger(__name__)

ADMINS = "base.group_system,trade_core.group_trade_admin"
OVERLAP_HOURS = 72.0
EXPIRY_WARNING = timedelta(days=14)


class TradeCredential(models.Model):
    """What proves who we are to a partner, or who a partner is to us. Its secret can be set, never read."""

    _name = "trade.credential"
    _description = "Credential"
    _order = "connector_id, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True, readonly=False, required=True, precompute=True)
    connector_id = fields.Many2one(
        "trade.connector", ondelete="cascade", index="btree_not_null", check_company=True
    )
    company_id = fields.Many2one(
        "res.company",
        "Our company",
        required=True,
        index=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    kind = fields.Selection(
        [
            ("api_key", "API key in a header"),
            ("bearer", "Bearer token"),
            ("basic", "User name and password"),
            ("oauth2_client", "OAuth 2 client"),
            ("hmac_secret", "Signing secret"),
        ],
        required=True,
        default="api_key",
    )
    login = fields.Char("User name or client ID", copy=False)
    header = fields.Char(
        default="X-API-Key", help="The header that carries the key, as the partner's manual names it."
    )
    token_url = fields.Char(
        "Token address", help="Where access tokens are asked for, as the partner's manual names it."
    )
    scope = fields.Char(
        help="What the access token is for, if the partner asks for it. Several are separated by blanks."
    )
    audience = fields.Char(help="Only if the partner asks for it.")

    secret = fields.Char(
        compute="_compute_secret",
        readonly=False,
        copy=False,
        groups=ADMINS,
        help="Write-only: it is encrypted when you save and never shown again. A new one makes a new "
        "version; the one before stays valid for the overlap.",
    )
    overlap_hours = fields.Float(
        "Overlap (hours)",
        default=OVERLAP_HOURS,
        help="How long the earlier secret stays valid after a new one was set. 0: it ends at once.",
    )
    expires_on = fields.Date(
        "Ends on", copy=False, help="When the partner's secret ends. You are reminded two weeks before."
    )
    reminded_for = fields.Date(readonly=True, copy=False)
    version_ids = fields.One2many(
        "trade.credential.version", "credential_id", "Versions", readonly=True, copy=False
    )
    status = fields.Char(compute="_compute_status")
    has_secret = fields.Boolean(compute="_compute_status")
    has_retiring = fields.Boolean(compute="_compute_status")

    _overlap_range = models.Constraint("CHECK (overlap_hours >= 0)", "The overlap cannot be negative.")

    @api.depends("kind", "connector_id.name")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for credential in self:
            if not credential.name:
                parts = (credential.connector_id.name, kinds.get(credential.kind))
                credential.name = ": ".join(part for part in parts if part)

    @api.depends("connector_id.company_id")
    def _compute_company_id(self):
        for credential in self:
            credential.company_id = (
                credential.connector_id.company_id or credential.company_id or self.env.company
            )

    def _compute_secret(self):
        self.secret = False

    @api.depends("version_ids.state", "version_ids.valid_to")
    def _compute_status(self):
        now = fields.Datetime.now()
        for credential in self:
            current = credential.version_ids.filtered(lambda version: version.state == "current")[:1]
            retiring = credential.version_ids.filtered(
                lambda version: version.state == "retiring" and version.valid_to > now
            )[:1]
            credential.has_secret, credential.has_retiring = bool(current), bool(retiring)
            credential.status = self._status_words(current, retiring)

    def _status_words(self, current, retiring):
        if not current:
            return self.env._("No secret yet")
        since = fields.Datetime.context_timestamp(self, current.valid_from)
        words = self.env._(
            "Version %(number)s, set on %(day)s by %(user)s",
            number=current.number,
            day=since.strftime("%Y-%m-%d"),
            user=current.create_uid.name,
        )
        if not retiring:
            return words
        until = fields.Datetime.context_timestamp(self, retiring.valid_to)
        return self.env._(
            "%(current)s; version %(number)s is valid until %(until)s",
            current=words,
            number=retiring.number,
            until=until.strftime("%Y-%m-%d %H:%M"),
        )

    @api.model_create_multi
    def create(self, vals_list):
        # Taken out before the ORM sees it: it must not stay in a cache, from which it could be read.
        vals_list = [dict(vals) for vals in vals_list]
        secrets = [vals.pop("secret", None) for vals in vals_list]
        credentials = super().create(vals_list)
        for credential, secret in zip(credentials, secrets, strict=True):
            if secret:
                credential._set_secret(secret)
        return credentials

    def write(self, vals):
        vals = dict(vals)
        secret = vals.pop("secret", None)
        result = super().write(vals) if vals else True
        if secret:
            self.check_access("write")
            for credential in self:
                credential._set_secret(secret)
        return result

    # -- what people press -----------------------------------------------------------------------

    def action_rotate(self):
        """Open the place where a new secret is entered."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enter the new secret"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("trade_core.trade_credential_view_form_rotate").id, "form")],
            "target": "new",
        }

    def action_generate(self):
        """Make a new signing secret and show it this once, so that it can be given to the partner."""
        self.ensure_one()
        if self.kind != "hmac_secret":
            raise UserError(self.env._("The partner gives you this kind of secret. Enter it instead."))
        self.check_access("write")
        secret = signatures.new_secret()
        self._set_secret(secret)
        return show_secret(
            self.env._("New signing secret"),
            secret,
            self.env._("Give it to the partner, who verifies with it that what arrives comes from us."),
        )

    def action_end_overlap(self):
        """End the earlier secret now, for example because it leaked."""
        self.ensure_one()
        self.check_access("write")
        self.sudo().version_ids.filtered(lambda version: version.state == "retiring")._revoke()

    def action_revoke(self):
        """Erase all secrets of this credential, now and for ever."""
        self.check_access("write")
        self.sudo().version_ids.filtered(lambda version: version.state != "revoked")._revoke()

    # -- secrets -----------------------------------------------------------------------------------

    def _set_secret(self, secret):
        """What a person entered, with what is wrong with it in words."""
        try:
            self._new_version(secret)
        except TradeError as error:
            raise UserError(
                self.env._("%(problem)s\n\n%(remedy)s", problem=error.message, remedy=error.remedy)
            ) from error

    def _new_version(self, secret, overlap_hours=None):
        """Make ``secret`` the current one; the one before stays valid for the overlap, older ones end.

        :param float overlap_hours: default: the credential's own
        :return: the new ``trade.credential.version``
        :raise TradeError: ``credential.key_missing`` without a key, ``credential.malformed``
        """
        self.ensure_one()
        secret = secret.strip()
        self._check_secret(secret)
        encrypted, key_id = keyring().encrypt(secret)
        now = fields.Datetime.now()
        hours = self.overlap_hours if overlap_hours is None else overlap_hours
        versions = self.sudo().version_ids
        versions.filtered(lambda version: version.state == "retiring")._revoke()
        current = versions.filtered(lambda version: version.state == "current")
        if hours:
            current.write({"state": "retiring", "valid_to": now + timedelta(hours=hours)})
            current.flush_recordset()
        else:
            current._revoke()
        version = (
            self.env["trade.credential.version"]
            .sudo()
            .create(
                {
                    "credential_id": self.id,
                    "number": max(versions.mapped("number"), default=0) + 1,
                    "secret": encrypted,
                    "key_id": key_id,
                    "valid_from": now,
                }
            )
        )
        self.connector_id._credential_changed(self, version)
        return version

    def _check_secret(self, secret):
        """:raise AuthenticationFailed: ``credential.malformed``"""
        reason = None
        if self.kind == "hmac_secret":
            try:
                signatures.check_secret(secret)
            except TradeError as error:
                reason = error.message
        elif self.kind in ("api_key", "bearer") and not (secret.isascii() and secret.isprintable()):
            reason = self.env._("It holds characters that a header cannot carry.")
        if reason:
            raise AuthenticationFailed("credential.malformed", credential=self.name, reason=reason)

    def _secret(self):
        """The current secret in plain text, for one call; never for a field, a log or an answer.

        :raise AuthenticationFailed: ``credential.missing``, or why it cannot be decrypted
        """
        return self._secrets()[0]

    def _secrets(self):
        """All secrets that are valid now, current first: what a signature is verified with.

        :raise AuthenticationFailed: ``credential.missing``, ``.key_missing`` or ``.key_wrong``
        """
        self.ensure_one()
        now = fields.Datetime.now()
        current, retiring = None, []
        for version in self.sudo().version_ids:
            if version.state == "current":
                current = version
            elif version.state == "retiring" and version.valid_to > now:
                retiring.append(version)
        if not current:
            raise AuthenticationFailed(
                "credential.missing",
                connector=self.connector_id.display_name or self.name,
                method=self.name,
                subject=self._subject(),
            )
        found = [current._decrypt()]
        for version in retiring:
            try:
                found.append(version._decrypt())
            except AuthenticationFailed as error:
                # It ends by itself soon; the current one works.
                _logger.warning("version %s of credential %s: %s", version.number, self.id, error)
        return found

    def _subject(self):
        """What the problem is about: fixing the connector heals everything that waits for it."""
        return f"connector:{self.connector_id.id}" if self.connector_id else f"credential:{self.id}"

    @api.model
    def _cron_expiry(self):
        """Remind the partner's responsible of secrets that end soon (cron, daily); once for each date."""
        soon = fields.Date.today() + EXPIRY_WARNING
        ending = self.search([("expires_on", "<=", soon), ("connector_id.active", "=", True)])
        for credential in ending.filtered(
            lambda credential: credential.reminded_for != credential.expires_on
        ):
            connector = credential.connector_id
            connector.activity_schedule(
                "mail.mail_activity_data_todo",
                credential.expires_on,
                summary=self.env._("Ask for a new secret"),
                note=self.env._("%(name)s ends on %(day)s.", name=credential.name, day=credential.expires_on),
                user_id=(connector.trade_partner_id.user_id or connector.create_uid).id,
            )
            credential.reminded_for = credential.expires_on
