"""INVOIC: the invoice and the credit note, sent by who bills or, self-billed, by who pays."""

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from ....canonical import SELF_BILLED, Invoice, InvoiceLine, ItemInstance
from ..._edi.reading import DEFERRED, Reading, Shape
from ..._edi.syntax import Segment
from ..._edi.values import exact, moment, written
from ..._edi.writing import Writing
from . import _billing, _goods
from ._base import HEADER, Group, Message
from ._base import LINE as _LINE
from ._items import line_code, write_codes, write_descriptions
from ._lines import LineMessage, write_order_reference
from ._orders import PricedLines
from ._parties import read_party, write_party, write_place
from ._references import (
    DESPATCHES,
    KINDS,
    ORDERS,
    SALES_ORDER,
    append_reference,
    gather_orders,
    read_line_order,
    read_reference,
    write_despatch,
    write_line_order,
    write_reference,
    write_references,
)
from ._terms import (
    TAKES,
    read_allowance,
    read_delivery_terms,
    read_note,
    read_period,
    read_tax,
    write_allowances,
    write_currency,
    write_delivery_terms,
    write_notes,
    write_period,
    write_price,
    write_tax,
)

#: 1001 of credit notes
_CREDITS = frozenset({"81", "83", "261", "262", "308", "381", "396", "420", "458", "532"})
LINE = Shape(_LINE.text + " PCI", _LINE.groups_text | {"PCI": "DTM MEA QTY GIN"})
SUMMARY = Shape("CNT MOA RFF TAX ALC", {"MOA": "RFF DTM", "TAX": "MOA LOC", "ALC": "ALI MOA PCD TAX"})
#: 2005 → which side of the period that is billed
_PERIODS = {"263": "both", "167": "start", "168": "end", "194": "start", "206": "end"}
#: 1153 → the list of references it belongs to, and what is said of its kind there
_LISTS = {
    "IV": ("billing_reference", ""),
    "OI": ("billing_reference", ""),
    **{kind: ("despatch_document_reference", code) for kind, code in DESPATCHES.items()},
    "ALO": ("receipt_document_reference", ""),
    "CT": ("contract_document_reference", ""),
}
#: 1153 → a field of the document
_FIELDS = {"CR": "buyer_reference", "AOU": "accounting_cost"}
_QUOTED = "PQ"
#: 6063 of what is billed, the surest first
_BILLED = ("47", "12", "46", "48", "61", "1")
_PACK = "59"
#: 5025 of a line's net amount, the surest first
_NET = ("203", "66", "38")
#: 5025 of what is taken off a price
_OFF_PRICE = "509"
_PAID = frozenset({"SU", "SE", "VN", "II", "PE"})


