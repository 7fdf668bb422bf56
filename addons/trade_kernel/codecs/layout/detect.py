"""What a sample of a partner's file tells of how it is written: for a person to confirm."""

import codecs as encodings
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, TextIO

from ...errors import ValidationFailed

DELIMITERS = (";", "\t", ",", "|")
DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d-%m-%Y", "%d.%m.%y", "%Y/%m/%d")
_BOMS = (
    (encodings.BOM_UTF8, "utf-8"),
    (encodings.BOM_UTF32_LE, "utf-32-le"),
    (encodings.BOM_UTF32_BE, "utf-32-be"),
    (encodings.BOM_UTF16_LE, "utf-16-le"),
    (encodings.BOM_UTF16_BE, "utf-16-be"),
)
_BLOCK = 1 << 20
_SAMPLE = 200  # rows that are looked at
_NUMBER = re.compile(r"[+-]?\d[\d.,' ]*")
#: words in the names of columns → the field they usually are, by kind of document
_WORDS: dict[str, tuple[str, ...]] = {
    "sellers_item": (
        "supplier item",
        "vendor item",
        "item no",
        "artikelnummer",
        "article",
        "sku",
        "item",
        "code",
    ),
    "buyers_item": ("your item", "customer item", "buyer item", "kundenartikel", "ref client"),
    "gtin": ("gtin", "ean", "barcode", "upc", "ean13"),
    "name": ("description", "name", "bezeichnung", "designation", "libelle", "descripcion"),
    "quantity": (
        "quantity",
        "qty",
        "menge",
        "bestand",
        "stock",
        "available",
        "quantite",
        "cantidad",
        "on hand",
    ),
    "unit": ("unit", "uom", "einheit", "unite", "unidad", "me"),
    "price": ("price", "preis", "prix", "precio", "net price", "cost"),
    "currency": ("currency", "waehrung", "wahrung", "devise", "moneda"),
    "order": ("order no", "po", "po number", "bestellnummer", "order", "purchase order", "commande"),
    "line": ("line", "pos", "position", "line no", "ligne", "linea"),
    "date": ("date", "delivery date", "liefertermin", "eta", "datum"),
    "number": ("document", "number", "invoice no", "belegnummer", "id"),
}


