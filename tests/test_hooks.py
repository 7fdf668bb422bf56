"""A marketplace pushes events in its own shape: real servers, real workers, a real portal to fetch from."""

import http.server
import itertools
import json
import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import requests
from road import at_once, until, workers_killed

from odoo.addons.trade_kernel import hook_signatures
from odoo.addons.trade_kernel.hook_presets import PRESETS

SECRET = "what the marketplace and we know"
FLOOD = 200
KILLS = 6


class Portal(http.server.ThreadingHTTPServer):
    """The marketplace's API: tells the present state of a record to whoever asks with GET.

    :ivar records: path → document
    :ivar calls: path → how often it was asked for
    :ivar down: answers 503 while it is set
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _PortalRequest)
        self.records, self.calls, self.down = {}, Counter(), False
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _PortalRequest(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.calls[self.path] += 1
        document = self.server.records.get(self.path)
        status = 503 if self.server.down else 200 if document else 404
        body = json.dumps({"record": document} if status == 200 else {"error": status}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


class Marketplace:
    """Signs as Stripe does: time and body, several signatures in one header.

    :ivar hook: id of our connector
    """

    def __init__(self, road):
        self.road, self.admin = road, road.admin
        self.scheme = PRESETS["stripe"].scheme
        self.numbers = itertools.count(1)
        self.portal = Portal()
        [supplier] = self.admin.find("trade.connector", [("id", "=", road.connector)], ["trade_partner_id"])
        self.partner = supplier["trade_partner_id"][0]
        [route] = self.admin.find(
            "trade.route", [("trade_partner_id", "=", self.partner), ("direction", "=", "in")], ["id"]
        )
        self.route = route["id"]
        new = self.admin.create(
            "trade.connector.new",
            {"template": "hook", "hook_preset": "stripe", "name": "Marketplace", "environment": "live",
             "trade_partner_id": self.partner},
        )  # fmt: skip
        self.hook = self.admin.press("trade.connector.new", "action_create", new)["res_id"]
        self.admin.create(
            "trade.credential", {"connector_id": self.hook, "kind": "hook_secret", "secret": SECRET}
        )
        [connector] = self.admin.read("trade.connector", self.hook, ["hook_url"])
        self.url = road.odoo.url + "/" + connector["hook_url"].split("/", 3)[3]
        self.asked = self.admin.create(
            "trade.connector",
            {"name": "Marketplace's API", "trade_partner_id": self.partner, "transport": "rest",
             "base_url": self.portal.url, "auth_method": "none", "backoff_base": 1, "circuit_cooldown": 2},
        )  # fmt: skip
        for values in (
            {"pattern": "answer.*", "action": "process", "route_id": self.route, "pointer": "/data/object"},
            {"pattern": "ping", "action": "ignore", "reason": "Their heartbeat."},
            {"pattern": "signal.*", "action": "fetch", "route_id": self.route, "pointer": "/record",
             "record_pointer": "/data/object/id", "fetch_connector_id": self.asked,
             "fetch_path": "/answers/{id}"},
        ):  # fmt: skip
            self.admin.create("trade.hook.rule", {"connector_id": self.hook, **values})

    def event(self, kind, document, event_id=None):
        event_id = event_id or f"evt_{next(self.numbers)}"
        return json.dumps({"id": event_id, "type": kind, "data": {"object": document}}).encode()

    def headers(self, raw, moment=None, secret=SECRET):
        signed = hook_signatures.sign(self.scheme, secret, raw, moment=moment)
        return {"Content-Type": "application/json", **signed}

    def push(self, raw, headers=None):
        """As senders do: again when there was no answer at all."""
        deadline = time.monotonic() + 120
        while True:
            try:
                return self.push_once(raw, headers)
            except requests.ConnectionError:
                assert time.monotonic() < deadline, "no answer for two minutes"
                time.sleep(0.2)

    def push_once(self, raw, headers=None):
        return requests.post(self.url, data=raw, headers=headers or self.headers(raw), timeout=60)

    def events(self, kind=None, **equal):
        """``[{id, state, state_reason, hook_event, child_ids}]`` of what came from us."""
        domain = [("idempotency_scope", "=", f"hook:{self.hook}")]
        domain += [("hook_type", "=like", kind)] if kind else []
        domain += [(name, "=", value) for name, value in equal.items()]
        names = ["state", "state_reason", "hook_event", "hook_record", "child_ids", "exception_id"]
        return self.admin.find("trade.message", domain, names, order="id")

    def settled(self, kind):
        """Wait until nothing of a kind runs any more, and return its events."""

        def found():
            running = [event for event in self.events() if event["state"] == "received"]
            return [] if running else self.events(kind)

        return until(
            found,
            lambda: f"still running: {Counter(event['state'] for event in self.events(kind))}",
        )

    def documents(self, events):
        """What the events became, once it is settled."""
        ids = [child for event in events for child in event["child_ids"]]
        names = ["state", "state_reason", "document_number"]
        return until(
            lambda: (
                (found := self.admin.read("trade.message", ids, names))
                and all(document["state"] != "received" for document in found)
                and found
            ),
            lambda: f"{len(ids)} documents were never read",
        )

    def stored(self):
        return int(self.road.odoo.cluster.sql(
            f"SELECT count(*) FROM trade_message WHERE idempotency_scope = 'hook:{self.hook}'",
            self.road.odoo.database,
        )[0])  # fmt: skip


@pytest.fixture(scope="module")
def market(road):
    return Marketplace(road)


def test_events_come_twice_shuffled_and_at_once_and_count_once(market, road):
    orders = [road.sent_order() for _number in range(4)]
    raws = [market.event("answer.given", road.answer(number)) for number in orders]
    raws = raws * 3
    random.Random(1).shuffle(raws)
    answers = at_once([lambda raw=raw: market.push(raw) for raw in raws])
    assert {answer.status_code for answer in answers} == {200}
    events = market.settled("answer.given")
    documents = market.documents(events)
    assert sorted(document["document_number"] for document in documents) == sorted(f"R-{n}" for n in orders)
    assert {document["state"] for document in documents} == {"applied"}
    assert {e["state"] for e in events} <= {"applied", "ignored"}
    assert sum(e["state"] == "applied" for e in events) == len(orders)
    for event in events:
        if event["state"] == "ignored":
            assert re.search(r"came before as message #\d+", event["state_reason"])


def test_events_out_of_order_leave_the_latest_word(market, road):
    """Their order says nothing: the document's own revision does."""
    number = road.sent_order()
    later = {**road.answer(number, days=2), "sequence_number": 2}
    sooner = {**road.answer(number, days=1), "sequence_number": 1}
    asked = road.promised_day(number)
    for document in (later, sooner):
        assert market.push(market.event("answer.revised", document)).status_code == 200
    documents = market.documents(market.settled("answer.revised"))
    assert [document["state"] for document in documents] == ["applied", "ignored"]
    assert "older than revision 2" in documents[1]["state_reason"]
    assert road.promised_day(number) == str(date.fromisoformat(asked) + timedelta(days=2))


