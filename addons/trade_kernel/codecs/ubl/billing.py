"""Invoices, credit notes, what was paid, and how the account stands."""

from ...canonical.base import plain
from .._xml_reading import kept, number, number_lines
from .._xml_table import Table, field, group, must
from .kinds import CODE, DAY, MEANS, MONEY, QUANTITY
from .parts import (
    ALLOWANCE_CHARGE,
    DATED_REFERENCE,
    DELIVERY,
    DELIVERY_TERMS,
    DOCUMENT_REFERENCE,
    LINE_REFERENCE,
    MONETARY_TOTAL,
    ORDER_LINE_REFERENCE,
    ORDER_REFERENCE,
    OTHER_PARTY,
    PARTY,
    PAYMENT_TERMS,
    PERIOD,
    PRICE,
    TAX_TOTAL,
    TAXED_ITEM,
    head,
    payment_means,
)

#: a credit note that is referred to says so by its type, UNTDID 1001
_CREDITED = {"fallback": True, "also": {"document_type_code": "381"}}
_BILLED = Table(
    group("cac:InvoiceDocumentReference", "", DOCUMENT_REFERENCE),
    group("cac:CreditNoteDocumentReference", "", DOCUMENT_REFERENCE, **_CREDITED),
    field("cac:BillingReferenceLine/cbc:ID", "line_id"),
    says=lambda reference: reference.get("id"),
)


# --- lines ----------------------------------------------------------------------------------------
def _line(quantity: str) -> Table:
    return Table(
        field("cbc:ID", "id"),
        field("cbc:Note*", "note"),
        field(f"cbc:{quantity}", "quantity", QUANTITY),
        field("cbc:LineExtensionAmount", "line_extension_amount", MONEY),
        group("cac:InvoicePeriod", "invoice_period", PERIOD),
        group("cac:OrderLineReference", "order_line_reference", ORDER_LINE_REFERENCE),
        group("cac:DespatchLineReference", "despatch_line_reference", LINE_REFERENCE),
        group("cac:BillingReference", "billing_reference", _BILLED),
        group("cac:AllowanceCharge*", "allowance_charge", ALLOWANCE_CHARGE),
        group("cac:Item", "item", TAXED_ITEM, must=True),
        group("cac:Price", "price", PRICE),
        extends=True,
    )


def _bill(bill, reading):
    if reading.currency:
        bill.setdefault("document_currency_code", reading.currency)
    number_lines(bill.get("invoice_lines", ()))
    for index, means in enumerate(bill.get("payment_means", ()), 1):
        day = means.pop("_due", None)
        if day and bill.setdefault("due_date", day) != day:
            kept(bill)[f"cac:PaymentMeans[{index}]/cbc:PaymentDueDate"] = day


def _credit_before(credit):
    """A credit note has no element for the day it is due but at the means of payment."""
    if credit.get("due_date") and credit.get("payment_means"):
        credit["payment_means"][0]["_due"] = credit["due_date"]


