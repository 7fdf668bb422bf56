from odoo import api, fields, models
from odoo.tools import SQL

from .trade_credential import EXPIRY_WARNING

SPARKLINE_HOURS = 24


class TradeConnector(models.Model):
    """How a connector is doing: what people see at first glance."""

    _inherit = "trade.connector"

    health = fields.Selection(
        [("ok", "Good"), ("waiting", "Waiting"), ("down", "Not working"), ("off", "Not in use")],
        compute="_compute_health",
    )
    health_reason = fields.Char("Why", compute="_compute_health")
    today_count = fields.Integer("Documents today", compute="_compute_volume")
    waiting_count = fields.Integer("Waiting", compute="_compute_volume")
    route_count = fields.Integer("Routes", compute="_compute_volume")
    problem_count = fields.Integer("Open problems", compute="_compute_volume")
    sparkline = fields.Json("Calls in the last 24 hours", compute="_compute_sparkline")

    @api.depends(
        "active",
        "paused",
        "pause_reason",
        "transport",
        "base_url",
        "auth_method",
        "circuit_state",
        "circuit_class",
        "circuit_probe_at",
        "circuit_reason",
        "circuit_failures",
        "wait_until",
        "credential_ids.has_secret",
        "credential_ids.expires_on",
    )
    def _compute_health(self):
        answered = self._last_answers()
        for connector in self.sudo():
            connector.health, connector.health_reason = connector._health(answered.get(connector.id))

    def _last_answers(self):
        """``{connector id: when it last answered}``, whatever it said."""
        self.env["trade.attempt"].flush_model(["connector_id", "started_at", "outcome"])
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT c.id, last.started_at FROM unnest(%s) c(id) CROSS JOIN LATERAL ("
                    " SELECT started_at FROM trade_attempt"
                    " WHERE connector_id = c.id AND outcome IN ('ok', 'refused')"
                    " ORDER BY started_at DESC LIMIT 1) last",
                    self.ids,
                )
            )
        )

    def _health(self, answered):
        """:return: the dot's meaning and why, in words"""
        now = fields.Datetime.now()
        if not self.active or self.paused:
            return "off", self.pause_reason or self.env._("Paused: documents wait.")
        if self.circuit_state == "open":
            if self.circuit_probe_at and self.circuit_probe_at > now:
                wait = self._duration(self.circuit_probe_at - now)
                return "down", self.env._(
                    "%(what)s, probing in %(time)s", what=self.circuit_reason, time=wait
                )
            return "down", self.env._("%(what)s, probed with the next document", what=self.circuit_reason)
        if self.circuit_state == "half_open":
            return "waiting", self.env._("%(what)s, being probed now", what=self.circuit_reason)
        if self.circuit_class == "setup":
            return "down", self.circuit_reason
        if self.transport == "manual":
            return "ok", self.env._("Files are uploaded by hand")
        if not self.base_url:
            return "ok", self.env._("They call us")
        credential = self._credential()
        if self.auth_method != "none" and not credential.has_secret:
            return "down", self.env._("No secret yet: enter it under Credentials")
        if self.wait_until and self.wait_until > now:
            return "waiting", self.env._(
                "The partner asked us to wait another %s", self._duration(self.wait_until - now)
            )
        if self.circuit_failures:
            return "waiting", self.env._("%s failed calls in a row", len(self.circuit_failures))
        if credential.expires_on and credential.expires_on - fields.Date.today() <= EXPIRY_WARNING:
            return "waiting", self.env._("The secret ends on %s", credential.expires_on)
        if not answered:
            return "off", self.env._("Not called yet")
        return "ok", self.env._("Answered %s ago", self._duration(now - answered))

    def _duration(self, delta):
        seconds = max(int(delta.total_seconds()), 0)
        if seconds < 90:
            return self.env._("%s s", seconds)
        return (
            self.env._("%s min", round(seconds / 60))
            if seconds < 5400
            else self.env._("%s h", round(seconds / 3600))
        )

    def _compute_volume(self):
        today = fields.Datetime.context_timestamp(self, fields.Datetime.now()).replace(
            hour=0, minute=0, second=0
        )
        midnight = fields.Datetime.now() - (
            fields.Datetime.context_timestamp(self, fields.Datetime.now()) - today
        )
        counts = {
            connector_id: (documents, waiting)
            for connector_id, documents, waiting in self.env.execute_query(
                SQL(
                    "SELECT connector_id, count(*) FILTER (WHERE received_at >= %s),"
                    " count(*) FILTER (WHERE state = 'queued') FROM trade_message"
                    " WHERE connector_id = ANY(%s) AND (received_at >= %s OR state = 'queued')"
                    " GROUP BY connector_id",
                    midnight,
                    self.ids,
                    midnight,
                )
            )
        }
        routes = dict(
            self.env["trade.route"]._read_group(
                [("connector_id", "in", self.ids)], ["connector_id"], ["__count"]
            )
        )
        problems = dict(
            self.env["trade.exception"]._read_group(
                [("connector_id", "in", self.ids), ("is_open", "=", True)], ["connector_id"], ["__count"]
            )
        )
        for connector in self:
            connector.today_count, connector.waiting_count = counts.get(connector.id, (0, 0))
            connector.route_count = routes.get(connector, 0)
            connector.problem_count = problems.get(connector, 0)

    def _compute_sparkline(self):
        """``[[calls that succeeded, calls that failed], …]``, one pair an hour, the present hour last."""
        rows = self.env.execute_query(
            SQL(
                "SELECT connector_id,"
                " floor(extract(epoch FROM now() AT TIME ZONE 'UTC' - started_at) / 3600)::int,"
                " count(*) FILTER (WHERE outcome IN ('ok', 'refused')),"
                " count(*) FILTER (WHERE outcome IN ('retry', 'auth', 'lost'))"
                " FROM trade_attempt WHERE connector_id = ANY(%s) AND kind IN ('send', 'poll')"
                " AND started_at > now() AT TIME ZONE 'UTC' - make_interval(hours => %s) GROUP BY 1, 2",
                self.ids,
                SPARKLINE_HOURS,
            )
        )
        hours = {connector_id: [[0, 0] for _hour in range(SPARKLINE_HOURS)] for connector_id in self.ids}
        for connector_id, ago, succeeded, failed in rows:
            hours[connector_id][SPARKLINE_HOURS - 1 - min(max(ago, 0), SPARKLINE_HOURS - 1)] = [
                succeeded,
                failed,
            ]
        for connector in self:
            connector.sparkline = hours.get(connector.id) or []
