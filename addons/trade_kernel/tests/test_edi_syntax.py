import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..codecs._edi.syntax import (
    EDIFACT,
    X12,
    Separators,
    parse,
    segments,
    unfolded,
    without_repetition,
    write,
)
from ..errors import ValidationFailed

SYNTAX_3 = without_repetition(EDIFACT)
ODD = Separators("$", "*", "^", None, "?")
value_texts = st.text("AB1 '+:*?.,$^~\n\ue000é", max_size=8)
composites = st.lists(value_texts, max_size=3).map(tuple)
elements = st.lists(st.one_of(value_texts, composites), max_size=5)


def only(text, separators=EDIFACT):
    [segment] = segments(text, separators)
    return segment


def test_elements_and_components_are_counted_from_one():
    segment = only("NAD+BY+5412345000013::9++Buyer:Ltd'")
    assert (segment.tag, segment.number, len(segment)) == ("NAD", 1, 4)
    assert (segment(1), segment(2), segment(2, 3), segment(3), segment(4, 2)) == (
        "BY",
        "5412345000013",
        "9",
        "",
        "Ltd",
    )
    assert segment(9) == segment(2, 9) == segment(1, 2) == ""
    assert segment.composite(2) == ("5412345000013", "", "9")
    assert segment.composite(3) == segment.composite(9) == ()


def test_released_characters_are_ordinary():
    segment = only("FTX+AAI+++It?'s 2 ?+ 2 ?: 4??:b'")
    assert segment.composite(4) == ("It's 2 + 2 : 4?", "b")
    assert segment.text == "FTX+AAI+++It?'s 2 ?+ 2 ?: 4??:b"


def test_a_question_mark_that_releases_nothing_stays():
    segment = only("FTX+AAI+++Why? Who?knows:50 ?% off'")
    assert segment.composite(4) == ("Why? Who?knows", "50 % off")
    assert segment.text == "FTX+AAI+++Why? Who?knows:50 ?% off"


def test_private_characters_of_the_text_are_left_alone():
    assert only("FTX+\ue000?+\ue040'")(1) == "\ue000+\ue040"


def test_repetitions_are_split_where_the_syntax_has_them():
    segment = only("COM+s11:AA*s21:AB*s31'")
    assert [segment(1, 1, n) for n in (1, 2, 3, 4)] == ["s11", "s21", "s31", ""]
    assert segment.composite(1, 2) == ("s21", "AB")
    assert (segment.repetitions(1), segment.repetitions(2)) == (3, 0)
    assert only("COM+a*b:AA'", SYNTAX_3)(1) == "a*b"
    assert only("COM+a*b:AA'", SYNTAX_3).repetitions(1) == 1


def test_line_breaks_around_segments_and_empty_segments_do_not_count():
    found = list(segments("UNH+1'\r\n  BGM+220'\n\n''\nUNT+3+1'\n", EDIFACT))
    assert [(segment.tag, segment.number) for segment in found] == [("UNH", 1), ("BGM", 2), ("UNT", 3)]
    assert [segment.text for segment in found] == ["UNH+1", "BGM+220", "UNT+3+1"]
    assert [segment.tag for segment in segments("ST*850\nBEG*00\n", Separators("\n", "*", ":"))] == [
        "ST",
        "BEG",
    ]


def test_a_large_text_is_cut_at_segments_only():
    text = "LIN+1++4012345000016:EN'" * 20_000
    found = list(segments(text, EDIFACT, 5))
    assert len(found) == 20_000
    assert {segment.text for segment in found} == {"LIN+1++4012345000016:EN"}
    assert (found[0].number, found[-1].number) == (5, 20_004)


def test_a_place_is_what_people_count():
    segment = list(segments("UNH+1'LIN+1++x'", EDIFACT))[1]
    assert segment.place() == "segment 2 LIN"
    assert segment.place(3, 1) == "segment 2 LIN, element 3, component 1"


def test_what_is_kept_can_be_read_under_the_usual_separators():
    segment = only("FTX*AAI*x?$y^a+b'c$", ODD)
    assert segment.portable == "FTX+AAI+x$y:a?+b?'c"
    assert parse(segment.portable).composite(2) == ("x$y", "a+b'c")
    assert only("FTX+2*3'", SYNTAX_3).portable == "FTX+2?*3"
    kept = only("N1|ST|a*b?", Separators("\n", "|", ">", syntax="x12")).portable
    assert kept == "N1*ST*a?*b??"
    assert parse(kept, "x12")(2) == "a*b?"


