"""Senders that wait for the outcome, with real workers and jobs: they get it, and keep nobody from it."""

import json
import threading
import time
import uuid

import pytest
import requests
from road import at_once, until

PATH = "/trade/v1/order-responses"


@pytest.fixture
def post(road):
    def post(document, wait=None, key=None, path=PATH):
        headers = {
            "Authorization": f"Bearer {road.api_key}",
            "Idempotency-Key": key or uuid.uuid4().hex,
        }
        query = "" if wait is None else f"?wait={wait}"
        url = f"{road.odoo.url}{path}{query}"
        deadline = time.monotonic() + 60
        while True:
            try:
                return requests.post(url, json=document, headers=headers, timeout=60)
            except requests.ConnectionError:
                assert time.monotonic() < deadline, "no answer for a minute"
                time.sleep(0.1)  # two workers have a short queue for connections

    [client] = road.admin.find("trade.api.client", [("name", "=", "Test system")], ["id"])
    road.admin.write("trade.api.client", client["id"], {"per_minute": 0})
    return post


def set_route(road, **values):
    [route] = road.admin.find(
        "trade.route",
        [("connector_id", "=", road.connector), ("direction", "=", "in")],
        ["id"],
    )
    road.admin.write("trade.route", route["id"], values)


@pytest.mark.parametrize("path", [PATH, "/trade/v1/documents"])
def test_an_answer_that_is_applied_while_its_sender_waits(road, post, path):
    number = road.sent_order()
    response = post(road.answer(number), wait=10, path=path)
    assert response.status_code == 200, response.text
    body = response.json()
    assert (body["state"], body["document_number"]) == ("applied", f"R-{number}")
    assert body["acknowledgement"]["answer"] == "accepted"
    decisions = body["acknowledgement"]["decisions"]
    assert [decision["decision"] for decision in decisions] == ["accepted"]
    again = post(road.answer(number), wait=10, path=path)
    assert again.json()["state"] == "ignored", "the same answer under another key does nothing twice"


def test_one_that_is_no_document_is_told_with_all_its_errors(road, post):
    response = post({"document_type": "order_response", "id": 5, "nonsense": True}, wait=10)
    assert response.status_code == 422, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == "urn:tradelane:problem:document-invalid"
    assert {"/id", "/nonsense", "/issue_date"} <= {error["pointer"] for error in body["errors"]}
    status = requests.get(
        road.odoo.url + body["status_url"],
        headers={"Authorization": f"Bearer {road.api_key}"},
        timeout=10,
    ).json()
    assert status["problems"] == body["errors"]


def test_many_who_wait_leave_a_worker_to_everybody_else(road, post):
    """Two workers, twenty senders who want to wait as long as they may: one does, and nobody notices."""
    set_route(road, mode="stopped")
    try:
        number = road.sent_order()
        answers, waits = [], []

        def wait():
            started = time.monotonic()
            answers.append(post(road.answer(number, document=uuid.uuid4().hex), wait=6))
            waits.append(time.monotonic() - started)

        senders = [threading.Thread(target=wait) for _number in range(20)]
        for sender in senders:
            sender.start()
        time.sleep(1.5)
        others = []
        for _again in range(10):
            started = time.monotonic()
            assert post(road.answer(number, document=uuid.uuid4().hex)).status_code == 202
            others.append(time.monotonic() - started)
        for sender in senders:
            sender.join()
        assert {answer.status_code for answer in answers} == {202}
        busy = [answer for answer in answers if answer.headers.get("Trade-Wait") == "busy"]
        assert len(busy) >= 17, "who finds no place is answered at once"
        assert sum(seconds >= 6 for seconds in waits) >= 1, "and who has one waits"
        assert max(others) < 3, others
    finally:
        set_route(road, mode="live")


def test_a_place_is_free_again_when_its_worker_is_killed(road, post):
    """Places are locks of the database: nobody has to give them back."""
    set_route(road, mode="stopped")
    try:
        document = {"document_type": "order_response", "id": uuid.uuid4().hex}
        thrown = []

        def wait():
            try:
                requests.post(
                    f"{road.odoo.url}{PATH}?wait=10",
                    json=document,
                    headers={"Authorization": f"Bearer {road.api_key}", "Idempotency-Key": uuid.uuid4().hex},
                    timeout=60,
                )
            except requests.ConnectionError as error:
                thrown.append(error)

        sender = threading.Thread(target=wait)
        sender.start()
        holders = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 29810"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )

        def held():
            return int(road.odoo.cluster.sql(holders, road.odoo.database)[0])

        until(held, lambda: "nobody waits")
        assert held() == 1
        road.odoo.kill()
        sender.join()
        assert thrown, "no answer, no promise"
        road.restart()
        until(lambda: not held(), lambda: "the place is still taken")
        response = post({"document_type": "order_response", "id": "R-1"}, wait=1)
        assert (response.status_code, response.headers.get("Trade-Wait")) == (202, None)
    finally:
        set_route(road, mode="live")


def test_a_key_that_is_being_stored_at_this_moment(road, post):
    """409 after two seconds, and the same request again gets the first one's answer."""
    number = road.sent_order()
    key, document = uuid.uuid4().hex, road.answer(number)
    raw = json.dumps(document).encode()
    with road.connect() as connection, connection.cursor() as cursor:
        # Somebody who is slow to store it: the row as the door writes it, in a transaction that stays open.
        [client] = road.admin.find("trade.api.client", [("name", "=", "Test system")], ["id"])
        row = {
            "idempotency_scope": f"client:{client['id']}", "direction": "in", "idempotency_key": key,
            "state": "received", "revision": 0, "priority": 10, "attempt_count": 0, "codec": "canonical_json",
            "mode": "live", "company_id": 1, "trace_id": key, "lane": "nowhere",
        }  # fmt: skip
        cursor.execute(
            f"INSERT INTO trade_message ({', '.join(row)}, received_at)"
            f" VALUES ({', '.join(f'%({name})s' for name in row)}, now())",
            row,
        )
        started = time.monotonic()
        [response] = at_once([lambda: post(document, key=key)])
        assert response.status_code == 409, response.text
        assert response.json()["type"] == "urn:tradelane:problem:idempotency-key-in-use"
        assert response.headers["Retry-After"] == "1"
        assert 1.5 < time.monotonic() - started < 10
        connection.rollback()
    response = post(document, key=key)
    assert response.status_code == 202, response.text
    again = post(document, key=key)
    assert (again.status_code, again.content) == (202, response.content)
    other = post({**json.loads(raw), "id": "other"}, key=key)
    assert other.status_code == 422
