"""What every codec owes its fixtures: found by looking into the folders."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .. import codecs
from ..canonical import DOCUMENTS
from ..errors import TradeError, ValidationFailed

FIXTURES = Path(__file__).parent / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/*/expected.json"))
#: every format needs one of each
REQUIRED = {"malformed", "duplicate", "oversized"}


def payload_of(case):
    [payload] = [path for path in case.iterdir() if path.name.startswith("payload.")]
    return payload


def seen(parts):
    """What a decoding run gave, as ``expected.json`` writes it."""
    return [
        {"document": part.document.as_dict()}
        if part.document
        else {
            "errors": [
                {"code": error.code, "pointer": error.pointer, "message": error.message}
                for error in part.errors
            ]
        }
        for part in parts
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case.parts[-3:]))
def test_a_fixture_is_read_as_expected(case):
    expected = json.loads((case / "expected.json").read_text())
    payload = payload_of(case)
    codec = codecs.get(case.parts[-3])
    parts = list(codec.decode(payload.read_bytes(), expected.get("options")))
    assert seen(parts) == expected["parts"]
    if expected.get("recognised", True):
        assert codecs.recognise(payload.read_bytes(), payload.name) is codec


@pytest.mark.parametrize("codec", codecs.available(), ids=lambda codec: codec.name)
def test_a_codec_has_fixtures_of_every_kind(codec):
    names = {case.name for case in CASES if case.parts[-3] == codec.name}
    assert names >= REQUIRED
    documents = {case.parts[-2] for case in CASES if case.parts[-3] == codec.name}
    assert documents & set(DOCUMENTS)


@pytest.mark.parametrize("codec", codecs.available(), ids=lambda codec: codec.name)
def test_what_a_codec_reads_it_writes(codec):
    for case in CASES:
        if case.parts[-3] != codec.name:
            continue
        options = json.loads((case / "expected.json").read_text()).get("options")
        documents = [
            part.document for part in codec.decode(payload_of(case).read_bytes(), options) if part.document
        ]
        if documents:
            needed = needed_by(codec, options)
            try:
                written = codec.encode(documents, needed)
            except ValidationFailed as error:
                # A layout of a tree says that it is only read; no other codec may.
                assert codec.needs and error.code == "codec.cannot_carry"
                continue
            assert [part.document for part in codec.decode(written, needed)] == documents


def needed_by(codec, options):
    """Of a fixture's options those without which its codec does nothing."""
    return {name: options[name] for name in codec.needs if name in (options or {})} or None


def test_no_fixture_belongs_to_nobody():
    assert {path.name for path in FIXTURES.iterdir()} == {codec.name for codec in codecs.available()}
    assert {case.parts[-2] for case in CASES} <= {*DOCUMENTS, "any"}


@pytest.mark.parametrize("codec", codecs.available(), ids=lambda codec: codec.name)
@given(data=st.binary())
def test_no_bytes_break_a_codec(codec, data):
    assert 0 <= codec.sniff(data) <= 100
    for part in codec.decode(data):
        assert (part.document is None) == bool(part.errors)
        assert all(isinstance(error, TradeError) for error in part.errors)


@pytest.mark.parametrize("codec", codecs.available(), ids=lambda codec: codec.name)
@given(st.data())
def test_no_damage_to_a_real_file_breaks_a_codec(codec, data):
    case = data.draw(st.sampled_from([case for case in CASES if case.parts[-3] == codec.name]))
    payload = bytearray(payload_of(case).read_bytes())
    for _cut in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(payload)))
        end = data.draw(st.integers(start, min(start + 40, len(payload))))
        payload[start:end] = data.draw(st.binary(max_size=8))
    options = json.loads((case / "expected.json").read_text()).get("options")
    for part in codec.decode(bytes(payload), needed_by(codec, options)):
        assert (part.document is None) == bool(part.errors)


def test_an_unknown_codec_is_named_with_the_known_ones():
    with pytest.raises(ValidationFailed, match="no codec named edifakt; known are: .*canonical_json"):
        codecs.get("edifakt")


@pytest.mark.parametrize(
    "data, code", [(b"", "file.empty"), (b" \n ", "file.empty"), (b"\x89PNG\r\n", "file.unrecognised")]
)
def test_a_file_for_nobody_is_refused(data, code):
    with pytest.raises(ValidationFailed) as caught:
        codecs.recognise(data, "order.json", "application/json")
    assert caught.value.code == code


def test_hints_never_overrule_the_content():
    payload = json.dumps({"document_type": "order"}).encode()
    assert codecs.recognise(payload, "order.xml", "text/xml; charset=utf-8").name == "canonical_json"
