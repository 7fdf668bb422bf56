"""XLSX files: the rows of a sheet as texts, read with calamine, written with openpyxl."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from ...errors import ValidationFailed
from ...limits import Limits
from .._parsers import XLSX, in_our_words

#: how much larger a file may become unpacked; a sheet of equal cells reaches about 60
_MAX_RATIO = 200


def sheet_rows(data: bytes, sheet: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """``(number, cells)`` of each row of a sheet; numbers are texts without a tail of zeros.

    :raise ValidationFailed: ``layout.xlsx``: it is no such file; ``layout.sheet``: it has no such sheet
    """
    _check(data, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        if not names:
            raise ValidationFailed("layout.sheet", sheet=sheet or "1", known="none")
        name = sheet or names[0]
        if name not in names and name.isdecimal() and 1 <= int(name) <= len(names):
            name = names[int(name) - 1]
        if name not in names:
            raise ValidationFailed("layout.sheet", sheet=sheet, known=", ".join(names[:20]))
        found = book.get_sheet_by_name(name)
        first = (found.start or (0, 0))[0] + 1
        for number, row in enumerate(found.iter_rows(), first):
            yield number, [_text(cell) for cell in row]
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise ValidationFailed("layout.xlsx", detail=in_our_words(str(error)[:200], XLSX)) from None


def _check(data: bytes, limits: Limits) -> None:
    """Refuse what would unfold beyond measure before it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ValidationFailed("layout.xlsx", detail=in_our_words(str(error)[:200], XLSX)) from None
    if size > max(limits.max_bytes * 10, len(data)) or size > len(data) * _MAX_RATIO + 1_000_000:
        raise ValidationFailed("file.too_large", size=size, limit=limits.max_bytes * 10)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # A GTIN is stored as a float and would be read as 4.012345678901e+12.
        return format(Decimal(repr(cell)).normalize(), "f") if cell == cell and abs(cell) < 1e300 else ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def written(rows: Iterable[Sequence[str]], title: str) -> bytes:
    """An XLSX file of one sheet; every cell is text, so that no zero and no digit is lost."""
    import openpyxl  # noqa: PLC0415 - only for writing

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title[:31] or "Sheet1")
    for row in rows:
        sheet.append([_text_cell(sheet, value) for value in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _text_cell(sheet, value):
    """A text that begins with "=" stays one: nobody's item name is to be calculated."""
    if not (isinstance(value, str) and value.startswith("=")):
        return value
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - only for writing

    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell
