"""What the test bench checks of documents that answer no order: stock, prices, and where a shipment is.

What they are compared with is a document of ours that was never sent: the order that would be made of the
items that are asked for, or the shipment as we expect it.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from .canonical import CreditNote, Document, InventoryReport, Order, PriceCatalogue, ShipmentStatus
from .certification import CHANGED, REFERENCES, RULES, Finding, codes_of, found, lines_of, plain

_TROUBLE = ("delayed", "exception", "returned", "cancelled")
_OWED = "back_order"  # what is owed may be said with a minus


def numbers(document: Document) -> Iterator[str]:
    """Everything a document may say our number in."""
    yield from document.threads
    if isinstance(document, ShipmentStatus):
        yield from filter(None, (document.shipment_id, document.carrier_assigned_id))
        yield from document.tracking_id
        yield from (reference.id for reference in document.despatch_document_reference)
    if isinstance(document, CreditNote):
        yield from (reference.id for reference in document.billing_reference)


def stock(order: Order, report: InventoryReport) -> list[Finding]:
    """Whether a stock report has the items that were asked for, as we call them."""
    findings, pairs = _items(order, report)
    for asked, line in pairs:
        place = f"{line.place}/quantity"
        if line.unit != asked.unit:
            findings.append(
                found(
                    "error", REFERENCES, "certification.unit", place,
                    line=asked.ref, expected=asked.unit, found=line.unit,
                )
            )  # fmt: skip
        if line.quantity < 0 and line.kind != _OWED:
            findings.append(
                found(
                    "error", RULES, "certification.negative", place,
                    item=_name(asked), found=plain(line.quantity),
                )
            )  # fmt: skip
    return findings or [
        found("ok", REFERENCES, "certification.listed"),
        found("ok", RULES, "certification.stock_said"),
    ]


def prices(order: Order, catalogue: PriceCatalogue, expected: Mapping[str, Any]) -> list[Finding]:
    """Whether a price list has the items that were asked for, at the prices the test asks for.

    :param expected: ``{"outcome": "accepted" | "changed", "line": whose price is another one}``
    """
    findings, pairs = _items(order, catalogue)
    for asked, line in pairs:
        place = f"{line.place}/prices"
        if line.price is None:
            findings.append(found("error", RULES, "certification.no_price", line.place, item=_name(asked)))
            continue
        if line.currency and line.currency != asked.currency:
            findings.append(
                found(
                    "error", REFERENCES, "certification.currency", place,
                    expected=asked.currency, found=line.currency,
                )
            )  # fmt: skip
        elif line.unit and line.unit != asked.unit:
            findings.append(
                found(
                    "error", REFERENCES, "certification.unit", place,
                    line=asked.ref, expected=asked.unit, found=line.unit,
                )
            )  # fmt: skip
        other = expected.get("outcome") == CHANGED and expected.get("line") == asked.ref
        if other and line.price == asked.price:
            findings.append(
                found(
                    "error", RULES, "certification.same_price", place,
                    item=_name(asked), found=plain(asked.price),
                )
            )  # fmt: skip
        elif not other and line.price != asked.price:
            findings.append(
                found(
                    "error", RULES, "certification.price", place,
                    line=asked.ref, expected=plain(asked.price), found=plain(line.price),
                )
            )  # fmt: skip
    outcome = expected.get("outcome") or "accepted"
    return findings or [
        found("ok", REFERENCES, "certification.listed"),
        found("ok", RULES, f"certification.prices.{outcome}"),
    ]


def shipment(asked: ShipmentStatus, status: ShipmentStatus, expected: Mapping[str, Any]) -> list[Finding]:
    """Whether a status names the shipment, and says of it what the test asks for.

    :param asked: the shipment as it was announced
    :param expected: ``{"outcome": "accepted": all is well | "changed": it comes later}``
    """
    findings = []
    if asked.id not in numbers(status):
        findings.append(found("error", REFERENCES, "certification.no_shipment", expected=asked.id))
    wanted = asked.estimated_delivery_period.latest
    period = status.estimated_delivery_period
    day = period.latest if period else None
    if expected.get("outcome") == CHANGED:
        if day is None or day <= wanted:
            findings.append(
                found(
                    "error",
                    RULES,
                    "certification.not_later",
                    "/estimated_delivery_period",
                    wanted=wanted.isoformat(),
                )
            )
    else:
        if day and day > wanted:
            findings.append(
                found(
                    "error", RULES, "certification.later", "/estimated_delivery_period",
                    wanted=wanted.isoformat(), found=day.isoformat(),
                )
            )  # fmt: skip
        findings += [
            found(
                "error",
                RULES,
                "certification.trouble",
                f"/transport_events/{index}",
                status=event.status_code,
            )
            for index, event in enumerate(status.transport_events)
            if event.status_code in _TROUBLE
        ]
    return findings or [
        found("ok", REFERENCES, "certification.shipment_named"),
        found("ok", RULES, "certification.status_said"),
    ]


# -- items -------------------------------------------------------------------------------------------


class _Line:
    """A line of a report, as far as tests look at it."""

    def __init__(self, place, line):
        self.place, self.codes = place, set(codes_of(line.item).values())
        quantity = getattr(line, "quantity", None)
        self.quantity = Fraction(quantity.value) if quantity else None
        self.kind = getattr(line, "quantity_type_code", None)
        price = _smallest(getattr(line, "prices", ()))
        self.price = Fraction(price.price_amount.value) / Fraction(price.base) if price else None
        self.currency = price.price_amount.currency_id if price else None
        self.unit = quantity.unit_code if quantity else getattr(line, "orderable_unit", None)


def _smallest(prices):
    """The price of the smallest quantity."""
    ranked = sorted(prices, key=lambda one: one.minimum_quantity.value if one.minimum_quantity else 0)
    return ranked[0].price if ranked else None


def _items(order, document):
    """:return: findings about items that are missing, and ``(asked line, its line here)`` of the others"""
    [name] = document.LINES
    lines = [_Line(f"/{name}/{index}", line) for index, line in enumerate(document.lines)]
    findings, pairs = [], []
    for asked in lines_of(order):
        codes = set(codes_of(asked.item).values())
        line = next((one for one in lines if one.codes & codes), None)
        if line:
            pairs.append((asked, line))
        else:
            findings.append(
                found("error", REFERENCES, "certification.not_listed", f"/{name}", item=_name(asked))
            )
    return findings, pairs


def _name(asked):
    return " / ".join(codes_of(asked.item).values())
