"""Goods: their batches and serial numbers, where they come from, what they weigh."""

from typing import Any

from ....canonical import Item, ItemInstance, Measure, Shipment
from ....canonical.codes import COUNTRIES
from ..._draft import Path
from ..._edi.reading import DEFERRED, Reading
from ..._edi.syntax import Segment
from ..._edi.values import moment, number, unit
from ..._edi.writing import Writing
from ._base import Group, Message

#: 2005 → a date of a batch
DATES = {"36": "expiry_date", "361": "best_before_date", "94": "manufacture_date"}
#: 7405 → what a number is
_INSTANCES = {"BX": "lot_number_id", "BN": "serial_id"}
#: 6313 → the field of a ``Shipment`` or a package; the first of each is written
MEASURES = {
    "AAD": "gross_weight_measure",
    "AAB": "gross_weight_measure",
    "G": "gross_weight_measure",
    "AAW": "gross_volume_measure",
    "ABJ": "gross_volume_measure",
}
#: 6069 of CNT → the same
COUNTS = {"7": "gross_weight_measure", "15": "gross_volume_measure"}
_NUMBERS = 5  # of one GIN
#: the positions that are read here, for a message's ``takes``
TAKES = {
    "MEA": "1=PD 2.1 3.1-2",
    "ALI": "1",
    "GIN": "1 2.1 3.1 4.1 5.1 6.1",
    "GIR": "1=1|3 2.1-2 3.1-2 4.1-2 5.1-2 6.1-2",
}


# --- measures -------------------------------------------------------------------------------------
def measure(mea: Segment, reading: Reading) -> dict[str, str] | None:
    """The ``Measure`` in a MEA; one without a unit is none."""
    if not mea(3, 2) or not mea(3, 1):
        return None
    return {"value": number(mea(3, 2)), "unit_code": unit(mea(3, 1), reading.units)}


def read_measure(reading: Reading, path: Path, mea: Segment) -> bool:
    """Put a gross weight or volume at ``path`` of the document, unless there is one."""
    field, found = MEASURES.get(mea(2)), measure(mea, reading)
    if not field or not found or reading.draft.get((*path, field)) is not None:
        return False
    reading.draft.put((*path, field), found, (mea, 3, 2))
    return True


def write_measures(out: Writing, shipment: Shipment) -> None:
    """MEA of the whole shipment."""
    write_measure(out, "AAD", shipment.gross_weight_measure)
    write_measure(out, "AAW", shipment.gross_volume_measure)


def write_measure(out: Writing, kind: str, value: Measure | None) -> None:
    """MEA."""
    if value:
        out.add("MEA", "PD", kind, (out.unit(value.unit_code), out.number(value.value)))


# --- origin ---------------------------------------------------------------------------------------
def read_origin(reading: Reading, ali: Segment) -> bool:
    """The country a line's item comes from."""
    if ali(1).upper() not in COUNTRIES or reading.has("item", "origin_country"):
        return False
    reading.put(("item", "origin_country"), ali(1).upper(), ali, 1)
    return True


def write_origin(out: Writing, item: Item | None) -> None:
    """ALI."""
    if item and item.origin_country:
        out.add("ALI", item.origin_country)


# --- batches and serial numbers -------------------------------------------------------------------
def numbers_of(gin: Segment) -> list[str]:
    """The numbers of a GIN; none when it says from where to where."""
    elements = range(2, len(gin) + 1)
    return [] if any(gin(element, 2) for element in elements) else [gin(e) for e in elements if gin(e)]


def read_numbers(reading: Reading, gin: Segment) -> bool:
    """GIN of a line: serial numbers, or batches."""
    field, numbers = _INSTANCES.get(gin(1)), numbers_of(gin)
    if not field or not numbers:
        return False
    for value in numbers:
        _append(reading, {field: value}, gin)
    return True


