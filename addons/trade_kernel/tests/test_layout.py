"""Layouts: partners' tables and trees, read and written as a layout says, and what a sample tells."""

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..codecs import get
from ..codecs.layout import fields_of, read
from ..codecs.layout.detect import date_style, delimiter_of, guess, number_style, propose
from ..errors import ValidationFailed

CODEC = get("layout")
STOCK = {
    "format": "csv",
    "document_type": "inventory_report",
    "rules": [
        {"to": "id", "source": "Report"},
        {"to": "issue_date", "source": "Day", "kind": "date"},
        {"to": "inventory_lines.item.sellers_item_identification.id", "source": "Item"},
        {"to": "inventory_lines.item.name", "source": "Name"},
        {"to": "inventory_lines.quantity.value", "source": "Free", "kind": "number"},
        {"to": "inventory_lines.quantity.unit_code", "constant": "C62"},
    ],
}
HEAD = "Report;Day;Item;Name;Free"


def layout(**changes):
    return {"layout": STOCK | changes}


def parts(text, **changes):
    data = text if isinstance(text, bytes) else text.encode()
    return list(CODEC.decode(data, layout(**changes)))


def only(text, **changes):
    [part] = parts(text, **changes)
    assert not part.errors, part.errors
    return part.document


def codes(text, **changes):
    return [(error.code, error.pointer) for part in parts(text, **changes) for error in part.errors]


# -- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
def test_any_delimiter_and_encoding_is_told_by_the_file(encoding, delimiter):
    text = f"{HEAD}\nS1;2026-03-01;A-1;Größe;5\nS1;2026-03-01;A-2;Höhe;6\n".replace(";", delimiter)
    document = only(text.encode(encoding))
    assert [line.item.name for line in document.inventory_lines] == ["Größe", "Höhe"]


@pytest.mark.parametrize(
    "text, style, value",
    [
        ("1.234,50", {"decimal": ",", "thousands": "."}, "1234.50"),
        ("1'234.50", {"thousands": "'"}, "1234.50"),
        ("12,5", {"decimal": ","}, "12.5"),
        ("5-", {}, "-5"),
        ("\u22127", {}, "-7"),
        ("0012", {}, "12"),
    ],
)
def test_numbers_are_read_as_they_are_written(text, style, value):
    [line] = only(f"{HEAD}\nS1;2026-03-01;A-1;x;{text}", delimiter=";", **style).inventory_lines
    assert str(line.quantity.value) == value


@pytest.mark.parametrize("text", ["12,5", "1.2.3", "NaN", "Infinity", "1e999", "0x10", "five"])
def test_a_number_that_is_none_is_said_with_its_place(text):
    found = codes(f'{HEAD}\nS1;2026-03-01;A-1;x;"{text}"', delimiter=";")
    assert ("layout.value", "row 2, column Free") in found


def test_a_revision_is_a_whole_number():
    rules = [*STOCK["rules"], {"to": "sequence_number", "source": "Rev", "kind": "number"}]
    row = f"{HEAD};Rev\nS1;2026-03-01;A-1;x;5;"
    assert only(f"{row}3", rules=rules).sequence_number == 3
    assert only(f"{row}3,0", rules=rules, decimal=",").sequence_number == 3
    assert only(row, rules=rules).sequence_number == 0
    assert [code for code, _place in codes(f"{row}3.5", rules=rules)] == ["field.type"]


def test_a_label_in_one_column_is_taken_apart():
    taken = {"Free": {"gs1": "net_weight"}, "Item": {"gs1": "gtin"}}
    rules = [
        {**rule, **taken[rule["source"]], "source": "Label"} if rule.get("source") in taken else rule
        for rule in STOCK["rules"]
    ]
    head, label = HEAD.replace("Free", "Label"), "(01)04012345678901(3103)001250"
    [line] = only(
        f"{head}\nS1;2026-03-01;A-1;x;{label}", rules=rules, delimiter=";", decimal=","
    ).inventory_lines
    assert str(line.quantity.value) == "1.25"
    assert line.item.sellers_item_identification.id == "04012345678901"
    found = codes(f"{head}\nS1;2026-03-01;A-1;x;(01)0401", rules=rules, delimiter=";", decimal=",")
    assert ("gs1.unreadable", "row 2, column Label") in found


