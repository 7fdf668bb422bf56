"""Items: the pairs of qualifier and value in PO1, POC, IT1, LIN and ACK, and PID, both ways."""

from collections.abc import Iterator, Mapping
from typing import Any

from ....canonical import Identifier, Item
from ....identifiers import is_gtin
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.texts import joined, pieces
from ..._edi.writing import Writing
from ...edifact.messages._items import gtin_of_isbn
from ._base import Group, X12Reading
from ._texts import DESCRIPTION

#: element 235 → the field of a canonical item
FIELDS = {
    "UP": "standard_item_identification",
    "EN": "standard_item_identification",
    "UK": "standard_item_identification",
    "UA": "standard_item_identification",
    "EO": "standard_item_identification",
    "VN": "sellers_item_identification",
    "VP": "sellers_item_identification",
    "VC": "sellers_item_identification",
    "VA": "sellers_item_identification",
    "IN": "buyers_item_identification",
    "BP": "buyers_item_identification",
    "CB": "buyers_item_identification",
    "PI": "buyers_item_identification",
    "SK": "buyers_item_identification",
    "MG": "manufacturers_item_identification",
    "MF": "manufacturers_item_identification",
}
_ISBN = "IB"
_GTIN = "0160"
#: how many pairs a segment has room for
_MOST = 10
#: how many digits a GTIN has → element 235
_STANDARD = {8: "EO", 12: "UP", 13: "EN", 14: "UK"}
#: codes that name no kind we know: mutually defined; lot and serial number
_DEFINED, _LOT, _SERIAL = "ZZ", "LT", "SN"
#: element 750 of a PID that says in words what a product is: its name, its description, either
_WORDS = ("08", "GEN", "")
#: of a PID, the elements that are read
TAKES = {"PID": "1 2=08|GEN 5"}


def pairs(segment: Segment, first: int) -> Iterator[tuple[int, str, str]]:
    """``(element, qualifier, value)`` of the pairs from element ``first`` on."""
    for element in range(first, len(segment), 2):
        value = segment(element + 1)
        if value:
            yield element + 1, segment(element).upper(), value


def read_codes(
    reading: X12Reading,
    path: Path,
    segment: Segment,
    first: int,
    owner: str = "buyer",
    others: frozenset[str] = frozenset(),
) -> None:
    """Put the item numbers of a segment where they belong in the item at ``path``.

    :param first: the element of the first qualifier.
    :param owner: whose number it is when none is given.
    :param others: qualifiers of pairs that name no item.
    """
    item = None
    for element, kind, value in pairs(segment, first):
        if kind in others:
            continue
        if item is None:
            item = reading.draft.get(path)
            if item is None:
                item = {}
                reading.draft.put(path, item)
        _put(reading, path, item, kind, value, (segment, element), owner)


def read_code(reading: X12Reading, path: Path, segment: Segment, element: int, owner: str = "buyer") -> None:
    """Put one item number: its qualifier stands in ``element``, itself behind it."""
    if not segment(element + 1):
        return
    item = reading.draft.get(path)
    if item is None:
        item = {}
        reading.draft.put(path, item)
    kind = segment(element).upper()
    _put(reading, path, item, kind, segment(element + 1), (segment, element + 1), owner)


def _put(
    reading: X12Reading,
    path: Path,
    item: dict[str, Any],
    kind: str,
    value: str,
    place: tuple[Segment, int],
    owner: str,
) -> None:
    draft = reading.draft
    if kind == _ISBN:
        gtin = value if is_gtin(value) else gtin_of_isbn(value)
        if gtin:
            kind, value = "EN", gtin
    if kind in (_LOT, _SERIAL):
        name = "lot_number_id" if kind == _LOT else "serial_id"
        draft.append((*path, "item_instance"), {name: value}, place)
        return
    if not kind:
        kind = "EN" if is_gtin(value) else "BP" if owner == "buyer" else "VN"
    field = FIELDS.get(kind)
    scheme = _GTIN if field == "standard_item_identification" else None
    found = {"id": value, "scheme_id": scheme} if scheme else {"id": value}
    if field and field not in item:
        item[field] = found
        draft.came_from((*path, field), place)
        return
    if field and item[field] == found:
        return
    draft.append((*path, "additional_item_identification"), found, place)
    if kind != _DEFINED and not scheme:
        draft.put((*path, "extensions", "code_types", value), kind)


