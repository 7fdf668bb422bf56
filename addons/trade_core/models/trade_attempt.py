from odoo import api, fields, models
from odoo.tools import SQL

_SENT = {
    "message_id": "int",
    "connector_id": "int",
    "company_id": "int",
    "kind": "text",
    "number": "int",
    "started_at": "timestamp",
    "outcome": "text",
    "http_status": "int",
    "duration_ms": "float8",
    "error": "text",
    "next_try_at": "timestamp",
}


class TradeAttempt(models.Model):
    """One try to process, send or fetch: when, how long, what came of it."""

    _name = "trade.attempt"
    _description = "Trade Attempt"
    _order = "id desc"
    _rec_name = "kind"

    message_id = fields.Many2one("trade.message", ondelete="cascade", index=True)
    connector_id = fields.Many2one("trade.connector", ondelete="cascade", index="btree_not_null")
    company_id = fields.Many2one("res.company", index=True)
    kind = fields.Selection(
        [("process", "Process"), ("send", "Send"), ("poll", "Fetch"), ("test", "Test connection")],
        required=True,
    )
    number = fields.Integer("Try", aggregator=None)
    started_at = fields.Datetime("Started", required=True)
    duration_ms = fields.Float("Took (ms)", aggregator="avg")
    outcome = fields.Selection(
        [
            ("started", "Under way"),
            ("ok", "Succeeded"),
            ("held", "Held"),
            ("ignored", "Ignored"),
            ("retry", "Will be tried again"),
            ("refused", "Refused by the partner"),
            ("auth", "Credentials refused"),
            ("lost", "Interrupted"),
        ],
        required=True,
    )
    http_status = fields.Integer("HTTP status", aggregator=None)
    error_code = fields.Char()
    error = fields.Text("What was said", help="Secrets are replaced by •••.")
    pointers = fields.Json(help="The places in the document the errors name.")
    next_try_at = fields.Datetime("Next try")

    _connector_idx = models.Index("(connector_id, started_at DESC) WHERE connector_id IS NOT NULL")

    @api.model
    def _insert(self, rows):
        """Note tries to send, as they were, with one statement.

        :param rows: dicts of column values; what is missing is empty
        """
        if not rows:
            return
        columns = SQL(", ").join(map(SQL.identifier, _SENT))
        values = SQL(", ").join(
            SQL(f"%s::{kind}[]", [row.get(name) for row in rows]) for name, kind in _SENT.items()
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO trade_attempt (%s, create_uid, write_uid, create_date, write_date)"
                " SELECT v.*, %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'"
                " FROM unnest(%s) AS v",
                columns,
                self.env.uid,
                self.env.uid,
                values,
            )
        )
        self.env["trade.message"].invalidate_model(["attempt_ids"], flush=False)
