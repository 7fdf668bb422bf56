"""Files as partners want them."""

from datetime import UTC, datetime

import pytest

from ..canonical import parse
from ..errors import ValidationFailed
from .edifact_samples import EDIFACT, decode, read
from .samples import line, order, response


def encode(values, **options):
    return EDIFACT.encode([parse(values)], {"line_ends": "lf", **options}).decode("iso8859-1").splitlines()


def test_an_order_without_any_options():
    assert encode(order()) == [
        "UNB+UNOC:3+Buyer+Acme+260301:0900+1'",
        "UNH+1+ORDERS:D:96A:UN'",
        "BGM+220+P00042+9'",
        "DTM+137:20260301090000:204'".replace("090000:204", "0900:203"),
        "NAD+BY+++Buyer'",
        "NAD+SU+++Acme'",
        "CUX+2:EUR:9'",
        "LIN+1++04012345678901:EN'",
        "PIA+1+ACME-1:SA'",
        "IMD+F++:::Bolt M8'",
        "QTY+21:10.00:C62'",
        "DTM+2:20260310:102'",
        "PRI+AAA:12.50'",
        "UNS+S'",
        "CNT+2:1'",
        "UNT+15+1'",
        "UNZ+1+1'",
    ]


def test_everything_a_profile_may_ask_for():
    lines = encode(
        order(),
        release="D.01B",
        association="EAN010",
        syntax_version=4,
        charset="UNOW",
        separators={"element": "|", "component": "^", "segment": "~", "decimal": ","},
        sender={"id": "5412345000013", "qualifier": "14", "address": "B1"},
        receiver={"id": "4012345000009", "qualifier": "14"},
        interchange_reference="IC7",
        group_reference="G7",
        message_references=["M7"],
        application_reference="APP",
        agreement="AGR",
        prepared_at="2026-03-01T12:30:00+02:00",
        timezone="Europe/Brussels",
        test=True,
        acknowledgement_requested=True,
        qualifiers={"seller": "VN", "seller_party": "SE", "requested_date": "10"},
        units={"STK": "C62"},
        omit_segments=["CNT"],
    )
    assert lines[:4] == [
        "UNA^|,?*~",
        "UNB|UNOW^4|5412345000013^14^B1|4012345000009^14|20260301^1130|IC7||APP||1|AGR|1~",
        "UNG|ORDERS|5412345000013^14|4012345000009^14|20260301^1130|G7|UN|D^01B^EAN010~",
        "UNH|M7|ORDERS^D^01B^UN^EAN010~",
    ]
    assert {
        "NAD|SE|||Acme~",
        "LIN|1||04012345678901^SRV~",
        "PIA|1|ACME-1^VN~",
        "QTY|21^10,00^STK~",
        "DTM|10^20260310^102~",
        "PRI|AAA^12,50~",
        "UNT|14|M7~",
        "UNE|1|G7~",
        "UNZ|1|IC7~",
    } <= set(lines)


def test_una_is_written_when_it_is_needed_or_wanted():
    assert encode(order(), una="always")[0] == "UNA:+.? '"
    assert encode(order(), una="always", syntax_version=4)[0] == "UNA:+.?*'"
    assert encode(order(), separators={"decimal": ","})[0] == "UNA:+,? '"
    assert encode(order(), separators={"decimal": ","}, una="never")[0].startswith("UNB")


def test_regions_stand_where_the_version_has_them():
    party = {"party_name": "Buyer", "postal_address": {"city_name": "Austin", "country_subentity": "Texas"}}
    assert encode(order(buyer_customer_party=party))[4] == "NAD+BY+++Buyer++Austin+Texas'"
    assert encode(order(buyer_customer_party=party), release="01B")[4] == "NAD+BY+++Buyer++Austin+:::Texas'"


def test_a_revision_replaces_what_was_sent():
    assert encode(order(sequence_number=2))[2:5] == [
        "BGM+220+P00042+5'",
        "DTM+137:202603010900:203'",
        "RFF+ON:P00042::2'",
    ]
    assert encode(order(sequence_number=2), release="01B")[2] == "BGM+220+P00042::2+5'"


def test_the_character_set_holds_the_text():
    assert encode(order(note=["Größe"]))[0].startswith("UNB+UNOC:3")
    assert encode(order(note=["注文"]))[0].startswith("UNB+UNOY:3")
    assert encode(order(note=["注文"]), syntax_version=4)[0].startswith("UNB+UNOW:4")
    assert encode(order(), charset="UNOA")[0].startswith("UNB+UNOA:3")
    with pytest.raises(ValidationFailed, match="the character set UNOA does not have it"):
        encode(order(note=["Größe"]), charset="UNOA")


