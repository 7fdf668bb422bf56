"""Events to real brokers and messages from their queues, while brokers, workers and lines are killed.

RabbitMQ and Redis are Debian's, started by ``setup/brokers.py``.
"""

import json
import socket
import threading
from contextlib import contextmanager, suppress

import kombu
import pytest
import requests
from broker_certificates import Certificates
from road import until
from wiretap import Wiretap

import brokers

pytestmark = pytest.mark.skipif(bool(brokers.available()), reason=brokers.available() or "there")

WATCHED = 6
# AMQP 0-9-1: class 60 (basic), method 80 (ack): sent by who has taken, and by the broker to confirm
ACK = b"\x00\x3c\x00\x50"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def rabbitmq(certificates):
    tls = brokers.free_port()
    settings = {
        "listeners.ssl.local": f"{brokers.LOCAL}:{tls}",
        "ssl_options.cacertfile": certificates.authority,
        "ssl_options.certfile": certificates.certificate,
        "ssl_options.keyfile": certificates.key,
    }
    with brokers.RabbitMQ(settings=settings) as broker:
        broker.tls_url = f"amqps://localhost:{tls}"
        yield broker


@pytest.fixture(scope="module")
def redis():
    with brokers.Redis() as broker:
        yield broker


@pytest.fixture(scope="module")
def desk(road):
    return Desk(road)


class Desk:
    """What these tests set up and look at in Odoo."""

    def __init__(self, road):
        self.road = road
        self.numbers = iter(range(1, 1000))
        admin = road.admin
        contacts = [admin.create("res.partner", {"name": f"Watched {n}"}) for n in range(WATCHED)]
        self.watched = [
            admin.create("trade.partner", {"partner_id": contact, "state": "live"}) for contact in contacts
        ]
        ours = admin.create("res.partner", {"name": "Data warehouse"})
        self.system = admin.create(
            "trade.partner", {"partner_id": ours, "state": "live", "is_internal": True}
        )
        self.types = [
            kind["id"]
            for kind in admin.find("trade.event.type", [("name", "like", "tradelane.partner.")], ["name"])
        ]

    @property
    def admin(self):
        return self.road.admin

    def connector(self, url, password=brokers.PASSWORD, login=brokers.USER, partner=None, **values):
        """A connector that gives up soon and tries again soon."""
        return self.admin.create(
            "trade.connector",
            {
                "name": f"Broker {next(self.numbers)}",
                "trade_partner_id": partner or self.system,
                "transport": "broker",
                "base_url": url,
                "auth_method": "basic",
                "credential_ids": [(0, 0, {"kind": "basic", "login": login, "secret": password})],
                "connect_timeout": 3,
                "read_timeout": 5,
                "backoff_base": 1,
                "circuit_cooldown": 2,
                "circuit_cooldown_max": 4,
                "broker_pause": 1,
                **values,
            },
        )

    def subscribe(self, connector, **values):
        """A subscription to what happens to the watched partners; earlier ones end."""
        old = self.admin.find("trade.subscription", [], ["id"])
        self.admin.write("trade.subscription", [one["id"] for one in old], {"active": False})
        return self.admin.create(
            "trade.subscription",
            {
                "name": "Watch",
                "trade_partner_id": self.system,
                "connector_id": connector,
                "event_type_ids": [(6, 0, self.types)],
                **values,
            },
        )

    def told(self, url, **values):
        """A broker connector with a queue of its own that keeps everything, and a subscription to it.

        :return: ``(connector, subscription, name of the queue)``
        """
        queue = f"keep.{next(self.numbers)}"
        connector = self.connector(url, broker_queue=queue, broker_exchange=f"x.{queue}", **values)
        return connector, self.subscribe(connector), queue

    def happen(self, times):
        """Suspend and resume the watched partners, each in a transaction for all of them."""
        [first] = self.admin.read("trade.partner", self.watched[0], ["state"])
        live = first["state"] == "live"
        for _time in range(times):
            live = not live
            self.admin.press("trade.partner", "action_resume" if live else "action_suspend", self.watched)

    def messages(self, subscription, domain=()):
        [values] = self.admin.read("trade.subscription", subscription, ["route_id"])
        return self.admin.find(
            "trade.message",
            [("route_id", "=", values["route_id"][0]), *domain],
            ["thread", "idempotency_key", "state", "state_reason", "attempt_count"],
            order="id",
        )

    def events(self, subscription):
        """What happened to the watched partners since the subscription was made."""
        [values] = self.admin.read("trade.subscription", subscription, ["create_date"])
        since = [("create_date", ">=", values["create_date"]), ("res_id", "in", self.watched)]
        return self.admin.find(
            "trade.event", [("res_model", "=", "trade.partner"), *since], ["uid"], order="id"
        )

    def all_sent(self, subscription, count):
        """Wait until so many messages were taken by the broker; returns them."""
        done = [("state", "=", "acknowledged")]
        until(
            lambda: len(self.messages(subscription, done)) >= count,
            lambda: f"not sent: {self.messages(subscription, [('state', '!=', 'acknowledged')])[:5]}",
        )
        return self.messages(subscription)

    def problems(self, connector):
        return self.admin.find(
            "trade.exception",
            [("connector_id", "=", connector), ("is_open", "=", True)],
            ["code", "exception_class", "name"],
        )


