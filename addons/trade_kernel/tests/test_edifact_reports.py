"""Catalogues and reports of stock, sales and shipments in EDIFACT."""

import collections
import contextlib
import sys
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..codecs import get
from ..codecs.edifact.acknowledge import contrl
from ..errors import ValidationFailed
from . import edifact_report_strategies

EDIFACT = get("edifact")
QUICK = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def message(kind, *segments, sender="S", receiver="B"):
    body = "".join(f"{segment}'" for segment in (f"UNH+1+{kind}:D:96A:UN", *segments))
    return f"UNB+UNOC:3+{sender}:14+{receiver}:14+260302:0915+1'{body}UNT+{len(segments) + 2}+1'UNZ+1+1'"


def read(kind, *segments, **options):
    [part] = EDIFACT.decode(message(kind, *segments, **options).encode())
    assert not part.errors
    assert not part.envelope.get("envelope_errors")
    return part.document


@pytest.mark.parametrize(
    "documents", ["price_catalogues", "inventory_reports", "shipment_statuses", "product_activities"]
)
@QUICK
@given(st.data(), st.sampled_from(("96A", "01B", "21B")))
def test_what_can_be_carried_comes_back(documents, data, release):
    document = data.draw(getattr(edifact_report_strategies, documents))
    [part] = EDIFACT.decode(EDIFACT.encode([document], {"release": release}))
    assert part.document == document


# --- PRICAT ---------------------------------------------------------------------------------------
_CATALOGUE = ("BGM+9+C1+9", "DTM+137:20260302:102", "CUX+2:EUR:8", "PGI+2")


@pytest.mark.parametrize(
    "segment, kind",
    [
        ("PRI+AAA:5", "AAA"),
        ("PRI+AAA:5:CA", None),
        ("PRI+AAB:5:CT", "AAB"),
        ("PRI+AAE:5::RTP", "RTP"),
        ("PRI+NTP:5::SRP", "SRP"),
        ("PRI+AAA:5::LIU", "AAA"),
        ("PRI+AAB:5:CA", "AAB"),
    ],
)
def test_what_kind_of_price_it_is(segment, kind):
    document = read("PRICAT", *_CATALOGUE, "LIN+1++4012345678901:EN", segment)
    [price] = document.catalogue_lines[0].prices
    assert price.price_type_code == kind
    assert EDIFACT.encode([document]).count(segment.encode() + b"'") == 1


def test_a_date_behind_a_price_is_one_of_the_price_and_one_before_it_is_one_of_the_item():
    segments = (
        "DTM+194:20260401:102",
        "PRI+AAA:5",
        "DTM+206:20261231:102",
        "PRI+AAA:6",
        "DTM+194:20270101:102",
    )
    [line] = read("PRICAT", *_CATALOGUE, "LIN+1++4012345678901:EN", *segments).catalogue_lines
    assert str(line.validity_period.start_date) == "2026-04-01" and line.validity_period.end_date is None
    first, second = line.prices
    assert str(first.validity_period.end_date) == "2026-12-31" and first.validity_period.start_date is None
    assert str(second.validity_period.start_date) == "2027-01-01"


def test_lines_of_one_number_are_told_apart_and_keep_it():
    lines = ["LIN+1++4012345678901:EN", "LIN+1++4012345678918:EN", "LIN+1-2++4012345678925:EN", "LIN+1++9:SA"]
    document = read("PRICAT", *_CATALOGUE, *lines)
    assert [line.id for line in document.catalogue_lines] == ["1", "1-2", "1-2-2", "1-3"]


def test_allowances_come_off_every_gross_price():
    segments = ("PRI+AAB:5", "PRI+AAB:4", "PRI+AAE:9::RTP", "ALC+A++++TD", "PCD+3:10")
    document = read("PRICAT", *_CATALOGUE, "LIN+1++4012345678901:EN", *segments)
    assert [len(price.allowance_charge) for price in document.catalogue_lines[0].prices] == [1, 1, 0]
    assert EDIFACT.encode([document]).count(b"ALC+") == 1


