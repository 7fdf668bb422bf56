"""The promise under fault: never lost, never applied twice, never silently wrong.

Nothing is simulated but the supplier: real HTTP, real job runner, workers that are really killed.
"""

import threading
import time

import requests
from road import DEADLINE, Blocked, at_once, until


def test_an_order_goes_out_and_its_answer_comes_back(road):
    order, number = road.confirm_order()
    until(lambda: road.requests_for(number), lambda: f"{number} never reached the supplier")
    message = road.pushed(road.answer(number))
    road.wait_state(message, "applied")
    until(
        lambda: road.order_message(order)["state"] == "acknowledged", lambda: str(road.order_message(order))
    )
    assert road.requests_for(number)["deliveries"] == 1


def test_the_same_document_under_the_same_key_is_one_message(road):
    number = road.sent_order()
    document = road.answer(number)
    first = road.pushed(document, key=f"same-{number}")
    assert road.pushed(document, key=f"same-{number}") == first


def test_the_same_document_under_many_keys_at_once_is_applied_once(road):
    number = road.sent_order()
    document = road.answer(number)
    ids = at_once([lambda: road.pushed(document)] * 8)
    assert len(set(ids)) == 8, "each key is its own message"
    states = [road.wait_state(message, "applied", "ignored")["state"] for message in ids]
    assert sorted(states) == ["applied"] + ["ignored"] * 7


def test_200_parallel_posts_of_one_document_have_one_effect(road):
    """Half of them are tries of one request, half requests of their own: the order is answered once."""
    number = road.sent_order()
    document = road.answer(number)
    keys = [f"tries-{number}"] * 100 + [f"own-{number}-{index}" for index in range(100)]
    answers = at_once([lambda key=key: _insist(road, document, key) for key in keys])
    assert {answer.status_code for answer in answers} == {202}
    ids = {key: {a.json()["id"] for a, own in zip(answers, keys, strict=True) if own == key} for key in keys}
    assert {len(of_key) for of_key in ids.values()} == {1}, "one message for each key"
    messages = [message for [message] in ids.values()]
    until(
        lambda: (
            not road.admin.find("trade.message", [("id", "in", messages), ("state", "=", "received")], ["id"])
        ),
        lambda: "they were not all read",
    )
    found = road.admin.read("trade.message", messages, ["state", "effects"])
    assert sorted(message["state"] for message in found) == ["applied"] + ["ignored"] * 100
    [applied] = [message for message in found if message["state"] == "applied"]
    rows = road.admin.find("trade.purchase.answer", [("order_id.name", "=", number)], ["message_id"])
    assert [row["message_id"][0] for row in rows] == [applied["id"]], "one answer stands beside the one line"
    assert not any(message["effects"] for message in found if message != applied)
    assert road.promised_day(number) == _day(document)


def test_same_number_other_content_is_held_and_changes_nothing(road):
    number = road.sent_order()
    road.wait_state(road.pushed(road.answer(number, days=1)), "applied")
    day = road.promised_day(number)
    other = road.pushed(road.answer(number, days=2))
    assert "other content" in road.wait_state(other, "held")["state_reason"]
    assert road.promised_day(number) == day


def test_a_poison_message_is_held_alone_among_good_ones(road):
    numbers = [road.sent_order() for _ in range(4)]
    documents = [road.answer(number) for number in numbers]
    ids = at_once(
        [lambda document=document: road.pushed(document) for document in documents]
        + [lambda: road.pushed({"document_type": "order_response", "id": "poison"})]
    )
    assert road.wait_state(ids.pop(), "held")
    for message in ids:
        road.wait_state(message, "applied")


def test_a_stale_answer_is_ignored_with_the_reason(road):
    number = road.sent_order()
    new = road.answer(number, days=2) | {"sequence_number": 2}
    road.wait_state(road.pushed(new), "applied")
    day = road.promised_day(number)
    old = road.answer(number, days=1) | {"sequence_number": 1}
    assert "older" in road.wait_state(road.pushed(old), "ignored")["state_reason"]
    assert road.promised_day(number) == day


