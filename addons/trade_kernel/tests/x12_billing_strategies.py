"""Hypothesis strategies of invoices, credit notes and remittance advice that X12 can carry as they are."""

from decimal import Decimal

from hypothesis import strategies as st

from .. import canonical as c
from .x12_strategies import (
    _document,
    allowances,
    cents,
    days,
    documents_named,
    ends,
    ids,
    items,
    locations,
    maybe,
    notes,
    numbered,
    numbers,
    parties,
    prices,
    references,
    several,
    spans,
    taxes,
    traders,
    units,
    words,
)

money = st.builds(c.Amount, value=numbers, currency_id=st.just("USD"))
exact_money = st.builds(c.Amount, value=cents, currency_id=st.just("USD"))
owed = st.builds(c.Amount, value=st.decimals("0.01", "99999", places=2), currency_id=st.just("USD"))
own_references = st.builds(
    c.OrderLineReference,
    line_id=maybe(ids),
    sales_order_line_id=maybe(ids),
    order_reference=maybe(st.builds(c.OrderReference, id=ids)),
).filter(lambda one: one.model_dump(exclude_none=True))
simple = st.builds(c.DocumentReference, id=ids)
lines = numbered(
    st.builds(
        c.InvoiceLine,
        id=ids,
        quantity=maybe(st.builds(c.SignedQuantity, value=numbers, unit_code=units)),
        line_extension_amount=maybe(money),
        order_line_reference=maybe(own_references),
        despatch_line_reference=maybe(simple),
        billing_reference=maybe(simple),
        invoice_period=maybe(spans | ends),
        allowance_charge=several(allowances),
        tax_category=several(taxes),
        item=items,
        price=maybe(prices),
        note=notes,
    ).map(lambda line: line if line.quantity or not line.price else line.model_copy(update={"price": None})),
    least=1,
)


@st.composite
def tax_totals(draw):
    kind = draw(st.sampled_from(("none", "whole", "by tax")))
    if kind == "none":
        return ()
    if kind == "whole":
        return (c.TaxTotal(tax_amount=draw(money)),)
    found = draw(
        st.lists(
            st.builds(c.TaxSubtotal, taxable_amount=maybe(money), tax_amount=money, tax_category=taxes),
            min_size=1,
            max_size=3,
        )
    )
    total = sum((one.tax_amount.value for one in found), Decimal(0))
    return (c.TaxTotal(tax_amount=c.Amount(value=total, currency_id="USD"), tax_subtotal=found),)


def _total(payable):
    return st.builds(
        c.MonetaryTotal,
        line_extension_amount=maybe(money),
        tax_exclusive_amount=maybe(money),
        tax_inclusive_amount=maybe(money),
        payable_amount=payable,
    ).filter(lambda total: not (total.tax_inclusive_amount and not total.tax_exclusive_amount))


_invoice = {
    **{name: strategy for name, strategy in _document.items() if name != "sequence_number"},
    "sequence_number": st.integers(0, 1),
    "document_currency_code": st.just("USD"),
    "due_date": maybe(days),
    "buyer_reference": maybe(ids),
    "invoice_period": maybe(spans | ends),
    "order_reference": maybe(references),
    "billing_reference": several(simple | documents_named),
    "despatch_document_reference": several(simple),
    "receipt_document_reference": several(simple),
    "contract_document_reference": several(simple),
    "additional_document_reference": several(documents_named),
    "accounting_supplier_party": traders,
    "accounting_customer_party": traders,
    "payee_party": maybe(parties),
    "buyer_customer_party": maybe(parties),
    "seller_supplier_party": maybe(parties),
    "delivery": maybe(
        st.builds(
            c.Delivery,
            delivery_location=locations,
            delivery_party=maybe(parties),
            actual_delivery_date=maybe(days),
        )
    ),
    "delivery_terms": maybe(st.builds(c.DeliveryTerms, id=ids, special_terms=maybe(words))),
    "payment_terms": maybe(
        st.builds(c.PaymentTerms, id=maybe(st.sampled_from(("05", "14"))), note=st.lists(words, max_size=2))
    ).filter(lambda terms: terms is None or terms.id or terms.note),
    "allowance_charge": several(allowances),
    "tax_total": tax_totals(),
    "invoice_lines": lines,
}
invoices = st.builds(
    c.Invoice,
    invoice_type_code=st.sampled_from(("380", "383")),
    legal_monetary_total=_total(exact_money),
    **_invoice,
)
credit_notes = st.builds(
    c.CreditNote, invoice_type_code=st.just("381"), legal_monetary_total=_total(owed), **_invoice
)


