"""What EDIFACT promises for every document and every file."""

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ..canonical import canonical_digest
from ..codecs import get
from ..codecs._edi.texts import NAME, TEXT, joined, lines, pieces
from ..codecs.edifact.messages import by_document
from ..errors import TradeError, ValidationFailed
from . import edifact_strategies, strategies

EDIFACT = get("edifact")
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "release": st.sampled_from(("93A", "96A", "97A", "01B", "21B")),
        "association": st.just("EAN008"),
        "syntax_version": st.sampled_from((3, 4)),
        "separators": st.sampled_from(
            ({}, {"decimal": ","}, {"segment": "\n"}, {"element": "|", "component": "^", "segment": "~"})
        ),
        "una": st.sampled_from(("auto", "always", "never")),
        "line_ends": st.sampled_from(("none", "lf", "crlf")),
        "group_reference": st.just("5"),
        "timezone": st.sampled_from(("UTC", "Europe/Brussels", "+05:30")),
        "units": st.just({"STK": "PCE"}),
        "omit_segments": st.just(["CNT"]),
        "test": st.booleans(),
    },
)


def readable(options):
    """A file without UNA cannot be in separators of its own, and a line end cannot be in a text then."""
    return options.get("una") != "never" or not options.get("separators")


@pytest.mark.parametrize(
    "documents",
    [
        "orders",
        "order_changes",
        "order_cancellations",
        "order_responses",
        "syntax_acknowledgements",
        "application_acknowledgements",
    ],
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_what_can_be_carried_comes_back(documents, data):
    document = data.draw(getattr(edifact_strategies, documents))
    [part] = EDIFACT.decode(EDIFACT.encode([document]))
    assert part.document == document


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(edifact_strategies.orders, min_size=1, max_size=2), OPTIONS.filter(readable))
def test_every_profile_can_be_read(documents, options):
    # An interchange has one sender and one receiver.
    first = documents[0]
    traders = {name: getattr(first, name) for name in ("buyer_customer_party", "seller_supplier_party")}
    documents = [document.model_copy(update=traders) for document in documents]
    try:
        parts = list(EDIFACT.decode(EDIFACT.encode(documents, options), options))
    except ValidationFailed as error:
        # A line break of a note is a separator here.
        assert error.code == "codec.cannot_carry" and options.get("separators", {}).get("segment") == "\n"
        return
    assert [part.document for part in parts] == documents
    assert not any(part.envelope.get("envelope_errors") for part in parts)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(strategies.documents)
def test_what_cannot_be_carried_is_refused_in_words(document):
    try:
        data = EDIFACT.encode([document])
    except ValidationFailed as error:
        assert error.code == "codec.cannot_carry"
        return
    [part] = EDIFACT.decode(data)
    # BGM says 220 of an order that does not say what it is.
    reduced = by_document(document).reduced
    # An address without any field is as good as none.
    same = canonical_digest(reduced(part.document)) == canonical_digest(reduced(document))
    assert part.document.document_type == "acknowledgement" or same


_TAGS = """
    UNH UNT UNB UNZ UNG UNE UNS UNA BGM LIN QTY DTM PRI RFF NAD CTA COM SCC PIA ALC UCI UCS ERC CPS PAC PCI
    MOA TAX PAT PAI FII DOC AJT GIN QVR CNT XXX
"""
tags = st.sampled_from(_TAGS.split())
values = st.text("ABC019.,-:+'?* \n€", max_size=8)
segments = st.builds(lambda tag, parts: "+".join([tag, *parts]), tags, st.lists(values, max_size=5))
types = st.sampled_from("ORDERS ORDCHG ORDRSP CONTRL APERAK PARTIN DESADV INVOIC RECADV REMADV".split())


@given(types, st.sampled_from(("", "1", "4", "9", "27")), st.lists(segments, max_size=12))
def test_no_segments_break_the_reader(kind, purpose, found):
    middle = "'".join(found)
    text = f"UNB+UNOC:3+A:14+B:14+260302:0915+1'UNH+1+{kind}:D:96A:UN'BGM+220+1+{purpose}'{middle}'"
    text += "UNT+4+1'UNZ+1+1'"
    for part in EDIFACT.decode(text.encode()):
        assert (part.document is None) == bool(part.errors)
        assert all(isinstance(error, TradeError) and error.message for error in part.errors)


@given(st.text("UNAB'+:?*.\n\r \0HTZ1$^", max_size=60))
@example("UNA:+.? 'UNB")
@example("UNAUNAUNA:+.? '")
@example("UNB+UNOC:3+A+B+1:1+1\n\n\nUNH+1+ORDERS\nUNT+2+1\nUNZ")
def test_no_envelope_breaks_the_reader(text):
    for prefix in ("", "UNB+UNOC:3+A+B+260302:0915+1'", "UNA:+.? '"):
        for part in EDIFACT.decode((prefix + text).encode()):
            assert (part.document is None) == bool(part.errors)


