from odoo import fields, models


class TradeConnectorBucket(models.Model):
    """How many calls a connector may make at once now. Apart from the connector: it changes with every call,
    and whoever edits the connector must not run into that."""

    _name = "trade.connector.bucket"
    _description = "Rate Limit of a Connector"
    _log_access = False
    _rec_name = "connector_id"

    connector_id = fields.Many2one("trade.connector", required=True, readonly=True, ondelete="cascade")
    tokens = fields.Float(readonly=True)
    at = fields.Float(
        "Seconds since 1970", readonly=True, help="On the database's clock, the same for every worker."
    )

    _one_each = models.UniqueIndex("(connector_id)")
