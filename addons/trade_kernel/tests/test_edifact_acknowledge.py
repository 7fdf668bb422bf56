from datetime import UTC, datetime
from pathlib import Path

import pytest

from ..canonical import ResponseStatus, parse
from ..codecs import get
from ..codecs._told import Reason, Standing
from ..codecs.base import Decoded
from ..codecs.edifact.acknowledge import aperak, contrl, interchanges, standing
from ..errors import MappingMissing, TradeErrors, ValidationFailed

EDIFACT = get("edifact")
FIXTURES = Path(__file__).parent / "fixtures" / "edifact"
NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)


def payload(name):
    return (FIXTURES / name / "payload.edi").read_bytes()


def answer(data, options=None, **how):
    """What we say to every interchange of a file, as text and as read back."""
    texts = []
    for parts in interchanges(list(EDIFACT.decode(data, options))):
        document, encoding = contrl(parts, NOW, **how)
        text = EDIFACT.encode([document], {**encoding, "line_ends": "lf"}).decode()
        [again] = EDIFACT.decode(text.encode())
        assert again.document.response_code == document.response_code
        texts.append(text.splitlines())
    return texts


def test_what_can_be_read_is_accepted():
    [lines] = answer(payload("order/full"))
    assert lines == [
        "UNB+UNOC:3+4012345000009:14+5412345000013:14+260302:0930+REF0000042'",
        "UNH+1+CONTRL:D:3:UN'",
        "UCI+REF0000042+5412345000013:14+4012345000009:14+7'",
        "UCM+1+ORDERS:D:96A:UN+7'",
        "UNT+4+1'",
        "UNZ+1+REF0000042'",
    ]


def test_every_error_is_pointed_at():
    [lines] = answer(payload("order/malformed"))
    assert lines[3:-2] == [
        "UCM+1+ORDERS:D:96A:UN+4'",
        "UCS+3'",
        "UCD+12+1:2'",
        "UCS+6'",
        "UCD+12+1:2'",
        "UCS+8'",
        "UCD+37+1:2'",
        "UCS+9+13'",
        "UCS+10'",
        "UCD+37+1:2'",
        "UCD+12+1:2'",
        "UCS+11+13'",
        "UCS+12'",
        "UCD+12+1:2'",
    ]


def test_one_bad_message_does_not_reject_the_others():
    [lines] = answer(payload("order/duplicate"))
    assert [line[:8] for line in lines if line.startswith("UC")] == [
        "UCI+1+54",
        "UCM+1+OR",
        "UCS+8'",
        "UCD+26+1",
        "UCM+1+OR",
    ]
    # The second one has the reference of the first: told, though it was read.
    assert lines[6] == "UCM+1+ORDERS:D:96A:UN+7+26+UNH+1'"


def test_groups_are_answered_before_their_messages():
    [lines] = answer(payload("any/truncated"))
    assert [line for line in lines if line.startswith("UC")] == [
        "UCI+1+5412345000013:14+4012345000009:14+7+13+UNZ'",
        "UCF+1+++7+13+UNE'",
        "UCM+1+ORDERS:D:96A:UN+7'",
        "UCM+2+ORDERS:D:96A:UN+4+13+UNT'",
        "UCS+5+13'",
    ]


def test_an_empty_interchange_is_rejected_and_noise_is_not_answered():
    first, second = answer(payload("any/garbage_around"))
    assert first[2] == "UCI+1+5412345000013:14+4012345000009:14+7'"
    assert second[2] == "UCI+2+5412345000013:14+4012345000009:14+4+32+UNB'"


def test_an_unknown_message_is_named():
    [lines] = answer(payload("any/unknown_message"))
    assert lines[3] == "UCM+1+PARTIN:D:96A:UN+4+14+UNH+2'"


def test_arrival_alone_can_be_told():
    [lines] = answer(payload("order/malformed"), received_only=True)
    assert lines[2] == "UCI+1+5412345000013:14+4012345000009:14+8'"
    assert lines[3] == "UNT+3+1'"


