"""What the test bench checks of credit notes: for an invoice that is there for the test alone."""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .canonical import CreditNote, Order
from .certification import (
    REFERENCES,
    RULES,
    Finding,
    by_ref,
    found,
    lines_of,
    names,
    plain,
    references,
    total_of,
)
from .certification_words import NONE, NOTHING
from .document_numbers import number_key

#: what the number of the invoice of a test has after the number of the test
SUFFIX = "-INV"
_PLACE = "/billing_reference"


def invoice_of(number: str) -> str:
    """The number of the invoice that is credited in a test."""
    return f"{number}{SUFFIX}"


def orders_named(note: CreditNote) -> list[str]:
    """The orders a credit note names; the invoice says which, when it names none."""
    named = [note.order_reference.id] if note.order_reference else []
    references_ = (line.order_line_reference for line in note.invoice_lines)
    orders = (reference.order_reference for reference in references_ if reference)
    return list(dict.fromkeys([*named, *(order.id for order in orders if order)]))


def names_invoice(note: CreditNote, number: str) -> bool:
    """Whether a credit note is for the invoice of the test ``number``, however that is written."""
    key = number_key(invoice_of(number))
    return any(number_key(reference.id) == key for reference in note.billing_reference)


def credit(order: Order, note: CreditNote, expected: Mapping[str, Any]) -> list[Finding]:
    """Whether a credit note is for our invoice and our order lines, and takes back what the test asks for.

    :param order: that was billed as it is
    :param expected: ``{"line": the order line of which a part is credited, and nothing else}``; without it
        everything is
    """
    return [
        *_invoice(order, note),
        *references(order, note, orders_named(note)),
        *_credited(order, note, expected.get("line")),
    ]


def _invoice(order, note):
    wanted = invoice_of(order.id)
    if not note.billing_reference:
        return [found("error", REFERENCES, "certification.no_invoice", _PLACE, expected=wanted)]
    others = [one.id for one in note.billing_reference if number_key(one.id) != number_key(wanted)]
    return [
        found("error", REFERENCES, "certification.other_invoice", _PLACE, expected=wanted, found=number)
        for number in others
    ] or [found("ok", REFERENCES, "certification.invoice_named")]


def _credited(order, note, only):
    asked = {line.ref: line for line in lines_of(order)}
    credited, amounts = by_ref(lines_of(note), asked), _amounts(note)
    findings = []
    if left := [ref for ref in ([only] if only else asked) if ref not in credited]:
        findings.append(
            found("error", RULES, "certification.not_credited", "/invoice_lines", lines=names(left))
        )
    for ref, lines in credited.items():
        if only and ref != only:
            findings.append(found("error", RULES, "certification.credited_too", lines[0].place, line=ref))
            continue
        findings += _quantity(asked[ref], lines, part=bool(only))
        findings += _price(asked[ref], lines)
        findings += _amount(asked[ref], lines, amounts[ref])
    return findings or [found("ok", RULES, f"certification.credited.{'part' if only else 'all'}")]


def _quantity(asked, lines, part):
    total = total_of(lines)
    if part:
        wrong = total is None or not 0 < total < asked.quantity
    else:
        wrong = total != asked.quantity
    if wrong:
        code = f"certification.credit.{'part' if part else 'all'}"
        said = NOTHING if total is None else plain(total)
        yield found(
            "error", RULES, code, f"{lines[0].place}/quantity",
            line=asked.ref, expected=plain(asked.quantity), found=said,
        )  # fmt: skip


def _price(asked, lines):
    for line in lines:
        if line.price is not None and line.price != asked.price:
            yield found(
                "error", RULES, "certification.credit.price", f"{line.place}/price",
                line=asked.ref, expected=plain(asked.price), found=plain(line.price),
            )  # fmt: skip


def _amounts(note):
    """``{order line: what is credited, and how far it is rounded}``; only of lines that say it."""
    amounts = defaultdict(lambda: (Fraction(0), Fraction(0)))
    for line in note.invoice_lines:
        reference, amount = line.order_line_reference, line.line_extension_amount
        if reference and amount:
            total, slack = amounts[reference.line_id]
            # Half a unit of the last digit: a currency without decimals rounds further than one with two.
            half = Fraction(10) ** amount.value.as_tuple().exponent / 2
            amounts[reference.line_id] = total + Fraction(amount.value), slack + half
    return amounts


def _amount(asked, lines, credited):
    (amount, slack), total = credited, total_of(lines)
    due = (total or 0) * (asked.price or 0)
    if amount > due + slack:
        yield found(
            "error", RULES, "certification.credit.amount", f"{lines[0].place}/line_extension_amount",
            line=asked.ref, expected=plain(due) if total else NONE, found=plain(amount),
        )  # fmt: skip