_MEANS = payment_means("_due")
_REFERENCES = (
    group("cac:DespatchDocumentReference*", "despatch_document_reference", DOCUMENT_REFERENCE),
    group("cac:ReceiptDocumentReference*", "receipt_document_reference", DOCUMENT_REFERENCE),
    group("cac:ContractDocumentReference*", "contract_document_reference", DOCUMENT_REFERENCE),
    group("cac:AdditionalDocumentReference*", "additional_document_reference", DOCUMENT_REFERENCE),
)
_CURRENCIES = (
    field("cbc:DocumentCurrencyCode", "document_currency_code", CODE),
    field("cbc:TaxCurrencyCode", "tax_currency_code", CODE),
    field("cbc:AccountingCost", "accounting_cost"),
    field("cbc:LineCountNumeric", "_envelope.line_count"),
    field("cbc:BuyerReference", "buyer_reference"),
    group("cac:InvoicePeriod", "invoice_period", PERIOD),
    group("cac:OrderReference", "order_reference", ORDER_REFERENCE),
    group("cac:BillingReference*", "billing_reference", _BILLED),
    *_REFERENCES,
)
_PARTIES = (
    group("cac:AccountingSupplierParty/cac:Party", "accounting_supplier_party", PARTY),
    must("cac:AccountingSupplierParty"),
    group("cac:AccountingCustomerParty/cac:Party", "accounting_customer_party", PARTY),
    must("cac:AccountingCustomerParty"),
    group("cac:PayeeParty", "payee_party", OTHER_PARTY),
    group("cac:BuyerCustomerParty/cac:Party", "buyer_customer_party", OTHER_PARTY),
    group("cac:SellerSupplierParty/cac:Party", "seller_supplier_party", OTHER_PARTY),
    group("cac:Delivery", "delivery", DELIVERY),
    group("cac:DeliveryTerms", "delivery_terms", DELIVERY_TERMS),
    group("cac:PaymentMeans*", "payment_means", _MEANS),
    group("cac:PaymentTerms", "payment_terms", PAYMENT_TERMS),
    group("cac:AllowanceCharge*", "allowance_charge", ALLOWANCE_CHARGE),
    group("cac:TaxTotal*", "tax_total", TAX_TOTAL),
    group("cac:LegalMonetaryTotal", "legal_monetary_total", MONETARY_TOTAL, must=True),
)
INVOICE = Table(
    *head(
        field("cbc:DueDate", "due_date", DAY),
        field("cbc:InvoiceTypeCode", "invoice_type_code", CODE),
    ),
    field("cbc:TaxPointDate", "tax_point_date", DAY),
    *_CURRENCIES,
    *_PARTIES,
    group("cac:InvoiceLine*", "invoice_lines", _line("InvoicedQuantity")),
    after=_bill,
)
CREDIT_NOTE = Table(
    *head(
        field("cbc:TaxPointDate", "tax_point_date", DAY),
        field("cbc:CreditNoteTypeCode", "invoice_type_code", CODE),
    ),
    *_CURRENCIES,
    *_PARTIES,
    group("cac:CreditNoteLine*", "invoice_lines", _line("CreditedQuantity")),
    after=_bill,
    before=_credit_before,
)


# --- remittance advice ----------------------------------------------------------------------------
def _paid(line, _reading):
    """What was paid: the debit less the credit."""
    debit, credit = line.pop("_debit", None), line.pop("_credit", None)
    if debit is None and credit is None:
        return
    try:
        taken = number(credit["value"]) if credit else 0
        value = (
            plain(number(debit["value"] if debit else "0") - taken) if taken or not debit else debit["value"]
        )
    except ValueError:
        value = (debit or credit)["value"]  # no number: the document will say so
    line["paid_amount"] = {**(debit or credit), "value": value}


def _paid_before(line):
    paid = line["paid_amount"]
    if paid["value"].startswith("-"):
        line["_credit"] = {**paid, "value": paid["value"][1:]}
    else:
        line["_debit"] = paid


_PAID = Table(
    group("cac:InvoiceDocumentReference", "billing_reference", DOCUMENT_REFERENCE),
    group("cac:CreditNoteDocumentReference", "billing_reference", DOCUMENT_REFERENCE, **_CREDITED),
    group("cac:AdditionalDocumentReference", "order_reference", DATED_REFERENCE),
)
REMITTANCE_LINE = Table(
    field("cbc:ID", "id"),
    field("cbc:Note*", "note"),
    field("cbc:DebitLineAmount", "_debit", MONEY),
    field("cbc:CreditLineAmount", "_credit", MONEY),
    field("cbc:BalanceAmount", "invoice_amount", MONEY),
    group("cac:BillingReference", "", _PAID),
    extends=True,
    after=_paid,
    before=_paid_before,
)


def _remittance(advice, _reading):
    number_lines(advice.get("remittance_lines", ()))


