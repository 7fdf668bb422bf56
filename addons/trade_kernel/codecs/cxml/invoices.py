"""InvoiceDetailRequest: an invoice, or a credit memo."""

from ...canonical import SELF_BILLED
from ...canonical.base import plain
from ...errors import ValidationFailed, phrase, said
from .._xml_reading import number, number_lines
from .._xml_table import Table, constant, field, group, must
from .kinds import DAY, ISSUED, MONEY, UNIT, Words
from .parts import (
    BASIS,
    CONTACT,
    ITEM_ID,
    as_address,
    as_party,
    give_header,
    give_item,
    header,
    take_header,
    take_item,
    take_quantity,
)

INFORMATION = phrase("cxml.no_invoice.information", "it is for information only")
phrase("cxml.no_invoice.withdraws", "it withdraws an earlier one (operation {operation})")

_SUPPLIER, _CUSTOMER = "accounting_supplier_party", "accounting_customer_party"
#: InvoicePartner/Contact@role → the party; the first of a party's roles is the one that is written
_ROLES = {
    "from": _SUPPLIER,
    "billFrom": _SUPPLIER,
    "issuerOfInvoice": _SUPPLIER,
    "supplierCorporate": _SUPPLIER,
    "billTo": _CUSTOMER,
    "remitTo": "payee_party",
    "soldTo": "buyer_customer_party",
    "sales": "seller_supplier_party",
}
_TAX_IDS = ("vatID", "supplierTaxID", "taxID")
#: UNTDID 1001
PURPOSES = Words(
    {
        "standard": "380",
        "creditMemo": "381",
        "debitMemo": "383",
        "lineLevelCreditMemo": "381",
        "lineLevelDebitMemo": "383",
    }
)
#: who makes the invoice, when it is not who is paid; UNTDID 1001 of those, of invoices and credit notes
_BUYER, _BY_BUYER = "buyer", ("389", "261")
#: an amount of its own → whether it is a charge, UNCL 7161 (freight, handling) or 5189 (discount)
_CHARGES = (("_handling", True, "HD"), ("_shipping", True, "FC"), ("_discount", False, "95"))


# --- charges and taxes ----------------------------------------------------------------------------
def _take_charges(part) -> None:
    charges = []
    for name, charge, code in _CHARGES:
        amount = part.pop(name, None)
        if amount and amount.get("value", "").strip("+-0."):
            charges.append(
                {"charge_indicator": charge, "allowance_charge_reason_code": code, "amount": amount}
            )
    if charges:
        part["allowance_charge"] = charges


def _give_charges(part) -> None:
    for charge in part.get("allowance_charge", ()):
        what = (charge["charge_indicator"], charge.get("allowance_charge_reason_code"))
        for name, indicator, code in _CHARGES:
            if what == (indicator, code) and charge.get("amount") and name not in part:
                part[name] = charge["amount"]


def _tax(total, _reading):
    for part in total.get("tax_subtotal", ()):
        _rate(part, part.setdefault("tax_category", {}))


def _rate(part, category) -> None:
    """The rate in percent; the amounts give those away who write 0.21 for 21 %."""
    try:
        rate = number(category.get("percent", ""))
        tax, base = (number(part[name]["value"]) for name in ("tax_amount", "taxable_amount"))
    except (ValueError, KeyError, TypeError):
        return
    if base and rate and abs(base * rate - tax) < abs(base * rate / 100 - tax):
        category["percent"] = plain(rate * 100)


TAX = Table(
    field("Money", "tax_amount", MONEY),
    constant("Description/@xml:lang", "en"),
    constant("Description", "Tax"),
    group(
        "TaxDetail*",
        "tax_subtotal",
        Table(
            field("@category", "tax_category.tax_scheme_id"),
            field("@percentageRate", "tax_category.percent"),
            field("TaxableAmount/Money", "taxable_amount", MONEY),
            field("TaxAmount/Money", "tax_amount", MONEY),
            must("TaxAmount"),
            field("Description", "tax_category.tax_exemption_reason"),
        ),
    ),
    after=_tax,
)


# --- lines ----------------------------------------------------------------------------------------
def _line(line, _reading):
    take_item(line)
    take_quantity(line)
    if "item" not in line:
        # Many name the order's line only: that is what the item is known by.
        order_line = line.get("order_line_reference", {}).get("line_id", "?")
        line["item"] = {"name": f"Order line {order_line}"}
    _take_charges(line)


