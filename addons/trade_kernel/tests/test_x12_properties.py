"""What X12 promises for every document and every file."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from .. import canonical as c
from ..canonical import canonical_digest
from ..codecs import get
from ..codecs.x12.transactions._advice import sorted_units
from ..codecs.x12.transactions._billing import reduced
from ..codecs.x12.transactions.x214 import told
from ..errors import TradeError, ValidationFailed
from . import strategies, x12_strategies

X12 = get("x12")
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from(("004010", "004010VICS", "004030", "005010", "008010")),
        "separators": st.sampled_from(
            ({}, {"segment": "\x15"}, {"element": "|", "component": "\x1f", "segment": "\n"})
        ),
        "line_ends": st.sampled_from(("none", "lf", "crlf")),
        "interchange_reference": st.just("77"),
        "group_reference": st.just("5"),
        "message_references": st.just(["8", "9"]),
        "timezone": st.sampled_from(("UTC", "America/Chicago", "+05:30")),
        "units": st.just({"CTN": "XCS"}),
        "qualifiers": st.just({"buyer": "SK", "party": "91", "requested_date": "010", "price": "PE"}),
        "omit_segments": st.just(["CTT"]),
        "usage": st.sampled_from("PTI"),
        "security": st.just("SECRET"),
    },
)
SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.mark.parametrize(
    "documents",
    [
        "orders",
        "order_changes",
        "order_cancellations",
        "order_responses",
        "functional_acknowledgements",
        "interchange_acknowledgements",
        "application_acknowledgements",
    ],
)
@SLOW
@given(st.data())
def test_what_can_be_carried_comes_back(documents, data):
    document = data.draw(getattr(x12_strategies, documents))
    [part] = X12.decode(X12.encode([document]))
    assert part.document == document
    assert "envelope_errors" not in part.envelope


def between_the_same(documents):
    """One interchange has one sender and one receiver."""
    first = documents[0]
    parties = {name: getattr(first, name) for name in ("buyer_customer_party", "seller_supplier_party")}
    return [document.model_copy(update=parties) for document in documents]


@SLOW
@given(st.lists(x12_strategies.orders, min_size=1, max_size=2).map(between_the_same), OPTIONS)
def test_every_profile_can_be_read(documents, options):
    try:
        data = X12.encode(documents, options)
    except ValidationFailed as error:
        # A value holds one of the profile's own separators, and X12 escapes nothing.
        assert error.code == "codec.cannot_carry" and options.get("separators")
        return
    parts = list(X12.decode(data, options))
    assert [part.document and part.document.id for part in parts] == [document.id for document in documents]
    if not options.get("omit_segments"):  # else what they said is missing, as the partner wants it
        assert [part.document for part in parts] == documents
    assert not any(part.envelope.get("envelope_errors") for part in parts)


@SLOW
@given(strategies.documents)
def test_what_cannot_be_carried_is_refused_in_words(document):
    try:
        data = X12.encode([document])
    except ValidationFailed as error:
        assert error.code == "codec.cannot_carry"
        return
    [part] = X12.decode(data)
    again = part.document
    reference = getattr(document, "order_reference", None)
    if getattr(reference, "sequence_number", None) == 0:  # which is how X12 reads an order that never changed
        again = again.model_copy(update={"order_reference": reference})
    if getattr(document, "order_type_code", "") is None:  # and an order of no kind
        again = again.model_copy(update={"order_type_code": None})
    if document.document_type == "shipment_status":  # every event gets a code of X12
        again, document = told(again), told(document)
    for kind, meant in MEANT.items():
        if isinstance(document, kind):
            document, again = meant(document), meant(again)
    assert canonical_digest(again) == canonical_digest(document)


def _remitted(document):
    """A payment in the currency of its amounts, of invoices unless something else is said."""
    amounts = [document.total_payment_amount, *(line.paid_amount for line in document.remittance_lines)]
    currency = next(amount.currency_id for amount in amounts if amount)
    lines = []
    for line in document.remittance_lines:
        billed = line.billing_reference
        if billed and billed.document_type_code is None:
            billed = billed.model_copy(update={"document_type_code": "380"})
        lines.append(line.model_copy(update={"billing_reference": billed}))
    code = document.document_currency_code or currency
    return document.model_copy(update={"document_currency_code": code, "remittance_lines": tuple(lines)})


#: what follows from the rest, and so need not be said: sums, what an invoice is, the order of packages
MEANT = {c.DespatchAdvice: sorted_units, c.Invoice: reduced, c.RemittanceAdvice: _remitted}


tags = st.sampled_from(
    "ISA GS ST SE GE IEA TA1 BEG BCH BAK BCA PO1 POC ACK CUR DTM N1 N3 N4 PER REF N9 MSG SAC SCH SDQ CTP PID "
    "CTT AMT AK1 AK2 AK3 AK4 AK5 AK9 IK3 IK5 BGN OTI TED NTE G50 G68 ITD FOB TXI XXX 5".split()
)
values = st.text("ABC019.,-:+*^> \n€", max_size=8) | st.sampled_from(
    ("002", "UT", "20260302", "1200", "EA", "VN", "IB", "IA", "BP", "ST", "BY", "92", "01", "04", "RD8")
)
segments = st.builds(lambda tag, parts: "*".join([tag, *parts]), tags, st.lists(values, max_size=9))
sets = st.sampled_from(("850", "860", "855", "865", "875", "997", "999", "824", "180"))
ISA = "ISA*00*{0:10}*00*{0:10}*ZZ*{1:15}*ZZ*{2:15}*260302*0915*^*00501*000000001*0*P*:~".format("", "A", "B")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(sets, st.sampled_from(("", "00", "01", "04", "05")), st.lists(segments, max_size=14))
def test_no_segments_break_the_reader(kind, purpose, found):
    first = {"850": "BEG", "860": "BCH", "855": "BAK", "865": "BCA", "824": "BGN"}.get(kind, "N1")
    middle = "~".join([f"{first}*{purpose}*AC*1", *found])
    text = (
        f"{ISA}GS*PO*A*B*20260302*0915*1*X*005010~ST*{kind}*0001~{middle}~SE*4*0001~GE*1*1~IEA*1*000000001~"
    )
    for part in X12.decode(text.encode()):
        assert (part.document is None) == bool(part.errors)
        assert all(isinstance(error, TradeError) and error.message for error in part.errors)


@given(st.text("ISAGETP*:~^>\n\r \0U0019ZAB\x1c", max_size=220))
@example("ISA*" * 17)
@example("ISA****************")
@example("ISA" + "*" * 16 + "\n\nGS*")
def test_no_envelope_breaks_the_reader(text):
    for prefix in ("", ISA, "ISA*00*" + "*" * 14, ISA + "GS*PO*A*B*20260302*0915*1*X*005010~"):
        for part in X12.decode((prefix + text).encode()):
            assert (part.document is None) == bool(part.errors)


@given(st.sampled_from("~\x15\n'"), st.sampled_from("*|\x1d+"), st.sampled_from(">:\\!"), st.integers(0, 3))
def test_separators_are_found_wherever_they_stand(segment, element, component, cut):
    isa = ISA[:-2].replace("*", element) + component + segment
    text = f"{isa}GS*PO*A*B*20260302*0915*1*X*005010~ST*850*0001~BEG*00*SA*P1**20260302~"
    text += "PO1*1*2*EA***VN*X~SE*4*0001~GE*1*1~IEA*1*000000001~"
    text = isa + text[len(isa) :].replace("*", element).replace("~", segment)
    # Blanks were cut from some elements on the way.
    for _cut in range(cut):
        text = text.replace(f"     {element}", element, 1)
    [part] = X12.decode(text.encode())
    assert part.document and part.document.id == "P1"
    shown = part.envelope["separators"]
    assert (shown["segment"], shown["element"], shown["component"]) == (segment, element, component)