def test_a_column_is_found_whatever_its_case_or_place():
    text = "FREE;item;Day;Report;Name\n5;A-1;2026-03-01;S1;x"
    assert only(text).inventory_lines[0].item.sellers_item_identification.id == "A-1"


def test_columns_without_names_are_numbered():
    rules = [{**rule, "source": f"#{n}"} for n, rule in enumerate(STOCK["rules"][:5], 1)] + STOCK["rules"][5:]
    assert only("S1;2026-03-01;A-1;x;5", header_row=0, rules=rules).id == "S1"


def test_rows_before_and_after_the_data_are_passed_over():
    rows = (HEAD, ";;;;pieces", "S1;2026-03-01;A-1;x;5", "# note;;;;", "S1;2026-03-01;A-2;y;6", "Sum;;;;11")
    text = "Stock of ACME\n\n" + "\n".join(rows)
    document = only(text, header_row=3, skip_rows=1, skip_last=1, comment="#", delimiter=";")
    assert len(document.inventory_lines) == 2


def test_rows_of_several_documents_become_several_and_each_can_be_read_alone():
    text = f"{HEAD}\nS1;2026-03-01;A;x;1\nS2;2026-03-01;B;y;2\nS1;2026-03-01;C;z;3\n"
    found = parts(text, group_by=["Report"])
    assert [part.document.id for part in found] == ["S1", "S2"]
    for part in found:
        [again] = CODEC.decode(part.raw, layout(group_by=["Report"]))
        assert again.document == part.document


def test_a_long_file_becomes_documents_of_the_length_agreed_with_every_line_once():
    rows = "".join(f"S1;2026-03-01;A-{n};x;{n}\n" for n in range(25))
    found = parts(f"{HEAD}\n{rows}", chunk_lines=10)
    assert [part.document.id for part in found] == ["S1", "S1-2", "S1-3"]
    items = [
        line.item.sellers_item_identification.id for part in found for line in part.document.inventory_lines
    ]
    assert items == [f"A-{n}" for n in range(25)]
    for part in found:
        [again] = CODEC.decode(part.raw, layout(chunk_lines=10))
        assert again.document == part.document


def test_a_place_that_is_gone_is_named_once_per_document_and_what_follows_from_it_is_not():
    rules = [{**rule, "required": rule["to"] == "id"} for rule in STOCK["rules"]]
    assert codes("Day;Item;Name;Free\n2026-03-01;A;x;1", rules=rules) == [
        ("layout.place_missing", "row 2, column Report")
    ]


def test_words_of_theirs_become_words_of_ours():
    rules = [
        *STOCK["rules"],
        {
            "to": "inventory_lines.quantity_type_code",
            "source": "Name",
            "map": {"frei": "available"},
            "map_only": True,
        },
    ]
    assert (
        only(f"{HEAD}\nS1;2026-03-01;A;frei;1", rules=rules).inventory_lines[0].quantity_type_code
        == "available"
    )
    assert codes(f"{HEAD}\nS1;2026-03-01;A;besetzt;1", rules=rules)[0][0] == "layout.unmapped"


# -- spreadsheets --------------------------------------------------------------------------------


def workbook(*rows):
    openpyxl = pytest.importorskip("openpyxl")
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def test_a_gtin_that_excel_made_a_number_is_a_gtin_again():
    import datetime

    rows = (HEAD.split(";"), ["S1", datetime.datetime(2026, 3, 1), 4012345678901, "x", 12.5])
    [line] = only(workbook(*rows), format="xlsx").inventory_lines
    assert line.item.sellers_item_identification.id == "4012345678901"
    assert str(line.quantity.value) == "12.5"


def test_a_sheet_is_chosen_and_a_wrong_one_named():
    data = workbook(HEAD.split(";"), ["S1", "2026-03-01", "A", "x", "1"])
    assert only(data, format="xlsx", sheet="1").id == "S1"
    assert codes(data, format="xlsx", sheet="Stock")[0][0] == "layout.sheet"


