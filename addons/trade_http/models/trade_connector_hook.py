import logging
import secrets
import string

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.trade_core.connectors import probe
from odoo.addons.trade_core.tools import sentences
from odoo.addons.trade_kernel import hook_envelope, hook_signatures
from odoo.addons.trade_kernel.errors import TradeError, ValidationFailed
from odoo.addons.trade_kernel.hook_challenges import CHALLENGES
from odoo.addons.trade_kernel.hook_presets import PRESETS

from ..door import forget, read_again
from ..hooks import ROOT, HookDoor, networks

_logger = logging.getLogger(__name__)

_ALPHABET = string.ascii_lowercase + string.digits
#: which credential proves the sender, by the scheme's kind
CREDENTIALS = {"standard": "hmac_secret", "hmac": "hook_secret", "token": "hook_secret", "basic": "basic"}
#: field of the connector → attribute of the scheme
_SCHEME = {
    "hook_kind": "kind",
    "hook_header": "header",
    "hook_algorithm": "algorithm",
    "hook_encoding": "encoding",
    "hook_template": "template",
    "hook_prefix": "prefix",
    "hook_item": "item",
    "hook_timestamp_header": "timestamp_header",
    "hook_timestamp_item": "timestamp_item",
    "hook_timestamp_format": "timestamp_format",
    "hook_signed_id_header": "id_header",
    "hook_tolerance": "tolerance_seconds",
    "hook_secret_encoding": "secret_encoding",
    "hook_login": "login",
}
_ENVELOPE = {
    "hook_type_header": "type_header",
    "hook_type_pointer": "type_pointer",
    "hook_id_header": "id_header",
    "hook_id_pointer": "id_pointer",
    "hook_record_pointer": "record_pointer",
    "hook_challenge": "challenge",
}