def test_the_interchange_goes_between_the_electronic_addresses():
    known = {"party_name": "B", "endpoint_id": {"id": "5412345000013", "scheme_id": "0088"}}
    other = {"party_name": "S", "endpoint_id": {"id": "0428759497", "scheme_id": "0208"}}
    values = order(buyer_customer_party=known, seller_supplier_party=other)
    assert encode(values)[0] == "UNB+UNOC:3+5412345000013:14+02080428759497:30+260301:0900+1'"
    assert encode(values, sender={"id": "US", "qualifier": "ZZ"})[0].startswith(
        "UNB+UNOC:3+US:ZZ+02080428759497:30"
    )


def test_several_documents_share_an_interchange():
    documents = [parse(order(order_type_code="220", id=number)) for number in ("P00042", "P00043")]
    data = EDIFACT.encode(documents, {"message_references": ["A", "B"]})
    parts = decode(data)
    assert [part.document for part in parts] == documents
    assert [part.envelope["message_reference"] for part in parts] == ["A", "B"]
    mixed = [parse(order()), parse(response())]
    with pytest.raises(ValidationFailed, match="a group holds one type"):
        EDIFACT.encode(mixed, {"group_reference": "1", "sender": "A", "receiver": "B"})


def test_what_came_beyond_the_model_goes_out_where_it_stood():
    body = (
        "BGM+220+P1+9'DTM+137:20260302:102'DTM+200:20260305:102'RFF+PD:PROMO'NAD+FR+99::91'RFF+IA:7'"
        "CUX+2:EUR:9'TDT+20++30'LOC+5+BE'ALC+C++6++FC'MOA+23:5:EUR'LIN+1++4012345678901:EN'MEA+PD+AAA+KGM:5'"
        "QTY+21:5:PCE'PAC+1++CT'UNS+S'CNT+1:5'"
    )
    document = read(body)
    written = EDIFACT.encode([document]).decode().split("'")
    assert [text for text in written if text.split("+")[0] in ("TDT", "LOC", "ALC", "MOA")] == [
        "TDT+20++30",
        "LOC+5+BE",
        "ALC+C++6++FC",
        "MOA+23:5:EUR",
    ]
    assert set(body.split("'")) <= set(written)


def test_what_has_no_place_is_refused_with_its_place():
    with pytest.raises(ValidationFailed) as caught:
        encode(order(extensions={"colour": "blue"}))
    assert (caught.value.code, caught.value.pointer) == ("codec.cannot_carry", "/extensions")
    blue = line(item={"name": "Bolt", "extensions": {"colour": "blue"}})
    with pytest.raises(ValidationFailed) as caught:
        encode(order(order_lines=[blue]))
    assert caught.value.pointer == "/order_lines/0/item/extensions"


@pytest.mark.parametrize(
    "options",
    [
        {"release": "next"},
        {"charset": "LATIN"},
        {"una": "maybe"},
        {"line_ends": "cr"},
        {"separators": {"element": "'"}},
        {"separators": {"element": "AB"}},
        {"separators": {"colour": "+"}},
        {"sender": {"qualifier": "14"}},
        {"prepared_at": "yesterday"},
        {"message_references": ["123456789012345"]},
        {"syntax_version": 5},
        {"test": "yes"},
        {"units": ["STK"]},
        {"interchange_reference": ["1"]},
    ],
)
def test_a_wrong_profile_is_told(options):
    with pytest.raises(ValidationFailed) as caught:
        encode(order(), **options)
    assert caught.value.code == "codec.option"


def test_nothing_is_no_interchange():
    with pytest.raises(ValidationFailed, match="an interchange holds a message"):
        EDIFACT.encode([])


def test_the_instant_is_the_documents_own():
    issued = parse(order()).issued_at
    assert issued == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert EDIFACT.encode([parse(order())]) == EDIFACT.encode([parse(order())])


def test_segments_a_partner_does_not_take_are_left_out_and_counted_out():
    whole = encode(order())
    lines = encode(order(), omit_segments=["IMD", "CNT"])
    assert [one for one in whole if one not in lines] == ["IMD+F++:::Bolt M8'", "CNT+2:1'", "UNT+15+1'"]
    assert "UNT+13+1'" in lines


@pytest.mark.parametrize("tags", [["LIN"], ["BGM"], "CNT", [5]])
def test_what_a_document_needs_cannot_be_left_out(tags):
    with pytest.raises(ValidationFailed) as raised:
        encode(order(), omit_segments=tags)
    assert raised.value.code == "codec.option"


def test_what_cannot_be_carried_is_refused_even_if_its_segment_is_left_out():
    with pytest.raises(ValidationFailed) as raised:
        encode(order(note=["日本"]), charset="UNOC", omit_segments=["FTX"])
    assert raised.value.code == "codec.cannot_carry"