@contextmanager
def connection(url, login=brokers.USER):
    """A connection of a reader outside of Odoo, who uses kombu as well."""
    scheme, _, rest = url.partition("://")
    user = f"{login}:{brokers.PASSWORD}" if scheme == "amqp" else f":{brokers.PASSWORD}"
    with kombu.Connection(f"{scheme}://{user}@{rest}") as line:
        yield line


def read_all(url, queue):
    """Everything that waits in a queue, in its order; it is taken out."""
    found = []
    with connection(url) as line, line.channel() as channel:
        bound = kombu.Queue(queue)(channel)
        while (message := bound.get(no_ack=True)) is not None:
            found.append(message)
    return found


def put(url, queue, *documents, **properties):
    """Put documents into a queue, as a sender outside of Odoo does."""
    with connection(url) as line, line.channel() as channel:
        kombu.Queue(queue, durable=True)(channel).queue_declare()
        producer = kombu.Producer(channel)
        for document in documents:
            producer.publish(
                json.dumps(document), routing_key=queue, content_type="application/json", **properties
            )


def assert_in_order(messages, received):
    """Nothing is missing, and what is told about one record arrives in the order in which it happened; a
    repetition may come at any time after its first arrival, and is known by its id."""
    firsts = list(dict.fromkeys(one.properties["message_id"] for one in received))
    assert sorted(firsts) == sorted(one["idempotency_key"] for one in messages)
    place = {key: number for number, key in enumerate(firsts)}
    for thread in {one["thread"] for one in messages}:
        mine = [place[one["idempotency_key"]] for one in messages if one["thread"] == thread]
        assert mine == sorted(mine), f"out of order: {thread}"


# -- out ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rabbitmq", "redis"])
def test_events_arrive_in_order(desk, request, kind):
    broker = request.getfixturevalue(kind)
    _connector, subscription, queue = desk.told(broker.url, **_login(kind))
    desk.happen(10)
    messages = desk.all_sent(subscription, 10 * WATCHED)
    received = read_all(broker.url, queue)
    assert len(received) == len(messages), "confirmed at once, so nothing was sent twice"
    assert_in_order(messages, received)
    one = received[0]
    event = json.loads(one.body)
    assert one.content_type == "application/cloudevents+json"
    assert one.properties["delivery_mode"] == 2
    assert one.properties["message_id"] == event["id"]
    assert one.delivery_info["routing_key"] == event["type"] == "tradelane.partner.suspended.v1"


def test_binary_mode_has_the_envelope_in_headers(desk, rabbitmq):
    _connector, subscription, queue = desk.told(
        rabbitmq.url, broker_mode="binary", broker_routing_key="{aggregate}.{partner}"
    )
    desk.happen(1)
    desk.all_sent(subscription, WATCHED)
    one = read_all(rabbitmq.url, queue)[0]
    assert one.content_type == "application/json" and "name" in json.loads(one.body)
    assert one.headers["cloudEvents:id"] == one.properties["message_id"]
    assert one.headers["cloudEvents:specversion"] == "1.0"
    assert one.delivery_info["routing_key"] == f"partner.{desk.system}"


@pytest.mark.parametrize("kind", ["rabbitmq", "redis"])
def test_the_broker_is_killed_under_load(desk, request, kind):
    """What happened while it was down arrives when it is up again, without a gap and in order."""
    broker = request.getfixturevalue(kind)
    _connector, subscription, queue = desk.told(broker.url, **_login(kind))
    load = threading.Thread(target=desk.happen, args=(30,))
    load.start()
    until(lambda: desk.messages(subscription, [("state", "=", "acknowledged")]), lambda: "nothing was sent")
    broker.kill()
    load.join()
    until(
        lambda: desk.messages(subscription, [("state", "=", "queued")]), lambda: "everything had left before"
    )
    broker.start()
    messages = desk.all_sent(subscription, 30 * WATCHED)
    assert_in_order(messages, read_all(broker.url, queue))


