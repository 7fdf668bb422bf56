"""DESADV and RECADV: goods on their way, and how they are packed."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.trade_kernel.canonical.despatch_advice import LAST

from . import edifact_goods_strategies
from .edifact_samples import EDIFACT, decode, interchange, message, read

HEAD = "BGM+351+LS1+9'DTM+137:20260305:102'"
A, B, C = "340123450000000018", "340123450000000025", "340123450000000032"


def advised(body, head=HEAD):
    """The advice with these segments."""
    return read(head + body, "DESADV:D:96A:UN")


def packages(body):
    """What is in which package: ``{number: (type, parent, {line: quantity})}``."""
    return {
        unit.id: (
            unit.transport_handling_unit_type_code,
            unit.parent_id,
            {packed.line_id: str(packed.quantity) for packed in unit.packed_line},
        )
        for unit in advised(body).transport_handling_units
    }


def marked(*numbers):
    return f"PCI+33E'GIN+BJ+{'+'.join(numbers)}'"


LINE = "LIN+1++4012345678901:EN'QTY+12:12:PCE'"


@pytest.mark.parametrize("documents", ["despatch_advices", "receipt_advices"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_what_can_be_carried_comes_back(documents, data):
    document = data.draw(getattr(edifact_goods_strategies, documents))
    [part] = EDIFACT.decode(EDIFACT.encode([document]))
    assert part.document == document


def test_a_carton_stands_on_its_pallet():
    body = f"CPS+1'PAC+1++201'CPS+2+1'PAC+1++201'{marked(A)}CPS+3+2'PAC+1++CT'{marked(B)}{LINE}"
    assert packages(body) == {A: ("201", None, {}), B: ("CT", A, {"1": "12 PCE"})}
    shipment = advised(body).shipment
    assert shipment.total_transport_handling_unit_quantity == 1


def test_like_packages_of_one_level_share_its_lines():
    body = f"CPS+1'CPS+2+1'PAC+3++CT'{marked(A, B, C)}{LINE}"
    assert packages(body) == {number: ("CT", None, {"1": "4 PCE"}) for number in (A, B, C)}
    uneven = f"CPS+1'CPS+2+1'PAC+2++CT'{marked(A, B)}LIN+1++4012345678901:EN'QTY+12:5:PCE'QTY+12:1:CS'"
    assert packages(uneven)[A] == ("CT", None, {"1": "2.5 PCE"})


def test_what_a_line_says_of_its_packages_counts_more_than_where_it_stands():
    body = f"CPS+1'CPS+2+1'PAC+1++201'{marked(A)}{LINE}PCI+33E'QTY+12:8:PCE'GIN+BJ+{B}'PCI+33E'GIN+BJ+{C}'"
    assert packages(body) == {
        A: ("201", None, {}),
        B: (None, None, {"1": "8 PCE"}),
        C: (None, None, {"1": "None"}),
    }


def test_a_package_without_a_number_is_called_by_its_level():
    body = f"CPS+1'PAC+2++CT'CPS+2+1'PAC+1++CT'{LINE}CPS+3+1'PAC+1++CT'LIN+2++4012345678918:EN'QTY+12:1'"
    assert packages(body) == {"2": ("CT", None, {"1": "12 PCE"}), "3": ("CT", None, {"2": "1 C62"})}


def test_a_level_that_is_no_package_passes_its_lines_on():
    body = f"CPS+1'CPS+2+1'PAC+1++201'{marked(A)}CPS+3+2'{LINE}"
    assert packages(body) == {A: ("201", None, {"1": "12 PCE"})}


def test_packages_beside_each_other_are_all_packages():
    body = f"CPS+1'PAC+1++CT'{LINE}CPS+2'PAC+1++CT'LIN+2++4012345678918:EN'QTY+12:1'"
    assert packages(body) == {"1": ("CT", None, {"1": "12 PCE"}), "2": ("CT", None, {"2": "1 C62"})}


def test_a_package_may_be_spoken_of_again():
    body = (
        f"CPS+1'CPS+2+1'PAC+1++201'{marked(A)}{LINE}"
        f"CPS+3+1'PAC+1++201'MEA+PD+AAC+KGM:3'{marked('00' + A)}LIN+1++4012345678918:EN'QTY+12:1:PCE'"
    )
    assert packages(body) == {A: ("201", None, {"1": "12 PCE", "1-2": "1 PCE"})}
    document = advised(body)
    [part] = EDIFACT.decode(EDIFACT.encode([document]))
    assert part.document == document


def test_levels_that_stand_in_each_other_are_read_all_the_same():
    body = f"CPS+2+3'PAC+1++CT'{marked(A)}{LINE}CPS+3+2'PAC+1++CT'{marked(B)}CPS+4+4'LIN+2++1'QTY+12:1'"
    assert packages(body) == {A: ("CT", B, {"1": "12 PCE"}), B: ("CT", A, {})}


def test_nothing_that_was_said_of_packages_is_lost():
    body = (
        "CPS+1++1'FTX+AAI+++Hello'PAC+2++201'PAC+9++CT'CPS+2+1+3'PAC+5:52+:51+CT::9'MEA+PD+HT+CMT:12'QTY+52:1:PCE'"
        f"PCI+33E+FRAGILE'RFF+AAT:7'GIN+BJ+{A}'GIN+SRV+1'PCI+17'{LINE}QTY+192:1:PCE'MEA+PD+AAA+KGM:1'"
        "GIN+BN+A1:A9'GIR+1+S1:BN+L1:BX'DGS+ADR+3'CNT+1:12'CNT+7:99:KGM'CNT+2:1'"
    )
    document = advised(body)
    assert document.transport_handling_units[0].transport_handling_unit_type_code == "CT"
    assert document.shipment.gross_weight_measure.value == 99
    [instance] = document.despatch_lines[0].item.item_instance
    assert (instance.serial_id, instance.lot_number_id) == ("S1", "L1")
    written = EDIFACT.encode([document]).decode()
    for text in (
        "FTX+AAI+++Hello'PAC+2++201'PAC+9++CT'",
        "PAC+5:52+:51+CT::9'MEA+PD+HT+CMT:12'QTY+52:1:PCE'",
        "PCI+33E+FRAGILE'",
        "RFF+AAT:7'",
        "PCI+17'",
        "QTY+192:1:PCE'",
        "GIN+BN+A1:A9'",
        "DGS+ADR+3'",
        "CNT+1:12'",
    ):
        assert text in written


def test_the_date_of_a_batch_stands_beside_its_number():
    [instance] = advised(f"{LINE}PIA+1+L1:NB'DTM+361:20270630:102'").despatch_lines[0].item.item_instance
    assert (instance.lot_number_id, str(instance.best_before_date)) == ("L1", "2027-06-30")


def test_what_still_follows():
    lines = advised(f"{LINE}QVR+-3:21+BP+AV'LIN+2++4012345678918:EN'QTY+12:1:PCE'QTY+83:2:CS'").despatch_lines
    assert [str(line.outstanding_quantity) for line in lines] == ["3 PCE", "2 CS"]
    complete = advised(f"{LINE}QVR+-3:21+CP'").despatch_lines[0]
    assert complete.outstanding_quantity is None
    assert complete.extensions == {"segments": ["QVR+-3:21+CP"]}


@pytest.mark.parametrize("lines", [LINE, ""])
def test_an_advice_that_is_taken_back_says_so_and_is_the_last_word(lines):
    [part] = decode(interchange(message("BGM+351+LS1+1'DTM+137:20260305:102'" + lines, "DESADV:D:96A:UN")))
    document = part.document
    assert (document.withdraws, document.purpose_code, document.revision) == (True, "1", LAST)
    [again] = EDIFACT.decode(EDIFACT.encode([document]))
    assert again.document == document


def test_one_order_in_the_header_is_the_documents():
    assert advised(f"RFF+CO:P1'RFF+VN:S1'{LINE}").order_reference.sales_order_id == "S1"
    alone = advised(f"RFF+VN:S1'{LINE}")
    assert alone.order_reference is None and alone.extensions == {"segments": ["RFF+VN:S1"]}
    several = advised(f"RFF+ON:P1'RFF+ON:P2'{LINE}")
    assert several.order_reference is None
    assert [one.id for one in several.additional_document_reference] == ["P1", "P2"]


def test_the_transport_that_leaves_the_sender_counts():
    document = advised(f"TDT+12+7+30+31+SPED::182:Nord+++K-1'TDT+30++10'{LINE}")
    shipment = document.shipment
    assert (shipment.transport_mode_code, shipment.transport_means_id) == ("30", "K-1")
    assert shipment.carrier_party.party_name == "Nord"
    assert b"TDT+12+7+30+31+SPED::182:Nord+++K-1'TDT+30++10'" in EDIFACT.encode([document])


# --- RECADV ---------------------------------------------------------------------------------------
def received(body, head=""):
    """The first line of a receipt with these segments."""
    start = f"BGM+632+WE1+9'DTM+137:20260307:102'{head}LIN+1++4012345678901:EN'"
    return read(start + body, "RECADV:D:96A:UN").receipt_lines[0]


@pytest.mark.parametrize(
    "body, found",
    [
        ("QTY+48:10:PCE'", "received 10"),
        ("QTY+194:8:PCE'QTY+195:2:PCE'", "received 10, rejected 2"),
        ("QTY+194:8:PCE'", "received 8"),
        ("QTY+48:10:PCE'QTY+194:8:PCE'QTY+195:2:PCE'", "received 10, rejected 2"),
        ("QTY+48:10:PCE'QTY+124:3:PCE'", "received 10, rejected 3"),
        ("QTY+46:10:PCE'QTY+12:12:PCE'", "received 10"),
        ("QTY+12:12:PCE'QVR+-2:12+CP'", "received 10, short 2"),
        ("QTY+12:12:PCE'QVR+3:12+AC'", "received 15, oversupply 3"),
        ("QTY+12:12:PCE'QVR+0:12'", "received 12"),
        ("QTY+48:10:PCE'QVR+-2:12+CP'", "received 10, short 2"),
        ("QTY+48:10:PCE'QTY+119:2:PCE'QVR+-2:12+CP'", "received 10, short 2"),
        ("QTY+48:10:PCE'QVR+3:12+AC'", "received 10, oversupply 3"),
        (
            "QVR+-1:195+AF+RET:::broken'QTY+48:10:PCE'QVR+3:21'QVR+-5:12'",
            "received 10, short 5, oversupply 3, rejected 1",
        ),
        ("QTY+194:8:PCE'QTY+195:2:KGM'", "rejected 2"),
    ],
)
def test_what_arrived(body, found):
    line = received(body)
    values = line.model_dump(exclude_none=True)
    names = ("received", "short", "oversupply", "rejected")
    shown = [
        f"{name} {values[f'{name}_quantity']['value']}" for name in names if f"{name}_quantity" in values
    ]
    assert ", ".join(shown) == found


@pytest.mark.parametrize(
    "body",
    [
        "QTY+12:12:PCE'",
        "QTY+12:12:PCE'QVR+-2:195+AF'",
        "QTY+12:12:PCE'QVR+-20:12'",
        "QTY+12:12:PCE'QVR+-2:12'QVR+-1:12'",
    ],
)
def test_what_was_advised_is_not_what_arrived(body):
    start = "BGM+632+WE1+9'DTM+137:20260307:102'LIN+7++4012345678901:EN'"
    [part] = decode(interchange(message(start + body, "RECADV:D:96A:UN")))
    [error] = part.errors
    assert error.code == "receipt.not_said"
    assert error.message == "Line 7 says that 12 PCE were despatched, but not how many arrived."
    assert "QTY" in error.pointer and "QTY+48" in error.remedy


def test_why_it_was_rejected():
    line = received("QTY+48:10:PCE'QTY+195:1:PCE'QVR+-1:195+AF+RET:::broken'")
    assert (line.reject_reason_code, line.reject_action_code, line.reject_reason) == ("AF", "RET", "broken")
    less = received("QTY+48:10:PCE'QVR+-2:12+CP+LOST'")
    assert less.short_quantity.value == 2 and less.extensions == {"segments": ["QVR+-2:12+CP+LOST"]}


@pytest.mark.parametrize(
    "line, head, day",
    [
        ("", "DTM+35:20260306:102'", 6),
        ("", "DTM+35:20260306:102'DTM+50:20260307:102'", 7),
        ("DTM+50:20260308:102'", "DTM+50:20260307:102'", 8),
        ("", "DTM+50:202603070815:203'", 7),
    ],
)
def test_when_it_arrived(line, head, day):
    assert received(f"QTY+48:1'{line}", head).received_date == date(2026, 3, day)


def test_who_buys_receives_unless_another_is_named():
    for head, number in (
        ("NAD+BY+1::91'", "1"),
        ("NAD+BY+1::91'NAD+DP+2::91'", "2"),
        ("NAD+DP+2::91'NAD+BY+1::91'", "2"),
    ):
        document = read(f"BGM+632+WE1'DTM+137:20260307:102'{head}LIN+1++1:IN'QTY+48:1'", "RECADV:D:96A:UN")
        assert document.delivery_customer_party.party_identification[0].id == number
        assert document.extensions == ({"segments": ["NAD+BY+1::91"]} if number == "2" else {})
