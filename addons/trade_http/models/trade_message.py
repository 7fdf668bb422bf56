from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.trade_core.pipeline import outbound
from odoo.addons.trade_core.transport import SendResult
from odoo.addons.trade_kernel.errors import Silence

from ..pull import ROAD


class TradeMessage(models.Model):
    """Documents that leave when the partner reads them, and sent documents' places in the API's lists."""

    _inherit = "trade.message"

    api_position = fields.Integer(
        "Place in the API",
        readonly=True,
        copy=False,
        aggregator=None,
        help="In which order partners read it.",
    )

    _api_position_idx = models.Index("(trade_partner_id, api_position) WHERE api_position IS NOT NULL")
    _api_position_company_idx = models.Index("(company_id, api_position) WHERE api_position IS NOT NULL")
    _api_unplaced_idx = models.Index(
        "(trade_partner_id) WHERE api_position IS NULL AND direction = 'out' AND canonical_digest IS NOT NULL"
    )

    def _sender_reads_standing(self):
        """What came over the API is looked at there."""
        came = self.parent_id or self
        return (came.idempotency_scope or "").startswith("client:") or super()._sender_reads_standing()

    @api.model
    def _out_lane(self, route, document_number):
        lane = super()._out_lane(route, document_number)
        if route.connector_id.transport != "pull":
            return lane
        return f"{ROAD}/{lane.partition('/')[2]}"

    def _offer(self):
        """Prepared documents wait to be fetched from now on; an earlier revision nobody has fetched is not
        needed any more."""
        reason = self.env._("Waits to be fetched by the partner's system.")
        for message in self:
            hours = message.connector_id.pull_hours
            message.write(
                {
                    "state_reason": reason,
                    # Nobody has to look at it again before then.
                    "not_before": hours and message.received_at + timedelta(hours=hours),
                }
            )
            message._log("offered")
        earlier = self.search(
            [
                ("business_key", "in", self.mapped("business_key")),
                ("trade_partner_id", "in", self.trade_partner_id.ids),
                ("connector_id", "in", self.connector_id.ids),
                ("direction", "=", "out"),
                ("state", "=", "queued"),
            ],
            order="id",
        )
        for newest in self.sorted("id"):
            replaced = earlier.filtered(
                lambda message, new=newest: message.business_key == new.business_key and message.id < new.id
            )
            if replaced:
                reason = self.env._("Replaced by revision %s before it was fetched.", newest.revision)
                replaced._set_state("cancelled", reason)
                replaced._log("superseded", note=reason)
                replaced.exception_id._refresh()
                earlier -= replaced

    def _fetched(self):
        """The partner's client reads these documents: those that waited for it have been delivered."""
        waiting = self.filtered(
            lambda message: message.state == "queued" and message.connector_id.transport == "pull"
        )
        if not waiting:
            return
        # Another of the partner's clients may be fetching them at this instant.
        self.env.execute_query(
            SQL("SELECT id FROM trade_message WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", waiting.ids)
        )
        waiting.invalidate_recordset()
        waiting = waiting.filtered(lambda message: message.state == "queued")
        if not waiting:
            return
        taken = SendResult("ok", http_status=200)
        now = fields.Datetime.now()
        deliveries = []
        for message in waiting:
            message.attempt_count += 1
            deliveries.append(
                outbound.Delivery(
                    message,
                    message.thread,
                    message.attempt_count,
                    lambda: taken,
                    started_at=now,
                    result=taken,
                )
            )
        outbound._sent(self.env, deliveries)
        self.env["trade.attempt"].create(
            [
                {
                    "message_id": delivery.message.id,
                    "connector_id": delivery.message.connector_id.id,
                    "company_id": delivery.message.company_id.id,
                    "kind": "send",
                    "number": delivery.number,
                    "started_at": now,
                    "outcome": taken.outcome,
                    "http_status": taken.http_status,
                }
                for delivery in deliveries
            ]
        )

    def _give_api_positions(self):
        """Put these documents, in their order, at the end of their company's list.

        Under the caller's lock, in READ COMMITTED.
        """
        for company, messages in self.grouped("company_id").items():
            self.env.cr.execute(
                SQL(
                    """
                UPDATE trade_message m SET api_position = place.base + given.rank
                  FROM unnest(%s) WITH ORDINALITY AS given(id, rank),
                       (SELECT COALESCE(max(api_position), 0) AS base
                          FROM trade_message WHERE company_id = %s) AS place
                 WHERE m.id = given.id AND m.api_position IS NULL""",
                    messages.ids,
                    company.id,
                )
            )
        self.invalidate_recordset(["api_position"])

    # -- for people ------------------------------------------------------------------------------

    @api.model
    def _stage_labels(self):
        return {**super()._stage_labels(), "offered": self.env._("Ready to be fetched")}

    def _next_step(self):
        waits = self.state == "queued" and self.payload_digest and self.connector_id.transport == "pull"
        if not waits or self._stop_reason():
            return super()._next_step()
        note = self.env._("It is delivered when the partner's system reads it from our API.")
        if not self.connector_id.pull_hours:
            return self._following(self.env._("Waits to be fetched"), note=note)
        due = self.received_at + timedelta(hours=self.connector_id.pull_hours)
        late = due < fields.Datetime.now()
        label = self.env._("It was to be fetched") if late else self.env._("Is to be fetched")
        return self._following(label, due, note=note, level="person" if late else "waiting")

    # -- what nobody fetches ---------------------------------------------------------------------

    @api.model
    def _cron_silence(self):
        """Documents that nobody fetched in time become problems, too, one per route."""
        result = super()._cron_silence()
        now = fields.Datetime.now()
        connectors = self.env["trade.connector"].search([("transport", "=", "pull"), ("pull_hours", ">", 0)])
        for connector in connectors:
            late = self.search(
                [
                    ("connector_id", "=", connector.id),
                    ("direction", "=", "out"),
                    ("state", "=", "queued"),
                    ("payload_digest", "!=", False),
                    ("received_at", "<", now - timedelta(hours=connector.pull_hours)),
                    "|",
                    ("exception_id", "=", False),
                    ("exception_id.is_open", "=", False),
                ]
            )
            if late:
                self.env["trade.exception"]._report([(message, message._not_fetched()) for message in late])
        return result

    def _not_fetched(self):
        return Silence("http.not_fetched", partner=self.trade_partner_id.name)