def test_odoo_is_killed_under_load(desk, rabbitmq):
    _connector, subscription, queue = desk.told(rabbitmq.url)

    def load():
        with suppress(requests.ConnectionError):  # the kill, in the middle of a click
            desk.happen(1000)

    thread = threading.Thread(target=load)
    thread.start()
    until(lambda: desk.messages(subscription, [("state", "=", "acknowledged")]), lambda: "nothing was sent")
    desk.road.odoo.kill()
    thread.join()
    desk.road.restart()
    happened = desk.events(subscription)
    messages = desk.all_sent(subscription, len(happened))
    assert sorted(one["idempotency_key"] for one in messages) == sorted(one["uid"] for one in happened)
    assert_in_order(messages, read_all(rabbitmq.url, queue))


def test_odoo_is_killed_before_it_hears_the_confirmation(desk, rabbitmq):
    """The broker has the message and we do not know: it is sent again, under the same id."""
    with Wiretap(rabbitmq.port) as tap:
        _connector, subscription, queue = desk.told(f"amqp://{brokers.LOCAL}:{tap.port}")
        tap.cut(ACK, from_client=False)
        desk.happen(1)
        assert tap.caught.wait(60), "nothing was published"
        desk.road.odoo.kill()
        tap.mend()
        desk.road.restart()
        messages = desk.all_sent(subscription, WATCHED)
    received = read_all(rabbitmq.url, queue)
    assert_in_order(messages, received)
    assert len(received) == WATCHED + 1, "the one that was not heard of came twice"


def test_a_wrong_password_is_one_problem_and_a_right_one_heals_it(desk, rabbitmq):
    connector, subscription, queue = desk.told(rabbitmq.url, password="wrong")
    desk.happen(3)
    until(lambda: desk.problems(connector), lambda: "no problem was opened")
    [problem] = desk.problems(connector)
    assert problem["exception_class"] == "authentication"
    [credential] = desk.admin.find("trade.credential", [("connector_id", "=", connector)], ["id"])
    desk.admin.write("trade.credential", credential["id"], {"secret": brokers.PASSWORD})
    messages = desk.all_sent(subscription, 3 * WATCHED)
    assert_in_order(messages, read_all(rabbitmq.url, queue))
    until(lambda: not desk.problems(connector), lambda: str(desk.problems(connector)))


def test_what_nobody_would_read_is_held_until_somebody_does(desk, rabbitmq):
    connector = desk.connector(rabbitmq.url, broker_exchange="nobody.listens")
    subscription = desk.subscribe(connector)
    desk.happen(2)
    until(
        lambda: len(desk.messages(subscription, [("state", "=", "held")])) == WATCHED,
        lambda: str(desk.messages(subscription)),
    )
    held = desk.messages(subscription, [("state", "=", "held")])
    assert all("No queue takes" in message["state_reason"] for message in held)
    problems = desk.admin.read("trade.message", [message["id"] for message in held], ["exception_id"])
    assert len({message["exception_id"][0] for message in problems}) == 1, "one problem, not one for each"
    desk.admin.write("trade.connector", connector, {"broker_queue": "somebody.listens"})
    desk.admin.press("trade.message", "action_replay", [message["id"] for message in held])
    messages = desk.all_sent(subscription, 2 * WATCHED)
    assert_in_order(messages, read_all(rabbitmq.url, "somebody.listens"))


@pytest.mark.parametrize("scheme", ["amqp", "amqps", "redis", "rediss"])
def test_a_broker_that_never_answers_holds_up_nobody(desk, rabbitmq, scheme):
    """It accepts connections and says nothing, for ever. Its own messages wait, those of others leave."""
    with socket.create_server((brokers.LOCAL, 0)) as silent:
        port = silent.getsockname()[1]
        dead, subscription, _queue = desk.told(f"{scheme}://{brokers.LOCAL}:{port}")
        desk.happen(1)
        calls = [("connector_id", "=", dead), ("kind", "=", "send"), ("outcome", "=", "retry")]
        until(lambda: desk.admin.find("trade.attempt", calls, ["error"]), lambda: "the call never ended")
        [call, *_more] = desk.admin.find("trade.attempt", calls, ["error"])
        assert "did not answer in time" in call["error"]
        assert all(message["state"] == "queued" for message in desk.messages(subscription))
        _connector, other, queue = desk.told(rabbitmq.url)
        desk.happen(1)
        assert_in_order(desk.all_sent(other, WATCHED), read_all(rabbitmq.url, queue))


def test_encrypted_with_an_authority_of_ones_own(desk, rabbitmq, certificates):
    authority = certificates.authority.read_text()
    connector, subscription, queue = desk.told(rabbitmq.tls_url, broker_ca=authority)
    desk.happen(1)
    assert_in_order(desk.all_sent(subscription, WATCHED), read_all(rabbitmq.url, queue))
    assert _tested(desk, connector)["tls"]["outcome"] == "ok"
    stranger, _subscription, _queue = desk.told(rabbitmq.tls_url)
    tls = _tested(desk, stranger)["tls"]
    assert tls["outcome"] == "failed" and "not trusted" in tls["words"]


