"""References to orders and other documents: RFF and the DTM that follows it."""

from collections.abc import Iterable, Iterator
from typing import Any

from ....canonical import DocumentReference, OrderLineReference
from ..._draft import Path
from ..._edi.reading import DEFERRED, Reading
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._base import Group, Message
from ._lines import read_day, read_order_reference

#: 1153 of the buyer's order; the first is written
ORDERS = ("ON", "CO")
SALES_ORDER = "VN"
_LINE = "LI"
#: 1153 → 1001 of what is referred to; ACE names no kind
KINDS = {
    "ON": "220",
    "AAK": "351",
    "DQ": "270",
    "PK": "271",
    "IV": "380",
    "CD": "381",
    "DL": "383",
    "ALO": "632",
    "CT": "315",
    "AAG": "310",
    "ACE": "",
}
_BY_CODE = {code: kind for kind, code in KINDS.items()}
#: 2005 of a document's date, the written one first
_ISSUED = ("171", "137", "3", "4")


def read_reference(reading: Reading, path: Path, group: Group, code: str = "") -> Group:
    """Put a reference at ``path`` of the scope: number, line and date; what is left of the group.

    :param code: 1001 of what is referred to.
    """
    rff, left = group[0], []
    reading.put((*path, "id"), rff(1, 2), rff, 1, 2)
    reading.put((*path, "line_id"), rff(1, 3), rff, 1, 3)
    reading.put((*path, "document_type_code"), code, rff, 1, 1)
    for dtm in group[1:]:
        if not _read_date(reading, (*reading.path, *path), dtm):
            left.append(dtm)
    return left


def _read_date(reading: Reading, path: Path, dtm: Segment) -> bool:
    """The day of a document."""
    if dtm.tag != "DTM" or dtm(1) not in _ISSUED or reading.draft.get((*path, "issue_date")) is not None:
        return False
    return read_day(reading, (*path, "issue_date"), dtm)


def append_reference(reading: Reading, path: Path, group: Group, code: str = "") -> Group:
    """The same, behind the others of the list at ``path``."""
    return read_reference(reading, (*path, len(reading.get(*path) or ())), group, code)


def write_reference(out: Writing, reference: DocumentReference | None, kind: str = "") -> None:
    """RFF and its date.

    :param kind: 1153; without one it is what the reference's type stands for.
    """
    if reference is None:
        return
    kind = kind or _BY_CODE.get(reference.document_type_code or "", "ACE")
    out.add("RFF", (kind, reference.id, reference.line_id))
    _write_date(out, reference.issue_date)


def write_references(out: Writing, references: Iterable[DocumentReference], kind: str = "") -> None:
    """One RFF after the other."""
    for reference in references:
        write_reference(out, reference, kind)


def _write_date(out: Writing, on: Any) -> None:
    if on:
        out.add("DTM", (_ISSUED[0], f"{on:%Y%m%d}".zfill(8), "102"))


# --- the orders of a document ---------------------------------------------------------------------
def gather_orders(message: Message, reading: Reading, group: Group, *, listed: bool = True) -> Group:
    """An order the header names: it is the document's when it is the only one.

    Several are further documents (1001 220): then the lines say which of them they are about.

    :param listed: whether the document has a list of further documents; else they stay as they stand.
    """
    gathered = reading.state.setdefault("orders", [])
    if not gathered:
        reading.later(lambda: _conclude_orders(message, reading, gathered, listed))
    gathered.append(group)
    return DEFERRED


def _conclude_orders(message: Message, reading: Reading, gathered: list[Group], listed: bool) -> None:
    orders = [group for group in gathered if group[0](1) in ORDERS and group[0](1, 2)]
    several = len({group[0](1, 2) for group in orders}) > 1
    # The seller's number is one of the buyer's order: alone it is kept as it stands.
    for group in sorted(gathered, key=lambda one: one[0](1) == SALES_ORDER):
        left = group
        if group[0](1) == SALES_ORDER:
            if reading.draft.get(("order_reference", "id")) is not None:
                left = read_order_reference(reading, group)
        elif several:
            left = group
            if listed and group in orders:
                path = ("additional_document_reference",)
                left = append_reference(reading, path, group, KINDS["ON"])
        elif group in orders:
            left = read_order_reference(reading, group)
        message.settle("header", reading, group, left)


