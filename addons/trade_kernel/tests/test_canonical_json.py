import json
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from .. import codecs
from ..canonical import parse
from ..codecs.canonical_json import CanonicalJson
from ..errors import ValidationFailed
from ..limits import Limits
from . import strategies
from .samples import order, response

CODEC = CanonicalJson()
ORDER = json.dumps(order())
ANSWER = json.dumps(response())


def decode(data, **options):
    return list(CODEC.decode(data.encode() if isinstance(data, str) else data, options))


def outcome(data, **options):
    """For each part its document's number, or the codes of its errors."""
    return [
        part.document.id if part.document else [error.code for error in part.errors]
        for part in decode(data, **options)
    ]


def pointers(data, **options):
    return [error.pointer for part in decode(data, **options) for error in part.errors]


# --- forms ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "data",
    [
        f"[{ORDER},{ANSWER}]",
        f"{ORDER}\n{ANSWER}",
        f"{ORDER}\r\n\r\n{ANSWER}\r\n",
        f" \n[ {ORDER} ,\n {ANSWER} ]\n",
        f"{json.dumps(order(), indent=2)}\n{json.dumps(response(), indent=2)}",
    ],
    ids=["list", "lines", "lines with CRLF", "list with blanks", "one after the other"],
)
def test_several_documents_in_one_file(data):
    assert outcome(data) == ["P00042", "R1"]
    assert [part.envelope["index"] for part in decode(data)] == [0, 1]


def test_a_document_alone():
    for data in (ORDER, json.dumps(order(), indent=4), f"\n\t{ORDER}\n", f"[{ORDER}]"):
        assert outcome(data) == ["P00042"]
        assert decode(data)[0].raw == data.encode()


def test_an_empty_list_holds_nothing():
    assert outcome(" [ ] ") == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_unicode_is_recognised(encoding):
    values = order(note=["Größe 10 µm — 螺栓"])
    data = json.dumps(values, ensure_ascii=False).encode(encoding)
    [part] = decode(data)
    assert part.document.note == ("Größe 10 µm — 螺栓",)
    assert codecs.recognise(data).name == "canonical_json"


def test_another_encoding_is_read_when_the_route_names_it():
    data = json.dumps(order(id="Größe"), ensure_ascii=False).encode("latin-1")
    assert outcome(data) == [["file.encoding"]]
    assert outcome(data, encoding="iso-8859-1") == ["Größe"]


@pytest.mark.parametrize("encoding", ["klingon", "punycode", "unicode_escape", "base64", "utf-7", 3])
def test_an_encoding_that_is_none_is_refused(encoding):
    assert outcome(ORDER, encoding=encoding) == [["file.encoding_unknown"]]


# --- one bad document -----------------------------------------------------------------------------
def test_a_bad_document_does_not_stop_the_others():
    bad = json.dumps(order(id="BAD", document_currency_code="X"))
    for data in (f"[{ORDER},{bad},{ANSWER}]", f"{ORDER}\n{bad}\n{ANSWER}"):
        assert outcome(data) == ["P00042", ["currency.unknown"], "R1"]
    assert pointers(f"[{ORDER},{bad}]") == ["/1/document_currency_code"]
    assert pointers(f"{ORDER}\n{bad}") == ["line 2: /document_currency_code"]
    assert pointers(bad) == ["/document_currency_code"]


def test_a_line_that_is_no_json_does_not_stop_the_others():
    data = f"{ORDER}\n{{nonsense}}\n{ANSWER}\n{ORDER[:-5]}"
    assert outcome(data) == ["P00042", ["json.syntax"], "R1", ["json.syntax"]]
    assert pointers(data)[0] == "line 2, column 2"


