"""Envelopes as partners send them, and what messages mean."""

from decimal import Decimal

import pytest

from .. import codecs
from .edifact_samples import EDIFACT, ORDER, UNB, answered, decode, interchange, message, ordered, read, wrong


# --- what is recognised ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        interchange(message(ORDER)),
        "UNA:+.? '" + interchange(message(ORDER)),
        "\r\n\r\n  " + interchange(message(ORDER)),
        "\xef\xbb\xbf" + interchange(message(ORDER)),
        interchange(message(ORDER)).replace("'", "\n"),
        interchange(message(ORDER)).replace("+", "*").replace(":", "^").replace("'", "~"),
        "UNA:+.?'" + interchange(message(ORDER)),
        "UNA:+,? '\r\n" + interchange(message(ORDER)),
        "UNA:+.? \n" + interchange(message(ORDER)).replace("'", "\n"),
        "UNA:+.? '" + interchange(message(ORDER)).replace("'", "\r\n"),
        interchange(message(ORDER)).removesuffix("'") + "\x1a",
        interchange(message(ORDER)).replace("'", "'\r\n") + "\r\n\0\0",
        interchange(message(ORDER)).replace("'", "'''\n\n"),
        message(ORDER.replace("LIN", "NAD+BY+1::91'NAD+SU+2::92'LIN")),
    ],
)
def test_an_interchange_is_read_in_every_dress(text):
    data = text.encode("iso8859-1")
    assert codecs.recognise(data, "order.txt").name == "edifact"
    [part] = decode(data)
    assert part.document.order_lines[0].quantity.value == 5
    assert part.envelope["document_type"] == "order"
    assert [one.document for one in decode(part.raw)] == [part.document]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_unicode_with_a_mark_is_read(encoding):
    text = interchange(message(ORDER.replace("UNS", "FTX+AAI+++Größe 你'UNS")))
    [part] = decode(text.encode(encoding))
    assert part.document.order_lines[0].note == ("Größe 你",)


@pytest.mark.parametrize(
    "text", ["UNITED we stand", "Order UNB 4711", "ISA*00*", "{}", "<UNB/>", "UNA", "UNBA+x"]
)
def test_other_files_are_not_recognised(text):
    assert EDIFACT.sniff(text.encode()) == 0


def test_words_before_the_interchange_make_it_less_sure():
    text = interchange(message(ORDER))
    sure, less = EDIFACT.sniff(text.encode()), EDIFACT.sniff(("Subject: order\n\n" + text).encode())
    assert sure > less > 0


# --- envelopes ------------------------------------------------------------------------------------
def test_the_envelope_is_data():
    head = "UNB+UNOC:3+5412345000013:14:BR1+4012345000009:14+260302:0915+42++ORDERS++1+AGREED+1'"
    [part] = decode(interchange(message(ORDER, "ORDERS:D:96A:UN:EAN008", "M7"), head=head), timezone="+02:00")
    expected = {
        "syntax": "edifact",
        "syntax_identifier": "UNOC",
        "syntax_version": "3",
        "sender": {"id": "5412345000013", "qualifier": "14", "address": "BR1"},
        "receiver": {"id": "4012345000009", "qualifier": "14"},
        "prepared_at": "2026-03-02T09:15:00+02:00",
        "interchange_reference": "42",
        "application_reference": "ORDERS",
        "acknowledgement_requested": True,
        "agreement": "AGREED",
        "test": True,
        "message_reference": "M7",
        "message_type": "ORDERS",
        "version": "D",
        "release": "96A",
        "agency": "UN",
        "association": "EAN008",
        "index": 0,
        "document_type": "order",
    }
    assert expected.items() <= part.envelope.items()
    assert part.envelope["separators"] == {
        "segment": "'",
        "element": "+",
        "component": ":",
        "release": "?",
        "decimal": ".",
    }
    assert "envelope_errors" not in part.envelope


