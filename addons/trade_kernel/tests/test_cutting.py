"""Files that are cut: nothing is lost, nothing comes twice, and every piece is read alone."""

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .. import codecs
from ..canonical import parse
from ..codecs._edi import cutting
from ..codecs._edi.cutting import EDIFACT_TAGS, Cutter, Lines
from ..codecs.edifact import _opening
from ..codecs.ubl import cutting as ubl_cutting
from ..errors import ValidationFailed
from ..limits import DEFAULT
from .test_layout import HEAD, STOCK, layout

RULES = {"PRICAT": Lines("LIN", frozenset({"PGI"}), frozenset({"UNS"}), ("BGM", 2))}
UNB = "UNB+UNOC:3+S:14+B:14+260101:1200+REF1'"


def edifact(lines, count=None, groups=None, end="UNZ+1+REF1'"):
    """A catalogue of these texts; ``groups``: before which lines a price group begins."""
    body = ["UNH+7+PRICAT:D:96A:UN", "BGM+9+CAT:1+9", "DTM+137:20260101:102"]
    for number, text in enumerate(lines, 1):
        if number in (groups or ()):
            body.append(f"PGI+{number}")
        body += [f"LIN+{number}", f"IMD+F++:::{text}"]
    body += ["UNS+S", f"CNT+2:{len(lines)}"]
    body.append(f"UNT+{len(body) + 1 if count is None else count}+7")
    return UNB + "\n".join(segment + "'" for segment in body) + end


def cutter(lines, most=DEFAULT.max_bytes):
    return Cutter(EDIFACT_TAGS, _opening, RULES.get, lines, most)


def cut(text, lines):
    return [piece.decode("iso8859-1") for piece in cutter(lines).pieces(io.BytesIO(text.encode("iso8859-1")))]


def segments_of(piece):
    return [part.strip() for part in piece.split("'") if part.strip()]


