from odoo import fields, models
from odoo.tools import SQL

HOURS, WEEK = 24, 168


class TradeConnector(models.Model):
    """How well deliveries over a connector go, from the log of its attempts."""

    _inherit = "trade.connector"

    delivered_day = fields.Integer("Delivered in 24 hours", compute="_compute_delivery")
    failed_day = fields.Integer("Failed tries in 24 hours", compute="_compute_delivery")
    success_day = fields.Float("Success in 24 hours", compute="_compute_delivery", aggregator=None)
    success_week = fields.Float("Success in 7 days", compute="_compute_delivery", aggregator=None)
    latency_p50 = fields.Float(
        "Half answer within (ms)",
        compute="_compute_delivery",
        aggregator=None,
        help="Of the successful calls of the last 24 hours.",
    )
    latency_p95 = fields.Float("95 % answer within (ms)", compute="_compute_delivery", aggregator=None)
    last_failure_at = fields.Datetime("Last failure", compute="_compute_last_failure")
    last_failure = fields.Text("What they said", compute="_compute_last_failure")
    next_attempt_at = fields.Datetime("Next try", compute="_compute_next_attempt")

    def _compute_delivery(self):
        rows = self.env.execute_query(
            SQL(
                """
            WITH tries AS (
                SELECT connector_id, outcome, duration_ms,
                       started_at > now() AT TIME ZONE 'UTC' - make_interval(hours => %(day)s) AS today
                  FROM trade_attempt
                 WHERE connector_id = ANY(%(ids)s) AND kind = 'send' AND outcome <> 'started'
                   AND started_at > now() AT TIME ZONE 'UTC' - make_interval(hours => %(week)s))
            SELECT connector_id,
                   count(*) FILTER (WHERE today AND outcome = 'ok'),
                   count(*) FILTER (WHERE today AND outcome <> 'ok'),
                   count(*) FILTER (WHERE outcome = 'ok')::float8 / count(*),
                   percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms)
                       FILTER (WHERE today AND outcome = 'ok')
              FROM tries GROUP BY connector_id""",
                ids=self.ids,
                day=HOURS,
                week=WEEK,
            )
        )
        found = {row[0]: row[1:] for row in rows}
        for connector in self:
            delivered, failed, week, latencies = found.get(connector.id, (0, 0, 0.0, None))
            connector.delivered_day, connector.failed_day = delivered, failed
            connector.success_day = delivered / (delivered + failed) if delivered + failed else 0.0
            connector.success_week = week
            connector.latency_p50, connector.latency_p95 = latencies or (0.0, 0.0)

    def _compute_last_failure(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id, last.started_at, last.error, last.http_status FROM unnest(%s) c(id)"
                " CROSS JOIN LATERAL (SELECT started_at, error, http_status FROM trade_attempt"
                " WHERE connector_id = c.id AND outcome IN ('retry', 'auth', 'refused')"
                " ORDER BY started_at DESC LIMIT 1) last",
                self.ids,
            )
        )
        found = {row[0]: row[1:] for row in rows}
        for connector in self:
            moment, error, status = found.get(connector.id, (False, False, None))
            connector.last_failure_at = moment
            connector.last_failure = error or (f"HTTP {status}" if status else False)

    def _compute_next_attempt(self):
        rows = dict(
            self.env.execute_query(
                SQL(
                    "SELECT m.connector_id, min(coalesce(m.not_before, now() AT TIME ZONE 'UTC'))"
                    " FROM trade_message m JOIN trade_route r ON r.id = m.route_id"
                    " WHERE m.connector_id = ANY(%s) AND m.state = 'queued' AND r.active"
                    " AND r.mode <> 'stopped'"
                    " GROUP BY m.connector_id",
                    self.filtered(lambda connector: connector.active and not connector.paused).ids,
                )
            )
        )
        for connector in self:
            due = rows.get(connector.id)
            later = (
                connector.circuit_probe_at if connector.circuit_state != "closed" else connector.wait_until
            )
            connector.next_attempt_at = due and max(due, later or due)