class Invoic(PricedLines, LineMessage):
    """BGM 1001 says whether something is billed or credited, and whether it is who pays that says so."""

    types: ClassVar = ("INVOIC",)
    documents: ClassVar = ("invoice",)
    code: ClassVar = "380"
    usual: ClassVar = {"invoice_type_code": "380"}
    self_billed: ClassVar[bool] = False
    sender: ClassVar = "accounting_supplier_party"
    receiver: ClassVar = "accounting_customer_party"
    field: ClassVar = "invoice_lines"
    speaker: ClassVar = "seller"
    shapes: ClassVar = {"header": HEADER, "line": LINE, "summary": SUMMARY}
    parties: ClassVar[Mapping[str, str]] = {
        **LineMessage.parties,
        "IV": "accounting_customer_party",
        "BT": "accounting_customer_party",
        "II": "accounting_supplier_party",
        "PE": "payee_party",
    }
    needs_currency: ClassVar = True
    needs_parties: ClassVar = True
    takes: ClassVar[Mapping[str, str]] = {
        **TAKES,
        **_goods.TAKES,
        **_billing.TAKES,
        "BGM": "1.1 2.1 2.3 3.1=9|5",
        "RFF": "1.1-4",
        "PCI": "1=36E",
    }

    def reader(self, unh: Segment | None, bgm: Segment | None) -> Message:
        code = bgm(1) if bgm else ""
        return _BY_KIND[code in _CREDITS, code in SELF_BILLED]

    # -- header ------------------------------------------------------------------------------------
    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgm(2), bgm, 2)
        reading.put("invoice_type_code", bgm(1), bgm, 1)
        self.read_function(reading, bgm)
        return None

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm, kind = group[0], group[0](1)
        if side := _PERIODS.get(kind):
            return None if read_period(reading, ("invoice_period",), dtm, side) else group
        if kind == "3":
            reading.later(lambda: self._read_invoiced(reading, group))
            return DEFERRED
        if kind in _billing.DUE:
            return None if _billing.read_due(reading, dtm) else group
        path = {"35": ("delivery", "actual_delivery_date"), "131": ("tax_point_date",)}.get(kind)
        if path is None:
            return super().header_dtm(reading, group)
        on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
        if at or not on or reading.has(*path):
            return group
        reading.put(path, on, dtm, 1, 2)
        return None

    def _read_invoiced(self, reading: Reading, group: Group) -> None:
        """The date of the invoice: that of the document, where no DTM+137 says so."""
        known, dtm = reading.has("issue_date"), group[0]
        on, _at = moment(dtm(1, 2), dtm(1, 3), reading.where)
        if not known:
            reading.put("issue_date", on, dtm, 1, 2)
        self.settle("header", reading, group, group if known else [])

    def header_ftx(self, reading: Reading, group: Group) -> Group | None:
        path = ("payment_terms", "note") if group[0](1) == "AAB" else ("note",)
        return None if read_note(reading, path, group[0]) else group

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        rff, kind, value = group[0], group[0](1), group[0](1, 2)
        if self.read_revision(reading, rff):
            return group[1:]
        if kind in ORDERS or kind == SALES_ORDER:
            return gather_orders(self, reading, group)
        if not value:
            return group
        if kind == _QUOTED and "quote" not in reading.state and len(group) == 1:
            reading.state["quote"] = value, (rff, 1, 2)
            return None
        if kind in _FIELDS and not reading.has(_FIELDS[kind]):
            reading.put(_FIELDS[kind], value, rff, 1, 2)
            return group[1:]
        own = kind == "IV" and value == reading.get("id")
        if kind in _LISTS and not own:
            field, code = _LISTS[kind]
            return append_reference(reading, (field,), group, code)
        if kind in KINDS and not own:
            return append_reference(reading, ("additional_document_reference",), group, KINDS[kind])
        return group

    def header_nad(self, reading: Reading, group: Group) -> Group | None:
        role = group[0](1)
        field = self.parties.get(role)
        if not field or reading.has(field) or not any(group[0].composite(place) for place in range(2, 10)):
            return group if field else super().header_nad(reading, group)
        more = _billing.account_reader(reading) if role in _PAID else None
        return read_party(reading, (field,), group, more)

    def header_pai(self, reading: Reading, group: Group) -> Group | None:
        pai = group[0]
        if not pai(1, 3) or "means" in reading.state:
            return group
        reading.state["means"] = pai(1, 3), (pai, 1, 3)
        return None

    def header_pat(self, reading: Reading, group: Group) -> Group | None:
        return _billing.read_terms(self, reading, group)

    header_pyt = header_pat

    def header_tax(self, reading: Reading, group: Group) -> Group | None:
        """What holds for all lines that say nothing else; it stays where it is."""
        reading.state.setdefault("taxes", []).append(group)
        return group

    def header_tod(self, reading: Reading, group: Group) -> Group | None:
        return read_delivery_terms(reading, ("delivery_terms",), group)

    def header_alc(self, reading: Reading, group: Group) -> Group | None:
        return read_allowance(reading, ("allowance_charge",), group)

    # -- lines -------------------------------------------------------------------------------------
    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        super().line_lin(reading, group)
        self.number_apart(reading, group[0])
        reading.state |= {"allowances": [], "gross": ""}
        return None

    def line_qty(self, reading: Reading, group: Group) -> Group | None:
        qty, kind = group[0], group[0](1)
        if kind == _PACK and qty(1, 2) and not reading.has("item", "pack_quantity"):
            reading.put(("item", "pack_quantity"), reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
            return None
        if kind == _BILLED[0] and qty(1, 2) and not reading.has("quantity"):
            reading.put("quantity", reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
            return None
        return _billing.gather(self, "line", reading, group, ("billed", _BILLED), self._put_quantity)

    @staticmethod
    def _put_quantity(reading: Reading, qty: Segment) -> bool:
        if reading.has("quantity"):
            return False
        reading.put("quantity", reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        return True

    def line_moa(self, reading: Reading, group: Group) -> Group | None:
        return _billing.gather(self, "line", reading, group, ("net", _NET), self._put_net)

    @staticmethod
    def _put_net(reading: Reading, moa: Segment) -> bool:
        if reading.has("line_extension_amount"):
            return False
        reading.put("line_extension_amount", reading.amount(moa(1, 2), moa(1, 3)), moa, 1, 2)
        return True

    def line_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm = group[0]
        if dtm(1) in _goods.DATES:
            return _goods.gather_dates(self, reading, group)
        side = _PERIODS.get(dtm(1))
        done = side and read_period(reading, ("invoice_period",), dtm, side)
        return None if done else group

    def line_rff(self, reading: Reading, group: Group) -> Group | None:
        kind, value = group[0](1), group[0](1, 2)
        if kind in DESPATCHES and value and not reading.has("despatch_line_reference"):
            return read_reference(reading, ("despatch_line_reference",), group, DESPATCHES[kind])
        if kind in ("IV", "OI") and value and not reading.has("billing_reference"):
            return read_reference(reading, ("billing_reference",), group)
        return read_line_order(self, reading, group)

    def line_tax(self, reading: Reading, group: Group) -> Group | None:
        tax = read_tax(group[0])
        if tax is None:
            return group
        reading.draft.append((*reading.path, "tax_category"), tax, (group[0],))
        return group[1:]

    def line_pri(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) == "AAB":
            reading.state["gross"] = group[0](1, 2)
        return super().line_pri(reading, group)

    def line_alc(self, reading: Reading, group: Group) -> Group | None:
        gathered = reading.state["allowances"]
        if not gathered:
            reading.later(lambda: self._conclude_allowances(reading, gathered))
        gathered.append(group)
        return DEFERRED

    def _conclude_allowances(self, reading: Reading, gathered: list[Group]) -> None:
        """What the net price has in it already stays as it stands."""
        net = reading.get("price", "price_amount", "value") or ""
        base = exact(reading.get("price", "base_quantity", "value") or "1")
        billed = exact(reading.get("quantity", "value") or "")
        pieces = billed / base if base.is_finite() and base and billed.is_finite() else Decimal("NaN")
        known = _billing.within_price(gathered, reading.state["gross"], net, pieces)
        for group in gathered:
            off = any(moa.tag == "MOA" and moa(1) == _OFF_PRICE for moa in group)
            left = group if off or known else read_allowance(reading, ("allowance_charge",), group)
            self.settle("line", reading, group, left)

    def _gross_price(self, reading: Reading, group: Group) -> None:
        """The gross price is what allowances are taken off: it counts where no net one is said."""
        self.settle("line", reading, group, group if reading.has("price") else self._price(reading, group))

    def line_ali(self, reading: Reading, group: Group) -> Group | None:
        return None if _goods.read_origin(reading, group[0]) else group

    def line_gin(self, reading: Reading, group: Group) -> Group | None:
        return None if _goods.read_numbers(reading, group[0]) else group

    def line_gir(self, reading: Reading, group: Group) -> Group | None:
        return None if _goods.read_set(reading, group[0]) else group

    def line_pci(self, reading: Reading, group: Group) -> Group | None:
        return _goods.read_batch(reading, group)

    # -- totals ------------------------------------------------------------------------------------
    def summary_moa(self, reading: Reading, group: Group) -> Group | None:
        return _billing.gather_totals(self, reading, group)

    def summary_tax(self, reading: Reading, group: Group) -> Group | None:
        return _billing.read_subtotal(reading, group)

    def summary_alc(self, reading: Reading, group: Group) -> Group | None:
        """Totals of allowances; where the header names none, they are the only ones there are."""
        if "header_allowances" not in reading.state:
            reading.state["header_allowances"] = bool(reading.draft.get(("allowance_charge",)))
        known = reading.state["header_allowances"]
        amounts = [one(1) for one in group[1:] if one.tag == "MOA"]
        more = any(self._takes[one.tag].extras(one) for one in group if one.tag in self._takes)
        if known or more or len(group) != 2 or amounts not in (["8"], ["23"], ["204"]):
            return group
        return read_allowance(reading, ("allowance_charge",), group)

    # -- after the last segment --------------------------------------------------------------------
    def finish(self, reading: Reading) -> None:
        for whole, other in (
            ("accounting_customer_party", "buyer_customer_party"),
            ("accounting_supplier_party", "seller_supplier_party"),
        ):
            self._move(reading, other, whole)
        self._put_taxes(reading)
        self.name_items(reading)
        _billing.name_currency(reading)
        super().finish(reading)
        _billing.put_means(reading)
        _billing.put_agreed(reading)

    @staticmethod
    def _move(reading: Reading, source: str, target: str) -> None:
        """Who buys is who pays, and who sells is who bills, unless another is named."""
        values = reading.draft.values
        if target not in values and source in values:
            values[target] = values.pop(source)
            reading.draft.came_from((target,), reading.state.get(source))

    def _put_taxes(self, reading: Reading) -> None:
        groups = reading.state.get("taxes", [])
        plain = [tax for tax in (read_tax(group[0]) for group in groups if len(group) == 1) if tax]
        if len(groups) == len(plain) == 1:
            for index in range(len(reading.draft.get((self.field,), ()))):
                path = (self.field, index, "tax_category")
                if not reading.draft.get(path):
                    reading.draft.put((*path, 0), dict(plain[0]), (groups[0][0],))
        elif len(groups) > len(plain) and not reading.draft.get(("tax_total", 0, "tax_subtotal")):
            for group in groups:
                _billing.read_subtotal(reading, group)

    # -- writing -----------------------------------------------------------------------------------
    def writes(self, document: Invoice) -> bool:
        return super().writes(document) and self.self_billed == document.is_self_billed

    def written_type(self, document: Invoice) -> str:
        return Invoic.types[0]

    def write(self, document: Invoice, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        code = document.invoice_type_code or self.code
        out.add("BGM", code, self.numbered(out, document), "5" if document.sequence_number else "9")
        self.write_dates(out, document)
        write_notes(out, document.note)
        write_notes(out, document.payment_terms.note if document.payment_terms else (), "AAB")
        self._write_references(out, document)
        self.write_parties(out, document)
        if not out.kept("CUX"):
            write_currency(out, document.document_currency_code, "4")
        _billing.write_terms(out, document)
        write_delivery_terms(out, document.delivery_terms)
        write_allowances(out, document.allowance_charge)
        out.close()
        for line in document.invoice_lines:
            self._write_line(out, line)
        self.close(out, document, len(document.invoice_lines))

    def write_dates(self, out: Writing, document: Invoice) -> None:
        """DTM."""
        super().write_dates(out, document)
        delivered = document.delivery and document.delivery.actual_delivery_date
        for kind, on in (("35", delivered), ("131", document.tax_point_date)):
            if on:
                out.add("DTM", (kind, *written(on, None)))
        write_period(out, document.invoice_period, *_sides(document))

    def _write_references(self, out: Writing, document: Invoice) -> None:
        self.write_revision(out, document)
        write_order_reference(out, document.order_reference)
        for kind, field in _FIELDS.items():
            if value := getattr(document, field):
                out.add("RFF", (kind, value))
        write_references(out, document.billing_reference, "IV")
        for reference in document.despatch_document_reference:
            write_despatch(out, reference)
        write_references(out, document.receipt_document_reference, "ALO")
        write_references(out, document.contract_document_reference, "CT")
        write_references(out, document.additional_document_reference)
        if document.payment_means and document.payment_means[0].payment_id:
            out.add("RFF", (_QUOTED, document.payment_means[0].payment_id))

    def write_parties(self, out: Writing, document: Invoice) -> None:
        """NAD; who is paid has the accounts."""
        customer, supplier = document.accounting_customer_party, document.accounting_supplier_party
        buyer, seller, payee = (
            document.buyer_customer_party,
            document.seller_supplier_party,
            document.payee_party,
        )
        paid = [party for party in (payee, supplier, seller) if party]
        paid = next(filter(_billing.named_accounts, paid), paid[0])
        qualifiers = out.profile.qualifiers
        named = (
            (qualifiers["buyer_party"], buyer or customer),
            (qualifiers["invoicee_party"], buyer and customer),
            (qualifiers["seller_party"], seller or supplier),
            ("II", seller and supplier),
            ("PE", payee),
        )
        for role, party in named:
            means = document.payment_means if party is paid else ()
            write_party(out, role, party, _billing.accounts(means))
        delivery = document.delivery
        if delivery:
            place = delivery.delivery_location
            write_place(out, qualifiers["delivery_party"], place, delivery.delivery_party)

    def _write_line(self, out: Writing, line: InvoiceLine) -> None:
        item = line.item
        out.open(self.shape("line"), line.extensions)
        out.add("LIN", line.id, "", line_code(out, item))
        coded = all(_coded(one) for one in item.item_instance)
        write_codes(out, item if coded else item.model_copy(update={"item_instance": ()}))
        write_descriptions(out, item)
        for kind, quantity in ((_BILLED[0], line.quantity), (_PACK, item.pack_quantity)):
            if quantity:
                out.add("QTY", (kind, out.number(quantity.value), out.unit(quantity.unit_code)))
        _goods.write_origin(out, item)
        write_period(out, line.invoice_period, *_sides(line))
        amount = line.line_extension_amount
        if amount:
            out.add("MOA", (_NET[0], out.number(amount.value), amount.currency_id))
        write_notes(out, line.note)
        write_price(out, line.price)
        write_line_order(out, line.order_line_reference)
        write_despatch(out, line.despatch_line_reference)
        write_reference(out, line.billing_reference, "IV")
        for tax in line.tax_category:
            write_tax(out, tax)
        write_allowances(out, line.allowance_charge)
        if not coded:
            _goods.write_instances(out, item)
        out.close()

    def write_summary(self, out: Writing, document: Invoice) -> None:
        _billing.write_totals(out, document)


def _sides(part: Invoice | InvoiceLine) -> tuple[str, str, str]:
    """2005 of a period as a whole, of its beginning, of its end."""
    period = part.invoice_period
    return ("168" if period and period.start_date is None else "263", "167", "168")


def _coded(one: ItemInstance) -> bool:
    """Whether a number is all that is said of a batch or a piece."""
    return one in (ItemInstance(lot_number_id=one.lot_number_id), ItemInstance(serial_id=one.serial_id))


class CreditNote(Invoic):
    """The same, taken back."""

    types: ClassVar = ()
    documents: ClassVar = ("credit_note",)
    code: ClassVar = "381"
    usual: ClassVar = {"invoice_type_code": "381"}


class SelfBilled(Invoic):
    """The invoice that who pays makes and sends."""

    types: ClassVar = ()
    usual: ClassVar = {}
    self_billed: ClassVar = True
    sender: ClassVar = "accounting_customer_party"
    receiver: ClassVar = "accounting_supplier_party"


class SelfBilledCreditNote(SelfBilled):
    """The credit note that who pays makes and sends."""

    documents: ClassVar = ("credit_note",)


#: whether it is a credit note, whether it is self-billed
_BY_KIND = {
    (False, False): Invoic(),
    (True, False): CreditNote(),
    (False, True): SelfBilled(),
    (True, True): SelfBilledCreditNote(),
}
