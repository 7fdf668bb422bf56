import logging
import secrets
import string
from functools import partial
from ipaddress import ip_network

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.trade_core.secret_shown import show_secret
from odoo.addons.trade_kernel import signatures
from odoo.addons.trade_kernel.errors import TradeError

from .. import direct, limits
from ..door import Door, Ref, Way, epoch, forget, read_again
from ..resources import COLLECTIONS, INTAKES, ROOT
from ..scopes import BY_ROLE

_logger = logging.getLogger(__name__)

_ID_ALPHABET = string.ascii_lowercase + string.digits
_ID_LENGTH = 12
# What of a client stands in its door.
_IN_DOOR = {
    "active",
    "name",
    "public_id",
    "trade_partner_id",
    "company_id",
    "expires_at",
    "credential_id",
    "mode",
    "scope_ids",
    "networks",
    "issuer_id",
    "issuer_subject",
    "per_minute",
    "burst",
}


class TradeApiClient(models.Model):
    """A system of a trading partner that may call us: a machine identity, never a user's password.

    It proves who it is by an API key or by signing each request; see ``gate.py``.
    """

    _name = "trade.api.client"
    _description = "API Client"
    _inherit = ["mail.thread"]
    _order = "trade_partner_id, name, id"
    _check_company_auto = True

    name = fields.Char(
        required=True, tracking=True, help="Which system this is, for example: SAP, production."
    )
    active = fields.Boolean(default=True, tracking=True)
    trade_partner_id = fields.Many2one(
        "trade.partner",
        "Partner",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="trade_partner_id.company_id", store=True, index=True)
    public_id = fields.Char(
        "Client id",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._new_public_id(),
        help="Names the client in logs and in the header Trade-Client of signed requests. Not a secret.",
    )
    expires_at = fields.Datetime(
        "Access ends", tracking=True, help="From then on every request is denied. Empty: no end."
    )
    mode = fields.Selection(
        [("live", "Live"), ("test", "Test")],
        required=True,
        default="live",
        tracking=True,
        help="What a test client sends is tried out: stored, checked and previewed as it would be applied,"
        " but it changes nothing.",
    )
    scope_ids = fields.Many2many(
        "trade.api.scope",
        string="What it may do",
        compute="_compute_scope_ids",
        store=True,
        readonly=False,
        precompute=True,
        copy=True,
        help="Only ever with this partner's own documents. A new client gets what systems of such a partner"
        " usually need, and what the partner's routes are for.",
    )
    networks = fields.Text(
        "Allowed addresses",
        help="One network or address per line, such as 203.0.113.0/24 or 2001:db8::/48; empty: from anywhere."
        " Behind a reverse proxy Odoo sees the caller's address only with proxy_mode in its configuration,"
        " and the"
        " proxy must set X-Forwarded-For itself.",
    )
    issuer_id = fields.Many2one(
        "trade.api.issuer",
        "Token issuer",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        copy=False,
        help="The partner's identity provider, when its systems come with tokens (OAuth 2, JWT) instead of a"
        " key.",
    )
    issuer_claim = fields.Char(related="issuer_id.claim")
    issuer_subject = fields.Char(
        "Name in the token",
        tracking=True,
        copy=False,
        help="What the issuer's tokens for this system say in the claim that names the client.",
    )
    denial_count = fields.Integer("Denials, 7 days", compute="_compute_denial_count")
    per_minute = fields.Integer(
        "Requests per minute",
        default=600,
        help="Evenly spread, over all workers. More are answered with 429 and the number of seconds to wait."
        " 0: no limit.",
    )
    burst = fields.Integer(
        "At once",
        default=100,
        help="Requests the client may make at once after a pause, before the rate counts.",
    )
    overlap_hours = fields.Float(
        "Old one stays valid (hours)",
        default=24,
        help="After a new key or signing secret was made, so that the partner can change over without a gap.",
    )
    key_ids = fields.One2many("trade.api.key", "client_id", "API keys", readonly=True)
    credential_id = fields.Many2one(
        "trade.credential",
        "Signing secret",
        readonly=True,
        copy=False,
        ondelete="restrict",
        check_company=True,
        groups="trade_core.group_trade_admin",
    )
    last_seen = fields.Datetime("Last seen", readonly=True, copy=False, help="To the minute.")
    document_count = fields.Integer("Documents received", compute="_compute_document_count")
    status = fields.Selection(
        [
            ("ready", "Ready"),
            ("ending", "Access ends within 14 days"),
            ("no_route", "No route: nothing would be accepted"),
            ("no_proof", "No key yet: nobody can enter"),
            ("ended", "Access has ended"),
        ],
        compute="_compute_status",
        compute_sudo=True,
    )
    addresses = fields.Text(compute="_compute_addresses")

    _unique_public_id = models.UniqueIndex("(public_id)")
    _overlap_range = models.Constraint(
        "CHECK (overlap_hours BETWEEN 0 AND 720)", "The old key may stay valid for 0 to 720 hours (30 days)."
    )

    _unique_subject = models.UniqueIndex(
        "(issuer_id, issuer_subject) WHERE issuer_id IS NOT NULL",
        "Another API client has this name in the tokens of this issuer.",
    )
    _rate_range = models.Constraint(
        "CHECK (per_minute BETWEEN 0 AND 6000000 AND burst BETWEEN 1 AND 1000000)",
        "Allow 0 (no limit) to 6,000,000 requests per minute, and at least 1 at once.",
    )

    # -- computed ------------------------------------------------------------------------------

    def _compute_denial_count(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        counts = dict(
            self.env["trade.api.denial"]._read_group(
                [("client_id", "in", self.ids), ("hour", ">=", since)], ["client_id"], ["count:sum"]
            )
        )
        for client in self:
            client.denial_count = counts.get(client, 0)

    @api.depends("trade_partner_id")
    def _compute_scope_ids(self):
        scopes = {scope.name: scope for scope in self.env["trade.api.scope"].search([])}
        of_types = {intake.document_type: intake.scope for intake in INTAKES.values()}
        for client in self:
            partner = client.trade_partner_id
            names = {name for role, its in BY_ROLE.items() if partner[role] for name in its}
            names |= {of_types.get(route.document_type) for route in client._inbound_routes()}
            client.scope_ids = self.env["trade.api.scope"].union(
                *(scopes[name] for name in sorted(names & scopes.keys()))
            )

    @api.model
    def _new_public_id(self):
        return "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH))

    def _compute_document_count(self):
        scopes = {f"client:{client.id}": client for client in self}
        counts = dict(
            self.env["trade.message"]._read_group(
                [("idempotency_scope", "in", list(scopes)), ("direction", "=", "in")],
                ["idempotency_scope"],
                ["__count"],
            )
        )
        for scope, client in scopes.items():
            client.document_count = counts.get(scope, 0)

    @api.depends(
        "active",
        "expires_at",
        "key_ids.valid_to",
        "credential_id",
        "issuer_id.active",
        "issuer_id.key_set",
        "scope_ids",
        "trade_partner_id.route_ids.active",
    )
    def _compute_status(self):
        now = fields.Datetime.now()
        soon = fields.Datetime.add(now, days=14)
        for client in self:
            ends = client.expires_at
            if not client.active or (ends and ends <= now):
                client.status = "ended"
            elif not client._has_proof():
                client.status = "no_proof"
            elif not client._inbound_routes():
                client.status = "no_route"
            else:
                client.status = "ending" if ends and ends <= soon else "ready"

    @api.depends("trade_partner_id.route_ids.active", "trade_partner_id.route_ids.document_type")
    def _compute_addresses(self):
        base = self.get_base_url() if self else ""
        by_type = {document_type: name for name, document_type in COLLECTIONS.items()}
        for client in self:
            names = [
                by_type[route.document_type]
                for route in client._inbound_routes()
                if route.document_type in by_type
            ]
            client.addresses = "\n".join(f"POST {base}{ROOT}/{name}" for name in dict.fromkeys(names))

    def _has_proof(self):
        """Whether there is any way for the client to show who it is."""
        issuer = self.issuer_id
        tokens = issuer.active and issuer.key_set
        return bool(self.credential_id or tokens or self.key_ids.filtered("is_valid"))

    def _inbound_routes(self):
        return self.trade_partner_id.route_ids.filtered(
            lambda route: route.direction == "in" and route.active
        )

    # -- CRUD ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        clients = super().create(vals_list)
        forget(self.env)
        return clients

    def write(self, vals):
        result = super().write(vals)
        if _IN_DOOR & vals.keys():
            forget(self.env)
        if {"per_minute", "burst"} & vals.keys():
            # Afterwards, because requests take out of the buckets all the time, by the limit they know.
            refill = partial(limits.refill, client_ids=self.ids)
            self.env.cr.postcommit.add(partial(direct.run, self.env.cr, refill))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_archive_instead(self):
        if any(client.document_count for client in self):
            raise UserError(
                self.env._(
                    "Messages came in through this client. Archive it instead: that ends its access too."
                )
            )

    def unlink(self):
        credentials = self.credential_id
        result = super().unlink()
        credentials.unlink()
        forget(self.env)
        return result

    @api.constrains("networks")
    def _check_networks(self):
        for client in self:
            for number, line in enumerate((client.networks or "").splitlines(), 1):
                try:
                    if line.strip():
                        _network(line)
                except ValueError as error:
                    raise ValidationError(
                        self.env._(
                            "Allowed addresses, line %(number)s: %(line)s is no address and no network"
                            " (%(why)s). Write one per line, such as 203.0.113.7, 203.0.113.0/24 or"
                            " 2001:db8::/48.",
                            number=number,
                            line=line.strip(),
                            why=error,
                        )
                    ) from None

    @api.constrains("issuer_id", "issuer_subject")
    def _check_issuer(self):
        for client in self:
            if bool(client.issuer_id) != bool(client.issuer_subject):
                raise ValidationError(
                    self.env._(
                        "%s: enter both the token issuer and the client's name in its tokens, or neither.",
                        client.name,
                    )
                )

    # -- keys and secrets ----------------------------------------------------------------------

    def action_new_key(self):
        """Make an API key and show it once. The one before stays valid for the overlap, older ones end."""
        self.ensure_one()
        self.check_access("write")
        token = self.env["trade.api.key"].sudo()._issue(self)
        return show_secret(
            self.env._("API key of %s", self.name),
            token,
            self.env._("The partner sends it with each request, in this header:"),
            f"Authorization: Bearer {token}",
        )

    def action_new_signing_secret(self):
        """Make a signing secret and show it, this once. The secret before stays valid for the overlap."""
        self.ensure_one()
        self.check_access("write")
        secret = signatures.new_secret()
        client = self.sudo()
        if not client.credential_id:
            client.credential_id = client.credential_id.create(
                {
                    "name": self.env._("Signing secret of API client %s", self.name),
                    "kind": "hmac_secret",
                    "company_id": self.company_id.id,
                }
            )
        try:
            client.credential_id._new_version(secret, self.overlap_hours)
        except TradeError as error:  # no key to encrypt it with on this server
            words = self.env._("%(problem)s\n\n%(remedy)s", problem=error.message, remedy=error.remedy)
            raise UserError(words) from error
        forget(self.env)
        self._message_log(body=self.env._("New signing secret"))
        return show_secret(
            self.env._("Signing secret of %s", self.name),
            secret,
            self.env._("The partner signs each request with it (Standard Webhooks) and sends this header:"),
            f"Trade-Client: {self.public_id}",
        )

    def action_open_messages(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Messages of %s", self.name),
            "res_model": "trade.message",
            "view_mode": "list,form",
            "domain": [("idempotency_scope", "=", f"client:{self.id}"), ("direction", "=", "in")],
        }

    def action_open_denials(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Denials of %s", self.name),
            "res_model": "trade.api.denial",
            "view_mode": "list,graph",
            "domain": [("client_id", "=", self.id)],
        }

    # -- the door ------------------------------------------------------------------------------

    @api.model
    def _door(self, public_id):
        """The door of an active client. Costs no query while it is cached.

        :raise LookupError: there is no such client
        """
        door = self._cached_door(public_id)
        return read_again(self, "_cached_door", public_id) if door.is_stale() else door

    @api.model
    def _exists(self, public_id):
        """Whether there is such a client; always asks the database."""
        return bool(
            self.env.execute_query(
                SQL("SELECT id FROM trade_api_client WHERE public_id = %s AND active", public_id)
            )
        )

    @api.model
    @tools.ormcache("public_id")
    def _cached_door(self, public_id):
        # What raises is not cached: made-up ids cannot push others out of the cache.
        client = self.sudo().search([("public_id", "=", public_id)], limit=1)
        if not client:
            raise LookupError(public_id)
        ways = {}
        for route in client.trade_partner_id.route_ids.search(
            [("trade_partner_id", "=", client.trade_partner_id.id), ("direction", "=", "in")]
        ):
            ways.setdefault(route.document_type, client._way(route))
        return Door(
            client_id=client.id,
            public_id=client.public_id,
            name=client.name,
            trade_partner_id=client.trade_partner_id.id,
            company_id=client.company_id.id,
            expires=epoch(client.expires_at),
            keys=tuple((key.digest, epoch(key.valid_to)) for key in client.key_ids if key.is_valid),
            secrets=client._signing_secrets(),
            ways=ways,
            scopes=frozenset(client.scope_ids.mapped("name")),
            networks=client._networks(),
            internal=bool(client.trade_partner_id._fields.get("is_internal"))
            and client.trade_partner_id.is_internal,
            test=client.mode == "test",
            per_minute=client.per_minute,
            burst=client.burst,
        )

    def _signing_secrets(self):
        """The secrets valid now; none, with a line in the log, when the server cannot decrypt them."""
        if not self.credential_id:
            return ()
        try:
            return tuple(self.credential_id._secrets())
        except TradeError as error:
            _logger.error("API client %s cannot sign in: %s %s", self.public_id, error.message, error.remedy)
            return ()

    def _networks(self):
        return tuple(_network(line) for line in (self.networks or "").splitlines() if line.strip())

    def _way(self, route):
        return Way(
            id=route.id,
            document_type=route.document_type,
            codec=route.codec,
            mode="test" if self.mode == "test" else route.mode,
            trade_partner_id=Ref(route.trade_partner_id.id),
            connector_id=Ref(route.connector_id.id),
            company_id=Ref(route.company_id.id),
        )

    @api.model
    def _touch(self, client_ids):
        """Note that clients were here. Rows somebody else has locked are left alone until the next time."""
        self.env.execute_query(
            SQL(
                """
            UPDATE trade_api_client SET last_seen = now() AT TIME ZONE 'UTC' WHERE id IN (
                SELECT id FROM trade_api_client
                 WHERE id = ANY(%s)
                   AND (last_seen IS NULL OR last_seen < now() AT TIME ZONE 'UTC' - interval '1 minute')
                   FOR NO KEY UPDATE SKIP LOCKED)
            RETURNING id""",
                client_ids,
            )
        )


def _network(text):
    """One line of the allowed addresses.

    :raise ValueError: it is neither an address nor a network; 203.0.113.7/24 is meant to be 203.0.113.0/24
    """
    return ip_network(text.strip(), strict=True)
