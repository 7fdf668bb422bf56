from decimal import ROUND_HALF_UP, Decimal

from odoo import models
from odoo.tools import html2plaintext

from odoo.addons.trade_core import parties
from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.canonical import (
    Amount,
    CreditNote,
    DocumentReference,
    Identifier,
    Invoice,
    InvoiceLine,
    Item,
    MonetaryTotal,
    OrderLineReference,
    OrderReference,
    PaymentMeans,
    PaymentTerms,
    Price,
    Quantity,
    SignedQuantity,
)
from odoo.addons.trade_kernel.errors import BusinessRefused
from odoo.addons.trade_purchase.tools import net_price

from ..self_billing_taxes import BillTaxes

_TRANSFER = "30"  # UNCL 4461
_PIECE = "C62"


class TradeAdapterOutInvoice(models.AbstractModel):
    """A bill we made in the name of the supplier, as it gets it."""

    _name = "trade.adapter.out.invoice"
    _inherit = ["trade.adapter.out.order"]
    _description = "Self-billed Invoice, to the Supplier"

    _document_class = Invoice
    _type_code = "389"  # UNTDID 1001

    def _collect(self, message, record):
        """See :meth:`trade.adapter._collect`.

        :raise BusinessRefused: it is no bill of ours in the supplier's name, or not posted
        """
        if not record._trade_is_self_billed():
            raise BusinessRefused(
                "self_billing.other", number=message.document_number, subject=message.document_number
            )
        if record.state != "posted":
            raise BusinessRefused("self_billing.not_posted", number=record.name, subject=record.name)
        language = record.partner_id.lang or self.env.lang
        bill = record.with_company(record.company_id).with_context(lang=language)
        return self._document_class(**self._values(message, bill))

    def _values(self, message, bill):
        """The fields of the document."""
        profile = message.trade_partner_id
        ours, theirs = parties.ours_and_theirs(bill.company_id, profile)
        taxes = BillTaxes(bill)
        order_lines = taxes.lines.purchase_line_id
        orders = order_lines.order_id
        one = len(orders) == 1
        return {
            "id": bill.name,
            "sequence_number": message.revision,
            "issue_date": bill.invoice_date,
            "due_date": bill.invoice_date_due or None,
            "note": self._said(bill),
            "invoice_type_code": self._type_code,
            "document_currency_code": bill.currency_id.name,
            "order_reference": OrderReference(id=orders.name) if one else None,
            "billing_reference": self._credited(bill),
            "contract_document_reference": self._agreement(profile),
            "accounting_supplier_party": theirs,
            "accounting_customer_party": ours,
            "payment_means": self._means(bill),
            "payment_terms": self._terms(bill),
            "tax_total": (taxes.total(),),
            "legal_monetary_total": self._sums(bill, taxes),
            "invoice_lines": self._bill_lines(bill, taxes, profile, one),
        }

    def _said(self, bill):
        """Directive 2006/112/EC, article 226 (10a), wants the word on it."""
        written = bill.invoice_line_ids.filtered(lambda line: line.display_type == "line_note").mapped("name")
        terms = html2plaintext(bill.narration or "").strip()
        return tuple(text for text in (bill.env._("Self-billing"), *written, terms) if text)

    def _credited(self, bill):
        source = bill.reversed_entry_id
        if not source:
            return ()
        return (DocumentReference(id=source.ref or source.name, issue_date=source.invoice_date or None),)

    def _agreement(self, profile):
        number = (profile.trade_self_billing_agreement or "").strip()
        return (DocumentReference(id=number),) if number else ()

    def _means(self, bill):
        bank = bill.sudo().partner_bank_id
        if not bank or bill.move_type == "in_refund":
            return ()
        return (
            PaymentMeans(
                payment_means_code=_TRANSFER,
                payment_id=bill.payment_reference or bill.name,
                payee_financial_account="".join((bank.acc_number or "").split()),
                financial_institution=bank.bank_bic or None,
            ),
        )

    def _terms(self, bill):
        term = bill.invoice_payment_term_id
        text = term and (html2plaintext(term.note or "").strip() or term.name)
        return PaymentTerms(note=(text,)) if text else None

    def _sums(self, bill, taxes):
        net = sum(taxes.lines.mapped("price_subtotal"))
        gross = net + bill.amount_tax
        rounding = bill.currency_id.round(bill.amount_total - gross)
        return MonetaryTotal(
            line_extension_amount=taxes.money(net),
            tax_exclusive_amount=taxes.money(net),
            tax_inclusive_amount=taxes.money(gross),
            payable_rounding_amount=taxes.money(rounding) if rounding else None,
            payable_amount=taxes.money(bill.amount_total),
        )

    # -- lines ---------------------------------------------------------------------------------------

    def _bill_lines(self, bill, taxes, profile, one_order):
        resolver = self.env["trade.mapping"]._resolver(profile, bill.company_id)
        resolver.prefetch_codes("product", taxes.lines.product_id, scheme="seller")
        resolver.prefetch_codes("uom", taxes.lines.product_uom_id)
        numbers = {
            line: ref
            for order in taxes.lines.purchase_line_id.order_id
            for ref, line in order._trade_lines_by_ref().items()
        }
        return tuple(
            self._bill_line(number, line, taxes, resolver, numbers, one_order)
            for number, line in enumerate(taxes.lines, 1)
        )

    def _bill_line(self, number, line, taxes, resolver, numbers, one_order):
        place = f"/invoice_lines/{number - 1}"
        unit = _PIECE
        if line.product_uom_id:
            unit = resolver.unit_code(line.product_uom_id, pointer=f"{place}/quantity/unit_code")
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantity = decimal(line.quantity, digits)
        amount = taxes.money(line.price_subtotal)
        reference, order_line = None, line.purchase_line_id
        if order_line in numbers:
            order = None if one_order else OrderReference(id=order_line.order_id.name)
            reference = OrderLineReference(line_id=numbers[order_line], order_reference=order)
        return InvoiceLine(
            id=str(number),
            quantity=SignedQuantity(value=quantity, unit_code=unit),
            line_extension_amount=amount,
            order_line_reference=reference,
            tax_category=taxes.of(line),
            item=self._billed_item(line, resolver, place),
            price=self._price(line, quantity, unit, amount),
        )

    def _price(self, line, quantity, unit, amount):
        """The net price; where that is not what the amount is made of (taxes in it), the amount for all."""
        price = net_price(line)
        places = Decimal(1).scaleb(-line.currency_id.decimal_places)
        if (price * quantity).quantize(places, ROUND_HALF_UP) == amount.value.quantize(places):
            return Price(price_amount=Amount(value=price, currency_id=amount.currency_id))
        if quantity <= 0:
            return None
        return Price(price_amount=amount, base_quantity=Quantity(value=quantity, unit_code=unit))

    def _billed_item(self, line, resolver, place):
        """What is billed; goods by all their codes, whatever else was added in review by its words."""
        if line.purchase_line_id:
            return self._item(line.purchase_line_id, resolver, place)
        code = line.product_id.default_code
        words = (line.name or line.product_id.display_name or "").strip().splitlines() or ["–"]
        return Item(name=words[0], buyers_item_identification=Identifier(id=code) if code else None)


class TradeAdapterOutCreditNote(models.AbstractModel):
    """What takes such a bill back."""

    _name = "trade.adapter.out.credit_note"
    _inherit = ["trade.adapter.out.invoice"]
    _description = "Self-billed Credit Note, to the Supplier"

    _document_class = CreditNote
    _type_code = "261"
