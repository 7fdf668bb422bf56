"""What a layout says: how a partner's table or tree is written, and which canonical field stands where."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ...canonical import DOCUMENTS
from ...errors import ValidationFailed
from ...identifiers import LABEL_FIELDS

FORMATS = ("csv", "fixed", "xlsx", "json", "xml")
KINDS = ("text", "number", "date", "time", "yes_no")


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Said):
    """A column of a fixed-width file."""

    name: str = Field(min_length=1, max_length=100)
    start: int = Field(ge=1, le=100_000)
    """The first character, counted from 1."""
    length: int = Field(ge=1, le=100_000)


class Rule(_Said):
    """Where one canonical field comes from, and what is made of what stands there.

    Several steps may be said; they are done in this order: ``gs1``, ``strip_zeros``, ``upper``, ``cut``,
    ``map``, ``default``, then the value is read as ``kind``.
    """

    to: str = Field(min_length=1, max_length=200)
    """The canonical field, with dots: ``order_lines.item.name``."""
    source: str = Field("", max_length=500)
    """A column's name or number (``#3``), a JMESPath expression, an XPath."""
    constant: str | None = Field(None, max_length=1000)
    """Always this, wherever it comes from."""
    kind: Literal[KINDS] = "text"
    date_format: str = Field("", max_length=40)
    """``strptime`` codes, such as ``%d.%m.%Y``; empty: the layout's."""
    map: dict[str, str] = Field(default_factory=dict, max_length=5000)
    """Their word → ours. What is not in it stays as it is, unless ``map_only``."""
    map_only: bool = False
    default: str = Field("", max_length=1000)
    """What an empty place means."""
    required: bool = False
    gs1: Literal["", *LABEL_FIELDS] = ""
    """The place holds a GS1 element string, as labels have it; take this out of it. Weights are in kg."""
    strip_zeros: bool = False
    """Take zeros off the front: ``000123`` is ``123``."""
    upper: bool = False
    cut: tuple[int, int] | None = None
    """From which character (1) to which one, both included."""
    factor: str = Field("", max_length=30)
    """What a number is multiplied by: ``0.01`` for prices in cents."""

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.to.split("."))


class Layout(_Said):
    """One partner's dialect of one document."""

    format: Literal[FORMATS]
    document_type: str
    encoding: str = Field("", max_length=40)
    """Empty: told by the mark at the beginning, else UTF-8, else Windows-1252."""
    delimiter: str = Field("", max_length=5)
    """Of a CSV file; empty: told by the file. ``\\t`` is a tab."""
    quote: str = Field('"', max_length=1)
    header_row: int = Field(1, ge=0, le=1000)
    """Which row has the names of the columns; 0: none, columns are ``#1``, ``#2`` …"""
    skip_rows: int = Field(0, ge=0, le=1000)
    """Rows between the names and the data."""
    skip_last: int = Field(0, ge=0, le=1000)
    """Rows at the end that are no data, such as a sum."""
    comment: str = Field("", max_length=10)
    """Rows that begin with it are no data."""
    sheet: str = Field("", max_length=100)
    """Of an XLSX file: its name or number; empty: the first."""
    columns: tuple[Column, ...] = ()
    """Of a fixed-width file."""
    rows: str = Field("", max_length=500)
    """Where the rows are in a JSON or XML file: a JMESPath expression or an XPath."""
    namespaces: dict[str, str] = Field(default_factory=dict)
    """Prefixes used in XPaths."""
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    date_format: str = Field("%Y-%m-%d", max_length=40)
    timezone: str = Field("UTC", max_length=60)
    group_by: tuple[str, ...] = ()
    """Sources that together name a document: rows that share them are one. Empty: all rows are one."""
    chunk_lines: int = Field(0, ge=0, le=20_000)
    """More lines than this become several documents, numbered; 0: as many as there may be."""
    rules: tuple[Rule, ...] = Field(min_length=1, max_length=500)

    @field_validator("document_type")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in DOCUMENTS:
            raise ValueError(f"there is no document type {value}; known are {', '.join(DOCUMENTS)}")
        return value

    @model_validator(mode="after")
    def _complete(self):
        if self.format == "fixed" and not self.columns:
            raise ValueError("a fixed-width layout needs its columns")
        if self.format in ("json", "xml") and not self.rows:
            raise ValueError("say where the rows are")
        for rule in self.rules:
            problem = unknown_step(self.document_type, rule.path)
            if problem:
                raise ValueError(f"{rule.to}: {problem}")
            if not rule.source and rule.constant is None and not rule.default:
                raise ValueError(f"{rule.to}: say where it comes from, or a constant")
        return self

    @property
    def line_field(self) -> str | None:
        """The field rows become lines in, if the document has lines and a rule fills them."""
        names = DOCUMENTS[self.document_type].LINES
        return next((name for name in names if any(rule.path[0] == name for rule in self.rules)), None)

    def of_lines(self) -> tuple[Rule, ...]:
        """The rules of each row."""
        return tuple(rule for rule in self.rules if rule.path[0] == self.line_field)

    def of_head(self) -> tuple[Rule, ...]:
        """The rules of a document's first row."""
        return tuple(rule for rule in self.rules if rule.path[0] != self.line_field)


