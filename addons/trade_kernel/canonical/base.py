"""The ground of the canonical documents: field types, the base classes, identity and digest."""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from typing_extensions import TypeAliasType

from ..errors import said
from ..limits import (
    MAX_DECIMALS,
    MAX_EXTENSION_VALUES,
    MAX_ID,
    MAX_INTEGER_DIGITS,
    MAX_NAME,
    MAX_NOTE,
    MAX_NUMBER_CHARACTERS,
)
from .codes import COUNTRIES, CURRENCIES

#: the version of the published JSON Schema; the first number changes when old documents stop being valid
SCHEMA_VERSION = "1.0"

# PostgreSQL stores no NUL and UTF-8 carries no lone surrogate; other control characters are never meant.
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_PRINTABLE = rf"^[^{_CONTROL}]*$"
# Unicode's White_Space: what is dropped around a text.
_SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACES = re.compile(f"[{_SPACE}]*")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_USUAL_NUMBER = re.compile(rf"\d{{1,{MAX_INTEGER_DIGITS}}}(?:\.\d{{1,{MAX_DECIMALS}}})?", re.ASCII)
_DIGITS = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?"
_ZERO = r"(0+(\.0*)?|\.0+)([eE][+-]?[0-9]{1,4})?"
_NUMBER = re.compile(f"[{_SPACE}]*([+-]?{_DIGITS})[{_SPACE}]*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_HOUR = "([01][0-9]|2[0-3]):[0-5][0-9]"
_TIME_OF_DAY = rf"^[{_SPACE}]*({_HOUR}(:[0-5][0-9](\.[0-9]{{1,6}})?)?(Z|[+-]{_HOUR}))[{_SPACE}]*$"
_TIME = re.compile(_TIME_OF_DAY)
_VERSION = re.compile(r"^1\.[0-9]+$")


def refused(code: str, **params: Any) -> PydanticCustomError:
    """The error a validator raises: ``code`` is one of the kernel's error codes."""
    return PydanticCustomError(code, code, params)


def shown(value: Any) -> str:
    """``value`` as a sentence can quote it: short, and never failing."""
    if value is None:
        return "empty"
    text = str(value) if isinstance(value, Decimal | int) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _decimal(value: Any) -> Decimal:
    if isinstance(value, str) and _USUAL_NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, bool | float):
        raise refused("number.invalid", value=shown(value))
    try:
        if isinstance(value, str):
            if len(value) > MAX_NUMBER_CHARACTERS or not (found := _NUMBER.fullmatch(value)):
                raise refused("number.invalid", value=shown(value))
            value = found[1]
        elif not isinstance(value, Decimal | int):
            raise refused("number.invalid", value=shown(value))
        number = Decimal(value)
    except (InvalidOperation, ValueError) as error:
        raise refused("number.invalid", value=shown(value)) from error
    if not number.is_finite():
        raise refused("number.invalid", value=shown(value))
    _sign, digits, exponent = number.as_tuple()
    if not number:
        return Decimal(0) if exponent >= 0 else Decimal((0, (0,), max(exponent, -MAX_DECIMALS)))
    if len(digits) + exponent > MAX_INTEGER_DIGITS:
        raise refused("number.range", reason=said("value.digits", limit=MAX_INTEGER_DIGITS))
    if exponent < -MAX_DECIMALS:
        raise refused("number.range", reason=said("value.decimals", limit=MAX_DECIMALS))
    return number


def plain(number: Decimal) -> str:
    """``number`` in digits, without an exponent."""
    return format(number, "f")


def _not_negative(number: Decimal) -> Decimal:
    if number < 0:
        raise refused("quantity.negative", value=plain(number))
    return number


def _whole(value: Any) -> Any:
    """3.0 is the whole number 3, in JSON as in JSON Schema."""
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return int(value) if abs(value) < 10**MAX_INTEGER_DIGITS else value
    return value


