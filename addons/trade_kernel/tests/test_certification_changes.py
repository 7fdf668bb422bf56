"""Answers to a change of a test order, and to its cancellation."""

import pytest

from odoo.addons.trade_kernel import certification, certification_changes
from odoo.addons.trade_kernel.canonical import DOCUMENTS
from odoo.addons.trade_kernel.errors import BusinessRefused

from .test_certification import BOTH, ORDER, codes, line, order, response


def changed():
    """The order as it stands after its first change."""
    return order().model_copy(update={"sequence_number": 1})


def about(answer, revision):
    reference = answer.order_reference.model_copy(update={"sequence_number": revision})
    return answer.model_copy(update={"order_reference": reference})


def cancelled():
    return DOCUMENTS["order_cancellation"](
        id=ORDER["id"], issue_date="2031-01-02", sequence_number=1, order_reference={"id": ORDER["id"]}
    )


@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        (about(response(*BOTH), 1), []),
        (about(response(code="AP"), 1), []),
        (response(*BOTH), ["no_revision"]),
        (about(response(*BOTH), 2), ["other_revision"]),
        (about(response(*BOTH), 0), ["other_revision"]),
        (about(response(BOTH[0], line("2", "2", "3")), 1), ["quantity"]),
        (about(response(BOTH[0]), 1), ["left_out"]),
        (about(response(*BOTH, number="CT00001-2"), 1), ["other_order"]),
    ],
)
def test_a_change(answer, errors):
    findings = certification_changes.change(changed(), answer, {"outcome": "accepted"})
    assert codes(findings) == errors
    assert certification.passes(findings) == (not errors)
    assert all(one.text and (one.remedy or one.level == "ok") for one in findings)


def test_where_there_is_no_place_for_the_revision_it_need_not_be_named_but_must_not_be_wrong():
    expected = {"outcome": "accepted"}
    findings = certification_changes.change(changed(), response(*BOTH), expected, needed=False)
    assert certification.passes(findings)
    assert codes(findings, "warning") == ["no_revision"]
    wrong = certification_changes.change(changed(), about(response(*BOTH), 2), expected, needed=False)
    assert codes(wrong) == ["other_revision"]


@pytest.mark.parametrize(
    ("outcome", "answer", "errors"),
    [
        ("accepted", about(response(code="AP"), 1), []),
        ("rejected", about(response(code="RE"), 1), []),
        ("accepted", about(response(code="RE"), 1), ["end.not_accepted"]),
        ("rejected", about(response(code="AP"), 1), ["end.not_rejected"]),
        ("accepted", about(response(code="AB"), 1), ["end.not_accepted"]),
        ("accepted", about(response(*BOTH), 1), ["end.not_accepted"]),
        ("accepted", response(code="AP"), ["no_revision"]),
        ("accepted", about(response(code="AP"), 3), ["other_revision"]),
        ("accepted", about(response(code="AP", number="CT00001-2"), 1), ["other_order"]),
    ],
)
def test_the_end(outcome, answer, errors):
    findings = certification_changes.ending(cancelled(), answer, {"outcome": outcome})
    assert codes(findings) == errors
    assert certification.passes(findings) == (not errors)
    assert all(one.text and (one.remedy or one.level == "ok") for one in findings)


@pytest.mark.parametrize(("revision", "is_earlier"), [(None, False), (0, True), (1, False), (2, False)])
def test_an_answer_to_what_was_before(revision, is_earlier):
    for asked in (changed(), cancelled()):
        finding = certification_changes.earlier(asked, about(response(code="AP"), revision))
        assert bool(finding) == is_earlier
        if finding:
            assert (finding.code, finding.level) == ("certification.earlier", "warning")


def test_what_a_person_has_to_hear_of_may_be_what_is_asked_for():
    error = BusinessRefused("order.closed", order="P1", state="done").as_dict()
    held = {"state": "held", "error": error}
    asked = certification.outcome(held, {"outcome": "rejected", "held": "order.closed"})
    assert [one.level for one in asked] == ["ok", "ok"]
    for expected in ({"outcome": "rejected"}, {"outcome": "rejected", "held": "order.other"}):
        assert codes(certification.outcome(held, expected)) == ["order.closed"]