# --- what was delivered ---------------------------------------------------------------------------
#: 1153 of a despatch advice or delivery note → what is said of its kind
DESPATCHES = {"AAK": "", "DQ": KINDS["DQ"]}


def write_despatch(out: Writing, reference: DocumentReference | None) -> None:
    """RFF+AAK, or RFF+DQ of a delivery note."""
    if reference:
        note = reference.document_type_code == KINDS["DQ"]
        write_reference(out, reference, "DQ" if note else "AAK")


# --- the order a line is about --------------------------------------------------------------------
def read_line_order(message: Message, reading: Reading, group: Group) -> Group:
    """RFF+ON:order:line, RFF+LI:line, RFF+VN:sales order:line in the ``order_line_reference`` of a line."""
    rff = group[0]
    if rff(1) == SALES_ORDER and (rff(1, 2) or rff(1, 3)):
        reading.later(lambda: message.settle("line", reading, group, _read_of_line(reading, group)))
        return DEFERRED
    return _read_of_line(reading, group)


def names_order(segment: Segment) -> bool:
    """Whether :func:`read_line_order` is for it."""
    return segment.tag == "RFF" and segment(1) in (*ORDERS, _LINE, SALES_ORDER)


def is_issue(segment: Segment) -> bool:
    """Whether it says when what was referred to was issued."""
    return segment.tag == "DTM" and segment(1) in _ISSUED


def read_line_orders(reading: Reading, groups: Iterable[Group]) -> Iterator[tuple[Group, Group]]:
    """The same for all references of a line that is complete: each with what is left of it."""
    for group in sorted(groups, key=lambda one: one[0](1) == SALES_ORDER):
        yield group, _read_of_line(reading, group)


def _read_of_line(reading: Reading, group: Group) -> Group:
    rff, path = group[0], ("order_line_reference",)
    kind, value, line = rff(1), rff(1, 2), rff(1, 3)
    if kind == _LINE:
        order, line = (value, line) if line else ("", value)
        known = reading.get(*path, "line_id")
        if not line or (known is not None and known != line):
            return group
        reading.put((*path, "line_id"), line, rff, 1, 2)
        if order and not reading.has(*path, "order_reference"):
            reading.put((*path, "order_reference", "id"), order, rff, 1, 2)
        return group[1:]
    if kind in ORDERS:
        return _read_order(reading, path, group)
    if kind == SALES_ORDER and (value or line):
        return _read_sales_order(reading, path, group)
    return group


def _read_order(reading: Reading, path: Path, group: Group) -> Group:
    rff = group[0]
    value, line = rff(1, 2), rff(1, 3)
    known = reading.get(*path, "line_id")
    order = (*path, "order_reference")
    if not (value or line) or (line and known is not None and known != line):
        return group
    if value and reading.has(*order) and reading.get(*order, "id") != value:
        return group
    reading.put((*path, "line_id"), line, rff, 1, 3)
    if not value:
        return group[1:]
    reading.put((*order, "id"), value, rff, 1, 2)
    revision = rff(1, 4)
    if revision.isdecimal():
        reading.put((*order, "sequence_number"), int(revision[:9]), rff, 1, 4)
    return [one for one in group[1:] if not _read_date(reading, (*reading.path, *order), one)]


def _read_sales_order(reading: Reading, path: Path, group: Group) -> Group:
    rff, order = group[0], (*path, "order_reference")
    if rff(1, 2) and (not reading.has(*order, "id") or reading.has(*order, "sales_order_id")):
        return group
    if reading.has(*path, "sales_order_line_id"):
        return group
    if rff(1, 2):
        reading.put((*order, "sales_order_id"), rff(1, 2), rff, 1, 2)
    reading.put((*path, "sales_order_line_id"), rff(1, 3), rff, 1, 3)
    return group[1:]


def write_line_order(out: Writing, reference: OrderLineReference | None) -> None:
    """RFF of the order line a line is about."""
    if reference is None:
        return
    order = reference.order_reference
    if order:
        revision = "" if order.sequence_number is None else str(order.sequence_number)
        out.add("RFF", (ORDERS[0], order.id, reference.line_id, revision))
        _write_date(out, order.issue_date)
    elif reference.line_id:
        out.add("RFF", (_LINE, reference.line_id))
    sales = order and order.sales_order_id
    if sales or reference.sales_order_line_id:
        out.add("RFF", (SALES_ORDER, sales, reference.sales_order_line_id))
