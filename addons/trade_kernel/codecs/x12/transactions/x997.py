"""997: what the other side's system says to a group it got: readable, or not and why."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ....canonical import AcknowledgedDocument, AcknowledgedError, Acknowledgement, Document
from ..._edi.writing import Writing
from ._acknowledgements import (
    ACCEPTED,
    ELEMENT,
    GROUP,
    REFUSED,
    SEGMENT,
    SET,
    AcknowledgementTransaction,
    error,
)
from ._base import Group, X12Reading

#: of AK3 (720): elements of it are wrong, which AK4 names; of AK5 (718): segments are, which AK3 names
_ELEMENTS, _SEGMENTS = "8", "5"
_MOST_ERRORS = 5
_COMPOSITE = "."


class FunctionalAcknowledgement(AcknowledgementTransaction):
    """AK1 names the group, AK2 a set, AK3 a segment, AK4 an element; AK5 and AK9 are the answers."""

    sets: ClassVar[tuple[str, ...]] = ("997",)
    group: ClassVar[str] = "FA"
    #: the tags that 999 has others for
    segment_tag: ClassVar[str] = "AK3"
    element_tag: ClassVar[str] = "AK4"
    end_tag: ClassVar[str] = "AK5"
    takes: ClassVar[Mapping[str, str]] = {
        "AK1": "1 2",
        "AK2": "1 2",
        "AK3": "1 2 4",
        "AK4": "1 3 4",
        "AK5": "1 2 3 4 5 6",
        "AK9": "1 2 3 4 5 6 7 8 9",
    }

    def header_ak1(self, reading: X12Reading, group: Group) -> Group | None:
        ak1 = group[0]
        if reading.has("functional_identifier") or reading.has("group_reference"):
            return group
        reading.put("functional_identifier", ak1(1), ak1, 1)
        reading.put("group_reference", ak1(2), ak1, 2)
        return None

    def header_ak2(self, reading: X12Reading, group: Group) -> Group | None:
        ak2 = group[0]
        path = ("responses", len(reading.get("responses") or ()))
        reading.put((*path, "document_type_code"), ak2(1), ak2, 1)
        reading.put((*path, "control_reference"), ak2(2), ak2, 2)
        if not ak2(1) and not ak2(2):
            return group
        reading.state = {"path": path, "errors": []}
        return None

    def header_ak3(self, reading: X12Reading, group: Group) -> Group | None:
        ak3 = group[0]
        errors = reading.state.get("errors")
        if errors is None:
            return group
        reading.state["segment"] = place = {"segment_tag": ak3(1), "segment_position": ak3(2)}
        errors.append(error(ak3(4), SEGMENT, **place))
        # That elements are wrong is taken back by the first AK4, which says which.
        reading.state["open"] = ak3(4) in ("", _ELEMENTS)
        return None

    def header_ak4(self, reading: X12Reading, group: Group) -> Group | None:
        ak4, errors = group[0], reading.state.get("errors")
        place = reading.state.get("segment")
        if errors is None or place is None:
            return group
        if reading.state.pop("open", False):
            errors.pop()
        parts = [part.strip() for part in ak4.composite(1)]
        found = error(
            ak4(3),
            ELEMENT,
            **place,
            element_position=_COMPOSITE.join(parts) if all(parts) else ak4(1),
            bad_value=ak4(4),
        )
        errors.append(found)
        return None

    def header_ak5(self, reading: X12Reading, group: Group) -> Group | None:
        ak5, path = group[0], reading.state.get("path")
        if path is None:
            return group
        placed = reading.state["errors"]
        code = ak5(1).upper()
        reading.put((*path, "response_code"), response(code), ak5, 1)
        whole = [error(ak5(place), SET) for place in range(2, 7) if ak5(place)]
        if placed:
            whole = [one for one in whole if one.get("code") != _SEGMENTS]
        if whole or placed:
            reading.put((*path, "errors"), [*whole, *placed], ak5, 2)
        reading.state = {}
        return None

    def header_ak9(self, reading: X12Reading, group: Group) -> Group | None:
        ak9 = group[0]
        if reading.has("response_code"):
            return group
        reading.put("response_code", response(ak9(1).upper()), ak9, 1)
        errors = [error(ak9(place), GROUP) for place in range(5, 10) if ak9(place)]
        if errors:
            reading.put("errors", errors, ak9, 5)
        kept = {
            f"{place}.1": ak9(place)
            for place, counted in enumerate(_counts(reading.get("responses") or ()), 2)
            if ak9(place) and ak9(place).lstrip("0") != counted.lstrip("0")
        }
        if kept:
            reading.kept.elements["AK9"] = kept
        return None

    def finish(self, reading: X12Reading) -> None:
        _open(reading)
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def writes(self, document: Document) -> bool:
        return super().writes(document) and bool(document.group_reference or document.functional_identifier)

    def suits(self, document: Document, profile: Any) -> bool:
        """The set that the profile names; without one, that it was read from."""
        elements = document.extensions.get("elements")
        named = any(key.startswith("IK") for key in elements) if isinstance(elements, Mapping) else False
        return (profile.acknowledge_with or ("999" if named else "997")) == self.sets[0]

    def write(self, document: Acknowledgement, out: Writing) -> None:
        self.refuse_more(document, "note", "interchange_reference", "sequence_number")
        out.open(self.shape("header"), document.extensions)
        out.add("AK1", document.functional_identifier, document.group_reference)
        for one in document.responses:
            self._write_response(out, one)
        rejected = any(one.response_code == "rejected" for one in document.responses)
        code = written(self, document.response_code, partly=rejected)
        out.add("AK9", code, *_counts(document.responses), *_codes(self, document.errors))
        out.close()

    def _write_response(self, out: Writing, response_: AcknowledgedDocument) -> None:
        if response_.document_id or response_.group_reference:
            raise self.cannot("the document's own number", "the set names it by its control number")
        out.add("AK2", response_.document_type_code, response_.control_reference)
        whole = [one for one in response_.errors if not (one.segment_tag or one.segment_position)]
        placed = [one for one in response_.errors if one not in whole]
        before = None
        for one in placed:
            place = (one.segment_tag, one.segment_position)
            if not one.element_position:
                out.add(self.segment_tag, *place, "", one.code)
            else:
                if place != before:
                    out.add(self.segment_tag, *place, "", _ELEMENTS)
                position = tuple(one.element_position.split(_COMPOSITE))
                out.add(self.element_tag, position, "", one.code, one.bad_value)
            before = place
        codes = _codes(self, whole)
        if placed and len(codes) < _MOST_ERRORS:
            codes.append(_SEGMENTS)
        out.add(self.end_tag, written(self, response_.response_code), *codes)


def _open(reading: X12Reading) -> None:
    """A set whose AK5 is missing keeps its errors."""
    path = reading.state.get("path")
    if path is not None and reading.state.get("errors"):
        reading.draft.put((*path, "errors"), reading.state["errors"])


def response(code: str) -> str | None:
    """The canonical answer of element 715 or 717."""
    return "rejected" if code in REFUSED else ACCEPTED.get(code, code)


def written(transaction: AcknowledgementTransaction, code: str, *, partly: bool = False) -> str:
    """Element 715 or 717 of a canonical answer."""
    if code == "received":
        raise transaction.cannot("that something was received only", "the set says whether it is accepted")
    if code == "accepted_with_errors":
        return "P" if partly else "E"
    return {"accepted": "A", "rejected": "R"}[code]


def _counts(responses: Sequence[Any]) -> tuple[str, str, str]:
    """How many sets are in the group, were received, and are accepted."""
    codes = [one.get("response_code") if isinstance(one, Mapping) else one.response_code for one in responses]
    accepted = sum(code not in ("rejected", None) for code in codes)
    return str(len(codes)), str(len(codes)), str(accepted)


def _codes(transaction: AcknowledgementTransaction, errors: Sequence[AcknowledgedError]) -> list[str]:
    if len(errors) > _MOST_ERRORS:
        raise transaction.cannot(f"{len(errors)} errors of one thing", "the set has room for five")
    return [one.code or "" for one in errors]