def read_set(reading: Reading, gir: Segment) -> bool:
    """GIR of a line: one piece, or one batch, by all its numbers."""
    found: dict[str, Any] = {}
    for element in range(2, len(gir) + 1):
        field = _INSTANCES.get(gir(element, 2))
        if not field or field in found or not gir(element):
            return False
        found[field] = gir(element)
    if found:
        _append(reading, found, gir)
    return bool(found)


def read_batch(reading: Reading, group: Group) -> Group:
    """PCI of a line, with the batch or pieces it marks: DTM, QTY and GIN."""
    dates: dict[str, Any] = {}
    quantities: list[Segment] = []
    lots: list[str] = []
    serials: list[str] = []
    left: Group = []
    for segment in group[1:]:
        field = DATES.get(segment(1)) if segment.tag == "DTM" else None
        on, at = moment(segment(1, 2), segment(1, 3), reading.where) if field else ("", None)
        numbers = numbers_of(segment) if segment.tag == "GIN" else []
        if on and not at and field not in dates:
            dates[field] = on
        elif segment.tag == "QTY" and not quantities and segment(1, 2):
            quantities.append(segment)
        elif segment(1) == "BX" and len(numbers) == 1 and not lots:
            lots = numbers
        elif segment(1) == "BN" and numbers:
            serials += numbers
        else:
            left.append(segment)
    if not (dates or lots or serials):
        return group
    common = {"lot_number_id": lots[0]} if lots else {}
    common |= dates
    if quantities and len(serials) > 1:
        left += quantities  # the quantity of all of them together
    elif quantities:
        common["quantity"] = reading.quantity(quantities[0](1, 2), quantities[0](1, 3))
    for serial in serials or [""]:
        _append(reading, common | ({"serial_id": serial} if serial else {}), group[0])
    return left


def _append(reading: Reading, values: dict[str, Any], segment: Segment) -> None:
    reading.draft.append((*reading.path, "item", "item_instance"), values, (segment,))


def gather_dates(message: Message, reading: Reading, group: Group) -> Group:
    """A date of the batch a line is of: DTM+36 and others, beside the batch's number."""
    reading.later(lambda: message.settle("line", reading, group, _read_date(reading, group)))
    return DEFERRED


def _read_date(reading: Reading, group: Group) -> Group:
    dtm = group[0]
    on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
    instances = reading.get("item", "item_instance") or ()
    path = ("item", "item_instance", 0, DATES[dtm(1)])
    if at or not on or len(instances) > 1 or reading.has(*path):
        return group  # of several batches nobody knows which is meant
    reading.put(path, on, dtm, 1, 2)
    return []


def unite(reading: Reading) -> None:
    """A batch and a serial number, each said alone, are those of one piece."""
    instances = reading.get("item", "item_instance") or ()
    if [set(one) for one in instances] in ([{"lot_number_id"}, {"serial_id"}],):
        instances[0].update(instances.pop())


def write_instances(out: Writing, item: Item) -> None:
    """Serial numbers alone in GIN; everything else by PCI, DTM, QTY and GIN."""
    instances = item.item_instance
    serials = [one.serial_id for one in instances if one == ItemInstance(serial_id=one.serial_id)]
    if serials and all(serials) and len(serials) == len(instances):
        for start in range(0, len(serials), _NUMBERS):
            out.add("GIN", "BN", *serials[start : start + _NUMBERS])
        return
    for one in instances:
        _write_batch(out, one)


def _write_batch(out: Writing, one: ItemInstance) -> None:
    out.add("PCI", "36E")
    for kind, field in DATES.items():
        if on := getattr(one, field):
            out.add("DTM", (kind, f"{on:%Y%m%d}".zfill(8), "102"))
    if one.quantity:
        out.add("QTY", ("12", out.number(one.quantity.value), out.unit(one.quantity.unit_code)))
    for kind, field in _INSTANCES.items():
        if value := getattr(one, field):
            out.add("GIN", kind, value)
