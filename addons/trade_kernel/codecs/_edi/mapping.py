"""What reads and writes one kind of message: methods by scope and segment."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from ...canonical import Document
from ...errors import ValidationFailed
from .cutting import Lines
from .reading import DEFERRED, Kept, Reading, Shape, Takes
from .syntax import Segment
from .writing import Writing

Group = list[Segment]
#: reads a group; what of it means nothing to us comes back
Handler = Callable[[Reading, Group], Group | None]
#: the identifier an address of an envelope is, if its qualifier is known
Endpoint = Callable[[Mapping[str, str]], dict[str, str] | None]

#: the scope behind all lines; what is left over there is kept apart from the header's
SUMMARY = "summary"
_TAG = re.compile("[a-z][a-z0-9]{1,2}")


class SegmentMapping:
    """Base of all mappings; an instance holds no state and is shared.

    A subclass names the canonical :attr:`documents`, tells which scope a segment begins in :attr:`starts`
    (or :meth:`enters`), and has a method for every segment it understands: ``header_dtm``, ``line_qty``,
    ``summary_moa``. Each gets the :class:`Reading` and the group (the segment and its members) and returns
    what it did not understand: nothing, some members, or the whole group, which is then kept as it stands.
    """

    #: the canonical documents it is written for; of those it reads, the first
    documents: ClassVar[tuple[str, ...]]
    #: the segment that begins a scope, and the scope's name
    starts: ClassVar[Mapping[str, str]] = {}
    #: further scopes, which :meth:`enters` tells
    scopes: ClassVar[tuple[str, ...]] = ()
    #: the segments around a message, which say nothing of it
    frame: ClassVar[frozenset[str]] = frozenset()
    #: per scope, how its segments belong together; scopes not named are as ``line``
    shapes: ClassVar[Mapping[str, Shape]]
    #: per segment, the positions that are read; what stands elsewhere is kept
    takes: ClassVar[Mapping[str, str]] = {}
    #: what a partner puts into a group though it belongs to the document
    escalated: ClassVar[Mapping[str, frozenset[str]]] = {}
    #: the segments whose groups keep for themselves what is left over: parties
    keepers: ClassVar[frozenset[str]] = frozenset()
    #: whose interchange it is: the party that sends it, the one that gets it
    sender: ClassVar[str] = ""
    receiver: ClassVar[str] = ""
    #: whether these parties must be there: then they are taken from the interchange
    needs_parties: ClassVar[bool] = False
    #: how a message too large to be read at once is cut; ``None``: it means something as a whole only
    cut: ClassVar[Lines | None] = None
    #: what :attr:`takes` is read with
    positions: ClassVar[type[Takes]] = Takes

    _names: ClassVar[Mapping[str, Mapping[str, str]]]
    _takes: ClassVar[Mapping[str, Takes]]

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        scopes = {"header", SUMMARY, *cls.starts.values(), *cls.scopes}
        cls._names = {
            scope: {
                name.removeprefix(f"{scope}_").upper(): name
                for name in dir(cls)
                if name.startswith(f"{scope}_") and _TAG.fullmatch(name.removeprefix(f"{scope}_"))
            }
            for scope in scopes
        }
        takes: dict[str, str] = {}
        for base in reversed(cls.__mro__):
            takes |= vars(base).get("takes", {})
        cls._takes = {tag: cls.positions(spec) for tag, spec in takes.items()}

    def __init__(self):
        self._handlers: dict[str, dict[str, Handler]] = {
            scope: {tag: getattr(self, name) for tag, name in names.items()}
            for scope, names in self._names.items()
        }

    # -- reading -----------------------------------------------------------------------------------
    def begin(self, reading: Reading) -> None:
        """Before the first segment."""

    def finish(self, reading: Reading) -> None:
        """After the last one: what is missing is filled in, what is contradictory told."""

    def shape(self, scope: str) -> Shape:
        """How the segments of a scope belong together."""
        return self.shapes.get(scope, self.shapes["line"])

    def enters(self, segment: Segment) -> str | None:
        """The scope that begins with a segment, if one does."""
        return self.starts.get(segment.tag)

    def read_segments(self, reading: Reading, segments: Iterable[Segment]) -> None:
        """Read all segments, group by group."""
        self.begin(reading)
        scope, group, allowed = "header", [], frozenset()
        begun: Counter[str] = Counter()
        members = self.shape(scope).members
        for segment in segments:
            tag = segment.tag
            if group:
                if tag in allowed:
                    group.append(segment)
                    continue
                self.dispatch(scope, reading, group)
                for one in group:  # places refer to them until the document is complete
                    one.fold()
                group = []
            entered = self.enters(segment)
            if entered:
                scope = entered
                begun[scope] += 1
                if begun[scope] > reading.limits.max_lines:
                    self._too_many(reading, segment, scope, segments)
                    break
                members = self.shape(scope).members
                if scope == SUMMARY:
                    reading.begin((), self.shape(scope), SUMMARY)
            if tag in self.frame:
                continue
            group, allowed = [segment], members.get(tag, frozenset())
        if group:
            self.dispatch(scope, reading, group)
        reading.end()
        self.finish(reading)

    def _too_many(self, reading: Reading, first: Segment, scope: str, rest: Iterable[Segment]) -> None:
        """What is beyond the limit is counted only: it would take more memory than it is worth."""
        limit = reading.limits.max_lines
        lines = limit + 1 + sum(self.enters(segment) == scope for segment in rest)
        reading.refuse("document.too_many_lines", first, lines=lines, limit=limit)

    def dispatch(self, scope: str, reading: Reading, group: Group) -> None:
        """Hand a group to the method for it, and keep what it leaves over."""
        head = group[0]
        handler = self._handlers[scope].get(head.tag)
        left = group if handler is None else handler(reading, group)
        reading.previous = head
        if not left and left is not DEFERRED and len(group) == 1 and head.tag not in self.keepers:
            self.note(reading.kept, head)  # by far the most common
        elif left is not DEFERRED:
            self.settle(scope, reading, group, left or [])

    def settle(self, scope: str, reading: Reading, group: Group, left: Group) -> None:
        """Keep what a group leaves over.

        :param left: the whole group, or those of its members that mean nothing to us.
        """
        head = group[0]
        if left and left[0] is head:
            reading.kept.keep(group)
            return
        keeps = head.tag in self.keepers
        if not keeps:
            self.note(reading.kept, head)
            for segment in group[1:]:
                if segment not in left:
                    self.note(reading.kept, segment)
        for segment in left:
            if keeps or segment.tag in self.escalated.get(head.tag, ()):
                self.dispatch(scope, reading, [segment])
            else:
                key = reading.kept.key_of(head)
                reading.kept.groups.setdefault(key, []).append(segment.portable)

    def note(self, kept: Kept, segment: Segment) -> None:
        """Remember what the segment says beyond its mapping."""
        kept.note(segment, self._takes.get(segment.tag))

    def read_envelope(self, reading: Reading, endpoint: Endpoint, places: tuple[str, str]) -> None:
        """Take from the interchange the addresses of its parties, and the parties that must be there.

        :param endpoint: makes an identifier of an address, where its qualifier is known.
        :param places: where the sender and the receiver stand.
        """
        draft = reading.draft
        for field, role, place in zip(
            (self.sender, self.receiver), ("sender", "receiver"), places, strict=True
        ):
            address = reading.envelope.get(role) or {}
            named = endpoint(address)
            if not field:
                continue
            if draft.get((field,)) is not None:
                draft.put((field, "endpoint_id"), named)
            elif self.needs_parties and address.get("id"):
                draft.put((field, "party_identification", 0), named or {"id": address["id"]}, place)
                draft.put((field, "endpoint_id"), named)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: Document, out: Writing) -> None:
        """Write everything between the first and the last segment of the message.

        :raise ValidationFailed: when the document cannot be said in this message.
        """
        raise NotImplementedError

    def writes(self, document: Document) -> bool:
        """Whether this is the message for a document."""
        return document.document_type in self.documents

    def written_references(self, documents: Sequence[Document]) -> tuple[str, list[str]]:
        """The interchange's reference and those of its messages, where the profile names none."""
        return "1", [str(number) for number in range(1, len(documents) + 1)]

    def cannot(self, what: str, reason: str) -> ValidationFailed:
        """The error that :meth:`write` raises."""
        return ValidationFailed("codec.cannot_carry", what=what, reason=reason)
