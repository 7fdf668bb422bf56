"""Webhooks out, for real: a server with workers and job runner, receivers that verify, fail, hang and lie."""

import json
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from road import look_for_dead_jobs, until, workers_killed
from standardwebhooks.webhooks import Webhook

import harness
from odoo.addons.trade_demo.scenario.person import OdooRefused, Person

RECORDS = 5
TYPES = ("tradelane.partner.activated.v1", "tradelane.partner.suspended.v1")


class Receiver:
    """Takes webhooks; ``manner(handler, body)`` may answer by itself.

    :ivar events: what was taken and verified, in the order it came, repetitions included
    :ivar forged: what did not verify
    :ivar called_at: when each call came, taken or not
    """

    def __init__(self, manner=None):
        self.events, self.forged, self.called_at, self.manner, self.secret = [], [], [], manner, None
        self._server = ThreadingHTTPServer((harness.LOCAL, 0), _Handler)
        self._server.daemon_threads, self._server.receiver = True, self
        self.url = f"http://{harness.LOCAL}:{self._server.server_port}/events"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def ids(self):
        return {event["id"] for event in self.events}

    def per_record(self):
        """record → the ids of its events in the order in which each came first"""
        order = defaultdict(dict)
        for event in self.events:
            order[event["subject"]].setdefault(event["id"])
        return {subject: list(ids) for subject, ids in order.items()}

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_POST(self):
        receiver, body = self.server.receiver, self.rfile.read(int(self.headers["Content-Length"]))
        receiver.called_at.append(time.time())
        if receiver.manner and receiver.manner(self, body):
            return
        try:
            Webhook(receiver.secret).verify(body, dict(self.headers))
        except Exception:
            receiver.forged.append(body)
            self.answer(400)
            return
        receiver.events.append(json.loads(body))
        self.answer(204)

    def answer(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        pass


def hang(handler, _body):
    time.sleep(10)
    handler.close_connection = True
    return True


def drip(handler, _body):
    try:
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"." * 100:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(0.5)
    except OSError:
        pass  # the caller gave up, as it should
    handler.close_connection = True
    return True


def garbage(handler, _body):
    handler.wfile.write(b"\x00\xff" * 2000)
    handler.close_connection = True
    return True


def endless(handler, _body):
    handler.send_response(500)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 65536)
    except OSError:
        handler.close_connection = True
    return True


def elsewhere(handler, _body):
    handler.answer(301, Location="http://127.0.0.1:9/")
    return True


