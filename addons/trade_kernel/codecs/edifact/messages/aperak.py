"""APERAK: what the other side's application says to a document: taken, or not and why."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import AcknowledgedError, Acknowledgement, Document
from ..._edi.reading import DEFERRED, Reading, Shape
from ..._edi.texts import TEXT, joined, lines
from ..._edi.writing import Writing
from ._base import HEADER, Group
from ._lines import LineMessage
from ._parties import write_party
from ._terms import TAKES, read_note, write_notes
from .contrl import own_number

#: 4343, or else 1225, or else 1001 of BGM
_RESPONSES = {
    "AP": "accepted",
    "AD": "accepted",
    "AC": "accepted_with_errors",
    "CA": "accepted_with_errors",
    "UQ": "under_query",
    "RE": "rejected",
    "RJ": "rejected",
    "AB": "received",
    "AK": "received",
}
_PURPOSES = {"27": "rejected", "29": "accepted"}
_KINDS = {"313": "rejected", "312": "accepted"}
_WRITTEN = {
    "accepted": "AP",
    "accepted_with_errors": "AC",
    "under_query": "UQ",
    "rejected": "RE",
    "received": "AB",
}
#: 1153 of the document that is answered → UNTDID 1001
_ANSWERED = {"ON": "220", "POR": "231", "VN": "231", "AAK": "351", "DQ": "270", "IV": "380", "PL": "9"}
_PREVIOUS, _MESSAGE, _LINE = "ACW", "AGO", "LI"


class Aperak(LineMessage):
    """One document is answered by one message."""

    code: ClassVar = "305"
    types: ClassVar = ("APERAK",)
    documents: ClassVar = ("acknowledgement",)
    field: ClassVar = "responses"
    sender: ClassVar = "sender_party"
    receiver: ClassVar = "receiver_party"
    starts: ClassVar = {}
    parties: ClassVar[Mapping[str, str]] = {"MS": "sender_party", "MR": "receiver_party"}
    places: ClassVar = frozenset()
    takes: ClassVar[Mapping[str, str]] = {**TAKES, "BGM": "1.1=305 2.1 3.1=9 4.1", "ERC": "1.1"}
    shapes: ClassVar = {
        "header": Shape(HEADER.text + " ERC", HEADER.groups_text | {"ERC": "FTX RFF DTM LOC"}),
        "line": HEADER,
        "summary": HEADER,
    }

    def begin(self, reading: Reading) -> None:
        reading.put_all({"level": "application"})

    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgm(2), bgm, 2)
        code = _RESPONSES.get(bgm(4)) or _PURPOSES.get(bgm(3)) or _KINDS.get(bgm(1))
        reading.put("response_code", code, bgm, 4)
        return None

    def header_cux(self, reading: Reading, group: Group) -> Group | None:
        return group

    def summary_cnt(self, reading: Reading, group: Group) -> Group | None:
        return group

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        rff, kind, value = group[0], group[0](1), group[0](1, 2)
        path = ("responses", 0)
        if not value:
            return group
        if kind == _MESSAGE and not reading.has(*path, "control_reference"):
            reading.put((*path, "control_reference"), value, rff, 1, 2)
            return group[1:]
        if kind in _ANSWERED and not reading.has(*path, "document_id"):
            reading.put((*path, "document_id"), value, rff, 1, 2)
            reading.put((*path, "document_type_code"), _ANSWERED[kind], rff, 1)
            return group[1:]
        if kind == _PREVIOUS:
            reading.later(lambda: self._previous(reading, group))
            return DEFERRED
        return group

    def _previous(self, reading: Reading, group: Group) -> None:
        """The number of the document, when no reference says of which kind it is."""
        path, rff = ("responses", 0, "document_id"), group[0]
        known = reading.has(*path)
        if not known:
            reading.put(path, rff(1, 2), rff, 1, 2)
        self.settle("header", reading, group, group if known else group[1:])

    def header_erc(self, reading: Reading, group: Group) -> Group | None:
        erc = group[0]
        index = len(reading.get("responses", 0, "errors") or ())
        path = ("responses", 0, "errors", index)
        error: dict[str, Any] = {"code": erc(1)} if erc(1) else {}
        left: Group = []
        texts: list[str] = []
        for segment in group[1:]:
            text = joined(segment.composite(4)[:5], TEXT).strip() if segment.tag == "FTX" else ""
            if text and not any(segment.composite(3)):
                texts.append(text)
            elif segment.tag == "RFF" and segment(1) == _LINE and segment(1, 2) and "line_id" not in error:
                error["line_id"] = segment(1, 2)
            else:
                left.append(segment)
        if texts:
            error["text"] = "\n".join(texts)
        if not error:
            return group
        reading.put(path, error, erc, 1)
        return left

    def header_ftx(self, reading: Reading, group: Group) -> Group | None:
        return None if read_note(reading, ("note",), group[0]) else group

    def finish(self, reading: Reading) -> None:
        draft = reading.draft
        if draft.get(("id",)) is None:
            draft.put(("id",), own_number(reading))
        if draft.get(("response_code",)) is None:
            wrong = draft.get(("responses", 0, "errors"))
            draft.put(("response_code",), "rejected" if wrong else "accepted")
        if draft.get(("responses", 0)) is not None:
            draft.put(("responses", 0, "response_code"), draft.get(("response_code",)))
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def writes(self, document: Document) -> bool:
        return isinstance(document, Acknowledgement) and document.level == "application"

    def write(self, document: Acknowledgement, out: Writing) -> None:
        if len(document.responses) > 1:
            raise self.cannot("an answer to several documents", "APERAK answers one")
        out.open(self.shape("header"), document.extensions)
        out.add("BGM", self.code, document.id, "9", _WRITTEN[document.response_code])
        self.write_dates(out, document)
        write_notes(out, document.note)
        response = document.responses[0] if document.responses else None
        if response and response.control_reference:
            out.add("RFF", (_MESSAGE, response.control_reference))
        if response and response.document_id:
            kinds = {code: kind for kind, code in reversed(_ANSWERED.items())}
            kind = kinds.get(response.document_type_code or "", _PREVIOUS)
            out.add("RFF", (kind, response.document_id))
        for role, field in self.parties.items():
            write_party(out, role, getattr(document, field))
        if response and response.statuses:
            raise self.cannot("the status of a document as a whole", "APERAK says errors")
        for error in response.errors if response else ():
            self._write_error(out, error)
        out.close()

    @staticmethod
    def _write_error(out: Writing, error: AcknowledgedError) -> None:
        out.add("ERC", (error.code or "",))
        for parts in lines(error.text) if error.text else ():
            out.add("FTX", "AAO", "", "", parts)
        if error.line_id:
            out.add("RFF", (_LINE, error.line_id))
