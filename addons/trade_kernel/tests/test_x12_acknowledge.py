import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ..canonical import parse
from ..codecs import get
from ..codecs._told import Reason, Standing
from ..codecs.x12.acknowledge import (
    acknowledge,
    advice,
    functional,
    groups,
    interchanges,
    standing,
    ta1,
)
from ..errors import MappingMissing, TradeErrors, ValidationFailed

X12 = get("x12")
FIXTURES = Path(__file__).parent / "fixtures" / "x12"
NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)


def payload(name):
    return (FIXTURES / name / "payload.x12").read_bytes()


def answer(data, decoding=None, **options):
    """What we say to every interchange of a file, as lines; read back, it says the same."""
    found = []
    for parts in interchanges(list(X12.decode(data, decoding))):
        documents, encoding = acknowledge(parts, NOW, options)
        if documents:
            text = X12.encode(documents, {**encoding, "line_ends": "lf"}).decode()
            again = [part.document.response_code for part in X12.decode(text.encode())]
            assert again == [document.response_code for document in documents]
            found.append(text.splitlines())
    return found


def test_what_can_be_read_is_accepted():
    [lines] = answer(payload("order/full"))
    assert lines == [
        f"ISA*00*{'':10}*00*{'':10}*01*4012345009     *ZZ*5412345000     *260302*0930*"
        "U*00401*000000031*0*P*:~",
        "GS*FA*SELLERAPP*BUYERAPP*20260302*0930*31*X*004010~",
        "ST*997*0001~",
        "AK1*PO*31~",
        "AK2*850*0001~",
        "AK5*A~",
        "AK9*A*1*1*1~",
        "SE*6*0001~",
        "GE*1*31~",
        "IEA*1*000000031~",
    ]


def test_every_error_is_pointed_at():
    [lines] = answer(payload("order/malformed"))
    assert lines[4:-3] == [
        "AK2*850*0001~",
        "AK3*BEG*2**8~",
        "AK4*5**8~",
        "AK3*CUR*3**8~",
        "AK4*2**7~",
        "AK3*PO1*5**8~",
        "AK4*2**6~",
        "AK4*4**6~",
        "AK4*4**7~",
        "AK3*PO1*6**8~",
        "AK4*4**7~",
        "AK3*PO1*7**8~",
        "AK3*PO1*8**8~",
        "AK4*2**7~",
        "AK4*4**7~",
        "AK5*R*5~",
        "AK9*R*1*1*0~",
    ]


def test_a_group_is_taken_in_part():
    [lines] = answer(payload("order/duplicate"))
    assert lines[4:-3] == [
        "AK2*850*0001~",
        "AK3*PO1*4**8~",
        "AK4*1**7~",
        "AK5*R*5~",
        "AK2*850*0002~",
        "AK5*A~",
        "AK9*P*2*2*1~",
    ]


def test_wrong_counts_and_references_are_told_with_the_acceptance():
    data = re.sub(rb"SE\*\d+\*0001", b"SE*9*0002", payload("order/full")).replace(b"GE*1*31", b"GE*4*32")
    [lines] = answer(data)
    assert lines[4:-3] == ["AK2*850*0001~", "AK5*E*3*4~", "AK9*E*1*1*1*5*4~"]
    [lines] = answer(data, {"strict": True})
    assert lines[4:-3] == ["AK2*850*0001~", "AK5*R*3*4~", "AK9*R*1*1*0*5*4~"]


def test_an_unknown_and_a_cut_set_are_named_as_such():
    [lines] = answer(payload("any/unknown_set"))
    assert lines[4:-3] == ["AK2*180*0001~", "AK5*R*1~", "AK9*R*1*1*0~"]
    [lines] = answer(payload("any/truncated"))
    assert lines[1:-3] == [
        "TA1*000000031*260302*0915*E*023~",
        "GS*FA*SELLERAPP*BUYERAPP*20260302*0930*31*X*004010~",
        "ST*997*0001~",
        "AK1*PO*31~",
        "AK2*850*0001~",
        "AK5*R*2~",
        "AK9*R*1*1*0*3~",
    ]


def test_999_says_the_same_in_its_own_segments():
    [lines] = answer(payload("order/duplicate"), acknowledge_with="999")
    assert lines[1:-3] == [
        "GS*FA*SELLERAPP*BUYERAPP*20260302*0930*31*X*005010~",
        "ST*999*0001*005010X231~",
        "AK1*PO*31*004010~",
        "AK2*850*0001~",
        "IK3*PO1*4**8~",
        "IK4*1**7~",
        "IK5*R*5~",
        "AK2*850*0002~",
        "IK5*A~",
        "AK9*P*2*2*1~",
    ]