def identified(reading: X12Reading, path: Path) -> None:
    """An item that only has a number of an unknown kind is called by it."""
    item = reading.draft.get(path) or {}
    if not (item.get("name") or any(field in item for field in FIELDS.values())):
        others = item.get("additional_item_identification")
        if others:
            reading.draft.put((*path, "name"), others[0]["id"])


def read_description(reading: X12Reading, path: Path, group: Group) -> bool:
    """The words of a PID: the first are the item's name, the second its description.

    Those of one kind that follow each other are one text in several pieces.
    """
    pid, before = group[0], reading.previous
    text, kind = pid.escaped(5).replace("\r", "").replace("\n", ""), pid(2)
    if not text.strip() or pid(1) not in ("F", "X", "") or kind not in _WORDS:
        return False
    words: dict[str, list[str]] = reading.gathered.setdefault(("words", path), {})
    follows = before is not None and before.tag == "PID" and before.number == pid.number - 1
    if words and follows and kind and before(2) == kind:
        words[next(reversed(words))].append(text)
        return True
    if kind != "GEN" and "name" not in words:
        field = "name"
    elif kind != "08" and "description" not in words:
        field = "description"
    else:
        return False
    words[field] = [text]
    place = (*path, field)
    reading.later(lambda: reading.draft.put(place, joined(words[field], DESCRIPTION), (pid, 5)))
    return True


# --- writing --------------------------------------------------------------------------------------
def codes(out: Writing, item: Item | None, most: int = _MOST) -> list[str]:
    """The pairs of a PO1, POC, IT1, ACK or LIN: qualifier, value, qualifier, value, …

    :param most: how many the segment has room for.
    """
    found = list(_codes(item, out.profile.qualifiers)) if item else []
    return [part for pair in found[:most] for part in pair]


def _codes(item: Item, qualifiers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    standard = item.standard_item_identification
    if standard:
        yield _kind(standard, {}), standard.id
    owned = (
        ("seller", item.sellers_item_identification),
        ("buyer", item.buyers_item_identification),
        ("manufacturer", item.manufacturers_item_identification),
    )
    for name, identifier in owned:
        if identifier:
            yield qualifiers[name], identifier.id
    types = item.extensions.get("code_types")
    for identifier in item.additional_item_identification:
        yield _kind(identifier, types if isinstance(types, dict) else {}), identifier.id
    for instance in item.item_instance:
        if instance.lot_number_id:
            yield _LOT, instance.lot_number_id
        if instance.serial_id:
            yield _SERIAL, instance.serial_id


def _kind(identifier: Identifier, types: Mapping[str, Any]) -> str:
    if identifier.scheme_id == _GTIN:
        return _STANDARD.get(len(identifier.id), "EN")
    return str(types.get(identifier.id) or _DEFINED)


def write_codes(out: Writing, item: Item | None) -> None:
    """LIN: the numbers for which the line's segment has no room."""
    found = list(_codes(item, out.profile.qualifiers)) if item else []
    for start in range(_MOST, len(found), _MOST):
        out.add("LIN", "", *(part for pair in found[start : start + _MOST] for part in pair))


def write_descriptions(out: Writing, item: Item | None) -> None:
    """PID: the name, then the description, in as many as they need."""
    for kind, text in (("08", item and item.name), ("GEN", item and item.description)):
        for part in pieces(text, DESCRIPTION, len(text)) if text else ():
            out.add("PID", "F", kind, "", "", part)