@st.composite
def remittance_lines(draw):
    billed = draw(
        maybe(
            st.builds(
                c.DocumentReference,
                id=ids,
                document_type_code=st.sampled_from(("380", "381", "383")),
                issue_date=maybe(days),
            )
        )
    )
    return c.RemittanceAdviceLine(
        id=draw(ids),
        note=draw(notes),
        billing_reference=billed,
        order_reference=draw(maybe(st.builds(c.OrderReference, id=ids))),
        paid_amount=draw(money),
        invoice_amount=draw(maybe(money)),
        discount_amount=draw(maybe(money)),
        adjustments=draw(
            several(
                st.builds(
                    c.RemittanceAdjustment,
                    reason_code=maybe(st.sampled_from(("01", "59", "ZZ"))),
                    reason=maybe(words),
                    amount=money,
                )
            )
        ),
    )


remittance_advices = st.builds(
    c.RemittanceAdvice,
    **_document,
    document_currency_code=st.just("USD"),
    total_payment_amount=money,
    payment_date=maybe(days),
    payment_order_reference=maybe(ids),
    payer_party=maybe(traders),
    payee_party=maybe(traders),
    payment_means=maybe(
        st.builds(
            c.PaymentMeans,
            payment_means_code=st.sampled_from(("2", "20", "30")),
            payment_id=maybe(ids),
            payee_financial_account=maybe(ids),
            financial_institution=maybe(ids),
        )
    ),
    remittance_lines=st.lists(remittance_lines(), max_size=4, unique_by=lambda line: line.id),
)


@st.composite
def adjustment_lines(draw):
    """Lines whose amount and quantity count in the same direction."""
    sign = draw(st.sampled_from((1, -1)))
    amount = draw(maybe(owed))
    quantity = draw(
        maybe(st.builds(c.SignedQuantity, value=st.integers(1, 99).map(Decimal), unit_code=units))
    )
    turned = [one and one.model_copy(update={"value": one.value * sign}) for one in (amount, quantity)]
    return c.InvoiceLine(
        id="1",
        note=draw(notes),
        line_extension_amount=turned[0],
        quantity=turned[1],
        price=draw(maybe(st.builds(c.Price, price_amount=money))),
        order_line_reference=draw(maybe(own_references.filter(lambda one: not one.sales_order_line_id))),
        billing_reference=draw(maybe(st.builds(c.DocumentReference, id=ids, issue_date=maybe(days)))),
        allowance_charge=draw(several(allowances)),
        item=draw(items),
    )


_adjusted = (
    "issue_date",
    "issue_time",
    "note",
    "id",
    "document_currency_code",
    "due_date",
    "buyer_reference",
)
_named = ("accounting_supplier_party", "accounting_customer_party", "payee_party", "payment_terms")
_further = ("contract_document_reference", "despatch_document_reference", "delivery_terms")
_adjustment = {name: _invoice[name] for name in (*_adjusted, *_named, *_further, "allowance_charge")} | {
    "sequence_number": st.integers(0, 1),
    "order_reference": maybe(references.map(lambda one: one.model_copy(update={"sequence_number": None}))),
    "billing_reference": several(st.builds(c.DocumentReference, id=ids, issue_date=maybe(days)), 3),
    "legal_monetary_total": st.builds(c.MonetaryTotal, payable_amount=owed),
    "invoice_lines": numbered(adjustment_lines(), least=1),
}
debit_adjustments = st.builds(c.Invoice, invoice_type_code=st.just("383"), **_adjustment)
credit_adjustments = st.builds(c.CreditNote, invoice_type_code=st.just("381"), **_adjustment)