@pytest.mark.parametrize("text", ["", "A'B", "+x"])
def test_what_is_not_one_segment_is_refused(text):
    with pytest.raises(ValidationFailed) as caught:
        parse(text)
    assert caught.value.code == "edi.segment"


@given(elements, st.sampled_from((EDIFACT, SYNTAX_3, ODD)))
def test_what_is_written_is_read(values, separators):
    segment = only(write("FTX", values, separators), separators)
    for number, value in enumerate(values, 1):
        parts = (value,) if isinstance(value, str) else value
        found = segment.composite(number)
        if number < len(segment):  # blanks at the end of a segment are lost
            assert found + ("",) * (len(parts) - len(found)) == (parts if any(parts) else ("",) * len(parts))
        assert [segment(number, count + 1) for count in range(3)] == [
            parts[count].replace("\n", "").strip() if count < len(parts) else "" for count in range(3)
        ]
    again = parse(segment.portable)
    assert [again(n) for n in range(1, 6)] == [segment(n) for n in range(1, 6)]


@given(st.text(max_size=200), st.sampled_from((EDIFACT, SYNTAX_3, ODD, X12)))
def test_no_text_breaks_the_reader(text, separators):
    for segment in segments(text, separators):
        for number in range(len(segment) + 2):
            segment.composite(number)
            segment(number, 2)
        assert segment.text in text or separators.release in text


def test_repetitions_are_written():
    assert write("COM", [[("a", "EM"), ("b*", "TE")]], EDIFACT) == "COM+a:EM*b?*:TE'"
    with pytest.raises(ValidationFailed, match="repeats no elements"):
        write("COM", [[("a", "EM"), ("b", "TE")]], SYNTAX_3)


def test_empty_ends_are_left_out():
    assert write("NAD", ["BY", ("541", "", "9", ""), None, "", ("", "")], EDIFACT) == "NAD+BY+541::9'"


def test_where_nothing_escapes_a_separator_it_cannot_be_written():
    assert write("N1", ["ST", "a+b"], X12) == "N1*ST*a+b~"
    with pytest.raises(ValidationFailed) as caught:
        write("N1", ["ST", "a*b"], X12)
    assert caught.value.code == "codec.cannot_carry"


def test_line_breaks_at_a_fixed_width_are_taken_out():
    text = "UNB+UNOA:3+SENDER+RECEIVER'UNH+1+ORDERS:D:96A:UN'BGM+220+4711'UNT+3+1'UNZ+1+1'"
    folded = "\r\n".join(text[i : i + 30] for i in range(0, len(text), 30)) + "\r\n"
    assert unfolded(folded, "'").strip() == text
    assert unfolded(text, "'") == text
    kept = text.replace("'", "'\n")
    assert unfolded(kept, "'") == kept
    text += "UNB+UNOA:3+SENDER+RECEIVER'"
    partly = "UNB+1'\n" + text[:80] + "\n" + text[80:] + "\nUNZ+1'"
    assert unfolded(partly, "'") == "UNB+1'\n" + text + "\nUNZ+1'"
    typed = "UNB+1'\nFTX+AAI+++2 % within two days\nPenalty of 10 %'\nBGM+220+4711+12345678901234567890'"
    assert unfolded(typed, "'") == typed


def test_lines_are_cut_by_characters_or_by_bytes():
    text = (
        "NAD+SE+1::16++B\u00dcTTNER & S\u00d6HNE GMBH'LIN+1++157870:IN'QTY+47:1020:EA'MOA+203:1202.58'ALI+US'"
    )
    signs = [text[i : i + 30] for i in range(0, len(text), 30)]
    # As it is read: the bytes one by one, before the character set is known.
    assert unfolded("\n".join(signs).encode().decode("iso8859-1"), "'") == text.encode().decode("iso8859-1")
    data = text.encode().decode("iso8859-1")
    assert unfolded("\n".join(data[i : i + 30] for i in range(0, len(data), 30)), "'") == data
    typed = "FTX+AAI+++B\u00dc\nTTNER'FTX+AAI+++A longer\ntext'".encode().decode("iso8859-1")
    assert unfolded(typed, "'") == typed