@given(st.text("ab \n?+:'", max_size=900).map(str.strip).filter(bool))
def test_a_text_is_put_together_as_it_was(text):
    text = text.replace("\n", " ")
    assert joined(pieces(text, NAME, 5), NAME) == text
    assert all(len(piece) <= 35 for piece in pieces(text, NAME, 5)[:-1])


@given(st.text("ab \n", max_size=900).map(str.strip).filter(bool))
def test_a_note_is_cut_into_segments_that_hold_it(note):
    for parts in lines(note):
        assert len(parts) <= 5
        assert all(len(part) <= min(TEXT) for part in parts[:-1])


def test_a_segment_holds_no_more_than_old_versions_allow():
    cut = lines("x" * 700 + "\n" + "word " * 60)
    assert max(len(part) for parts in cut for part in parts) <= 140
    assert [len(parts) for parts in cut] == [5, 4, 5]


_HEAD = "UNB+UNOC:3+A+B+260302:0915+1'"
_ORDER = f"{_HEAD}UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'"


@pytest.mark.parametrize(
    "start, repeated",
    [
        (_HEAD, "'"),
        (_HEAD, "?"),
        (_HEAD, "\n"),
        (_HEAD, " "),
        ("", "UNB+"),
        ("", "UNA:+.? '"),
        (_HEAD, "UNG+1'"),
        (_HEAD, "UNH+1'"),
        ("UNB+UNOC:3+A+B+260302:0915+1\nUNH+1+ORDERS:D:96A:UN\n", "\n"),
        (f"{_HEAD}UNH+1+ORDERS:D:96A:UN'BGM", "+"),
        (f"{_HEAD}UNH+1+ORDERS:D:96A:UN'BGM+", ":"),
        ("UNB+UNOC:4+A+B+20260302:0915+1'UNH+1+ORDERS:D:96A:UN'NAD+BY+", "*"),
        (_ORDER, "FTX+AAI+++abc'"),
        (_ORDER, "LIN'"),
        (_ORDER, "RFF+ACE:1'"),
        (_ORDER, "XXX+1'"),
        (_ORDER, "?'"),
        (f"{_ORDER}NAD+BY+1'", "RFF+API:1'"),
        (f"{_ORDER}NAD+BY+1'CTA+IC'", "COM+1:FX'"),
        (f"{_ORDER}LIN+1'", "ALC+C++6'"),
        (f"{_ORDER}LIN+1'", "IMD+F++:::abc'"),
        (f"{_ORDER}LIN+1'", "LOC+7+1'"),
        (f"{_ORDER}LIN+1'PIA+5", "+a:IN"),
        (f"{_HEAD}UNH+1+ORDRSP:D:96A:UN'BGM+231+1+9'LIN+1'", "QTY+113:1'DTM+69:20260302:102'"),
        (f"{_HEAD}UNH+1+DESADV:D:96A:UN'BGM+351+1'", "CPS+2+1'PAC+1'GIN+BJ+1'LIN+1'QTY+12:1'GIN+BJ+1'"),
        (f"{_HEAD}UNH+1+DESADV:D:96A:UN'BGM+351+1'", "CPS+2+1'"),
        (f"{_HEAD}UNH+1+DESADV:D:96A:UN'BGM+351+1'LIN+1'", "GIN+BN+1'DTM+36:20260101:102'RFF+VN:1'"),
        (f"{_HEAD}UNH+1+INVOIC:D:96A:UN'BGM+380+1'", "RFF+ON:1'PAT+1++5:3:D:30'TAX+7+VAT'"),
        (f"{_HEAD}UNH+1+INVOIC:D:96A:UN'BGM+380+1'LIN+1'", "MOA+203:1'QTY+12:1'ALC+A'MOA+8:1'"),
        (f"{_HEAD}UNH+1+INVOIC:D:96A:UN'BGM+380+1'LIN+1'UNS+S'", "MOA+86:1'TAX+7+VAT'MOA+125:1'ALC+A'"),
        (f"{_HEAD}UNH+1+RECADV:D:96A:UN'BGM+632+1'LIN+1'", "QTY+195:1'QVR+-1:12+CP'LIN+1'"),
        (f"{_HEAD}UNH+1+REMADV:D:96A:UN'BGM+481+1'", "DOC+381+1'MOA+12:1'AJT+9'MOA+165:1'"),
        (f"{_HEAD}UNH+1+REMADV:D:96A:UN'BGM+481+1'DOC+381+1'", "MOA+12:1'AJT+9'MOA+165:1'"),
        (f"{_HEAD}UNH+1+CONTRL:D:3:UN'UCI+1+A+B+4'UCM+1+ORDERS+4'", "UCS+1+2'"),
    ],
)
def test_a_file_takes_no_longer_than_it_is_long(start, repeated):
    data = (start + repeated * (300_000 // len(repeated)) + "UNT+3+1'UNZ+1+1'").encode()
    started = time.process_time()
    for part in EDIFACT.decode(data):
        assert (part.document is None) == bool(part.errors)
    # Each takes a second at most; what looks at everything again for every piece would take many minutes.
    assert time.process_time() - started < 30
