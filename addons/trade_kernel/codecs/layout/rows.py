"""The rows of a partner's file, whatever it is: each value by the name of its place, each with that place."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple, TextIO

import jmespath
from lxml import etree

from ...errors import ValidationFailed, said
from ...limits import Limits
from .. import _xml
from .._json import syntax_error, too_deep
from .._parsers import CSV, in_our_words
from .detect import decoded, delimiter_of, kind_of, opened
from .spec import Layout

#: characters of one cell; what is longer is no table
MAX_CELL = 100_000
#: characters that are looked at for what separates the cells
_HEAD = 100_000
#: bytes by which one knows what a file is
_BEGIN = 1000
#: kinds that are all text: of these, what is wrong is said with its place
_TEXTS = frozenset(("csv", "json", "xml"))


class Row(NamedTuple):
    """One row of a file.

    :ivar get: source → the text there, ``None`` when there is no such place
    :ivar place: source → where that is, for people
    :ivar number: which one of the file, from 1
    """

    get: Callable[[str], str | None]
    place: Callable[[str], str]
    number: int


def streamed(file: BinaryIO, layout: Layout, limits: Limits) -> Iterator[Row]:
    """The rows of a file that is too large to be read at once: of a table, in constant memory.

    :param file: at its beginning
    :raise ValidationFailed: ``codec.cannot_cut``: it is a tree; or as :func:`rows`
    """
    _check_kind(file.read(_BEGIN), layout)
    file.seek(0)
    if layout.format == "xlsx":
        # A compressed sheet of a million rows, the most there can be, is read in one piece all the same.
        yield from _xlsx(file.read(), layout, limits)
    elif layout.format in _TABLES:
        try:
            yield from _TABLES[layout.format](opened(file, layout.encoding), layout)
        except UnicodeDecodeError as error:
            raise ValidationFailed("file.encoding", encoding=error.encoding, position="?") from None
    else:
        raise ValidationFailed("codec.cannot_cut", format=layout.format.upper())


def rows(data: bytes, layout: Layout, limits: Limits) -> Iterator[Row]:
    """The rows of a file.

    :raise ValidationFailed: the file is not what the layout says
    """
    if len(data) > limits.max_bytes:
        raise ValidationFailed("file.too_large", size=len(data), limit=limits.max_bytes)
    if data.startswith(_PIECE):
        return _piece(data)
    _check_kind(data[:_BEGIN], layout)
    if layout.format in _TABLES:
        return _TABLES[layout.format](io.StringIO(decoded(data, layout.encoding), newline=""), layout)
    return _READERS[layout.format](data, layout, limits)


def _check_kind(head: bytes, layout: Layout) -> None:
    """Refuse a file of another kind in words about files; what its bytes would be as text helps nobody."""
    found = kind_of(head)
    if found == layout.format or (found in _TEXTS and layout.format != "xlsx"):
        return
    kinds = {"found": found, "expected": layout.format}
    raise ValidationFailed(
        "layout.other_kind", **{name: said(f"file.kind.{kind}") for name, kind in kinds.items()}
    )


# -- pieces ------------------------------------------------------------------------------------

_PIECE = b'{"layout_chunk":'
_CHUNK = re.compile(rb'\{"layout_chunk": (\d{1,9}),')


def chunk_of(data: bytes) -> int:
    """Which chunk of a document these rows are; 0: the first, or all of it."""
    match = _CHUNK.match(data)
    return int(match[1]) if match else 0


def piece(found: Iterable[Row], sources: Sequence[str], chunk: int) -> bytes:
    """Some rows of a file as one that is read alone: what stood where the layout looks, and where."""
    kept = [
        {"n": row.number, "p": row.place(""), "v": [row.get(source) for source in sources]} for row in found
    ]
    said = {"layout_chunk": chunk, "sources": list(sources), "rows": kept}
    return json.dumps(said, ensure_ascii=False).encode()


def _piece(data: bytes) -> Iterator[Row]:
    try:
        said = json.loads(data)
        index = {source: position for position, source in enumerate(said["sources"])}
        kept = [(int(one["n"]), str(one["p"]), list(one["v"])) for one in said["rows"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValidationFailed("layout.piece") from None
    for number, place, values in kept:

        def get(source: str, values: list = values) -> str | None:
            position = index.get(source)
            value = values[position] if position is not None and position < len(values) else None
            return value if isinstance(value, str) else None

        def where(source: str, place: str = place) -> str:
            return f"{place}, column {source}" if source else place

        yield Row(get, where, number)


# -- tables ------------------------------------------------------------------------------------


def _csv(text: TextIO, layout: Layout) -> Iterator[Row]:
    delimiter = layout.delimiter.replace("\\t", "\t")
    if not delimiter:
        delimiter = delimiter_of(text.read(_HEAD))
        text.seek(0)
    csv.field_size_limit(MAX_CELL)
    options: dict[str, Any] = {"delimiter": delimiter}
    if layout.quote:
        options["quotechar"] = layout.quote
    else:
        options["quoting"] = csv.QUOTE_NONE
    reader = csv.reader(text, **options)

    def cells() -> Iterator[tuple[int, list[str]]]:
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                place = f"line {reader.line_num}"
                detail = in_our_words(str(error), CSV)
                raise ValidationFailed("layout.csv", pointer=place, detail=detail) from None
            yield reader.line_num, row

    return _table(cells(), layout)


def _fixed(text: TextIO, layout: Layout) -> Iterator[Row]:
    names = [column.name for column in layout.columns]
    spans = [(column.start - 1, column.start - 1 + column.length) for column in layout.columns]

    def cells() -> Iterator[tuple[int, list[str]]]:
        for number, line in enumerate(text, 1):
            yield number, [line.rstrip("\r\n")[start:end] for start, end in spans]

    return _table(cells(), layout, names)


def _xlsx(data: bytes, layout: Layout, limits: Limits) -> Iterator[Row]:
    from .sheets import sheet_rows  # noqa: PLC0415 - its library is only needed for such files

    return _table(sheet_rows(data, layout.sheet, limits), layout)


def _table(
    cells: Iterator[tuple[int, list[str]]], layout: Layout, names: list[str] | None = None
) -> Iterator[Row]:
    """Rows of cells as rows of named values."""
    if names is None and layout.header_row:
        for number, row in cells:
            if number >= layout.header_row:
                names = [name.strip().lstrip("\ufeff") for name in row]
                break
        else:
            raise ValidationFailed("layout.no_header", row=layout.header_row)
    index = _index(names or [])
    skipped, held = 0, []
    for number, row in cells:
        if skipped < layout.skip_rows:
            skipped += 1
            continue
        if not any(cell.strip() for cell in row) or (
            layout.comment and row[0].lstrip().startswith(layout.comment)
        ):
            continue
        held.append((number, row))
        if len(held) > layout.skip_last:
            yield _row(*held.pop(0), index)


def _index(names: list[str]) -> dict[str, int]:
    """Name → column; names are found without regard to case. Of two with one name the first counts."""
    found: dict[str, int] = {}
    for position, name in enumerate(names):
        for known in (name, name.casefold()):
            found.setdefault(known, position)
    return found


def _row(number: int, row: list[str], index: dict[str, int]) -> Row:
    def position(source: str) -> int | None:
        if source.startswith("#") and source[1:].isdecimal():
            return int(source[1:]) - 1
        found = index.get(source)
        return index.get(source.casefold()) if found is None else found

    def get(source: str) -> str | None:
        at = position(source)
        if at is None:
            return None
        return row[at] if 0 <= at < len(row) else ""

    return Row(get, lambda source: f"row {number}, column {source}" if source else f"row {number}", number)


# -- trees -------------------------------------------------------------------------------------


def _json(data: bytes, layout: Layout, limits: Limits) -> Iterator[Row]:

    text = decoded(data, layout.encoding)
    if error := too_deep(text, limits):
        raise error
    try:
        tree = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise syntax_error(error, text) from None
    found = _searched(layout.rows, tree)
    found = found if isinstance(found, list) else [] if found is None else [found]
    compiled: dict[str, Any] = {}

    def row(number: int, value: Any) -> Row:
        def get(source: str) -> str | None:
            # From the root with $. in front, for what stands once for all rows.
            root = source.startswith("$.")
            if source not in compiled:
                compiled[source] = _compiled(source[2:] if root else source)
            return _text(compiled[source].search(tree if root else value))

        return Row(
            get, lambda source: f"{layout.rows}[{number - 1}]" + (f", {source}" if source else ""), number
        )

    for number, value in enumerate(found, 1):
        yield row(number, value)


def _compiled(expression: str) -> Any:
    try:
        return jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as error:
        raise ValidationFailed("layout.expression", expression=expression, detail=str(error)[:200]) from None


def _searched(expression: str, tree: Any) -> Any:
    try:
        return _compiled(expression).search(tree)
    except jmespath.exceptions.JMESPathError as error:
        raise ValidationFailed("layout.expression", expression=expression, detail=str(error)[:200]) from None


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _xml_rows(data: bytes, layout: Layout, limits: Limits) -> Iterator[Row]:
    root = _xml.read(data, limits, layout.encoding or None)
    compiled: dict[str, etree.XPath] = {}

    def path(expression: str) -> etree.XPath:
        if expression not in compiled:
            try:
                compiled[expression] = etree.XPath(expression, namespaces=layout.namespaces or None)
            except etree.XPathError as error:
                raise ValidationFailed(
                    "layout.expression", expression=expression, detail=str(error)
                ) from None
        return compiled[expression]

    def row(number: int, element: etree._Element) -> Row:
        def get(source: str) -> str | None:
            return _node_text(_evaluated(path(source), element, source))

        line = element.sourceline
        return Row(get, lambda source: f"line {line}" + (f", {source}" if source else ""), number)

    found = _evaluated(path(layout.rows), root, layout.rows)
    for number, element in enumerate(found if isinstance(found, list) else [], 1):
        if isinstance(element, etree._Element):
            yield row(number, element)


def _evaluated(path: etree.XPath, element: etree._Element, source: str) -> Any:
    try:
        return path(element)
    except etree.XPathError as error:
        raise ValidationFailed("layout.expression", expression=source, detail=str(error)) from None


def _node_text(found: Any) -> str | None:
    if isinstance(found, list):
        if not found:
            return None
        found = found[0]
    if isinstance(found, etree._Element):
        return "".join(found.itertext())
    return str(found)


_TABLES = {"csv": _csv, "fixed": _fixed}
_READERS = {"xlsx": _xlsx, "json": _json, "xml": _xml_rows}
