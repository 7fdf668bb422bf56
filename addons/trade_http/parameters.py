"""Query parameters: classes say what there may be, and every mistake is told at once."""

import contextlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)

from odoo.addons.trade_kernel import events

MAX_WAIT = 10  # seconds; longer than that a proxy or a client may hang up
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)


def _instant(value: Any) -> datetime:
    """RFC 3339, with an offset; a leap second counts as the second before it."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        text = re.sub(r":60(?=[.Zz+-])", ":59", value.upper(), count=1)
        text = re.sub(r"(\.\d{6})\d+", r"\1", text)
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(text)
    raise ValueError("expected an instant with its offset, such as 2026-01-31T08:00:00Z")


def _whole(value: Any) -> Any:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("expected a whole number")
    return value


#: an instant with its offset (RFC 3339)
Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
Whole = Annotated[int, BeforeValidator(_whole)]


def _event_type(value: str) -> str:
    try:
        return events.get(value).name
    except KeyError:
        raise ValueError(f"there is no type {value[:100]}; the types stand in the description") from None


class _EventTypes:
    """In the schema, the types there are when it is asked for."""

    def __get_pydantic_json_schema__(self, core_schema, handler):
        return {"type": "string", "enum": [event_type.name for event_type in events.available()]}


EventTypeName = Annotated[str, AfterValidator(_event_type), _EventTypes()]
#: a cursor as an answer's ``next`` gave it
Cursor = Annotated[str, Field(min_length=1, max_length=400, json_schema_extra={"format": "cursor"})]
Wait = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_WAIT,
        description="Seconds to wait for the outcome before answering. Few requests can wait at a time; when "
        "too many do, the answer comes at once and the header `Trade-Wait: busy` says so.",
    ),
    BeforeValidator(_whole),
]


class Params(BaseModel):
    """Query parameters of an operation; what is not declared is refused: no typing error is silent."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageParams(Params):
    """Parameters of every list."""

    after: Cursor | None = Field(None, description="Where to go on: `next` of the answer before.")
    limit: Whole = Field(100, ge=1, le=1000, description="How many items at most.")


class DocumentParams(PageParams):
    """Parameters of the documents we send."""

    since: Instant | None = Field(
        None,
        description="Only documents sent at or after this instant, and those that wait to be fetched. To "
        "miss none, go on with `after` instead.",
    )


class EventParams(PageParams):
    """Parameters of the event feed."""

    type: list[EventTypeName] = Field(
        [],
        max_length=50,
        description="Only events of this type; may be given several times. Without it, all types your scopes "
        "allow.",
    )
    wait: Wait = Field(0)


class StatusParams(Params):
    """Parameters of what became of a document."""

    wait: Wait = Field(0)


class PushParams(Params):
    """Parameters of ``POST``; others are ignored, because a document must not be lost for one."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    wait: Wait = Field(0)


class AnyDocumentParams(PushParams):
    """Parameters of ``POST /documents``."""

    type: str | None = Field(
        None,
        max_length=64,
        description="Which kind of document it is, when the media type alone leaves several, such as "
        "`order_response`.",
    )


class ParameterErrors(Exception):
    """Query parameters that cannot be: ``errors`` is a list of ``{parameter, detail}``, all of them."""

    def __init__(self, errors):
        super().__init__("; ".join(f"{error['parameter']}: {error['detail']}" for error in errors))
        self.errors = errors


def read(params: type[Params], given, checks: Mapping[str, Callable[[str], Any]] | None = None) -> Params:
    """The parameters of a request.

    :param given: a MultiDict of texts
    :param checks: by name, what raises ``ValueError`` with a sentence; for what only the caller can check
    :raise ParameterErrors: with all that is wrong
    """
    values, errors = {}, []
    for name, texts in given.lists():
        several = name in params.model_fields and get_origin(params.model_fields[name].annotation) is list
        if several or len(texts) == 1:
            values[name] = texts if several else texts[0]
        elif name in params.model_fields:
            errors.append({"parameter": name, "detail": "It is given more than once."})
    for name, check in (checks or {}).items():
        try:
            if name in values:
                check(values[name])
        except ValueError as error:
            errors.append({"parameter": name, "detail": str(error)})
            del values[name]
    try:
        found = params.model_validate(values)
    except ValidationError as error:
        errors += [_sentence(detail, params) for detail in error.errors(include_url=False)]
    if errors:
        raise ParameterErrors(errors)
    return found


def _sentence(detail, params):
    name, limits = str(detail["loc"][0]), detail.get("ctx") or {}
    match detail["type"]:
        case "extra_forbidden":
            words = f"There is no such parameter. There are: {', '.join(params.model_fields) or 'none'}."
        case "greater_than_equal":
            words = f"It must be {limits['ge']} or more."
        case "less_than_equal":
            words = f"It must be {limits['le']} or less."
        case "string_too_short" | "string_too_long":
            words = "It is too short." if detail["type"].endswith("short") else "It is too long."
        case "missing":
            words = "It is missing."
        case _:
            words = detail["msg"].removeprefix("Value error, ").rstrip(".")
            words = f"{words[:1].upper()}{words[1:]}."
    return {"parameter": name, "detail": words}


def naive_utc(moment: datetime) -> datetime:
    """An aware instant as Odoo stores it; what lies before or after all calendars, as their first or last."""
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return datetime.min if moment.year == 1 else datetime.max