def test_a_zip_bomb_is_refused_before_it_unfolds():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    assert codes(target.getvalue(), format="xlsx")[0][0] == "file.too_large"


def test_a_file_of_another_kind_is_named():
    sheet = workbook(HEAD.split(";"), ["S1", "2026-03-01", "A", "x", "1"])
    table = f"{HEAD}\nS1;2026-03-01;A;x;1\n".encode()
    for data, options, found, expected in (
        (sheet, {}, "Excel (XLSX)", "CSV"),
        (sheet, {"format": "json", "rows": "@"}, "Excel (XLSX)", "JSON"),
        (table, {"format": "xlsx"}, "CSV", "Excel (XLSX)"),
        (b"<html><table/>", {"format": "xlsx"}, "XML", "Excel (XLSX)"),
        (b"%PDF-1.7 ...", {}, "PDF", "CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {}, "old Excel (XLS)", "CSV"),
    ):
        [part] = CODEC.decode(data, layout(**options))
        [error] = part.errors
        assert error.code == "layout.other_kind"
        assert error.message == f"The format of the file is {found}, but the layout reads {expected}."
    with pytest.raises(ValidationFailed, match="XLSX"):
        list(CODEC.cut(io.BytesIO(sheet), 10, layout()))


@given(st.binary(max_size=300))
def test_no_bytes_break_a_spreadsheet_reader(data):
    for part in CODEC.decode(b"PK\x03\x04" + data, layout(format="xlsx")):
        assert part.errors


# -- writing -------------------------------------------------------------------------------------

texts = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=1, max_size=12
)
texts = texts.map(str.strip).filter(bool)


@given(
    st.lists(st.tuples(texts, texts, st.decimals(-99999, 99999, places=2)), min_size=1, max_size=4),
    st.sampled_from(["csv", "xlsx"]),
    st.sampled_from([{}, {"decimal": ",", "date_format": "%d.%m.%Y", "delimiter": "\\t"}]),
)
def test_what_is_written_is_read_back(rows, form, style):
    source = "\n".join(json.dumps([item, name, str(free)]) for item, name, free in rows)
    document = only_of(source)
    options = layout(format=form, **style)
    [part] = CODEC.decode(CODEC.encode([document], options), options)
    assert part.document == document


def test_a_name_that_looks_like_a_formula_stays_a_text():
    document = only_of(json.dumps(["A", "=1+1", "5"]))
    options = layout(format="xlsx")
    [part] = CODEC.decode(CODEC.encode([document], options), options)
    assert part.document.inventory_lines[0].item.name == "=1+1"


def only_of(source):
    from ..canonical import parse

    lines = [json.loads(line) for line in source.split("\n")]
    return parse(
        {
            "document_type": "inventory_report",
            "id": "S1",
            "issue_date": "2026-03-01",
            "inventory_lines": [
                {
                    "id": str(n),
                    "item": {"name": name, "sellers_item_identification": {"id": item}},
                    "quantity": {"value": free, "unit_code": "C62"},
                }
                for n, (item, name, free) in enumerate(lines, 1)
            ],
        }
    )


def test_what_a_fixed_column_has_no_room_for_is_not_cut_off():
    said = {
        "format": "fixed",
        "document_type": "inventory_report",
        "header_row": 0,
        "columns": [{"name": "Item", "start": 1, "length": 3}],
        "rules": [
            {"to": "id", "constant": "S1"},
            {"to": "issue_date", "constant": "2026-03-01", "kind": "date"},
            {"to": "inventory_lines.item.sellers_item_identification.id", "source": "Item"},
        ],
    }
    with pytest.raises(ValidationFailed, match="longer than 3"):
        CODEC.encode([only(f"{HEAD}\nS1;2026-03-01;A-100;x;1")], {"layout": said})


