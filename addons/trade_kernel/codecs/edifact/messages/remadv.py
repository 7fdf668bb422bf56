"""REMADV: the remittance advice, what is paid and for which documents."""

from decimal import Decimal
from typing import Any, ClassVar

from ....canonical import Amount, Document, RemittanceAdvice, RemittanceAdviceLine
from ....canonical.base import plain
from ..._draft import Path
from ..._edi.reading import DEFERRED, Reading, Shape
from ..._edi.syntax import Segment
from ..._edi.texts import TEXT, joined, lines
from ..._edi.values import exact, moment, written
from ..._edi.writing import Writing
from . import _billing
from ._base import SUMMARY, Group
from ._lines import LineMessage, read_day
from ._references import ORDERS
from ._terms import TAKES, write_currency, write_notes

_PARTY = {"NAD": "LOC RFF CTA COM", "CTA": "COM", "RFF": "DTM"}
#: 2005 of when the money moves, and 1153 of the order to pay; the first of each is written
_PAID_ON, _PAYMENT = ("138", "203", "209", "140"), ("PQ", "AEK")
#: 5025 of what is paid, of what the document was for, of the cash discount, the surest first
_PAID, _FOR, _DISCOUNT = ("12", "11", "9"), ("77", "39", "38", "9"), ("52", "21")
_ADJUSTED = "165"
#: 5025 of the whole payment, the surest first
_TOTALS = ("12", "139", "86", "128", "11", "9", "77")
_INVOICE = "380"
#: 1001 of documents that take something back
_CREDITS = frozenset({"81", "83", "261", "262", "308", "381", "396", "420", "458", "532"})
_CENT = Decimal("0.01")


