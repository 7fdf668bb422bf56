"""TA1: what the other side's system says to an interchange it got. It is a segment, not a transaction set."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import Acknowledgement, Document
from ..._edi.writing import Writing
from ._acknowledgements import INTERCHANGE, AcknowledgementTransaction, error
from ._base import Group, X12Reading

_ANSWERS = {"A": "accepted", "E": "accepted_with_errors", "R": "rejected"}
_WRITTEN = {answer: code for code, answer in _ANSWERS.items()}
_NOTHING_WRONG = "000"


class InterchangeAcknowledgement(AcknowledgementTransaction):
    """The date and time of the interchange that is answered are kept beside its number."""

    sets: ClassVar = ("TA1",)
    group: ClassVar = "TA1"
    takes: ClassVar[Mapping[str, str]] = {"TA1": "1 4 5"}

    def header_ta1(self, reading: X12Reading, group: Group) -> Group | None:
        ta1 = group[0]
        reading.put("interchange_reference", ta1(1), ta1, 1)
        code = ta1(4).upper()
        reading.put("response_code", _ANSWERS.get(code, code), ta1, 4)
        if ta1(5) and ta1(5) != _NOTHING_WRONG:
            reading.put("errors", [error(ta1(5), INTERCHANGE)], ta1, 5)
        sent = reading.envelope.get("interchange_reference", "").lstrip("0")
        reading.put("id", f"{sent}/TA1-{ta1(1).lstrip('0')}", ta1, 1)
        return None

    def writes(self, document: Document) -> bool:
        if not super().writes(document) or document.group_reference or document.functional_identifier:
            return False
        return bool(document.interchange_reference)

    def written_set(self, document: Document, profile: Any) -> tuple[str, str]:
        return "TA1", ""

    def write(self, document: Acknowledgement, out: Writing) -> None:
        self.refuse_more(document, "note", "responses", "sequence_number")
        if len(document.errors) > 1:
            raise self.cannot("several errors of one interchange", "TA1 tells one")
        if document.response_code not in _WRITTEN:
            raise self.cannot("that it was received only", "TA1 says whether it is accepted")
        wrong = document.errors[0].code if document.errors else _NOTHING_WRONG
        reference = document.interchange_reference
        out.open(self.shape("header"), document.extensions)
        out.add("TA1", reference, "", "", _WRITTEN[document.response_code], wrong)
        out.close()