@pytest.mark.parametrize(
    "kind, lines",
    [
        ("PRICAT", ("LIN+1++9:SA",)),
        ("INVRPT", ("LIN+1++9:SA", "QTY+17:1")),
        ("SLSRPT", ("LIN+1++9:SA", "QTY+153:1")),
        ("IFTSTA", ("STS+1+21",)),
    ],
)
def test_parties_that_have_no_field_are_kept(kind, lines):
    parties = ("NAD+UC+1::9", "NAD+UC+2::9", "NAD+CN+3::9", "NAD+CN+4::9", "NAD+ZZ+5::9")
    document = read(kind, *_CATALOGUE[:2], *parties, *lines)
    assert {"NAD+UC+2::9", "NAD+CN+4::9", "NAD+ZZ+5::9"} <= set(document.extensions["segments"])


def test_a_message_that_goes_the_other_way_names_each_party_by_its_own_address():
    parties = ("NAD+SU+B::9", "NAD+BY+S::9")
    document = read("PRICAT", *_CATALOGUE[:3], *parties, "LIN+1++4012345678901:EN", "PRI+AAA:5")
    assert document.seller_supplier_party.endpoint_id.id == "B"
    assert document.receiver_party.endpoint_id.id == "S"


def test_a_catalogue_of_many_lines_takes_work_that_grows_with_them():
    taken = []
    for count in (250, 1_000):
        lines = ("LIN+1++4012345678901:EN", "PIA+1+A:SA", "IMD+F++:::Bolt", "PRI+AAB:5", "ALC+A++++TD")
        data = message("PRICAT", *_CATALOGUE, *(segment for _n in range(count) for segment in lines)).encode()
        with counted_calls() as calls:
            [part] = EDIFACT.decode(data)
        taken.append(calls.total())
        assert len(part.document.catalogue_lines) == count
    assert taken[1] < 5 * taken[0]  # what looks at every line for each would take sixteen times as many


@contextlib.contextmanager
def counted_calls():
    """The calls of functions by kind: the same on every machine, however busy it is."""
    calls = collections.Counter()

    def note(_frame, event, _argument):
        calls[event] += 1

    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)


# --- INVRPT ---------------------------------------------------------------------------------------
_STOCK = ("BGM+35+S1+9", "DTM+137:20260302:102")


def stock(*segments):
    """Number, what it is, how much and where of each line."""
    lines = read("INVRPT", *_STOCK, "LIN+1++4012345678901:EN", *segments).inventory_lines
    assert {line.item.standard_item_identification.id for line in lines} == {"4012345678901"}
    where = [line.inventory_location for line in lines]
    return [
        (line.id, line.quantity_type_code, str(line.quantity), place and place.id.id)
        for line, place in zip(lines, where, strict=True)
    ]


def test_a_place_behind_a_quantity_is_its_place():
    found = stock("QTY+17:5:PCE", "LOC+14+A", "QTY+17:6:PCE", "LOC+14+B", "QTY+145:4:PCE")
    assert found == [
        ("1", "on_hand", "5 PCE", "A"),
        ("1-2", "on_hand", "6 PCE", "B"),
        ("1-3", "available", "4 PCE", None),
    ]


def test_a_place_before_quantities_is_that_of_all_up_to_the_next():
    found = stock("LOC+14+A", "QTY+17:5:PCE", "QTY+145:4:PCE", "LOC+14+B", "QTY+17:6:PCE")
    assert found == [
        ("1", "on_hand", "5 PCE", "A"),
        ("1-2", "available", "4 PCE", "A"),
        ("1-3", "on_hand", "6 PCE", "B"),
    ]


def test_a_warehouse_by_name_is_a_place_too():
    found = stock("NAD+WH+A::9", "QTY+17:5:PCE", "NAD+WH+B::9", "QTY+17:6:PCE")
    assert found == [("1", "on_hand", "5 PCE", "A"), ("1-2", "on_hand", "6 PCE", "B")]


def test_the_sort_of_stock_says_what_can_be_sold():
    assert [kind for _id, kind, *_rest in stock("INV++1", "QTY+145:5", "INV++2", "QTY+145:1")] == [
        "available",
        "on_hand",
    ]


def test_a_part_of_a_stock_is_no_further_stock():
    [line] = read("INVRPT", *_STOCK, "LIN+1++9:SA", "QTY+17:9", "QTY+152:4", "QTY+97:3").inventory_lines
    assert line.quantity.value == 9
    assert line.extensions["segments"] == ["QTY+152:4", "QTY+97:3"]


