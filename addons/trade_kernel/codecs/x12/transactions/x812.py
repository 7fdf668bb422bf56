"""812: the credit or debit adjustment: a credit note, or an invoice of what was billed too little."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import Invoice, InvoiceLine
from ..._edi.syntax import Segment
from ..._edi.values import day, number
from ..._edi.writing import Writing
from ._base import DEFERRED, GROUPS, SUMMARY, Group, Shape, Transaction, X12Reading, X12Takes
from ._billing import SET, TAKES, read_listed, read_terms, signed, turn, write_terms
from ._dates import read_issued, write_issue_time, written_day
from ._items import codes, read_codes, write_codes, write_descriptions
from ._lines import LineTransaction, another
from ._prices import PricedLines
from ._terms import (
    cents,
    read_allowance,
    read_delivery_terms,
    write_allowances,
    write_currency,
    write_delivery_terms,
    written_cents,
)
from ._texts import read_notes, write_notes

#: element 478: whether it is taken back or billed
_CREDIT, _DEBIT = "C", "D"
#: element 353 (BCD11): taken back; a newer one
_WITHDRAWN, _REPLACES = "01", "05"
#: element 305 (BCD03) and 426 (CDD01): as both sides agreed
_AGREED, _REASON = "Z", "ZZ"
_CUSTOMERS, _ORDER, _LINE = "CR", "PO", "LI"
#: element 128: the invoice of a line
_INVOICES = ("IV", "OI")
#: element 128 of further documents
_FURTHER = {
    "CT": "contract_document_reference",
    "PK": "despatch_document_reference",
    "RV": "receipt_document_reference",
    "DD": "additional_document_reference",
}
_N9 = X12Takes("1 2 4")

_MEMBERS = GROUPS | {"N1": "N2 N3 N4 N9 REF PER", "N9": "MSG MTX"}


class DebitAdjustmentSet(LineTransaction):
    """BCD05 says whether it bills or takes back; a line (CDD) that says the opposite is below zero.

    An adjustment without an item is called by its reason.
    """

    sets: ClassVar = ("812",)
    names: ClassVar = ("812",)
    group: ClassVar = "CD"
    documents: ClassVar = ("invoice",)
    beginning: ClassVar = "BCD"
    field: ClassVar = "invoice_lines"
    owner: ClassVar = "seller"
    sender: ClassVar = "accounting_supplier_party"
    receiver: ClassVar = "accounting_customer_party"
    needs_currency: ClassVar = True
    needs_parties: ClassVar = True
    flag: ClassVar[str] = _DEBIT
    kind: ClassVar[str] = "383"
    starts: ClassVar[Mapping[str, str]] = {"CDD": "line", "CTT": SUMMARY}
    parties: ClassVar[Mapping[str, str]] = {
        "SE": "accounting_supplier_party",
        "SU": "accounting_supplier_party",
        "VN": "accounting_supplier_party",
        "BT": "accounting_customer_party",
        "BY": "accounting_customer_party",
        "RE": "payee_party",
        "RI": "payee_party",
    }
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": Shape("BCD CUR N9 REF PER SAC ITD DTM FOB SHD NTE MSG MTX N1 AMT LM", _MEMBERS),
        "line": Shape("CDD CUR CTP LIN PO4 PID REF N9 NTE MSG MTX SAC DTM SLN N1 LM", _MEMBERS),
        SUMMARY: Shape("CTT", {}),
    }
    takes: ClassVar[Mapping[str, str]] = TAKES | {
        "BCD": "1 2 3=Z 4 5 6 7 8 9 10 11=00|05",
        "CUR": "1=SE|BY 2",
        "LIN": " ".join(map(str, range(2, 32))),
    }

    def reader(self, first: Segment | None) -> Transaction:
        return CREDIT if first and first(5).upper() == _CREDIT else DEBIT

    def suits(self, document: Invoice, profile: Any) -> bool:
        wanted = profile.sets.get(document.document_type)
        return wanted in self.names if wanted else document.extensions.get(SET) in self.names

    # -- header ------------------------------------------------------------------------------------
    def header_bcd(self, reading: X12Reading, group: Group) -> Group | None:
        bcd = group[0]
        if reading.has("id"):
            return group
        if bcd(11) == _WITHDRAWN:
            reading.refuse("document.withdrawn", bcd, 11, document="adjustment", number=bcd(2))
        if bcd(11) == _REPLACES:
            reading.put("sequence_number", 1, bcd, 11)
        if bcd(1):
            read_issued(reading, (bcd, 1), bcd(1))
        reading.put("id", bcd(2), bcd, 2)
        reading.put("invoice_type_code", self.kind, bcd, 5)
        amount = reading.amount(cents(bcd(4)))
        reading.put(("legal_monetary_total", "payable_amount"), amount, bcd, 4)
        if bcd(7):
            reading.put(("billing_reference", 0, "id"), bcd(7), bcd, 7)
            reading.put(("billing_reference", 0, "issue_date"), day(bcd(6)) if bcd(6) else "", bcd, 6)
        if bcd(10):
            reading.put(("order_reference", "id"), bcd(10), bcd, 10)
            reading.put(("order_reference", "issue_date"), day(bcd(9)) if bcd(9) else "", bcd, 9)
            reading.put(("order_reference", "sales_order_id"), bcd(8), bcd, 8)
        extras = {} if bcd(7) else {"6.1": bcd(6)}
        extras |= {} if bcd(10) else {"8.1": bcd(8), "9.1": bcd(9)}
        extras = self._takes["BCD"].extras(bcd) | {place: value for place, value in extras.items() if value}
        if extras:
            reading.kept.elements[reading.kept.key("BCD", "")] = extras
        return DEFERRED

    def header_n9(self, reading: X12Reading, group: Group) -> Group | None:
        n9 = group[0]
        plain = len(group) == 1 and n9(2) and not _N9.extras(n9) and not n9(4)
        if plain and n9(1) == _CUSTOMERS and not reading.has("buyer_reference"):
            reading.put("buyer_reference", n9(2), n9, 2)
            reading.kept.key("N9", _CUSTOMERS)
            return DEFERRED
        left = read_listed(reading, group)
        return left if left is not group else read_notes(reading, "header", group)

    def header_ref(self, reading: X12Reading, group: Group) -> Group | None:
        """003020 has REF where later versions have N9."""
        return read_listed(reading, group)

    def header_itd(self, reading: X12Reading, group: Group) -> Group | None:
        return None if read_terms(reading, group[0]) else group

    def header_fob(self, reading: X12Reading, group: Group) -> Group | None:
        return None if read_delivery_terms(reading, ("delivery_terms",), group[0]) else group

    def header_sac(self, reading: X12Reading, group: Group) -> Group | None:
        return read_allowance(reading, ("allowance_charge",), group)

    # -- lines -------------------------------------------------------------------------------------
    def line_cdd(self, reading: X12Reading, group: Group) -> Group | None:
        cdd = group[0]
        self.begin_line(reading, cdd, 3)
        known: set[str] = reading.state.setdefault("lines", set())
        if (number_ := reading.get("id")) in known:
            number_ = another(reading, number_, known)
            reading.put("id", number_, cdd, 3)
        known.add(number_)
        against = cdd(2).upper() in (_CREDIT, _DEBIT) and cdd(2).upper() != self.flag
        amount, quantity = reading.amount(cents(cdd(4))), reading.quantity(cdd(7), cdd(8))
        for name, value, place in (("line_extension_amount", amount, 4), ("quantity", quantity, 7)):
            reading.put(name, signed(value) if against else value, cdd, place)
        if cdd(9):
            reading.put(("price", "price_amount"), reading.amount(number(cdd(9))), cdd, 9)
        extras = X12Takes(f"1={_REASON} 2=C|D 3 4 7 8 9").extras(cdd)
        if extras:
            reading.kept.elements[reading.kept.key("CDD", "")] = extras
        reading.later(lambda: self._named(reading, cdd))
        return DEFERRED

    def _named(self, reading: X12Reading, cdd: Segment) -> None:
        if not reading.has("item"):
            reading.put(("item", "name"), _called(cdd(1) or _REASON), cdd, 1)

    def line_lin(self, reading: X12Reading, group: Group) -> Group | None:
        lin = group[0]
        if "lin" in reading.gathered:
            return super().line_lin(reading, group)
        reading.gathered["lin"] = lin
        read_codes(reading, (*reading.path, "item"), lin, 2, self.owner)
        return None

    def line_n9(self, reading: X12Reading, group: Group) -> Group | None:
        n9 = group[0]
        if len(group) > 1 or not n9(2) or _N9.extras(n9):
            return super().line_n9(reading, group)
        if n9(1) in _INVOICES and not reading.has("billing_reference"):
            reading.put(("billing_reference", "id"), n9(2), n9, 2)
            reading.put(("billing_reference", "issue_date"), day(n9(4)) if n9(4) else "", n9, 4)
            key = reading.kept.key("N9", _INVOICES[0])
            if n9(1) != _INVOICES[0]:
                reading.kept.elements[key] = {"1.1": n9(1)}
            return DEFERRED
        path = {_ORDER: ("order_reference", "id"), _LINE: ("line_id",)}.get(n9(1))
        if not path or n9(4) or reading.has("order_line_reference", *path):
            return group
        reading.put(("order_line_reference", *path), n9(2), n9, 2)
        reading.kept.key("N9", n9(1))
        return DEFERRED

    def line_sac(self, reading: X12Reading, group: Group) -> Group | None:
        return read_allowance(reading, ("allowance_charge",), group)

    # -- after the last segment --------------------------------------------------------------------
    def finish(self, reading: X12Reading) -> None:
        super().finish(reading)
        reading.draft.put(("extensions", SET), self.names[0])
        PricedLines.in_currency(reading, reading.draft.get(("document_currency_code",)))

    # -- writing -----------------------------------------------------------------------------------
    def written_set(self, document: Invoice, profile) -> tuple[str, str]:
        return self.names[0], profile.implementation

    def write(self, document: Invoice, out: Writing) -> None:
        if (document.invoice_type_code or self.kind) != self.kind:
            what = f"an invoice of type {document.invoice_type_code}"
            raise self.cannot(what, "an adjustment is a debit or a credit")
        out.open(self.shape("header"), document.extensions)
        self._write_bcd(out, document)
        write_currency(out, document.document_currency_code, "SE")
        if document.buyer_reference:
            out.add("N9", _CUSTOMERS, document.buyer_reference)
        for further in document.billing_reference[1:]:
            out.add("N9", "OI", further.id, "", written_day(further.issue_date, out))
        for kind, field in _FURTHER.items():
            for one in getattr(document, field):
                on = written_day(one.issue_date, out)
                out.add("N9", kind, one.id, one.document_description, on)
        write_allowances(out, document.allowance_charge)
        write_terms(self, out, document)
        write_issue_time(out, document)
        write_delivery_terms(out, document.delivery_terms)
        write_notes(out, document.note)
        self.write_parties(out, document)
        out.close()
        for line in document.invoice_lines:
            self._write_line(out, line)
        out.open(self.shape(SUMMARY), document.extensions, SUMMARY)
        out.close()

    def _write_bcd(self, out: Writing, document: Invoice) -> None:
        totals, order = document.legal_monetary_total, document.order_reference
        if totals is None or totals.payable_amount is None:
            raise self.cannot("an adjustment without an amount", "BCD needs one")
        billed = document.billing_reference[0] if document.billing_reference else None
        out.add(
            "BCD",
            written_day(document.issue_date, out),
            document.id,
            _AGREED,
            written_cents(totals.payable_amount.value),
            self.flag,
            written_day(billed and billed.issue_date, out),
            billed and billed.id,
            order and order.sales_order_id,
            written_day(order and order.issue_date, out),
            order and order.id,
            _REPLACES if document.sequence_number else "00",
        )

    def _write_line(self, out: Writing, line: InvoiceLine) -> None:
        out.open(self.shape("line"), line.extensions)
        amount, quantity, price = line.line_extension_amount, line.quantity, line.price
        if price and price.base_quantity:
            raise self.cannot("a price for several units", "CDD has no place for it")
        deciding = [one.value for one in (amount, quantity) if one and one.value]
        against = bool(deciding) and deciding[0] < 0
        sign = -1 if against else 1
        other = _CREDIT if self.flag == _DEBIT else _DEBIT
        unit = out.unit(quantity.unit_code) if quantity else ""
        out.add(
            "CDD",
            _REASON,
            other if against else self.flag,
            line.id,
            written_cents(amount.value * sign) if amount else "",
            "",
            "",
            out.number(quantity.value * sign) if quantity else "",
            unit,
            out.number(price.price_amount.value) if price else "",
        )
        item = line.item
        if found := codes(out, item):
            out.add("LIN", "", *found)
        write_codes(out, item)
        reason = (line.extensions.get("elements") or {}).get("CDD") or {}
        if found or item.description or item.name != _called(reason.get("1.1") or _REASON):
            write_descriptions(out, item)
        if billed := line.billing_reference:
            out.add("N9", _INVOICES[0], billed.id, "", written_day(billed.issue_date, out))
        reference = line.order_line_reference
        order = reference and reference.order_reference
        for kind, value in ((_ORDER, order and order.id), (_LINE, reference and reference.line_id)):
            if value:
                out.add("N9", kind, value)
        write_notes(out, line.note)
        write_allowances(out, line.allowance_charge)
        out.close()


class CreditAdjustmentSet(DebitAdjustmentSet):
    """What takes something back; amounts below zero are turned round."""

    sets: ClassVar = ()
    documents: ClassVar = ("credit_note",)
    flag: ClassVar = _CREDIT
    kind: ClassVar = "381"

    def finish(self, reading: X12Reading) -> None:
        super().finish(reading)
        turn(reading, self.field)


def _called(reason: str) -> str:
    return f"Adjustment {reason}"


DEBIT, CREDIT = DebitAdjustmentSet(), CreditAdjustmentSet()
