import base64
import hashlib
import json
import uuid
import zlib
from datetime import UTC, timedelta
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.tools import SQL

from odoo.addons.trade_kernel import events as catalogue
from odoo.addons.trade_kernel.errors import InternalError

from ..pipeline import relay

KEEP_DAYS = 90  # how long events that were passed on are kept, unless the settings say otherwise
_VACUUM_BATCH = 20_000
_OPEN = ("queued", "held", "sent")


class Telling(NamedTuple):
    """An event as messages carry it."""

    body: str  # base64
    digest: str
    size: int


class TradeEvent(models.Model):
    """A business event, written in the business transaction: rolled back with it, never lost after it.

    Its place in the feed is given after the commit, by one writer (``pipeline/relay.py``).
    """

    _name = "trade.event"
    _description = "Business Event"
    _order = "id desc"
    _rec_name = "type"

    # CloudEvents 1.0 attributes (CNCF, section 3.1)
    uid = fields.Char(
        "Event id", required=True, readonly=True, default=lambda self: str(uuid.uuid4()), index=True
    )
    type = fields.Char(
        required=True, readonly=True, index=True, help="Versioned, for example tradelane.order.confirmed.v1."
    )
    source = fields.Char(required=True, readonly=True)
    subject = fields.Char(readonly=True)
    time = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    data = fields.Json(readonly=True, prefetch=False)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    trade_partner_id = fields.Many2one("trade.partner", readonly=True)
    position = fields.Integer(
        "Place",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Its place in the feed, in the order in which transactions were completed. Empty for the moment"
        " before it is passed on. Places grow; some may be left out.",
    )
    relay_problem = fields.Text(
        "Why it was not passed on", readonly=True, copy=False, help="Empty: it was passed on."
    )
    message_ids = fields.One2many("trade.message", "event_id", readonly=True)
    message_count = fields.Integer("Told", compute="_compute_message_count")
    title = fields.Char("What happened", compute="_compute_title")

    _record_idx = models.Index("(res_model, res_id)")
    _position_key = models.UniqueIndex("(position) WHERE position IS NOT NULL")
    _pending_idx = models.Index("(id) WHERE position IS NULL")
    _feed_company_idx = models.Index("(company_id, position) WHERE position IS NOT NULL")
    _feed_partner_idx = models.Index("(trade_partner_id, position) WHERE trade_partner_id IS NOT NULL")

    def init(self):
        # Places never start again, even when every event has been cleaned away.
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS trade_event_position_seq")

    def _compute_message_count(self):
        counts = dict(
            self.env["trade.message"]._read_group([("event_id", "in", self.ids)], ["event_id"], ["__count"])
        )
        for event in self:
            event.message_count = counts.get(event, 0)

    @api.depends("type")
    def _compute_title(self):
        titles = {kind.name: kind.title for kind in catalogue.available()}
        for event in self:
            event.title = titles.get(event.type, event.type)

    # -- writing -------------------------------------------------------------------------------

    @api.model
    def _emit(self, event_type, record, *, trade_partner=None, data=None):
        """Write an event for ``record`` in the current transaction.

        :param str event_type: a registered type, ``tradelane.<aggregate>.<what happened>.v<n>``
        :param record: what it is about; events about one record are passed on in their order
        :param trade_partner: whom it concerns; nobody else of the partners is told
        :param data: ``dict`` or the type's :class:`EventData`
        :return: the event; empty when nobody listens to a type that is written on demand only
        :raise ValueError: no such type, a record of another model, or data that is not what the type says
        """
        return self._emit_many([(event_type, record, trade_partner, data)])

    @api.model
    def _emit_many(self, facts):
        """Write several events at once, in this order.

        :param facts: ``[(event_type, record, trade_partner, data), …]``, see :meth:`_emit`
        :return: the events
        """
        vals_list = [
            self._prepare_event(self._known_type(event_type), record, trade_partner, data)
            for event_type, record, trade_partner, data in facts
            if self._wanted(event_type)
        ]
        if not vals_list:
            return self.sudo().browse()
        self.env["trade.lane"]._wake_after_commit([relay.LANE])
        return self.sudo().create(vals_list)

    @api.model
    def _prepare_event(self, event_type, record, trade_partner, data):
        record.ensure_one()
        if record._name != event_type.model:
            raise ValueError(f"{event_type.name} is about {event_type.model}, not about {record._name}.")
        if not isinstance(data, event_type.data):
            data = event_type.data.model_validate(data or {})
        return {
            "type": event_type.name,
            "source": f"/{self.env.cr.dbname}/{record._name}",
            "subject": record.display_name,
            "data": data.model_dump(mode="json", exclude_none=True),
            "res_model": record._name,
            "res_id": record.id,
            "company_id": self._company_of(record, trade_partner).id,
            "trade_partner_id": trade_partner.id if trade_partner else False,
        }

    @api.model
    def _company_of(self, record, trade_partner):
        own = record.company_id if "company_id" in record._fields else None
        return own or (trade_partner and trade_partner.company_id) or record.env.company

    @api.model
    def _known_type(self, event_type):
        try:
            return catalogue.get(event_type)
        except KeyError:
            raise ValueError(
                f"There is no type of event {event_type}: it must be registered first."
            ) from None

    @api.model
    @tools.ormcache("event_type")
    def _wanted(self, event_type):
        """Whether events of this type are written. Most always are; those of a type that happens very often
        only while somebody listens.

        :raise ValueError: there is no such type
        """
        return not self._known_type(event_type).on_demand or self.sudo()._has_listeners(event_type)

    @api.model
    def _has_listeners(self, event_type):
        """Whether anybody wants to hear of a type that is written on demand. Addons that bring other readers
        than subscriptions extend it, and call ``env.registry.clear_cache()`` when its answer may change."""
        return bool(self.env["trade.subscription"]._listening(event_type))

    # -- reading -------------------------------------------------------------------------------

    def _cloud_event(self, thin=False):
        """The event in the JSON format of CloudEvents 1.0.

        :param thin: only the envelope: who wants to know more asks
        """
        self.ensure_one()
        return catalogue.envelope(
            id=self.uid,
            type=self.type,
            source=self.source,
            time=self.time.replace(tzinfo=UTC),
            subject=self.subject or None,
            partitionkey=self._thread(),
            data=None if thin else self.data or {},
        )

    def _telling(self, thin=False):
        """:return: the bytes of the event as a message keeps them, :class:`Telling`"""
        raw = json.dumps(self._cloud_event(thin), ensure_ascii=False, separators=(",", ":")).encode()
        return Telling(base64.b64encode(raw).decode(), hashlib.sha256(raw).hexdigest(), len(raw))

    def _thread(self):
        """What keeps the order of messages: events about one record are told one after the other."""
        return f"{self.res_model},{self.res_id}"

    def _shard(self):
        return zlib.crc32(self._thread().encode())

    @api.model
    def _last_position(self):
        """The place of the event that was passed on last, 0 before the first."""
        [(last, called)] = self.env.execute_query(
            SQL("SELECT last_value, is_called FROM trade_event_position_seq")
        )
        return last if called else 0

    # -- passing on ----------------------------------------------------------------------------

    def _place(self):
        """Give these events, in this order, the next places. Only whoever holds the lock of the events' lane
        may do so."""
        rows = self.env.execute_query(
            SQL(
                "SELECT setval('trade_event_position_seq', nextval('trade_event_position_seq') + %s)",
                len(self) - 1,
            )
        )
        first = rows[0][0] - len(self) + 1
        self.env.cr.execute(
            SQL(
                "UPDATE trade_event SET position = placed.position"
                " FROM unnest(%s, %s) AS placed(id, position) WHERE trade_event.id = placed.id",
                list(self.ids),
                list(range(first, first + len(self))),
            )
        )
        self.invalidate_recordset(["position"], flush=False)

    def _relay(self):
        """Tell everybody who wants to hear of these events; a part of the transaction that gave them their
        places. Addons that pass events on in other ways extend it."""
        self.env["trade.subscription"]._fan_out(self)

    def _relay_failed(self, error):
        """Keep that this event could not be passed on, with the reason, and tell the desk."""
        self.ensure_one()
        self.write({"relay_problem": error.message})
        self.env["trade.exception"]._open(
            InternalError(
                "event.not_relayed",
                event=self.title,
                about=self.subject or "",
                detail=error.message,
                trace=error.params.get("trace"),
                subject=self.type,
            ),
            company=self.company_id,
        )

    def action_relay_again(self):
        """Pass on what could not be passed on, once its reason is gone. Who was told already is not told
        twice."""
        self.env["trade.message"]._check_operator()
        self.check_access("read")
        events = self.sudo().filtered("relay_problem").sorted("position")
        events._relay()
        events.write({"relay_problem": False})
        for company, names in events.grouped("company_id").items():
            names = set(names.mapped("type"))
            left = self.sudo().search(
                [
                    ("type", "in", names),
                    ("company_id", "=", company.id),
                    ("relay_problem", "not in", (False, "")),
                ]
            )
            self.env["trade.exception"].sudo().search(
                [
                    ("code", "=", "event.not_relayed"),
                    ("company_id", "=", company.id),
                    ("subject", "in", names - set(left.mapped("type"))),
                    ("is_open", "=", True),
                ]
            )._auto_resolve(self.env._("Passed on by %s.", self.env.user.name))

    # -- cleaning up ---------------------------------------------------------------------------

    @api.autovacuum
    def _gc_events(self):
        """Events that were passed on long ago are of no use to anybody; the messages they became are kept.
        One that still waits to be told stays.

        :return: ``(how many went, whether more are left)``
        """
        days = int(self.env["ir.config_parameter"].sudo().get_param("trade_core.keep_events_days", KEEP_DAYS))
        if days <= 0:
            return 0, 0
        self.env.flush_all()
        old = self.env.execute_query(
            SQL(
                """
            SELECT id FROM trade_event e
             WHERE position IS NOT NULL AND relay_problem IS NULL AND time < %s AND NOT EXISTS (
                   SELECT 1 FROM trade_message m WHERE m.event_id = e.id AND m.state IN %s)
             ORDER BY id LIMIT %s""",
                fields.Datetime.now() - timedelta(days=days),
                _OPEN,
                _VACUUM_BATCH,
            )
        )
        self.browse(event_id for (event_id,) in old).unlink()
        return len(old), len(old) == _VACUUM_BATCH
