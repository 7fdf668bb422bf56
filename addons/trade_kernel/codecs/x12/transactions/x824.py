"""824: what became of a document in the application of the one who got it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import AcknowledgedDocument, AcknowledgedError, Acknowledgement
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._acknowledgements import AcknowledgementTransaction
from ._base import Group, X12Reading
from ._dates import read_issued, written_moment

#: the last letter of OTI01 (110): accepted, with changes, with errors, partly, rejected
_ANSWERS = {
    "A": "accepted",
    "C": "accepted_with_errors",
    "E": "accepted_with_errors",
    "P": "accepted_with_errors",
    "R": "rejected",
}
_WRITTEN = {"accepted": "TA", "accepted_with_errors": "TE", "rejected": "TR"}
#: element 128: the number of the document
_NUMBER = "TN"
#: element 363: the line an error is about; more of its words
_LINE, _WORDS = "LIN", "ERN"
_TED, _NTE = 60, 80


class ApplicationAdvice(AcknowledgementTransaction):
    """BGN is the advice itself, each OTI a document and what is said to it, each TED an error in it."""

    sets: ClassVar = ("824",)
    group: ClassVar = "AG"
    level: ClassVar = "application"
    takes: ClassVar[Mapping[str, str]] = {
        "BGN": "1=00 2 3 4 5",
        "OTI": "1=TA|TE|TR 2=TN 3 8 9 10",
        "TED": "1 2 3 4 5 7",
        "NTE": "1 2",
    }

    def header_bgn(self, reading: X12Reading, group: Group) -> Group | None:
        bgn = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgn(2), bgn, 2)
        if bgn(3):
            read_issued(reading, (bgn, 3), bgn(3), bgn(4), bgn(5))
        return None

    def header_oti(self, reading: X12Reading, group: Group) -> Group | None:
        oti = group[0]
        path = ("responses", len(reading.get("responses") or ()))
        code = oti(1).upper()
        reading.put((*path, "response_code"), _ANSWERS.get(code[-1:], code), oti, 1)
        reading.put((*path, "document_id"), oti(3), oti, 3)
        reading.put((*path, "group_reference"), oti(8), oti, 8)
        reading.put((*path, "control_reference"), oti(9), oti, 9)
        reading.put((*path, "document_type_code"), oti(10), oti, 10)
        reading.state = {"path": path}
        return None

    def header_ted(self, reading: X12Reading, group: Group) -> Group | None:
        ted, path = group[0], reading.state.get("path")
        if path is None:
            return group
        place = (*path, "errors", len(reading.get(*path, "errors") or ()))
        values = {
            "code": ted(1),
            "text": _raw(ted, 2),
            "segment_tag": ted(3),
            "segment_position": ted(4),
            "element_position": ".".join(part.strip() for part in ted.composite(5)),
            "bad_value": ted(7),
        }
        reading.put(place, {name: value for name, value in values.items() if value.strip()}, ted)
        reading.state |= {"error": place, "full": len(values["text"]) == _TED}
        return None

    def header_nte(self, reading: X12Reading, group: Group) -> Group | None:
        nte, place = group[0], reading.state.get("error")
        if place is None or not nte(2) or nte(1) not in ("", _LINE, _WORDS):
            return group
        if nte(1) == _LINE:
            if reading.has(*place, "line_id"):
                return group
            reading.put((*place, "line_id"), nte(2), nte, 2)
            return None
        values = reading.get(*place)
        before = values.get("text", "")
        values["text"] = before + ("" if reading.state["full"] or not before else " ") + _raw(nte, 2)
        reading.state["full"] = len(_raw(nte, 2)) == _NTE
        return None

    def finish(self, reading: X12Reading) -> None:
        codes = {one.get("response_code") for one in reading.get("responses") or ()}
        whole = codes.pop() if len(codes) == 1 else "accepted_with_errors"
        if reading.has("responses"):
            reading.put_all({"response_code": whole})
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def written_references(self, documents) -> tuple[str, list[str]]:
        return "1", [str(count).zfill(4) for count in range(1, len(documents) + 1)]

    def write(self, document: Acknowledgement, out: Writing) -> None:
        fields = ("interchange_reference", "group_reference", "functional_identifier", "errors", "note")
        self.refuse_more(document, *fields, "sequence_number")
        out.open(self.shape("header"), document.extensions)
        out.add("BGN", "00", document.id, *written_moment(document.issue_date, document.issue_time, out))
        for one in document.responses:
            self._write_response(out, one)
        out.close()

    def _write_response(self, out: Writing, response: AcknowledgedDocument) -> None:
        if response.response_code not in _WRITTEN:
            raise self.cannot("that a document was received only", "824 says whether it is accepted")
        out.add(
            "OTI",
            _WRITTEN[response.response_code],
            _NUMBER if response.document_id else "",
            response.document_id,
            *[""] * 4,
            response.group_reference,
            response.control_reference,
            response.document_type_code,
        )
        if response.statuses:
            raise self.cannot("the status of a document as a whole", "824 says errors")
        for error in response.errors:
            self._write_error(out, error)

    @staticmethod
    def _write_error(out: Writing, error: AcknowledgedError) -> None:
        text = error.text or ""
        position: Any = tuple(error.element_position.split(".")) if error.element_position else ""
        place = (error.segment_tag, error.segment_position, position)
        out.add("TED", error.code, text[:_TED], *place, "", error.bad_value)
        for start in range(_TED, len(text), _NTE):
            out.add("NTE", _WORDS, text[start : start + _NTE])
        if error.line_id:
            out.add("NTE", _LINE, error.line_id)


def _raw(segment: Segment, element: int) -> str:
    """An element with its blanks, which may be in the middle of a text."""
    return segment.escaped(element).replace("\r", "").replace("\n", "")