def decoded(data: bytes, encoding: str = "") -> str:
    """The text of a file: by its mark, else as said, else UTF-8, else Windows-1252 (which reads every file).

    :raise ValidationFailed: ``file.encoding`` or ``file.encoding_unknown``
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], name)
    if encoding:
        return _strictly(data, encoding)
    if b"\0" in data[:1000]:
        return _strictly(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def opened(file: BinaryIO, encoding: str = "") -> TextIO:
    """The same of a file that is read bit by bit; it is looked through once where nothing says its encoding.

    :raise ValidationFailed: as :func:`decoded`; a character that cannot be read raises ``UnicodeDecodeError``
        where it stands
    """
    head = file.read(1000)
    file.seek(0)
    errors = "strict"
    marked = next((name for mark, name in _BOMS if head.startswith(mark)), "")
    if marked:
        encoding = "utf-8-sig" if marked == "utf-8" else marked[:6]  # they take the mark away
    elif encoding:
        _strictly(b"", encoding)
    elif b"\0" in head:
        encoding = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    elif _reads_as_utf8(file):
        encoding = "utf-8"
    else:
        encoding, errors = "cp1252", "replace"
    file.seek(0)
    return io.TextIOWrapper(file, encoding, errors, newline="")


def _reads_as_utf8(file: BinaryIO) -> bool:
    decoder = encodings.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _strictly(data: bytes, encoding: str) -> str:
    try:
        if encodings.lookup(encoding).name in (
            "idna",
            "punycode",
            "raw-unicode-escape",
            "unicode-escape",
            "utf-7",
        ):
            raise LookupError(encoding)
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValidationFailed("file.encoding", encoding=encoding, position=error.start + 1) from None
    except (LookupError, ValueError, TypeError):
        raise ValidationFailed("file.encoding_unknown", encoding=repr(encoding)) from None


#: how files begin that are no text
_BINARY = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "xls", b"%PDF-": "pdf"}


def kind_of(head: bytes) -> str:
    """What a file is, by how it begins: ``xlsx``, ``xls``, ``pdf``, ``xml``, ``json`` or ``csv``."""
    for begin, kind in _BINARY.items():
        if head.startswith(begin):
            return kind
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"<": "xml", b"{": "json", b"[": "json"}.get(start, "csv")


def delimiter_of(text: str) -> str:
    """What separates the columns: what cuts most rows into the same number of cells, more than one."""
    head = "\n".join(text.splitlines()[:50])
    best, most = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            counts = Counter(len(row) for row in csv.reader(io.StringIO(head), delimiter=delimiter) if row)
        except csv.Error:
            continue
        columns, rows = max(counts.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
        score = rows / max(sum(counts.values()), 1) * min(columns - 1, 10)
        if score > most:
            best, most = delimiter, score
    return best


def propose(data: bytes, filename: str = "") -> dict[str, Any]:
    """How a sample seems to be written: values of a :class:`~.spec.Layout`, without its rules, and ``names``.

    :return: ``{"format", "encoding", "delimiter", "decimal", "thousands", "date_format", "header_row",
        "names"}``, as far as they apply
    :raise ValidationFailed: nothing can be read of it
    """
    kind = kind_of(data)
    if kind == "xlsx" or filename.lower().endswith((".xlsx", ".xlsm")):
        from ...limits import DEFAULT  # noqa: PLC0415
        from .sheets import sheet_rows  # noqa: PLC0415 - its library is only needed for such files

        table = [cells for _number, cells in islice(sheet_rows(data, "", DEFAULT), _SAMPLE)]
        return {"format": "xlsx", **_of_table(table)}
    text = decoded(data)
    if kind == "json":
        return {"format": "json", "rows": "@", "names": []}
    if kind == "xml":
        return {"format": "xml", "rows": "/*/*", "names": []}
    delimiter = delimiter_of(text)
    sample = "\n".join(text.splitlines()[:_SAMPLE])
    table = list(csv.reader(io.StringIO(sample), delimiter=delimiter))
    encoding = "" if data.isascii() or _is_utf8(data) else "cp1252"
    shown = "\\t" if delimiter == "\t" else delimiter
    return {"format": "csv", "delimiter": shown, "encoding": encoding, **_of_table(table)}


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _of_table(table: Sequence[Sequence[str]]) -> dict[str, Any]:
    header = next((n for n, row in enumerate(table, 1) if _is_header(row)), 0)
    cells = [cell.strip() for row in table[header:] for cell in row if cell.strip()]
    decimal, thousands = number_style(cells)
    names = [name.strip().lstrip("\ufeff") for name in table[header - 1]] if header else []
    if not names:
        names = [f"#{n}" for n in range(1, max((len(row) for row in table), default=0) + 1)]
    return {
        "header_row": header,
        "decimal": decimal,
        "thousands": thousands,
        "date_format": date_style(cells),
        "names": names,
    }


def _is_header(row: Sequence[str]) -> bool:
    """Names are words, each once."""
    words = [cell.strip() for cell in row if cell.strip()]
    return (
        len(words) > 1
        and len(set(words)) == len(words)
        and not any(_NUMBER.fullmatch(word) for word in words)
    )


def number_style(cells: Sequence[str]) -> tuple[str, str]:
    """Decimal mark and thousands separator: by the numbers that leave no doubt."""
    votes: Counter[tuple[str, str]] = Counter()
    for cell in cells:
        if not _NUMBER.fullmatch(cell):
            continue
        point, comma = cell.rfind("."), cell.rfind(",")
        if point >= 0 and comma >= 0:
            votes[(".", ",") if point > comma else (",", ".")] += 3
        elif comma >= 0 and (cell.count(",") > 1 or len(cell) - comma - 1 != 3):
            votes[(".", ",") if cell.count(",") > 1 else (",", "")] += 1
        elif point >= 0 and (cell.count(".") > 1 or len(cell) - point - 1 != 3):
            votes[(",", ".") if cell.count(".") > 1 else (".", "")] += 1
    if not votes:
        return ".", ""
    decimal = max((".", ","), key=lambda mark: sum(n for (found, _t), n in votes.items() if found == mark))
    thousands = max(
        (found for (mark, found) in votes if mark == decimal), key=lambda one: votes[decimal, one], default=""
    )
    return decimal, thousands


def date_style(cells: Sequence[str]) -> str:
    """The format most cells that look like dates can be read in; a doubt of day and month remains."""
    found: Counter[str] = Counter()
    for cell in cells:
        if 6 <= len(cell) <= 10 and cell[:1].isdecimal():
            for form in DATE_FORMATS:
                try:
                    year = datetime.strptime(cell, form).year
                except ValueError:
                    continue
                found[form] += 1950 <= year <= 2100
    return (
        max(DATE_FORMATS, key=lambda form: (found[form], -DATE_FORMATS.index(form))) if found else "%Y-%m-%d"
    )


def guess(name: str) -> str | None:
    """What a column of this name usually is: one of a few words such as ``gtin`` or ``quantity``."""
    plain = re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()
    best, most = None, 0
    for meaning, words in _WORDS.items():
        for word in words:
            if plain == word:
                return meaning
            if re.search(rf"\b{re.escape(word)}\b", plain) and len(word) > most:
                best, most = meaning, len(word)
    return best
