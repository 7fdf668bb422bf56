"""The taxes of a bill as a document says them: categories, rates, and what each comes to."""

from collections import defaultdict

from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.canonical import Amount, TaxCategory, TaxSubtotal, TaxTotal
from odoo.addons.trade_kernel.errors import BusinessRefused

_SCHEME = "VAT"
#: UNCL 5305
_STANDARD, _ZERO, _REVERSE, _OUTSIDE = "S", "Z", "AE", "O"


class BillTaxes:
    """
    :param bill: a posted bill or its credit note
    :raise BusinessRefused: a tax that is no percentage, which no document can say
    """

    def __init__(self, bill):
        self.bill, self.currency = bill, bill.currency_id
        self.lines = bill.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        self.taxed = bool(self.lines.tax_ids)

    def of(self, line):
        """The categories of a line."""
        return tuple(_category(*key) for key in self._keys(line.tax_ids))

    def total(self):
        """All of it; the parts add up to the tax of the bill."""
        bases, taxes = defaultdict(float), defaultdict(float)
        for line in self.lines:
            for key in self._keys(line.tax_ids):
                bases[key] += line.price_subtotal
        sign = -1 if self.bill.move_type == "in_refund" else 1
        for line in self.bill.line_ids.filtered("tax_line_id"):
            taxes[self._key(line.tax_line_id)] += sign * line.amount_currency
        subtotals = tuple(
            TaxSubtotal(
                taxable_amount=self.money(base),
                tax_amount=self.money(taxes[key]),
                tax_category=_category(*key, reason=self._reason(key[0])),
            )
            for key, base in bases.items()
        )
        return TaxTotal(tax_amount=self.money(self.bill.amount_tax), tax_subtotal=subtotals)

    def money(self, value):
        return Amount(value=decimal(value, self.currency.decimal_places), currency_id=self.currency.name)

    def _keys(self, taxes):
        flat = taxes.flatten_taxes_hierarchy()
        if not flat:
            return [(_ZERO, 0) if self.taxed else (_OUTSIDE, None)]
        return list(dict.fromkeys(self._key(tax) for tax in flat))

    def _key(self, tax):
        """``(category, rate)``; what is taken and given back at once is due by who pays: reverse charge."""
        if tax.amount_type != "percent":
            raise BusinessRefused(
                "self_billing.tax", number=self.bill.name, tax=tax.name, subject=f"account.tax:{tax.id}"
            )
        parts = tax.invoice_repartition_line_ids.filtered(lambda part: part.repartition_type == "tax")
        known = tax.ubl_cii_tax_category_code if "ubl_cii_tax_category_code" in tax._fields else None
        if not sum(parts.mapped("factor_percent")):
            return known or _REVERSE, 0
        return known or (_STANDARD if tax.amount else _ZERO), decimal(tax.amount, 4)

    def _reason(self, category):
        reasons = {
            _REVERSE: self.bill.env._("Reverse charge"),
            _OUTSIDE: self.bill.env._("Not subject to tax"),
        }
        return reasons.get(category)


def _category(category, rate, reason=None):
    return TaxCategory(id=category, percent=rate, tax_scheme_id=_SCHEME, tax_exemption_reason=reason)
