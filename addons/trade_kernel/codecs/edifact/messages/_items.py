"""Items: LIN, PIA and IMD to canonical items and back."""

from typing import Any

from ....canonical import Identifier, Item
from ....identifiers import check_digit, is_gtin
from ..._draft import Path
from ..._edi.reading import Reading
from ..._edi.syntax import Segment
from ..._edi.texts import DESCRIPTION, full, joined, lines
from ..._edi.writing import Writing

#: 7143 → the field of a canonical item
FIELDS = {
    "EN": "standard_item_identification",
    "SRV": "standard_item_identification",
    "UP": "standard_item_identification",
    "EU": "standard_item_identification",
    "SA": "sellers_item_identification",
    "VN": "sellers_item_identification",
    "VP": "sellers_item_identification",
    "IN": "buyers_item_identification",
    "BP": "buyers_item_identification",
    "MF": "manufacturers_item_identification",
    "MP": "manufacturers_item_identification",
}
_GTIN = "0160"
#: 7143 of further codes that name no kind: mutually defined
_DEFINED = "ZZZ"
#: 7143 of a batch, of one piece
_INSTANCES = {"NB": "lot_number_id", "SN": "serial_id"}
#: 7143 of a customs tariff or a class of goods, the usual one first
_CLASSES = ("HS", "CV", "CC", "GN")
#: 7081 of a description beside the name
_DESCRIBED = "DSC"
#: 7077 of a description in words
_WORDS = frozenset({"F", "A", "E", "B", "D", "S", ""})


def gtin_of_isbn(value: str) -> str | None:
    """The GTIN-13 that an ISBN-10 stands for, when its check character is right."""
    digits = value.replace("-", "").upper()
    if len(digits) != 10 or not (digits[:9].isascii() and digits[:9].isdecimal()):
        return None
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    if "0123456789X"[-total % 11] != digits[9]:
        return None
    body = "978" + digits[:9]
    return body + check_digit(body)


def read_code(reading: Reading, path: Path, segment: Segment, element: int, sender: str) -> None:
    """Put the item number in C212 where it belongs in the item at ``path``.

    :param sender: whose number it is when nothing says so: ``buyer`` or ``seller``.
    """
    if value := segment(element):
        _put_code(reading, path, value, segment(element, 2).upper(), (segment, element), sender)
    for value, kind in ((*parts, "", "")[:2] for parts in segment.repeated(element)[1:]):
        if value.strip():
            _put_code(reading, path, value.strip(), kind.strip().upper(), (segment, element), sender)


def _put_code(
    reading: Reading, path: Path, value: str, kind: str, place: tuple[Segment, int], sender: str
) -> None:
    draft = reading.draft
    if kind == "IB":
        gtin = value if is_gtin(value) else gtin_of_isbn(value)
        if gtin:
            value, kind = gtin, "EN"
    if not kind:
        kind = "EN" if is_gtin(value) else "IN" if sender == "buyer" else "SA"
    if kind in _INSTANCES:
        draft.append((*path, "item_instance"), {_INSTANCES[kind]: value}, place)
        return
    if kind in _CLASSES and draft.get((*path, "commodity_classification")) is None:
        draft.put((*path, "commodity_classification"), value, place)
        if kind != _CLASSES[0]:
            draft.put((*path, "extensions", "code_types", value), kind)
        return
    field = FIELDS.get(kind)
    scheme = _GTIN if field == "standard_item_identification" else None
    found = {"id": value, "scheme_id": scheme} if scheme else {"id": value}
    if field:
        known = (draft.get(path) or {}).get(field)
        if known is None:
            draft.put((*path, field), found, place)
        if known is None or known == found:
            return
    draft.append((*path, "additional_item_identification"), found, place)
    if kind != _DEFINED and not scheme:
        draft.put((*path, "extensions", "code_types", value), kind)


def read_codes(reading: Reading, path: Path, pia: Segment, sender: str) -> None:
    """All item numbers of a PIA."""
    for element in range(2, len(pia) + 1):
        read_code(reading, path, pia, element, sender)


def read_description(reading: Reading, path: Path, imd: Segment) -> bool:
    """The words of an IMD: the first are the item's name, then line after line its description."""
    parts, before = imd.composite(3)[3:5], reading.previous
    text = joined(parts, DESCRIPTION)
    if imd(1) not in _WORDS or not parts:
        return False
    item = reading.draft.get(path) or {}
    goes_on = before is not None and before.tag == "IMD" and before.number == imd.number - 1
    goes_on = goes_on and full(before.composite(3)[3:5], DESCRIPTION, 2)
    field = "description" if "description" in item or imd(2) == _DESCRIBED else "name"
    if field == "name" and field in item and not goes_on:
        field = "description"
    if field in item:
        item[field] += text if goes_on else "\n" + (text if text.strip() else "")
        return True
    if not text.strip():
        return False
    reading.draft.put((*path, field), text, (imd, 3))
    reading.draft.get(path)[field] = text  # a blank at its end may belong to a text that goes on
    return True


def identified(reading: Reading, path: Path) -> None:
    """An item that only has a description, or a number of an unknown kind, is called by it."""
    item = reading.draft.get(path) or {}
    if not (item.get("name") or any(field in item for field in FIELDS.values())):
        if item.get("description"):
            item["name"] = item.pop("description")
            return
        others = item.get("additional_item_identification")
        if others:
            reading.draft.put((*path, "name"), others[0]["id"])


# --- writing --------------------------------------------------------------------------------------
def line_code(out: Writing, item: Item | None) -> Any:
    """What LIN says of the item: its GTIN (C212)."""
    standard = item and item.standard_item_identification
    if standard and standard.scheme_id in (None, _GTIN):
        return (standard.id, out.profile.qualifiers["standard"])
    return ""


def write_codes(out: Writing, item: Item, main: str = "5", further: str = "1") -> None:
    """PIA: without a GTIN the first number identifies the line, the others add to it."""
    for index, (value, kind) in enumerate(_codes(out, item)):
        known = index or line_code(out, item)
        out.add("PIA", further if known else main, (value, kind))


def _codes(out: Writing, item: Item) -> list[tuple[str, str]]:
    qualifiers = out.profile.qualifiers
    owned = (
        ("seller", item.sellers_item_identification),
        ("buyer", item.buyers_item_identification),
        ("manufacturer", item.manufacturers_item_identification),
    )
    found = [(identifier.id, qualifiers[name]) for name, identifier in owned if identifier]
    types = item.extensions.get("code_types")
    types = types if isinstance(types, dict) else {}
    for identifier in item.additional_item_identification:
        found.append((identifier.id, _kind(identifier, types, qualifiers)))
    if item.commodity_classification:
        kind = types.get(item.commodity_classification) or _CLASSES[0]
        found.append((item.commodity_classification, str(kind)))
    for instance in item.item_instance:
        for kind, field in _INSTANCES.items():
            if value := getattr(instance, field):
                found.append((value, kind))
    return found


def _kind(identifier: Identifier, types: dict[str, Any], qualifiers: dict[str, str]) -> str:
    if identifier.scheme_id == _GTIN:
        return qualifiers["standard"]
    return str(types.get(identifier.id) or _DEFINED)


def write_descriptions(out: Writing, item: Item) -> None:
    """IMD: the name, then the description line by line; a blank stands for an empty line."""
    for text, code in ((item.name, ""), (item.description, _DESCRIBED)):
        for parts in lines(text, DESCRIPTION, 2) if text else ():
            out.add("IMD", "F", code, ("", "", "", *(parts if any(parts) else (" ",))))