def test_killed_between_apply_and_commit(road):
    """The drain has written the order and stands before its last insert; then the power goes."""
    number = road.sent_order()
    document = road.answer(number)
    before = road.promised_day(number)
    with Blocked(road, "trade_attempt") as blocked:
        message = road.pushed(document)
        blocked.wait_for_worker()
        road.odoo.kill()
    road.restart()
    assert road.promised_day(number) in (before, _day(document))
    road.wait_state(message, "applied")
    assert road.promised_day(number) == _day(document)
    attempts = road.admin.find("trade.attempt", [("message_id", "=", message)], ["outcome"])
    assert [attempt["outcome"] for attempt in attempts] == ["ok"], "what was killed left nothing behind"


def test_killed_while_the_partner_has_the_call(road):
    """The partner has taken the order, we die before we hear it: it goes again under the same key."""
    called, go_on = threading.Event(), threading.Event()

    def during(order):
        called.set()
        go_on.wait(30)

    road.supplier.during = during
    try:
        order, number = road.confirm_order()
        assert called.wait(30), "the supplier was not called"
        road.odoo.kill()
    finally:
        road.supplier.during = lambda order: None
        go_on.set()
    road.restart()
    road.wait_state(road.order_message(order)["id"], "sent")
    noted = road.requests_for(number)
    assert noted["deliveries"] == 2 and noted["doubled"] == 0, "twice under the same key is one order"
    outcomes = road.admin.find(
        "trade.attempt", [("message_id", "=", road.order_message(order)["id"])], ["outcome"], order="id"
    )
    assert [attempt["outcome"] for attempt in outcomes] == ["lost", "ok"]


def test_killed_after_the_answer_before_it_is_recorded(road):
    """The partner said yes, and we die writing it down."""
    holding = []

    def during(order):
        blocked = Blocked(road, "trade_attempt")
        blocked.__enter__()
        holding.append(blocked)

    road.supplier.during = during
    try:
        order, number = road.confirm_order()
        until(lambda: holding, lambda: "the supplier was not called")
        holding[0].wait_for_worker()
        road.odoo.kill()
    finally:
        road.supplier.during = lambda order: None
        for blocked in holding:
            blocked.__exit__()
    road.restart()
    road.wait_state(road.order_message(order)["id"], "sent")
    assert road.requests_for(number)["doubled"] == 0


def test_a_job_run_twice_changes_nothing(road):
    number = road.sent_order()
    message = road.pushed(road.answer(number))
    road.wait_state(message, "applied")
    before = road.message(message, "effects", "attempt_count", "done_at")
    [job] = road.admin.find(
        "queue.job",
        [("state", "=", "done"), ("name", "like", "Drain in/")],
        ["uuid"],
        limit=1,
        order="id desc",
    )
    road.admin.press("queue.job", "requeue", job["id"])
    until(
        lambda: road.admin.read("queue.job", job["id"], ["state"])[0]["state"] == "done",
        lambda: "the job did not run again",
    )
    assert road.message(message, "effects", "attempt_count", "done_at") == before


def test_no_accepted_document_is_lost_when_workers_are_killed_under_load(road):
    numbers = [road.sent_order() for _ in range(12)]
    documents = [road.answer(number) for number in numbers]
    accepted = []

    def push(document):
        for _try in range(40):
            try:
                response = road.push(document, key=f"load-{document['id']}")
            except OSError:
                threading.Event().wait(0.5)  # down: the supplier tries again, under its key
                continue
            if response.status_code == 202:
                accepted.append(response.json()["id"])
                return
            threading.Event().wait(0.2)

    threads = [threading.Thread(target=push, args=(document,)) for document in documents]
    for index, thread in enumerate(threads):
        thread.start()
        if index == 6:
            road.odoo.kill()
            road.restart()
    for thread in threads:
        thread.join()
    assert len(accepted) == len(documents)
    for message in accepted:
        road.wait_state(message, "applied")


def _insist(road, document, key):
    """Push as every sender should: again, under the same key, when there was no answer at all."""
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            return road.push(document, key=key)
        except requests.ConnectionError:
            assert time.monotonic() < deadline, "no answer"
            time.sleep(0.2)


def _day(document):
    return document["order_lines"][0]["promised_delivery_period"]["end_date"]