def test_an_interrupted_list_gives_what_came_whole():
    assert outcome(f"[{ORDER},{ANSWER[:-9]}") == ["P00042", ["json.syntax"]]
    assert outcome(f"[{ORDER},{ANSWER}") == ["P00042", ["json.syntax"]]
    assert outcome(f"[{ORDER},]") == ["P00042", ["json.syntax"]]
    assert outcome(f"[{ORDER} {ANSWER}]") == [["json.syntax"]]
    assert outcome(f"[{ORDER}] {ANSWER}") == [["json.syntax"]]
    assert outcome(f"{ORDER} {ANSWER}") == [["json.syntax"]]


def test_the_place_of_a_syntax_error():
    text = json.dumps(order(), indent=2).replace('"EUR",', "EUR,", 1)
    [part] = decode(text)
    line = text[: text.index(" EUR,")].count("\n") + 1
    assert part.errors[0].pointer == f"line {line}, column {text.splitlines()[line - 1].index('EUR') + 1}"


# --- what a file may not hold ---------------------------------------------------------------------
@pytest.mark.parametrize(
    "old, new, code, pointer",
    [
        ('"id": "P00042"', '"id": "P00042", "id": "P2"', "json.duplicate_key", "/"),
        (
            '"value": "10.00"',
            '"value": "10.00", "value": "10.00"',
            "json.duplicate_key",
            "/order_lines/0/quantity",
        ),
        ('"10.00"', "NaN", "json.not_a_number", "/order_lines/0/quantity/value"),
        ('"10.00"', "-Infinity", "json.not_a_number", "/order_lines/0/quantity/value"),
        ('"10.00"', "1e99999999999999999999", "json.not_a_number", "/order_lines/0/quantity/value"),
        ('"10.00"', "1" * 65, "json.number_too_long", "/order_lines/0/quantity/value"),
        ('"10.00"', "0." + "1" * 5000, "json.number_too_long", "/order_lines/0/quantity/value"),
        ('"10.00"', "1e400", "number.range", "/order_lines/0/quantity/value"),
        ('"10.00"', "true", "number.invalid", "/order_lines/0/quantity/value"),
    ],
)
def test_what_readers_could_understand_differently_is_refused(old, new, code, pointer):
    data = ORDER.replace(old, new, 1)
    assert data != ORDER
    assert outcome(data) == [[code]]
    assert pointers(data) == [pointer]


def test_all_of_it_is_told_at_once_up_to_the_limit():
    data = '{"a": NaN, "b": [NaN, {"c": 1, "c": Infinity}], "d/e": NaN}'
    assert pointers(data) == ["/a", "/b/0", "/b/1", "/b/1/c", "/d~1e"]
    assert outcome(data, limits={"max_errors": 2}) == [
        ["json.not_a_number", "json.not_a_number", "errors.more"]
    ]


def test_numbers_are_read_digit_by_digit():
    [part] = decode(ORDER.replace('"12.50"', "0.1000000000000000055"[:14], 1))
    assert part.document.order_lines[0].price.price_amount.value == Decimal("0.100000000000")
    [part] = decode(ORDER.replace('"12.50"', "12.50", 1))
    assert '"price_amount":{"value":"12.50"' in part.document.as_json()


@pytest.mark.parametrize(
    "data, limits, code",
    [
        (ORDER, {"max_bytes": 100}, "file.too_large"),
        (f"[{ORDER},{ORDER},{ORDER}]", {"max_documents": 2}, "document.too_many"),
        (f"{ORDER}\n{ORDER}\n{ORDER}", {"max_documents": 2}, "document.too_many"),
        ("[" * 33, {}, "json.too_deep"),
        ('{"a":' * 33, {}, "json.too_deep"),
        (f'{{"a": {"[" * 40}{"]" * 40}}}', {}, "json.too_deep"),
        ("[" * 100_000 + "]" * 100_000, {}, "json.too_deep"),
        (ORDER, {"max_depth": 3}, "json.too_deep"),
        (ORDER, {"max_lines": 0.5}, "codec.option"),
        (ORDER, {"max_lines": 0}, "codec.option"),
        (ORDER, {"max_colours": 3}, "codec.option"),
        (ORDER, 5, "codec.option"),
    ],
)
def test_beyond_a_limit_nothing_of_the_file_is_touched(data, limits, code):
    assert outcome(data, limits=limits) == [[code]]


