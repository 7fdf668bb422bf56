"""A step that does not happen is told and fails the scenario; the closing table says what the log says."""

import pytest

from ..scenario import report
from ..scenario.cast import MAT, Order
from ..scenario.narrator import Narrator, NotYet, StepFailed


def test_what_is_late_fails_and_says_what_was_there_instead(capsys):
    def look():
        raise NotYet("2 of 3 orders have left")

    with pytest.raises(StepFailed, match="2 of 3 orders have left"):
        Narrator().wait("All orders have left", look, seconds=0.2)
    assert "✗ All orders have left" in capsys.readouterr().out


def test_what_comes_in_time_is_told_with_its_details(capsys):
    looks = iter([NotYet("nothing yet"), ["three lines differ"]])

    def look():
        found = next(looks)
        if isinstance(found, NotYet):
            raise found
        return found

    Narrator().wait("The answer is there", look, seconds=5)
    told = capsys.readouterr().out
    assert "✓ The answer is there" in told
    assert "three lines differ" in told


def test_a_step_that_takes_too_long_has_failed_even_if_it_succeeds():
    with pytest.raises(StepFailed, match="allowed are 0 s"):
        with Narrator().step("Quick", seconds=0):
            pass


def test_a_step_that_raises_says_why(capsys):
    with pytest.raises(StepFailed, match="no such vendor"):
        with Narrator().step("Order"):
            raise ValueError("no such vendor")
    assert "no such vendor" in capsys.readouterr().out


def step(stage, at, outcome="ok"):
    return {"stage": stage, "at": f"2026-03-02T09:00:{at:02}.000+00:00", "outcome": outcome}


class Log:
    """Stands for Odoo: answers with the records it was given."""

    def __init__(self, messages, problems):
        self.found = {"trade.message": messages, "trade.exception": problems}

    def find(self, model, domain, fields, **kwargs):
        return self.found[model]

    def read(self, model, ids, fields):
        return [{"id": number, "trade_state": "answered"} for number in ids]


def test_the_table_says_how_long_an_order_took_and_why_it_waited():
    order = Order(MAT, (("RUNNER-GREY", 30),), "price held", id=7, number="P1")
    about = {"document_type": "order", "trade_partner_id": [4, "Ready Mat"], "document_number": "P1"}
    out = about | {"direction": "out", "state": "acknowledged", "thread": "P1", "exception_id": False}
    out["timeline"] = [step("queued", 0), step("sent", 1, "retry"), step("sent", 4)]
    about |= {"document_type": "order_response"}
    back = about | {"direction": "in", "state": "applied", "thread": "P1", "exception_id": [3, "Price"]}
    back["timeline"] = [step("received", 6), step("mapped", 7, "failed"), step("applied", 16)]
    repeat = about | {"direction": "in", "state": "ignored", "thread": "P1", "exception_id": False}
    repeat["timeline"] = [step("received", 8)]
    problem = {"id": 3, "name": "Price 8.2 % above the order"}
    about |= {"document_type": "despatch_advice", "document_number": "LS-1"}
    advice = about | {"direction": "in", "state": "applied", "thread": "P1", "exception_id": False}
    advice["timeline"] = [step("received", 20), step("applied", 21)]
    records = report.Records(Log([out, back, repeat, advice], [problem]), [order])

    _header, row = report.orders_table(records)
    assert row == ["P1", "Ready Mat", "4.0 s", "2.0 s", "10.0 s", "Price 8.2 % above the order", "answered"]
    assert report.counts(records) == (
        "Out: 1 orders, 1 answered. Back: 2 documents stored, 1 applied, 1 ignored with the reason. "
        "Held: 1, healed: 1.\nGoods and money: 1 despatch advice."
    )
    _header, row = report.documents_table(records)
    assert row == ["← despatch advice", "Ready Mat", "LS-1", "1.0 s", "", "applied"]
