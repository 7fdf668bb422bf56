import json
import uuid
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.trade_kernel import events as catalogue
from odoo.addons.trade_kernel.errors import TradeError

from ..events import SUBSCRIPTION_TESTED, TestData
from ..tools import notice
from .trade_event import Telling
from .trade_message import NORMAL

CODEC = "cloudevents"
DOCUMENT_TYPE = "event"


class TradeSubscription(models.Model):
    """Who is told of which events, over which connector.

    Its messages travel on a route of its own, which it makes itself: so they wait, are retried, replayed and
    held like every other document.
    """

    _name = "trade.subscription"
    _description = "Subscription to Events"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "trade_partner_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    trade_partner_id = fields.Many2one(
        "trade.partner",
        "Partner",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        help="Is told of what concerns itself. One of our own systems is told of everything.",
    )
    company_id = fields.Many2one(related="trade_partner_id.company_id", store=True, index=True)
    is_internal = fields.Boolean(related="trade_partner_id.is_internal")
    connector_id = fields.Many2one(
        "trade.connector",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        check_company=True,
        help="Over which connection the events leave.",
    )
    transport = fields.Selection(related="connector_id.transport")
    route_id = fields.Many2one("trade.route", readonly=True, ondelete="restrict", copy=False, index=True)
    state = fields.Selection(
        [("active", "Active"), ("paused", "Paused"), ("disabled", "Switched off")],
        "Status",
        required=True,
        default="active",
        readonly=True,
        copy=False,
        tracking=True,
        help="Paused: events are collected and wait. Switched off: nothing is collected any more.",
    )
    disabled_reason = fields.Char("Why", readonly=True, copy=False)
    disabled_at = fields.Datetime("Switched off since", readonly=True, copy=False)

    all_types = fields.Boolean(
        "All events", tracking=True, help="Also of types that come with addons installed later."
    )
    event_type_ids = fields.Many2many("trade.event.type", string="Events", tracking=True)
    types_text = fields.Char("Is told of", compute="_compute_types_text")
    filter_ids = fields.One2many("trade.subscription.filter", "subscription_id", "Filters", copy=True)
    payload = fields.Selection(
        [("full", "Full: with all data"), ("thin", "Thin: only what happened")],
        "Content",
        required=True,
        default="full",
        tracking=True,
        help="Full: the receiver needs no question back.\nThin: only the type, the subject and the time. The"
        " receiver asks for the rest, and no business data lies about in its logs.",
    )
    position_from = fields.Integer(
        "From place",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Events before this place in the feed happened before the subscription existed.",
    )
    message_count = fields.Integer("Messages sent or waiting", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    problem_count = fields.Integer("Open problems", compute="_compute_counts")
    last_sent_at = fields.Datetime("Last told", compute="_compute_counts")

    @api.depends("all_types", "event_type_ids.title")
    def _compute_types_text(self):
        for subscription in self:
            titles = subscription.event_type_ids.mapped("title")
            subscription.types_text = (
                self.env._("All events") if subscription.all_types else ", ".join(titles)
            )

    def _compute_counts(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT route_id, count(*), count(*) FILTER (WHERE state = 'queued'), max(sent_at)"
                " FROM trade_message WHERE route_id = ANY(%s) GROUP BY route_id",
                self.route_id.ids,
            )
        )
        counts = {route_id: found for route_id, *found in rows}
        problems = dict(
            self.env["trade.exception"]._read_group(
                [
                    ("is_open", "=", True),
                    "|",
                    ("route_id", "in", self.route_id.ids),
                    ("connector_id", "in", self.connector_id.ids),
                ],
                ["connector_id"],
                ["__count"],
            )
        )
        for subscription in self:
            total, waiting, last = counts.get(subscription.route_id.id, (0, 0, False))
            subscription.message_count, subscription.waiting_count = total, waiting
            subscription.last_sent_at = last
            subscription.problem_count = problems.get(subscription.connector_id, 0)

    # -- constraints ---------------------------------------------------------------------------

    @api.constrains("trade_partner_id", "event_type_ids", "all_types")
    def _check_audience(self):
        for subscription in self.filtered(lambda subscription: not subscription.is_internal):
            secret = subscription.event_type_ids.filtered(lambda kind: kind.audience == "internal")
            if secret:
                raise ValidationError(
                    self.env._(
                        "%(types)s: only our own systems may hear of this. Take it out, or mark the partner"
                        " %(partner)s as our own system.",
                        types=", ".join(secret.mapped("title")),
                        partner=subscription.trade_partner_id.name,
                    )
                )

    @api.constrains("trade_partner_id", "connector_id")
    def _check_connector(self):
        for subscription in self:
            owner = subscription.connector_id.trade_partner_id
            if owner and owner != subscription.trade_partner_id:
                raise ValidationError(
                    self.env._(
                        "The connector %(connector)s belongs to %(owner)s. Events for %(partner)s would go to"
                        " somebody else.",
                        connector=subscription.connector_id.display_name,
                        owner=owner.name,
                        partner=subscription.trade_partner_id.name,
                    )
                )

    # -- CRUD ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        start = self.env["trade.event"]._last_position() + 1
        for subscription in subscriptions:
            vals = {"route_id": subscription._create_route().id}
            if not subscription.position_from:
                vals["position_from"] = start
            subscription.sudo().write(vals)
        self.env.registry.clear_cache()
        return subscriptions

    def write(self, vals):
        if "trade_partner_id" in vals and self.filtered(
            lambda subscription: subscription.trade_partner_id.id != vals["trade_partner_id"]
        ):
            raise UserError(
                self.env._("A subscription stays with its partner. Make another one for another partner.")
            )
        result = super().write(vals)
        if {"connector_id", "active", "state"} & vals.keys():
            self._follow_route()
        if {"active", "state", "all_types", "event_type_ids"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if self.env["trade.message"].sudo().search_count([("route_id", "in", self.route_id.ids)], limit=1):
            raise UserError(self.env._("Events went over this subscription. Archive it instead."))

    def unlink(self):
        routes = self.sudo().route_id
        result = super().unlink()
        routes.unlink()
        self.env.registry.clear_cache()
        return result

    # -- its route -----------------------------------------------------------------------------

    def _create_route(self):
        """The route of this subscription alone."""
        Route = self.env["trade.route"].sudo().with_context(trade_subscription=True)
        where = [("trade_partner_id", "=", self.trade_partner_id.id), ("document_type", "=", DOCUMENT_TYPE)]
        last = Route.with_context(active_test=False).search(where, order="sequence desc", limit=1)
        return Route.create(
            {
                "trade_partner_id": self.trade_partner_id.id,
                "direction": "out",
                "document_type": DOCUMENT_TYPE,
                "connector_id": self.connector_id.id,
                "codec": CODEC,
                "ack_expected": "transport",
                "mode": self._route_mode(),
                "active": self.active,
                "sequence": (last.sequence or 10) + 1,
            }
        )

    def _route_mode(self):
        return "live" if self.state == "active" else "stopped"

    def _follow_route(self):
        """The route does what the subscription says; what waits leaves over the connector of now."""
        for subscription in self.sudo():
            route = subscription.route_id.with_context(trade_subscription=True)
            moved = route.connector_id != subscription.connector_id
            route.write(
                {
                    "mode": subscription._route_mode(),
                    "active": subscription.active,
                    "connector_id": subscription.connector_id.id,
                }
            )
            if moved:
                waiting = self.env["trade.message"].sudo()
                waiting.search(
                    [("route_id", "=", route.id), ("state", "in", ("queued", "held"))]
                ).connector_id = subscription.connector_id

    # -- what people press ---------------------------------------------------------------------

    def action_pause(self):
        """Stop telling: events are collected and wait."""
        self.check_access("write")
        self.filtered(lambda subscription: subscription.state == "active").write({"state": "paused"})

    def action_resume(self):
        """Tell what waited, and go on."""
        self.check_access("write")
        self.write({"state": "active", "disabled_reason": False, "disabled_at": False})

    def action_test_fire(self):
        """Send a test event to this subscription alone, the way every event goes."""
        self.ensure_one()
        self.check_access("write")
        event = self._test_fire()
        message = self.env._("A test event is on its way. See Messages for what comes of it.")
        if self.state != "active":
            message = self.env._("A test event was written. It leaves when the subscription is active again.")
        return {**notice(message), "event_id": event.id}

    def action_open_messages(self):
        self.ensure_one()
        return self._open_list("trade.message", self.env._("Messages"), [("route_id", "=", self.route_id.id)])

    def action_open_problems(self):
        self.ensure_one()
        return self._open_list(
            "trade.exception",
            self.env._("Problems"),
            ["|", ("route_id", "=", self.route_id.id), ("connector_id", "=", self.connector_id.id)],
        )

    def _open_list(self, model, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.name}: {name}",
            "res_model": model,
            "view_mode": "list,form",
            "domain": domain,
            "context": {"create": False},
        }

    # -- steps of transports -------------------------------------------------------------------

    def _disable(self, reason):
        """Switch off: nothing is collected any more. What was collected waits until it is resumed; what
        happens meanwhile is in the feed, from :attr:`disabled_at` on.

        :param str reason: shown to people, such as "The address says that it is gone (HTTP 410)."
        """
        self.filtered(lambda subscription: subscription.state != "disabled").write(
            {"state": "disabled", "disabled_reason": reason, "disabled_at": fields.Datetime.now()}
        )

    def _test_fire(self):
        """Write a test event for this subscription; it is passed on like every other.

        :return: the event
        """
        self.ensure_one()
        text = self.env._("This is a test of the subscription %s.", self.name)
        return self.env["trade.event"]._emit(
            SUBSCRIPTION_TESTED, self, trade_partner=self.trade_partner_id, data=TestData(message=text)
        )

    def _filters_mended(self):
        """What waited because a filter was broken is looked at again."""
        held = self.env["trade.message"].sudo().search(
            [
                ("route_id", "in", self.sudo().route_id.ids),
                ("state", "=", "held"),
                ("payload_digest", "=", False),
            ]
        )  # fmt: skip
        if held:
            held._replay()

    # -- fan-out -------------------------------------------------------------------------------

    @api.model
    def _listening(self, event_type=None):
        """The subscriptions that collect events, of one type or of any."""
        domain = [("state", "in", ("active", "paused"))]
        if event_type:
            domain += ["|", ("all_types", "=", True), ("event_type_ids.name", "=", event_type)]
        return self.sudo().search(domain, order="id")

    @api.model
    def _fan_out(self, events):
        """Queue a message for every subscription that wants one of these events.

        :param events: in the order of their places
        """
        told, held = [], []
        for subscription in self._listening().filtered(
            lambda subscription: subscription.company_id in events.company_id
        ):
            fresh = events.filtered(lambda event, first=subscription.position_from: event.position >= first)
            wanted = subscription._wanted_of(fresh)
            try:
                told.append((subscription, subscription._filtered_events(wanted)))
            except TradeError as error:
                held.append((subscription, wanted, error))
        self._queue_events(told)
        self._hold_events(held)

    def _matches(self, events):
        """Those of the events that this subscription is told of, whenever they happened.

        :raise TradeError: a filter is broken
        """
        self.ensure_one()
        return self._filtered_events(self._wanted_of(events))

    def _wanted_of(self, events):
        """Those of the events that are of the types chosen here, and that this partner may hear of."""
        self.ensure_one()
        audiences = {kind.name: kind.audience for kind in catalogue.available()}
        partner, company = self.trade_partner_id, self.company_id
        internal, chosen = (
            partner.is_internal,
            None if self.all_types else set(self.event_type_ids.mapped("name")),
        )

        def wanted(event):
            if event.type == SUBSCRIPTION_TESTED:
                return event.res_id == self.id
            if event.company_id != company or (chosen is not None and event.type not in chosen):
                return False
            audience = audiences.get(event.type, "internal")
            return (
                internal
                or audience == "everyone"
                or (audience == "partner" and event.trade_partner_id == partner)
            )

        return events.filtered(wanted)

    def _filtered_events(self, events):
        """Those of the events whose record fits the filters.

        :raise TradeError: a filter cannot be evaluated
        """
        for rule in self.filter_ids:
            about = events.filtered(lambda event, model=rule.res_model: event.res_model == model)
            if about and about[0].type != SUBSCRIPTION_TESTED:
                fitting = rule._fitting(set(about.mapped("res_id")))
                events -= about.filtered(lambda event, ids=fitting: event.res_id not in ids)
        return events

    def _enqueue(self, events, again=False):
        """Queue messages of this one subscription.

        :param again: tell once more what was told before, as a new message under the key ``<uid>/<n>``; by
            default what was told is not told twice
        :return: the new messages
        """
        self.ensure_one()
        return self._queue_events([(self, events)], again=again)

    @api.model
    def _queue_events(self, pairs, again=False, error=None):
        """Insert the messages of ``[(subscription, events), …]`` with one statement.

        :param TradeError error: they cannot be told yet, for this reason; they are held
        :return: the new messages
        """
        pairs = [(subscription, events) for subscription, events in pairs if events]
        if not pairs:
            return self.env["trade.message"]
        told = self.env["trade.event"].union(*(events for _subscription, events in pairs))
        originals = self._told_before(pairs) if again else {}
        keys, thin = [], {subscription.id: subscription.payload == "thin" for subscription, _e in pairs}
        for subscription, events in pairs:
            for event in events:
                count, first = originals.get((subscription.id, event.id), (0, None))
                keys.append(
                    (event.id, subscription.id, f"{event.uid}/{count}" if count else event.uid, first)
                )
        needed = {
            (event_id, thin[subscription.id]) for subscription, events in pairs for event_id in events._ids
        }
        nothing = Telling(None, None, None)
        contents = [
            (event.id, kind, *(nothing if error else event._telling(kind)))
            for event in told
            for kind in (False, True)
            if (event.id, kind) in needed
        ]
        step = self.env["trade.message"]._timeline_step("queued")
        rows = self.env.execute_query(
            SQL(
                _INSERT,
                contents=_columns_of(contents, "int", "bool", "text", "text", "int"),
                events=_columns_of(
                    [
                        (e.id, e.uid.replace("-", "") or uuid.uuid4().hex, e._thread(), e.subject, e._shard())
                        for e in told
                    ],
                    "int", "text", "text", "text", "bigint",
                ),
                subscriptions=_columns_of(
                    [s._message_values(thin[s.id]) for s, _events in pairs],
                    "int", "bool", "int", "int", "int", "int", "int",
                ),
                keys=_columns_of(keys, "int", "int", "text", "int"),
                state="held" if error else "queued",
                reason=error.message if error else None,
                priority=NORMAL,
                uid=self.env.uid,
                timeline=json.dumps([step]),
                content_type=catalogue.MEDIA_TYPE,
            )
        )  # fmt: skip
        messages = self.env["trade.message"].browse(message_id for message_id, _lane in rows)
        told.invalidate_recordset(["message_ids"], flush=False)
        if not error:
            self.env["trade.lane"]._wake_after_commit({lane for _id, lane in rows})
        return messages

    def _message_values(self, thin):
        route = self.route_id
        return (
            self.id,
            thin,
            self.trade_partner_id.id,
            route.id,
            route.connector_id.id,
            self.company_id.id,
            max(route.lanes, 1),
        )

    def _told_before(self, pairs):
        """``{(subscription id, event id): (how often it was told, first message)}``"""
        events = self.env["trade.event"].union(*(events for _subscription, events in pairs))
        rows = self.env.execute_query(
            SQL(
                "SELECT route_id, event_id, count(*), min(id) FROM trade_message"
                " WHERE event_id = ANY(%s) AND route_id = ANY(%s) GROUP BY route_id, event_id",
                events.ids,
                [subscription.route_id.id for subscription, _events in pairs],
            )
        )
        owner = {subscription.route_id.id: subscription.id for subscription, _events in pairs}
        return {(owner[route], event): (count, first) for route, event, count, first in rows}

    @api.model
    def _hold_events(self, held):
        """A filter is broken: what it would have decided about waits, as one problem, until it is mended."""
        for error, group in _by_error(held).items():
            messages = self._queue_events(group, error=error)
            self.env["trade.exception"]._report([(message, error) for message in messages])