@pytest.mark.parametrize(
    "stamp, expected",
    [
        ("260302:0915", "2026-03-02T09:15:00+00:00"),
        ("20260302:0915", "2026-03-02T09:15:00+00:00"),
        ("991231:2359", "1999-12-31T23:59:00+00:00"),
        ("260302:915", "2026-03-02T09:15:00+00:00"),
        ("260302", "2026-03-02T00:00:00+00:00"),
        ("260302:2400", "2026-03-02T23:59:00+00:00"),
        ("261350:0915", None),
        ("today:0915", None),
        (":", None),
    ],
)
def test_the_date_of_an_interchange_may_be_odd(stamp, expected):
    [part] = decode(interchange(message(ORDER), head=UNB.replace("260302:0915", stamp)))
    assert part.document.id == "P1"
    assert part.envelope.get("prepared_at") == expected
    assert bool(wrong(part)) == (expected is None)


def test_a_document_without_a_date_has_the_one_of_the_interchange():
    assert str(read("BGM+220+P1+9'LIN+1++4012345678901:EN'QTY+21:1'UNS+S'").issue_date) == "2026-03-02"


def test_several_interchanges_and_groups_are_taken_apart():
    both = message(ORDER) + message(ORDER, reference="2")
    group = f"UNG+ORDERS+A:14+B:14+260302:0915+G1+UN+D:96A'{both}UNE+2+G1'"
    first = f"{UNB}{group}UNZ+1+42'"
    second = interchange(message(ORDER.replace("P1", "P2")), head=UNB.replace("+42'", "+43'"), reference="43")
    parts = decode("UNA:+.? '" + first + "\r\n" + second)
    assert [part.document.id for part in parts] == ["P1", "P1", "P2"]
    assert [part.envelope["index"] for part in parts] == [0, 1, 2]
    assert [part.envelope.get("group_reference") for part in parts] == ["G1", "G1", None]
    assert [part.envelope["interchange_reference"] for part in parts] == ["42", "42", "43"]
    assert [wrong(part) for part in parts] == [[], [], []]
    for part in parts:
        [again] = decode(part.raw)
        assert again.document == part.document
        assert again.envelope.get("group_reference") == part.envelope.get("group_reference")
        assert wrong(again) == []


def test_one_bad_message_does_not_stop_the_others():
    bad = message("BGM+220+P2+9'DTM+137:tomorrow:102'UNS+S'", reference="2")
    parts = decode(interchange(message(ORDER), bad, message(ORDER, reference="3")))
    assert [bool(part.document) for part in parts] == [True, False, True]
    [lines, date] = [error for error in parts[1].errors if error.code in ("date.invalid", "field.missing")]
    assert date.pointer == "segment 3 DTM, element 1, component 2 (/issue_date)"
    assert lines.pointer == "segment 1 UNH (/order_lines)"


@pytest.mark.parametrize(
    "text, expected",
    [
        (interchange(message(ORDER, count=9)), ("message", "29", "UNT, element 1")),
        (interchange(message(ORDER, count="x")), ("message", "29", "UNT, element 1")),
        (interchange(message(ORDER)).replace("+1'UNZ", "+2'UNZ"), ("message", "28", "UNT, element 2")),
        (interchange(message(ORDER)).replace("UNZ+1", "UNZ+2"), ("interchange", "29", "UNZ, element 1")),
        (interchange(message(ORDER), reference="43"), ("interchange", "28", "UNZ, element 2")),
        (UNB + message(ORDER), ("interchange", "13", "UNZ")),
        (message(ORDER.replace("LIN", "NAD+BY+1::91'NAD+SU+2::92'LIN")), ("interchange", "13", "UNB")),
        (
            interchange(message(ORDER), head=UNB.replace("UNOC:3", "UNOC:9")),
            ("interchange", "2", "UNB, element 1"),
        ),
        (interchange("REF+1'", message(ORDER)).replace("UNZ+2", "UNZ+1"), ("interchange", "33", "REF")),
        (
            f"{UNB}UNG+ORDERS+A+B+260302:0915+G1+UN+D:96A'{message(ORDER)}UNE+2+G1'UNZ+1+42'",
            ("group", "29", "UNE, element 1"),
        ),
        (f"{UNB}UNG+ORDERS+A+B+260302:0915+G1+UN+D:96A'{message(ORDER)}UNZ+1+42'", ("group", "13", "UNE")),
    ],
)
def test_a_wrong_envelope_is_told_and_refuses_nothing(text, expected):
    [part] = decode(text)
    assert part.document.id == "P1"
    assert wrong(part) == [expected]
    [strict] = decode(text, strict=True)
    assert (strict.document, strict.errors[0].code, strict.errors[0].pointer) == (
        None,
        "edi.envelope",
        expected[2],
    )