def _date(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise refused("date.invalid", value=shown(value)) from error
    raise refused("date.invalid", value=shown(value))


def _time(value: Any) -> time:
    if isinstance(value, str) and (found := _TIME.fullmatch(value)):
        value = time.fromisoformat(found[1])
    if not isinstance(value, time) or value.utcoffset() is None:
        raise refused("time.invalid", value=shown(value))
    return value


def _code(code: str, known: frozenset[str]):
    def check(value: str) -> str:
        if value not in known:
            raise refused(code, value=shown(value))
        return value

    return check


def _matching(code: str, pattern: str):
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise refused(code, value=shown(value))
        return value

    return check


def _blank_to_none(value: Any) -> Any:
    return None if isinstance(value, str) and _SPACES.fullmatch(value) else value


def _one_or_more(value: Any) -> Any:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


_SIGN = f"[^{_CONTROL}{_SPACE}]"  # what can be seen
_FILLED = f"{_SIGN}([^{_CONTROL}]*{_SIGN})?"


def _text(limit: int):
    schema = {"type": "string", "pattern": f"^[{_SPACE}]*{_FILLED}[{_SPACE}]*$", "maxLength": limit}
    return Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=limit, pattern=_PRINTABLE),
        WithJsonSchema(schema),
    ]


def _optional(text, limit: int):
    pattern = f"^[{_SPACE}]*({_FILLED}[{_SPACE}]*)?$"
    schema = {"type": ["string", "null"], "pattern": pattern, "maxLength": limit}
    return Annotated[text | None, BeforeValidator(_blank_to_none), WithJsonSchema(schema)]


#: an identifier or code; surrounding blanks are dropped
Id = _text(MAX_ID)
Name = _text(MAX_NAME)
Note = _text(MAX_NOTE)
#: a code out of a list, exactly as it stands there
_Code = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID, pattern=_PRINTABLE)]
_FILE = "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
#: a file within a document, base64 without line ends
Base64 = Annotated[
    str,
    AfterValidator(_matching("field.base64", _FILE)),
    WithJsonSchema({"type": "string", "pattern": f"^{_FILE}$"}),
]
OptionalId = _optional(Id, MAX_ID)
OptionalName = _optional(Name, MAX_NAME)


class _OneOrMore:
    """In the schema: a list, one without its list, or none."""

    def __get_pydantic_json_schema__(self, core_schema, handler):
        several = handler(core_schema)
        return {"anyOf": [several, several["items"], {"type": "null"}]}


#: several texts; a single one may be given without its list
Notes = Annotated[tuple[Note, ...], BeforeValidator(_one_or_more), _OneOrMore()]


def _number_schema(signed: str) -> dict[str, Any]:
    return {
        "type": ["string", "number"],
        "pattern": f"^[{_SPACE}]*{signed}[{_SPACE}]*$",
        "maxLength": MAX_NUMBER_CHARACTERS,
    }


#: an exact number: text in JSON that leaves, text or a number in JSON that comes
Number = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema(_number_schema(f"[+-]?{_DIGITS}")),
]
PositiveNumber = Annotated[
    Number,
    AfterValidator(_not_negative),
    WithJsonSchema(_number_schema(f"([+]?{_DIGITS}|-{_ZERO})") | {"minimum": 0}),
]
Date = Annotated[
    date,
    BeforeValidator(_date),
    WithJsonSchema({"type": "string", "format": "date", "pattern": "^([1-9]|0[1-9]|00[1-9]|000[1-9])"}),
]
Time = Annotated[time, BeforeValidator(_time), WithJsonSchema({"type": "string", "pattern": _TIME_OF_DAY})]
Revision = Annotated[int, Field(strict=True, ge=0, le=999_999), BeforeValidator(_whole)]
Currency = Annotated[
    _Code,
    AfterValidator(_code("currency.unknown", CURRENCIES)),
    WithJsonSchema({"type": "string", "enum": sorted(CURRENCIES), "description": "ISO 4217"}),
]
Country = Annotated[
    _Code,
    AfterValidator(_code("country.unknown", COUNTRIES)),
    WithJsonSchema({"type": "string", "enum": sorted(COUNTRIES), "description": "ISO 3166-1 alpha-2"}),
]
#: Only the form is checked: an unlisted code is a question of mapping, which a person can answer.
UnitCode = Annotated[
    _Code,
    AfterValidator(_matching("unit.malformed", "[A-Z0-9]{1,3}")),
    WithJsonSchema(
        {"type": "string", "pattern": "^[A-Z0-9]{1,3}$", "description": "UN/ECE Rec 20; Rec 21 after X"}
    ),
]
SchemeId = Annotated[
    _Code,
    AfterValidator(_matching("scheme.malformed", "[0-9]{4}")),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}$", "description": "ISO 6523 ICD or EAS"}),
]