def _line_before(line):
    give_item(line)
    _give_charges(line)


def _line_table(reference: str) -> Table:
    """:param reference: the element that names the item."""
    return Table(
        field("@invoiceLineNumber", "id"),
        field("@quantity", "quantity.value"),
        field("UnitOfMeasure", "quantity.unit_code", UNIT),
        field("UnitPrice/Money", "price.price_amount", MONEY),
        *BASIS.entries,
        field(f"{reference}/@lineNumber", "order_line_reference.line_id"),
        must(reference),
        group(f"{reference}/ItemID", "", ITEM_ID),
        constant(f"{reference}/Description/@xml:lang", "en"),
        field(f"{reference}/Description", "item.description"),
        field(f"{reference}/Description/ShortName", "item.name"),
        constant(f"{reference}/Classification/@domain", "UNSPSC", ("unspsc",)),
        field(f"{reference}/Classification", "item.commodity_classification"),
        field(f"{reference}/ManufacturerPartID", "item.manufacturers_item_identification.id"),
        field("SubtotalAmount/Money", "line_extension_amount", MONEY),
        group(
            "Tax/TaxDetail*",
            "tax_category",
            Table(field("@category", "tax_scheme_id"), field("@percentageRate", "percent")),
        ),
        field("InvoiceDetailLineSpecialHandling/Money", "_handling", MONEY),
        field("InvoiceDetailLineShipping/Money", "_shipping", MONEY),
        field("InvoiceDetailDiscount/Money", "_discount", MONEY),
        field("Comments*", "note"),
        extends=True,
        after=_line,
        before=_line_before,
    )


_INFO = "InvoiceDetailOrderInfo"
PORTION = Table(
    field(f"{_INFO}/OrderReference/@orderID", "id"),
    field(f"{_INFO}/OrderReference/@orderDate", "_ordered", ISSUED),
    field(f"{_INFO}/OrderReference/DocumentReference/@payloadID", "_payload"),
    field(f"{_INFO}/OrderIDInfo/@orderID", "id", read_only=True),
    field(f"{_INFO}/MasterAgreementReference/@agreementID", "_agreement"),
    field(f"{_INFO}/MasterAgreementReference/DocumentReference/@payloadID", "_agreement_payload"),
    field(f"{_INFO}/SupplierOrderInfo/@orderID", "sales_order_id"),
    must(_INFO),
    group("InvoiceDetailItem*", "lines", _line_table("InvoiceDetailItemReference")),
    group(
        "InvoiceDetailServiceItem*",
        "lines",
        _line_table("InvoiceDetailServiceItemReference"),
        read_only=True,
    ),
    group("InvoiceDetailOrderSummary*", "lines", _line_table("InvoiceDetailItemReference"), read_only=True),
)


def _take_portions(bill) -> None:
    """The order a line is for: the document's when there is one only."""
    portions = bill.pop("_portions", [])
    orders, agreements, lines = [], [], []
    for portion in portions:
        order = {"id": portion.get("id") or portion.get("_payload")}
        order["sales_order_id"] = portion.get("sales_order_id")
        order["issue_date"] = portion.get("_ordered", {}).get("issue_date")
        orders.append({name: value for name, value in order.items() if value})
        if agreement := portion.get("_agreement") or portion.get("_agreement_payload"):
            agreements.append({"id": agreement})
    if len(orders) == 1 and orders[0].get("id"):
        bill["order_reference"] = orders[0]
    for portion, order in zip(portions, orders, strict=True):
        for line in portion.get("lines", ()):
            if len(orders) > 1 and order.get("id"):
                line.setdefault("order_line_reference", {})["order_reference"] = dict(order)
            lines.append(line)
    number_lines(lines)
    if lines:
        bill["invoice_lines"] = lines
    if agreements:
        bill["contract_document_reference"] = agreements


def _give_portions(bill) -> None:
    whole = bill.get("order_reference") or {}
    portions: dict = {}
    for line in bill["invoice_lines"]:
        order = (line.get("order_line_reference") or {}).get("order_reference") or whole
        portion = portions.setdefault(order.get("id"), {"id": order.get("id"), "lines": []})
        if "issue_date" in order:
            portion["_ordered"] = {"issue_date": order["issue_date"]}
        if "sales_order_id" in order:
            portion["sales_order_id"] = order["sales_order_id"]
        portion["lines"].append(line)
    if contracts := bill.get("contract_document_reference"):
        next(iter(portions.values()))["_agreement"] = contracts[0]["id"]
    bill["_portions"] = list(portions.values())


