"""The front door under many callers at the same instant: real workers, real transactions, real job runner."""

import json
import os
import signal
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import requests
from door import Door
from road import at_once, until

import harness
from odoo.addons.trade_kernel import signatures

AT_ONCE = 200


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
    new = door.shell(
        f"client = env['trade.api.client'].browse({door.found['id']})\n"
        "spare = client.copy({'name': 'Spare'})\n"
        "print('KEY ' + spare.action_new_key()['params']['secret'])\n"
        "env.cr.commit()\n"
        "env.registry.signal_changes()\n"
    )
    token = new.rpartition("KEY ")[2].split()[0]

    def push():
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
        return door.post(document("spare"), headers).status_code

    assert {push() for _number in range(30)} == {202}
    door.shell(
        "env['trade.api.client'].search([('name', '=', 'Spare')]).key_ids.action_revoke()\n"
        "env.cr.commit()\n"
        "env.registry.signal_changes()\n"
    )
    assert {push() for _number in range(30)} == {403}


def test_the_lane_is_woken_once_and_everything_is_processed(door):
    """Documents that waited for a stopped route and those that come now: all of them are read."""
    door.shell(f"env['trade.route'].browse({door.found['route']}).mode = 'live'\nenv.cr.commit()\n")
    keys = [uuid.uuid4().hex for _number in range(40)]
    answers = at_once([lambda key=key: door.post(document(key), door.keyed(key)) for key in keys])
    assert {answer.status_code for answer in answers} == {202}
    waiting = "SELECT count(*) FROM trade_message WHERE state = 'received'"
    until(lambda: door.sql(waiting) == ["0"], lambda: f"{door.sql(waiting)[0]} documents were never read")
    drains = int(door.sql("SELECT count(*) FROM queue_job WHERE method_name = '_drain'")[0])
    assert drains < 40, "a job per lane and wake-up, not one per document"


def test_a_worker_killed_under_load_loses_no_202(door):
    keys = [uuid.uuid4().hex for _number in range(300)]
    taken, done = [], threading.Event()

    def push(key):
        try:
            answer = door.post_once(document(key), door.keyed(key))
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            return  # the worker died under this request, or between head and body: no answer, no promise
        if answer.status_code == 202:
            taken.append((key, answer.json()["id"]))

    def kill():
        while not done.wait(0.5):
            os.kill(door.odoo.workers()[0], signal.SIGKILL)  # the one that lives longest

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(push, keys))
    finally:
        done.set()
        killer.join()
    assert taken, "nothing was taken at all"
    stored = dict(
        row.split("|")
        for row in door.sql(
            "SELECT idempotency_key, id FROM trade_message WHERE idempotency_key IN"
            f" ({', '.join(repr(key) for key, _id in taken)})"
        )
    )
    assert stored == {key: str(message_id) for key, message_id in taken}
