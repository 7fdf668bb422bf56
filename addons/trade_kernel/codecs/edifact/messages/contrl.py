"""CONTRL: what the other side's system says to an interchange it got: readable, or not and why.

ISO 9735-4. UCI answers the interchange, UCF a group, UCM a message; UCS and UCD point at a segment and at an
element of it.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from ....canonical import AcknowledgedDocument, AcknowledgedError, Acknowledgement, Document
from ..._edi.reading import Reading, Shape
from ..._edi.writing import Writing
from ._base import Group, Message
from ._parties import ADDRESS_SCHEMES

#: 0083
ACTIONS = {"4": "rejected", "5": "rejected", "6": "accepted", "7": "accepted", "8": "received"}
_WRITTEN = {"rejected": "4", "accepted": "7", "accepted_with_errors": "7", "received": "8"}
#: 0085
MEANINGS = {
    "2": "The syntax version or level is not supported.",
    "7": "The interchange's recipient is not the one who got it.",
    "12": "The value is not valid.",
    "13": "Something is missing.",
    "14": "The value is not supported at this place.",
    "15": "It is not supported at this place.",
    "16": "There are too many elements or components.",
    "17": "There is no agreement for it.",
    "18": "There is an error that is not described further.",
    "19": "The decimal mark is not the announced one.",
    "20": "The character cannot be a service character.",
    "21": "The character is not in the announced character set.",
    "22": "The service characters are not those that were announced.",
    "23": "The interchange's sender is not known.",
    "24": "It is too old.",
    "25": "Test interchanges are not supported.",
    "26": "It was received before.",
    "27": "The security function does not match.",
    "28": "The references at beginning and end do not match.",
    "29": "The count does not match what was received.",
    "30": "Groups and messages are mixed.",
    "31": "A group holds messages of several types.",
    "32": "The level below is empty.",
    "33": "It stands outside of a message, group or interchange.",
    "34": "The nesting indicator is not allowed.",
    "35": "The segment is repeated too often.",
    "36": "The segment group is repeated too often.",
    "37": "The characters are not of the right type.",
    "38": "A digit is missing before the decimal mark.",
    "39": "The value is too long.",
    "40": "The value is too short.",
    "41": "The communication line failed.",
    "42": "The file is incomplete.",
    "43": "The message type is not supported.",
    "44": "The message could not be handled.",
    "45": "There is a separator at the end.",
    "46": "The character set is not supported.",
}
_QUALIFIERS = {scheme: qualifier for qualifier, scheme in ADDRESS_SCHEMES.items()}


class Contrl(Message):
    """The acknowledgement has no number of its own: it is known by its interchange's and its message's."""

    types: ClassVar = ("CONTRL",)
    documents: ClassVar = ("acknowledgement",)
    sender: ClassVar = "sender_party"
    receiver: ClassVar = "receiver_party"
    starts: ClassVar = {}
    takes: ClassVar = {
        "UCI": "1 2.1-2 3.1-2 4 5 6 7.1-2",
        "UCF": "1 4 5 6 7.1-2",
        "UCM": "1 2.1-5 3 4 5 6.1-2",
        "UCS": "1 2",
        "UCD": "1 2.1-2",
    }
    shapes: ClassVar = {"header": Shape("", {}), "line": Shape("", {}), "summary": Shape("", {})}

    def begin(self, reading: Reading) -> None:
        reading.put_all({"level": "syntax", "id": own_number(reading)})
        prepared = reading.envelope.get("prepared_at")
        if prepared:
            day, _t, clock = prepared.partition("T")
            reading.put_all({"issue_date": day})
            if not clock.startswith("00:00:00"):
                reading.put_all({"issue_time": clock})

    def header_uci(self, reading: Reading, group: Group) -> Group | None:
        uci = group[0]
        if reading.has("interchange_reference"):
            return group
        reading.put("interchange_reference", uci(1), uci, 1)
        # Who got the interchange says this to who sent it.
        for element, field in ((2, "receiver_party"), (3, "sender_party")):
            if uci(element):
                found = {"id": uci(element)}
                if scheme := ADDRESS_SCHEMES.get(uci(element, 2)):
                    found["scheme_id"] = scheme
                elif uci(element, 2):
                    reading.put((field, "extensions", "qualifier"), uci(element, 2), uci, element, 2)
                reading.put((field, "party_identification", 0), found, uci, element)
        reading.put("response_code", _response(uci(4), uci(5)), uci, 4)
        if uci(5):
            reading.put(("errors", 0), _error(uci(5), uci(6), uci(7), uci(7, 2)), uci, 5)
        return None

    def header_ucf(self, reading: Reading, group: Group) -> Group | None:
        ucf = group[0]
        index = len(reading.get("responses") or ())
        reading.put(("responses", index, "group_reference"), ucf(1), ucf, 1)
        reading.put(("responses", index, "response_code"), _response(ucf(4), ucf(5)), ucf, 4)
        if ucf(5):
            reading.put(("responses", index, "errors", 0), _error(ucf(5), ucf(6), ucf(7), ucf(7, 2)), ucf, 5)
        reading.state = {"group": ucf(1)}
        return None

    def header_ucm(self, reading: Reading, group: Group) -> Group | None:
        ucm = group[0]
        index = len(reading.get("responses") or ())
        path = ("responses", index)
        reading.put((*path, "control_reference"), ucm(1), ucm, 1)
        reading.put((*path, "group_reference"), reading.state.get("group"), ucm)
        reading.put((*path, "document_type_code"), ucm(2), ucm, 2)
        reading.put((*path, "response_code"), _response(ucm(3), ucm(4)), ucm, 3)
        if ucm(4):
            reading.put((*path, "errors", 0), _error(ucm(4), ucm(5), ucm(6), ucm(6, 2)), ucm, 4)
        return None

    def header_ucs(self, reading: Reading, group: Group) -> Group | None:
        ucs = group[0]
        path = self._errors_of(reading)
        if path is None:
            return group
        reading.state["segment"] = ucs
        if ucs(2):
            found = _error(ucs(2), "", "", "") | {"segment_position": ucs(1)}
            reading.draft.append(path, found, (ucs, 2))
        return None

    def header_ucd(self, reading: Reading, group: Group) -> Group | None:
        ucd, ucs, path = group[0], reading.state.get("segment"), self._errors_of(reading)
        if path is None or ucs is None:
            return group
        found = _error(ucd(1), "", ucd(2), ucd(2, 2)) | {"segment_position": ucs(1)}
        reading.draft.append(path, found, (ucd, 1))
        return None

    def _errors_of(self, reading: Reading) -> tuple[Any, ...] | None:
        responses = reading.get("responses")
        return ("responses", len(responses) - 1, "errors") if responses else None

    # -- writing -----------------------------------------------------------------------------------
    def writes(self, document: Document) -> bool:
        return isinstance(document, Acknowledgement) and document.level == "syntax"

    def written_version(self, profile: Any) -> tuple[str, ...]:
        """The syntax service messages have versions of their own."""
        return ("4", "1", "UN") if profile.syntax_version >= 4 else ("D", "3", "UN")

    def written_references(self, documents: Sequence[Document]) -> tuple[str, list[str]]:
        return references_of(documents)

    def write(self, document: Acknowledgement, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        for field in ("note", "group_reference", "functional_identifier"):
            if getattr(document, field):
                raise self.cannot(f"the {field} of an acknowledgement", "CONTRL has no place for it")
        wrong = _one(self, document.errors)
        receiver, sender = (_address(party) for party in (document.receiver_party, document.sender_party))
        action = _WRITTEN[document.response_code]
        out.add("UCI", document.interchange_reference, receiver, sender, action, *_written(wrong))
        for response in document.responses:
            if response.control_reference is None and response.group_reference:
                wrong = _one(self, response.errors)
                action = _WRITTEN[response.response_code]
                out.add("UCF", response.group_reference, "", "", action, *_written(wrong))
            else:
                self._write_message(out, response)
        out.close()

    def _write_message(self, out: Writing, response: AcknowledgedDocument) -> None:
        placed = [error for error in response.errors if error.segment_position]
        wrong = _one(self, [error for error in response.errors if not error.segment_position])
        kind = (response.document_type_code or "", *super().written_version(out.profile))
        action = _WRITTEN[response.response_code]
        out.add("UCM", response.control_reference, kind, action, *_written(wrong))
        before = None
        for error in placed:
            if not error.element_position:
                out.add("UCS", error.segment_position, error.code)
            else:
                if error.segment_position != before:
                    out.add("UCS", error.segment_position)
                element, _dot, component = error.element_position.partition(".")
                out.add("UCD", error.code, (element, component))
            before = error.segment_position


def _response(action: str, error: str) -> str:
    response = ACTIONS.get(action, action)
    return "accepted_with_errors" if error and response == "accepted" else response


def _error(code: str, tag: str, element: str, component: str) -> dict[str, str]:
    found = {
        "code": code,
        "text": MEANINGS.get(code, ""),
        "segment_tag": tag,
        "element_position": f"{element}.{component}" if component else element,
    }
    return {name: value for name, value in found.items() if value}


def _one(message: Message, errors: Sequence[AcknowledgedError]) -> AcknowledgedError | None:
    if len(errors) > 1:
        raise message.cannot("several errors of one envelope", "CONTRL tells the first one only")
    return errors[0] if errors else None


def _written(error: AcknowledgedError | None) -> tuple[Any, ...]:
    if error is None:
        return ()
    element, _dot, component = (error.element_position or "").partition(".")
    return error.code, error.segment_tag, (element, component)


def _address(party: Any) -> tuple[str, ...]:
    known = next(iter(party.party_identification), None) if party else None
    if known is None:
        return ()
    qualifier = _QUALIFIERS.get(known.scheme_id) or party.extensions.get("qualifier") or ""
    return known.id, str(qualifier)


def own_number(reading: Reading) -> str:
    """The number of an acknowledgement that has none: its interchange's, with its message's when not 1."""
    envelope = reading.envelope
    interchange = envelope.get("interchange_reference", "")
    message = envelope.get("message_reference", "")
    return interchange if message in ("", "1") and interchange else f"{interchange}/{message}".strip("/")


def references_of(documents: Sequence[Document]) -> tuple[str, list[str]]:
    """The references that give every document its number again (:func:`own_number`)."""
    pairs = [document.id.rpartition("/") for document in documents]
    found = [(before, last) if slash and before else (last, "1") for before, slash, last in pairs]
    return found[0][0], [message for _interchange, message in found]
