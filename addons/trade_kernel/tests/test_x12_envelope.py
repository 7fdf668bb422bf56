"""Interchanges as they come, and as a partner's profile wants them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import pytest

from ..canonical import Acknowledgement, parse
from ..codecs import get, recognise
from ..codecs.x12.units import FROM_REC20, TO_REC20
from ..errors import ValidationFailed

X12 = get("x12")
FIXTURES = Path(__file__).parent / "fixtures" / "x12"
SET = ["BEG*00*SA*P1**20260302", "PO1*1*1*EA*5**VN*H-1", "CTT*1"]


def isa(version="00401", repetition="U", end=">~", **changes):
    values = {"sender": "5412345000", "receiver": "4012345009", "number": "000000031"} | changes
    return (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{values['sender']:15}*01*{values['receiver']:15}*260302*0915*"
        f"{repetition}*{version}*{values['number']}*{values.get('asked', 0)}*{values.get('usage', 'P')}*{end}"
    )


def interchange(*sets, head=None, gs="GS*PO*B*S*20260302*0915*31*X*004010", ends=None):
    found = [gs]
    for number, body in enumerate(sets or (SET,), 1):
        found += [f"ST*850*{number:04}", *body, f"SE*{len(body) + 2}*{number:04}"]
    ends = ends or [f"GE*{len(sets or (SET,))}*31", "IEA*1*000000031"]
    return (head or isa()) + "".join(f"{one}~\n" for one in [*found, *ends])


def decoded(text, **options):
    return list(X12.decode(text if isinstance(text, bytes) else text.encode(), options))


def wrong(parts):
    return [(error["level"], error["code"]) for error in parts[0].envelope.get("envelope_errors", ())]


def test_the_envelope_is_data():
    [part] = decoded(interchange(head=isa(usage="T", asked="1")))
    assert part.envelope == {
        "syntax": "x12",
        "sender": {"id": "5412345000", "qualifier": "ZZ"},
        "receiver": {"id": "4012345009", "qualifier": "01"},
        "prepared_at": "2026-03-02T09:15:00+00:00",
        "interchange_version": "00401",
        "interchange_reference": "000000031",
        "acknowledgement_requested": True,
        "test": True,
        "charset": "ascii",
        "separators": {"segment": "~", "element": "*", "component": ">"},
        "group_type": "PO",
        "group_reference": "31",
        "agency": "X",
        "group_sender": {"id": "B"},
        "group_receiver": {"id": "S"},
        "message_type": "850",
        "message_reference": "0001",
        "version": "004010",
        "index": 0,
        "document_type": "order",
    }
    json.dumps(part.envelope)


@pytest.mark.parametrize(
    "gs08, st, expected",
    [
        ("004010VICS", "", ("004010", "VICS")),
        ("005010X222A1", "", ("005010", "X222A1")),
        ("", "*005010X231", ("005010", "X231")),
        ("", "", ("004010", None)),
    ],
)
def test_the_group_decides_the_version(gs08, st, expected):
    text = interchange(gs=f"GS*PO*B*S*20260302*0915*31*X*{gs08}").replace("ST*850*0001", f"ST*850*0001{st}")
    [part] = decoded(text)
    assert (part.envelope["version"], part.envelope.get("association")) == expected


@pytest.mark.parametrize(
    "version, sign, expected",
    [
        ("00401", "^", None),
        ("00402", "^", "^"),
        ("00501", "U", None),
        ("00501", "~", None),
        ("00801", "!", "!"),
    ],
)
def test_repetitions_are_separated_from_a_version_on(version, sign, expected):
    [part] = decoded(interchange(head=isa(version, sign)))
    assert part.envelope["separators"].get("repetition") == expected


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace(f"*{'':10}*", "**"),
        lambda text: text.replace(f"{'':5}*", "*"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("~\n", "~"),
        lambda text: text.replace("~\n", "~\r\n\r\n"),
        lambda text: text.replace("~", "\n").replace("\n\n", "\n"),
        lambda text: text.replace("~\n", "\r\n").replace(">~", ">\r\n"),
        lambda text: text.replace("~\n", "\r").replace(">~", ">\r"),
        lambda text: text.replace("*>~", "*~"),
        lambda text: text.replace("\n", "\n\t\t"),
        lambda text: "\n".join(text.replace("\n", "")[at : at + 80] for at in range(0, 500, 80)),
        lambda text: text + "\x1a\0\0",
        lambda text: "\n\n  " + text,
    ],
    ids=range(13),
)
def test_what_happens_to_files_on_their_way_changes_nothing(damage):
    [part] = decoded(damage(interchange()))
    assert part.document and part.document.id == "P1" and len(part.document.order_lines) == 1
    assert wrong([part]) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_a_file_says_how_it_is_encoded(encoding):
    text = interchange([SET[0], "N1*ST*Käserei*92*7", *SET[1:]])
    [part] = decoded(text.encode(encoding))
    assert part.document.delivery.delivery_location.name == "Käserei"


def test_a_route_may_name_the_encoding():
    data = interchange([SET[0], "N1*ST*Łódź*92*7", *SET[1:]]).encode("iso8859-2")
    [part] = decoded(data, encoding="iso8859-2")
    assert part.document.delivery.delivery_location.name == "Łódź"
    [part] = decoded(data, encoding="ascii")
    assert [error.code for error in part.errors] == ["file.encoding"]


def test_each_set_stands_alone():
    text = interchange(SET, ["BEG*00*SA*P2**20260302", "PO1*1*TEN*EA***VN*H"], SET) + interchange(
        head=isa(number="000000032"), ends=["GE*1*31", "IEA*1*000000032"]
    )
    parts = decoded(text)
    assert [part.document and part.document.id for part in parts] == ["P1", None, "P1", "P1"]
    assert [part.envelope["index"] for part in parts] == [0, 1, 2, 3]
    for part in parts:
        [again] = decoded(part.raw)
        assert again.document == part.document
        assert wrong([again]) == []
        same = ("interchange_reference", "group_reference", "message_reference", "sender", "version")
        assert [again.envelope[name] for name in same] == [part.envelope[name] for name in same]


@pytest.mark.parametrize(
    "change, expected",
    [
        (("IEA*1*000000031", "IEA*2*000000031"), [("interchange", "021")]),
        (("IEA*1*000000031", "IEA*1*000000030"), [("interchange", "001")]),
        (("IEA*1*000000031~\n", ""), [("interchange", "023")]),
        (("GE*1*31~\n", ""), [("group", "3")]),
        (("GE*1*31", "GE*one*31"), [("group", "5")]),
        (("GE*1*31", "GE*1*13"), [("group", "4")]),
        (("GE*1*31", "GE*0001*00031"), []),
        (("SE*5*0001", "SE*0005*0001"), []),
        (("SE*5*0001", "SE*6*0001"), [("message", "4")]),
        (("SE*5*0001", "SE*5*0002"), [("message", "3")]),
        (("CTT*1", "CTT*3"), [("message", "5")]),
        (("260302*0915*U", "261302*0915*U"), [("interchange", "014")]),
        (("*00401*", "*4.01 *"), [("interchange", "017")]),
        (("*0*P*", "*0*X*"), [("interchange", "020")]),
        (("~\nGE", "~\nXX*1~\nGE"), [("interchange", "024")]),
        (("GS*PO*B*S*20260302*0915*31*X*004010~\n", ""), [("interchange", "021"), ("interchange", "024")]),
    ],
    ids=str,
)
def test_what_is_wrong_with_the_envelope_is_told_and_refuses_nothing(change, expected):
    text = interchange()
    assert change[0] in text
    parts = decoded(text.replace(*change))
    found = wrong(parts)
    assert (found == expected or set(found) >= set(expected)) if len(expected) > 1 else found == expected
    assert parts[0].document is not None
    [strict] = decoded(text.replace(*change), strict=True)
    assert bool(strict.errors) == bool(expected)


def test_who_sends_nothing_of_himself_cannot_be_known():
    parts = decoded(interchange().replace("5412345000", " " * 10))
    assert wrong(parts) == [("interchange", "006")]
    assert [error.code for error in parts[0].errors] == ["field.missing"]


def test_a_cut_file_refuses_only_what_is_cut():
    text = interchange(SET, SET)
    parts = decoded(text[: text.index("SE*5*0002")])
    assert [part.document and part.document.id for part in parts] == ["P1", None]
    assert [error.code for error in parts[1].errors] == ["edi.truncated"]
    assert parts[1].envelope["document_type"] == "order"
    assert [error.code for error in decoded(isa() + "IEA*0*000000031~")[0].errors] == ["edi.empty"]


def test_services_and_answers_stand_before_the_groups():
    text = interchange(head=isa() + "ISB*1~\nISE*200601*0515*04~\nTA1*000000007*260301*0800*R*001~\n")
    answer, order = decoded(text)
    assert isinstance(answer.document, Acknowledgement)
    assert (answer.document.interchange_reference, answer.document.response_code) == ("000000007", "rejected")
    assert answer.document.errors[0].text.startswith("The control numbers")
    assert order.document.id == "P1"
    assert order.envelope["services"] == ["ISB*1", "ISE*200601*0515*04"]
    assert wrong([order]) == []


def test_a_set_nobody_maps_keeps_its_segments():
    [part] = decoded(interchange().replace("*850*", "*998*"))
    assert [error.code for error in part.errors] == ["edi.message_unknown"]
    assert part.envelope["segments"] == ["ST*998*0001", *SET, "SE*5*0001"]


@pytest.mark.parametrize(
    "data, sure",
    [
        (interchange().encode(), 90),
        (b"HDR 17\r\n" + interchange().encode(), 30),
        (interchange().encode("utf-16"), 90),
        (b"ISABELLA*00*00", 0),
        (b"UNB+UNOC:3+A+B+260302:0915+1'", 0),
        (b'{"ISA*": 1}', 0),
    ],
)
def test_a_file_is_recognised(data, sure):
    assert X12.sniff(data) == sure
    if sure:
        assert recognise(data, "orders.edi") is X12


# --- writing --------------------------------------------------------------------------------------
LINE = {"id": "1", "quantity": {"value": "1", "unit_code": "KGM"}, "item": {"name": "Hammer"}}
BUYER = {"party_name": "Northwind"}
#: half a cent more than SAC05 can say
CHARGE = {"charge_indicator": True, "amount": {"value": "1.005", "currency_id": "USD"}}


def order(**changes):
    values = {
        "document_type": "order",
        "id": "P00042",
        "issue_date": "2026-03-02",
        "order_type_code": "220",
        "document_currency_code": "USD",
        "buyer_customer_party": BUYER,
        "seller_supplier_party": {"party_name": "Acme"},
        "order_lines": [LINE],
    }
    return parse(values | changes)


def lines(documents, **options):
    return X12.encode(documents, {"line_ends": "lf", **options}).decode().splitlines()


def test_a_profile_says_what_the_file_looks_like():
    found = lines(
        [order(), order(id="P00043")],
        version="005010VICS",
        separators={"segment": "'", "element": "|", "component": "<", "repetition": "!"},
        sender={"id": "SENDER1", "qualifier": "12"},
        receiver={"id": "RECEIVER1", "qualifier": "14"},
        group_sender="GSEND",
        group_receiver="GREC",
        authorization="AUTH",
        security="PASSWORD",
        interchange_reference="77",
        group_reference="88",
        message_references=["90", "91"],
        prepared_at="2026-03-04T23:30:00Z",
        timezone="America/Chicago",
        acknowledgement_requested=True,
        test=True,
        units={"KGS": "KGM"},
        implementation="005010V1",
        omit_segments=["CTT"],
    )
    assert found[:3] == [
        "ISA|03|AUTH      |01|PASSWORD  |12|SENDER1        |14|RECEIVER1      |260304|1730|!|00501|"
        "000000077|1|T|<'",
        "GS|PO|GSEND|GREC|20260304|1730|88|X|005010VICS'",
        "ST|850|0090|005010V1'",
    ]
    assert "PO1|1|1|KGS'" in found
    assert found[-3:] == ["SE|8|0091'", "GE|2|88'", "IEA|1|000000077'"]
    assert not any(line.startswith("CTT") for line in found)


def test_old_versions_have_short_dates_and_names():
    name = "THE VERY LONG NAME OF A COMPANY THAT BUYS HAMMERS"
    found = lines([order(buyer_customer_party={"party_name": name})], version="003050")
    assert found[0].endswith("*U*00305*000000001*0*P*:~")
    assert "BEG*00*SA*P00042**260302~" in found
    assert found[5:7] == ["N1*BY*THE VERY LONG NAME OF A COMPANY~", "N2*THAT BUYS HAMMERS~"]


def test_separators_step_aside_unless_they_are_named():
    item = {"name": "HAMMER * 20 ~ OZ : RED"}
    line = {"id": "1", "quantity": {"value": "1", "unit_code": "EA"}, "item": item}
    data = X12.encode([order(order_lines=[line])])
    [part] = decoded(data)
    assert part.document.order_lines[0].item.name == item["name"]
    assert part.envelope["separators"] == {"segment": "\x1c", "element": "|", "component": ">"}
    with pytest.raises(ValidationFailed, match="cannot carry the character '\\*' in 'HAMMER"):
        X12.encode([order(order_lines=[line])], {"separators": {"element": "*"}})


def test_documents_of_one_kind_share_a_group():
    response = parse(
        {
            "document_type": "order_response",
            "id": "R1",
            "issue_date": "2026-03-02",
            "order_response_code": "AP",
            "order_reference": {"id": "P00042"},
        }
    )
    found = lines([order(), order(id="P2"), response], sender="A", receiver="B")
    assert [line for line in found if line.startswith(("GS", "GE", "ST", "IEA"))] == [
        "GS*PO*A*B*20260302*0000*1*X*004010~",
        "ST*850*0001~",
        "ST*850*0002~",
        "GE*2*1~",
        "GS*PR*A*B*20260302*0000*2*X*004010~",
        "ST*855*0003~",
        "GE*1*2~",
        "IEA*2*000000001~",
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"version": "4010"},
        {"version": "009010"},
        {"separators": {"element": "A"}},
        {"separators": {"element": "*", "segment": "*"}},
        {"separators": {"component": "\n"}},
        {"separators": "*"},
        {"sender": {"qualifier": "ZZ"}},
        {"sender": "A" * 16},
        {"interchange_reference": "1234567890"},
        {"interchange_reference": "A1"},
        {"message_references": "1-2"},
        {"usage": "X"},
        {"line_ends": "cr"},
        {"timezone": "Mars"},
        {"prepared_at": "yesterday"},
        {"encoding": "utf-9"},
        {"acknowledge_with": "998"},
    ],
    ids=str,
)
def test_options_that_cannot_be_meant_are_refused(options):
    with pytest.raises(ValidationFailed) as caught:
        X12.encode([order()], options)
    assert caught.value.code == "codec.option"


@pytest.mark.parametrize(
    "changes, options, reason",
    [
        ({"order_lines": [LINE | {"quantity": {"value": "1", "unit_code": "KWT"}}]}, {}, "unit KWT"),
        ({"payment_terms": {"id": "NET30"}}, {}, "payment terms NET30"),
        ({"allowance_charge": [CHARGE]}, {}, "/allowance_charge"),
        ({"note": ["你好"]}, {"encoding": "cp1252"}, "character"),
        ({"buyer_customer_party": BUYER | {"endpoint_id": {"id": "1234567890123456"}}}, {}, "address"),
        ({"buyer_customer_party": BUYER | {"legal_entity_id": {"id": "HRB 1"}}}, {}, "/buyer_customer_party"),
    ],
)
def test_what_x12_has_no_place_for_is_said(changes, options, reason):
    with pytest.raises(ValidationFailed, match="cannot carry") as caught:
        X12.encode([order(**changes)], options)
    assert caught.value.code == "codec.cannot_carry" and reason in str(caught.value)


def test_an_interchange_of_nothing_cannot_be_written():
    with pytest.raises(ValidationFailed):
        X12.encode([])


def test_units_are_translated_both_ways():
    assert {TO_REC20[code] for code in FROM_REC20.values()} == set(FROM_REC20)
    assert all(len(code) == 2 for code in TO_REC20)
    assert all(code != ours for code, ours in TO_REC20.items())


def test_a_partner_may_mean_other_units():
    text = interchange([SET[0], "PO1*1*1*CT*5**VN*H", "CTT*1"])
    [part] = decoded(text)
    assert part.document.order_lines[0].quantity.unit_code == "XCT"
    [part] = decoded(text, units={"CT": "XCS"})
    assert part.document.order_lines[0].quantity.unit_code == "XCS"


def test_times_name_their_zone_or_are_the_routes():
    text = interchange([SET[0], "DTM*002*20260701*1430*ET", "DTM*001*20260702*0800", *SET[1:]])
    [part] = decoded(text, timezone="America/Denver")
    wanted = part.document.delivery.requested_delivery_period
    assert (wanted.end_date.isoformat(), wanted.end_time.isoformat()) == ("2026-07-01", "14:30:00-04:00")
    assert part.document.validity_period.end_time.isoformat() == "08:00:00-06:00"
    assert part.envelope["prepared_at"] == "2026-03-02T09:15:00-07:00"


def test_writing_is_deterministic():
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert X12.encode([order()]) == X12.encode([order()])
    assert lines([order()], prepared_at=now) == lines([order()], prepared_at=now.isoformat())


@pytest.mark.parametrize(
    "kind, body",
    [
        ("850", "REF*DD*1*X~"),
        ("850", "N9*DD*1~"),
        ("850", "MSG*A~"),
        ("850", "PO1*1*1*EA~"),
        ("850", "PO1*1*1*EA~" + "PID*F*08***A~" * 3),
        ("850", "DTM*002*20260302~"),
        ("850", "SAC*C*D240***1E999999999~"),
        ("855", "PO1*1*1*EA***VN*X~"),
        ("855", "ACK*IA*1*EA~"),
        ("855", "ACK*XX*1E999999999*EA~"),
        ("997", "AK4*1*330*6~"),
        ("997", "AK2*850*1~"),
        ("824", "NTE*ERN*A~"),
        ("998", "XX~"),
    ],
)
def test_no_file_makes_us_count_for_minutes(kind, body):
    first = {"850": "BEG*00*SA*P1**20260302~", "855": "BAK*00*AC*P1*20260302~PO1*1*1*EA~"}
    first |= {"997": "AK1*PO*1~AK2*850*1~AK3*PO1*1**8~", "824": "BGN*00*1*20260302~OTI*TR~TED*1~"}
    text = f"{isa()}GS*PO*B*S*20260302*0915*31*X*004010~ST*{kind}*0001~{first.get(kind, '')}"
    text += body * 15_000 + "CTT*1~AMT*N*1E999999999~AMT*T*1~SE*5*0001~GE*1*31~IEA*1*000000031~"
    before = process_time()
    assert len(decoded(text)) == 1
    assert process_time() - before < 10
