"""An offer: the answer to a request, or the cart a buyer filled in the seller's shop (punch-out)."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from .base import Currency, Date, Document, Extensions, Id, Notes, OptionalId, Part, Problem
from .checks import duplicate_lines
from .parts import Amount, Item, Party, Period, Price, Quantity
from .parts_money import AllowanceCharge, MonetaryTotal, TaxCategory
from .parts_shipping import Delivery


class QuotationLine(Part):
    """One offered item. UBL: Quotation/cac:QuotationLine"""

    id: Id
    """The line's own number, unique in the offer. UBL: cbc:ID"""
    note: Notes = ()
    """UBL: cbc:Note"""
    quantity: Quantity | None = None
    """UBL: cac:LineItem/cbc:Quantity"""
    price: Price | None = None
    """UBL: cac:LineItem/cac:Price"""
    line_extension_amount: Amount | None = None
    """UBL: cac:LineItem/cbc:LineExtensionAmount"""
    promised_delivery_period: Period | None = None
    """UBL: cac:LineItem/cac:Delivery/cac:PromisedDeliveryPeriod"""
    tax_category: tuple[TaxCategory, ...] = ()
    """UBL: cac:Item/cac:ClassifiedTaxCategory"""
    item: Item
    """UBL: cac:LineItem/cac:Item"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model."""


class Quotation(Document):
    """An offer. UBL: Quotation-2; cXML: PunchOutOrderMessage, QuoteMessage"""

    LINES: ClassVar = ("quotation_lines",)

    document_type: Literal["quotation"] = "quotation"
    """Always "quotation"."""
    buyer_cookie: OptionalId = None
    """Which visit to the shop it comes from. cXML: BuyerCookie"""
    document_currency_code: Currency | None = None
    """UBL: cbc:PricingCurrencyCode"""
    validity_end_date: Date | None = None
    """UBL: cac:ValidityPeriod/cbc:EndDate"""
    buyer_customer_party: Party | None = None
    """UBL: cac:BuyerCustomerParty/cac:Party"""
    seller_supplier_party: Party | None = None
    """UBL: cac:SellerSupplierParty/cac:Party"""
    delivery: Delivery | None = None
    """UBL: cac:Delivery"""
    allowance_charge: tuple[AllowanceCharge, ...] = ()
    """UBL: cac:AllowanceCharge"""
    quoted_monetary_total: MonetaryTotal | None = None
    """UBL: cac:QuotedMonetaryTotal"""
    quotation_lines: tuple[QuotationLine, ...] = ()
    """A cart may be left empty. UBL: cac:QuotationLine"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        yield from duplicate_lines(self.quotation_lines, "quotation_lines")


__all__ = [
    "Quotation",
    "QuotationLine",
]
