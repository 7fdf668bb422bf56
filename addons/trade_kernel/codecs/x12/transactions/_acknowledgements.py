"""What all acknowledgements have in common: their number, date and parties are the interchange's."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ....canonical import Acknowledgement, Document
from ..._edi.reading import Shape
from ._base import Transaction, X12Reading, own_number
from ._parties import interchange_party

#: what was wrong with an interchange (I18), a group (716), a set (718), a segment (720), an element (723);
#: only the codes that are written or often read
INTERCHANGE = {
    "001": "The control numbers of the interchange's beginning and end do not match.",
    "006": "The interchange's sender is not known.",
    "008": "The interchange's receiver is not the one who got it.",
    "014": "The interchange's date is not valid.",
    "017": "The version of the interchange is not supported.",
    "018": "The control number of the interchange is not valid.",
    "020": "The usage indicator is not valid.",
    "021": "The number of groups does not match.",
    "022": "The segments of the envelope are not in order.",
    "023": "The file ends before the interchange does.",
    "024": "There is something in the interchange that does not belong there.",
    "025": "The interchange was received before.",
}
GROUP = {
    "1": "Groups of this kind are not supported.",
    "2": "The version of the group is not supported.",
    "3": "The group has no end.",
    "4": "The control numbers of the group's beginning and end do not match.",
    "5": "The number of transaction sets in the group does not match.",
    "6": "The control number of the group is not valid.",
}
SET = {
    "1": "This transaction set is not supported.",
    "2": "The transaction set has no end.",
    "3": "The control numbers of the transaction set's beginning and end do not match.",
    "4": "The number of segments does not match.",
    "5": "One or more segments are wrong.",
    "6": "The transaction set names no type that is known.",
    "7": "The control number of the transaction set is missing or not valid.",
    "23": "The control number of the transaction set was used before in its group.",
}
SEGMENT = {
    "1": "The segment is not known.",
    "2": "The segment is not expected here.",
    "3": "A segment that must be there is missing.",
    "4": "The loop occurs too often.",
    "5": "The segment occurs too often.",
    "6": "The segment does not belong into this transaction set.",
    "7": "The segment is not in its place.",
    "8": "The segment holds elements that are wrong.",
}
ELEMENT = {
    "1": "An element that must be there is missing.",
    "2": "An element that must be there beside another one is missing.",
    "3": "There are too many elements.",
    "4": "The value is too short.",
    "5": "The value is too long.",
    "6": "The value holds a character that is not allowed.",
    "7": "The code is not valid.",
    "8": "The date is not valid.",
    "9": "The time is not valid.",
    "10": "Two elements exclude each other.",
}
#: elements 715 and 717 → what is said; codes that are not here refuse, for reasons of security
ACCEPTED = {"A": "accepted", "E": "accepted_with_errors", "P": "accepted_with_errors"}
REFUSED = frozenset("RMWX")
FLAT = Shape("", {})


class AcknowledgementTransaction(Transaction):
    """An acknowledgement; what is about one thing stands behind it, in the order of the file."""

    documents: ClassVar[tuple[str, ...]] = ("acknowledgement",)
    sender: ClassVar[str] = "sender_party"
    receiver: ClassVar[str] = "receiver_party"
    by_address: ClassVar[bool] = True
    starts: ClassVar[Mapping[str, str]] = {}
    shapes: ClassVar[Mapping[str, Shape]] = {"header": FLAT, "line": FLAT, "summary": FLAT}
    keepers: ClassVar[frozenset[str]] = frozenset()
    #: the canonical level
    level: ClassVar[str] = "syntax"

    def begin(self, reading: X12Reading) -> None:
        reading.put_all({"level": self.level})

    def finish(self, reading: X12Reading) -> None:
        envelope = reading.envelope
        if not reading.has("id"):
            reading.put_all({"id": own_number(reading, None)})
        prepared = envelope.get("prepared_at")
        if prepared and not reading.has("issue_date"):
            day, _t, clock = prepared.partition("T")
            reading.put_all({"issue_date": day})
            if not clock.startswith("00:00:00"):
                reading.put_all({"issue_time": clock})
        for field, role in (("sender_party", "sender"), ("receiver_party", "receiver")):
            party = interchange_party(envelope.get(role) or {})
            if party and not reading.has(field):
                reading.put_all({field: party})

    def writes(self, document: Document) -> bool:
        return isinstance(document, Acknowledgement) and document.level == self.level

    def written_references(self, documents: Sequence[Document]) -> tuple[str, list[str]]:
        pairs = [document.id.partition("/") for document in documents]
        references = [set_ or "1" for _interchange, _slash, set_ in pairs]
        interchange = pairs[0][0]
        usable = interchange.isdecimal() and len(interchange) <= 9
        return interchange if usable else "1", [reference.zfill(4) for reference in references]

    def refuse_more(self, document: Acknowledgement, *fields: str) -> None:
        """Refuse to write what a set has no place for."""
        for field in fields:
            if getattr(document, field):
                raise self.cannot(f"the {field} of an acknowledgement", "the set has no place for it")


def error(code: str, meanings: Mapping[str, str], **more: Any) -> dict[str, str]:
    """A canonical error of a code, in words when they are known."""
    values = {"code": code, "text": meanings.get(code, ""), **more}
    return {name: value for name, value in values.items() if value}