class Remadv(LineMessage):
    """Each DOC is a line: what is paid for one invoice, or kept back for one credit note."""

    types: ClassVar = ("REMADV",)
    documents: ClassVar = ("remittance_advice",)
    code: ClassVar = "481"
    sender: ClassVar = "payer_party"
    receiver: ClassVar = "payee_party"
    field: ClassVar = "remittance_lines"
    starts: ClassVar = {"DOC": "line"}
    shapes: ClassVar = {
        "header": Shape("BGM DTM RFF FII PAI FTX NAD CUX", _PARTY | {"CUX": "DTM"}),
        "line": Shape(
            "DOC MOA DTM RFF NAD FTX CUX AJT INP DLI",
            _PARTY | {"AJT": "MOA RFF FTX", "CUX": "DTM", "DLI": "MOA PIA DTM AJT"},
        ),
        "summary": SUMMARY,
    }
    parties: ClassVar = {
        "PR": "payer_party",
        "OY": "payer_party",
        "PE": "payee_party",
        "BE": "payee_party",
    }
    stand_ins: ClassVar = {
        "BY": "payer_party",
        "IV": "payer_party",
        "SU": "payee_party",
        "SE": "payee_party",
        "II": "payee_party",
    }
    places: ClassVar = frozenset()
    takes: ClassVar = {
        **TAKES,
        **_billing.TAKES,
        "BGM": "1.1=481 2.1 2.3 3.1=9|5",
        "FII": "1=RB 2.1 3.1",
        "DOC": "1.1 2.1",
        "AJT": "1",
        "RFF": "1.1-4",
        "FTX": "1 2 4.1-5",
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgm(2), bgm, 2)
        self.read_function(reading, bgm)
        return None

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) not in _PAID_ON:
            return super().header_dtm(reading, group)
        return _billing.gather(self, "header", reading, group, ("days", _PAID_ON), _put_day)

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        rff = group[0]
        if self.read_revision(reading, rff):
            return group[1:]
        if rff(1) not in _PAYMENT or not rff(1, 2) or reading.has("payment_order_reference"):
            return group
        reading.put("payment_order_reference", rff(1, 2), rff, 1, 2)
        return group[1:]

    def header_fii(self, reading: Reading, group: Group) -> Group | None:
        """The account of who is paid; the payer's stays as it stands."""
        fii, path = group[0], ("payment_means", "payee_financial_account")
        other = ("payment_means", "financial_institution")
        known = reading.has(*path) or reading.has(*other)
        if fii(1) in _billing.PAYERS or known or not (fii(2) or fii(3)):
            return group
        reading.put(path, fii(2), fii, 2)
        reading.put(other, fii(3), fii, 3)
        return None

    def header_pai(self, reading: Reading, group: Group) -> Group | None:
        pai, path = group[0], ("payment_means", "payment_means_code")
        if not pai(1, 3) or reading.has(*path):
            return group
        reading.put(path, pai(1, 3), pai, 1, 3)
        return None

    # -- lines -------------------------------------------------------------------------------------
    def line_doc(self, reading: Reading, group: Group) -> Group | None:
        doc = group[0]
        index = len(reading.draft.values.get(self.field, ()))
        path = (self.field, index)
        reading.begin(path, self.shape("line"))
        reading.draft.line(self.field, (doc,))
        reading.put("id", str(index + 1), doc)
        if doc(2):
            reading.put(("billing_reference", "id"), doc(2), doc, 2)
            reading.put(("billing_reference", "document_type_code"), doc(1), doc, 1)
        amounts: list[Group] = []
        adjustments: list[Group] = []
        reading.state |= {"amounts": amounts, "adjustments": adjustments}
        reading.later(lambda: self._conclude(reading, amounts, adjustments))
        if doc(1) in _CREDITS:
            reading.state.setdefault("credits", []).append(index)
        # Without a number it is a payment on account.
        return None if doc(2) or doc(1) in ("", _INVOICE) else group

    def line_moa(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) not in (*_PAID, *_FOR, *_DISCOUNT) or not group[0](1, 2):
            return group
        reading.state["amounts"].append(group)
        return DEFERRED

    def line_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm, path = group[0], (*reading.path, "billing_reference", "issue_date")
        known = reading.has("billing_reference", "id") and not reading.has("billing_reference", "issue_date")
        done = known and dtm(1) in ("137", "171", "3") and read_day(reading, path, dtm)
        return None if done else group

    def line_rff(self, reading: Reading, group: Group) -> Group | None:
        rff = group[0]
        if rff(1) not in ORDERS or not rff(1, 2) or reading.has("order_reference"):
            return group
        reading.put(("order_reference", "id"), rff(1, 2), rff, 1, 2)
        path = (*reading.path, "order_reference", "issue_date")
        return [one for one in group[1:] if one(1) != "171" or not read_day(reading, path, one)]

    def line_ajt(self, reading: Reading, group: Group) -> Group | None:
        reading.state["adjustments"].append(group)
        return DEFERRED

    def _conclude(self, reading: Reading, amounts: list[Group], adjustments: list[Group]) -> None:
        found: dict[str, Group] = {}
        for group in amounts:
            found.setdefault(group[0](1), group)
        for name, kinds in (("paid_amount", _PAID), ("invoice_amount", _FOR), ("discount_amount", _DISCOUNT)):
            kind = next((kind for kind in kinds if kind in found), None)
            if kind:
                moa = found.pop(kind)[0]
                reading.put(name, reading.amount(moa(1, 2), moa(1, 3)), moa, 1, 2)
        left = {id(group) for group in found.values()}
        understood = {id(group) for group in amounts if group[0](1) not in found} - left
        seen: set[str] = set()
        for group in amounts:
            first = group[0](1) not in seen
            seen.add(group[0](1))
            self.settle("line", reading, group, [] if first and id(group) in understood else group)
        for group in adjustments:
            self.settle("line", reading, group, _read_adjustment(reading, group))
        _sign_adjustments(reading)

    # -- totals ------------------------------------------------------------------------------------
    def summary_moa(self, reading: Reading, group: Group) -> Group | None:
        return _billing.gather(self, "summary", reading, group, ("totals", _TOTALS), _put_total)

    def summary_cnt(self, reading: Reading, group: Group) -> Group | None:
        return group

    def finish(self, reading: Reading) -> None:
        _sign_credits(reading)
        _billing.name_currency(reading)
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def reduced(self, document: Document) -> Document:
        """A document paid that names no kind is an invoice."""
        found = [
            line.model_copy(update={"billing_reference": reference.model_copy(update=_NO_KIND)})
            if (reference := line.billing_reference) and reference.document_type_code == _INVOICE
            else line
            for line in document.remittance_lines
        ]
        return document.model_copy(update={"remittance_lines": tuple(found)})

    def write(self, document: RemittanceAdvice, out: Writing) -> None:
        means = document.payment_means
        out.open(self.shape("header"), document.extensions)
        purpose = "5" if document.sequence_number else "9"
        out.add("BGM", self.code, self.numbered(out, document), purpose)
        self.write_dates(out, document)
        if document.payment_date:
            out.add("DTM", (_PAID_ON[0], *written(document.payment_date, None)))
        self.write_revision(out, document)
        if document.payment_order_reference:
            out.add("RFF", (_PAYMENT[0], document.payment_order_reference))
        for segment in _billing.accounts([means] if means else []):
            out.add(*segment)
        if means and means.payment_means_code:
            out.add("PAI", ("", "", means.payment_means_code))
        write_notes(out, document.note)
        self.write_parties(out, document)
        if not out.kept("CUX"):
            write_currency(out, document.document_currency_code, "11")
        out.close()
        for line in document.remittance_lines:
            self._write_line(out, line)
        self.close(out, document, len(document.remittance_lines))

    def close(self, out: Writing, document: RemittanceAdvice, lines: int) -> None:
        out.add("UNS", "S")
        out.open(self.shape("summary"), document.extensions, "summary")
        _write_amount(out, _TOTALS[0], document.total_payment_amount)
        out.close()

    def _write_line(self, out: Writing, line: RemittanceAdviceLine) -> None:
        out.open(self.shape("line"), line.extensions)
        reference = line.billing_reference
        if reference or not out.kept("DOC"):
            code = (reference and reference.document_type_code) or _INVOICE
            out.add("DOC", (code,), (reference.id if reference else "",))
        _write_amount(out, _PAID[0], line.paid_amount)
        _write_amount(out, _FOR[0], line.invoice_amount)
        _write_amount(out, _DISCOUNT[0], line.discount_amount)
        if reference and reference.issue_date:
            out.add("DTM", ("171", *written(reference.issue_date, None)))
        if line.order_reference:
            out.add("RFF", (ORDERS[0], line.order_reference.id))
            if line.order_reference.issue_date:
                out.add("DTM", ("171", *written(line.order_reference.issue_date, None)))
        write_notes(out, line.note)
        for one in line.adjustments:
            out.add("AJT", one.reason_code or "ZZZ")
            _write_amount(out, _ADJUSTED, one.amount)
            for parts in lines(one.reason) if one.reason else ():
                out.add("FTX", "AAI", "", "", parts)
        out.close()


