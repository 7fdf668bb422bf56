"""What answers look like; the description and the tests take their schemas from these classes."""

from datetime import datetime
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from odoo.addons.trade_kernel.canonical import DOCUMENTS


class Item(BaseModel):
    """A part of an answer. Further fields may be added in time; readers pass over what they do not know."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class SentDocument(Item):
    """A document we sent, or hold ready to be fetched."""

    number: str
    """The document's number, such as the number of the order."""
    revision: int
    """Counts up with every change; the highest one counts."""
    state: Literal["queued", "sent", "acknowledged", "rejected"]
    """`queued`: ready, not fetched yet. `sent`: you have it, and your answer is awaited. `acknowledged`:
    done. `rejected`: you refused it."""
    mode: Literal["live", "test"]
    """`test`: from an exchange that is being tried out; do not act on it."""
    sent_at: datetime | None
    """When you got it."""
    etag: str
    """The entity tag of this document at its own address."""
    url: str
    """Its own address."""


@cache
def sent_document(document_type: str) -> type[SentDocument]:
    """The class of a document of this type as it is read."""
    document = DOCUMENTS[document_type]
    return create_model(
        f"Sent{document.__name__}",
        __base__=SentDocument,
        __doc__=SentDocument.__doc__,
        document=(document, Field(description="The document in canonical JSON.")),
    )


class Error(Item):
    """One thing that is wrong with a document, and what to do about it."""

    model_config = ConfigDict(populate_by_name=True, use_attribute_docstrings=True)

    class_: str = Field(alias="class")
    """`validation`, `mapping`, `business`, `duplicate`, `sequence` or `internal`."""
    code: str
    """Never changes; for programs."""
    detail: str
    """One sentence."""
    pointer: str | None
    """Where: a JSON pointer, or segment and element, or row and column; empty for the whole document."""
    remedy: str
    """What to do."""


class PartOfFile(Item):
    """One document of a file that held several."""

    id: int
    state: str
    status_url: str


class Decision(Item):
    """What we decided about one line of a document."""

    line: str
    """The number of the line, as in the order; of master data, the field."""
    decision: Literal["pending", "accepted", "countered", "rejected"]
    """`countered`: the changed order that follows says what we propose. `pending`: one of us decides."""
    decided_at: datetime | None
    reason: str | None = None
    """What happened, in words."""


class OurAnswer(Item):
    """What we answered to a document."""

    answer: Literal["pending", "accepted", "rejected", "none"]
    """`none`: there is nothing to answer, because it repeats another document or was replaced."""
    at: datetime | None
    decisions: list[Decision]
    """By line, where lines are decided about."""


class Status(Item):
    """What became of a document."""

    id: int
    state: Literal["received", "decoded", "applied", "held", "rejected", "ignored"]
    """`received`, `decoded`: on its way. `applied`: done. `held`: waits, see the problems. `rejected`: not
    accepted. `ignored`: repeats another one or was replaced by one."""
    meaning: str
    """The state in one sentence."""
    document_type: str | None
    document_number: str | None
    mode: Literal["live", "test"]
    trace_id: str
    received_at: datetime
    done_at: datetime | None
    acknowledgement: OurAnswer
    problems: list[Error]
    replaced_by: str | None = None
    """The address of the document that took its place."""
    parts: list[PartOfFile] | None = None
    """When one file held several documents: each of them, the first thousand."""


class Stored(Item):
    """A document that was stored."""

    id: int
    status_url: str
    """Where to ask what became of it."""


class CloudEvent(Item):
    """A business event (CloudEvents 1.0, JSON format). The schema of `data` is that of its type."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    specversion: Literal["1.0"]
    id: str
    """The same in the feed and in every delivery of the event: by it, know what you have seen."""
    type: str
    source: str
    time: datetime
    subject: str | None = None
    partitionkey: str | None = None
    """The same for all events about one record; these come in their order."""
    datacontenttype: str | None = None
    data: dict[str, Any] | None = None


class ParameterError(Item):
    """One thing that is wrong with the query."""

    parameter: str
    detail: str


class DocumentError(Error):
    """One thing that is wrong with a document of a request that waited."""

    part: int | None = None
    """Which document of the file, when it held several; counted from 1."""


class Problem(Item):
    """Why a request was not taken, and what to do about it (RFC 9457)."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    type: str = Field(pattern="^urn:tradelane:problem:")
    """Which kind of problem; never changes. For programs."""
    title: str
    """The kind in one sentence."""
    status: int
    """The HTTP status."""
    remedy: str
    """What to do."""
    help: str
    """The page that says more."""
    detail: str | None = None
    """One sentence on this very case."""
    errors: list[ParameterError | DocumentError] = []
    """Everything that is wrong with the query or the document, all at once."""