class Stage:
    """A running server, and what is told from it.

    :ivar records: the profiles to which things happen
    :ivar ours: the profile of who is told
    """

    def __init__(self, odoo):
        self.odoo = odoo
        self.admin = admin = Person(odoo.url, odoo.database, "admin", "admin")
        self.allow("127.0.0.0/8")
        contacts = [admin.create("res.partner", {"name": f"Record {number}"}) for number in range(RECORDS)]
        self.records = [
            admin.create("trade.partner", {"partner_id": contact, "state": "live"}) for contact in contacts
        ]
        ours = admin.create("res.partner", {"name": "Our systems"})
        self.ours = admin.create("trade.partner", {"partner_id": ours, "state": "live", "is_internal": True})
        kinds = admin.find("trade.event.type", [("name", "in", TYPES)], ["id"])
        self.types = [kind["id"] for kind in kinds]

    def allow(self, networks):
        """The administrator's setting: where webhooks may go beside the public internet."""
        self.admin.call("ir.config_parameter", "set_param", "trade_webhook.allowed_networks", networks)

    def subscribe(self, name, receiver):
        """A webhook made as people make it; its connector gives up soon and tries again soon.

        :return: the id of its route
        """
        wizard = self.admin.create(
            "trade.webhook.new",
            {
                "trade_partner_id": self.ours,
                "name": name,
                "base_url": receiver.url,
                "event_type_ids": [(6, 0, self.types)],
            },
        )
        shown = self.admin.press("trade.webhook.new", "action_create_webhook", wizard)["params"]
        receiver.secret = shown["secret"]
        names = ["connector_id", "route_id"]
        [made] = self.admin.read("trade.subscription", shown["next"]["res_id"], names)
        soon = {"read_timeout": 2, "circuit_cooldown": 2, "circuit_cooldown_max": 4}
        self.admin.write("trade.connector", made["connector_id"][0], soon)
        return made["route_id"][0]

    def forget(self):
        """End all subscriptions and what waits for them: receivers of one test do not hold up the next."""
        ended = [one["id"] for one in self.admin.find("trade.subscription", [], ["id"])]
        self.admin.write("trade.subscription", ended, {"active": False})
        connectors = self.admin.find("trade.connector", [("transport", "=", "webhook")], ["id"])
        self.admin.write("trade.connector", [one["id"] for one in connectors], {"active": False})

    @contextmanager
    def happening(self):
        """What happens to the records inside of the block: a list of ids of events, filled at its end, in
        the order in which it happened."""
        domain = [("res_model", "=", "trade.partner"), ("res_id", "in", self.records)]
        last = max(event["id"] for event in self.admin.find("trade.event", domain, ["id"]))
        uids = []
        yield uids
        found = self.admin.find("trade.event", [*domain, ("id", ">", last)], ["uid"], order="id")
        uids += [event["uid"] for event in found]

    def change(self, person=None):
        """One event for each record, in one transaction."""
        person = person or self.admin
        [first] = person.read("trade.partner", self.records[0], ["state"])
        button = "action_suspend" if first["state"] == "live" else "action_resume"
        person.press("trade.partner", button, self.records)

    def happen(self, times):
        with self.happening() as uids:
            for _time in range(times):
                self.change()
        assert len(uids) == times * RECORDS
        return uids

    def sql(self, query):
        return self.odoo.cluster.sql(query, self.odoo.database)

    def states(self, route):
        return self.sql(f"SELECT DISTINCT state FROM trade_message WHERE route_id = {route} ORDER BY state")

    def assert_in_order(self, receiver, uids):
        place = {uid: number for number, uid in enumerate(uids)}
        order = receiver.per_record()
        assert len(order) == RECORDS
        for subject, ids in order.items():
            places = [place[uid] for uid in ids]
            assert places == sorted(places), f"out of order: {subject}"


@pytest.fixture(scope="module")
def server():
    with harness.database("e2e_webhooks") as name, harness.Server(name, workers=2) as odoo:
        yield Stage(odoo.wait_for_jobs())


@pytest.fixture
def stage(server):
    yield server
    server.forget()


@pytest.fixture
def receivers():
    made = []

    def make(manner=None):
        made.append(Receiver(manner))
        return made[-1]

    yield make
    for receiver in made:
        receiver.stop()


def test_bad_receivers_harm_nobody_but_themselves(stage, receivers):
    good = receivers()
    stage.subscribe("good", good)
    bad = {manner.__name__: receivers(manner) for manner in (hang, drip, garbage, endless, elsewhere)}
    routes = {name: stage.subscribe(name, receiver) for name, receiver in bad.items()}
    uids = stage.happen(4)
    until(lambda: good.ids() == set(uids), lambda: f"the good receiver has {len(good.ids())} of {len(uids)}")
    assert [event["id"] for event in good.events] == uids, "in order, each once"
    assert not good.forged
    for name, receiver in bad.items():
        until(lambda receiver=receiver: receiver.called_at, lambda name=name: f"{name} was never called")
        route = routes[name]
        tried = f"FROM trade_attempt a JOIN trade_message m ON m.id = a.message_id WHERE m.route_id = {route}"
        until(
            lambda tried=tried: stage.sql(f"SELECT 1 {tried} LIMIT 1"),
            lambda name=name: f"the call to {name} never ended",
        )
        assert stage.states(route) == ["queued"], f"{name}: nothing is lost, nothing counts as delivered"
        slowest = stage.sql(f"SELECT max(duration_ms) < 5000 {tried}")
        assert slowest == ["t"], f"{name} held a worker for longer than it may"


