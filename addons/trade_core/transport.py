"""What transports and the pipeline tell each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, NamedTuple


class Permit(NamedTuple):
    """Whether a connector may be called now."""

    allowed: bool
    not_before: datetime | None = None  # naive UTC; when to ask again
    reason: str | None = None  # plain words, shown to people
    waits_for_partner: bool = False  # the circuit is open: the partner, not our own limit, is the reason
    count: int = 1  # how many calls; fewer than asked for where the rate limit or a probe says so


@dataclass(frozen=True, slots=True)
class SendResult:
    """What came of one call; made without a database, redacted before it is built."""

    # "ok" | "retry": try again later | "auth": credentials refused | "refused": will never pass as it is
    outcome: str
    http_status: int | None = None
    retry_after: float | None = None  # seconds, as the partner asked
    detail: str = ""  # what the other side said
    duration_ms: float = 0.0
    stop: bool = False  # whatever came of this one, nothing more goes before a person or a policy has decided


class Beside(NamedTuple):
    """A file that came beside a document and is none itself: the picture of an invoice."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """One document a poll brought."""

    raw: bytes | BinaryIO  # a file, opened, where it may be large
    key: str  # the partner's own id of it, or name and digest
    content_type: str | None = None
    filename: str | None = None
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll brought; ``call`` failed when ``result.outcome`` is not "ok"."""

    result: SendResult
    documents: tuple[Fetched, ...] = ()
    cursor: str | None = None  # where the next poll goes on
    etag: str | None = None  # what the partner called this answer, to be told "nothing new" the cheap way
    more: bool = False  # there is more than came with this call: ask again at once
    silent: bool = False  # nothing came and it is asked often: not worth a line among the calls
    done: object = (
        None  # called without a database after the documents are committed: tell the partner they were taken
    )
