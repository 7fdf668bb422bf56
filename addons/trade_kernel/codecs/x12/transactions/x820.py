"""820: the remittance advice: a payment, and what it is for."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import RemittanceAdjustment, RemittanceAdvice, RemittanceAdviceLine
from ....canonical.base import plain
from ..._edi.syntax import Segment
from ..._edi.values import day, exact, number
from ..._edi.writing import Writing
from ._base import DEFERRED, Group, Shape, X12Reading, X12Takes, own_number
from ._dates import read_moment, write_dtm, written_day
from ._lines import LineTransaction
from ._orders import REVISION
from ._prices import PricedLines
from ._terms import write_currency
from ._texts import lines as lines_of
from ._texts import read_text

#: element 591 (BPR04) ⇄ UNCL 4461
_MEANS = {"ACH": "2", "CHK": "20", "FWT": "30"}
_WRITTEN_MEANS = {ours: code for code, ours in _MEANS.items()}
#: element 128 ⇄ UNTDID 1001 of what is paid; the order, when it is that
_TYPES = {"IV": "380", "CM": "381", "DB": "383"}
_WRITTEN = {ours: code for code, ours in _TYPES.items()}
_ORDER, _CHECK, _LINE = "PO", "CK", "LI"
#: element 374: the day of the invoice
_INVOICED = "003"
_NOTES = ("GEN", "ZZZ")
#: element 506 (BPR12): an American bank; element 569 (BPR14): accounts
_ROUTING, _ACCOUNTS = "01", ("DA", "SG")
_BPR = X12Takes("1=I 2 3=C 4 12 13 14 15 16")
_ENT, _ADX = X12Takes("1"), X12Takes("1 2")
#: ADX that is a line of its own: its reason stays as it stands
_LONE = X12Takes("1 3=IV|CM|DB 4")

_DETAIL = "NTE REF DTM IT1 ADX SLN"
_MEMBERS = {
    "N1": "N2 N3 N4 REF PER RDM DLC",
    "NM1": "N2 N3 N4 REF PER",
    "ADX": "NTE PER REF DTM",
    "IT1": "REF SAC TXI TX1 SLN PID",
    "TXP": "TXI",
}


class RemittanceAdviceSet(LineTransaction):
    """RMR is a line, and so is an ADX that stands outside of one. ENT says for whom lines are paid."""

    sets: ClassVar = ("820",)
    group: ClassVar = "RA"
    documents: ClassVar = ("remittance_advice",)
    field: ClassVar = "remittance_lines"
    sender: ClassVar = "payer_party"
    receiver: ClassVar = "payee_party"
    needs_currency: ClassVar = True
    starts: ClassVar[Mapping[str, str]] = {"ENT": "entity", "RMR": "line"}
    places: ClassVar = frozenset()
    parties: ClassVar[Mapping[str, str]] = {"PR": "payer_party", "PE": "payee_party"}
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": Shape("BPR NTE TRN CUR REF DTM N1 TXP ADX", _MEMBERS),
        "entity": Shape("ENT NM1 N1 ADX", _MEMBERS),
        "line": Shape(f"RMR {_DETAIL}", _MEMBERS),
        "alone": Shape("ADX NTE PER REF DTM", _MEMBERS),
    }
    takes: ClassVar[Mapping[str, str]] = {
        "TRN": "1=1 2",
        "CUR": "1=PR 2",
        "RMR": "1=IV|CM|DB|PO 2 4 5 6 7 8",
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bpr(self, reading: X12Reading, group: Group) -> Group | None:
        bpr = group[0]
        if reading.state.get("bpr"):
            return group
        reading.state["bpr"] = True
        # Some leave BPR11 out, without its separator.
        left = 1 if bpr(13).upper() in _ACCOUNTS and bpr(11) == _ROUTING and not bpr(16) else 0
        bank, account, on = 13 - left, 15 - left, 16 - left
        reading.put("total_payment_amount", reading.amount(number(bpr(2))), bpr, 2)
        reading.put("payment_date", day(bpr(on)), bpr, on)
        means = _MEANS.get(bpr(4).upper())
        reading.put(("payment_means", "payment_means_code"), means, bpr, 4)
        reading.put(("payment_means", "payee_financial_account"), bpr(account), bpr, account)
        reading.put(("payment_means", "financial_institution"), bpr(bank), bpr, bank)
        extras = {"4.1": bpr(4)} if bpr(4) and not means else {}
        for place, usual in ((12, _ROUTING), (14, "DA")):
            kind = bpr(place - left)
            if kind and not (kind == usual and bpr(place + 1 - left)):
                extras[f"{place}.1"] = kind
        others = _BPR.extras(bpr)
        if left:
            others = {place: value for place, value in others.items() if place != "11.1"}
        if others | extras:
            reading.kept.elements[reading.kept.key("BPR", "")] = others | extras
        return DEFERRED

    def header_trn(self, reading: X12Reading, group: Group) -> Group | None:
        trn = group[0]
        if not trn(2) or reading.has("payment_order_reference"):
            return group
        reading.put("payment_order_reference", trn(2), trn, 2)
        return None

    def header_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        if ref(1) == "TN" and ref(2) and not reading.has("id"):
            reading.put("id", ref(2), ref, 2)
            return group[1:]
        if ref(1) == REVISION and ref(2).isdecimal() and not reading.has("sequence_number"):
            reading.put("sequence_number", int(ref(2)[:9]), ref, 2)
            return group[1:]
        if ref(1) == _CHECK and ref(2) and not reading.has("payment_means", "payment_id"):
            reading.put(("payment_means", "payment_id"), ref(2), ref, 2)
            return group[1:]
        return group

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        dtm = group[0]
        if dtm(1) != "097" or not dtm(2) or reading.has("issue_date"):
            return group
        on, at = read_moment(reading, dtm, 2)
        reading.put("issue_date", on, dtm, 2)
        reading.put("issue_time", at, dtm, 3)
        return None

    def header_adx(self, reading: X12Reading, group: Group) -> Group | None:
        return self._lone(reading, group)

    # -- whom it is for ----------------------------------------------------------------------------
    def entity_ent(self, reading: X12Reading, group: Group) -> Group | None:
        ent = group[0]
        count = reading.state["entity"] = reading.state.get("entity", 0) + 1
        reading.begin((), self.shape("entity"), "entities", str(count))
        extras = _ENT.extras(ent) | ({"1.1": ent(1)} if ent(1) != str(count) else {})
        if extras:
            reading.kept.elements[reading.kept.key("ENT", "")] = extras
        return DEFERRED

    def entity_adx(self, reading: X12Reading, group: Group) -> Group | None:
        return self._lone(reading, group)

    # -- lines -------------------------------------------------------------------------------------
    def _begin(self, reading: X12Reading, segment: Segment, shape: str = "line") -> None:
        index = len(reading.draft.values.get(self.field, ()))
        reading.begin((self.field, index), self.shape(shape))
        reading.draft.line(self.field, (segment,))
        reading.put("id", str(index + 1), segment)
        self._first(reading)

    def _first(self, reading: X12Reading) -> None:
        """The first line of an entity keeps what is said of it: there may be thousands."""
        count = reading.state.get("entity", 0)
        if count == reading.state.get("placed", 0):
            return
        reading.state["placed"] = count
        extensions = reading.draft.values.get("extensions") or {}
        found = (extensions.get("entities") or {}).pop(str(count), {})
        if not extensions.get("entities", True):
            del extensions["entities"]
        if not extensions:
            reading.draft.values.pop("extensions", None)
        found = {"number": str(count)} | found if count > 1 else found
        if found:
            reading.draft.put((*reading.path, "extensions", "entity"), found)

    def line_rmr(self, reading: X12Reading, group: Group) -> Group | None:
        rmr = group[0]
        self._begin(reading, rmr)
        kind = rmr(1).upper()
        self._paid_for(reading, kind, rmr, 2)
        reading.put("paid_amount", reading.amount(number(rmr(4)) or _paid(rmr)), rmr, 4 if rmr(4) else 5)
        reading.put("invoice_amount", reading.amount(number(rmr(5))), rmr, 5)
        reading.put("discount_amount", reading.amount(number(rmr(6))), rmr, 6)
        if rmr(8):
            found = {"reason_code": rmr(7), "amount": reading.amount(number(rmr(8)))}
            found = {name: value for name, value in found.items() if value}
            reading.draft.append((*reading.path, "adjustments"), found, (rmr, 8))
        elif rmr(7):
            reading.kept.elements[reading.kept.key("RMR", "")] = {
                **self._takes["RMR"].extras(rmr),
                "7.1": rmr(7),
            }
            return DEFERRED
        return None

    def _paid_for(self, reading: X12Reading, kind: str, segment: Segment, element: int) -> None:
        """The invoice, or the order, that is paid."""
        if kind == _ORDER:
            reading.put(("order_reference", "id"), segment(element), segment, element)
            return
        reading.put(("billing_reference", "id"), segment(element), segment, element)
        if segment(element):
            path = ("billing_reference", "document_type_code")
            reading.put(path, _TYPES.get(kind), segment, element - 1)

    def _lone(self, reading: X12Reading, group: Group) -> Group | None:
        """An ADX that belongs to no RMR: so much is taken off, or added, for a document of its own."""
        adx = group[0]
        self._begin(reading, adx, "alone")
        reading.draft.put((*reading.path, "extensions", "alone"), True)
        reading.put("paid_amount", reading.amount(number(adx(1))), adx, 1)
        self._paid_for(reading, adx(3).upper(), adx, 4)
        if extras := _LONE.extras(adx):
            reading.kept.elements[reading.kept.key("ADX", "")] = extras
        for one in self.shape("line").groups(group[1:], lambda segment: segment.tag):
            self.dispatch("line", reading, one)
        return DEFERRED

    def line_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        if not ref(2) or any(ref(place) for place in range(3, len(ref) + 1)):
            return group
        if ref(1) == _ORDER and not reading.has("order_reference"):
            reading.put(("order_reference", "id"), ref(2), ref, 2)
            return group[1:]
        if ref(1) == _LINE and "own" not in reading.gathered:
            reading.gathered["own"] = True
            reading.put("id", ref(2), ref, 2)
            return group[1:]
        return group

    def line_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        dtm = group[0]
        path = ("billing_reference", "issue_date")
        if dtm(1) != _INVOICED or not dtm(2) or dtm(3) or not reading.has("billing_reference", "id"):
            return group
        if reading.has(*path):
            return group
        reading.put(path, read_moment(reading, dtm, 2)[0], dtm, 2)
        return None

    def line_adx(self, reading: X12Reading, group: Group) -> Group | None:
        adx = group[0]
        if not adx(1):
            return group
        notes = [one for one in group[1:] if one.tag == "NTE" and one(2)][:1]
        reason = notes[0](2) if notes and notes[0](1) == _NOTES[0] else ""
        found = {"reason_code": adx(2), "reason": reason, "amount": reading.amount(number(adx(1)))}
        found = {name: value for name, value in found.items() if value}
        count = reading.draft.append((*reading.path, "adjustments"), found, (adx, 1))
        extras, key = _ADX.extras(adx), "ADX" if not count else f"ADX#{count + 1}"
        if extras:
            reading.kept.elements[key] = extras
        rest = [one.portable for one in group[1:] if not (reason and one is notes[0])]
        if rest:
            reading.kept.groups[key] = rest
        return DEFERRED

    def line_nte(self, reading: X12Reading, group: Group) -> Group | None:
        return read_text(reading, group)

    # -- after the last segment --------------------------------------------------------------------
    def finish(self, reading: X12Reading) -> None:
        draft = reading.draft
        if draft.get(("id",)) is None:
            means = draft.get(("payment_means", "payment_id"))
            named = draft.get(("payment_order_reference",)) or means
            draft.put(("id",), named or own_number(reading, None))
        super().finish(reading)
        PricedLines.in_currency(reading, draft.get(("document_currency_code",)))  # CUR follows BPR

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: RemittanceAdvice, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        self._write_bpr(out, document)
        _write_notes(out, document.note)
        if document.payment_order_reference:
            out.add("TRN", "1", document.payment_order_reference)
        write_currency(out, currency_of(document), "PR")
        means = document.payment_means
        paid = means and means.payment_id
        if paid:
            out.add("REF", _CHECK, paid)
        if document.id != (document.payment_order_reference or paid):
            out.add("REF", "TN", document.id)
        if document.sequence_number:
            out.add("REF", REVISION, str(document.sequence_number))
        write_dtm(out, "097", document.issue_date, document.issue_time)
        self.write_parties(out, document)
        out.close()
        self._write_lines(out, document)

    def _write_bpr(self, out: Writing, document: RemittanceAdvice) -> None:
        total, means = document.total_payment_amount, document.payment_means
        code = (means and means.payment_means_code) or ""
        if code and code not in _WRITTEN_MEANS:
            raise self.cannot(f"the means of payment {code}", "X12 has another list of them")
        bank = (means and means.financial_institution) or ""
        account = (means and means.payee_financial_account) or ""
        out.add(
            "BPR",
            "I",
            out.number(total.value) if total else "",
            "C",
            _WRITTEN_MEANS.get(code, ""),
            *[""] * 7,
            "01" if bank else "",
            bank,
            "DA" if account else "",
            account,
            written_day(document.payment_date, out),
        )

    def _write_lines(self, out: Writing, document: RemittanceAdvice) -> None:
        empty = document.extensions.get("entities")
        numbers = sorted(int(name) for name in (empty if isinstance(empty, dict) else {}) if name.isdecimal())
        count = 0
        for position, line in enumerate(document.remittance_lines, 1):
            entity = line.extensions.get("entity")
            number_ = str(entity.get("number") or "1") if isinstance(entity, dict) else ""
            if number_ or not count:
                while numbers and numbers[0] < _whole(number_):
                    self._write_entity(out, str(numbers[0]), document.extensions, "entities", str(numbers[0]))
                    numbers.pop(0)
                count = max(_whole(number_), count + 1)
                self._write_entity(out, str(count), line.extensions, "entity")
            self._write_line(out, line, position)
        for number_ in numbers:
            self._write_entity(out, str(number_), document.extensions, "entities", str(number_))

    def _write_entity(self, out: Writing, number_: str, extensions: Mapping[str, Any], *inside: str) -> None:
        out.open(self.shape("entity"), extensions, *inside)
        out.add("ENT", number_)
        out.close()

    def _write_line(self, out: Writing, line: RemittanceAdviceLine, position: int) -> None:
        alone = line.extensions.get("alone")
        out.open(self.shape("alone" if alone else "line"), line.extensions)
        paid, billed, order = line.paid_amount, line.billing_reference, line.order_reference
        kind = (billed and billed.document_type_code) or "380"
        if kind not in _WRITTEN:
            raise self.cannot(f"the payment of a document of type {kind}", "X12 has no code for it")
        named = (_WRITTEN[kind], billed.id) if billed else (_ORDER, order.id) if order else ("", "")
        if alone:
            out.add("ADX", out.number(paid.value), "", *named)
        else:
            amounts = [paid, line.invoice_amount, line.discount_amount]
            out.add("RMR", *named, "", *(out.number(one.value) if one else "" for one in amounts))
        _write_notes(out, line.note)
        if billed and order:
            out.add("REF", _ORDER, order.id)
        if line.id != str(position):
            out.add("REF", _LINE, line.id)
        if billed and billed.issue_date:
            write_dtm(out, _INVOICED, billed.issue_date)
        for adjustment in line.adjustments:
            _write_adjustment(out, adjustment)
        out.close()


def _paid(rmr: Segment) -> str:
    """What is paid where only what was billed is said: that, less the discount, with what is adjusted."""
    if not rmr(5):
        return ""
    total = exact(rmr(5)) - exact(rmr(6) or "0") + exact(rmr(8) or "0")
    return plain(total) if total.is_finite() else number(rmr(5))


def _write_adjustment(out: Writing, adjustment: RemittanceAdjustment) -> None:
    out.add("ADX", out.number(adjustment.amount.value), adjustment.reason_code)
    if adjustment.reason:
        out.add("NTE", _NOTES[0], adjustment.reason)


def _write_notes(out: Writing, notes: tuple[str, ...]) -> None:
    for index, note in enumerate(notes):
        for text in lines_of(note, "NTE"):
            # Every other note has another code, so that they stay apart.
            out.add("NTE", _NOTES[index % 2], text)


def _whole(number_: str) -> int:
    return int(number_[:6]) if number_.isdecimal() else 1


def currency_of(document: RemittanceAdvice) -> str | None:
    """The currency of the payment, where it is not said by itself."""
    lines: Any = document.remittance_lines
    first = document.total_payment_amount or (lines[0].paid_amount if lines else None)
    return document.document_currency_code or (first and first.currency_id)


def reduced(document: RemittanceAdvice) -> RemittanceAdvice:
    """With what is meant where nothing is said: the currency, and that an invoice is paid."""
    lines = []
    for line in document.remittance_lines:
        billed = line.billing_reference
        if billed and not billed.document_type_code:
            billed = billed.model_copy(update={"document_type_code": "380"})
        lines.append(line.model_copy(update={"billing_reference": billed}))
    changed = {"document_currency_code": currency_of(document), "remittance_lines": tuple(lines)}
    return document.model_copy(update=changed)