def test_a_strict_partner_is_held_to_his_counts():
    data = payload("order/full").replace(b"UNT+55", b"UNT+54")
    [lines] = answer(data)
    assert lines[3] == "UCM+1+ORDERS:D:96A:UN+7+29+UNT+1'"
    [lines] = answer(data, {"strict": True})
    assert lines[3] == "UCM+1+ORDERS:D:96A:UN+4+29+UNT+1'"


def test_syntax_4_is_answered_in_syntax_4():
    [lines] = answer(payload("order/d01b_syntax4"))
    assert lines[0] == "UNB+UNOC:4+SELLER1:ZZZ+BUYER1:ZZZ+20260302:0930+77++++++1'"
    assert lines[1] == "UNH+1+CONTRL:4:1:UN'"


@pytest.mark.parametrize("errors, code", [((), "accepted"), ((ValidationFailed("file.empty"),), "rejected")])
def test_an_application_accepts_or_refuses(errors, code):
    [part] = EDIFACT.decode(payload("order/full"))
    document, options = aperak(part, errors, NOW, "AP-7")
    [again] = EDIFACT.decode(EDIFACT.encode([document], options))
    assert again.document.response_code == code
    assert (again.document.id, again.document.thread) == ("AP-7", "P00042")


def test_an_invoice_under_query_says_why_and_for_which_line():
    [part] = EDIFACT.decode(payload("invoice/full"))
    said = Standing("under_query", (Reason("PRI", "10.00 EUR was agreed.", "1"),))
    document, options = standing(part, said, NOW, "AP-9")
    raw = EDIFACT.encode([document], {**options, "line_ends": "lf"})
    lines = raw.decode().splitlines()
    assert lines[2] == "BGM+305+AP-9+9+UQ'"
    assert ["ERC+PRI'", "FTX+AAO+++10.00 EUR was agreed.'", "RFF+LI:1'"] == lines[-5:-2]
    [again] = EDIFACT.decode(raw)
    assert (again.document.response_code, again.document.thread) == ("under_query", part.document.id)


def test_an_invoice_that_came_otherwise_is_answered_under_the_routes_own_names():
    document, options = standing(
        Decoded(next(EDIFACT.decode(payload("invoice/full"))).document, (), {}),
        Standing("accepted"),
        NOW,
        "1",
    )
    assert (document.response_code, options) == ("accepted", {})


def test_what_is_said_of_the_document_as_a_whole_is_not_lost_without_a_word():
    [part] = EDIFACT.decode(payload("order/full"))
    document, options = aperak(part, (), NOW, "AP-7")
    [response] = document.responses
    response = response.model_copy(update={"statuses": (ResponseStatus(code="PRI"),)})
    with pytest.raises(ValidationFailed, match="APERAK says errors"):
        EDIFACT.encode([document.model_copy(update={"responses": (response,)})], options)


def test_business_errors_name_the_line():
    [part] = EDIFACT.decode(payload("order/full"))
    unknown = MappingMissing("product.unknown", pointer="/order_lines/1/item", scheme="GTIN", value="4711")
    document, options = aperak(part, [TradeErrors([unknown])], NOW, "AP-8")
    text = EDIFACT.encode([document], {**options, "line_ends": "lf"}).decode().splitlines()
    assert text[2:] == [
        "BGM+305+AP-8+9+RE'",
        "DTM+137:20260302093015:204'",
        "RFF+AGO:1'",
        "RFF+ON:P00042'",
        "NAD+MS+4012345000009::9'",
        "NAD+MR+5412345000013::9'",
        "ERC+12'",
        "FTX+AAO+++No product is known for GTIN 4711.'",
        "RFF+LI:2'",
        "UNT+11+1'",
        "UNZ+1+1'",
    ]


def test_an_acknowledgement_of_others_is_read_with_its_meaning():
    [part] = EDIFACT.decode(payload("acknowledgement/contrl"))
    accepted, counted, placed = part.document.responses
    assert (accepted.response_code, counted.response_code) == ("accepted", "rejected")
    assert counted.errors[0].text == "The count does not match what was received."
    assert [(error.segment_position, error.element_position) for error in placed.errors] == [
        ("12", None),
        ("14", "3.1"),
        ("14", "3.4"),
    ]
    assert parse(part.document.as_dict()) == part.document
