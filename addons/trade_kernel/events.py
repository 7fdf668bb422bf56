"""The catalogue of business events: what we announce, as CloudEvents 1.0 with a JSON Schema for each type.

An addon that brings a new kind of event registers it here; the documentation, the subscriptions, the API's
feed and the schemas all read this one list. A type is versioned by its last part: what its data means never
changes, a new meaning is a new version beside the old one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

SPEC_VERSION = "1.0"
#: structured mode (CloudEvents JSON event format, section 3)
MEDIA_TYPE = "application/cloudevents+json"
AUDIENCES = ("partner", "everyone", "internal")
_NAME = re.compile(r"tradelane(\.[a-z][a-z0-9_]*){2}\.v[1-9][0-9]*")


#: an amount or a quantity, such as "12.50": exact, whatever reads it
DecimalText = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["12.50"])]


def decimal_text(value: Decimal | float | int | str, digits: int | None = None) -> str:
    """A number as events carry it: no exponent, no float dust.

    :param digits: as many places, such as those of a currency; else as many as it has, at most six
    """
    number = round(Decimal(str(value)), 6 if digits is None else digits)
    text = f"{number:f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class EventData(BaseModel):
    """What an event says beyond its envelope; each type has a class of its own.

    Amounts and quantities are decimal strings, instants carry their offset, codes are those of the canonical
    documents.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event.

    :ivar name: ``tradelane.<aggregate>.<what happened>.v<n>``, the attribute ``type``
    :ivar title: for people, such as ``Order confirmed``
    :ivar summary: when exactly it is written, in one or two sentences
    :ivar model: the Odoo model of the record it is about
    :ivar data: the class of its data
    :ivar scope: what an API client or a subscriber needs to be told of it
    :ivar audience: ``partner``: the partner it concerns; ``everyone``: every partner with the scope;
        ``internal``: our own systems only. Internal systems are told everything.
    :ivar on_demand: written only while somebody listens, because it happens very often
    """

    name: str
    title: str
    summary: str
    model: str
    data: type[EventData]
    scope: str
    audience: str = "partner"
    on_demand: bool = False

    def schema(self) -> dict[str, Any]:
        """The JSON Schema (2020-12) of the data."""
        return self.data.model_json_schema()


_types: dict[str, EventType] = {}


def register(event_type: EventType) -> EventType:
    """Add a type to the catalogue.

    :raise ValueError: the name is malformed or taken, or the audience is none
    """
    if not _NAME.fullmatch(event_type.name):
        raise ValueError(f"{event_type.name} is no name of an event: tradelane.<aggregate>.<what>.v<n>.")
    if event_type.audience not in AUDIENCES:
        raise ValueError(f"{event_type.audience} is no audience: {', '.join(AUDIENCES)}.")
    if _types.setdefault(event_type.name, event_type) is not event_type:
        raise ValueError(f"{event_type.name} is registered already.")
    return event_type


def get(name: str) -> EventType:
    """:raise KeyError: there is no such type"""
    return _types[name]


def available() -> list[EventType]:
    """All types, by name."""
    return [_types[name] for name in sorted(_types)]


def envelope(
    *,
    id: str,
    type: str,
    source: str,
    time: datetime,
    subject: str | None = None,
    data: Mapping[str, Any] | None = None,
    **extensions: str,
) -> dict[str, Any]:
    """An event in the JSON format of CloudEvents 1.0.

    :param time: aware
    :param data: JSON-able; without any (a thin event) only the envelope goes
    :param extensions: further attributes, such as ``partitionkey`` (CloudEvents, extension Partitioning);
        lower case letters and digits
    """
    event = {"specversion": SPEC_VERSION, "id": id, "type": type, "source": source, "time": time.isoformat()}
    if subject:
        event["subject"] = subject
    event.update(extensions)
    if data is not None:
        event.update(datacontenttype="application/json", data=dict(data))
    return event