# -- in ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rabbitmq", "redis"])
def test_what_is_in_a_queue_is_applied(desk, request, kind):
    broker = request.getfixturevalue(kind)
    number = desk.road.sent_order()
    document = desk.road.answer(number)
    queue = _taken_from(desk, broker.url, **_login(kind))
    put(broker.url, queue, document, message_id=f"id-{number}")
    [message] = _arrived(desk, f"id-{number}")
    desk.road.wait_state(message["id"], "applied")
    until(lambda: not read_all(broker.url, queue), lambda: "it was not acknowledged")


@pytest.mark.parametrize(("kind", "word"), [("rabbitmq", ACK), ("redis", b"LREM")])
def test_killed_between_commit_and_acknowledgement(desk, request, kind, word):
    """It is stored, and the broker does not know: it is delivered again, and known by its name."""
    broker = request.getfixturevalue(kind)
    number = desk.road.sent_order()
    with Wiretap(broker.port) as tap:
        scheme = broker.url.partition("://")[0]
        tap.cut(word)
        queue = _taken_from(desk, f"{scheme}://{brokers.LOCAL}:{tap.port}", **_login(kind))
        put(broker.url, queue, desk.road.answer(number), message_id=f"twice-{number}")
        assert tap.caught.wait(60), "nothing was taken"
        desk.road.odoo.kill()
        tap.mend()
        [message] = _stored(desk.road, f"twice-{number}")
        desk.road.restart()
        desk.road.wait_state(message, "applied")
        put(broker.url, queue, {"after": "it"}, message_id=f"after-{number}")
        assert _arrived(desk, f"after-{number}")
    assert [message] == _stored(desk.road, f"twice-{number}"), "the same message, not another one"
    assert not read_all(broker.url, queue), "and now it is acknowledged"


def test_another_message_under_the_same_name_is_kept_and_held(desk, rabbitmq):
    queue = _taken_from(desk, rabbitmq.url)
    put(rabbitmq.url, queue, {"first": 1}, message_id="same-name")
    _arrived(desk, "same-name")
    put(rabbitmq.url, queue, {"second": 2}, message_id="same-name")
    [other] = _arrived(desk, "same-name#%")
    found = desk.road.wait_state(other["id"], "held")
    assert "came before with other content" in found["state_reason"]


def test_poison_is_held_alone(desk, rabbitmq):
    number = desk.road.sent_order()
    queue = _taken_from(desk, rabbitmq.url)
    with connection(rabbitmq.url) as line, line.channel() as channel:
        kombu.Queue(queue, durable=True)(channel).queue_declare()
        poison = b"\x00\xff" * 4_000_000
        kombu.Producer(channel).publish(
            poison, routing_key=queue, content_type="application/json", message_id=f"poison-{number}"
        )
    put(rabbitmq.url, queue, desk.road.answer(number), message_id=f"good-{number}")
    [poison] = _arrived(desk, f"poison-{number}")
    [good] = _arrived(desk, f"good-{number}")
    desk.road.wait_state(poison["id"], "held")
    desk.road.wait_state(good["id"], "applied")


def _login(kind):
    return {"login": ""} if kind == "redis" else {}


def _taken_from(desk, url, **values):
    """A queue of its own that the supplier's answers are taken from.

    :return: its name
    """
    [route] = desk.admin.find(
        "trade.route",
        [("connector_id", "=", desk.road.connector), ("direction", "=", "in")],
        ["trade_partner_id"],
    )
    partner = route["trade_partner_id"][0]
    connector = desk.connector(url, partner=partner, **values)
    queue = f"in.{connector}"
    desk.admin.create(
        "trade.route",
        {
            "trade_partner_id": partner,
            "direction": "in",
            "document_type": "order_response",
            "connector_id": connector,
            "endpoint": queue,
            "poll": True,
        },
    )
    [cron] = desk.admin.find("ir.cron", [("code", "=", "model._cron_poll()")], ["id"])
    desk.admin.press("ir.cron", "method_direct_trigger", cron["id"])
    return queue


def _arrived(desk, key):
    domain = [("direction", "=", "in"), ("idempotency_key", "=like", key)]
    return until(lambda: desk.admin.find("trade.message", domain, ["state"]), lambda: f"{key} did not arrive")


def _stored(road, key):
    """Ids of the messages under a key, from the database itself: Odoo may be down."""
    with road.connect() as line, line.cursor() as cursor:
        cursor.execute("SELECT id FROM trade_message WHERE idempotency_key = %s", [key])
        return [message for (message,) in cursor.fetchall()]


def _tested(desk, connector):
    """The steps of a connection test, by name."""
    action = desk.admin.press("trade.connector", "action_test_connection", connector)
    [test] = desk.admin.read("trade.connector.test", action["res_id"], ["steps"])
    return {step["name"]: step for step in test["steps"]}