def waiting(*segments):
    """What each line is, and the order and its line it is for; also after it was written and read again."""
    document = read("INVRPT", *_STOCK, "LIN+1++4012345678901:EN", *segments)
    [part] = EDIFACT.decode(EDIFACT.encode([document]))
    assert part.document == document
    return [
        (line.quantity_type_code, reference and (reference.order_reference.id, reference.line_id))
        for line in document.inventory_lines
        for reference in [line.order_line_reference]
    ]


def test_the_order_behind_a_quantity_is_the_one_it_waits_for():
    found = waiting(
        "QTY+145:0", "QTY+83:30", "DTM+44:20260320:102", "RFF+ON:P00012:10", "DTM+171:20260301:102"
    )
    assert found == [("available", None), ("back_order", ("P00012", "10"))]
    found = waiting("QTY+83:30", "RFF+ON:P00012", "RFF+LI:10")
    assert found == [("back_order", ("P00012", "10"))]


def test_an_order_before_the_quantities_is_that_of_those_that_wait():
    found = waiting("RFF+VN:SO-7:3", "RFF+ON:P00012:10", "QTY+145:5", "QTY+83:30", "QTY+198:4", "RFF+ON:P9")
    order = ("P00012", "10")
    assert found == [("available", None), ("back_order", order), ("in_transit", ("P9", None))]
    segments = ("RFF+VN:SO-7:3", "RFF+ON:P00012:10", "QTY+83:30")
    [line] = read("INVRPT", *_STOCK, "LIN+1++9:SA", *segments).inventory_lines
    reference = line.order_line_reference
    assert (reference.order_reference.sales_order_id, reference.sales_order_line_id) == ("SO-7", "3")


def test_stock_for_everybody_is_for_no_order():
    """What is free stays free, though an order is named with the item: it is kept as it stands."""
    assert waiting("RFF+ON:FRAME", "QTY+145:5", "QTY+17:9") == [("available", None), ("on_hand", None)]
    document = read("INVRPT", *_STOCK, "LIN+1++9:SA", "RFF+ON:FRAME", "QTY+145:5", "LIN+2++8:SA", "QTY+83:1")
    assert [line.extensions.get("segments") for line in document.inventory_lines] == [["RFF+ON:FRAME"], None]
    assert b"PIA+5+9:SA'RFF+ON:FRAME'QTY+145:5" in EDIFACT.encode([document])


# --- SLSRPT ---------------------------------------------------------------------------------------
_SALES = ("BGM+73+S1+9", "DTM+137:20260302:102")


def sold(*segments):
    """Number, what happened, how much, where and until when of each line."""
    return [
        (
            line.id,
            line.activity_type_code,
            str(line.quantity),
            line.activity_location and line.activity_location.id.id,
            line.activity_period and str(line.activity_period.latest),
        )
        for line in read("SLSRPT", *_SALES, *segments).activity_lines
    ]


def test_lines_stand_below_their_shop_and_its_days():
    shops = (
        *("LIN+1++9:SA", "QTY+153:1:PCE", "LOC+162+A", "DTM+356:20260301:102", "LIN+1++9:SA"),
        *("QTY+153:2:PCE", "LIN+2++8:SA", "QTY+153:3:PCE", "LOC+162+B", "LIN+1++9:SA", "QTY+61:4:PCE"),
    )
    assert sold(*shops) == [
        ("1", "sales", "1 PCE", None, None),
        ("1-2", "sales", "2 PCE", "A", "2026-03-01"),
        ("2", "sales", "3 PCE", "A", "2026-03-01"),
        ("1-3", "returns", "4 PCE", "B", None),
    ]


def test_each_quantity_that_happened_is_a_line_and_stock_is_none():
    found = sold("LIN+1++9:SA", "QTY+145:40:PCE", "QTY+153:5:PCE", "QTY+61:1:PCE", "PRI+AAE:2")
    assert [line[:3] for line in found] == [("1", "sales", "5 PCE"), ("1-2", "returns", "1 PCE")]


def test_a_quantity_of_an_unknown_kind_alone_is_told_by_its_code():
    assert [line[1] for line in sold("LIN+1++9:SA", "QTY+152:5")] == ["152"]


