"""One open connection to a broker: what it publishes is confirmed, what it takes is stored first.

Nothing here waits without an end: the waiting of kombu and py-amqp is bounded, and their retrying, which
knows no end, is not used. Whoever calls decides when to try again.
"""

import base64
import contextlib
import json
import ssl
import time
from typing import NamedTuple

import amqp
import kombu
from kombu.transport import virtual

from .line import AMQP, OTHER, REDIS

PERSISTENT = 2


class Unroutable(Exception):
    """The exchange has no queue for the message: nobody would ever read it."""


class Misfit(Exception):
    """An exchange or a queue of this name is there, and is of another kind."""


class Target(NamedTuple):
    """Where messages are published.

    :ivar declare: create what is missing
    :ivar queue: keeps what is published until somebody reads it; empty: the readers bind queues of their own
    :ivar mandatory: a message no queue wants is refused
    """

    exchange: str
    type: str = "topic"
    declare: bool = True
    queue: str = ""
    mandatory: bool = True


class Letter(NamedTuple):
    """One message to publish. ``properties`` are those of AMQP: message_id, type, timestamp, …"""

    routing_key: str
    body: bytes
    content_type: str
    headers: dict
    properties: dict


class Taken(NamedTuple):
    """One message that was taken from a queue and is still the broker's, until it is acknowledged."""

    body: bytes
    content_type: str | None
    headers: dict
    properties: dict
    acknowledge: object  # a callable


class Wire:
    """A connection through any of kombu's transports; what only some of them can do is in the subclasses."""

    def __init__(self, line):
        self.line = line
        self.used_at = 0.0
        self.prepared = set()
        self.connection = self._connection()
        try:
            self.connection.ensure_connection(max_retries=0, reraise_as_library_errors=False)
            self._opened()
            self.channel = self.connection.channel()
        except BaseException:
            self.close()
            raise

    def _connection(self):
        return kombu.Connection(
            self.line.url(), connect_timeout=self.line.connect_timeout, transport_options=self._options()
        )

    def _options(self):
        return {}

    def _opened(self):
        if self.line.scheme != "memory":
            # What kombu believes to have declared is kept for a whole process, whichever broker it was.
            self.connection.transport.state = virtual.BrokerState()

    # -- publishing ----------------------------------------------------------------------------

    def publish(self, target, letter):
        """Publish, and return when the broker has it.

        :raise Unroutable: no queue wants it
        :raise Exception: whatever the transport says; the wire must not be used again
        """
        self._prepare(target)
        if target.mandatory and not self._wanted(target, letter):
            raise Unroutable
        self._publish(target, letter)

    def _publish(self, target, letter, **settings):
        producer = kombu.Producer(self.channel, auto_declare=False)
        producer.publish(
            letter.body,
            exchange=target.exchange,
            routing_key=letter.routing_key,
            content_type=letter.content_type,
            content_encoding="utf-8",
            headers=letter.headers,
            delivery_mode=PERSISTENT,
            **settings,
            **letter.properties,
        )

    def _prepare(self, target):
        """Make sure the exchange is there, and the queue; once for each wire."""
        if target in self.prepared:
            return
        if target.declare or self.line.kind != AMQP:  # elsewhere an exchange is kombu's own notion
            self._declare(target)
        self.prepared.add(target)

    def _declare(self, target):
        exchange = kombu.Exchange(target.exchange, target.type, durable=True, channel=self.channel)
        try:
            exchange.declare()
            if target.queue and target.declare:
                queue = kombu.Queue(target.queue, exchange, routing_key="#", durable=True)
                queue(self.channel).declare()
        except amqp.PreconditionFailed as error:
            raise Misfit(error.reply_text or str(error)) from error

    def _wanted(self, target, letter):
        # kombu's own exchanges drop what no queue wants without a word. This asks first.
        return bool(self.channel._lookup(target.exchange, letter.routing_key))

    # -- taking --------------------------------------------------------------------------------

    def take(self, queue, count, size, declare=False):
        """Take what is waiting, at most ``count`` messages and about ``size`` bytes; does not wait for more.

        :return: list of :class:`Taken`; the broker keeps them until they are acknowledged
        """
        if declare:
            self._declare_queue(queue)
        taken = []
        while len(taken) < count and size > 0 and (one := self._take_one(queue)):
            taken.append(one)
            size -= len(one.body)
        return taken

    def _declare_queue(self, queue):
        try:
            kombu.Queue(queue, durable=True)(self.channel).queue_declare()
        except amqp.PreconditionFailed as error:
            raise Misfit(error.reply_text or str(error)) from error

    def _take_one(self, queue):
        message = kombu.Queue(queue)(self.channel).get(no_ack=False)
        if message is None:
            return None
        return Taken(
            _bytes(message.body),
            message.content_type,
            message.headers or {},
            message.properties or {},
            message.ack,
        )

    def _give_back(self):
        # Only a real broker notices by itself that who took the messages has gone.
        self.channel.basic_recover(requeue=True)

    def settle(self):
        """Wait until the broker has heard what was acknowledged."""

    # -- looking -------------------------------------------------------------------------------

    def has_exchange(self, name):
        """:return: ``None`` where a broker knows of no exchanges"""
        return None

    def has_queue(self, name):
        """:return: ``None`` where a queue is there as soon as something is in it"""
        return None

    def end(self):
        """Say good-bye."""
        with contextlib.suppress(Exception):
            self.connection.release()

    def close(self):
        """End the connection without asking the broker, who may be gone. What was taken is the broker's."""
        with contextlib.suppress(Exception):
            self._give_back()
        with contextlib.suppress(Exception):
            self.connection.collect(socket_timeout=self.line.timeout)


