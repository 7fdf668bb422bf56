from odoo import api, fields, models


class TradeSubscription(models.Model):
    """What a subscription says about its messages at a broker."""

    _inherit = "trade.subscription"

    broker_exchange = fields.Char(related="connector_id.broker_exchange")
    broker_queue = fields.Char(related="connector_id.broker_queue")
    broker_routing_key = fields.Char(
        "Routing key",
        help="For the messages of this subscription alone; empty: as the connector says. {type}, {aggregate},"
        " {partner} and {company} are replaced.",
    )

    @api.constrains("broker_routing_key")
    def _check_broker_routing_key(self):
        for subscription in self.filtered("broker_routing_key"):
            self.env["trade.connector"]._check_routing_key(subscription.broker_routing_key)
