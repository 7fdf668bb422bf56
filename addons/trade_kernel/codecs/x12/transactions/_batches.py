"""Batches and serial numbers of a line's item: REF and DTM, both ways."""

from collections.abc import Mapping

from ....canonical import Item
from ..._edi.writing import Writing
from ._base import Group, X12Reading
from ._dates import read_moment, write_dtm

#: element 128 → a batch, one piece
_NUMBERS = {"LT": "lot_number_id", "BT": "lot_number_id", "SE": "serial_id"}
#: element 374 → a date of the batch; the first of each is written
_DATES: Mapping[str, str] = {
    "036": "expiry_date",
    "094": "manufacture_date",
    "405": "manufacture_date",
}


def read_batch(reading: X12Reading, group: Group) -> bool:
    """The number of a REF or the date of a DTM, when it is a batch's; of which one must be plain."""
    head = group[0]
    path = (*reading.path, "item", "item_instance")
    known = reading.draft.get(path) or []
    if head.tag == "REF":
        field = _NUMBERS.get(head(1).upper())
        if not field or not head(2) or len(head) > 2 or len(group) > 1:
            return False
        if not any(one.get(field) == head(2) for one in known):
            reading.draft.append(path, {field: head(2)}, (head, 2))
        return True
    field = _DATES.get(head(1))
    if not field or not head(2) or head(3) or len(known) > 1 or (known and field in known[0]):
        return False
    reading.draft.put((*path, 0, field), read_moment(reading, head, 2)[0], (head, 2))
    return True


def write_batch(out: Writing, item: Item) -> None:
    """DTM: the dates of the batch, when there is one; its number stands among the item's."""
    if len(item.item_instance) != 1:
        return
    written: set[str] = set()
    for code, field in _DATES.items():
        on = getattr(item.item_instance[0], field)
        if on and field not in written:
            write_dtm(out, code, on)
        written.add(field)