@given(
    st.lists(st.sampled_from(["", "x", "it?'s", "??", "???'", "a?+b", "é" * 9]), min_size=1, max_size=12),
    st.integers(1, 5),
    st.integers(1, 40),
)
def test_every_line_is_in_one_piece_in_its_order_wherever_blocks_end(lines, most, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "_BLOCK", block)
        pieces = cut(edifact(lines), most)
    assert len(pieces) == -(-len(lines) // most)
    whole = "".join(pieces)
    for number, text in enumerate(lines, 1):
        assert whole.count(f"LIN+{number}'\nIMD+F++:::{text}'") == 1
    places = [whole.index(f"LIN+{number}'") for number in range(1, len(lines) + 1)]
    assert places == sorted(places)


def test_each_piece_is_a_whole_interchange_that_counts_right_and_says_which_piece_it_is():
    first, second = cut(edifact(["a", "b", "c"]), 2)
    assert segments_of(first)[2:4] == ["BGM+9+CAT:1+9", "DTM+137:20260101:102"]
    assert segments_of(first)[-2:] == ["UNT+8+7", "UNZ+1+REF1"]
    assert segments_of(second)[2] == "BGM+9+CAT-2:1+9"
    assert segments_of(second)[-2:] == ["UNT+6+7", "UNZ+1+REF1"]
    assert "CNT" not in first + second  # what is true of the whole is true of no piece


def test_lines_keep_the_price_group_they_belong_to():
    pieces = cut(edifact(["a", "b", "c", "d"], groups=[1, 4]), 2)
    groups = [[s for s in segments_of(piece) if s[:3] in ("PGI", "LIN")] for piece in pieces]
    assert groups == [["PGI+1", "LIN+1", "LIN+2"], ["PGI+1", "LIN+3", "PGI+4", "LIN+4"]]


def test_what_cannot_be_cut_stays_whole_and_what_is_too_large_then_is_told():
    text = edifact(["a", "b", "c"]).replace("PRICAT", "ORDERS")
    [piece] = cut(text, 2)
    assert segments_of(piece) == segments_of(text)
    with pytest.raises(ValidationFailed) as raised:
        list(cutter(2, most=10).pieces(io.BytesIO(text.encode())))
    assert raised.value.code == "file.too_large"


def test_what_stands_between_messages_is_told_with_its_place():
    with pytest.raises(ValidationFailed) as raised:
        cut(edifact(["a"], end="trash+x'"), 2)
    assert raised.value.code == "edi.outside"
    assert raised.value.pointer == "segment 10"


def test_a_file_that_ends_within_a_message_is_told():
    text = edifact(["a", "b"])
    for end in (text.index("LIN+2"), text.index("UNT")):
        with pytest.raises(ValidationFailed) as raised:
            cut(text[:end], 1)
        assert raised.value.code == "edi.truncated"


def test_the_outline_says_what_the_envelopes_say_and_what_is_wrong_with_them():
    right, wrong = (
        segments_of(cutter(1).outline(io.BytesIO(edifact(["a", "b"], count).encode())).decode())
        for count in (None, 99)
    )
    assert right == [UNB.rstrip("'"), "UNH+7+PRICAT:D:96A:UN", "BGM+9+CAT:1+9", "DTM+137:20260101:102"] + [
        "UNT+4+7",
        "UNZ+1+REF1",
    ]
    assert "UNT+93+7" in wrong  # ten segments were there: as far off as before


class Endless(io.RawIOBase):
    """A file of any length that is nowhere; ``line`` gets its number."""

    def __init__(self, head, line, count, tail=b""):
        self.parts = iter(self._parts(head, line, count, tail))
        self.rest = b""

    @staticmethod
    def _parts(head, line, count, tail):
        yield head
        for start in range(0, count, 1000):
            yield b"".join(line % number for number in range(start, min(start + 1000, count)))
        yield tail

    def readable(self):
        return True

    def readinto(self, buffer):
        while not self.rest:
            self.rest = next(self.parts, None)
            if self.rest is None:
                self.rest = b""
                return 0
        count = min(len(buffer), len(self.rest))
        buffer[:count], self.rest = self.rest[:count], self.rest[count:]
        return count


def peak_of(count):
    """The most memory held while a catalogue of so many lines is cut, in bytes."""
    head = (UNB + "UNH+7+PRICAT:D:96A:UN'BGM+9+CAT+9'").encode()
    tail = f"UNS+S'UNT+{2 * count + 4}+7'UNZ+1+REF1'".encode()
    file = io.BufferedReader(Endless(head, b"LIN+%d'IMD+F++:::a name of some length'", count, tail))
    tracemalloc.start()
    try:
        pieces = sum(1 for _piece in cutter(500).pieces(file))
        assert pieces == count // 500
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file():
    assert peak_of(100_000) < 1.2 * peak_of(50_000)


# -- tables ----------------------------------------------------------------------------------------
LAYOUT = codecs.get("layout")


def table(count, end="\n"):
    rows = "".join(f"S{1 + number % 2};2026-03-01;A-{number};x;{number}{end}" for number in range(count))
    return f"{HEAD}{end}{rows}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_are_cut_in_every_encoding(encoding, end):
    raw = table(25, end).replace(";x;", ";Größe;").encode(encoding)
    pieces = list(LAYOUT.cut(io.BytesIO(raw), 10, layout()))
    documents = [part.document for piece in pieces for part in LAYOUT.decode(piece, layout())]
    items = [line.item for document in documents for line in document.inventory_lines]
    assert [item.sellers_item_identification.id for item in items] == [f"A-{n}" for n in range(25)]
    assert {item.name for item in items} == {"Größe"}
    assert [document.id for document in documents] == ["S1", "S1-2", "S1-3"]


def test_rows_of_several_documents_are_cut_apart():
    options = layout(group_by=["Report"])
    pieces = LAYOUT.cut(io.BytesIO(table(25).encode()), 10, options)
    documents = [part.document for piece in pieces for part in LAYOUT.decode(piece, options)]
    assert [document.id for document in documents] == ["S1", "S2", "S1-2", "S2-2", "S1-3", "S2-3"]
    assert sum(len(document.inventory_lines) for document in documents) == 25


def test_places_are_those_of_the_file_and_not_of_the_piece():
    raw = (table(12) + "S1;2026-03-01;A;x;many\n").encode()
    pieces = list(LAYOUT.cut(io.BytesIO(raw), 10, layout()))
    [part] = LAYOUT.decode(pieces[1], layout())
    assert "row 14, column Free" in part.errors[0].pointer


def test_trees_are_not_cut_and_the_error_says_what_is():
    with pytest.raises(ValidationFailed) as raised:
        list(LAYOUT.cut(io.BytesIO(b"[]"), 10, layout(format="json", rows="@")))
    assert raised.value.code == "codec.cannot_cut"


def test_an_empty_table_is_told():
    with pytest.raises(ValidationFailed) as raised:
        list(LAYOUT.cut(io.BytesIO(f"{HEAD}\n".encode()), 10, layout()))
    assert raised.value.code == "layout.no_rows"
    assert STOCK["document_type"] == "inventory_report"


# -- UBL -------------------------------------------------------------------------------------------
UBL = codecs.get("ubl")


def catalogue(count, wrapped=False):
    lines = [
        {
            "id": str(number),
            "action_code": "add",
            "item": {"name": f"Größe {number}", "sellers_item_identification": {"id": f"A-{number}"}},
        }
        for number in range(1, count + 1)
    ]
    document = parse(
        {
            "document_type": "price_catalogue",
            "id": "CAT-7",
            "issue_date": "2026-03-02",
            "provider_party": {"party_name": "Them"},
            "receiver_party": {"party_name": "Us"},
            "catalogue_lines": lines,
        }
    )
    sender = {"id": "0088:4012345000009", "qualifier": "iso6523-actorid-upis"}
    return UBL.encode([document], {"sbdh": wrapped, "sender": sender} if wrapped else {})


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("block", [7, 1000, 1 << 20])
def test_a_catalogue_in_ubl_is_cut_wherever_blocks_end(wrapped, block, monkeypatch):
    monkeypatch.setattr(ubl_cutting, "_BLOCK", block)
    raw = catalogue(25, wrapped)
    parts = [part for piece in UBL.cut(io.BytesIO(raw), 10) for part in UBL.decode(piece)]
    assert [part.document.id for part in parts] == ["CAT-7", "CAT-7-2", "CAT-7-3"]
    [whole] = UBL.decode(raw)
    found = [line for part in parts for line in part.document.catalogue_lines]
    assert found == list(whole.document.catalogue_lines)
    assert all(part.document.provider_party == whole.document.provider_party for part in parts)
    assert {part.envelope.get("sender", {}).get("id") for part in parts} == {
        whole.envelope.get("sender", {}).get("id")
    }


def test_exactly_full_pieces_leave_no_empty_one_behind():
    assert len(list(UBL.cut(io.BytesIO(catalogue(20)), 10))) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda raw: raw[:-40], "xml.syntax"),
        (lambda raw: raw.replace(b"Catalogue", b"Order"), "codec.cannot_cut"),
        (lambda raw: raw.replace(b"</Catalogue>", b"<x/></Catalogue>"), "codec.cannot_cut"),
        (
            lambda raw: raw.replace(b"<Catalogue", b'<!DOCTYPE a [<!ENTITY b "">]><Catalogue', 1),
            "xml.entities",
        ),
        (lambda raw: raw.replace("Größe".encode(), b"Gr\xf6\xdfe"), "file.encoding"),
        (lambda raw: raw.replace(b"CAT-7", b"CAT\0"), "xml.nul"),
        (lambda raw: b"", "xml.syntax"),
    ],
)
def test_what_is_wrong_with_ubl_is_told(change, code):
    with pytest.raises(ValidationFailed) as raised:
        list(UBL.cut(io.BytesIO(change(catalogue(25))), 10))
    assert raised.value.code == code


def test_memory_for_ubl_does_not_grow_with_the_file():
    def peak(count):
        raw = catalogue(3)
        start = raw.index(b"<cac:CatalogueLine>")
        end = raw.rindex(b"</Catalogue>")
        line = raw[start : raw.index(b"</cac:CatalogueLine>") + len(b"</cac:CatalogueLine>")]
        line = line.replace(b"%", b"%%") + b"<!--%d-->"
        file = io.BufferedReader(Endless(raw[:start], line, count, raw[end:]))
        tracemalloc.start()
        try:
            assert sum(1 for _piece in UBL.cut(file, 500)) == count // 500
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(20_000) < 1.2 * peak(10_000)