def test_every_group_has_an_acknowledgement_of_its_own():
    parts = list(X12.decode(payload("any/several_interchanges")))
    assert [len(found) for found in interchanges(parts)] == [1, 1]
    two = payload("order/newline_terminated").decode().splitlines()
    middle = [line.replace("31", "32") if line.startswith(("GS", "GE")) else line for line in two[1:-1]]
    text = "\n".join([*two[:-1], *middle, two[-1].replace("IEA*1", "IEA*2")])
    parts = list(X12.decode(text.encode()))
    assert [found[0].envelope["group_reference"] for found in groups(parts)] == ["31", "32"]
    [lines] = answer(text.encode())
    assert [line for line in lines if line.startswith(("AK1", "ST", "GS", "GE"))] == [
        "GS*FA*SELLERAPP*BUYERAPP*20260302*0930*31*X*004010~",
        "ST*997*0001~",
        "AK1*PO*31~",
        "ST*997*0002~",
        "AK1*PO*32~",
        "GE*2*31~",
    ]


def test_acknowledgements_are_not_acknowledged():
    for name in ("997_accepted", "997_rejected", "999", "ta1"):
        assert answer(payload(f"acknowledgement/{name}")) == []


@pytest.mark.parametrize(
    "change, wanted, told",
    [
        (("*0*P*", "*1*P*"), "asked", "TA1*000000031*260302*0915*A*000~"),
        (("*0*P*", "*1*P*"), "never", None),
        (("*0*P*", "*0*P*"), "asked", None),
        (("*0*P*", "*0*P*"), "always", "TA1*000000031*260302*0915*A*000~"),
        (("IEA*1*000000031", "IEA*1*000000030"), "asked", "TA1*000000031*260302*0915*E*001~"),
        (("IEA*1*", "IEA*3*"), "asked", "TA1*000000031*260302*0915*E*021~"),
    ],
)
def test_an_envelope_is_answered_when_it_asks_or_is_wrong(change, wanted, told):
    data = payload("order/full").replace(*(text.encode() for text in change))
    [lines] = answer(data, ta1=wanted)
    assert [line for line in lines if line.startswith("TA1")] == ([told] if told else [])


def test_an_interchange_without_anything_is_rejected():
    text = payload("order/full").decode().splitlines()
    [part] = X12.decode(f"{text[0]}\nIEA*0*000000031~".encode())
    assert [error.code for error in part.errors] == ["edi.empty"]
    document = ta1([part], NOW)
    assert (document.response_code, document.errors[0].code) == ("rejected", "024")


def test_what_we_say_is_understood_by_the_other_side():
    [part] = X12.decode(payload("order/malformed"))
    document, options = functional([part], NOW)
    [again] = X12.decode(X12.encode([document], options))
    [response] = again.document.responses
    assert (again.document.group_reference, response.control_reference) == ("31", "0001")
    assert [(error.segment_tag, error.segment_position, error.element_position) for error in response.errors][
        :3
    ] == [("BEG", "2", "5"), ("CUR", "3", "2"), ("PO1", "5", "2")]
    assert response.errors[0].text == "The date is not valid."


def order(**changes):
    values = {
        "document_type": "order",
        "id": "P00042",
        "issue_date": "2026-03-02",
        "document_currency_code": "USD",
        "buyer_customer_party": {"party_name": "Northwind"},
        "seller_supplier_party": {"party_name": "Acme"},
        "order_lines": [
            {"id": "10", "quantity": {"value": "1", "unit_code": "EA"}, "item": {"name": "Hammer"}}
        ],
    }
    return parse(values | changes)


def test_an_invoice_under_query_is_accepted_with_errors_that_say_so():
    [part] = X12.decode(payload("invoice/full"))
    reasons = (Reason("PRI", "10.00 EUR was agreed.", "1"), Reason("UNR", "Nobody ordered it."))
    document, options = standing(part, Standing("under_query", reasons), NOW, "A-3")
    lines = X12.encode([document], {**options, "line_ends": "lf"}).decode().splitlines()
    assert lines[4].startswith("OTI*TE*TN*")
    assert lines[5:-3] == [
        "TED*024*Under query: 10.00 EUR was agreed.~",
        "NTE*LIN*1~",
        "TED*011*Nobody ordered it.~",
    ]


def test_business_errors_speak_of_the_documents_lines():
    [part] = X12.decode(X12.encode([order()], {"group_reference": "77", "message_references": ["5"]}))
    errors = [
        TradeErrors(
            [
                MappingMissing(
                    "product.unknown", pointer="/order_lines/0/item", subject="x", scheme="GTIN", value="1"
                ),
                ValidationFailed("order.unknown", pointer="/order_reference", order="P1"),
            ]
        )
    ]
    document, options = advice(part, errors, NOW, "A-1")
    lines = X12.encode([document], {**options, "line_ends": "lf"}).decode().splitlines()
    assert lines[3:-3] == [
        "BGN*00*A-1*20260302*093015~",
        "OTI*TR*TN*P00042*****77*0005*850~",
        "TED*011*No product is known for GTIN 1.~",
        "NTE*LIN*10~",
        "TED*011*The order P1 is not known.~",
    ]
    assert (document.response_code, document.thread) == ("rejected", "P00042")
    accepted, options = advice(part, [], NOW, "A-2")
    assert b"OTI*TA*TN*P00042" in X12.encode([accepted], options)
