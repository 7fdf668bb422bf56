"""The real EDIFACT messages, type by type; pydifact as a second reader."""

import re

import pytest

from ..codecs import get
from ..codecs._edi.syntax import segments, without_repetition
from ..codecs.edifact.charsets import decoded
from ..codecs.edifact.envelope import read
from ..codecs.edifact.messages import by_type
from ..codecs.edifact.scan import latin
from . import corpus

pydifact = pytest.importorskip("pydifact")
from pydifact.parser import Parser  # noqa: E402

EDIFACT = get("edifact")
ENTRIES = corpus.entries("EDIFACT")
pytestmark = corpus.needs_corpus
#: messages that are rightly refused, by a part of the file's name: they are damaged or made up
REFUSED = {
    "ORDERS": {
        "d96aORDERS__message.edi": {"edi.truncated"},  # neither UNT nor UNZ
        "edifact__orders_to_csv": {"period.reversed"},  # wanted between 2005 and 1997
        "example_order_error": {"unit.malformed", "errors.more"},  # the unit GBND
        "ORDERNoName": {"field.missing"},  # lines of a configuration, without quantities
        "ORDERS_D01B.txt": {"field.missing"},  # a line without a quantity
    },
    "INVOIC": {
        "tiny-": {"field.missing"},  # nothing but a number and a party
        "expected.txt": {"field.missing"},  # neither lines nor parties
        "Issue188": {"field.missing"},  # no BGM
        "Issue203": {"field.missing"},  # no BGM
        "invoic.txt": {"currency.unknown"},  # the currency UK
        "INVOIC_D.03B_Interchange_with_UNA": {"currency.unknown"},  # the same
        "invoic_d97b_bad": {"number.invalid"},  # the quantity 1020A, the price $1.179
    },
    "ORDRSP": {
        # every element filled with lorem ipsum
        "ORDERS-D01B-UNOC": {"field.missing", "field.value", "currency.unknown", "number.invalid"},
        "ORDERS-D01B-UNOD": {"field.missing", "field.value", "currency.unknown", "number.invalid"},
    },
}


def parts_of(kind):
    for entry in ENTRIES:
        for part in corpus.outcome(entry).parts:
            if part.envelope.get("message_type") == kind:
                yield entry, part


def test_edifact_is_recognised():
    assert {corpus.outcome(entry).codec for entry in ENTRIES} == {"edifact"}


@pytest.mark.parametrize("kind", ["ORDERS", "ORDRSP", "CONTRL", "APERAK", "DESADV", "PRICAT"])
def test_only_what_is_damaged_is_refused(kind):
    for entry, part in parts_of(kind):
        [expected] = [codes for name, codes in REFUSED.get(kind, {}).items() if name in entry.name] or [set()]
        assert {error.code for error in part.errors} <= expected, (entry.name, part.errors)
        assert bool(part.errors) <= bool(expected)


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_what_is_read_is_written_and_read_again(entry):
    for part in corpus.outcome(entry).parts:
        if part.document is not None:
            data = EDIFACT.encode([part.document], {"syntax_version": 4, "release": "01B"})
            [again] = EDIFACT.decode(data)
            assert again.document == part.document


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_each_message_can_be_read_alone(entry):
    for part in corpus.outcome(entry).parts:
        [again] = EDIFACT.decode(part.raw)
        assert (again.document, [error.code for error in again.errors]) == (
            part.document,
            [error.code for error in part.errors],
        )


def plain(values):
    """Elements without what readers may differ in: empty ends, blanks and line breaks around values."""
    found = []
    for value in values:
        parts = [value] if isinstance(value, str) else list(value)
        parts = [re.sub(r"[\r\n]", "", part).strip() for part in parts]
        while parts and not parts[-1]:
            parts.pop()
        found.append(parts)
    while found and not found[-1]:
        found.pop()
    return found


def messages_by_pydifact(text):
    """The segments from UNH to UNT, or ``None`` when pydifact cannot read the text."""
    try:
        found = [(segment.tag.strip(), plain(segment.elements)) for segment in Parser().parse(text)]
    except Exception:
        return None
    inside, kept = False, []
    for tag, values in found:
        inside = inside or tag == "UNH"
        if inside:
            kept.append((tag, values))
        inside = inside and tag != "UNT"
    return kept


@pytest.mark.filterwarnings("ignore:segments.xml not found")
@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_pydifact_sees_the_same_segments(entry):
    data = entry.data
    if len(re.findall(rb"UNB[+*=|]", data)) > 1:
        pytest.skip("pydifact reads one interchange")
    announced = re.search(rb"UNB.(UNO[A-Z])", data)
    text = decoded(latin(data).encode("iso8859-1"), announced[1].decode() if announced else "UNOC")[0]
    theirs = messages_by_pydifact(text.strip())
    if theirs is None:
        pytest.skip("pydifact cannot read it")
    ours = []
    for message in read(data, {}, 1000):
        for segment in segments(message.text, without_repetition(message.separators)):
            ours.append((segment.tag, plain(segment.composite(n) for n in range(1, len(segment) + 1))))
    assert ours == theirs


def test_what_became_of_edifact(capsys):
    outcomes = [corpus.outcome(entry) for entry in ENTRIES]

    def type_of(_found, part):
        return part.envelope.get("message_type") or "none"

    corpus.report(capsys, outcomes, type_of)
    known = {type_of(None, part) for found in outcomes for part in found.parts if part.document is not None}
    assert {"ORDERS", "ORDRSP", "CONTRL", "APERAK"} <= known
    unread = {
        type_of(None, part)
        for found in outcomes
        for part in found.parts
        if corpus.kind_of(part) == "envelope only"
    }
    assert not any(by_type(name) for name in unread)
