"""Hypothesis strategies of the documents about money that EDIFACT can carry as they are."""

from hypothesis import strategies as st

from .. import canonical as c
from .edifact_goods_strategies import batches, document, line_references
from .edifact_goods_strategies import documents_named as further
from .edifact_strategies import (
    allowances,
    amounts,
    days,
    documents_named,
    identifiers,
    ids,
    items,
    locations,
    maybe,
    notes,
    numbered,
    numbers,
    parties,
    periods,
    prices,
    references,
    several,
    spans,
    taxes,
    traders,
    words,
)

registered = st.builds(
    lambda party, number: party.model_copy(update={"legal_entity_id": number}), traders, maybe(identifiers)
)
despatches = st.builds(
    c.DocumentReference,
    id=ids,
    line_id=maybe(ids),
    issue_date=maybe(days),
    document_type_code=st.sampled_from((None, "270")),
)
billed = st.builds(
    lambda item, instances, origin: item.model_copy(
        update={"item_instance": instances, "origin_country": origin}
    ),
    items,
    st.just(()) | several(st.builds(c.ItemInstance, lot_number_id=ids)) | several(batches),
    maybe(st.sampled_from(("DE", "CN"))),
)
lines = st.builds(
    c.InvoiceLine,
    id=ids,
    note=notes,
    quantity=maybe(
        st.builds(c.SignedQuantity, value=numbers, unit_code=st.sampled_from(("C62", "KGM", "MTR")))
    ),
    line_extension_amount=maybe(amounts),
    order_line_reference=maybe(line_references),
    despatch_line_reference=maybe(despatches),
    billing_reference=maybe(documents_named),
    invoice_period=maybe(spans),
    allowance_charge=several(allowances),
    tax_category=several(taxes),
    item=billed,
    price=maybe(prices),
)
subtotals = st.builds(
    c.TaxSubtotal, taxable_amount=maybe(amounts), tax_amount=maybe(amounts), tax_category=taxes
)
totals = st.builds(
    c.MonetaryTotal,
    **{name: maybe(amounts) for name in c.MonetaryTotal.model_fields if name != "payable_amount"},
    payable_amount=amounts,
)


@st.composite
def means(draw):
    """Accounts that are all paid in the same way."""
    code, quote = draw(maybe(st.sampled_from(("30", "58")))), draw(maybe(ids))
    accounts = st.builds(
        c.PaymentMeans,
        payment_means_code=st.just(code),
        payment_id=st.just(quote),
        payee_financial_account=ids,
        financial_institution=maybe(ids),
    )
    return draw(several(accounts))


_invoice = document | {
    "due_date": maybe(days),
    "tax_point_date": maybe(days),
    "document_currency_code": st.just("EUR"),
    "buyer_reference": maybe(ids),
    "accounting_cost": maybe(ids),
    "invoice_period": maybe(periods.filter(lambda period: not (period.start_date and period.end_time))),
    "order_reference": maybe(references),
    "billing_reference": several(documents_named),
    "despatch_document_reference": several(despatches),
    "receipt_document_reference": several(documents_named),
    "contract_document_reference": several(documents_named),
    "additional_document_reference": several(
        further.filter(lambda one: one.document_type_code in (None, "271"))
    ),
    "accounting_supplier_party": registered,
    "accounting_customer_party": registered,
    "payee_party": maybe(parties),
    "buyer_customer_party": maybe(parties),
    "seller_supplier_party": maybe(parties),
    "delivery": maybe(st.builds(c.Delivery, actual_delivery_date=maybe(days), delivery_location=locations)),
    "delivery_terms": maybe(st.builds(c.DeliveryTerms, id=ids, special_terms=maybe(words))),
    "payment_means": means(),
    "payment_terms": maybe(st.builds(c.PaymentTerms, id=ids, note=notes)),
    "allowance_charge": several(allowances),
    "tax_total": maybe(
        st.builds(c.TaxTotal, tax_amount=maybe(amounts), tax_subtotal=st.tuples(subtotals))
    ).map(lambda total: (total,) if total else ()),
    "legal_monetary_total": maybe(totals),
    "invoice_lines": numbered(lines, least=1),
}


def _of_others(invoice):
    """No invoice corrects itself: such a reference is its own number, said once more."""
    return all(reference.id != invoice.id for reference in invoice.billing_reference)


_billed = st.sampled_from(("380", "383", "384", "386", "389"))
invoices = st.builds(c.Invoice, invoice_type_code=_billed, **_invoice).filter(_of_others)
_credited = st.sampled_from(("381", "261"))
credit_notes = st.builds(c.CreditNote, invoice_type_code=_credited, **_invoice).filter(_of_others)


@st.composite
def paid_lines(draw):
    """What is paid for one document; adjustments as they add up, or where nobody can tell."""
    return c.RemittanceAdviceLine(
        id="1",
        note=draw(notes),
        billing_reference=draw(
            st.builds(
                c.DocumentReference,
                id=ids,
                document_type_code=st.sampled_from(("380", "383")),
                issue_date=maybe(days),
            )
        ),
        order_reference=draw(maybe(st.builds(c.OrderReference, id=ids, issue_date=maybe(days)))),
        paid_amount=draw(amounts),
        discount_amount=draw(maybe(amounts)),
        adjustments=draw(
            several(
                st.builds(
                    c.RemittanceAdjustment,
                    reason_code=maybe(st.sampled_from(("1", "9", "66"))),
                    reason=maybe(words),
                    amount=amounts,
                )
            )
        ),
    )


remittance_advices = st.builds(
    c.RemittanceAdvice,
    document_currency_code=st.just("EUR"),
    total_payment_amount=amounts,
    payment_date=maybe(days),
    payment_order_reference=maybe(ids),
    payer_party=maybe(traders),
    payee_party=maybe(registered),
    payment_means=maybe(
        st.builds(
            c.PaymentMeans,
            payment_means_code=maybe(st.just("31")),
            payee_financial_account=ids,
            financial_institution=maybe(ids),
        )
    ),
    remittance_lines=numbered(paid_lines()),
    **document,
)