class AmqpWire(Wire):
    """RabbitMQ and others that speak AMQP 0-9-1: publishing is confirmed, what no queue wants comes back."""

    def _connection(self):
        line, tls = self.line, False
        if line.secure:
            tls = {
                "context": {"cadata": line.ca or None, "check_hostname": True},
                "server_hostname": line.host,
                "do_handshake_on_connect": False,  # py-amqp does it then, with a limit of time
            }
        return kombu.Connection(
            hostname=line.host,
            port=line.port,
            userid=line.login or "guest",
            password=line.password or "guest",
            virtual_host=line.virtual_host,
            transport=line.transport,
            ssl=tls,
            connect_timeout=line.connect_timeout,
            heartbeat=0,  # nobody would be there to send it between two batches
            transport_options={"confirm_publish": True},
        )

    def _opened(self):
        # py-amqp would wait for ever for the rest of an answer.
        self.amqp = self.connection.connection
        self.amqp.transport.sock.settimeout(self.line.timeout)
        self.returned = []

    def _publish(self, target, letter):
        handlers = self.channel.events["basic_return"]
        if self._on_return not in handlers:
            handlers.add(self._on_return)
        self.returned.clear()
        result = super()._publish(
            target,
            letter,
            mandatory=target.mandatory,
            timeout=self.line.timeout,
            confirm_timeout=self.line.timeout,
        )
        if self.returned:  # comes before the confirmation
            raise Unroutable
        return result

    def _on_return(self, *returned):
        self.returned.append(returned)

    def _wanted(self, target, letter):
        return True  # the broker says so itself

    def _give_back(self):
        """RabbitMQ does it itself when the connection ends."""

    def settle(self):
        self.channel.close()
        self.channel = self.amqp.channel()

    def has_exchange(self, name):
        return self._is_there(lambda channel: channel.exchange_declare(name, "topic", passive=True))

    def has_queue(self, name):
        return self._is_there(lambda channel: channel.queue_declare(name, passive=True))

    def _is_there(self, ask):
        try:
            ask(self.amqp.channel())
        except amqp.NotFound:
            return False
        return True


class RedisWire(Wire):
    """Redis: kombu's queues in its lists. What it confirms is in its memory; on disk if it is set up so.

    kombu takes a message out of a list before it notes that it did; killed in between, the message is gone.
    So messages are moved, in one step, to a list of ours, and removed from there when they were stored.
    """

    def _connection(self):
        line, tls = self.line, False
        if line.secure:
            tls = {
                "ssl_cert_reqs": ssl.CERT_REQUIRED,
                "ssl_check_hostname": True,
                "ssl_ca_data": line.ca or None,
            }
        return kombu.Connection(
            hostname=line.host,
            port=line.port,
            userid=line.login or None,
            password=line.password or None,
            virtual_host=line.virtual_host,
            transport=line.transport,
            ssl=tls,
            connect_timeout=line.connect_timeout,
            transport_options={
                "socket_connect_timeout": line.connect_timeout,
                "socket_timeout": line.timeout,
                "socket_keepalive": True,
            },
        )

    def take(self, queue, count, size, declare=False):
        with self.channel.conn_or_acquire() as redis:
            mine = f"{queue}.tradelane"
            # What is still here was taken and not stored: whoever took it died. It comes first.
            left = redis.lrange(mine, -count, -1)
            taken = []
            for raw in reversed(left):
                taken.append(self._taken(mine, raw))
                size -= len(raw)
            while len(taken) < count and size > 0 and (raw := self._move(redis, queue, mine)):
                taken.append(self._taken(mine, raw))
                size -= len(raw)
        return taken

    def _give_back(self):
        """They are in our list: the next one to take finds them there."""

    def _move(self, redis, queue, mine):
        for priority in self.channel.priority_steps:
            raw = redis.lmove(self.channel._q_for_pri(queue, priority), mine, "RIGHT", "LEFT")
            if raw:
                return raw
        return None

    def _taken(self, mine, raw):
        def acknowledge():
            with self.channel.conn_or_acquire() as redis:
                redis.lrem(mine, -1, raw)

        body, content_type, headers, properties = _unwrapped(raw)
        return Taken(body, content_type, headers, properties, acknowledge)


def _unwrapped(raw):
    """What kombu wrapped; what others put into the list without it is taken as it is."""
    try:
        message = json.loads(raw)
        properties = message["properties"]
        body = message["body"]
        if properties.get("body_encoding") == "base64":
            body = base64.b64decode(body)
        return _bytes(body), message.get("content-type"), message.get("headers") or {}, properties
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return raw, None, {}, {}


def _bytes(body):
    return body.encode() if isinstance(body, str) else bytes(body or b"")


KINDS = {AMQP: AmqpWire, REDIS: RedisWire, OTHER: Wire}


def connect(line):
    """Open a connection.

    :raise Exception: whatever the transport says, see :mod:`.judge`
    """
    wire = KINDS[line.kind](line)
    wire.used_at = time.monotonic()
    return wire
