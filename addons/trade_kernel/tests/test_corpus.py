"""Every real message: read, or refused in words; never a crash, a hang, or a line less."""

import pytest

from . import corpus

ENTRIES = corpus.entries()
pytestmark = corpus.needs_corpus


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_a_real_file_is_read_or_refused(entry):
    found = corpus.outcome(entry)
    for part in found.parts:
        if part.document is None:
            assert all(error.remedy for error in part.errors)


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.kind in corpus.NAIVE], ids=str)
def test_no_line_of_a_real_file_is_lost(entry):
    count = corpus.NAIVE[entry.kind]
    found = corpus.outcome(entry)
    # What was taken apart still has every line of the file …
    assert sum(count(part.raw) for part in found.parts) == count(entry.data)
    # … and so has what was made of it.
    for part in found.parts:
        if part.document is not None:
            assert corpus.lines_of(part) == count(part.raw), part.document.document_type


def test_what_became_of_the_corpus(capsys):
    outcomes = [corpus.outcome(entry) for entry in ENTRIES]
    corpus.report(capsys, outcomes, lambda found, _part: found.entry.kind)
    assert len(outcomes) >= 400
    assert sum(found.counts["canonical"] for found in outcomes) >= 40