def test_tampered_replayed_and_unsigned_events_leave_nothing_behind(market, road):
    before = market.stored()
    raw = market.event("answer.given", {"document_type": "order_response", "id": "R-PX"})
    old = market.headers(raw, moment=datetime.now(UTC) - timedelta(seconds=400))
    answers = [
        market.push(raw, {"Content-Type": "application/json"}),
        market.push(raw, market.headers(raw, secret="another secret")),
        market.push(raw.replace(b"evt", b"evi"), market.headers(raw)),
        market.push(raw, old),
        requests.post(market.url[:-1] + "0", data=raw, headers=market.headers(raw), timeout=60),
        requests.post(f"{road.odoo.url}/trade/hooks/{market.hook}", data=raw, timeout=60),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1, "nobody learns what was wrong"
    assert market.stored() == before


def test_a_flood_of_an_unknown_type_is_one_problem_and_heals_with_one_decision(market, road):
    number = road.sent_order()
    raws = [market.event("stock.counted", {"id": index}) for index in range(FLOOD - 1)]
    raws.append(market.event("stock.counted", road.answer(number)))
    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(market.push, raws)} == {200}
    events = market.settled("stock.counted")
    assert len(events) == FLOOD
    assert {event["state"] for event in events} == {"held"}
    [problem] = market.admin.find(
        "trade.exception", [("code", "=", "hook.type_unknown"), ("connector_id", "=", market.hook)],
        ["waiting_count", "name", "fix_kind"],
    )  # fmt: skip
    assert problem["waiting_count"] == FLOOD
    assert "stock.counted" in problem["name"]
    wizard = market.admin.press("trade.exception", "action_fix", problem["id"])["res_id"]
    choice = {"action": "ignore", "reason": "We count ourselves."}
    market.admin.write("trade.hook.fix", wizard, choice)
    [shown] = market.admin.read("trade.hook.fix", wizard, ["waiting_count", "preview_text"])
    assert shown["waiting_count"] == FLOOD, "the count is said first"
    assert "10 would go on" in shown["preview_text"]
    assert {event["state"] for event in market.events("stock.counted")} == {"held"}, "it was only tried"
    market.admin.press("trade.hook.fix", "action_confirm", wizard)
    events = market.settled("stock.counted")
    assert Counter(event["state"] for event in events) == {"ignored": FLOOD}
    until(
        lambda: market.admin.read("trade.exception", problem["id"], ["state"])[0]["state"] == "resolved",
        lambda: "the problem did not end",
    )