def test_a_receiver_that_is_gone_is_left_alone(stage, receivers):
    gone = receivers(lambda handler, body: handler.answer(410) or True)
    route = stage.subscribe("gone", gone)
    stage.happen(2)
    state = f"SELECT state FROM trade_subscription WHERE route_id = {route}"
    until(lambda: stage.sql(state) == ["disabled"], lambda: stage.sql(state)[0])
    good = receivers()
    stage.subscribe("good", good)
    uids = stage.happen(1)
    until(lambda: good.ids() == set(uids), lambda: "what came later was not told to the others")
    assert len(gone.called_at) == 1
    kept = f"SELECT count(*) FROM trade_message WHERE route_id = {route} AND state = 'queued'"
    assert stage.sql(kept) == [str(2 * RECORDS)], "what waited is kept"


@pytest.mark.parametrize(("status", "form"), [(429, "seconds"), (503, "date")])
def test_a_receiver_says_when_to_come_back(stage, receivers, status, form):
    """Until then nothing is told to it at all, whichever record it is about, and then everything is."""
    asked = 8  # longer than they would be left alone anyway

    def busy(handler, _body):
        if len(handler.server.receiver.called_at) > 1:
            return False
        value = str(asked) if form == "seconds" else formatdate(time.time() + asked, usegmt=True)
        handler.answer(status, Retry_After=value)
        return True

    receiver = receivers(busy)
    stage.subscribe("busy", receiver)
    uids = stage.happen(2)
    until(lambda: receiver.ids() == set(uids), lambda: f"told {len(receiver.ids())} of {len(uids)}")
    first, second, *_more = receiver.called_at
    # A date has no fractions of a second.
    assert second - first >= asked - (1 if form == "date" else 0)
    assert len(receiver.called_at) == len(uids) + 1
    stage.assert_in_order(receiver, uids)


def test_our_own_network_is_refused_where_the_connection_is_made(stage, receivers):
    """The address was good when the webhook was made; what counts is where it leads when it is called."""
    receiver = receivers()
    route = stage.subscribe("inside", receiver)
    reached = len(receiver.called_at)
    stage.allow("")
    try:
        uids = stage.happen(1)
        said = (
            "SELECT error FROM trade_attempt a JOIN trade_message m ON m.id = a.message_id"
            f" WHERE m.route_id = {route}"
        )
        [words, *_more] = until(lambda: stage.sql(said), lambda: "nobody tried to tell it")
        assert "not on the public internet" in words
        assert len(receiver.called_at) == reached, "it heard nothing"
        with pytest.raises(OdooRefused, match="not on the public internet"):
            stage.subscribe("inside as well", receivers())
    finally:
        stage.allow("127.0.0.0/8")
    until(lambda: receiver.ids() == set(uids), lambda: "what waited was not told")


def test_every_event_arrives_though_workers_are_killed(stage, receivers):
    """At least once, and those about one record in their order, however often the sender dies."""
    good = receivers()
    slow = receivers(lambda handler, body: time.sleep(0.02))
    stage.subscribe("good", good)
    stage.subscribe("slow", slow)
    with stage.happening() as uids, workers_killed(stage.odoo, every=0.7) as killed:
        changes = 0
        while len(killed) < 10 or changes < 10:
            _though_killed(stage.change)
            changes += 1
            time.sleep(0.1)
    assert len(uids) >= 10 * RECORDS
    for receiver in (good, slow):

        def told(receiver=receiver):
            look_for_dead_jobs(stage.odoo)
            return receiver.ids() == set(uids)

        until(told, lambda receiver=receiver: f"{len(set(uids) - receiver.ids())} events never came")
        stage.assert_in_order(receiver, uids)
        assert not receiver.forged


def _though_killed(click):
    """Click again when the worker died under the click."""
    for _again in range(100):
        try:
            return click()
        except requests.RequestException:
            time.sleep(0.2)
    raise AssertionError("no worker answers any more")
