"""What the test bench checks: a partner's answer to a test order, on three levels.

*syntax* — could the file be read; *rules* — does it say what this test asks for; *references* — does it carry
our numbers, codes, units and currency as we sent them. Every finding says in words what is wrong, where, and
what to correct. Nothing here needs Odoo.
"""

import hashlib
import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from . import certification_words  # noqa: F401 (registers the sentences)
from .canonical import Document, Order
from .certification_words import NONE, NOTHING
from .errors import CATALOGUE, DeviationHeld, TradeError, rendered, said

SYNTAX, RULES, REFERENCES = "syntax", "rules", "references"
#: what a test may ask for
ACCEPTED, CHANGED, REJECTED, PARTIAL = "accepted", "changed", "rejected", "partial"
MALFORMED, DUPLICATE = "malformed", "duplicate"
ANSWERS = (ACCEPTED, CHANGED, REJECTED, PARTIAL)
_NO = "7"  # UNTDID 1229: a line that is not accepted
_WHOLE = {"AP": "accepted", "RE": "rejected"}  # codes that answer without lines


class Finding(NamedTuple):
    """One thing that was found.

    :ivar level: ``ok``, ``warning`` or ``error``; one error and the test is not passed
    :ivar stage: ``syntax``, ``rules`` or ``references``
    :ivar text: for people here, as ``remedy``; partners read ``code`` and ``params`` in their language
    :ivar params: JSON-able values of the sentences of ``code``; ``None``: it has no code
    :ivar cause: the class of the error that our own processing ended with; its sentences are for our people,
        pages for partners have others. Empty: the sentences are for everybody.
    """

    level: str
    stage: str
    code: str
    text: str
    place: str = ""
    remedy: str = ""
    params: dict[str, Any] | None = None
    cause: str = ""

    def as_dict(self) -> dict[str, Any]:
        return self._asdict()


def found(level: str, stage: str, code: str, place: str = "", **params: Any) -> Finding:
    """A finding with the words of its code; see :mod:`.certification_words`."""
    words, params = CATALOGUE[code], said(code, **params)["params"]
    message, remedy = rendered(words.message, params), rendered(words.remedy, params)
    return Finding(level, stage, code, message, place, remedy, params)


def of_error(level: str, stage: str, error: TradeError, cause: str = "") -> Finding:
    """What an error says, as a finding."""
    return Finding(
        level, stage, error.code, error.message, error.pointer or "", error.remedy, dict(error.params), cause
    )


def passes(findings: Iterable[Finding]) -> bool:
    """Whether nothing in ``findings`` stands against passing; nothing found is no proof."""
    findings = list(findings)
    return bool(findings) and not any(one.level == "error" for one in findings)


# -- what a line says --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of any document, as far as tests look at it."""

    place: str
    ref: str | None
    status: str | None = None
    quantity: Fraction | None = None
    unit: str | None = None
    price: Fraction | None = None
    currency: str | None = None
    day: date | None = None
    item: Any = None


def lines_of(document: Document) -> list[Line]:
    """The lines of a document with the order lines they speak about."""
    read = []
    [name] = document.LINES
    for index, line in enumerate(document.lines):
        place = f"/{name}/{index}"
        reference = getattr(line, "order_line_reference", None)
        ref = reference.line_id if reference else None
        if isinstance(document, Order):
            ref = line.id
        quantity = getattr(line, "delivered_quantity", None) or getattr(line, "quantity", None)
        price = getattr(line, "price", None)
        period = getattr(line, "promised_delivery_period", None)
        period = period or getattr(line, "requested_delivery_period", None)
        read.append(
            Line(
                place,
                ref,
                getattr(line, "line_status_code", None),
                Fraction(quantity.value) if quantity else None,
                quantity.unit_code if quantity else None,
                Fraction(price.price_amount.value) / Fraction(price.base) if price else None,
                price.price_amount.currency_id if price else None,
                period.latest if period else None,
                None if getattr(line, "seller_substituted_item", None) else getattr(line, "item", None),
            )
        )
    return read