def test_signals_that_wait_together_are_one_call(market, road):
    """Each call brings the record as it is now: out of order and many times does no harm."""
    orders = [road.sent_order() for _number in range(3)]
    for number in orders:
        market.portal.records[f"/answers/{number}"] = road.answer(number)
    market.admin.press("trade.connector", "action_pause", market.asked)
    raws = [market.event("signal.changed", {"id": number}) for number in orders for _again in range(5)]
    random.Random(2).shuffle(raws)
    for raw in raws:
        assert market.push(raw).status_code == 200
    until(
        lambda: len([e for e in market.events("signal.changed") if e["hook_record"]]) == len(raws),
        lambda: f"not all were understood: {market.events('signal.changed')}",
    )
    assert not market.portal.calls
    market.admin.press("trade.connector", "action_resume", market.asked)
    events = market.settled("signal.changed")
    assert {event["state"] for event in events} == {"applied"}
    assert {market.portal.calls[f"/answers/{number}"] for number in orders} == {1}
    documents = market.documents(events)
    assert sorted(document["document_number"] for document in documents) == sorted(f"R-{n}" for n in orders)
    assert {document["state"] for document in documents} == {"applied"}

    market.push(market.event("signal.changed", {"id": orders[0]}))
    events = market.settled("signal.changed")
    assert events[-1]["state"] == "ignored", "asked again, and it is still what came"
    assert market.portal.calls[f"/answers/{orders[0]}"] == 2


def test_a_portal_that_is_down_is_asked_again_and_no_signal_is_lost(market, road):
    number = road.sent_order()
    path = f"/answers/{number}"
    market.portal.records[path] = road.answer(number)
    market.portal.down = True
    market.push(market.event("signal.outage", {"id": number}))
    until(lambda: market.portal.calls[path] >= 2, lambda: "it was not asked again")
    assert market.events("signal.outage")[0]["state"] == "received"
    market.portal.down = False
    [event] = market.settled("signal.outage")
    assert event["state"] == "applied"
    assert market.documents([event])[0]["state"] == "applied"


def test_a_record_nobody_has_is_a_problem_with_the_reason(market):
    market.push(market.event("signal.gone", {"id": "none such"}))
    [event] = market.settled("signal.gone")
    assert event["state"] == "held"
    assert "404" in event["state_reason"]
    [problem] = market.admin.read("trade.exception", event["exception_id"][0], ["remedy"])
    assert "address part" in problem["remedy"]
    assert market.portal.calls["/answers/none%20such"] == 1, "a clear no is not asked again and again"


def test_a_worker_killed_under_load_loses_nothing_that_was_answered(market, road):
    numbers, taken = itertools.count(), []

    def push(killed):
        while len(killed) < KILLS:
            event_id = f"kill_{next(numbers)}"
            try:
                answer = market.push_once(market.event("ping", {}, event_id))
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                # The worker died under this request, or between head and body: no answer, no promise.
                time.sleep(0.2)
                continue
            if answer.status_code == 200:
                taken.append(event_id)
            time.sleep(0.02)

    with workers_killed(road.odoo) as killed, ThreadPoolExecutor(4) as pool:
        list(pool.map(push, [killed] * 4))
    assert taken, "nothing was taken at all"
    events = market.settled("ping")
    stored = Counter(event["hook_event"] for event in events if event["hook_event"].startswith("kill_"))
    assert set(taken) <= set(stored)
    assert {event["state"] for event in events} == {"ignored"}
