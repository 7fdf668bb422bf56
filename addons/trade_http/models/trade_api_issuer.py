import base64
import logging
from contextlib import suppress

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.http import request
from odoo.tools import SQL
from psycopg2.errors import LockNotAvailable

from odoo.addons.trade_core.connectors import http
from odoo.addons.trade_core.connectors.auth import Auth
from odoo.addons.trade_core.pipeline.step import Conflict
from odoo.addons.trade_core.tools import notice
from odoo.addons.trade_kernel.errors import PartnerDown

from .. import tokens
from ..door import forget, is_old, read_again

_logger = logging.getLogger(__name__)

_CONNECT_SECONDS, _ANSWER_SECONDS = 3, 5
_DOWN = "http.keys_down"
_NO_KEYS = {"key_set": False, "fetched_at": False, "tried_at": False, "fetch_error": False}
_AGAIN_SECONDS = 60  # a token with an unknown key makes us look for new ones no more often than this
_WAIT_SECONDS = 1  # for another request that is fetching them


class TradeApiIssuer(models.Model):
    """The identity provider of a partner: who signs the tokens its systems come with, and how we know."""

    _name = "trade.api.issuer"
    _description = "Token Issuer"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="For example: Wood Corner, Entra ID.")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Whose API clients may come with its tokens. Empty: those of all companies.",
    )
    issuer = fields.Char(
        required=True,
        tracking=True,
        help="What its tokens say under iss, character by character, such as https://login.example.com/tenant/v2.0",
    )
    audiences = fields.Text(
        "Audience",
        required=True,
        tracking=True,
        help="What its tokens for us say under aud: one per line, any of them will do. Agree on one that no"
        " other system shares: tokens for others must not open this door.",
    )
    algorithms = fields.Char(
        required=True,
        default="RS256 ES256",
        tracking=True,
        help="The signatures taken, separated by blanks. Only asymmetric ones: RS256, RS384, RS512, PS256,"
        " PS384, PS512, ES256, ES384, ES512, EdDSA.",
    )
    claim = fields.Char(
        "Claim that names the client",
        required=True,
        default="client_id",
        tracking=True,
        help="client_id (RFC 9068), azp (Keycloak, Entra ID v2), appid (Entra ID v1) or sub. What it holds is"
        " entered on the API client.",
    )
    leeway = fields.Integer(
        "Clock difference (seconds)", default=60, help="How far the provider's clock and ours may differ."
    )
    max_hours = fields.Integer(
        "Longest life (hours)",
        default=24,
        help="Tokens that live longer are denied: nobody could take them back in time.",
    )
    source = fields.Selection(
        [("address", "From an address"), ("file", "From a file")],
        "Keys",
        required=True,
        default="address",
    )
    jwks_url = fields.Char(
        "Address of the keys",
        tracking=True,
        help="The provider's jwks_uri. Fetched every hour, and at most once a minute when a token has a key"
        " we do not know. While it is down, the keys fetched last go on counting.",
    )
    jwks_file = fields.Binary(
        "File with the keys", attachment=False, help="A JSON Web Key Set (RFC 7517) with the public keys."
    )
    key_set = fields.Json(readonly=True, copy=False)
    key_text = fields.Text("Keys known", compute="_compute_key_text")
    fetched_at = fields.Datetime("Keys fetched", readonly=True, copy=False)
    tried_at = fields.Datetime("Last try", readonly=True, copy=False)
    fetch_error = fields.Char("What went wrong", readonly=True, copy=False)
    client_ids = fields.One2many("trade.api.client", "issuer_id", "API clients")
    state = fields.Selection(
        [("ready", "Ready"), ("stale", "Address down: earlier keys count"), ("no_keys", "No keys yet")],
        "Status",
        compute="_compute_state",
        compute_sudo=True,
    )

    _unique_issuer = models.UniqueIndex(
        "(issuer)",
        "This issuer is here already, perhaps archived or of another company: use that one, and empty its"
        " company when several companies deal with the partner.",
    )
    _ranges = models.Constraint(
        "CHECK (leeway BETWEEN 0 AND 300 AND max_hours BETWEEN 1 AND 720)",
        "Allow a clock difference of 0 to 300 seconds and a life of 1 to 720 hours.",
    )

    @api.depends("key_set", "fetch_error")
    def _compute_state(self):
        for issuer in self:
            known = bool(issuer.key_set)
            issuer.state = "no_keys" if not known else "stale" if issuer.fetch_error else "ready"

    @api.depends("key_set")
    def _compute_key_text(self):
        for issuer in self:
            keys = (issuer.sudo().key_set or {}).get("keys", ())
            issuer.key_text = "\n".join(
                f"{key.get('kid', '–')}  {key['kty']} {key.get('alg', key.get('crv', ''))}".strip()
                for key in keys
            )

    @api.constrains("algorithms", "audiences", "source", "jwks_url")
    def _check_settings(self):
        for issuer in self:
            unknown = set(issuer.algorithms.split()) - tokens.ALGORITHMS.keys()
            if unknown or not issuer.algorithms.split():
                raise ValidationError(
                    self.env._(
                        "%(unknown)s cannot be taken. Choose from: %(known)s.",
                        unknown=", ".join(sorted(unknown)) or self.env._("Nothing"),
                        known=", ".join(tokens.ALGORITHMS),
                    )
                )
            if not _lines(issuer.audiences):
                raise ValidationError(self.env._("Enter the audience the tokens for us are made out to."))
            if issuer.source == "address" and not (issuer.jwks_url or "").startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "Enter the address of the keys: it begins with https:// (or http:// within your"
                        " network)."
                    )
                )

    @api.constrains("company_id")
    def _check_company_clients(self):
        for issuer in self.filtered("company_id"):
            others = issuer.sudo().with_context(active_test=False).client_ids
            others = others.filtered(lambda client, company=issuer.company_id: client.company_id != company)
            if others:
                raise ValidationError(
                    self.env._(
                        "API clients of other companies come with tokens of %s. Leave its company empty.",
                        issuer.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        issuers = super().create([{**vals, **self._keys_from_file(vals)} for vals in vals_list])
        forget(self.env)
        return issuers

    def write(self, vals):
        if "jwks_url" in vals and any(issuer.jwks_url != vals["jwks_url"] for issuer in self):
            # Another provider's keys must not go on counting.
            vals = {**_NO_KEYS, **vals}
        result = super().write({**vals, **self._keys_from_file(vals)})
        if not self.env.context.get("trade_same_keys"):
            forget(self.env)
        if vals.get("source") == "file" or not vals.get("active", True):
            self._problems()._auto_resolve(self.env._("The keys are not fetched any more."))
        return result

    def unlink(self):
        self._problems()._auto_resolve(self.env._("The issuer was deleted."))
        result = super().unlink()
        forget(self.env)
        return result

    @staticmethod
    def _keys_from_file(vals):
        """The values that go with a file that was uploaded or taken away."""
        if "jwks_file" not in vals:
            return {}
        if not vals["jwks_file"]:
            return _NO_KEYS
        try:
            key_set = tokens.read_keys(base64.b64decode(vals["jwks_file"]))
        except tokens.KeySetError as error:
            raise ValidationError(str(error)) from None
        return {**_NO_KEYS, "key_set": key_set, "fetched_at": fields.Datetime.now()}

    # -- fetching ------------------------------------------------------------------------------

    def action_fetch(self):
        """Fetch the keys now and say what came."""
        self.ensure_one()
        self.check_access("write")
        if self.source != "address":
            raise UserError(self.env._("The keys of this issuer come from a file. Upload a new one."))
        with self.env.registry.cursor() as cr:
            issuer = self.with_env(self.env(cr=cr, user=SUPERUSER_ID))
            error, count = issuer._fetch(), len((issuer.key_set or {}).get("keys", ()))
        if error:
            return notice(error, "danger")
        if count == 1:
            return notice(self.env._("1 key is known now."), "success")
        return notice(self.env._("%s keys are known now.", count), "success")

    @api.model
    def _cron_fetch(self):
        """Fetch the keys of all issuers that publish them; a withdrawn key ends within the hour."""
        issuers = self.search([("source", "=", "address")])
        for left, issuer in zip(range(len(issuers) - 1, -1, -1), issuers, strict=True):
            issuer._fetch()
            self.env["ir.cron"]._commit_progress(1, remaining=left)

    def _fetch(self):
        """Fetch, and store what came; what was known stays when nothing usable comes. Commits first: nobody
        waits for the provider within a transaction.

        :return: what went wrong, for people; empty when all is well
        """
        self.ensure_one()
        url = self.jwks_url
        self.env.cr.commit()  # pylint: disable=invalid-commit
        key_set, error = _ask(url)
        values = {"tried_at": fields.Datetime.now(), "fetch_error": error or False}
        if key_set:
            values |= {"key_set": key_set, "fetched_at": values["tried_at"]}
        # The same keys: nobody's cache has to go.
        self.with_context(trade_same_keys=not key_set or key_set == self.key_set).write(values)
        self._tell(error)
        return error

    def _tell(self, error):
        if not error:
            self._problems()._auto_resolve(self.env._("The keys could be fetched again."))
            return
        problem = PartnerDown(_DOWN, subject=f"issuer:{self.id}", issuer=self.name, reason=error)
        try:
            with self.env.cr.savepoint():
                self.env["trade.exception"]._open(problem, company=self.company_id or self.env.company)
        except Conflict:
            _logger.info("not counted again: %s", problem)

    def _problems(self):
        """The open ones about fetching these issuers' keys."""
        subjects = [f"issuer:{issuer.id}" for issuer in self]
        return (
            self.env["trade.exception"]
            .sudo()
            .search([("code", "=", _DOWN), ("subject", "in", subjects), ("is_open", "=", True)])
        )

    # -- the door ------------------------------------------------------------------------------

    @api.model
    def _public_id(self, token):
        """Whose token this is: the public id of the client.

        :raise gate.Denied: with the reason
        """
        return tokens.verify(self._find, self._refreshed, token)

    @api.model
    def _find(self, name):
        """An active issuer, by what its tokens say under iss. Costs no query while it is cached.

        :raise LookupError: there is no such issuer
        """
        known = self._cached(name)
        return read_again(self, "_cached", name) if is_old(known.read_at) else known

    @api.model
    @tools.ormcache("name")
    def _cached(self, name):
        # What raises is not cached: made-up issuers cannot push others out of the cache.
        issuer = self.sudo().search([("issuer", "=", name)], limit=1)
        if not issuer:
            raise LookupError(name)
        return tokens.Issuer(
            id=issuer.id,
            issuer=issuer.issuer,
            audiences=tuple(_lines(issuer.audiences)),
            algorithms=tuple(issuer.algorithms.split()),
            leeway=issuer.leeway,
            max_seconds=issuer.max_hours * 3600,
            claim=issuer.claim,
            clients={client.issuer_subject: client.public_id for client in issuer.client_ids},
            refetch=issuer.source == "address",
            keys=tokens.public_keys(issuer.key_set),
        )

    @api.model
    def _refreshed(self, known):
        """The issuer with the keys it publishes now, when nobody has asked within the last minute.

        One request asks. Those that come meanwhile wait for it, but not for long: whoever makes up keys must
        not hold up all workers while the provider is slow.
        """
        request.env.cr.rollback()  # what is read next is as new as can be
        with self.env.registry.cursor() as cr:
            issuer = self.with_env(api.Environment(cr, SUPERUSER_ID, {})).browse(known.id)
            lock = SQL("hashtextextended(%s, 1)", f"trade.issuer:{known.id}")
            [(mine,)] = issuer.env.execute_query(SQL("SELECT pg_try_advisory_lock(%s)", lock))
            if mine:
                try:
                    issuer._fetch_unless_lately()
                finally:
                    cr.rollback()
                    issuer.env.execute_query(SQL("SELECT pg_advisory_unlock(%s)", lock))
            else:
                cr.execute("SELECT set_config('lock_timeout', %s, true)", [f"{_WAIT_SECONDS}s"])
                with suppress(LockNotAvailable):
                    cr.execute(SQL("SELECT pg_advisory_xact_lock_shared(%s)", lock), log_exceptions=False)
                cr.rollback()
        # Not the cached one: another worker may have fetched, and this one hears of it with its next request.
        return read_again(self, "_cached", known.issuer)

    def _fetch_unless_lately(self):
        """Fetch, in whichever worker, no more than once a minute; commits."""
        claim = SQL(
            "UPDATE trade_api_issuer SET tried_at = now() AT TIME ZONE 'UTC' WHERE id = %s"
            " AND (tried_at IS NULL OR tried_at <= now() AT TIME ZONE 'UTC' - %s * interval '1 second')"
            " RETURNING id",
            self.id,
            _AGAIN_SECONDS,
        )
        if self.env.execute_query(claim):
            self._fetch()
            self.env.cr.commit()  # pylint: disable=invalid-commit


def _ask(url):
    """:return: ``(key set or None, what went wrong or "")``"""
    line = http.Line(Auth(), _CONNECT_SECONDS, _ANSWER_SECONDS)
    try:
        reply = line.call(
            "GET",
            url,
            headers={"Accept": "application/jwk-set+json, application/json"},
            limit=tokens.MAX_SET_BYTES,
        )
        if reply.status != 200:
            return None, http.say(reply)[:300]
        if not reply.whole:
            raise tokens.KeySetError(f"More than {tokens.MAX_SET_BYTES // 1024} KB came.")
        return tokens.read_keys(reply.body), ""
    except (http.CallFailed, tokens.KeySetError) as error:
        return None, str(error)[:300]


def _lines(text):
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
