"""What X12 promises for despatch and receipt advice, invoices, credit notes and remittance advice."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..canonical import parse
from ..codecs import get
from ..codecs.x12.transactions._advice import sorted_units
from ..errors import TradeError, ValidationFailed
from . import x12_billing_strategies as billing
from . import x12_shipping_strategies as shipping

X12 = get("x12")
SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=25)
STRATEGIES = {
    "despatch advice": shipping.despatch_advices,
    "invoice": billing.invoices,
    "credit note": billing.credit_notes,
    "receipt advice": shipping.receipt_advices,
    "remittance advice": billing.remittance_advices,
}


@pytest.mark.parametrize("kind", STRATEGIES)
@SLOW
@given(st.data())
def test_what_can_be_carried_comes_back(kind, data):
    document = data.draw(STRATEGIES[kind])
    [part] = X12.decode(X12.encode([document]))
    assert "envelope_errors" not in part.envelope
    written, found = document, part.document
    if document.document_type == "despatch_advice":  # the order of its packages has no meaning
        written, found = sorted_units(written), sorted_units(found)
    assert found == written


@pytest.mark.parametrize("adjustments", [billing.debit_adjustments, billing.credit_adjustments])
@SLOW
@given(st.data())
def test_a_partner_may_want_adjustments(adjustments, data):
    document = data.draw(adjustments)
    text = X12.encode([document], {"sets": {"invoice": "812", "credit_note": "812"}})
    [part] = X12.decode(text)
    assert part.envelope["message_type"] == part.document.extensions["set"] == "812"
    assert part.document.model_copy(update={"extensions": {}}) == document


tags = st.sampled_from(
    "BSN HL TD1 TD5 TD3 REF DTM N1 N3 N4 PER PRF MAN LIN SN1 PID CLD MEA CTT N9 MSG AMT SAC TXI "
    "BCD CDD CLD BRA RCD BPR TRN ENT NM1 RMR ADX BIG IT1 CTP CUR ITD TDS PAM FOB NTE XXX".split()
)
values = st.text("019.,-:+*^> \n€", max_size=8) | st.sampled_from(
    "1 2 3 S O T P I F GM CP SM BM CN 2I PK LT SE LI LS BIN 036 20260302 1200 EA VN PL ST G LB RD8".split()
)
segments = st.builds(lambda tag, parts: "*".join([tag, *parts]), tags, st.lists(values, max_size=9))
FIRST = {
    "856": "BSN*00*1*20260302*1200",
    "810": "BIG*20260302*1*20260301*P1***CR",
    "812": "BCD*20260302*1*Z*100*C**I1",
    "820": "BPR*I*10*C*ACH",
    "861": "BRA*1*20260302*00*1",
}
ISA = "ISA*00*{0:10}*00*{0:10}*ZZ*{1:15}*ZZ*{2:15}*260302*0915*^*00501*000000001*0*P*:~".format("", "A", "B")


@pytest.mark.parametrize("kind", FIRST)
@SLOW
@given(st.data())
def test_no_segments_break_the_reader(kind, data):
    found = data.draw(st.lists(segments, max_size=14))
    middle = "~".join([FIRST[kind], *found])
    text = (
        f"{ISA}GS*SH*A*B*20260302*0915*1*X*005010~ST*{kind}*0001~{middle}~SE*4*0001~GE*1*1~IEA*1*000000001~"
    )
    for part in X12.decode(text.encode()):
        assert (part.document is None) == bool(part.errors)
        assert all(isinstance(error, TradeError) and error.message for error in part.errors)
        if part.document:
            try:
                data = X12.encode([part.document])
            except ValidationFailed as error:
                assert error.code == "codec.cannot_carry"


def test_a_long_text_that_is_cut_at_a_blank_comes_back():
    values = {
        "document_type": "remittance_advice",
        "id": "P1",
        "sequence_number": 2,
        "document_currency_code": "USD",
        "total_payment_amount": {"value": "10", "currency_id": "USD"},
        "note": [", ".join(f"R-{number}" for number in range(4711, 4741))],
    }
    document = parse({**values, "issue_date": "2026-03-02"})
    [part] = X12.decode(X12.encode([document], {"sender": {"id": "A"}, "receiver": {"id": "B"}}))
    assert (part.document.note, part.document.sequence_number) == (document.note, 2)
