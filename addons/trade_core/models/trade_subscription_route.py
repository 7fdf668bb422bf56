"""What routes and messages know about events."""

import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.trade_kernel import transitions
from odoo.addons.trade_kernel.errors import BusinessRefused

from ..document_table import DocumentTable
from ..event_document import as_document
from .trade_subscription import CODEC, DOCUMENT_TYPE


class TradeRoute(models.Model):
    _inherit = "trade.route"

    @api.model
    def _selection_document_type(self):
        return [*super()._selection_document_type(), (DOCUMENT_TYPE, self.env._("Event"))]

    @api.model
    def _selection_codec(self):
        return [*super()._selection_codec(), (CODEC, "CloudEvents 1.0 (JSON)")]

    @api.constrains("document_type", "codec", "direction")
    def _check_event_route(self):
        if self.env.context.get("trade_subscription"):
            return
        if self.filtered(lambda route: DOCUMENT_TYPE == route.document_type or CODEC == route.codec):
            raise ValidationError(
                self.env._(
                    "Events travel on the route of their subscription, which is made by itself: create one"
                    " under Configuration, Events and subscriptions."
                )
            )


class TradeMessage(models.Model):
    _inherit = "trade.message"

    # What the order of sending looks at, see pipeline/outbound.py: few, however long the history of a thread.
    _waiting_idx = models.Index(
        "(route_id, thread, id) WHERE direction = 'out' AND state IN ('queued', 'held')"
    )

    about = fields.Char(
        "What it is about",
        compute="_compute_about",
        help="Of an event what happened; else the order or other record it belongs to.",
    )

    @api.depends("thread", "event_id.title")
    def _compute_about(self):
        for message in self:
            event = message.sudo().event_id
            message.about = event.title if message.document_type == DOCUMENT_TYPE else message.thread

    @api.depends("event_id.title")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for message in self.filtered("about"):
            if message.document_type == DOCUMENT_TYPE and message.direction == "out":
                whom = message.trade_partner_id.name or ""
                message.display_name = f"{message.about} {message.document_number or ''} → {whom}"
        return result

    @api.depends("payload_digest")
    def _compute_document_view(self):
        result = super()._compute_document_view()
        for message in self.filtered(lambda message: message.codec == CODEC and message.payload_digest):
            event = as_document(json.loads(message._raw()))
            message.document_view = DocumentTable(self.env).lay_out(event, {})
        return result

    def _set_told(self):
        """Events that were taken are done: nothing is computed from their state, so one statement writes it.
        The only way past :meth:`_set_state`, and by the same table.

        :raise InternalError: ``state.forbidden``
        """
        if not self:
            return
        for state in set(self.mapped("state")):
            transitions.check("outbound", state, "sent")
        transitions.check("outbound", "sent", "acknowledged")
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE trade_message SET state = 'acknowledged', state_reason = NULL, done_at = %(now)s,"
                " claimed_at = NULL, not_before = NULL, ack_deadline = NULL, write_uid = %(uid)s,"
                " write_date = %(now)s WHERE id = ANY(%(ids)s)",
                now=fields.Datetime.now(),
                uid=self.env.uid,
                ids=self.ids,
            )
        )
        names = ["state", "state_reason", "done_at", "claimed_at", "not_before", "ack_deadline"]
        self.invalidate_recordset(names, flush=False)

    def _prepare_event(self):
        """Write the payload of an event that could not be told at first, because a filter was broken; when it
        does not fit the mended filter, nobody is told.

        :raise TradeError: the filter is still broken, or the event is gone
        """
        self.ensure_one()
        subscription = self.env["trade.subscription"].search([("route_id", "=", self.route_id.id)])
        event = self.event_id
        if not (event and subscription):
            raise BusinessRefused("record.gone", model=event._name, number=self.document_number)
        if not subscription._matches(event):
            self._set_state("cancelled", self.env._("Does not fit the filter of the subscription."))
            return
        telling = event._telling(subscription.payload == "thin")
        self.write(
            {
                "payload": telling.body.encode(),
                "payload_digest": telling.digest,
                "payload_size": telling.size,
            }
        )
