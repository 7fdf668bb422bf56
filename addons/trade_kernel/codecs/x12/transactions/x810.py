"""810: the invoice; with BIG07 the credit note that takes some of one back."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import Invoice, InvoiceLine
from ..._edi.syntax import Segment
from ..._edi.values import day, number
from ..._edi.writing import Writing
from ._base import DEFERRED, GROUPS, SUMMARY, Group, Shape, Transaction, X12Reading
from ._billing import (
    SET,
    TAKES,
    read_listed,
    read_taxes,
    read_terms,
    read_total,
    settle_taxes,
    turn,
    write_amounts,
    write_listed,
    write_taxes,
    write_terms,
    write_total,
)
from ._dates import gather, read_issued, read_moment, write_dtm, write_issue_time, write_period, written_day
from ._items import codes, pairs, read_codes, write_codes, write_descriptions
from ._lines import LineTransaction, another, order_number, revision_of, split_number
from ._prices import PricedLines
from ._terms import (
    read_allowance,
    read_delivery_terms,
    read_tax,
    read_totals,
    write_allowances,
    write_ctp,
    write_currency,
    write_delivery_terms,
    write_price,
    write_tax,
)
from ._texts import read_notes, write_notes

#: element 640 (BIG07) that take something back; of the first is written
CREDITS = ("CR", "CN")
#: element 640 ⇄ UNTDID 1001; codes that are not here are invoices
_TYPES = {"DI": "380", "DR": "383"}
_WRITTEN = {"380": "DI", "383": "DR", "381": "CR"}
#: element 353 (BIG08): taken back; a newer one
_WITHDRAWN, _REPLACES = "01", "05"
#: element 235: the order, its line
_ORDER, _LINE = "PO", "PL"
#: element 128 in lines: the order's line, the order, the seller's line; further documents
_ORDER_LINE, _SALES_LINE, _SALES_ORDER = "FJ", "LI", "VN"
_LINE_DOCUMENTS = {"OI": "billing_reference", "PK": "despatch_line_reference"}
_CUSTOMERS = "CR"
#: element 374: the time that is billed
_PERIOD: tuple[Mapping[str, str], ...] = (
    {"186": "start", "187": "end"},
    {"150": "start", "151": "end"},
)
_DUE, _DELIVERED = "814", "035"

_MEMBERS = GROUPS | {"N1": "N2 N3 N4 REF PER DMG"}
_HEADER = Shape(
    "BIG NTE CUR REF YNQ PER N1 ITD DTM FOB PID MEA PWK PKG L7 BAL INC PAM LM N9 MSG MTX V1 FA1", _MEMBERS
)
_ITEM = Shape(
    "IT1 CRC QTY CUR IT3 TXI CTP PAM MEA PID LIN REF YNQ SDQ DTM CAD L7 SR SAC SLN N9 NTE MSG MTX N1 LM FA1",
    _MEMBERS,
)


class InvoiceSet(PricedLines, LineTransaction):
    """BIG07 says whether it bills or takes back. IT101 counts the lines: it is not the order's line."""

    sets: ClassVar = ("810",)
    group: ClassVar = "IN"
    documents: ClassVar = ("invoice",)
    beginning: ClassVar = "BIG"
    field: ClassVar = "invoice_lines"
    owner: ClassVar = "seller"
    sender: ClassVar = "accounting_supplier_party"
    receiver: ClassVar = "accounting_customer_party"
    needs_currency: ClassVar = True
    needs_parties: ClassVar = True
    starts: ClassVar[Mapping[str, str]] = {"IT1": "line", "TDS": SUMMARY, "CTT": "count"}
    parties: ClassVar[Mapping[str, str]] = {
        **LineTransaction.parties,
        "II": "accounting_supplier_party",
        "BT": "accounting_customer_party",
        "BS": "accounting_customer_party",
        "SO": "buyer_customer_party",
        "RE": "payee_party",
        "RI": "payee_party",
    }
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": _HEADER,
        "line": _ITEM,
        SUMMARY: Shape("TDS TXI CAD AMT SAC ISS", GROUPS),
        "count": Shape("CTT", GROUPS),
    }
    takes: ClassVar[Mapping[str, str]] = TAKES | {
        "BIG": "1 2 3 4 6 7=DI|CR|DR 8=00|05",
        "CUR": "1=SE|BY 2",
        "IT1": " ".join(map(str, range(1, 26))),
    }

    def suits(self, document: Invoice, profile) -> bool:
        """Unless it was, or is wanted to be, an adjustment."""
        wanted = profile.sets.get(document.document_type) or document.extensions.get(SET)
        return not wanted or wanted in InvoiceSet.sets

    def reader(self, first: Segment | None) -> Transaction:
        return CREDIT if first and first(7).upper() in CREDITS else INVOICE

    # -- header ------------------------------------------------------------------------------------
    def header_big(self, reading: X12Reading, group: Group) -> Group | None:
        big = group[0]
        if reading.has("id"):
            return group
        if big(8) == _WITHDRAWN:
            reading.refuse("document.withdrawn", big, 8, document="invoice", number=big(2))
        if big(8) == _REPLACES:
            reading.put("sequence_number", 1, big, 8)
        reading.put("id", big(2), big, 2)
        reading.put("invoice_type_code", self.type_of(big(7).upper()), big, 7)
        if big(1):
            read_issued(reading, (big, 1), big(1))
        reading.put(("order_reference", "id"), order_number(big(4), big(5)), big, 4)
        if big(3) and big(4):
            reading.put(("order_reference", "issue_date"), day(big(3)), big, 3)
        if big(6).isdecimal() and big(4):
            reading.put(("order_reference", "sequence_number"), int(big(6)[:9]), big, 6)
        elif big(6) or (big(3) and not big(4)):
            extras = {"3.1": big(3), "6.1": big(6)} if not big(4) else {"6.1": big(6)}
            reading.state["big"] = {place: value for place, value in extras.items() if value}
        return None

    def type_of(self, code: str) -> str:
        """The kind of invoice (UNTDID 1001) of element 640."""
        return _TYPES.get(code, "380")

    def header_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        if ref(1) == _CUSTOMERS and ref(2) and not reading.has("buyer_reference"):
            reading.put("buyer_reference", ref(2), ref, 2)
            return group[1:]
        number_ = reading.get("order_reference", "id")
        if (
            ref(1) == _SALES_ORDER
            and ref(2)
            and number_
            and not reading.has("order_reference", "sales_order_id")
        ):
            reading.put(("order_reference", "sales_order_id"), ref(2), ref, 2)
            return group[1:]
        if ref(1) == _ORDER and ref(2) and not number_:
            reading.put(("order_reference", "id"), ref(2), ref, 2)
            return group[1:]
        return read_listed(reading, group)

    def header_n9(self, reading: X12Reading, group: Group) -> Group | None:
        left = read_listed(reading, group)
        return left if left is not group else read_notes(reading, "header", group)

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        dtm = group[0]
        if gather(self, reading, "header", ("invoice_period",), group, *_PERIOD):
            return DEFERRED
        on, at = read_moment(reading, dtm, 2)
        path = {_DUE: ("due_date",), _DELIVERED: ("delivery", "actual_delivery_date")}.get(dtm(1))
        if path and on and not at and not reading.has(*path):
            reading.put(path, on, dtm, 2)
            return None
        return super().header_dtm(reading, group)

    def header_fob(self, reading: X12Reading, group: Group) -> Group | None:
        return None if read_delivery_terms(reading, ("delivery_terms",), group[0]) else group

    def header_itd(self, reading: X12Reading, group: Group) -> Group | None:
        return None if read_terms(reading, group[0]) else group

    # -- lines -------------------------------------------------------------------------------------
    def line_it1(self, reading: X12Reading, group: Group) -> Group | None:
        it1 = group[0]
        self.begin_line(reading, it1)
        known: set[str] = reading.state.setdefault("lines", set())
        if (number_ := reading.get("id")) in known:
            number_ = another(reading, number_, known)
            reading.put("id", number_, it1, 1)
        known.add(number_)
        reading.put("quantity", reading.quantity(it1(2), it1(3)), it1, 2)
        reading.gathered["unit"] = reading.unit_of(it1(3))
        read_codes(reading, (*reading.path, "item"), it1, 6, self.owner, frozenset({_ORDER, _LINE}))
        for element, kind, value in pairs(it1, 6):
            self._ordered(reading, kind, value, it1, element)
        self.read_price(reading, it1, 4)
        return None

    def _ordered(self, reading: X12Reading, kind: str, value: str, segment: Segment, element: int) -> bool:
        """The order, or its line, that a line names."""
        path = {
            _ORDER: ("order_reference", "id"),
            _LINE: ("line_id",),
            _ORDER_LINE: ("line_id",),
            _SALES_LINE: ("sales_order_line_id",),
        }.get(kind)
        if not path or not value or reading.has("order_line_reference", *path):
            return False
        reading.put(("order_line_reference", *path), value, segment, element)
        return True

    def line_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        if any(ref(place) for place in range(3, len(ref) + 1)) or not ref(2):
            return group
        if ref(1) != _LINE and self._ordered(reading, ref(1), ref(2), ref, 2):
            return group[1:]
        field = _LINE_DOCUMENTS.get(ref(1))
        if not field or reading.has(field):
            return group
        reading.put((field, "id"), ref(2), ref, 2)
        return group[1:]

    def line_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        return DEFERRED if gather(self, reading, "line", ("invoice_period",), group, *_PERIOD) else group

    def line_sac(self, reading: X12Reading, group: Group) -> Group | None:
        return read_allowance(reading, ("allowance_charge",), group)

    def line_txi(self, reading: X12Reading, group: Group) -> Group | None:
        tax = read_tax(reading, group[0])
        if tax is None or group[0](2) or group[0](8):
            return group
        reading.draft.append((*reading.path, "tax_category"), tax, (group[0],))
        return None

    def line_pam(self, reading: X12Reading, group: Group) -> Group | None:
        pam = group[0]
        more = [pam(place) for place in (1, 2, 3, *range(6, len(pam) + 1)) if pam(place)]
        if pam(4) != "1" or not pam(5) or more or reading.has("line_extension_amount"):
            return group
        amount = reading.amount(number(pam(5)), reading.gathered.get("currency", ""))
        reading.put("line_extension_amount", amount, pam, 5)
        return None

    # -- summary -----------------------------------------------------------------------------------
    def summary_tds(self, reading: X12Reading, group: Group) -> Group | None:
        if reading.draft.get(("legal_monetary_total", "payable_amount")) is not None:
            return group
        read_total(reading, group[0])
        return None

    def summary_txi(self, reading: X12Reading, group: Group) -> Group | None:
        return None if read_taxes(reading, group[0]) else group

    def summary_amt(self, reading: X12Reading, group: Group) -> Group | None:
        done = read_totals(reading, ("legal_monetary_total",), group[0])
        return group[1:] if done else group

    def summary_sac(self, reading: X12Reading, group: Group) -> Group | None:
        return read_allowance(reading, ("allowance_charge",), group)

    def count_ctt(self, reading: X12Reading, group: Group) -> Group | None:
        reading.begin((), self.shape("count"), "count")
        return self.summary_ctt(reading, group)

    # -- after the last segment --------------------------------------------------------------------
    def finish(self, reading: X12Reading) -> None:
        draft = reading.draft
        if extras := reading.state.get("big"):
            kept = draft.get(("extensions", "elements", "BIG")) or {}
            draft.put(("extensions", "elements", "BIG"), kept | extras)
        for field, other in (
            ("accounting_supplier_party", "seller_supplier_party"),
            ("accounting_customer_party", "buyer_customer_party"),
        ):
            # Who sells bills, and who buys pays, unless somebody else is named.
            if draft.get((field,)) is None and (party := draft.values.pop(other, None)):
                draft.put((field,), party)
        settle_taxes(reading)
        for index, line in enumerate(draft.get((self.field,), ())):
            order = (line.get("order_line_reference") or {}).get("order_reference")
            if "item" not in line and order:
                # What is billed is the order as a whole.
                draft.put((self.field, index, "item", "name"), f"Order {order['id']}")
        super().finish(reading)
        self.in_currency(reading, draft.get(("document_currency_code",)))

    # -- writing -----------------------------------------------------------------------------------
    def written_set(self, document: Invoice, profile) -> tuple[str, str]:
        return InvoiceSet.sets[0], profile.implementation

    def write(self, document: Invoice, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        self._write_big(out, document)
        write_currency(out, document.document_currency_code, "SE")
        if document.buyer_reference:
            out.add("REF", _CUSTOMERS, document.buyer_reference)
        if document.order_reference and document.order_reference.sales_order_id:
            out.add("REF", _SALES_ORDER, document.order_reference.sales_order_id)
        write_listed(out, document)
        self._write_parties(out, document)
        write_terms(self, out, document)
        write_issue_time(out, document)
        write_period(out, document.invoice_period, "187", "186", "187")
        if document.delivery and document.delivery.actual_delivery_date:
            write_dtm(out, _DELIVERED, document.delivery.actual_delivery_date)
        write_delivery_terms(out, document.delivery_terms)
        write_notes(out, document.note)
        out.close()
        for line in document.invoice_lines:
            self._write_line(out, line)
        self._write_totals(out, document)

    def _write_parties(self, out: Writing, document: Invoice) -> None:
        """Who bills is written as the seller, unless somebody else is."""
        if document.seller_supplier_party is None:
            names = {"seller_supplier_party": document.accounting_supplier_party}
            document = document.model_copy(update=names | {"accounting_supplier_party": None})
        self.write_parties(out, document)

    def _write_big(self, out: Writing, document: Invoice) -> None:
        order = document.order_reference
        kind = document.invoice_type_code or ("381" if document.document_type == "credit_note" else "380")
        if kind not in _WRITTEN or (kind == "381") != (document.document_type == "credit_note"):
            raise self.cannot(f"an invoice of type {kind}", "X12 has no code for it")
        number_, release = split_number(order.id, document.extensions, "BIG", "5.1") if order else ("", "")
        out.add(
            "BIG",
            written_day(document.issue_date, out),
            document.id,
            written_day(order and order.issue_date, out),
            number_,
            release,
            revision_of(order),
            _WRITTEN[kind],
            "05" if document.sequence_number else "00",
        )

    def _write_line(self, out: Writing, line: InvoiceLine) -> None:
        out.open(self.shape("line"), line.extensions)
        quantity, item = line.quantity, line.item
        unit = quantity.unit_code if quantity else None
        amounts = (out.number(quantity.value), out.unit(unit)) if quantity else ("", "")
        price = write_price(out, line.price, unit)
        out.add("IT1", line.id, *amounts, *price, *codes(out, item))
        for tax in line.tax_category:
            write_tax(out, tax)
        write_ctp(out, line.price, unit)
        if line.line_extension_amount:
            out.add("PAM", "", "", "", "1", out.number(line.line_extension_amount.value))
        write_descriptions(out, item)
        write_codes(out, item)
        self._write_references(out, line)
        write_period(out, line.invoice_period, "187", "186", "187")
        write_allowances(out, line.allowance_charge)
        write_notes(out, line.note)
        out.close()

    def _write_references(self, out: Writing, line: InvoiceLine) -> None:
        reference = line.order_line_reference
        if reference:
            order = reference.order_reference
            for kind, value in (
                (_ORDER, order and order.id),
                (_ORDER_LINE, reference.line_id),
                (_SALES_LINE, reference.sales_order_line_id),
            ):
                if value:
                    out.add("REF", kind, value)
        for kind, field in _LINE_DOCUMENTS.items():
            if getattr(line, field):
                out.add("REF", kind, getattr(line, field).id)

    def _write_totals(self, out: Writing, document: Invoice) -> None:
        out.open(self.shape(SUMMARY), document.extensions, SUMMARY)
        write_total(self, out, document.legal_monetary_total)
        write_taxes(self, out, document.tax_total)
        write_amounts(out, document.legal_monetary_total)
        write_allowances(out, document.allowance_charge)
        out.close()
        out.open(self.shape("count"), document.extensions, "count")
        if out.profile.optional("CTT") or document.extensions.get("count"):
            out.add("CTT", str(len(document.invoice_lines)))
        out.close()


class CreditNoteSet(InvoiceSet):
    """What takes an invoice back; amounts below zero are turned round."""

    sets: ClassVar = ()
    documents: ClassVar = ("credit_note",)

    def type_of(self, code: str) -> str:
        return "381"

    def finish(self, reading: X12Reading) -> None:
        super().finish(reading)
        turn(reading, self.field)


INVOICE, CREDIT = InvoiceSet(), CreditNoteSet()
