from odoo import models


class TradeApiBucket(models.AbstractModel):
    """The clients' buckets of requests: see ``limits.take``.

    The table is no model's: it is unlogged, so that taking a request out waits for no disk. After a crash of
    the database server it is empty, and all buckets are full.
    """

    _name = "trade.api.bucket"
    _description = "Requests an API Client Has Left"

    def init(self):
        self.env.cr.execute(
            """
            CREATE UNLOGGED TABLE IF NOT EXISTS trade_api_bucket (
                client_id integer PRIMARY KEY REFERENCES trade_api_client ON DELETE CASCADE,
                full_at timestamptz NOT NULL
            ) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000)"""
        )
