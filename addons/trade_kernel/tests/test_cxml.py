"""cXML: what is read, what is written, and that no secret comes out of it."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from .. import codecs
from ..canonical import DOCUMENTS, parse
from ..codecs import _xml
from ..codecs.cxml import Cxml, status_of, with_secret
from ..codecs.cxml.documents import WRITTEN
from ..errors import ValidationFailed
from . import samples, strategies

CXML = Cxml()
FIXTURES = Path(__file__).parent / "fixtures" / "cxml"
SECRET = "hunter2-very-secret"
CARD = "4111111111111111"
#: there are nine documents, each with examples of its own
EXAMPLES = max(settings().max_examples // 3, 1)


def payload(case):
    return (FIXTURES / case / "payload.xml").read_bytes()


def one(data, options=None):
    [part] = CXML.decode(data, options)
    return part


def order(**changes):
    return parse(samples.order(**changes))


def response(**changes):
    return parse(samples.response(**changes))


# --- both ways ------------------------------------------------------------------------------------
@pytest.mark.parametrize("document_type", sorted(set(DOCUMENTS) & set(WRITTEN)))
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_written_is_read_back(document_type, data):
    document = data.draw(strategies.by_type[document_type])
    # XML has no character for some that Unicode has.
    assume(not _xml.UNWRITABLE.search(json.dumps(document.as_dict(), ensure_ascii=False)))
    assume(getattr(document, "order_response_code", None) != "AB")
    part = one(CXML.encode([document]))
    assert (part.errors, part.document) == ((), document)


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/*/payload.xml")), ids=lambda path: path.parts[-2])
def test_what_a_fixture_says_survives_both_ways(path):
    for part in CXML.decode(path.read_bytes()):
        if part.document:
            assert one(CXML.encode([part.document])).document == part.document


def test_what_cxml_has_no_message_for_is_not_written():
    with pytest.raises(ValidationFailed, match="order response R1: a confirmation cannot say"):
        CXML.encode([response(order_response_code="AB", order_lines=[])])
    shipping = samples.order(document_type="shipping_order")
    for name in ("document_currency_code", "buyer_customer_party", "seller_supplier_party"):
        del shipping[name]
    with pytest.raises(ValidationFailed, match="cXML has no such document"):
        CXML.encode([parse(shipping)])


def test_several_messages_are_one_behind_the_other():
    documents = [order(id="P1"), response(), order(id="P2")]
    data = CXML.encode(documents)
    parts = list(CXML.decode(data))
    assert [part.document for part in parts] == documents
    assert [one(part.raw).document for part in parts] == documents


# --- secrets --------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/*/payload.xml")), ids=lambda path: path.parts[-2])
def test_no_secret_leaves_the_file(path):
    for part in CXML.decode(path.read_bytes()):
        said = json.dumps([part.envelope, [error.as_dict() for error in part.errors]])
        said += part.document.as_json() + CXML.encode([part.document]).decode() if part.document else ""
        assert SECRET not in said
        assert CARD not in said


@pytest.mark.parametrize("element", ["SharedSecret", "DigitalSignature", "CredentialMac"])
@pytest.mark.parametrize("damage", [b"", b"</Sender>", b'orderDate="2026-03-01T10:02:11+01:00" type="new"'])
def test_nor_when_something_is_wrong(element, damage):
    data = payload("order/full").replace(b"SharedSecret", element.encode())
    for part in CXML.decode(data.replace(damage, b"") if damage else data):
        said = json.dumps([part.envelope, [error.as_dict() for error in part.errors]])
        assert SECRET not in said + (part.document.as_json() if part.document else "")


def test_who_sends_puts_the_secret_in_at_the_last_moment():
    data = CXML.encode([order()])
    assert b"SharedSecret" not in data
    sent = with_secret(data, "swordfish")
    assert etree.fromstring(sent).findtext("Header/Sender/Credential/SharedSecret") == "swordfish"
    assert b"<!DOCTYPE cXML SYSTEM" in sent
    assert with_secret(sent, "swordfish") == sent
    assert one(sent).document == order()
    with pytest.raises(ValidationFailed):
        with_secret(b"<cXML/>", "swordfish")


# --- header ---------------------------------------------------------------------------------------
def test_the_header_is_the_envelope():
    envelope = one(payload("order/full")).envelope
    assert envelope["sender"] == {"qualifier": "DUNS", "id": "83528721"}
    assert envelope["receiver"] == {"qualifier": "NetworkId", "id": "AN01000002"}
    assert envelope["credentials"]["sender"] == [{"qualifier": "DUNS", "id": "83528721"}]
    assert (envelope["interchange_reference"], envelope["test"]) == ("1772358131.2@buyer.example", True)
    assert envelope["prepared_at"] == "2026-03-01T10:02:12+01:00"


def test_the_header_is_written_as_the_route_says():
    options = {
        "sender": {"id": "1", "qualifier": "DUNS"},
        "receiver": {"id": "AN2"},
        "agent": {"id": "hub", "qualifier": "NetworkId"},
        "user_agent": "Hub 1",
        "interchange_reference": "x@y",
        "prepared_at": "2026-03-01T09:00:01+00:00",
        "test": True,
        "version": "1.2.024",
    }
    data = CXML.encode([order()], options)
    assert b"cXML/1.2.024/cXML.dtd" in data
    part = one(data)
    assert part.document == order()
    assert part.envelope["sender"] == {"id": "1", "qualifier": "DUNS"}
    assert part.envelope["receiver"] == {"id": "AN2", "qualifier": "NetworkId"}
    assert part.envelope["credentials"]["sender"] == [{"id": "hub", "qualifier": "NetworkId"}]
    assert part.envelope["test"] is True
    assert part.envelope["prepared_at"] == options["prepared_at"]


@pytest.mark.parametrize(
    "options",
    [{"sender": "me"}, {"agent": {}}, {"version": "1.2/../.."}, {"rest": "x"}, {"indent": 7}],
    ids=str,
)
def test_options_that_cannot_be_are_said_so(options):
    with pytest.raises(ValidationFailed) as caught:
        CXML.encode([order()], options)
    assert caught.value.code == "codec.option"


# --- meaning --------------------------------------------------------------------------------------
def test_a_moment_at_midnight_is_a_day():
    line = one(payload("order/full")).document.order_lines[0]
    assert line.requested_delivery_period.end_time is None


def test_a_time_without_offset_is_in_the_zone_of_the_route():
    data = payload("invoice/several_orders")
    assert one(data).document.as_dict()["issue_time"] == "09:00:00Z"
    assert one(data, {"timezone": "-05:00"}).document.as_dict()["issue_time"] == "09:00:00-05:00"


def test_units_of_the_partner_are_translated_by_the_route():
    document = one(payload("quotation/cart"), {"units": {"SET": "KT"}}).document
    assert document.quotation_lines[0].quantity.unit_code == "KT"


def test_parts_of_a_line_confirmed_one_by_one_are_one_answer():
    line = one(payload("order_response/detail")).document.order_lines[1]
    assert str(line.quantity) == "15 KGM"
    assert [str(delivery.quantity) for delivery in line.deliveries] == ["10 KGM", "5 KGM"]
    assert str(line.maximum_backorder_quantity) == "7.5 KGM"


@pytest.mark.parametrize("status, kind", [("5", "accept"), ("7", "reject"), ("3", "detail")])
def test_an_answer_to_a_line_is_written_as_its_status(status, kind):
    line = {
        "id": "1",
        "order_line_reference": {"line_id": "7"},
        "line_status_code": status,
        "quantity": {"value": "4", "unit_code": "EA"},
        "promised_delivery_period": {"end_date": "2026-03-12"},
        "maximum_backorder_quantity": {"value": "2", "unit_code": "EA"},
    }
    root = etree.fromstring(CXML.encode([response(order_response_code="CA", order_lines=[line])]))
    [item] = root.iter("ConfirmationItem")
    assert (item.get("lineNumber"), item.get("quantity")) == ("7", "6")
    statuses = [(found.get("type"), found.get("quantity")) for found in item.iter("ConfirmationStatus")]
    assert statuses == [(kind, "4"), ("backordered", "2")]


def test_a_credit_memo_is_below_zero_there_and_above_here():
    document = one(payload("credit_note/memo")).document
    assert document.legal_monetary_total.payable_amount.value > 0
    assert document.invoice_lines[0].quantity.value > 0
    root = etree.fromstring(CXML.encode([document]))
    assert root.find(".//InvoiceDetailItem").get("quantity") == "-10"
    assert root.findtext(".//DueAmount/Money") == "-154.88"
    positive = payload("credit_note/memo").replace(b">-", b">").replace(b'"-10"', b'"10"')
    assert one(positive).document.legal_monetary_total == document.legal_monetary_total


def test_what_travels_along_is_not_put_back_into_a_message_that_was_changed():
    data = CXML.encode([order(extensions={"colour": "red"})])
    assert one(data).document.extensions == {"colour": "red"}
    changed = one(data.replace(b'quantity="10.00"', b'quantity="11.00"')).document
    assert "colour" not in changed.extensions
    assert "colour" in changed.extensions["elements"]["urn:tradelane:cxml:rest:1"]


def test_what_cxml_has_no_place_for_is_refused_or_dropped_when_asked():
    odd = order(extensions={"colour": "red"})
    with pytest.raises(ValidationFailed) as caught:
        CXML.encode([odd], {"rest": "refuse"})
    assert (caught.value.code, caught.value.pointer) == ("codec.cannot_carry", "/extensions")
    assert b"Extrinsic" not in CXML.encode([odd], {"rest": "drop"})


def test_recognised_by_content():
    for codec in codecs.available():
        if codec.name in ("cxml", "ubl"):
            assert bool(codec.sniff(payload("order/full")[:4096])) == (codec.name == "cxml")
    assert codecs.recognise(payload("order/full"), "x.edi", "text/plain") is codecs.get("cxml")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<cXML><Response><Status code="200" text="OK"/></Response></cXML>', (200, "OK")),
        (
            '<cXML><Response><Status code="400" text="Bad">no\n such item</Status></Response></cXML>',
            (400, "Bad: no such item"),
        ),
        ('<cXML><Response><Status code="fine"/></Response></cXML>', None),
        ("<cXML><Message/></cXML>", None),
        ("<html>", None),
        ("", None),
        (
            '<!DOCTYPE x [<!ENTITY a "b">]><cXML><Response><Status code="200" text="&a;"/></Response></cXML>',
            None,
        ),
    ],
)
def test_the_status_of_an_answer(body, expected):
    assert status_of(body.encode()) == expected


@pytest.mark.parametrize(
    "said, operation",
    [
        ({}, "new"),
        ({"sequence_number": 1}, "update"),
        ({"sequence_number": 3}, "update"),
        ({"purpose_code": "1"}, "delete"),
    ],
)
def test_a_ship_notice_says_whether_it_replaces_or_withdraws(said, operation):
    notice = json.loads((FIXTURES / "despatch_advice/full/expected.json").read_text())["parts"][0]["document"]
    document = parse({**notice, **said})
    raw = CXML.encode([document])
    assert f'operation="{operation}"'.encode() in raw
    [part] = CXML.decode(raw)
    assert (part.document.purpose_code, part.document.revision) == (document.purpose_code, document.revision)
