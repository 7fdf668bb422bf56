import ssl

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_kernel.errors import TradeError, ValidationFailed

from ..wire import letters, line
from ..wire.calls import Publish, Take
from ..wire.probe import BrokerTest
from ..wire.wires import Target

BROKER = "broker"


class TradeConnector(models.Model):
    """Transport "broker": messages are published to an exchange, and taken from queues. See
    ``docs/connectors/broker.md``."""

    _inherit = "trade.connector"

    transport = fields.Selection(
        selection_add=[(BROKER, "Message broker (RabbitMQ, Redis …)")], ondelete={BROKER: "set default"}
    )
    broker_exchange = fields.Char("Exchange", default="tradelane", help="Where messages are published.")
    broker_exchange_type = fields.Selection(
        [("topic", "Topic"), ("direct", "Direct"), ("fanout", "Fanout"), ("headers", "Headers")],
        "Kind of exchange",
        default="topic",
        help="Topic: readers choose by patterns of the routing key, such as tradelane.order.#",
    )
    broker_routing_key = fields.Char(
        "Routing key",
        default="{type}",
        help="{type}: the type of the event or of the document; {aggregate}: what it is about, such as order;"
        " {partner} and {company}: our numbers of them. A subscription may have its own.",
    )
    broker_mode = fields.Selection(
        [
            (letters.STRUCTURED, "Everything in the content (structured)"),
            (letters.BINARY, "Data in the content, the rest in headers (binary)"),
        ],
        "Form of events",
        default=letters.STRUCTURED,
        help="The two content modes of CloudEvents 1.0.",
    )
    broker_queue = fields.Char(
        "Keep in queue",
        help="A queue that gets everything published here, so that nothing is lost before somebody reads it."
        " Leave it empty when the readers bind queues of their own.",
    )
    broker_declare = fields.Boolean(
        "Create what is missing",
        default=True,
        help="The exchange and the queues, durable. Off: they must be there; the broker's administrators make"
        " them.",
    )
    broker_mandatory = fields.Boolean(
        "Refuse what no queue takes",
        default=True,
        help="Such a message would be lost at the broker. It becomes a problem instead.",
    )
    broker_pause = fields.Integer(
        "Look again after (seconds)",
        default=10,
        help="How long queues are left alone that were empty. A full queue is read without a pause.",
    )
    broker_ca = fields.Text(
        "Certificate authority (PEM)",
        help="For amqps and rediss, when the broker's certificate is from an authority of your own.",
    )

    _broker_pause_range = models.Constraint(
        "CHECK (broker_pause IS NULL OR broker_pause BETWEEN 1 AND 3600)",
        "Look again after 1 second to 1 hour.",
    )

    # -- constraints ---------------------------------------------------------------------------

    @api.constrains("base_url", "transport")
    def _check_base_url(self):
        brokers = self._brokers()
        result = super(TradeConnector, self - brokers)._check_base_url()
        for connector in brokers.filtered("base_url"):
            self._check_broker_address(connector.base_url)
        return result

    @api.constrains("transport", "auth_method")
    def _check_broker_auth(self):
        if self._brokers().filtered(lambda connector: connector.auth_method not in ("none", "basic")):
            raise ValidationError(
                self.env._("A broker is told a user name and a password, or nothing. Choose one of these.")
            )

    @api.constrains("transport", "broker_exchange", "broker_routing_key", "broker_exchange_type")
    def _check_broker_exchange(self):
        for connector in self._brokers():
            if not connector.broker_exchange or not connector.broker_routing_key:
                raise ValidationError(
                    self.env._("Say to which exchange messages are published, and with which routing key.")
                )
            self._check_routing_key(connector.broker_routing_key)
            kind = line.split(connector.base_url)["scheme"] if connector.base_url else ""
            if connector.broker_exchange_type == "fanout" and kind and line.SCHEMES[kind][0] != line.AMQP:
                raise ValidationError(
                    self.env._(
                        "Over this broker, what is published to a fanout exchange is lost when nobody listens"
                        " at that instant. Choose the kind Topic."
                    )
                )

    @api.constrains("broker_ca")
    def _check_broker_ca(self):
        for connector in self.filtered("broker_ca"):
            try:
                ssl.create_default_context(cadata=connector.broker_ca)
            except (ssl.SSLError, ValueError):
                raise ValidationError(
                    self.env._(
                        "The certificate authority is not readable. It starts -----BEGIN CERTIFICATE-----."
                    )
                ) from None

    @api.model
    def _check_routing_key(self, template):
        """:raise ValidationError: it holds something that is not known"""
        try:
            letters.check_template(template)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(wrong)s cannot be part of a routing key. What can be: %(parts)s, and any other text.",
                    wrong=error,
                    parts=", ".join(f"{{{part}}}" for part in letters.PARTS),
                )
            ) from None

    @api.model
    def _check_broker_address(self, address):
        """:raise ValidationError: it is no address of a broker, or says what belongs elsewhere"""
        try:
            line.split(address)
        except ValueError as error:
            raise ValidationError(self._broker_address_words(error.args[0])) from None

    @api.model
    def _broker_address_words(self, wrong):
        match wrong:
            case "user":
                return self.env._("Enter user name and password under Credentials, not in the address.")
            case "query":
                return self.env._("Leave out what follows ? or # in the address.")
            case "database":
                return self.env._("What follows the server in an address of Redis is a number, such as /0.")
            case "host":
                return self.env._("The address must name a server, such as amqps://broker.example.com/trade")
        return self.env._(
            "The address must begin with amqps://, amqp://, rediss:// or redis://, or with the name of"
            " another broker: %s.",
            ", ".join(name for name in line.SCHEMES if line.SCHEMES[name][0] == line.OTHER),
        )

    # -- transport -----------------------------------------------------------------------------

    def _brokers(self):
        return self.filtered(lambda connector: connector.transport == BROKER)

    def _trade_send(self, message):
        if self.transport != BROKER:
            return super()._trade_send(message)
        return self._trade_send_alone(message)

    def _trade_sends(self, messages):
        if self.transport != BROKER:
            return super()._trade_sends(messages)
        try:
            to, target = self._broker_line(), self._broker_target()
        except TradeError as error:
            return [(message, error) for message in messages]
        keys = self._broker_keys(messages.route_id)
        return [
            (message, Publish(to, target, self._broker_letter(message, keys[message.route_id])))
            for message in messages
        ]

    def _trade_poll(self, route):
        if self.transport != BROKER:
            return super()._trade_poll(route)
        if not route.endpoint:
            raise ValidationFailed(
                "broker.queue_missing", route=route.display_name, subject=f"poll:{route.id}"
            )
        return Take(self._broker_line(), route.endpoint, self.broker_declare)

    def _trade_test(self):
        if self.transport != BROKER:
            return super()._trade_test()
        routes = self.env["trade.route"].search([("connector_id", "=", self.id), ("direction", "=", "in")])
        queues = tuple(sorted(set(filter(None, routes.mapped("endpoint")))))
        return BrokerTest(self._broker_line(), self._broker_target(), queues)

    def _check_ready(self):
        if self.transport != BROKER:
            return super()._check_ready()
        self._broker_line()
        return None

    def _broker_line(self):
        """How the broker is reached, with the password.

        :raise ValidationFailed: ``connector.address_missing``
        :raise AuthenticationFailed: the credential is missing or cannot be opened
        """
        if not self.base_url:
            raise ValidationFailed(
                "connector.address_missing", connector=self.display_name, subject=f"connector:{self.id}"
            )
        login = password = ""
        if self.auth_method != "none":
            credential = self._needed_credential()
            login, password = credential.login or "", credential._secret()
        return line.Line(
            **line.split(self.base_url),
            login=login,
            password=password,
            ca=self.broker_ca or "",
            connect_timeout=self.connect_timeout,
            timeout=self.read_timeout,
        )

    def _broker_target(self):
        return Target(
            self.broker_exchange,
            self.broker_exchange_type,
            self.broker_declare,
            self.broker_queue or "",
            self.broker_mandatory,
        )

    def _broker_keys(self, routes):
        """``{route: template of its routing key}``"""
        subscriptions = self.env["trade.subscription"].sudo().with_context(active_test=False)
        own = {
            subscription.route_id: subscription.broker_routing_key
            for subscription in subscriptions.search([("route_id", "in", routes.ids)])
        }
        return {route: own.get(route) or route.endpoint or self.broker_routing_key for route in routes}

    def _broker_letter(self, message, template):
        envelope = letters.Envelope(
            key=message.idempotency_key,
            kind=message.document_type,
            trace_id=message.trace_id,
            content_type=message.content_type or "application/octet-stream",
            test=message.mode == "test",
            partner_id=message.trade_partner_id.id,
            company_id=message.company_id.id,
        )
        return letters.letter(envelope, message._raw(), template, self.broker_mode)
