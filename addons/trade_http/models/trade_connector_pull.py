from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.trade_core.connectors import probe

from ..pull import ROAD


class TradeConnector(models.Model):
    """Transport "pull": documents are prepared and wait until the partner's client reads them."""

    _inherit = "trade.connector"

    transport = fields.Selection(
        selection_add=[("pull", "They fetch it from us (API)")], ondelete={"pull": "set default"}
    )
    pull_hours = fields.Float(
        "Fetched within (hours)",
        default=24,
        help="A document that nobody has fetched by then becomes a problem. 0: never.",
    )

    _pull_hours_range = models.Constraint(
        "CHECK (pull_hours >= 0)", "Fetched within: 0 hours (never a problem) or more."
    )

    def write(self, vals):
        before = {connector: connector.transport for connector in self}
        result = super().write(vals)
        for connector, transport in before.items():
            if "pull" in (transport, connector.transport) and transport != connector.transport:
                connector._change_lanes()
        return result

    def _change_lanes(self):
        """What has not left goes on by the road of the transport there is now."""
        self.ensure_one()
        old, new = ("out", ROAD) if self.transport == "pull" else (ROAD, "out")
        self.env["trade.message"].flush_model(["lane", "state", "not_before", "payload_digest"])
        rows = self.env.execute_query(
            SQL(
                "UPDATE trade_message SET lane = %s || substr(lane, strpos(lane, '/')), not_before = NULL"
                " WHERE connector_id = %s AND direction = 'out' AND state IN ('queued', 'held')"
                " AND lane LIKE %s RETURNING id, lane, state = 'queued' AND payload_digest IS NOT NULL",
                new,
                self.id,
                f"{old}/%",
            )
        )
        messages = self.env["trade.message"].browse(message_id for message_id, _lane, _ready in rows)
        messages.invalidate_recordset(["lane", "not_before"])
        if self.transport == "pull":
            messages.browse(message_id for message_id, _lane, ready in rows if ready)._offer()
        self.env["trade.lane"]._wake_after_commit({lane for _id, lane, _ready in rows})

    def _trade_test(self):
        if self.transport != "pull":
            return super()._trade_test()
        words = self.env._(
            "They call us, so there is nothing to call. Who may call is set up under API clients."
        )
        return lambda: [probe.Step("connect", probe.SKIPPED, words)]
