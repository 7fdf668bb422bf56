"""The parts of canonical documents that are about money: totals, taxes, terms and means of payment."""

from .base import Flag, Notes, Number, OptionalId, OptionalName, Part
from .parts import Amount


class PaymentTerms(Part):
    """When to pay. UBL: cac:PaymentTerms"""

    id: OptionalId = None
    """A code both sides know. UBL: cbc:ID"""
    note: Notes = ()
    """UBL: cbc:Note"""


class MonetaryTotal(Part):
    """Totals, expected or legal. UBL: cac:AnticipatedMonetaryTotal, cac:LegalMonetaryTotal"""

    line_extension_amount: Amount | None = None
    """Sum of the lines. UBL: cbc:LineExtensionAmount"""
    allowance_total_amount: Amount | None = None
    """UBL: cbc:AllowanceTotalAmount"""
    charge_total_amount: Amount | None = None
    """UBL: cbc:ChargeTotalAmount"""
    tax_exclusive_amount: Amount | None = None
    """UBL: cbc:TaxExclusiveAmount"""
    tax_inclusive_amount: Amount | None = None
    """UBL: cbc:TaxInclusiveAmount"""
    prepaid_amount: Amount | None = None
    """UBL: cbc:PrepaidAmount"""
    payable_rounding_amount: Amount | None = None
    """UBL: cbc:PayableRoundingAmount"""
    payable_amount: Amount | None = None
    """UBL: cbc:PayableAmount"""


class TaxCategory(Part):
    """A tax and its rate. UBL: cac:TaxCategory"""

    id: OptionalId = None
    """UNCL 5305: S standard, Z zero, E exempt, AE reverse charge. UBL: cbc:ID"""
    percent: Number | None = None
    """Rate in percent. UBL: cbc:Percent"""
    tax_scheme_id: OptionalId = None
    """VAT, GST, or the kind of sales tax. UBL: cac:TaxScheme/cbc:ID"""
    tax_exemption_reason_code: OptionalId = None
    """UBL: cbc:TaxExemptionReasonCode"""
    tax_exemption_reason: OptionalName = None
    """UBL: cbc:TaxExemptionReason"""


class TaxSubtotal(Part):
    """What one tax comes to. UBL: cac:TaxSubtotal"""

    taxable_amount: Amount | None = None
    """UBL: cbc:TaxableAmount"""
    tax_amount: Amount | None = None
    """UBL: cbc:TaxAmount"""
    tax_category: TaxCategory
    """UBL: cac:TaxCategory"""


class TaxTotal(Part):
    """All taxes of a document. UBL: cac:TaxTotal"""

    tax_amount: Amount | None = None
    """UBL: cbc:TaxAmount"""
    tax_subtotal: tuple[TaxSubtotal, ...] = ()
    """UBL: cac:TaxSubtotal"""


class AllowanceCharge(Part):
    """A discount or an extra cost. UBL: cac:AllowanceCharge"""

    charge_indicator: Flag
    """True: a charge, added; false: an allowance, taken off. UBL: cbc:ChargeIndicator"""
    allowance_charge_reason_code: OptionalId = None
    """UNCL 7161 or 5189, or the partner's code. UBL: cbc:AllowanceChargeReasonCode"""
    allowance_charge_reason: OptionalName = None
    """UBL: cbc:AllowanceChargeReason"""
    multiplier_factor_numeric: Number | None = None
    """Percent of ``base_amount``: 10 for 10 %. UBL: cbc:MultiplierFactorNumeric"""
    amount: Amount | None = None
    """UBL: cbc:Amount"""
    base_amount: Amount | None = None
    """UBL: cbc:BaseAmount"""
    tax_category: tuple[TaxCategory, ...] = ()
    """UBL: cac:TaxCategory"""


class PaymentMeans(Part):
    """How to pay. UBL: cac:PaymentMeans"""

    payment_means_code: OptionalId = None
    """UNCL 4461: 30 credit transfer, 58 SEPA transfer. UBL: cbc:PaymentMeansCode"""
    payment_id: OptionalId = None
    """What to quote when paying. UBL: cbc:PaymentID"""
    payee_financial_account: OptionalId = None
    """IBAN or account number. UBL: cac:PayeeFinancialAccount/cbc:ID"""
    financial_institution: OptionalId = None
    """BIC or bank number. UBL: cac:FinancialInstitutionBranch/cbc:ID"""


__all__ = [
    "AllowanceCharge",
    "MonetaryTotal",
    "PaymentMeans",
    "PaymentTerms",
    "TaxCategory",
    "TaxSubtotal",
    "TaxTotal",
]