def test_what_is_cut_off_is_refused_alone():
    text = f"{UNB}{message(ORDER)}UNH+2+ORDERS:D:96A:UN'BGM+220+P2+9'LIN+1++40123"
    first, second = decode(text)
    assert first.document.id == "P1"
    [error] = second.errors
    assert (error.code, error.pointer) == ("edi.truncated", "segment 3 LIN")
    assert [one.code for one in decode(second.raw)[0].errors] == ["edi.truncated"]


def test_a_message_that_nobody_maps_can_be_looked_at():
    [part] = decode(interchange(message("BGM+10+1'FTX+AAI+++It?'s'", "PARTIN:D:96A:UN", count=4)))
    assert part.document is None
    assert part.envelope["segments"] == ["UNH+1+PARTIN:D:96A:UN", "BGM+10+1", "FTX+AAI+++It?'s", "UNT+4+1"]


def test_more_messages_than_the_limit_are_not_touched():
    [part] = decode(
        interchange(*[message(ORDER, reference=str(n)) for n in range(4)]), limits={"max_documents": 3}
    )
    assert part.errors[0].code == "document.too_many"
    [part] = decode(interchange(message(ORDER)), limits={"max_bytes": 10})
    assert part.errors[0].code == "file.too_large"


@pytest.mark.parametrize(
    "options",
    [
        {"timezone": "Mars"},
        {"units": ["ST"]},
        {"limits": 5},
        {"strict": "yes"},
        {"encoding": "rot13"},
        {"encoding": "ascii"},
    ],
)
def test_a_wrong_option_is_an_error_of_the_file(options):
    [part] = decode(interchange(message(ORDER.replace("UNS", "FTX+AAI+++é'UNS"))), **options)
    assert part.errors[0].code in ("codec.option", "file.encoding", "file.encoding_unknown")


# --- character sets -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "announced, encoding, text",
    [
        ("UNOC", "iso8859-1", "Größe"),
        ("UNOC", "utf-8", "Größe €"),
        ("UNOA", "cp1252", "Größe €"),
        ("UNOD", "iso8859-2", "Łódź"),
        ("UNOE", "iso8859-5", "Заказ"),
        ("UNOF", "iso8859-7", "Παραγγελία"),
        ("UNOY", "utf-8", "注文"),
        ("UNOW", "utf-8", "注文"),
        ("KECA", "cp949", "주문"),
        ("XXXX", "utf-8", "注文"),
    ],
)
def test_texts_are_in_the_set_that_is_announced_or_really_sent(announced, encoding, text):
    body = ORDER.replace("UNS", f"FTX+AAI+++{text}'UNS")
    data = interchange(message(body), head=UNB.replace("UNOC", announced)).encode(encoding)
    [part] = decode(data)
    assert part.document.order_lines[0].note == (text,)


def test_the_routes_encoding_is_believed():
    data = interchange(message(ORDER.replace("UNS", "FTX+AAI+++Заказ'UNS"))).encode("cp1251")
    assert decode(data, encoding="cp1251")[0].document.order_lines[0].note == ("Заказ",)


