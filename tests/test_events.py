"""Events in a running system: what is committed is told, once and in order; what is not, never is."""

import json
import random
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from road import Blocked, Road, until

import clusters
import harness

ACTIVATED, SUSPENDED = "tradelane.partner.activated.v1", "tradelane.partner.suspended.v1"


class Receiver:
    """A system of ours that is told of everything.

    :ivar told: ``[(key, event), …]`` of what it took, in the order in which it came
    :ivar moody: the share of calls it answers with 503
    """

    def __init__(self):
        self.told, self.moody, self._random = [], 0.0, random.Random(7)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                refuses = receiver._random.random() < receiver.moody
                if not refuses:
                    receiver.told.append((self.headers["Idempotency-Key"], json.loads(body)))
                self.send_response(503 if refuses else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def heard(self, subject):
        """The types of the events about ``subject``, in the order in which they came."""
        return [event["type"] for _key, event in self.told if event.get("subject") == subject]


@pytest.fixture(scope="module")
def road():
    """Odoo with two workers and its job runner, and a subscriber over HTTP (``road.receiver``)."""
    receiver = Receiver()
    with harness.database("e2e_events") as database, harness.Server(database, workers=2) as odoo:
        with Road(odoo.wait_for_jobs()) as road:
            road.receiver = receiver
            _subscribe(road)
            yield road
    receiver.stop()


def _subscribe(road):
    admin = road.admin
    profile = _partner(road, "Our data warehouse", is_internal=True)
    connector = admin.create(
        "trade.connector",
        {
            "name": "Our data warehouse",
            "trade_partner_id": profile,
            "transport": "rest",
            "base_url": road.receiver.url,
            "auth_method": "none",
            "backoff_base": 1,
            "backoff_factor": 1,
            "max_tries": 50,
            "circuit_threshold": 100,
        },
    )
    subscription = admin.create(
        "trade.subscription",
        {"name": "Everything", "trade_partner_id": profile, "connector_id": connector, "all_types": True},
    )
    [values] = admin.read("trade.subscription", subscription, ["route_id"])
    road.route = values["route_id"][0]


def _partner(road, name, **vals):
    company = road.admin.create("res.partner", {"name": name, "is_company": True})
    return road.admin.create("trade.partner", {"partner_id": company, "state": "live", **vals})


def _events(road, domain):
    return road.admin.find("trade.event", domain, ["position", "uid", "subject"], order="id")


def _wait_until_told(road, count, subject):
    until(
        lambda: len(road.receiver.heard(subject)) >= count,
        lambda: f"{subject}: told {road.receiver.heard(subject)} of {count}",
    )


def _wake(road):
    """Let the scheduler look now instead of within a minute."""
    [cron] = road.admin.find("ir.cron", [("code", "=", "model._cron_wake()")], ["id"])
    road.admin.press("ir.cron", "method_direct_trigger", cron["id"])


def test_a_transaction_that_is_rolled_back_tells_nothing(road):
    kept, lost = _partner(road, "Kept"), _partner(road, "Lost")
    harness.shell(
        clusters.cluster("test"),
        road.odoo.database,
        f"""
env["trade.partner"].browse({lost}).action_suspend()
env.flush_all()
assert env["trade.event"].search_count([("res_id", "=", {lost}), ("type", "=", {SUSPENDED!r})])
env.cr.rollback()
env["trade.partner"].browse({kept}).action_suspend()
env.cr.commit()
""",
    )
    _wake(road)
    _wait_until_told(road, 2, "Kept")
    assert road.receiver.heard("Kept") == [ACTIVATED, SUSPENDED]
    assert road.receiver.heard("Lost") == [ACTIVATED]


def test_what_is_committed_late_is_missed_by_nobody(road):
    """Two transactions write events; the one that began first ends last. A reader that goes by places finds
    the late event behind what it has read already."""
    partner = _partner(road, "Slow and quick")
    _wait_until_told(road, 1, "Slow and quick")
    slow, quick = _write_event(road, partner, "slow"), _write_event(road, partner, "quick")
    quick.commit()
    _wake(road)
    read = until(
        lambda: _events(road, [("subject", "=", "quick"), ("position", ">", 0)]), lambda: "quick has no place"
    )
    cursor = read[0]["position"]
    assert not _events(road, [("subject", "=", "slow")])
    slow.commit()
    _wake(road)
    _wait_until_told(road, 1, "slow")
    found = _events(road, [("position", ">", cursor)])
    assert "slow" in [event["subject"] for event in found], "it came behind the cursor, not before it"
    for connection in (slow, quick):
        connection.close()


def _write_event(road, partner, subject):
    """Write an event in a transaction of its own, not committed yet; returns its connection."""
    connection = road.connect()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trade_event (uid, type, source, subject, time, data, res_model, res_id, company_id)"
            " SELECT %s, %s, '/test', %s, now() AT TIME ZONE 'UTC', %s, 'trade.partner', %s, company_id"
            " FROM trade_partner WHERE id = %s",
            [
                str(uuid.uuid4()),
                SUSPENDED,
                subject,
                json.dumps({"name": subject, "state": "live", "roles": [], "identifiers": []}),
                partner,
                partner,
            ],
        )
    return connection


def test_killed_while_passing_on_nothing_is_lost_and_nothing_told_twice(road):
    partner = _partner(road, "Many")
    _wait_until_told(road, 1, "Many")
    with Blocked(road, "trade_message") as blocked:
        harness.shell(
            clusters.cluster("test"),
            road.odoo.database,
            f"""
partner = env["trade.partner"].browse({partner})
data = partner._event_data()
env["trade.event"]._emit_many([({SUSPENDED!r}, partner, partner, data)] * 200)
env.cr.commit()
""",
        )
        blocked.wait_for_worker()
        road.odoo.kill()
    road.restart()
    _wait_until_told(road, 201, "Many")
    events = _events(road, [("subject", "=", "Many")])
    places = [event["position"] for event in events]
    assert len(set(places)) == 201 and places == sorted(places) and all(places)
    messages = road.admin.find(
        "trade.message",
        [("route_id", "=", road.route), ("event_id", "in", [event["id"] for event in events])],
        ["event_id"],
    )
    assert len(messages) == len({message["event_id"][0] for message in messages}) == 201
    keys = [key for key, event in road.receiver.told if event["subject"] == "Many"]
    assert keys == [event["uid"] for event in events], "each once, in the order in which it happened"


def test_events_about_one_record_stay_in_order_whatever_the_others_do(road):
    """Many people at once, a receiver that refuses every eighth call: of each partner the events come in the
    order in which they happened."""
    names = [f"Partner {number}" for number in range(5)]
    partners = [_partner(road, name) for name in names]
    road.receiver.moody = 0.12
    changes = ["action_suspend", "action_resume"] * 4

    def change(partner):
        person = type(road.admin)(road.odoo.url, road.odoo.database, "admin", "admin")
        for button in changes:
            person.press("trade.partner", button, partner)

    threads = [threading.Thread(target=change, args=(partner,)) for partner in partners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        for name in names:
            _wait_until_told(road, len(changes) + 1, name)
    finally:
        road.receiver.moody = 0.0
    for name in names:
        assert road.receiver.heard(name) == [ACTIVATED, *[SUSPENDED, ACTIVATED] * 4]