# -- syntax ------------------------------------------------------------------------------------------


def syntax(error: TradeError | None) -> list[Finding]:
    """What the codec said about a file; ``None``: it could be read."""
    if error is None:
        return [found("ok", SYNTAX, "certification.read")]
    return [of_error("error", SYNTAX, one) for one in error.errors]


def refusal(error: TradeError | None) -> list[Finding]:
    """Whether a file that was broken on purpose is refused, and for the right reason: because it cannot be
    read, not because something else is in the way."""
    if error is None:
        return [found("error", SYNTAX, "certification.not_broken")]
    other = [one for one in error.errors if one.exception_class != "validation"]
    if other:
        wrong = found("error", SYNTAX, "certification.other_reason")
        return [wrong, *(of_error("warning", SYNTAX, one, _cause(one)) for one in other)]
    return [
        found("ok", SYNTAX, "certification.refused", one.pointer or "", reason=one.words)
        for one in error.errors
    ]


def breaks(raw: bytes) -> Iterator[bytes]:
    """A good file, broken on purpose in one way after the other; always the same ways."""
    yield raw[: len(raw) * 2 // 3]
    yield raw.translate(bytes.maketrans(b"0123456789", b"xxxxxxxxxx"))
    yield raw[len(raw) // 3 :]


# -- references --------------------------------------------------------------------------------------


def references(order: Order, document: Document, named: Iterable[str] | None = None) -> list[Finding]:
    """Whether an answer names our order, lines, items, units and currency as we sent them.

    :param named: the numbers of orders in it; ``None``: it has to name ours
    """
    findings = order_number(order, document.threads if named is None else named)
    findings += _currency(order, document)
    asked = {line.ref: line for line in lines_of(order)}
    for line in lines_of(document):
        if line.status == "1":
            continue  # added by the seller: there is nothing of ours to carry
        if line.ref is None:
            findings.append(
                found("error", REFERENCES, "certification.no_line", line.place, lines=names(asked))
            )
        elif line.ref not in asked:
            findings.append(
                found(
                    "error",
                    REFERENCES,
                    "certification.unknown_line",
                    line.place,
                    line=line.ref,
                    lines=names(asked),
                )
            )
        else:
            findings += _line_references(asked[line.ref], line)
    return findings or [found("ok", REFERENCES, "certification.carried")]


def order_number(asked: Document, named: Iterable[str]) -> list[Finding]:
    """Whether these numbers of orders are ours."""
    return [
        found(
            "error", REFERENCES, "certification.other_order", "/order_reference/id",
            expected=asked.id, found=number,
        )
        for number in named
        if number != asked.id
    ]  # fmt: skip


def _currency(order, document):
    expected = order.document_currency_code
    given = getattr(document, "document_currency_code", None)
    seen = {given: "/document_currency_code"} if given else {}
    for line in lines_of(document):
        if line.currency:
            seen.setdefault(line.currency, f"{line.place}/price")
    for currency, place in seen.items():
        if currency != expected:
            yield found(
                "error", REFERENCES, "certification.currency", place, expected=expected, found=currency
            )


def _line_references(asked, line):
    if line.unit and line.unit != asked.unit:
        yield found(
            "error", REFERENCES, "certification.unit", f"{line.place}/quantity",
            line=line.ref, expected=asked.unit, found=line.unit,
        )  # fmt: skip
    given = codes_of(line.item)
    for kind, code in codes_of(asked.item).items():
        if kind in given and given[kind] != code:
            yield found(
                "error", REFERENCES, "certification.item", f"{line.place}/item",
                line=line.ref, kind=said(f"certification.item.{kind}"), expected=code, found=given[kind],
            )  # fmt: skip


def codes_of(item: Any) -> dict[str, str]:
    """Whose code → the code, of an item."""
    named = {
        "sellers": getattr(item, "sellers_item_identification", None),
        "buyers": getattr(item, "buyers_item_identification", None),
        "standard": getattr(item, "standard_item_identification", None),
    }
    return {kind: identifier.id for kind, identifier in named.items() if identifier}


# -- rules -------------------------------------------------------------------------------------------


def rules(order: Order, document: Document, expected: Mapping[str, Any]) -> list[Finding]:
    """Whether an answer says what the test asks for.

    :param expected: ``{"outcome": "accepted" | "changed" | "rejected" | "partial", "line": the order line the
        test is about, "what": "price" | "day" | "quantity" (of changed), "price": the new one (optional)}``
    """
    outcome = expected.get("outcome", ACCEPTED)
    code = getattr(document, "order_response_code", None)
    if code == "AB":
        return [found("error", RULES, "certification.receipt_only", "/order_response_code")]
    asked = {line.ref: line for line in lines_of(order)}
    answered = by_ref(lines_of(document), asked)
    if not document.lines and code in _WHOLE:
        return [_whole(outcome, _WHOLE[code])]
    findings = [] if outcome == REJECTED and code == "RE" else _missing(asked, answered)
    for ref, line in asked.items():
        for answer in answered.get(ref, ())[:1]:
            total = total_of(answered[ref])
            special = outcome == REJECTED or ref == expected.get("line")
            check = _CHECKS[outcome] if special else _as_ordered
            findings += check(line, answer, total, expected)
    return findings or [found("ok", RULES, f"certification.as_expected.{outcome}")]


def by_ref(lines: Iterable[Line], asked: Container[str]) -> dict[str, list[Line]]:
    """The lines about each of the order lines that were asked for."""
    named: dict[str, list[Line]] = {}
    for line in lines:
        if line.ref in asked:
            named.setdefault(line.ref, []).append(line)
    return named


def total_of(lines: Iterable[Line]) -> Fraction | None:
    """The quantity of all these lines; ``None`` when none of them says one."""
    quantities = [line.quantity for line in lines if line.quantity is not None]
    return sum(quantities) if quantities else None


def _whole(outcome, told):
    if outcome == told:
        return found("ok", RULES, f"certification.as_expected.{outcome}")
    return found(
        "error", RULES, "certification.whole", "/order_response_code",
        expected=said(f"certification.answer.{outcome}"), found=said(f"certification.answer.{told}"),
    )  # fmt: skip


def _missing(asked, answered):
    if left := [ref for ref in asked if ref not in answered]:
        return [found("error", RULES, "certification.left_out", lines=names(left))]
    return []


def _as_ordered(asked, answer, total, _expected):
    """Everything about a line is as ordered."""
    where = {"line": asked.ref}
    if answer.status == _NO:
        yield found("error", RULES, "certification.line_rejected", answer.place, **where)
        return
    if total is not None and total != asked.quantity:
        yield found(
            "error", RULES, "certification.quantity", f"{answer.place}/quantity",
            expected=plain(asked.quantity), found=plain(total), **where,
        )  # fmt: skip
    if answer.price is not None and asked.price is not None and answer.price != asked.price:
        yield found(
            "error", RULES, "certification.price", f"{answer.place}/price",
            expected=plain(asked.price), found=plain(answer.price), **where,
        )  # fmt: skip
    if answer.day and asked.day and answer.day > asked.day:
        yield found(
            "error", RULES, "certification.day", answer.place,
            expected=asked.day.isoformat(), found=answer.day.isoformat(), **where,
        )  # fmt: skip


def _rejected(asked, answer, total, _expected):
    if answer.status != _NO:
        yield found("error", RULES, "certification.not_rejected", answer.place, line=asked.ref)


def _short(asked, answer, total, _expected):
    where = {"line": asked.ref, "expected": plain(asked.quantity)}
    if answer.status == _NO or (total is not None and total <= 0):
        yield found("error", RULES, "certification.nothing", answer.place, **where)
    elif total is None or total >= asked.quantity:
        short = NOTHING if total is None else plain(total)
        yield found(
            "error", RULES, "certification.not_short", f"{answer.place}/quantity", found=short, **where
        )


def _changed(asked, answer, total, expected):
    what, wanted = expected.get("what", "price"), expected.get("price")
    where = {"line": asked.ref}
    if what == "price":
        if answer.price is None or answer.price == asked.price:
            yield found(
                "error", RULES, "certification.not_changed.price", f"{answer.place}/price",
                found=plain(asked.price), **where,
            )  # fmt: skip
        elif wanted is not None and answer.price != Fraction(str(wanted)):
            yield found(
                "error", RULES, "certification.price", f"{answer.place}/price",
                expected=plain(Fraction(str(wanted))), found=plain(answer.price), **where,
            )  # fmt: skip
    elif what == "day" and (answer.day is None or not asked.day or answer.day <= asked.day):
        yield found(
            "error", RULES, "certification.not_changed.day", answer.place,
            found=asked.day.isoformat() if asked.day else NONE, **where,
        )  # fmt: skip
    elif what == "quantity" and (total is None or total == asked.quantity):
        yield found(
            "error", RULES, "certification.not_changed.quantity", f"{answer.place}/quantity",
            found=plain(asked.quantity), **where,
        )  # fmt: skip


_CHECKS = {ACCEPTED: _as_ordered, CHANGED: _changed, REJECTED: _rejected, PARTIAL: _short}


def outcome(result: Mapping[str, Any], expected: Mapping[str, Any]) -> list[Finding]:
    """What the dry run did with an answer. What our processing says itself stands beside it, with its cause.

    :param result: as the pipeline's dry run returns it: ``{"state", "error"}``
    :param expected: as of :func:`rules`; what shall be as ordered must need nobody's decision. ``held``: the
        code of an error that is what the test asks for, because then one of us has to act
    """
    if result["state"] not in ("held", "ignored"):
        return [found("ok", RULES, f"certification.would_be.{result['state']}")]
    error = TradeError.from_dict(result["error"])
    if result["state"] == "ignored":
        return [
            found("error", RULES, "certification.ignored"),
            of_error("warning", RULES, error, "ignored"),
        ]
    if not isinstance(error, DeviationHeld) and error.code != expected.get("held"):
        return [of_error("error", RULES, one, _cause(one)) for one in error.errors]
    as_asked = expected.get("outcome", ACCEPTED) != ACCEPTED
    level, code = ("ok", "certification.to_decide") if as_asked else ("error", "certification.differs")
    reason = "ok" if as_asked else "warning"
    return [found(level, RULES, code), of_error(reason, RULES, error, "deviation")]


def _cause(error):
    """``deviation``, or the error's class; empty for what is wrong with the document itself."""
    if isinstance(error, DeviationHeld):
        return "deviation"
    return "" if error.exception_class == "validation" else error.exception_class or "internal"


def once(results: list[Mapping[str, Any]], expected: Mapping[str, Any]) -> list[Finding]:
    """Whether the same document twice has one effect."""
    first, second = results
    code = (second.get("error") or {}).get("code")
    if code == "document.duplicate" and not second.get("effects"):
        again = found("ok", RULES, "certification.once")
    else:
        other = code == "document.other_content"
        again = found("error", RULES, f"certification.{'other_content' if other else 'twice'}")
    return [*outcome(first, expected), again]


# -- proof -------------------------------------------------------------------------------------------


def digest(values: Any) -> str:
    """SHA-256 of JSON-able values; equal for equal values, whatever the order of their keys."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def names(refs: Iterable[str]) -> str:
    """Numbers of lines for a sentence."""
    refs = list(refs)
    return ", ".join(refs[:8]) + (", …" if len(refs) > 8 else "")


def plain(number: Fraction | None) -> str:
    if number is None:
        return NONE
    return f"{float(number):.6f}".rstrip("0").rstrip(".")
