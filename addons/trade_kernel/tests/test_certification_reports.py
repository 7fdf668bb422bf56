"""Documents that answer no order: stock, prices, where a shipment is."""

import pytest

from odoo.addons.trade_kernel import certification, certification_reports
from odoo.addons.trade_kernel.canonical import DOCUMENTS

from .test_certification import codes, order


def item(number, kind="sellers_item_identification", code=None):
    return {"name": "Thing", kind: {"id": code or f"S-{number}"}}


def stock(*rows):
    """Rows of ``(item, quantity, unit, type)``."""
    return DOCUMENTS["inventory_report"](
        id="CT00001-1",
        issue_date="2031-01-03",
        inventory_lines=[
            {
                "id": str(number),
                "item": item(of),
                "quantity": {"value": quantity, "unit_code": unit},
                "quantity_type_code": kind,
            }
            for number, (of, quantity, unit, kind) in enumerate(rows, 1)
        ],
    )


@pytest.mark.parametrize(
    "second, found",
    [
        ((2, "0", "C62", "available"), []),
        ((2, "3", "BX", "available"), ["unit"]),
        ((2, "-3", "C62", "on_hand"), ["negative"]),
        ((2, "-3", "C62", "back_order"), []),
        ((9, "3", "C62", "available"), ["not_listed"]),
    ],
)
def test_stock(second, found):
    findings = certification_reports.stock(order(), stock((1, "5", "C62", "available"), second))
    assert codes(findings) == found
    assert certification.passes(findings) == (not found)


def prices(*rows, currency="EUR"):
    """Rows of ``(item, prices by smallest quantity)``."""
    return DOCUMENTS["price_catalogue"](
        id="CT00001-1",
        issue_date="2031-01-03",
        catalogue_lines=[
            {
                "id": str(number),
                "item": item(of),
                "prices": [
                    {
                        "price": {"price_amount": {"value": value, "currency_id": currency}},
                        "minimum_quantity": {"value": str(least), "unit_code": "C62"},
                    }
                    for least, value in steps
                ],
            }
            for number, (of, steps) in enumerate(rows, 1)
        ],
    )


AS_KNOWN = (1, [(1, "5.00")])


@pytest.mark.parametrize(
    "second, expected, found",
    [
        ((2, [(1, "5.00")]), {}, []),
        ((2, [(100, "4.00"), (1, "5.00")]), {}, []),  # a discount for many is no other price
        ((2, [(1, "5.50")]), {}, ["price"]),
        ((2, []), {}, ["no_price"]),
        ((3, [(1, "5.00")]), {}, ["not_listed"]),
        ((2, [(1, "5.50")]), {"outcome": "changed", "line": "2"}, []),
        ((2, [(1, "5.00")]), {"outcome": "changed", "line": "2"}, ["same_price"]),
    ],
)
def test_prices(second, expected, found):
    findings = certification_reports.prices(order(), prices(AS_KNOWN, second), expected)
    assert codes(findings) == found
    assert certification.passes(findings) == (not found)


def test_prices_in_another_currency():
    catalogue = prices(AS_KNOWN, (2, [(1, "5.00")]), currency="USD")
    assert codes(certification_reports.prices(order(), catalogue, {})) == ["currency", "currency"]


def status(code="picked_up", day=None, **more):
    period = {"estimated_delivery_period": {"end_date": day}} if day else {}
    return DOCUMENTS["shipment_status"](
        id="S-1",
        issue_date="2031-01-03",
        transport_events=[{"status_code": code, "occurrence_date": "2031-01-03"}],
        **{"shipment_id": "CT00001-1", **period, **more},
    )


SHIPMENT = DOCUMENTS["shipment_status"](
    id="CT00001-1",
    issue_date="2031-01-02",
    estimated_delivery_period={"end_date": "2031-02-01"},
    transport_events=[{"status_code": "announced", "occurrence_date": "2031-01-02"}],
)


@pytest.mark.parametrize(
    "document, outcome, found",
    [
        (status(), "accepted", []),
        (status(day="2031-02-01"), "accepted", []),
        (status(day="2031-02-02"), "accepted", ["later"]),
        (status("delayed"), "accepted", ["trouble"]),
        (status(shipment_id="CT00002-1"), "accepted", ["no_shipment"]),
        (status("delayed", "2031-02-02"), "changed", []),
        (status(day="2031-02-01"), "changed", ["not_later"]),
        (status(), "changed", ["not_later"]),
    ],
)
def test_shipment(document, outcome, found):
    findings = certification_reports.shipment(SHIPMENT, document, {"outcome": outcome})
    assert codes(findings) == found
    assert certification.passes(findings) == (not found)


@pytest.mark.parametrize(
    "more",
    [
        {"shipment_id": "X"},
        {"carrier_assigned_id": "X"},
        {"tracking_id": ["X"]},
        {"despatch_document_reference": [{"id": "X"}]},
        {"order_reference": [{"id": "X"}]},
    ],
)
def test_a_status_may_name_the_shipment_in_many_places(more):
    assert "X" in certification_reports.numbers(status(**more))