class TradeConnector(models.Model):
    """Transport "hook": they call us, in a shape of their own. See ``docs/connectors/hooks.md``."""

    _inherit = "trade.connector"

    transport = fields.Selection(
        selection_add=[("hook", "Webhooks: they call us in their own shape")], ondelete={"hook": "cascade"}
    )
    hook_public_id = fields.Char(copy=False, readonly=True)
    hook_url = fields.Char("Our address for them", compute="_compute_hook_url")
    hook_preset = fields.Selection(
        lambda self: [(name, preset.label) for name, preset in PRESETS.items()],
        "Sender",
        tracking=True,
        help="Fills in how this sender signs and where things stand in its events.",
    )
    hook_kind = fields.Selection(
        [
            ("hmac", "Signature (HMAC)"),
            ("standard", "Signature (Standard Webhooks)"),
            ("token", "Token in a header"),
            ("basic", "User name and password"),
        ],
        "How they prove who they are",
        default="hmac",
        tracking=True,
    )
    hook_header = fields.Char("Header", default="X-Signature", help="Carries the signature or the token.")
    hook_algorithm = fields.Selection(
        [(name, f"HMAC-{name.upper()}") for name in hook_signatures.ALGORITHMS], "Algorithm", default="sha256"
    )
    hook_encoding = fields.Selection(
        [("hex", "Hexadecimal"), ("base64", "Base64")], "Signature written as", default="hex"
    )
    hook_template = fields.Char(
        "What is signed",
        default="{body}",
        trim=False,
        help="{body}: the raw bytes; {timestamp}, {id}: those headers; {url}: our address; {params}: the "
        "fields of a form, sorted. For example {timestamp}.{body}",
    )
    hook_prefix = fields.Char("Before the signature", trim=False, help="For example sha256=")
    hook_item = fields.Char("Name in a list", help="For t=…,v1=… the name is v1.")
    hook_timestamp_header = fields.Char("Header with the time")
    hook_timestamp_item = fields.Char("Name of the time in the list", help="For t=…,v1=… the name is t.")
    hook_timestamp_format = fields.Selection(
        [("s", "Seconds since 1970"), ("ms", "Milliseconds since 1970"), ("iso", "ISO 8601")],
        "Time written as",
        default="s",
    )
    hook_signed_id_header = fields.Char("Header with the signed id")
    hook_tolerance = fields.Float(
        "Time may be off by (seconds)",
        default=300.0,
        help="Older requests are refused: somebody may have recorded them.",
    )
    hook_secret_encoding = fields.Selection(
        [("text", "As it is"), ("base64", "Base64"), ("hex", "Hexadecimal")],
        "Secret written as",
        default="text",
    )
    hook_login = fields.Char("User name")
    hook_type_header = fields.Char("Type in the header")
    hook_type_pointer = fields.Char("Type in the body at", help="For example /type or /event/name")
    hook_id_header = fields.Char(
        "Event's id in the header", help="The same for every try of the same event: it then counts once."
    )
    hook_id_pointer = fields.Char("Event's id in the body at", help="For example /id")
    hook_record_pointer = fields.Char(
        "Record's id in the body at", help="For example /data/id; needed where the record is to be fetched."
    )
    hook_challenge = fields.Selection(
        lambda self: [(name, challenge.label) for name, challenge in CHALLENGES.items()],
        "Handshake",
        help="What they ask before they send to a new address.",
    )
    hook_status = fields.Selection(
        [("200", "200 OK"), ("201", "201 Created"), ("202", "202 Accepted"), ("204", "204 No Content")],
        "We answer",
        default="200",
        help="Once an event is stored. Some senders insist on one of them.",
    )
    hook_body = fields.Char("With the text", help="Some senders insist on one; mostly empty.")
    hook_networks = fields.Text(
        "Only from these addresses",
        help="IP addresses or networks such as 203.0.113.0/24. Empty: from anywhere.",
    )
    hook_rule_ids = fields.One2many("trade.hook.rule", "connector_id", "Rules")
    hook_type_ids = fields.One2many("trade.hook.type", "connector_id", "Recent types", readonly=True)
    hook_secret_status = fields.Char("Secret", compute="_compute_hook_secret")
    hook_word_status = fields.Char("Verify token", compute="_compute_hook_secret")
    hook_secret_from = fields.Char(compute="_compute_hook_secret")

    _unique_hook_public_id = models.UniqueIndex("(hook_public_id) WHERE hook_public_id IS NOT NULL")

    # -- computed ------------------------------------------------------------------------------

    @api.depends("hook_public_id")
    def _compute_hook_url(self):
        base = self.get_base_url() if self else ""
        for connector in self:
            public_id = connector.hook_public_id
            connector.hook_url = f"{base}{ROOT}/{public_id}" if public_id else False

    @api.depends("hook_kind", "hook_preset", "credential_ids.has_secret", "credential_ids.status")
    def _compute_hook_secret(self):
        for connector in self:
            nothing = self.env._("No secret yet: nobody can enter")
            connector.hook_secret_status = connector._hook_credential().status or nothing
            connector.hook_word_status = connector._hook_word().status or self.env._("None yet")
            preset = PRESETS.get(connector.hook_preset)
            connector.hook_secret_from = preset.secret if preset else False

    @api.onchange("hook_preset")
    def _onchange_hook_preset(self):
        if self.hook_preset:
            self.update(self._hook_preset_vals(self.hook_preset))

    @api.model
    def _hook_preset_vals(self, name):
        """The values of a preset; every field it does not speak of becomes empty again."""
        preset = PRESETS[name]
        vals = {field: getattr(preset.scheme, attribute) for field, attribute in _SCHEME.items()}
        vals |= {field: getattr(preset, attribute) for field, attribute in _ENVELOPE.items()}
        return {"hook_preset": name, **{field: value or False for field, value in vals.items()}}

    # -- constraints, CRUD ---------------------------------------------------------------------

    @api.constrains("transport", *_SCHEME, *_ENVELOPE, "hook_networks")
    def _check_hook(self):
        for connector in self.filtered(lambda connector: connector.transport == "hook"):
            try:
                hook_signatures.check_scheme(connector._hook_scheme())
                for name in ("hook_type_pointer", "hook_id_pointer", "hook_record_pointer"):
                    hook_envelope.check_pointer(connector[name] or "")
            except ValidationFailed as error:
                raise ValidationError(sentences(error)) from error
            try:
                networks(connector.hook_networks)
            except ValueError as error:
                raise ValidationError(
                    self.env._("%s. Write addresses or networks such as 203.0.113.0/24.", error)
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._with_hook_address(vals) for vals in vals_list]
        connectors = super().create(vals_list)
        if any(connector.transport == "hook" for connector in connectors):
            forget(self.env)
        return connectors

    def write(self, vals):
        if vals.get("transport") == "hook":
            for connector in self.filtered(lambda connector: not connector.hook_public_id):
                connector.hook_public_id = self._new_hook_public_id()
        result = super().write(vals)
        seen = {"active", "name", "environment", "company_id", "trade_partner_id", "transport"}
        if any(name.startswith("hook_") or name in seen for name in vals):
            forget(self.env)
        return result

    def _with_hook_address(self, vals):
        if vals.get("transport") != "hook":
            return vals
        return {"hook_public_id": self._new_hook_public_id(), **vals}

    @api.model
    def _new_hook_public_id(self):
        """What stands in the address. Hard to guess, so that strangers do not even find it; not a secret."""
        return "".join(secrets.choice(_ALPHABET) for _ in range(24))

    # -- secrets -------------------------------------------------------------------------------

    def _credential(self):
        return self._hook_credential() if self.transport == "hook" else super()._credential()

    def _hook_credential(self):
        kind = CREDENTIALS.get(self.hook_kind)
        return self.sudo().credential_ids.filtered(lambda credential: credential.kind == kind)[:1]

    def _hook_word(self):
        return self.sudo().credential_ids.filtered(lambda credential: credential.kind == "hook_word")[:1]

    def _hook_make(self, kind):
        self.ensure_one()
        self.check_access("write")
        found = self.sudo().credential_ids.filtered(lambda credential: credential.kind == kind)[:1]
        return found or found.create(
            {"connector_id": self.id, "kind": kind, "login": self.hook_login if kind == "basic" else False}
        )

    def action_hook_enter_secret(self):
        """Enter the secret the sender gave us; the one before stays valid for the overlap."""
        return self._hook_make(CREDENTIALS[self.hook_kind]).sudo(False).action_rotate()

    def action_hook_generate_secret(self):
        """Make a secret and show it this once, to be given to the sender."""
        return self._hook_make(CREDENTIALS[self.hook_kind]).sudo(False).action_generate()

    def action_hook_generate_word(self):
        """Make the word the sender shows when it asks for the address the first time."""
        return self._hook_make("hook_word").sudo(False).action_generate()

    def action_hook_test(self):
        """Paste a request and see which step of verifying it fails."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try a request"),
            "res_model": "trade.hook.test",
            "view_mode": "form",
            "target": "new",
            "context": {"default_connector_id": self.id},
        }

    def action_open_hook_types(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s: event types", self.name),
            "res_model": "trade.hook.type",
            "view_mode": "list",
            "domain": [("connector_id", "=", self.id)],
        }

    # -- the door ------------------------------------------------------------------------------

    @api.model
    def _hook_door(self, public_id):
        """The door of an address. Costs no query while it is cached.

        :raise LookupError: there is no such address
        """
        door = self._cached_hook_door(public_id)
        return read_again(self, "_cached_hook_door", public_id) if door.is_stale() else door

    @api.model
    @tools.ormcache("public_id")
    def _cached_hook_door(self, public_id):
        # What raises is not cached: made-up addresses cannot push others out of the cache.
        connector = self.sudo().search(
            [("hook_public_id", "=", public_id), ("transport", "=", "hook")], limit=1
        )
        if not connector:
            raise LookupError(public_id)
        return HookDoor(
            connector_id=connector.id,
            public_id=public_id,
            name=connector.name,
            trade_partner_id=connector.trade_partner_id.id,
            company_id=connector.company_id.id,
            mode="test" if connector.environment == "test" else "live",
            url=connector.hook_url,
            scheme=connector._hook_scheme(),
            secrets=connector._hook_secrets(connector._hook_credential()),
            words=connector._hook_secrets(connector._hook_word()),
            challenge=CHALLENGES.get(connector.hook_challenge),
            type_header=connector.hook_type_header or "",
            id_header=connector.hook_id_header or "",
            networks=networks(connector.hook_networks),
            status=int(connector.hook_status or 200),
            body=connector.hook_body or "",
        )

    def _hook_scheme(self):
        """How the sender signs, as the kernel reads it."""
        self.ensure_one()
        return hook_signatures.Scheme(
            **{attribute: self[field] for field, attribute in _SCHEME.items() if self[field]}
        )

    def _hook_secrets(self, credential):
        """What is valid now, current first; nothing, with a line in the log, when it cannot be decrypted."""
        if not credential.has_secret:
            return ()
        try:
            return tuple(credential._secrets())
        except TradeError as error:
            _logger.error("connector %s lets nobody in: %s %s", self.id, error.message, error.remedy)
            return ()

    # -- rules ---------------------------------------------------------------------------------

    def _hook_name(self, envelope, headers, what):
        """Type or id of an event: from its header, else from the place in the body.

        :param headers: names in lower case
        :param str what: ``type`` or ``id``
        """
        header, pointer = self[f"hook_{what}_header"], self[f"hook_{what}_pointer"]
        if header:
            return headers.get(header.lower())
        return envelope.text(pointer) if pointer else None

    def _hook_rule(self, name):
        """The most exact rule for events of this type; empty when nobody has said what follows."""
        self.ensure_one()
        fitting = self.sudo().hook_rule_ids.filtered(lambda rule: rule.active and rule._fits(name))
        return fitting.sorted(lambda rule: rule._exactness(), reverse=True)[:1]

    # -- how it is doing -----------------------------------------------------------------------

    def _health(self, answered):
        if self.transport != "hook" or not self.active or self.paused:
            return super()._health(answered)
        if not self._hook_credential().has_secret:
            return "down", self.env._("No secret yet: nobody can enter")
        types = self.sudo().hook_type_ids
        if any(not kind.rule_id for kind in types):
            return "waiting", self.env._("Events wait: nobody has said yet what to do with their type")
        last = max(types.mapped("last_seen"), default=None)
        if not last:
            return "off", self.env._("Nothing has come yet")
        return "ok", self.env._("They called %s ago", self._duration(fields.Datetime.now() - last))

    def _trade_test(self):
        if self.transport != "hook":
            return super()._trade_test()
        words = self.env._("They call us, so there is nothing to call. Paste one of their requests instead.")
        return lambda: [probe.Step("connect", probe.SKIPPED, words)]

    def _wake_lanes(self, at_once=False):
        """Signals that wait for a connector that is asked go on with it, and so do events of one that was
        paused."""
        lanes = super()._wake_lanes(at_once)
        names = [f"{road}/{connector.id}" for connector in self for road in ("hook", "fetch")]
        if at_once:
            self.env.cr.execute(
                SQL(
                    "UPDATE trade_message SET not_before = NULL WHERE id IN (SELECT id FROM trade_message"
                    " WHERE lane = ANY(%s) AND state = 'received' AND not_before IS NOT NULL"
                    " FOR NO KEY UPDATE SKIP LOCKED)",
                    names,
                )
            )
            self.env["trade.message"].invalidate_model(["not_before"])
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT lane FROM trade_message WHERE lane = ANY(%s) AND state = 'received'", names)
        )
        more = [lane for (lane,) in rows]
        if more:
            self.env["trade.lane"]._wake_after_commit(more)
        return [*lanes, *more]

    @api.ondelete(at_uninstall=False)
    def _unlink_hook_unused(self):
        if self.env["trade.hook.rule"].search_count([("fetch_connector_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Events are fetched over this connector. Change their rules first."))