def _by_error(held):
    groups = defaultdict(list)
    for subscription, events, error in held:
        groups[error].append((subscription, events))
    return groups


def _columns_of(rows, *types):
    """The rows as arrays, one parameter a column, however many rows."""
    columns = zip(*rows, strict=True) if rows else [[] for _type in types]
    return SQL(", ").join(
        SQL("%s::" + kind + "[]", list(column)) for column, kind in zip(columns, types, strict=True)
    )


# What many messages share is sent to the database once. The order of the ids is the order of the events.
_INSERT = """
    WITH content AS (
        SELECT * FROM unnest(%(contents)s) AS c(event_id, thin, body, digest, size)
    ), event AS (
        SELECT * FROM unnest(%(events)s) AS e(event_id, trace_id, thread, subject, hash)
    ), subscription AS (
        SELECT * FROM unnest(%(subscriptions)s)
            AS s(subscription_id, thin, partner_id, route_id, connector_id, company_id, lanes)
    ), told AS (
        SELECT * FROM unnest(%(keys)s) WITH ORDINALITY
            AS k(event_id, subscription_id, key, original_id, place)
    )
    INSERT INTO trade_message (
        direction, state, state_reason, document_type, document_number, revision, thread, trade_partner_id,
        route_id, connector_id, company_id, codec, mode, idempotency_scope, idempotency_key, trace_id,
        payload, payload_digest, payload_size, content_type, event_id, original_id, lane, priority,
        attempt_count, timeline, received_at, create_uid, write_uid, create_date, write_date)
    SELECT 'out', %(state)s, %(reason)s, 'event', event.subject, 0, event.thread, subscription.partner_id,
           subscription.route_id, subscription.connector_id, subscription.company_id, 'cloudevents', 'live',
           'subscription:' || subscription_id, told.key, event.trace_id,
           convert_to(content.body, 'UTF8'), content.digest, content.size, %(content_type)s, event_id,
           told.original_id, 'out/' || subscription.route_id || '/' || (event.hash %% subscription.lanes),
           %(priority)s, 0, %(timeline)s::jsonb, now() AT TIME ZONE 'UTC', %(uid)s, %(uid)s,
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM told
      JOIN event USING (event_id)
      JOIN subscription USING (subscription_id)
      JOIN content USING (event_id, thin)
     ORDER BY told.place
        ON CONFLICT (idempotency_scope, direction, idempotency_key) DO NOTHING
    RETURNING id, lane
"""
