"""The front door under many callers at the same instant: real workers, real transactions, real job runner."""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import requests
from door import Door
from road import at_once, until, workers_killed

import harness
from odoo.addons.trade_kernel import signatures

AT_ONCE = 200
KILLS = 10


@pytest.fixture(scope="module")
def door():
    with (
        harness.database("e2e_intake") as name,
        harness.Server(name, workers=2, options={"limit_time_real": 120}) as odoo,
    ):
        yield Door(odoo.wait_for_jobs())


@pytest.fixture
def quiet(door):
    """Nothing of what the test does may be a warning or an error for whoever reads the log."""
    before = len(door.odoo.trouble())
    yield
    assert door.odoo.trouble()[before:] == []


def document(number):
    return json.dumps({"document_type": "order_response", "id": f"R-{number}"}).encode()


def test_tampered_late_and_foreign_signatures_leave_nothing_behind(door):
    """Whatever was changed after it was signed, or comes again later than it may."""
    raw, now = document("signed"), datetime.now(UTC)
    good, key = door.signed(raw, uuid.uuid4().hex), uuid.uuid4().hex

    def old(seconds):
        return door.signed(raw, key, moment=now - timedelta(seconds=seconds))

    tries = {
        "another body": (raw + b" ", door.signed(raw, key)),
        "another id": (raw, {**good, "webhook-id": key}),
        "another time": (raw, {**old(400), "webhook-timestamp": str(int(now.timestamp()))}),
        "too old": (raw, old(400)),
        "from the future": (raw, old(-400)),
        "another secret": (raw, {**signatures.sign([signatures.new_secret()], key, raw), **door.client}),
        "another client": (raw, {**door.signed(raw, key), "Trade-Client": "somebody"}),
        "no signature": (raw, {"webhook-id": key, **door.client}),
    }
    answers = {what: door.post(body, headers) for what, (body, headers) in tries.items()}
    assert {what: answer.status_code for what, answer in answers.items()} == dict.fromkeys(tries, 403)
    assert len({answer.text for answer in answers.values()}) == 1, "nobody learns what was wrong"
    assert door.messages(key) == 0
    # The same request again, in whichever worker, is the same message again.
    assert len({door.post(raw, good).text for _time in range(20)}) == 1
    assert door.messages(good["webhook-id"]) == 1


@pytest.mark.parametrize("way", ["key", "signature"])
def test_200_parallel_posts_of_one_document_are_one_message(door, quiet, way):
    raw, key = document("same"), uuid.uuid4().hex
    headers = door.keyed(key) if way == "key" else door.signed(raw, key)
    answers = at_once([lambda: door.post(raw, headers)] * AT_ONCE)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1, "everybody got the same answer"
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert door.messages(key) == 1


def test_200_parallel_documents_are_200_messages(door, quiet):
    """No 202 without its message, no message without its 202."""
    keys = [uuid.uuid4().hex for _number in range(AT_ONCE)]
    answers = at_once(
        [lambda key=key: door.post(document(key), door.keyed(key)) for key in keys],
    )
    assert {answer.status_code for answer in answers} == {202}
    ids = sorted(answer.json()["id"] for answer in answers)
    assert len(set(ids)) == AT_ONCE
    stored = door.sql(
        "SELECT id, payload_digest FROM trade_message WHERE idempotency_key IN"
        f" ({', '.join(repr(key) for key in keys)}) ORDER BY id"
    )
    assert [int(row.split("|")[0]) for row in stored] == ids
    assert len({row.split("|")[1] for row in stored}) == AT_ONCE


def test_one_key_with_many_contents_at_once_takes_one_of_them(door):
    key = uuid.uuid4().hex
    answers = at_once(
        [lambda number=number: door.post(document(number), door.keyed(key)) for number in range(40)]
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [202] + [422] * 39
    assert door.messages(key) == 1
    problems = door.sql(
        f"SELECT count(*) FROM trade_exception WHERE code = 'http.key_reused' AND name LIKE '%{key}%'"
    )
    assert problems == ["1"], "one problem on the desk, however often it happened"


def test_a_revoked_key_is_dead_in_every_worker(door):
    """The workers keep what they know of clients in memory; a change reaches all of them."""
    spare = door.admin.call("trade.api.client", "copy", [door.found["id"]], {"name": "Spare"})
    token = door.admin.press("trade.api.client", "action_new_key", spare)["params"]["secret"]

    def push():
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
        return door.post(document("spare"), headers).status_code

    assert {push() for _number in range(30)} == {202}
    [key] = door.admin.find("trade.api.key", [("client_id", "in", spare)], ["id"])
    door.admin.press("trade.api.key", "action_revoke", key["id"])
    assert {push() for _number in range(30)} == {403}


def test_the_lane_is_woken_once_and_everything_is_processed(door):
    """Documents that waited for a stopped route and those that come now: all of them are read."""
    door.admin.write("trade.route", door.found["route"], {"mode": "live"})
    keys = [uuid.uuid4().hex for _number in range(40)]
    answers = at_once([lambda key=key: door.post(document(key), door.keyed(key)) for key in keys])
    assert {answer.status_code for answer in answers} == {202}
    waiting = "SELECT count(*) FROM trade_message WHERE state = 'received'"
    until(lambda: door.sql(waiting) == ["0"], lambda: f"{door.sql(waiting)[0]} documents were never read")
    drains = int(door.sql("SELECT count(*) FROM queue_job WHERE method_name = '_drain'")[0])
    assert drains < 40, "a job per lane and wake-up, not one per document"


def test_a_worker_killed_under_load_loses_no_202(door):
    taken = []

    def push(killed):
        while len(killed) < KILLS:
            key = uuid.uuid4().hex
            try:
                answer = door.post_once(document(key), door.keyed(key))
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                # The worker died under this request, or between head and body: no answer, no promise.
                time.sleep(0.05)
                continue
            if answer.status_code == 202:
                taken.append((key, answer.json()["id"]))

    with workers_killed(door.odoo) as killed, ThreadPoolExecutor(8) as pool:
        list(pool.map(push, [killed] * 8))
    assert taken, "nothing was taken at all"
    stored = dict(
        row.split("|")
        for row in door.sql(
            "SELECT idempotency_key, id FROM trade_message WHERE idempotency_key IN"
            f" ({', '.join(repr(key) for key, _id in taken)})"
        )
    )
    assert stored == {key: str(message_id) for key, message_id in taken}
