from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.wizards.trade_connector_new import Template

from ..models.trade_connector_broker import BROKER


class TradeConnectorNew(models.TransientModel):
    _inherit = "trade.connector.new"

    @api.model
    def _templates(self):
        durable = self.env._("Messages survive a restart of the broker, and each is confirmed by it")
        retries = self.env._("Time limits, 8 tries with growing waits, and a rest when it does not answer")
        events = self.env._("Which events it is told: make a subscription afterwards")
        return super()._templates() | {
            "broker_rabbitmq": Template(
                self.env._("Message broker: RabbitMQ (AMQP 0-9-1)"),
                self.env._(
                    "Events go to a topic exchange of your broker; messages may come from its queues."
                ),
                [
                    self.env._("The exchange tradelane, with the type of the event as routing key"),
                    durable,
                    retries,
                ],
                [
                    self.env._("Its address, such as amqps://broker.example.com/trade"),
                    self.env._("User name and password"),
                    events,
                ],
                {"transport": BROKER, "auth_method": "basic"},
            ),
            "broker_redis": Template(
                self.env._("Message broker: Redis (kombu's queues)"),
                self.env._("Events go to a list in Redis that other programs read with kombu or Celery."),
                [
                    self.env._("The queue tradelane.events, which keeps everything until it is read"),
                    self.env._("Each message is in Redis's memory when it is confirmed"),
                    retries,
                ],
                [
                    self.env._("Its address, such as rediss://redis.example.com/0"),
                    self.env._("The password, and the user name if there is one"),
                    self.env._("appendonly yes in its settings, or a restart of Redis loses messages"),
                    events,
                ],
                {"transport": BROKER, "auth_method": "basic", "broker_queue": "tradelane.events"},
            ),
        }

    @api.onchange("base_url")
    def _onchange_base_url(self):
        if self.transport != BROKER:
            return super()._onchange_base_url()
        if self.base_url:
            self.env["trade.connector"]._check_broker_address(self.base_url)
        return None

    def action_create(self):
        if self.transport == BROKER and not self.base_url:
            raise UserError(self.env._("Enter the broker's address."))
        return super().action_create()