# --- signs ----------------------------------------------------------------------------------------
def _turned(text: str) -> str:
    if not text.strip("+-0."):
        return text
    return text[1:] if text.startswith("-") else "-" + text.removeprefix("+")


def _turn(values) -> None:
    """Change the sign of every amount that is no price, and of quantities; of a price if only it has one."""
    if isinstance(values, list):
        for value in values:
            _turn(value)
        return
    if not isinstance(values, dict):
        return
    if "currency_id" in values:
        values["value"] = _turned(values["value"])
        return
    price = (values.get("price") or {}).get("price_amount") or {}
    quantity = values.get("quantity") or {}
    only_price = price.get("value", "").startswith("-") and not quantity.get("value", "-").startswith("-")
    for name, value in values.items():
        if name == "quantity" and isinstance(value, dict) and "value" in value and not only_price:
            value["value"] = _turned(value["value"])
        elif name == "price" and only_price:
            price["value"] = _turned(price["value"])
        elif name not in ("price", "quantity", "extensions"):
            _turn(value)


def _is_negative(bill) -> bool:
    """Whether a credit memo has its amounts below zero, as the manual wants them."""
    total = bill.get("legal_monetary_total", {})
    amounts = [
        total.get(name) for name in ("payable_amount", "line_extension_amount", "tax_inclusive_amount")
    ]
    amounts += [line.get("line_extension_amount") for line in bill.get("invoice_lines", ())]
    signs = [
        amount["value"].startswith("-") for amount in amounts if amount and amount["value"].strip("+-0.")
    ]
    return signs[0] if signs else False


# --- parties --------------------------------------------------------------------------------------
def _take_partners(bill) -> None:
    others = []
    for partner in bill.pop("_partners", ()):
        contact = partner.get("contact", {})
        name = _ROLES.get(contact.get("role", ""))
        party = bill.setdefault(name, {}) if name and contact.get("name") else None
        if party is None:
            others.append(partner)
            continue
        contact.pop("id", None)
        as_party(contact, party)
        left = []
        for reference in partner.get("ids", ()):
            if reference.get("domain") in _TAX_IDS and "company_id" not in party:
                party["company_id"] = reference.get("id")
            else:
                left.append(reference)
        if left:
            party.setdefault("extensions", {})["references"] = left
    if others:
        bill.setdefault("extensions", {})["partners"] = others


def _give_partners(bill) -> None:
    partners, written = [], set()
    for role, name in _ROLES.items():
        party = bill.get(name)
        if not party or not party.get("party_name") or name in written:
            continue
        written.add(name)
        contact = {"role": role, **as_address(party)}
        contact.pop("id", None)
        contact.pop("deliver_to", None)
        tax_id = party.get("company_id")
        partners.append(
            {"contact": contact, "ids": [{"domain": _TAX_IDS[0], "id": tax_id}] if tax_id else []}
        )
    bill["_partners"] = partners


# --- invoice --------------------------------------------------------------------------------------
def _invoice(bill, reading):
    bill.update(bill.pop("_issued", {}))
    _take_portions(bill)
    _take_charges(bill)
    if bill.get("document_type") == "credit_note" and _is_negative(bill):
        _turn(bill)
    if bill.pop("_origin", "").lower() == _BUYER:
        bill["invoice_type_code"] = _BY_BUYER[bill.get("document_type") == "credit_note"]
        take_header(bill, _CUSTOMER, _SUPPLIER)
    else:
        take_header(bill, _SUPPLIER, _CUSTOMER)
    _take_partners(bill)
    if days := bill.pop("_days", None):
        bill["payment_terms"] = {"id": days}
    period = bill.pop("_period", {})
    dates = {f"{name}_date": period[name]["issue_date"] for name in ("start", "end") if name in period}
    if dates:
        bill["invoice_period"] = dates
    if reading.currency:
        bill.setdefault("document_currency_code", reading.currency)
    if (operation := bill.pop("_operation", "new")) == "delete":
        _no_invoice(reading, said("cxml.no_invoice.withdraws", operation=operation))
    if bill.pop("_information", "no") == "yes":
        _no_invoice(reading, INFORMATION)


