"""What a transaction set is: which groups it has, and which methods read and write them."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, ClassVar

from ....canonical import Document
from ....errors import TradeError
from ....limits import Limits
from ..._draft import Path
from ..._edi.mapping import SUMMARY, Group, SegmentMapping
from ..._edi.reading import DEFERRED, Kept, Reading, Shape, Takes
from ..._edi.syntax import Segment
from ..._edi.values import number
from ..._edi.writing import Writing
from ..._edi.wrong import finding
from ..profile import qualifiers
from ..segment import X12Takes
from ..units import to_rec20

__all__ = [
    "DEFERRED",
    "GROUPS",
    "SUMMARY",
    "Group",
    "Kept",
    "Shape",
    "Takes",
    "Transaction",
    "Writing",
    "X12Reading",
    "X12Takes",
]

#: where the extensions of a document say which set it was read from, when it is not the usual one
SET = "transaction_set"
#: how many of the first segments are looked at for the one that says what the set means
_FIRST = 4
#: what may follow a segment and belongs to it, in most transaction sets
GROUPS = {
    "N1": "N2 IN2 N3 N4 NX2 REF PER SI FOB SCH TD1 TD5 TD3 TD4 PKG QTY",
    "PID": "MEA",
    "SAC": "CUR CTP",
    "ITA": "CTP",
    "N9": "DTM MEA MSG MTX",
    "SCH": "TD1 TD5 TD3 TD4 REF",
    "LM": "LQ",
    "LDT": "QTY MSG REF",
    "SPI": "REF DTM MSG",
    "SLN": "MSG PID SAC N9 CTP DTM PO4 ADV QTY SI TC2 TXI",
    "CTP": "CUR",
    "AMT": "REF PCT",
    "ADV": "DTM MTX",
}


class X12Reading(Reading):
    """One transaction set while it is read.

    Attributes:
        version: such as 004010.
        qualifiers: the partner's, see :data:`..profile.QUALIFIERS`.
        gathered: what a mapping notes down within a scope; empty when the next one begins.
    """

    def __init__(
        self,
        document_type: str,
        envelope: Mapping[str, Any],
        options: Mapping[str, Any],
        limits: Limits,
        shape: Shape,
    ):
        super().__init__(document_type, envelope, options, limits, shape, "segment 1 ST")
        self.version: str = envelope.get("version", "")
        self.qualifiers = qualifiers(options)
        self.gathered: dict[Any, Any] = {}
        #: whether an amount was read before its currency was known
        self.unnamed = False

    def begin(self, path: Path, shape: Shape, *inside: str) -> None:
        super().begin(path, shape, *inside)
        self.gathered = {}

    def amount(self, text: str, currency: str = "") -> dict[str, str] | None:
        if not currency and self.currency == "XXX":
            self.unnamed = True
        return super().amount(text, currency)

    def quantity(self, text: str, code: str = "") -> dict[str, str] | None:
        """A canonical ``Quantity``, its unit in element 355; without one it is the option ``unit``."""
        return {"value": number(text), "unit_code": self.unit_of(code)} if text else None

    def unit_of(self, code: str, default: str = "") -> str:
        """The unit of a code in element 355."""
        return to_rec20(code, self.units, default or self.unit)

    def move_kept(self, name: str, count: int, inner: str) -> None:
        """Give the line that just began what was kept before it, under its number in ``name``.

        A document's extensions have a limit; those of its lines are as many as the lines.
        """
        extensions = self.draft.values.get("extensions") or {}
        parts = extensions.get(name) or {}
        if found := parts.pop(str(count), None):
            self.draft.put((*self.path, "extensions", inner), found)
        if name in extensions and not parts:
            del extensions[name]

    def miscounted(self, ctt: Segment, of: str, counted: int) -> None:
        """Note that CTT01 does not add up, for the acknowledgement; nothing is refused for it.

        :param of: ``lines`` or ``parts``.
        """
        values = {"segment": ctt.tag, "announced": ctt(1), "counted": counted}
        error = finding("message", "5", ctt.place(1), f"count.{of}", **values)
        self.envelope["envelope_errors"] = [*self.envelope.get("envelope_errors", ()), error]


class Transaction(SegmentMapping):
    """Base of all transaction sets; see :class:`SegmentMapping` for what a subclass has."""

    #: ST01 of the sets that are read; the first one is written
    sets: ClassVar[tuple[str, ...]] = ()
    #: GS01 of the sets that are written; empty when none is
    group: ClassVar[str] = ""
    #: the segment that says what the set means (BEG, BAK, …), for :meth:`reader`
    beginning: ClassVar[str] = ""
    #: whether it is the set of its documents unless the profile names another one
    usual: ClassVar[bool] = True
    #: whether sender and receiver are known by their interchange addresses alone
    by_address: ClassVar[bool] = False
    starts: ClassVar[Mapping[str, str]] = {"CTT": SUMMARY}
    frame: ClassVar[frozenset[str]] = frozenset({"ST", "SE"})
    shapes: ClassVar[Mapping[str, Shape]] = {"header": Shape("", GROUPS), "line": Shape("", GROUPS)}
    keepers: ClassVar[frozenset[str]] = frozenset({"N1"})
    positions: ClassVar[type[Takes]] = X12Takes

    # -- reading -----------------------------------------------------------------------------------
    def reader(self, first: Segment | None) -> "Transaction":
        """What reads this set: another mapping when its first segment says that it is another document.

        :param first: the :attr:`beginning`, when it is among the first segments.
        """
        return self

    def read(
        self, message, options: Mapping[str, Any], limits: Limits
    ) -> tuple[str, Document | None, tuple[TradeError, ...]]:
        """The canonical document of an ``envelope.Message``: its type, itself, or the errors."""
        segments = message.segments()
        first: Group = []
        found = None
        for segment in segments:
            first.append(segment)
            if segment.tag == self.beginning:
                found = segment
            if found or len(first) == _FIRST:
                break
        mapping = self.reader(found)
        document_type = mapping.documents[0]
        reading = X12Reading(document_type, message.envelope, options, limits, mapping.shape("header"))
        mapping.read_segments(reading, chain(first, segments))
        document, errors = reading.draft.finish(limits)
        return document_type, document, errors

    # -- writing -----------------------------------------------------------------------------------
    def suits(self, document: Document, profile: Any) -> bool:
        """Whether this set is the one for a document, where several could say it: the one that the profile
        names, the one it was read from, or the usual one."""
        wanted = profile.sets.get(document.document_type) or document.extensions.get(SET)
        return wanted in self.sets if wanted else self.usual

    def written_set(self, document: Document, profile: Any) -> tuple[str, str]:
        """ST01 and ST03 (the implementation convention, "" for none) of the set a document is written as."""
        return self.sets[0], profile.implementation

    def written_references(self, documents: Sequence[Document]) -> tuple[str, list[str]]:
        return "1", [str(count).zfill(4) for count in range(1, len(documents) + 1)]


def own_number(reading: X12Reading, number: str | None) -> str:
    """The number of a document that has none of its own: what it speaks about, and its control numbers.

    So a later answer to the same order is another document, and the same file sent again is the same one.
    """
    envelope = reading.envelope
    controls = [envelope.get(name, "") for name in ("interchange_reference", "message_reference")]
    controls = [control.lstrip("0") for control in controls]
    if controls[1] in ("", "1") and controls[0]:
        controls.pop()
    return "/".join(filter(None, (number, *controls))) or "0"