_NO_KIND = {"document_type_code": None}


def _write_amount(out: Writing, kind: str, amount: Amount | None) -> None:
    if amount:
        out.add("MOA", (kind, out.number(amount.value), amount.currency_id))


def _put_day(reading: Reading, dtm: Segment) -> bool:
    on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
    if at or not on or reading.has("payment_date"):
        return False
    reading.put("payment_date", on, dtm, 1, 2)
    return True


def _put_total(reading: Reading, moa: Segment) -> bool:
    if reading.draft.get(("total_payment_amount",)) is not None:
        return False
    reading.draft.put(("total_payment_amount",), reading.amount(moa(1, 2), moa(1, 3)), (moa, 1, 2))
    return True


def _read_adjustment(reading: Reading, group: Group) -> Group:
    """AJT: a difference, why and how much; what of the group is left."""
    ajt, left = group[0], []
    found: dict[str, Any] = {"reason_code": ajt(1)}
    for segment in group[1:]:
        text = joined(segment.composite(4)[:5], TEXT).strip() if segment.tag == "FTX" else ""
        if segment.tag == "MOA" and segment(1, 2) and "amount" not in found:
            found["amount"] = reading.amount(segment(1, 2), segment(1, 3))
        elif text and not segment(3) and "reason" not in found:
            found["reason"] = text
        else:
            left.append(segment)
    if "amount" not in found:
        return group
    if found["reason_code"] in ("", "ZZZ"):
        del found["reason_code"]
    reading.draft.append((*reading.path, "adjustments"), found, (ajt, 1))
    return left


def _sign_adjustments(reading: Reading) -> None:
    """An adjustment is below zero when less is paid for it; not everybody writes it so."""
    adjustments = reading.get("adjustments") or ()
    paid, due = _value(reading, "paid_amount"), _value(reading, "invoice_amount")
    if not adjustments or paid is None or due is None:
        return
    rest = due - abs(_value(reading, "discount_amount") or Decimal(0)) - paid
    amounts = [exact(one["amount"]["value"]) for one in adjustments]
    if not all(amount.is_finite() for amount in amounts):
        return
    total = sum(amounts)
    if abs(rest + total) > _CENT and abs(rest - total) <= _CENT:
        for one in adjustments:
            one["amount"]["value"] = _turned(one["amount"]["value"])


def _value(reading: Reading, name: str) -> Decimal | None:
    value = exact(reading.get(name, "value") or "")
    return value if value.is_finite() else None


def _sign_credits(reading: Reading) -> None:
    """What is taken back lessens the payment, unless the total says that it was added as it stands."""
    draft, credits = reading.draft, reading.state.get("credits", [])
    paths: list[Path] = [("remittance_lines", index, "paid_amount", "value") for index in credits]
    paths = [path for path in paths if _positive(draft.get(path))]
    if not paths:
        return
    total = exact(draft.get(("total_payment_amount", "value")) or "")
    lines = draft.get(("remittance_lines",))
    paid = [exact((line.get("paid_amount") or {}).get("value") or "") for line in lines]
    if total.is_finite() and abs(sum(one for one in paid if one.is_finite()) - total) <= _CENT:
        return
    for path in paths:
        for name in ("paid_amount", "invoice_amount"):
            one = draft.get((*path[:2], name))
            if one and _positive(one["value"]):
                one["value"] = _turned(one["value"])


def _positive(text: str | None) -> bool:
    value = exact(text or "")
    return value.is_finite() and value > 0  # what is no number cannot be compared


def _turned(value: str) -> str:
    return plain(-exact(value))
