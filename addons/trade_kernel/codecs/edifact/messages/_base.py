"""What a message is: which groups it has, and which methods read and write them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, ClassVar

from ....canonical import Document
from ....errors import TradeError, ValidationFailed
from ....limits import Limits
from ..._edi.syntax import Segment
from ._engine import DEFERRED, Kept, Reading, Shape, Takes
from ._writing import Writing

Group = list[Segment]
#: reads a group; what of it means nothing to us comes back
Handler = Callable[[Reading, Group], Group | None]

_GROUPS = {
    "RFF": "DTM",
    "DOC": "DTM",
    "NAD": "LOC FII RFF DTM DOC CTA COM",
    "CTA": "COM",
    "TAX": "MOA LOC",
    "CUX": "PCD DTM",
    "PAT": "DTM PCD MOA PAI FII",
    "PYT": "DTM PCD MOA PAI FII",
    "TDT": "TSR LOC DTM RFF",
    "TOD": "LOC",
    "PAC": "MEA PCI RFF DTM GIN QTY",
    "EQD": "HAN MEA FTX SEL EQA",
    "SCC": "FTX RFF QTY DTM",
    "APR": "DTM RNG",
    "ALC": "ALI DTM QTY RNG PCD MOA RTE TAX",
    "RCS": "RFF DTM FTX",
    "DGS": "FTX CTA COM",
    "HAN": "FTX",
    "EFI": "CED COM RFF DTM QTY",
    "INP": "FTX",
    "AJT": "FTX",
}
#: the scopes of orders, which most messages share
HEADER = Shape(
    "BGM DTM PAI ALI IMD FTX LOC GIS GIR RFF DOC NAD TAX CUX PAT PYT TDT TOD PAC EQD SCC APR ALC "
    "RCS AJT DGS EFI",
    _GROUPS,
)
LINE = Shape(
    "LIN PIA IMD MEA QTY PCD ALI DTM MOA GIN GIR QVR DOC PAI MTD FTX "
    "CCI PAT AJT PRI RFF PAC LOC TAX NAD ALC TDT TOD EQD SCC APR RCS",
    _GROUPS
    | {
        "PRI": "CUX APR RNG DTM",
        "LOC": "QTY DTM PCD",
        "CCI": "CAV MEA",
        "TDT": "LOC DTM",
        "MTD": "FTX",
        "STG": "QTY MOA",
    },
)
SUMMARY = Shape("MOA CNT TAX ALC", _GROUPS)
#: what a partner puts into a group though it belongs to the document
ESCALATED = {"TDT": frozenset({"DTM"})}


class Message:
    """Base of all messages; an instance holds no state and is shared.

    A subclass names its :attr:`types` and :attr:`documents`, tells which scope a segment begins in
    :attr:`starts`, and has a method for every segment it understands: ``header_dtm``, ``line_qty``,
    ``summary_moa``. Each gets the :class:`Reading` and the group (the segment and its members) and returns
    what it did not understand: nothing, some members, or the whole group, which is then kept as it stands.
    """

    #: UNH 0065
    types: ClassVar[tuple[str, ...]]
    #: the canonical documents it is written for
    documents: ClassVar[tuple[str, ...]]
    #: the segment that begins a scope, and the scope's name
    starts: ClassVar[Mapping[str, str]] = {"LIN": "line"}
    #: per scope, how its segments belong together; scopes not named are as ``line``
    shapes: ClassVar[Mapping[str, Shape]] = {"header": HEADER, "line": LINE, "summary": SUMMARY}
    #: per segment, the positions that are read; what stands elsewhere is kept
    takes: ClassVar[Mapping[str, str]] = {}
    #: whose interchange it is: the party that sends it, the one that gets it
    sender: ClassVar[str] = ""
    receiver: ClassVar[str] = ""

    _handlers: ClassVar[Mapping[str, Mapping[str, str]]]
    _takes: ClassVar[Mapping[str, Takes]]

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        scopes = {"header", "summary", *cls.starts.values()}
        cls._handlers = {
            scope: {
                name.removeprefix(f"{scope}_").upper(): name
                for name in dir(cls)
                if name.startswith(f"{scope}_") and len(name) == len(scope) + 4
            }
            for scope in scopes
        }
        takes: dict[str, str] = {}
        for base in reversed(cls.__mro__):
            takes |= vars(base).get("takes", {})
        cls._takes = {tag: Takes(spec) for tag, spec in takes.items()}

    # -- reading -----------------------------------------------------------------------------------
    def reader(self, unh: Segment | None, bgm: Segment | None) -> "Message":
        """What reads this message: another mapping when BGM says that it is another document.

        :param bgm: when there is one among the first segments.
        """
        return self

    def read(
        self, message, options: Mapping[str, Any], limits: Limits
    ) -> tuple[str, Document | None, tuple[TradeError, ...]]:
        """The canonical document of an ``envelope.Message``: its type, itself, or the errors."""
        segments = message.segments()
        first: Group = []
        for segment in segments:
            first.append(segment)
            if segment.tag == "BGM" or len(first) == 5:
                break
        bgm = next((segment for segment in first if segment.tag == "BGM"), None)
        mapping = self.reader(first[0] if first else None, bgm)
        document_type = mapping.documents[0]
        reading = Reading(document_type, message.envelope, options, limits, mapping.shape("header"))
        mapping.begin(reading)
        mapping._read(reading, chain(first, segments))
        reading.end()
        mapping.finish(reading)
        document, errors = reading.draft.finish(limits)
        return document_type, document, errors

    def begin(self, reading: Reading) -> None:
        """Before the first segment."""

    def finish(self, reading: Reading) -> None:
        """After the last one: what is missing is filled in, what is contradictory told."""

    def shape(self, scope: str) -> Shape:
        """How the segments of a scope belong together."""
        return self.shapes.get(scope, self.shapes["line"])

    def _read(self, reading: Reading, segments: Iterable[Segment]) -> None:
        scope, group, allowed = "header", [], frozenset()
        members = self.shape(scope).members
        for segment in segments:
            tag = segment.tag
            if group:
                if tag in allowed:
                    group.append(segment)
                    continue
                self.dispatch(scope, reading, group)
                group = []
            if tag in self.starts:
                scope = self.starts[tag]
                members = self.shape(scope).members
            elif tag == "UNS" and segment(1) != "D":
                scope = "summary"
                members = self.shape(scope).members
                reading.begin((), self.shape(scope), "summary")
                continue
            elif tag in ("UNH", "UNT", "UNS"):
                continue
            group, allowed = [segment], members.get(tag, frozenset())
        if group:
            self.dispatch(scope, reading, group)

    def dispatch(self, scope: str, reading: Reading, group: Group) -> None:
        """Hand a group to the method for it, and keep what it leaves over."""
        head = group[0]
        name = self._handlers[scope].get(head.tag)
        left = group if name is None else getattr(self, name)(reading, group)
        reading.previous = head
        if left is not DEFERRED:
            self.settle(scope, reading, group, left or [])

    def settle(self, scope: str, reading: Reading, group: Group, left: Group) -> None:
        """Keep what a group leaves over.

        :param left: the whole group, or those of its members that mean nothing to us.
        """
        head = group[0]
        if left and left[0] is head:
            reading.kept.keep(group)
            return
        key = ""
        if head.tag != "NAD":  # a party keeps for itself
            key = self.understood(reading.kept, head)
            for segment in group[1:]:
                if segment not in left:
                    self.understood(reading.kept, segment)
        for segment in left:
            if not key or segment.tag in ESCALATED.get(head.tag, ()):
                self.dispatch(scope, reading, [segment])
            else:
                reading.kept.groups.setdefault(key, []).append(segment.portable)

    def understood(self, kept: Kept, segment: Segment) -> str:
        """Remember what the segment says beyond its mapping; its key in that scope."""
        return kept.understood(segment, self._takes.get(segment.tag))

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: Document, out: Writing) -> None:
        """Write everything between UNH and UNT.

        :raise ValidationFailed: when the document cannot be said in this message.
        """
        raise NotImplementedError

    def writes(self, document: Document) -> bool:
        """Whether this is the message for a document."""
        return document.document_type in self.documents

    def written_references(self, documents: Sequence[Document]) -> tuple[str, list[str]]:
        """The interchange's reference and those of its messages, where the profile names none."""
        return "1", [str(number) for number in range(1, len(documents) + 1)]

    def written_type(self, document: Document) -> str:
        """UNH 0065 of the message a document is written as."""
        return self.types[0]

    def written_version(self, profile: Any) -> tuple[str, ...]:
        """UNH S009 behind the type: version, release, agency, association."""
        return profile.version, profile.release, profile.agency, profile.association

    def cannot(self, what: str, reason: str) -> ValidationFailed:
        """The error that :meth:`write` raises."""
        return ValidationFailed("codec.cannot_carry", what=what, reason=reason)
