"""860: the change of an order, and its end (BCH01 = 01)."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import OrderCancellation, OrderChange
from ..._edi.syntax import Segment
from ..._edi.values import day
from ..._edi.writing import Writing
from ._base import GROUPS, SUMMARY, Group, Shape, Transaction, X12Reading, own_number
from ._dates import read_issued, write_issue_time, written_day
from ._items import read_codes
from ._lines import LineTransaction, order_number, revision_of, split_number
from ._orders import HEADER, LINE, REVISION, TOTALS, WRITTEN_TYPES, OrderTransaction
from ._texts import lines, read_notes, read_text, write_notes

#: element 670 → the status of a changed line; codes that are not here change it
STATUS = {"AI": "1", "OA": "1", "DI": "2", "NC": "5"}
WRITTEN = {"1": "AI", "2": "DI", "3": "CA", "5": "NC"}
#: the number of a document of its own, where its set has no place for one
NUMBER = "TN"
_NOTES = ("GEN", "ZZZ")


class OrderChangeSet(OrderTransaction):
    """A change. BCH03 is the order's number, BCH05 its revision; the change's own is a reference (TN)."""

    sets: ClassVar = ("860",)
    group: ClassVar = "PC"
    documents: ClassVar = ("order_change",)
    beginning: ClassVar = "BCH"
    starts: ClassVar[Mapping[str, str]] = {"POC": "line", "PO1": "line", "CTT": SUMMARY}
    takes: ClassVar[Mapping[str, str]] = {
        "BCH": "1=04 2=SA|BK|RL 3 5 6 8 11",
        "BEG": " ".join(map(str, range(1, 13))),
        "POC": "1 2=AI|DI|NC|CA 3 " + " ".join(map(str, range(5, 28))),
        "PO1": " ".join(map(str, range(1, 26))),
    }

    def reader(self, first: Segment | None) -> Transaction:
        return CANCELLATION if first and first(1) == "01" else CHANGE

    def header_bch(self, reading: X12Reading, group: Group) -> Group | None:
        bch = group[0]
        if reading.has("order_reference"):
            return group
        read_reference(reading, bch, 3, 6)
        self.read_type(reading, bch, 2)
        if bch(5).isdecimal():
            reading.put("sequence_number", int(bch(5)[:9]), bch, 5)
        reading.put(("contract", "id"), bch(8), bch, 8)
        if bch(11):
            read_issued(reading, (bch, 11), bch(11))
        return None

    def header_beg(self, reading: X12Reading, group: Group) -> Group | None:
        """The change as an 850."""
        beg = group[0]
        if reading.has("order_reference"):
            return group
        read_reference(reading, beg, 3, None)
        reading.state["with_order"] = True
        self.read_type(reading, beg, 2)
        reading.put(("contract", "id"), beg(6), beg, 6)
        if beg(5):
            read_issued(reading, (beg, 5), beg(5))
        return None

    def header_ref(self, reading: X12Reading, group: Group) -> Group | None:
        return group[1:] if read_number(reading, group[0]) else super().header_ref(reading, group)

    def line_poc(self, reading: X12Reading, group: Group) -> Group | None:
        poc = group[0]
        self.begin_line(reading, poc)
        reading.put("line_status_code", STATUS.get(poc(2), "3"), poc, 2)
        reading.put("quantity", reading.quantity(poc(3), poc(5)), poc, 3)
        read_codes(reading, (*reading.path, "item"), poc, 8, self.owner)
        self.read_price(reading, poc, 6)
        return None

    def line_po1(self, reading: X12Reading, group: Group) -> Group | None:
        po1 = group[0]
        self.begin_line(reading, po1)
        reading.put("line_status_code", "3", po1)
        reading.put("quantity", reading.quantity(po1(2), po1(3)), po1, 2)
        read_codes(reading, (*reading.path, "item"), po1, 6, self.owner)
        self.read_price(reading, po1, 4, "POC 6")
        return None

    def finish(self, reading: X12Reading) -> None:
        change_numbered(reading)
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: OrderChange, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        write_beginning(out, document, "04", WRITTEN_TYPES.get(document.order_type_code or "", "SA"))
        self.write_header(out, document)
        out.close()
        for line in document.order_lines:
            self.write_line(out, line, "POC", WRITTEN[line.line_status_code])
        self.close(out, document, len(document.order_lines))


class OrderCancellationSet(LineTransaction):
    """The end of an order as a whole. Lines that come along are kept as they stand."""

    sets: ClassVar = ()
    group: ClassVar = "PC"
    documents: ClassVar = ("order_cancellation",)
    sender: ClassVar = "buyer_customer_party"
    receiver: ClassVar = "seller_supplier_party"
    starts: ClassVar[Mapping[str, str]] = {"CTT": SUMMARY}
    places: ClassVar = frozenset()
    takes: ClassVar[Mapping[str, str]] = {
        "BCH": "1=01 2=SA 3 5 6 11",
        "BEG": " ".join(map(str, range(1, 13))),
    }
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": Shape(f"{HEADER.text} POC PO1", GROUPS | {tag: LINE.text for tag in ("POC", "PO1")}),
        "line": LINE,
        SUMMARY: TOTALS,
    }

    def header_bch(self, reading: X12Reading, group: Group) -> Group | None:
        bch = group[0]
        if reading.has("order_reference"):
            return group
        read_reference(reading, bch, 3, 6)
        if bch(5).isdecimal():
            reading.put("sequence_number", int(bch(5)[:9]), bch, 5)
        if bch(11):
            read_issued(reading, (bch, 11), bch(11))
        return None

    def header_beg(self, reading: X12Reading, group: Group) -> Group | None:
        beg = group[0]
        if reading.has("order_reference"):
            return group
        read_reference(reading, beg, 3, None)
        reading.state["with_order"] = True
        if beg(5):
            read_issued(reading, (beg, 5), beg(5))
        return None

    def header_cur(self, reading: X12Reading, group: Group) -> Group | None:
        return group

    def header_ref(self, reading: X12Reading, group: Group) -> Group | None:
        return group[1:] if read_number(reading, group[0]) else group

    def header_n9(self, reading: X12Reading, group: Group) -> Group | None:
        return read_notes(reading, "header", group, ("cancellation_note",))

    def header_msg(self, reading: X12Reading, group: Group) -> Group | None:
        return read_text(reading, group, ("cancellation_note",))

    header_mtx = header_msg

    def header_nte(self, reading: X12Reading, group: Group) -> Group | None:
        return read_text(reading, group)

    def summary_ctt(self, reading: X12Reading, group: Group) -> Group | None:
        return group

    def finish(self, reading: X12Reading) -> None:
        change_numbered(reading)
        super().finish(reading)

    def written_set(self, document, profile) -> tuple[str, str]:
        return OrderChangeSet.sets[0], profile.implementation

    def write(self, document: OrderCancellation, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        write_beginning(out, document, "01")
        write_issue_time(out, document)
        write_notes(out, document.cancellation_note)
        for index, note in enumerate(document.note):
            for line in lines(note, "NTE"):
                # Every other note has another code, so that they stay apart.
                out.add("NTE", _NOTES[index % 2], line)
        self.write_parties(out, document)
        out.close()
        out.open(self.shape(SUMMARY), document.extensions, SUMMARY)
        out.close()


def read_reference(
    reading: X12Reading, segment: Segment, number: int, date: int | None, release: int | None = None
) -> None:
    """The order that is meant, with its release (the next element, or that named) and its date."""
    found = order_number(segment(number), segment(release or number + 1))
    reading.put(("order_reference", "id"), found, segment, number)
    if date and segment(date):
        reading.put(("order_reference", "issue_date"), day(segment(date)), segment, date)


def read_number(reading: X12Reading, ref: Segment) -> bool:
    """The document's own number (REF TN), or the seller's of the order (VN)."""
    if ref(1) == NUMBER and ref(2) and not reading.has("id"):
        reading.put("id", ref(2), ref, 2)
        return True
    if ref(1) == "VN" and ref(2) and not reading.has("order_reference", "sales_order_id"):
        reading.put(("order_reference", "sales_order_id"), ref(2), ref, 2)
        return True
    if ref(1) == REVISION and ref(2).isdecimal():
        # BCH has the revision after the change, so this is the one before it; BEG has none.
        path = (
            ("sequence_number",) if "with_order" in reading.state else ("order_reference", "sequence_number")
        )
        if not reading.has(*path):
            reading.put(path, int(ref(2)[:9]), ref, 2)
            return True
    return False


def change_numbered(reading: X12Reading) -> None:
    """Without a number of its own a change is known by its order and its revision."""
    draft = reading.draft
    if draft.get(("id",)) is None:
        order = draft.get(("order_reference", "id"))
        number = order if draft.get(("sequence_number",)) else own_number(reading, order)
        draft.put(("id",), number)


def write_beginning(out: Writing, document, purpose: str, kind: str = "SA") -> None:
    """BCH and what it has no place for."""
    reference = document.order_reference
    number, _release = split_number(reference.id, document.extensions, "BCH", "4.1")
    out.add(
        "BCH",
        purpose,
        kind,
        number,
        "",
        str(document.sequence_number) if document.sequence_number else "",
        written_day(reference.issue_date, out),
        "",
        "",
        "",
        "",
        written_day(document.issue_date, out),
    )
    if document.id != reference.id or not document.sequence_number:
        out.add("REF", NUMBER, document.id)
    if reference.sales_order_id:
        out.add("REF", "VN", reference.sales_order_id)
    if revision_of(reference):
        out.add("REF", REVISION, revision_of(reference))


CHANGE, CANCELLATION = OrderChangeSet(), OrderCancellationSet()
