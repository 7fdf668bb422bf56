"""The invoice, and the credit note that takes some of it back."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from .base import (
    Currency,
    Date,
    Document,
    Extensions,
    Id,
    Notes,
    OptionalId,
    Part,
    Problem,
    refused,
)
from .checks import duplicate_lines
from .parts import (
    Amount,
    DocumentReference,
    Item,
    OrderLineReference,
    OrderReference,
    Party,
    Period,
    Price,
    SignedQuantity,
)
from .parts_money import AllowanceCharge, MonetaryTotal, PaymentMeans, PaymentTerms, TaxCategory, TaxTotal
from .parts_shipping import Delivery, DeliveryTerms

#: UNTDID 1001 of what is billed or credited by who pays, in the name of who is paid
SELF_BILLED = frozenset({"261", "389", "527"})


class InvoiceLine(Part):
    """One billed or credited item. UBL: Invoice/cac:InvoiceLine, CreditNote/cac:CreditNoteLine"""

    id: Id
    """The line's own number, unique in the document. UBL: cbc:ID"""
    note: Notes = ()
    """Free text for people. UBL: cbc:Note"""
    quantity: SignedQuantity | None = None
    """How much is billed or credited. UBL: cbc:InvoicedQuantity, cbc:CreditedQuantity"""
    line_extension_amount: Amount | None = None
    """Net amount of the line, allowances and charges of the line included. UBL: cbc:LineExtensionAmount"""
    order_line_reference: OrderLineReference | None = None
    """What was ordered. UBL: cac:OrderLineReference"""
    despatch_line_reference: DocumentReference | None = None
    """What was delivered. UBL: cac:DespatchLineReference"""
    billing_reference: DocumentReference | None = None
    """The invoice line that is credited. UBL: cac:BillingReference"""
    invoice_period: Period | None = None
    """UBL: cac:InvoicePeriod"""
    allowance_charge: tuple[AllowanceCharge, ...] = ()
    """UBL: cac:AllowanceCharge"""
    tax_category: tuple[TaxCategory, ...] = ()
    """Taxes on the line. UBL: cac:Item/cac:ClassifiedTaxCategory"""
    item: Item
    """What is billed. UBL: cac:Item"""
    price: Price | None = None
    """Net price. UBL: cac:Price"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""


class Invoice(Document):
    """An invoice. UBL: Invoice-2

    Whether it adds up is not decided here: that is compared with the order and the receipt, with the
    arithmetic shown.
    """

    LINES: ClassVar = ("invoice_lines",)

    document_type: Literal["invoice"] = "invoice"
    """Always "invoice"."""
    invoice_type_code: OptionalId = None
    """UNTDID 1001: 380 invoice, 381 credit note, 389 and 261 self-billed ones. UBL: cbc:InvoiceTypeCode"""
    due_date: Date | None = None
    """UBL: cbc:DueDate"""
    tax_point_date: Date | None = None
    """UBL: cbc:TaxPointDate"""
    document_currency_code: Currency
    """Currency of every amount but those in ``tax_total`` said otherwise. UBL: cbc:DocumentCurrencyCode"""
    tax_currency_code: Currency | None = None
    """Currency taxes are accounted in. UBL: cbc:TaxCurrencyCode"""
    buyer_reference: OptionalId = None
    """What the buyer wants quoted. UBL: cbc:BuyerReference"""
    accounting_cost: OptionalId = None
    """UBL: cbc:AccountingCost"""
    invoice_period: Period | None = None
    """UBL: cac:InvoicePeriod"""
    order_reference: OrderReference | None = None
    """The order, unless the lines name theirs. UBL: cac:OrderReference"""
    billing_reference: tuple[DocumentReference, ...] = ()
    """The invoices that are credited or corrected. UBL: cac:BillingReference"""
    despatch_document_reference: tuple[DocumentReference, ...] = ()
    """UBL: cac:DespatchDocumentReference"""
    receipt_document_reference: tuple[DocumentReference, ...] = ()
    """UBL: cac:ReceiptDocumentReference"""
    contract_document_reference: tuple[DocumentReference, ...] = ()
    """UBL: cac:ContractDocumentReference"""
    additional_document_reference: tuple[DocumentReference, ...] = ()
    """Further documents, among them the picture of this one. UBL: cac:AdditionalDocumentReference"""
    accounting_supplier_party: Party
    """Who bills. UBL: cac:AccountingSupplierParty/cac:Party"""
    accounting_customer_party: Party
    """Who pays. UBL: cac:AccountingCustomerParty/cac:Party"""
    payee_party: Party | None = None
    """Who is paid, when it is another. UBL: cac:PayeeParty"""
    buyer_customer_party: Party | None = None
    """UBL: cac:BuyerCustomerParty/cac:Party"""
    seller_supplier_party: Party | None = None
    """UBL: cac:SellerSupplierParty/cac:Party"""
    delivery: Delivery | None = None
    """UBL: cac:Delivery"""
    delivery_terms: DeliveryTerms | None = None
    """UBL: cac:DeliveryTerms"""
    payment_means: tuple[PaymentMeans, ...] = ()
    """UBL: cac:PaymentMeans"""
    payment_terms: PaymentTerms | None = None
    """UBL: cac:PaymentTerms"""
    allowance_charge: tuple[AllowanceCharge, ...] = ()
    """Freight, discounts and others on the whole document. UBL: cac:AllowanceCharge"""
    tax_total: tuple[TaxTotal, ...] = ()
    """UBL: cac:TaxTotal"""
    legal_monetary_total: MonetaryTotal | None = None
    """UBL: cac:LegalMonetaryTotal"""
    invoice_lines: tuple[InvoiceLine, ...] = Field(json_schema_extra={"minItems": 1})
    """At least one. UBL: cac:InvoiceLine, cac:CreditNoteLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.invoice_lines:
            name = self.document_type.replace("_", " ")
            yield ("invoice_lines",), refused("document.no_lines", document=name), None
        yield from duplicate_lines(self.invoice_lines, "invoice_lines")

    @property
    def thread(self) -> str:
        return self.order_reference.id if self.order_reference else self.id

    @property
    def is_self_billed(self) -> bool:
        """Whether who pays has made it, in the name of who is paid."""
        return self.invoice_type_code in SELF_BILLED


class CreditNote(Invoice):
    """A credit note; its amounts are positive and are taken back. UBL: CreditNote-2"""

    document_type: Literal["credit_note"] = "credit_note"
    """Always "credit_note"."""