def test_at_a_limit_all_is_well():
    assert (
        outcome(f"[{ORDER},{ORDER}]", limits=Limits(max_documents=2, max_lines=1, max_depth=7))
        == ["P00042"] * 2
    )
    brackets_in_text = order(note=["[{" * 100])
    assert outcome(json.dumps(brackets_in_text)) == ["P00042"]
    assert outcome('{"a": "\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}') == [["document.type_missing"]]


def test_one_document_nested_too_deep_does_not_stop_the_others():
    assert outcome(f"{ORDER}\n{'{' * 40}\n{ANSWER}") == ["P00042", ["json.too_deep"], "R1"]


# --- writing --------------------------------------------------------------------------------------
@given(
    st.lists(strategies.documents, min_size=1, max_size=3),
    st.sampled_from([None, "list", "lines"]),
    st.integers(0, 3),
)
def test_what_is_written_is_read_back(documents, form, indent):
    data = CODEC.encode(documents, {"form": form, "indent": indent})
    assert [part.document for part in CODEC.decode(data)] == documents
    assert all(not part.errors for part in CODEC.decode(data))


def test_the_forms_a_file_can_have():
    one = parse(order())
    assert CODEC.encode([one]).startswith(b'{"document_type":"order"')
    assert CODEC.encode([one], {"form": "list"}).startswith(b"[{")
    assert CODEC.encode([one, one], {"form": "lines"}).count(b"\n") == 2
    assert CODEC.encode([]) == b"[]"


@pytest.mark.parametrize("options", [{"form": "tree"}, {"indent": 99}, {"indent": "x"}, {"form": "single"}])
def test_an_option_that_cannot_be_is_refused(options):
    with pytest.raises(ValidationFailed) as caught:
        CODEC.encode([parse(order())] * 2, options)
    assert caught.value.code == "codec.option"


# --- pieces ---------------------------------------------------------------------------------------
fragments = st.sampled_from(
    [
        ORDER,
        ANSWER,
        "{}",
        "[]",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        " ",
        "\n",
        "\r\n",
        '"',
        "\\",
        "\0",
        "1",
        "1.5",
        "NaN",
        "null",
        '"x"',
        '{"a":',
        "[[",
        "]]",
        "\n{",
        "\ufeff",
        "{}{}",
        '{"a":1,"a":2}',
        "ï»¿",
        "ÿþ",
    ]
)


@given(
    st.lists(fragments, max_size=12).map("".join),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp500"]),
    st.booleans(),
)
@example('{}\n{"a":\0}\n{}', "utf-8", False)
@example("{}\n\0{}", "utf-8", False)
@example("{}\n\ufeff{}", "utf-8", False)
@example("{}\n\ufeff{}", "utf-16", True)
@example("{}\nï»¿{}", "latin-1", True)
def test_a_piece_read_alone_gives_what_it_gave_in_the_file(text, encoding, named):
    """Each piece becomes a message of its own, and must neither change nor fall apart again."""
    options = {"encoding": encoding} if named or encoding in ("latin-1", "cp500") else {}
    data = text.encode(encoding, "replace")
    parts = decode(data, **options)
    assert sum(len(part.raw) for part in parts) <= len(data) + 12 * len(parts)
    for part in parts:
        [alone] = decode(part.raw, **options)
        assert alone.document == part.document
        assert [error.code for error in alone.errors] == [error.code for error in part.errors]


@given(st.text('{}[]",:\\ \n01eEtrufalsn', max_size=60))
def test_no_text_breaks_it_and_valid_json_is_always_understood(text):
    codes = [code for found in outcome(text) for code in found]
    try:
        json.loads(text)
    except ValueError:
        return
    assert "json.syntax" not in codes
