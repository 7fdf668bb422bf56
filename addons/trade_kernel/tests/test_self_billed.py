"""Invoices and credit notes that who pays makes: every format says so, and who has sent them."""

import pytest

from .. import codecs
from ..canonical import parse
from ..errors import ValidationFailed

_SUPPLIER, _BUYER = "4012345000009", "4098765000010"
_KINDS = [("invoice", "389"), ("credit_note", "261")]
_FORMATS = {
    "canonical_json": {},
    "ubl": {},
    "edifact": {"sender": {"id": _BUYER}, "receiver": {"id": _SUPPLIER}},
    "cxml": {},
}


def document(kind, code):
    def money(value):
        return {"value": value, "currency_id": "EUR"}

    def company(name, number):
        given = {"id": number, "scheme_id": "0088"}
        return {"party_name": name, "endpoint_id": given, "party_identification": [given]}

    tax = {"id": "S", "percent": "15", "tax_scheme_id": "VAT"}
    subtotal = {"taxable_amount": money("120"), "tax_amount": money("18"), "tax_category": tax}
    return parse(
        {
            "document_type": kind,
            "id": "SELF00042/2026/03/0001",
            "issue_date": "2026-03-02",
            "invoice_type_code": code,
            "document_currency_code": "EUR",
            "order_reference": {"id": "P00012"},
            "accounting_supplier_party": company("Wood Corner", _SUPPLIER),
            "accounting_customer_party": company("My Company", _BUYER),
            "tax_total": [{"tax_amount": money("18"), "tax_subtotal": [subtotal]}],
            "legal_monetary_total": {
                "line_extension_amount": money("120"),
                "tax_exclusive_amount": money("120"),
                "tax_inclusive_amount": money("138"),
                "payable_amount": money("138"),
            },
            "invoice_lines": [
                {
                    "id": "1",
                    "quantity": {"value": "12", "unit_code": "C62"},
                    "line_extension_amount": money("120"),
                    "price": {"price_amount": money("10")},
                    "item": {"name": "Desk", "buyers_item_identification": {"id": "DESK"}},
                    "order_line_reference": {"line_id": "1"},
                    "tax_category": [tax],
                }
            ],
        }
    )


@pytest.mark.parametrize("kind, code", _KINDS)
@pytest.mark.parametrize("codec", _FORMATS)
def test_it_is_read_as_it_was_written(codec, kind, code):
    raw = codecs.get(codec).encode([document(kind, code)], _FORMATS[codec])
    [found] = codecs.get(codec).decode(raw, {})
    assert not found.errors
    read = found.document
    assert (read.document_type, read.invoice_type_code, read.is_self_billed) == (kind, code, True)
    assert read.accounting_supplier_party.party_name == "Wood Corner"
    assert read.accounting_customer_party.party_name == "My Company"
    if codec != "canonical_json":
        assert found.envelope["sender"]["id"] == _BUYER


@pytest.mark.parametrize("kind, code", [("invoice", "380"), ("credit_note", "381")])
@pytest.mark.parametrize("codec", ["ubl", "cxml"])
def test_any_other_is_sent_by_the_supplier(codec, kind, code):
    raw = codecs.get(codec).encode([document(kind, code)], {})
    [found] = codecs.get(codec).decode(raw, {})
    assert not found.document.is_self_billed
    assert found.envelope["sender"]["id"] == _SUPPLIER


def test_cxml_says_it_in_its_own_words():
    raw = codecs.get("cxml").encode([document("invoice", "389")], {"rest": "drop"})
    assert b'invoiceOrigin="buyer"' in raw
    [found] = codecs.get("cxml").decode(raw, {})
    assert found.document.invoice_type_code == "389"


@pytest.mark.parametrize("kind, root", [("invoice", b"<Invoice"), ("credit_note", b"<CreditNote")])
def test_peppol_has_a_profile_for_it(kind, root):
    raw = codecs.get("ubl").encode([document(kind, dict(_KINDS)[kind])], {"profile": "peppol_self_billing"})
    assert root in raw and b"poacc:selfbilling:3.0<" in raw and b"poacc:selfbilling:01:1.0<" in raw


def test_an_invoice_of_type_261_credits():
    raw = codecs.get("ubl").encode([document("invoice", "389")], {})
    [found] = codecs.get("ubl").decode(raw.replace(b">389<", b">261<"), {})
    assert not found.errors
    assert (found.document.document_type, found.document.invoice_type_code) == ("credit_note", "261")


@pytest.mark.parametrize("kind, code", _KINDS)
def test_x12_has_no_code_for_it_and_says_so(kind, code):
    options = {
        "sender": {"id": "US", "qualifier": "ZZ"},
        "receiver": {"id": "THEM", "qualifier": "ZZ"},
    }
    with pytest.raises(ValidationFailed, match=f"an invoice of type {code}: X12 has no code"):
        codecs.get("x12").encode([document(kind, code)], options)