def read(said: Any) -> Layout:
    """The layout that plain values describe.

    :raise ValidationFailed: ``layout.invalid`` with everything that is wrong.
    """
    if isinstance(said, Layout):
        return said
    if not isinstance(said, Mapping):
        raise ValidationFailed("layout.missing")
    try:
        return Layout.model_validate(dict(said))
    except ValidationError as error:
        reasons = []
        for detail in error.errors(include_url=False, include_input=False)[:10]:
            where = ".".join(map(str, detail["loc"]))
            words = detail["msg"].removeprefix("Value error, ").rstrip(".")
            reasons.append(f"{where}: {words}" if where else words)
        raise ValidationFailed("layout.invalid", reason="; ".join(reasons)) from error


def fields_of(document_type: str) -> dict[str, str]:
    """Every canonical field a rule may fill: its path with dots → what it is."""
    found: dict[str, str] = {}
    _collect(DOCUMENTS[document_type], "", found, 0)
    return found


def _collect(model: type[BaseModel], prefix: str, found: dict[str, str], depth: int) -> None:
    for name, info in model.model_fields.items():
        if name in ("document_type", "schema_version") or depth > 5:
            continue
        inner = _model_in(info.annotation)
        path = f"{prefix}{name}"
        if inner is None:
            found[path] = (info.description or "").partition(" UBL:")[0].strip()
        else:
            _collect(inner, f"{path}.", found, depth + 1)


def unknown_step(document_type: str, path: tuple[str, ...]) -> str | None:
    """What is wrong with a path into a document, in words; ``None`` when nothing is."""
    model: type[BaseModel] | None = DOCUMENTS[document_type]
    for position, step in enumerate(path):
        if model is None:
            return f"{'.'.join(path[:position])} has no parts"
        if step not in model.model_fields:
            return f"there is no {step} in {'.'.join(path[:position]) or 'the document'}"
        if step == "extensions":
            return None if position < len(path) - 1 else "name what is kept, after a dot"
        model = _model_in(model.model_fields[step].annotation)
    return "it has parts; name one of them" if model is not None else None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in ``Part | None`` or ``tuple[Part, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (model := _model_in(inner)) is not None:
            return model
    return None


def is_list(document_type: str, path: tuple[str, ...]) -> bool:
    """Whether the field at ``path`` holds several values."""
    return getattr(_annotation_at(document_type, path), "__origin__", None) is tuple


def is_whole(document_type: str, path: tuple[str, ...]) -> bool:
    """Whether the field at ``path`` holds a whole number, such as a revision."""
    return _holds_whole(_annotation_at(document_type, path))


def _annotation_at(document_type: str, path: tuple[str, ...]) -> Any:
    """The type of the field at ``path``; ``None`` where there is none."""
    model, annotation = DOCUMENTS[document_type], None
    for step in path:
        if step not in model.model_fields:
            return None
        annotation = model.model_fields[step].annotation
        model = _model_in(annotation) or model
    return annotation


def _holds_whole(annotation: Any) -> bool:
    """Whether it is ``int``, ``int | None`` or an annotated one of these."""
    return annotation is int or any(map(_holds_whole, getattr(annotation, "__args__", ())))
