"""What X12 promises for catalogues, reports, warehouses and carriers."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .. import canonical as c
from ..codecs import get
from ..codecs.x12.transactions._advice import sorted_units
from ..errors import TradeError, ValidationFailed
from . import x12_report_strategies as reports
from . import x12_warehouse_strategies as warehouse

X12 = get("x12")
SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=60)
#: kind → its documents, and what the profile must say
STRATEGIES = {
    "inventory report": (reports.inventory_reports, {}),
    "price catalogue": (reports.catalogues, {}),
    "product activity": (reports.product_activities, {}),
    "product transfer": (reports.transfers, {"sets": {"product_activity": "867"}}),
    "shipping order": (warehouse.shipping_orders, {}),
    "warehouse's advice": (warehouse.advice(packed=True), {"sets": {"despatch_advice": "945"}}),
    "stock transfer": (warehouse.advice(packed=False), {"sets": {"despatch_advice": "943"}}),
    "shipment status": (warehouse.statuses, {}),
    "stock receipt": (warehouse.receipts, {"sets": {"receipt_advice": "944"}}),
}


def plain(document):
    """A document without which set it was read from; the order of its packages has no meaning."""
    extensions = {name: value for name, value in document.extensions.items() if name != "transaction_set"}
    document = document.model_copy(update={"extensions": extensions})
    return sorted_units(document) if document.document_type == "despatch_advice" else document


@pytest.mark.parametrize("kind", STRATEGIES)
@SLOW
@given(st.data())
def test_what_can_be_carried_comes_back(kind, data):
    strategy, options = STRATEGIES[kind]
    document = data.draw(strategy)
    [part] = X12.decode(X12.encode([document], options))
    assert plain(part.document) == plain(document)
    assert "envelope_errors" not in part.envelope


tags = st.sampled_from(
    "LIN PID QTY SCH DTM N1 N3 N4 PER REF LOC LS LE SDQ CTT N9 MSG "
    "CTP CUR SAC G53 CTB LDT UIT PO4 TXI PKL "
    "LX LX MAN W01 W12 W04 W07 W13 W03 W14 W76 W27 W08 W66 G62 G69 NTE N9 "
    "PTD PTD UIT AMT ZA ZA SDQ AT7 AT7 MS1 K1 L11 AT8 PRF SPO XXX".split()
)
values = st.text("019.,-:+*^> \n€", max_size=8) | st.sampled_from(
    "1 2 33 17 27 QS 018 036 007 090 091 LT WH ST BY SE 92 EA CA 20260302 1200 VN UP F 08 "
    "NET PBQ PE HP MSR 021 OR 57 69 DA S A ST USD "
    "BP 01 02 03 11 04 09 53 LI SE BM CN 2I GM SM WH DE N "
    "QS QA D1 AG AB NS PO PK K L US BQ FJ".split()
)
segments = st.builds(lambda tag, parts: "*".join([tag, *parts]), tags, st.lists(values, max_size=9))
FIRST = {
    "846": "BIA*00*DD*1*20260302",
    "832": "BCT*PC*1",
    "852": "XQ*H*20260302",
    "867": "BPT*00*1*20260302",
    "940": "W05*N*1*2",
    "945": "W06*F*1*20260302*2",
    "943": "W06*F*1*20260302*2",
    "944": "W17*F*20260302*1",
    "214": "B10*1*2*UPSN",
}
ISA = "ISA*00*{0:10}*00*{0:10}*ZZ*{1:15}*ZZ*{2:15}*260302*0915*^*00501*000000001*0*P*:~".format("", "A", "B")


@pytest.mark.parametrize("kind", FIRST)
@SLOW
@given(st.data())
def test_no_segments_break_the_reader(kind, data):
    found = data.draw(st.lists(segments, max_size=14))
    middle = "~".join([FIRST[kind], *found])
    text = (
        f"{ISA}GS*IB*A*B*20260302*0915*1*X*005010~ST*{kind}*0001~{middle}~SE*4*0001~GE*1*1~IEA*1*000000001~"
    )
    for part in X12.decode(text.encode()):
        assert (part.document is None) == bool(part.errors)
        assert all(isinstance(error, TradeError) and error.message for error in part.errors)
        if part.document:
            try:
                X12.encode([part.document])
            except ValidationFailed as error:
                assert error.code == "codec.cannot_carry"


def report(*segments):
    """The lines of a stock report; written and read again they are the same."""
    middle = "~".join(["BIA*00*SI*1*20260302", *segments])
    end = f"SE*{len(segments) + 3}*0001~GE*1*1~IEA*1*000000001~"
    text = f"{ISA}GS*IB*A*B*20260302*0915*1*X*005010~ST*846*0001~{middle}~{end}"
    [part] = X12.decode(text.encode())
    assert not part.errors
    [again] = X12.decode(X12.encode([part.document]))
    assert plain(again.document) == plain(part.document)
    return part.document.inventory_lines


def order_of(line):
    reference = line.order_line_reference
    return reference and (reference.order_reference and reference.order_reference.id, reference.line_id)


def test_a_back_order_says_which_of_our_order_lines_waits():
    free, waiting = report("LIN*1*VN*S-1", "REF*PO*P00012", "REF*FJ*10", "QTY*33*0*EA", "QTY*BQ*12*EA")
    assert (free.quantity_type_code, order_of(free)) == ("available", None)
    assert (waiting.quantity_type_code, order_of(waiting)) == ("back_order", ("P00012", "10"))


def test_an_order_behind_a_back_order_is_the_one_it_waits_for():
    lines = report("LIN*1*VN*S-1", "QTY*BQ*12*EA", "REF*PO*P00012", "QTY*BQ*3*EA", "REF*PO*P00013")
    assert [order_of(line) for line in lines] == [("P00012", None), ("P00013", None)]


def test_an_order_of_stock_for_everybody_is_kept_as_it_stands():
    [line] = report("LIN*1*VN*S-1", "REF*PO*FRAME", "QTY*33*7*EA")
    assert (order_of(line), line.extensions["segments"]) == (None, ["REF*PO*FRAME"])


def test_an_order_that_free_stock_is_for_cannot_be_said():
    order = c.OrderLineReference(order_reference=c.OrderReference(id="P00012"))
    line = {
        "id": "1",
        "quantity_type_code": "available",
        "order_line_reference": order,
        "item": {"name": "Nut"},
    }
    document = c.InventoryReport(
        id="S-1",
        issue_date="2026-03-02",
        inventory_lines=[{**line, "quantity": {"value": "7", "unit_code": "EA"}}],
    )
    with pytest.raises(ValidationFailed) as caught:
        X12.encode([document])
    assert caught.value.code == "codec.cannot_carry"
    assert "available" in caught.value.message