def _no_invoice(reading, reason: dict) -> None:
    reading.draft.fail(ValidationFailed("cxml.no_invoice", pointer=f"/cXML/{_HEAD}", reason=reason))


def _invoice_before(bill):
    bill["_issued"] = {name: bill[name] for name in ("issue_date", "issue_time") if name in bill}
    parties = (_SUPPLIER, _CUSTOMER)
    if bill.get("invoice_type_code") in SELF_BILLED:
        bill["_origin"], parties = _BUYER, parties[::-1]
    if bill["document_type"] == "credit_note":
        _turn(bill)
        bill["invoice_type_code"] = "381"
    elif bill.get("invoice_type_code") != "383":
        bill["invoice_type_code"] = "380"
    bill["_operation"] = "new"
    give_header(bill, *parties)
    _give_partners(bill)
    _give_portions(bill)
    _give_charges(bill)
    days = (bill.get("payment_terms") or {}).get("id", "")
    bill["_days"] = days if days.isdecimal() else None
    period = bill.get("invoice_period") or {}
    bill["_period"] = {
        name: {"issue_date": period[f"{name}_date"]} for name in ("start", "end") if f"{name}_date" in period
    }


_MESSAGE = "Request/InvoiceDetailRequest"
_HEAD = f"{_MESSAGE}/InvoiceDetailRequestHeader"
_SUMMARY = f"{_MESSAGE}/InvoiceDetailSummary"
_PARTNER = Table(
    group("Contact", "contact", CONTACT),
    group("IdReference*", "ids", Table(field("@domain", "domain"), field("@identifier", "id"))),
)
INVOICE = Table(
    *header(_MESSAGE),
    field(f"{_HEAD}/@invoiceID", "id"),
    field(f"{_HEAD}/@invoiceDate", "_issued", ISSUED),
    field(f"{_HEAD}/@purpose", "invoice_type_code", PURPOSES),
    field(f"{_HEAD}/@invoiceOrigin", "_origin"),
    field(f"{_HEAD}/@operation", "_operation"),
    field(f"{_HEAD}/@isInformationOnly", "_information"),
    must(f"{_HEAD}/InvoiceDetailHeaderIndicator"),
    must(f"{_HEAD}/InvoiceDetailLineIndicator"),
    group(f"{_HEAD}/InvoicePartner*", "_partners", _PARTNER),
    group(
        f"{_HEAD}/InvoiceIDInfo*",
        "billing_reference",
        Table(field("@invoiceID", "id"), field("@invoiceDate", "issue_date", DAY)),
    ),
    group(f"{_HEAD}/ShipNoticeIDInfo*", "despatch_document_reference", Table(field("@shipNoticeID", "id"))),
    field(f"{_HEAD}/PaymentTerm/@payInNumberOfDays", "_days"),
    field(f"{_HEAD}/Period/@startDate", "_period.start", ISSUED),
    field(f"{_HEAD}/Period/@endDate", "_period.end", ISSUED),
    field(f"{_HEAD}/Comments*", "note"),
    group(f"{_MESSAGE}/InvoiceDetailOrder*", "_portions", PORTION),
    group(f"{_MESSAGE}/InvoiceDetailHeaderOrder*", "_portions", PORTION, read_only=True),
    field(f"{_SUMMARY}/SubtotalAmount/Money", "legal_monetary_total.line_extension_amount", MONEY),
    group(f"{_SUMMARY}/Tax*", "tax_total", TAX),
    field(f"{_SUMMARY}/SpecialHandlingAmount/Money", "_handling", MONEY),
    field(f"{_SUMMARY}/ShippingAmount/Money", "_shipping", MONEY),
    field(f"{_SUMMARY}/GrossAmount/Money", "legal_monetary_total.tax_inclusive_amount", MONEY),
    field(f"{_SUMMARY}/InvoiceDetailDiscount/Money", "_discount", MONEY),
    field(f"{_SUMMARY}/NetAmount/Money", "legal_monetary_total.payable_amount", MONEY, copy=True),
    field(f"{_SUMMARY}/DueAmount/Money", "legal_monetary_total.payable_amount", MONEY),
    after=_invoice,
    before=_invoice_before,
)