def test_shops_behind_their_lines_are_understood():
    found = sold(
        *("LIN+1++9:SA", "QTY+153:1", "LOC+162+A", "DTM+356:20260301:102"),
        *("LIN+2++9:SA", "QTY+153:2", "LOC+162+B"),
    )
    assert [line[3:] for line in found] == [("A", "2026-03-01"), ("B", None)]


def test_the_shop_of_the_header_is_that_of_lines_that_name_none():
    shop = "NAD+ST+A::9++Shop+Kaai 7+Antwerpen"
    found = sold(shop, "LIN+1++9:SA", "QTY+153:5:PCE", "LOC+162+B", "LIN+2++9:SA", "QTY+153:5:PCE")
    assert [line[3] for line in found] == ["A", "B"]


# --- IFTSTA ---------------------------------------------------------------------------------------
_SHIPMENT = ("BGM+23+T1+9", "DTM+137:202603111015:203", "CNI+1+WB-1")


@pytest.mark.parametrize(
    "sts, status, own",
    [
        ("STS+1+21", "delivered", None),
        ("STS+1+22", "delivered", "22"),
        ("STS+1+13+5", "picked_up", None),
        ("STS+1:D2:21", "delivered", "D2"),
        ("STS+1:E1:101", "delayed", "E1"),
        ("STS+1:D2", "other", None),
        ("STS+1+D2", "other", "D2"),
        ("STS+1+43", "other", "43"),  # in no revision of Recommendation 24 that is in force
        ("STS+1+113", "out_for_delivery", None),
        ("STS+1+OFD", "out_for_delivery", "OFD"),
        ("STS+21", "delivered", None),
        ("STS++Z1", "other", "Z1"),
        ("STS+1", "other", None),
        ("STS+1+24:KM:ZZZ", "departed", "KM"),
    ],
)
def test_what_a_status_means(sts, status, own):
    [event] = read("IFTSTA", *_SHIPMENT, sts).transport_events
    assert (event.status_code, event.partner_status_code) == (status, own)
    assert str(event.occurrence_date) == "2026-03-11"  # when it is told, as it does not say itself


def test_codes_that_older_directories_number_otherwise_mean_nothing_there():
    text = message("IFTSTA", *_SHIPMENT, "STS+1+72", "STS+1+71")
    found = {}
    for release in ("96A", "01B"):
        [part] = EDIFACT.decode(text.replace(":96A:", f":{release}:").encode())
        found[release] = [
            (event.status_code, event.partner_status_code) for event in part.document.transport_events
        ]
        [again] = EDIFACT.decode(EDIFACT.encode([part.document], {"release": release}))
        assert again.document == part.document
    assert found["96A"] == [("other", "72"), ("other", "71")]
    assert found["01B"] == [("delivered", "72"), ("announced", "71")]


def test_of_several_dates_that_of_the_status_counts():
    dates = ("DTM+7:20260301:102", "DTM+334:202603021200:203", "DTM+17:20260305:102")
    document = read("IFTSTA", *_SHIPMENT, "STS+1+24", "RFF+ON:P1", *dates)
    [event] = document.transport_events
    assert str(event.occurrence_date) == "2026-03-02"
    assert str(document.estimated_delivery_period.end_date) == "2026-03-05"
    assert document.order_reference[0].id == "P1"
    assert document.extensions["events"]["1"]["segments"] == ["DTM+7:20260301:102"]


def test_the_number_of_the_shipment_is_the_consignors_where_there_is_no_other():
    numbers = ("RFF+CU:C1", "RFF+SRN:S1", "RFF+AAM:W1")
    document = read("IFTSTA", *_SHIPMENT, "STS+1+24", *numbers)
    assert (document.shipment_id, document.carrier_assigned_id) == ("S1", "WB-1")
    [part] = EDIFACT.decode(EDIFACT.encode([read("IFTSTA", *_SHIPMENT, "STS+1+24", "RFF+CU:C1")]))
    assert part.document.shipment_id == "C1"


def test_messages_of_one_number_are_told_apart_by_shipment_and_event():
    """Some carriers give all their messages the same number."""

    def key(waybill, when):
        start = ("BGM+23+O4+9", "DTM+137:202603111015:203", f"CNI+1+{waybill}")
        return read("IFTSTA", *start, "STS+1+24", f"DTM+334:{when}:203").business_key

    keys = [key("WB-1", "202603021200"), key("WB-2", "202603021200"), key("WB-1", "202603021300")]
    assert len(set(keys)) == 3
    assert key("WB-1", "202603021200") == keys[0]