# --- what messages mean ---------------------------------------------------------------------------
def test_prices_and_quantities_that_are_meant():
    def price(body):
        return ordered(f"QTY+21:5:PCE'{body}").price

    assert price("PRI+AAB:10'PRI+AAA:8'").price_amount.value == 8
    assert price("PRI+AAB:10'").price_amount.value == 10
    assert price("PRI+AAB:10:CA:SRP'") is None  # what the consumer pays
    assert price("PRI+AAB:10'ALC+A'PCD+3:20'") is None  # nobody pays the gross price then
    assert price("PRI+AAA:1,25'").price_amount.value == Decimal("1.25")
    assert str(price("PRI+AAA:12.50:::100'").base_quantity) == "100 PCE"
    assert str(price("PRI+AAA:12.50::::KGM'").base_quantity) == "1 KGM"
    assert price("PRI+AAA:12.50:::1'").base_quantity is None
    assert str(ordered("QTY+12:7:PCE'QTY+21:5:PCE'").quantity) == "5 PCE"
    assert str(ordered("QTY+1:7'").quantity) == "7 C62"
    assert str(ordered("QTY+21:7:st'", units={"ST": "H87"}).quantity) == "7 H87"
    assert str(ordered("QTY+21:7'", unit="KGM").quantity) == "7 KGM"


def test_amounts_without_a_currency_are_in_the_one_of_the_route():
    body = "BGM+220+P1+9'LIN+1++4012345678901:EN'QTY+21:5'PRI+AAA:2'UNS+S'"
    assert read(body).document_currency_code == "XXX"
    assert str(read(body, currency="USD").order_lines[0].price.price_amount) == "2 USD"


@pytest.mark.parametrize(
    "body, field, value",
    [
        ("PIA+5+ACME-1:SA'", "sellers_item_identification", "ACME-1"),
        ("PIA+5+B-1:IN+ACME-1:SA'", "buyers_item_identification", "B-1"),
        ("PIA+5+B-1'", "buyers_item_identification", "B-1"),
        ("PIA+5+4012345678901'", "standard_item_identification", "4012345678901"),
        ("PIA+5+0596006756:IB'", "standard_item_identification", "9780596006754"),
        ("PIA+5+M-1:MF'", "manufacturers_item_identification", "M-1"),
    ],
)
def test_item_numbers_are_whose_they_say(body, field, value):
    item = read(f"BGM+220+P1+9'LIN+1'{body}QTY+21:1'UNS+S'").order_lines[0].item
    assert getattr(item, field).id == value


def test_an_item_known_by_nothing_else_is_called_by_its_odd_number():
    item = read("BGM+220+P1+9'LIN+1++Z-9:Z01'QTY+21:1'UNS+S'").order_lines[0].item
    assert (item.name, item.additional_item_identification[0].id) == ("Z-9", "Z-9")
    assert item.extensions == {"code_types": {"Z-9": "Z01"}}


def test_dates_and_periods():
    def days(body):
        period = ordered(f"QTY+21:1'{body}").requested_delivery_period
        return str(period.start_date), str(period.end_date)

    assert days("DTM+2:20260310:102'") == ("None", "2026-03-10")
    assert days("DTM+64:20260310:102'DTM+63:20260312:102'") == ("2026-03-10", "2026-03-12")
    assert days("DTM+2:2026031020260312:718'") == ("2026-03-10", "2026-03-12")
    assert days("DTM+2:202611:616'") == ("2026-03-09", "2026-03-15")
    assert days("DTM+10:260310:101'") == ("None", "2026-03-10")


def test_sender_and_receiver_stand_for_parties_that_are_not_named():
    document = read("BGM+220+P1+9'NAD+SU+4711::92'LIN+1++4012345678901:EN'QTY+21:1'UNS+S'")
    assert document.buyer_customer_party.party_identification[0].id == "5412345000013"
    assert document.seller_supplier_party.party_identification[0].id == "4711"
    assert document.seller_supplier_party.endpoint_id.id == "4012345000009"


def test_references_stay_with_the_document_when_they_stand_behind_a_party():
    document = read("BGM+220+P1+9'NAD+SU+4711::92'RFF+CT:C1'LIN+1++4012345678901:EN'QTY+21:1'UNS+S'")
    assert document.contract.id == "C1"


