"""Tables and trees of partners who follow no standard: CSV, fixed width, XLSX, JSON, XML, read by a layout.

A layout is data (:mod:`.spec`): which canonical field stands where, and how it is written there. It comes as
the option ``layout``; nobody writes code for it.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from ...canonical import Document
from ...errors import TradeError, ValidationFailed
from ...limits import Limits
from .._draft import Draft
from ..base import Codec, Decoded, limits_of
from .convert import value_of, whole_of, written, zone_of
from .rows import Row, chunk_of, piece, rows, streamed
from .spec import FORMATS, KINDS, Layout, Rule, fields_of, is_list, is_whole, read

__all__ = ["FORMATS", "KINDS", "Layout", "LayoutCodec", "Rule", "fields_of", "read"]


class LayoutCodec(Codec):
    """A partner's own format.

    Options: ``layout`` (a :class:`Layout`, or the values of one), ``limits``.
    """

    name = "layout"
    label = "Layout: CSV, XLSX, fixed width, JSON, XML"
    media_types = (
        "text/csv",
        "text/plain",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/json",
        "application/xml",
        "text/xml",
    )
    extensions = (".csv", ".txt", ".xlsx", ".json", ".xml", ".dat")
    needs = ("layout",)

    def sniff(self, head: bytes) -> int:
        return 0  # which layout reads a file is said on its route

    def decode(self, data: bytes, options: Mapping[str, Any] | None = None) -> Iterator[Decoded]:
        try:
            limits, layout = limits_of(options), read((options or {}).get("layout"))
            zone = zone_of(layout)
            found = rows(data, layout, limits)
            yield from _Reading(layout, zone, limits, data).documents(found)
        except ValidationFailed as error:
            yield Decoded(None, (error,), _envelope(options), data)

    def cut(self, file: BinaryIO, lines: int, options: Mapping[str, Any] | None = None) -> Iterator[bytes]:
        limits, layout = limits_of(options), read((options or {}).get("layout"))
        lines, sources = layout.chunk_lines or lines, _sources(layout)
        waiting: dict[tuple[str, ...], list[Row]] = {}
        pieces: Counter[tuple[str, ...]] = Counter()
        count = 0
        for row in streamed(file, layout, limits):
            waiting.setdefault(_group(row, layout), []).append(row)
            count += 1
            if count == lines:
                yield from _pieces(waiting, pieces, sources)
                count = 0
        yield from _pieces(waiting, pieces, sources)
        if not pieces:
            raise ValidationFailed("layout.no_rows")

    def encode(self, documents: Iterable[Document], options: Mapping[str, Any] | None = None) -> bytes:
        layout = read((options or {}).get("layout"))
        table = _table(documents, layout)
        if layout.format == "csv":
            text = io.StringIO(newline="")
            delimiter = layout.delimiter.replace("\\t", "\t") or ";"
            writer = csv.writer(
                text, delimiter=delimiter, quotechar=layout.quote or '"', lineterminator="\r\n"
            )
            writer.writerows(table)
            try:
                return text.getvalue().encode(layout.encoding or "utf-8")
            except (UnicodeEncodeError, LookupError) as error:
                raise ValidationFailed(
                    "codec.cannot_carry", what="the text", reason=str(error)[:200]
                ) from None
        if layout.format == "xlsx":
            from .sheets import written as sheet  # noqa: PLC0415 - its library is only needed for such files

            return sheet(table, layout.sheet)
        if layout.format == "fixed":
            return _fixed(table[1:] if layout.header_row else table, layout)
        raise ValidationFailed(
            "codec.cannot_carry", what=layout.format, reason="layouts of trees are only read"
        )


def _sources(layout: Layout) -> list[str]:
    """What is kept of a row: where the layout looks."""
    return list(dict.fromkeys([*layout.group_by, *(rule.source for rule in layout.rules if rule.source)]))


def _group(row: Row, layout: Layout) -> tuple[str, ...]:
    """Which document a row belongs to."""
    return tuple((row.get(source) or "").strip() for source in layout.group_by)


def _pieces(
    waiting: dict[tuple[str, ...], list[Row]], pieces: Counter[tuple[str, ...]], sources: Sequence[str]
) -> Iterator[bytes]:
    """The rows that wait, a piece per document; then none wait."""
    for group, found in waiting.items():
        yield piece(found, sources, pieces[group])
        pieces[group] += 1
    waiting.clear()


def _envelope(options: Mapping[str, Any] | None) -> dict[str, Any]:
    said = (options or {}).get("layout")
    kind = said.get("document_type") if isinstance(said, Mapping) else getattr(said, "document_type", None)
    return {"syntax": "layout", **({"document_type": kind} if isinstance(kind, str) else {})}


class _Reading:
    """One file on its way to documents."""

    def __init__(self, layout: Layout, zone: Any, limits: Limits, data: bytes):
        self.layout, self.zone, self.limits, self.data = layout, zone, limits, data
        self.head = [_Target(rule, layout) for rule in layout.of_head()]
        self.each = [_Target(rule, layout) for rule in layout.of_lines()]
        self.first = chunk_of(data)
        #: what could not be read, of each document
        self.failed: dict[int, set[str]] = {}
        self.sources = _sources(layout)

    def documents(self, found: Iterator[Row]) -> Iterator[Decoded]:
        """A document per group of rows, in the order in which the groups begin."""
        drafts: dict[tuple[str, ...], Draft] = {}
        counts: dict[tuple[str, ...], int] = {}
        kept: dict[tuple[str, ...], list[Row]] = {}
        chunks: dict[tuple[str, ...], int] = {}
        for row in found:
            name = _group(row, self.layout)
            count = counts[name] = counts.get(name, 0) + 1
            size = self.layout.chunk_lines
            chunk = self.first + ((count - 1) // size if size else 0)
            key = (*name, str(chunk)) if chunk else name
            draft = drafts.get(key)
            if draft is None:
                if len(drafts) >= self.limits.max_documents:
                    raise ValidationFailed("document.too_many", limit=self.limits.max_documents)
                draft = drafts[key] = self._begin(row, chunk)
                chunks[key] = chunk
            self._line(draft, row)
            kept.setdefault(key, []).append(row)
        if not drafts:
            raise ValidationFailed("layout.no_rows")
        for index, (key, draft) in enumerate(drafts.items()):
            document, errors = draft.finish(self.limits)
            failed = self.failed.get(id(draft), set())
            errors = tuple(error for error in errors if not _follows(error, failed))
            envelope = {"syntax": "layout", "index": index, "document_type": self.layout.document_type}
            raw = self.data if len(drafts) == 1 else piece(kept[key], self.sources, chunks[key])
            yield Decoded(document, errors, envelope, raw)

    def _begin(self, row: Row, chunk: int) -> Draft:
        draft = Draft(self.layout.document_type, row.place(""))
        for target in self.head:
            self._put(draft, target, target.steps, row)
        if chunk and draft.get(("id",)):
            draft.put(("id",), f"{draft.get(('id',))}-{chunk + 1}", row.place(""))
        return draft

    def _line(self, draft: Draft, row: Row) -> None:
        field = self.layout.line_field
        if field is None:
            return
        index = draft.line(field, row.place(""))
        for target in self.each:
            self._put(draft, target, (field, index, *target.steps[2:]), row)
        if draft.get((field, index, "id")) is None:
            draft.put((field, index, "id"), str(index + 1), row.place(""))

    def _put(self, draft: Draft, target: "_Target", path: tuple, row: Row) -> None:
        rule = target.rule
        text = row.get(rule.source) if rule.source else None
        place = row.place(rule.source) if rule.source else row.place("")
        try:
            if text is None and rule.source and rule.required and rule.constant is None and not rule.default:
                raise ValidationFailed("layout.place_missing", place=rule.source, field=rule.to)
            value = value_of(text, rule, self.layout, self.zone)
            if value is None and rule.required:
                raise ValidationFailed("layout.empty", place=rule.source, field=rule.to)
        except TradeError as error:
            error.pointer = place
            draft.fail(error)
            self.failed.setdefault(id(draft), set()).add("/" + "/".join(map(str, path)))
            return
        if target.whole and rule.kind == "number" and value is not None:
            value = whole_of(value)
        if value is not None and target.many:
            draft.append(path, value, place)
        elif value is not None:
            draft.put(path, value, place)


def _follows(error: TradeError, failed: set[str]) -> bool:
    """Whether something is only missing because what stood there could not be read."""
    pointer = (error.pointer or "").rpartition("(")[2].rstrip(")")
    return error.code == "field.missing" and any(f"{one}/".startswith(f"{pointer}/") for one in failed)


class _Target:
    """A rule and where its value goes.

    :ivar steps: its path with the index of each list on the way: a rule fills the first element of every one
    :ivar many: whether the field holds several values, of which this is one
    :ivar whole: whether the field holds a whole number
    """

    def __init__(self, rule: Rule, layout: Layout):
        self.rule, self.many = rule, is_list(layout.document_type, rule.path)
        self.whole = is_whole(layout.document_type, rule.path)
        steps: list[Any] = []
        for position, step in enumerate(rule.path):
            steps.append(step)
            if position < len(rule.path) - 1 and is_list(layout.document_type, rule.path[: position + 1]):
                steps.append(0)
        self.steps = tuple(steps)


# -- writing -----------------------------------------------------------------------------------


def _table(documents: Iterable[Document], layout: Layout) -> list[list[str]]:
    """Names, then a row per line (or per document)."""
    rules = [rule for rule in layout.rules if rule.source]
    names = [rule.source for rule in rules]
    table = [names] if layout.header_row and layout.format != "fixed" else []
    for document in documents:
        if document.document_type != layout.document_type:
            reason = f"the layout is for {layout.document_type}"
            raise ValidationFailed("codec.cannot_carry", what=document.document_type, reason=reason)
        values = document.as_dict()
        lines = values.get(layout.line_field or "") or [None]
        for line in lines:
            table.append(
                [
                    written(
                        _at(line, rule.path[1:])
                        if rule.path[0] == layout.line_field
                        else _at(values, rule.path),
                        rule,
                        layout,
                    )
                    for rule in rules
                ]
            )
    return table


def _at(values: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if isinstance(values, list):
            values = values[0] if values else None
        values = values.get(step) if isinstance(values, Mapping) else None
    return values[0] if isinstance(values, list) and values else values


def _fixed(table: list[list[str]], layout: Layout) -> bytes:
    rules = [rule.source for rule in layout.rules if rule.source]
    width = max(column.start - 1 + column.length for column in layout.columns)
    lines = []
    for row in table:
        line = [" "] * width
        for column in layout.columns:
            if column.name in rules:
                text = row[rules.index(column.name)]
                if len(text) > column.length:
                    reason = f"it is longer than {column.length} characters"
                    raise ValidationFailed("codec.cannot_carry", what=f"{column.name} {text}", reason=reason)
                line[column.start - 1 : column.start - 1 + len(text)] = text
        lines.append("".join(line).rstrip())
    return ("\r\n".join(lines) + "\r\n").encode(layout.encoding or "utf-8")
