"""What a message is: which groups it has, and which methods read and write them."""

from collections.abc import Mapping
from itertools import chain
from typing import Any, ClassVar

from ....canonical import Document
from ....errors import TradeError
from ....limits import Limits
from ..._edi.mapping import SUMMARY as SUMMARY_SCOPE
from ..._edi.mapping import Group, SegmentMapping
from ..._edi.reading import Reading, Shape
from ..._edi.syntax import Segment

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


class Message(SegmentMapping):
    """Base of all messages; see :class:`SegmentMapping` for what a subclass has."""

    #: UNH 0065
    types: ClassVar[tuple[str, ...]]
    #: field → what the message says of a document in which it is empty
    usual: ClassVar[Mapping[str, str]] = {}
    starts: ClassVar[Mapping[str, str]] = {"LIN": "line"}
    frame: ClassVar[frozenset[str]] = frozenset({"UNH", "UNT", "UNS"})
    shapes: ClassVar[Mapping[str, Shape]] = {"header": HEADER, "line": LINE, SUMMARY_SCOPE: SUMMARY}
    escalated: ClassVar[Mapping[str, frozenset[str]]] = {"TDT": frozenset({"DTM"})}
    keepers: ClassVar[frozenset[str]] = frozenset({"NAD"})
    #: whether a message says several documents, each beginning as :attr:`cut` tells
    apart: ClassVar[bool] = False

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
        mapping.read_segments(reading, chain(first, segments))
        for _segment in segments:  # what was not read is counted, for UNT
            pass
        document, errors = reading.draft.finish(limits)
        return document_type, document, errors

    def enters(self, segment: Segment) -> str | None:
        if segment.tag == "UNS":
            return SUMMARY_SCOPE if segment(1) != "D" else None
        return self.starts.get(segment.tag)

    # -- writing -----------------------------------------------------------------------------------
    def written_type(self, document: Document) -> str:
        """UNH 0065 of the message a document is written as."""
        return self.types[0]

    def reduced(self, document: Document) -> Document:
        """The document without what the message says of one that says nothing: both are written alike."""
        said = {name: None for name, value in self.usual.items() if getattr(document, name) == value}
        return document.model_copy(update=said) if said else document

    def written_version(self, profile: Any) -> tuple[str, ...]:
        """UNH S009 behind the type: version, release, agency, association."""
        return profile.version, profile.release, profile.agency, profile.association