@pytest.mark.parametrize(
    "purpose, kind, number",
    [
        ("9", "order", 0),
        ("", "order", 0),
        ("5", "order", 1),
        ("4", "order_change", 0),
        ("1", "order_cancellation", 0),
    ],
)
def test_the_purpose_says_which_document_it_is(purpose, kind, number):
    document = read(ORDER.replace("P1+9", f"P1+{purpose}"))
    assert (document.document_type, document.sequence_number, document.thread) == (kind, number, "P1")


def test_a_revision_is_counted_where_the_version_has_room():
    assert read(ORDER.replace("P1+9", "P1::3+5")).sequence_number == 3
    assert read(ORDER.replace("LIN", "RFF+ON:P1::3'LIN").replace("P1+9", "P1+5")).sequence_number == 3


@pytest.mark.parametrize(
    "body, status, quantity, backorder, day, later",
    [
        ("1+5'", "5", None, None, None, None),
        ("1'QTY+21:5:PCE'", "5", 5, None, None, None),
        ("1++4012345678901:EN'", "3", None, None, None, None),
        ("1+7'", "7", None, None, None, None),
        ("1+2'", "7", None, None, None, None),
        ("1+42'", "42", None, None, None, None),
        ("1+24'QTY+113:3:PCE'QTY+83:2:PCE'", "3", 3, 2, None, None),
        ("1+6'QTY+12:3:PCE'DTM+69:20260311:102'", "3", 3, None, "2026-03-11", None),
        ("1+3'QTY+21:5:PCE'DTM+2:20260312:102'", "3", 5, None, "2026-03-12", None),
        ("1+3'QTY+21:5:PCE'DTM+2:20260310:102'DTM+67:20260312:102'", "3", 5, None, "2026-03-12", None),
        ("1+3'QTY+21:5:PCE'QTY+83:2:PCE'", "3", None, 2, None, None),
        ("1+3'QTY+113:3:PCE'QTY+83:2:PCE'DTM+69:20260311:102'", "3", 3, 2, "2026-03-11", None),
        (
            "1+3'QTY+113:3:PCE'DTM+69:20260311:102'QTY+83:2:PCE'DTM+69:20260401:102'",
            "3",
            3,
            2,
            "2026-03-11",
            "2026-04-01",
        ),
        ("1+3'QTY+83:5:PCE'DTM+69:20260401:102'", "3", None, 5, None, "2026-04-01"),
    ],
)
def test_what_a_supplier_answers(body, status, quantity, backorder, day, later):
    found = answered(body)
    assert found.line_status_code == status
    assert (found.quantity and found.quantity.value) == quantity
    assert (found.maximum_backorder_quantity and found.maximum_backorder_quantity.value) == backorder
    assert (found.promised_delivery_period and str(found.promised_delivery_period.latest)) == day
    assert (found.backorder_delivery_period and str(found.backorder_delivery_period.latest)) == later


@pytest.mark.parametrize(
    "head, code",
    [
        ("BGM+231+R1+29'", "AP"),
        ("BGM+231+R1+27'", "RE"),
        ("BGM+231+R1+4'", "CA"),
        ("BGM+231+R1+9'", "CA"),
        ("BGM+231+R1+9+AB'", "AB"),
        ("BGM+231+R1+9+AP'", "AP"),
    ],
)
def test_the_code_of_a_response(head, code):
    body = f"{head}DTM+137:20260303:102'RFF+ON:P1'LIN+1+5'UNS+S'"
    assert read(body, "ORDRSP:D:96A:UN").order_response_code == code


def test_the_line_that_is_answered():
    assert answered("10+5'").order_line_reference.line_id == "10"
    assert answered("10+5'RFF+LI:7'").order_line_reference.line_id == "7"
    assert answered("10+5'RFF+ON:P1:8'").order_line_reference.line_id == "8"
    assert answered("10+1+4012345678901:EN'QTY+113:1'").order_line_reference is None


def test_substitutes_either_way_round():
    by = answered("1+3+4012345678901:EN'PIA+3+4012345678918:EN'QTY+113:1'")
    instead = answered("1+3+4012345678918:EN'PIA+4+4012345678901:EN'QTY+113:1'")
    assert by == instead
    assert by.seller_substituted_item.standard_item_identification.id == "4012345678918"