REMITTANCE_ADVICE = Table(
    *head(),
    field("cbc:DocumentCurrencyCode", "document_currency_code", CODE),
    field("cbc:TotalPaymentAmount", "total_payment_amount", MONEY),
    field("cbc:PaymentOrderReference", "payment_order_reference"),
    field("cbc:LineCountNumeric", "_envelope.line_count"),
    group("cac:AccountingCustomerParty/cac:Party", "payer_party", OTHER_PARTY),
    must("cac:AccountingCustomerParty"),
    group("cac:AccountingSupplierParty/cac:Party", "payee_party", OTHER_PARTY, fallback=True),
    must("cac:AccountingSupplierParty"),
    group("cac:PayeeParty", "payee_party", OTHER_PARTY),
    group("cac:PaymentMeans", "payment_means", payment_means("^.payment_date")),
    group("cac:RemittanceAdviceLine*", "remittance_lines", REMITTANCE_LINE),
    after=_remittance,
)


# --- statement of account -------------------------------------------------------------------------
#: where the reference of a line stands → what the line is
_STATED = {"_invoice": "invoice", "_credit_note": "credit_note", "_payment": "payment"}


def _stated(line, _reading):
    """What a line is, by the element that names its document."""
    for part, kind in (*_STATED.items(), ("_other", None)):
        reference = line.pop(part, None)
        if reference and "document_reference" in line:
            kept(line)[f"{part.removeprefix('_')}/cbc:ID"] = reference.get("id", "")
        elif reference:
            line["document_reference"] = reference
            if kind:
                line["line_type_code"] = kind
    if line.pop("_forward", None) in ("true", "1"):
        line["line_type_code"] = "balance_forward"
    if means := line.pop("_means", None):
        kept(line)["cac:PaymentMeans/cbc:PaymentMeansCode"] = means


def _stated_before(line):
    reference, kind = line.get("document_reference"), line.get("line_type_code")
    places = {kind: place for place, kind in _STATED.items()}
    if reference:
        line[places.get(kind, "_other")] = reference


_COLLECTED = Table(
    field("cbc:ID", "id"),
    field("cbc:ReceivedDate", "issue_date", DAY, fallback=True),
    field("cbc:PaidDate", "issue_date", DAY),
    says=lambda payment: payment.get("id"),
)
STATEMENT_LINE = Table(
    field("cbc:ID", "id"),
    field("cbc:Note*", "note"),
    field("cbc:BalanceBroughtForwardIndicator", "_forward", CODE, read_only=True),
    field("cbc:DebitLineAmount", "debit_amount", MONEY),
    field("cbc:CreditLineAmount", "credit_amount", MONEY),
    field("cac:PaymentMeans/cbc:PaymentMeansCode", "_means", MEANS),
    field("cac:PaymentMeans/cbc:PaymentDueDate", "due_date", DAY),
    group("cac:BillingReference/cac:InvoiceDocumentReference", "_invoice", DOCUMENT_REFERENCE),
    group("cac:BillingReference/cac:CreditNoteDocumentReference", "_credit_note", DOCUMENT_REFERENCE),
    group("cac:DocumentReference", "_other", DOCUMENT_REFERENCE),
    group("cac:CollectedPayment", "_payment", _COLLECTED),
    extends=True,
    after=_stated,
    before=_stated_before,
)


def _statement(statement, reading):
    if reading.currency:
        statement.setdefault("document_currency_code", reading.currency)
    number_lines(statement.get("statement_lines", ()))


STATEMENT = Table(
    *head(),
    field("cbc:DocumentCurrencyCode", "document_currency_code", CODE),
    field("cbc:TotalDebitAmount", "total_debit_amount", MONEY),
    field("cbc:TotalCreditAmount", "total_credit_amount", MONEY),
    field("cbc:TotalBalanceAmount", "closing_balance", MONEY),
    field("cbc:LineCountNumeric", "_envelope.line_count"),
    group("cac:StatementPeriod", "statement_period", PERIOD),
    group("cac:AccountingSupplierParty/cac:Party", "supplier_party", OTHER_PARTY),
    must("cac:AccountingSupplierParty"),
    group("cac:AccountingCustomerParty/cac:Party", "customer_party", OTHER_PARTY),
    must("cac:AccountingCustomerParty"),
    group("cac:StatementLine*", "statement_lines", STATEMENT_LINE),
    after=_statement,
)