def _extension_number(number: Decimal | int) -> int | str:
    """As it came, as far as that can be kept: what no field of ours could hold stays as the text it was."""
    try:
        kept = _decimal(number)
    except PydanticCustomError:
        return str(number)
    return int(kept) if isinstance(number, int) else plain(kept)


def _extensions(value: Any) -> Any:
    """A JSON object, copied; decimals become text as everywhere in canonical JSON."""
    if not isinstance(value, dict):
        raise refused("field.type", expected=said("value.object"), value=shown(value))
    left = MAX_EXTENSION_VALUES

    def copied(part: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise refused("field.too_long", limit=MAX_EXTENSION_VALUES)
        if part is None or isinstance(part, bool):
            return part
        if isinstance(part, str):
            if _UNPRINTABLE.search(part):
                raise refused("field.text")
            return part
        if isinstance(part, Decimal | int):
            return _extension_number(part)
        if depth and isinstance(part, dict):
            return {copied(key, 0): copied(inner, depth - 1) for key, inner in part.items()}
        if depth and isinstance(part, list | tuple):
            return [copied(inner, depth - 1) for inner in part]
        raise refused("field.value", value=shown(part), reason=said("value.json"))

    return copied(value, 16)


_Printable = Annotated[str, Field(pattern=_PRINTABLE)]
_Values = Annotated[
    dict[str, "ExtensionValue"], Field(json_schema_extra={"propertyNames": {"pattern": _PRINTABLE}})
]
ExtensionValue = TypeAliasType(
    "ExtensionValue", "_Printable | int | float | bool | None | list[ExtensionValue] | _Values"
)


class _AnyJson:
    """In the schema: an object of any JSON values, none with a control character."""

    _shape = TypeAdapter(_Values).core_schema

    def __get_pydantic_json_schema__(self, core_schema, handler):
        return handler(self._shape)


#: what the partner sends beyond the model, kept and passed on, never interpreted
Extensions = Annotated[dict[str, Any], BeforeValidator(_extensions), _AnyJson()]


def _flag(value: Any) -> Any:
    return _FLAGS.get(value, value) if isinstance(value, str) else value


_FLAGS = {"true": True, "1": True, "false": False, "0": False}
#: yes or no; as text when it comes from XML (XML Schema 1.1, 3.3.2)
Flag = Annotated[
    bool,
    Field(strict=True),
    BeforeValidator(_flag),
    WithJsonSchema({"enum": [True, False, *_FLAGS]}),
]


def one_of(**shapes: dict[str, Any]) -> dict[str, Any]:
    """A schema: at least one of these fields is there and has this shape."""
    return {"anyOf": [{"required": [name], "properties": {name: shape}} for name, shape in shapes.items()]}


#: shapes for :func:`one_of`
OBJECT = {"type": "object"}
TEXT = {"type": "string", "pattern": _SIGN}
SOME = {"type": "array", "minItems": 1}


class Part(BaseModel):
    """A part of a canonical document: immutable, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


Problem = tuple[tuple[str | int, ...], PydanticCustomError, Any]


class Checked(Part):
    """A part whose fields have to agree with each other."""

    def _problems(self) -> Iterable[Problem]:
        """Contradictions: the place below this part, :func:`refused` with the code, the value there."""
        return ()

    @model_validator(mode="after")
    def _agree(self):
        problems = [
            InitErrorDetails(type=error, loc=place, input=value) for place, error, value in self._problems()
        ]
        if problems:
            raise ValidationError.from_exception_data(type(self).__name__, problems)
        return self


class Document(Checked):
    """What every canonical document has in common."""

    #: fields holding the lines, for limits and counts
    LINES: ClassVar[tuple[str, ...]] = ()

    document_type: str
    """Which of the canonical documents this is."""
    schema_version: Annotated[str, Field(json_schema_extra={"pattern": _VERSION.pattern})] = SCHEMA_VERSION
    """Version of this schema the document follows."""
    id: Id
    """The document's own number. UBL: cbc:ID"""
    sequence_number: Revision = 0
    """Revision of the document, counted up by its sender. UBL: cbc:SequenceNumberID"""
    issue_date: Date
    """Day of issue. UBL: cbc:IssueDate"""
    issue_time: Time | None = None
    """Time of issue, with its offset from UTC. UBL: cbc:IssueTime"""
    note: Notes = ()
    """Free text for people. UBL: cbc:Note"""
    extensions: Extensions = Field(default_factory=dict)
    """What the partner sends beyond the model. UBL: ext:UBLExtensions"""

    def _problems(self) -> Iterable[Problem]:
        if not _VERSION.fullmatch(self.schema_version):
            yield (
                ("schema_version",),
                refused("document.version", version=shown(self.schema_version), supported=SCHEMA_VERSION),
                self.schema_version,
            )

    @property
    def document_number(self) -> str:
        """The number people know the document by."""
        return self.id

    @property
    def business_key(self) -> str:
        """Type and number: the same for every revision, unique within one partner."""
        return f"{self.document_type}:{self.id}"

    @property
    def revision(self) -> int:
        """Counts up; a lower one never overwrites a higher one."""
        return self.sequence_number

    @property
    def thread(self) -> str:
        """The number of the order this document speaks about."""
        return self.id

    @property
    def threads(self) -> tuple[str, ...]:
        """The numbers of all orders this document speaks about, :attr:`thread` first."""
        named = [self.thread]
        for line in self.lines:
            reference = getattr(line, "order_line_reference", None)
            if order := getattr(reference, "order_reference", None):
                named.append(order.id)
        return tuple(dict.fromkeys(named))

    @property
    def issued_at(self) -> datetime:
        """The instant of issue, aware; midnight UTC when only the day is known."""
        return datetime.combine(self.issue_date, self.issue_time or time(tzinfo=UTC))

    @property
    def lines(self) -> tuple[Part, ...]:
        """The document's lines, whatever their field is called."""
        return tuple(line for name in self.LINES for line in getattr(self, name))

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: decimals as text, dates and times in ISO 8601, empty fields left out."""
        head = {
            "document_type": self.document_type,
            "schema_version": self.schema_version,
            "id": self.id,
            "sequence_number": self.sequence_number,
        }
        return head | self.model_dump(mode="json", exclude_defaults=True, exclude_none=True)

    def as_json(self, indent: int | None = None) -> str:
        """The document as canonical JSON text; one line unless ``indent`` is given."""
        separators = (",", ":") if indent is None else None
        return json.dumps(self.as_dict(), ensure_ascii=False, separators=separators, indent=indent)


def canonical_digest(document: Document) -> str:
    """SHA-256 (hexadecimal) of the document's content.

    Equal for documents that say the same: ``1.0`` and ``1.00``, ``12:00Z`` and ``12:00+00:00``, an absent
    and an empty field do not differ. The schema version is not part of the content.
    """
    content = document.model_dump(exclude_defaults=True, exclude={"schema_version"})
    content = _normalised({"document_type": document.document_type, **content})
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _normalised(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _normalised(part)
            for key, part in value.items()
            if part is not None and part != () and part != {}
        }
    if isinstance(value, list | tuple):
        return [_normalised(part) for part in value]
    if isinstance(value, Decimal):
        return plain(value.normalize()) if value else "0"
    if isinstance(value, date | time):
        return value.isoformat()
    return value