def test_a_message_about_several_consignments_is_a_document_for_each():
    more = ("STS+1+24", "CNI+2+WB-2", "STS+1+13", "DTM+334:20261340:102", "CNI+3+WB-3", "STS+1+21")
    data = message("IFTSTA", *_SHIPMENT, *more).encode()
    parts = list(EDIFACT.decode(data))
    assert [part.document and part.document.carrier_assigned_id for part in parts] == ["WB-1", None, "WB-3"]
    assert [part.document.id for part in parts if part.document] == ["T1", "T1-3"]
    for part in parts:
        [again] = EDIFACT.decode(part.raw)
        assert again.document == part.document
    told, _options = contrl(parts, datetime(2026, 3, 11, 12, tzinfo=UTC))
    [response] = [one for one in told.responses if one.control_reference]
    assert response.response_code == "rejected"


@pytest.mark.parametrize(
    "kind, start, repeated",
    [
        ("PRICAT", "LIN+1", "PRI+AAB:1"),
        ("PRICAT", "LIN+1", "ALC+A++++TD"),
        ("PRICAT", "BGM+9+1", "PGI+1"),
        ("INVRPT", "LIN+1++9:SA", "QTY+17:1"),
        ("INVRPT", "LIN+1++9:SA", "QTY+17:1'LOC+14+A"),
        ("INVRPT", "LIN+1++9:SA", "LOC+14+A"),
        ("SLSRPT", "LIN+1++9:SA", "QTY+153:1"),
        ("SLSRPT", "BGM+73+1", "LOC+162+A"),
        ("SLSRPT", "BGM+73+1", "LOC+162+A'LIN+1++9:SA'QTY+153:1"),
        ("SLSRPT", "LOC+162+A", "DTM+356:20260302:102"),
        ("IFTSTA", "CNI+1", "STS+1+21"),
        ("IFTSTA", "STS+1+21", "RFF+ON:1'DTM+334:20260302:102"),
        ("IFTSTA", "STS+1+21", "PCI+33E'GIN+BJ+1"),
        ("IFTSTA", "BGM+23+1", "CNI+1+A'STS+1+21"),
    ],
)
def test_a_message_takes_no_longer_than_it_is_long(kind, start, repeated):
    data = message(kind, start, *[repeated] * (30_000 // len(repeated))).encode()
    started = time.process_time()
    for part in EDIFACT.decode(data):
        assert (part.document is None) == bool(part.errors)
    assert time.process_time() - started < 5


_TAGS = (
    "BGM DTM NAD CTA RFF LOC CUX LIN PIA IMD QTY PRI RNG ALC PCD PGI INV GIN PCI STS CNI CNT FTX MKS UNS"
).split()
_VALUES = st.sampled_from(
    (
        *(
            "",
            "1",
            "4",
            "9",
            "17",
            "145",
            "153",
            "61",
            "334",
            "356",
            "137",
            "194",
            "206",
            "AAA",
            "AAB",
            "28",
            "14",
        ),
        *(
            "162",
            "BY",
            "SU",
            "WH",
            "ST",
            "AP",
            "BJ",
            "33E",
            "ON",
            "CN",
            "2:EUR",
            "1:5",
            "17:5:PCE",
            "83:5:PCE",
            "ON:P1:2",
            "153:-1",
            "F",
        ),
        *("334:20260302:102", "194:20260302:102", "AAA:5", "AAB:5:CA", ":::x", "x::9:y", "4", "ZZZ", "21"),
    )
)
_SEGMENTS = st.builds(
    lambda tag, parts: "+".join([tag, *parts]), st.sampled_from(_TAGS), st.lists(_VALUES, max_size=4)
)


@QUICK
@given(
    st.sampled_from(("PRICAT", "INVRPT", "SLSRPT", "IFTSTA")), st.lists(_SEGMENTS, min_size=3, max_size=25)
)
def test_what_is_read_of_any_segments_is_written_or_refused_in_words(kind, found):
    for part in EDIFACT.decode(message(kind, "BGM+9+1", *found).encode()):
        assert (part.document is None) == bool(part.errors)
        if part.document is not None:
            try:
                EDIFACT.encode([part.document])
            except ValidationFailed as error:
                assert error.code == "codec.cannot_carry"