# -- layouts themselves ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"document_type": "poem"}, "no document type poem"),
        ({"rules": [{"to": "colour", "source": "x"}]}, "there is no colour"),
        ({"rules": [{"to": "inventory_lines.item", "source": "x"}]}, "it has parts"),
        ({"rules": [{"to": "id.part", "source": "x"}]}, "id has no parts"),
        ({"rules": [{"to": "id"}]}, "say where it comes from"),
        ({"rules": []}, "rules"),
        ({"format": "fixed"}, "needs its columns"),
        ({"format": "json"}, "say where the rows are"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_a_layout_that_cannot_work_says_why(changes, words):
    with pytest.raises(ValidationFailed, match=words):
        read(STOCK | changes)


def test_without_a_layout_nothing_is_read():
    [part] = CODEC.decode(b"a;b\n1;2", None)
    assert part.errors[0].code == "layout.missing"


def test_every_field_offered_can_be_filled():
    for document_type in ("inventory_report", "order_response", "price_catalogue", "invoice"):
        fields = fields_of(document_type)
        assert len(fields) > 20
        for path, words in fields.items():
            if path.endswith("extensions"):
                continue
            read({"format": "csv", "document_type": document_type, "rules": [{"to": path, "source": "x"}]})
            assert words is not None


@pytest.mark.parametrize("expression", ["[", "a[", "items[?"])
def test_an_expression_that_is_none_is_said(expression):
    [part] = CODEC.decode(b'{"a": 1}', layout(format="json", rows=expression))
    assert part.errors[0].code == "layout.expression"
    [part] = CODEC.decode(b"<a/>", layout(format="xml", rows=expression))
    assert part.errors[0].code == "layout.expression"


# -- what a sample tells -----------------------------------------------------------------------------


def test_a_sample_tells_how_it_is_written():
    data = "Lagerbestand\nArtikel;Bestand;Datum\n4711;1.250,50;31.03.2026\n4712;3,5;01.04.2026\n".encode(
        "cp1252"
    )
    found = propose(data, "stock.csv")
    assert found["names"] == ["Artikel", "Bestand", "Datum"]
    assert (found["delimiter"], found["header_row"]) == (";", 2)
    assert (found["decimal"], found["thousands"], found["date_format"]) == (",", ".", "%d.%m.%Y")
    assert propose(b'{"items": []}')["format"] == "json"
    assert propose(b"<stock/>")["format"] == "xml"
    assert propose(workbook(["Item", "Qty"], ["A", 1]))["names"] == ["Item", "Qty"]


def test_doubtful_numbers_and_dates_take_the_usual_way():
    assert number_style(["1,234", "5"]) == (".", "")
    assert number_style(["1,234,567"]) == (".", ",")
    assert number_style(["12,5"]) == (",", "")
    assert date_style(["31/12/2026", "01/02/2026"]) == "%d/%m/%Y"
    assert date_style(["12/31/2026", "01/02/2026"]) == "%m/%d/%Y"
    assert delimiter_of("a,b;c\n1,2;3\n") in ",;"


@pytest.mark.parametrize(
    "name, meaning",
    [
        ("EAN13", "gtin"),
        ("Qty available", "quantity"),
        ("Net Price", "price"),
        ("Bezeichnung", "name"),
        ("Foo", None),
    ],
)
def test_a_column_is_guessed_by_its_name(name, meaning):
    assert guess(name) == meaning


@given(st.binary(max_size=200))
def test_no_sample_breaks_the_guessing(data):
    try:
        propose(data)
    except ValidationFailed:
        pass


def test_a_number_beyond_all_numbers_is_told():
    rules = [
        {**rule, **({"factor": "1e999999"} if rule["to"].endswith("value") else {})}
        for rule in STOCK["rules"]
    ]
    [(code, place)] = codes(f"{HEAD}\nS1;2026-03-01;A;x;9e999999", rules=rules)
    assert place == "row 2, column Free"
    assert code.startswith("layout.")


def test_what_cannot_be_read_in_one_document_hides_nothing_that_is_missing_in_another():
    rules = [rule for rule in STOCK["rules"] if rule["to"] != "issue_date"]
    rules.append({"to": "issue_date", "source": "Day", "kind": "date"})
    found = parts(f"{HEAD}\nS1;;A;x;1\nS2;soon;A;x;1\n", rules=rules, group_by=["Report"])
    assert [part.document is None for part in found] == [True, True]
    assert [[error.code for error in part.errors] for part in found] == [["field.missing"], ["layout.value"]]
