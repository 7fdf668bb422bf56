"""The real X12 files, set by set; pyx12 as a second reader."""

import io

import pytest

from ..codecs import get
from ..codecs._edi.syntax import segments
from ..codecs.edifact.charsets import decoded
from ..codecs.x12.acknowledge import acknowledge, interchanges
from ..codecs.x12.envelope import read
from ..codecs.x12.scan import unmarked
from ..codecs.x12.transactions import by_set
from . import corpus
from .test_x12_acknowledge import NOW

pyx12 = pytest.importorskip("pyx12")
from pyx12.x12file import X12Reader  # noqa: E402

X12 = get("x12")
ENTRIES = corpus.entries("X12")
pytestmark = corpus.needs_corpus
#: sets that are rightly refused, by a part of the file's name: they are damaged or made up
REFUSED = {
    "x12_850tofixed__850__850-004010.15": {"quantity.zero"},  # a line of nothing
    "inbound__850-02.x12": {"quantity.zero"},
    "x12.810.mandatory-conditions": {"field.missing"},  # no order is in it, only BAL
    "x12.Issue101": {"field.missing"},
    "x12.Issue172": {"field.missing"},
    "x12.Issue91": {"field.missing"},
    "867__Example3": {"field.missing"},  # a sum of everything, without an item
    "issue590__multi-tx": {"document.no_lines"},  # accepted with changes, but none is told
    "empty997": {"field.missing"},  # ST and SE
    "invalid999": {"field.value"},  # an answer that does not exist
}
KINDS = set("810 820 832 850 852 855 856 860 865 867 875 997 999 824 TA1".split())


def test_x12_is_recognised():
    assert {corpus.outcome(entry).codec for entry in ENTRIES} == {"x12"}


def test_only_what_is_damaged_is_refused():
    for entry in ENTRIES:
        for part in corpus.outcome(entry).parts:
            if part.envelope.get("message_type") in KINDS:
                [expected] = [codes for name, codes in REFUSED.items() if name in entry.name] or [set()]
                assert {error.code for error in part.errors} <= expected, (entry.name, part.errors)


def test_nothing_stands_outside():
    assert not [
        entry.name
        for entry in ENTRIES
        for part in corpus.outcome(entry).parts
        if {error.code for error in part.errors} & {"edi.outside", "edi.empty", "edi.truncated"}
    ]


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_what_is_read_is_written_and_read_again(entry):
    for part in corpus.outcome(entry).parts:
        if part.document is not None and part.envelope["message_type"] in KINDS:
            data = X12.encode([part.document], {"version": "005010", "line_ends": "lf"})
            [again] = X12.decode(data)
            assert again.document == part.document


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_each_set_can_be_read_alone(entry):
    for part in corpus.outcome(entry).parts:
        [again] = X12.decode(part.raw)
        assert (again.document, [error.code for error in again.errors]) == (
            part.document,
            [error.code for error in part.errors],
        )


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
@pytest.mark.parametrize("wanted", ["997", "999"])
def test_every_interchange_can_be_acknowledged(entry, wanted):
    for parts in interchanges(corpus.outcome(entry).parts):
        documents, options = acknowledge(parts, NOW, {"acknowledge_with": wanted})
        if documents:
            data = X12.encode(documents, options)
            again = [part.document.response_code for part in X12.decode(data)]
            assert again == [document.response_code for document in documents]


def read_by_pyx12(text):
    """What pyx12 sees: the segments of each set, and what it says of the envelopes; or ``None``."""
    sets, inside, wrong = [], False, set()
    try:
        reader = X12Reader(io.StringIO(text))
        for segment in reader:
            tag = segment.get_seg_id()
            if tag == "ST":
                sets.append([])
            inside = inside or tag == "ST"
            if inside:
                sets[-1].append([tag, *(element.format(reader.subele_term) for element in segment.elements)])
            inside = inside and tag != "SE"
            wrong |= {(level, code) for level, code, *_rest in reader.pop_errors()}
    except Exception:
        return None
    return [list(map(plain, found)) for found in sets], wrong


def plain(values):
    """A segment without what readers may differ in: empty ends, blanks around values."""
    found = [value.strip() for value in values]
    while found and not found[-1]:
        found.pop()
    return found


#: what both of us look at: references and counts
LEVELS = {"interchange": "isa", "group": "gs", "message": "st"}
COMPARED = {("isa", "001"), ("isa", "021"), ("gs", "4"), ("gs", "5"), ("st", "3"), ("st", "4"), ("st", "23")}


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_pyx12_sees_the_same(entry):
    text = decoded(unmarked(entry.data), "")[0].lstrip("\ufeff")
    theirs = read_by_pyx12(text)
    if theirs is None or not theirs[0]:
        pytest.skip("pyx12 cannot read it")
    ours, wrong = [], set()
    for message in read(entry.data, {}, 1000):
        found = list(segments(message.text, message.separators))
        if found and found[0].tag == "ST":
            sign = message.separators.component
            elements = [
                [one.tag, *(one.escaped(n).rstrip(sign) for n in range(1, len(one) + 1))] for one in found
            ]
            ours.append(list(map(plain, elements)))
    for part in corpus.outcome(entry).parts:
        wrong |= {
            (LEVELS[error["level"]], error["code"]) for error in part.envelope.get("envelope_errors", ())
        }
    assert ours == theirs[0]
    # A control number is a number: 1 and 0001 do not differ.
    assert wrong & COMPARED == (theirs[1] & COMPARED) - ({("gs", "4"), ("isa", "001")} - wrong)


def test_what_became_of_x12(capsys):
    outcomes = [corpus.outcome(entry) for entry in ENTRIES]

    def type_of(_found, part):
        return part.envelope.get("message_type") or "none"

    corpus.report(capsys, outcomes, type_of)
    read_ones = {type_of(None, part) for one in outcomes for part in one.parts if part.document is not None}
    assert KINDS - {"860"} <= read_ones
    unread = {
        type_of(None, part)
        for one in outcomes
        for part in one.parts
        if corpus.kind_of(part) == "envelope only"
    }
    assert not any(by_set(name) for name in unread)
