"""ORDCHG: the change of an order, and its end (BGM 1225 = 1)."""

from typing import ClassVar

from ....canonical import OrderCancellation, OrderChange
from ..._edi.reading import Reading, Shape
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._base import HEADER, LINE, Group, Message
from ._lines import LineMessage, read_order_reference, write_order_reference
from ._orders import OrderMessage
from ._terms import TAKES, read_note, write_notes

#: 1229 → the status of a changed line; a line that names none is changed
STATUS = {"1": "1", "2": "2", "7": "2", "3": "3", "6": "3", "24": "3", "25": "3", "5": "5", "4": "5", "": "3"}


class Change(OrderMessage):
    """A change; its revision stands with its number, or with the reference to the order."""

    types: ClassVar = ("ORDCHG",)
    documents: ClassVar = ("order_change",)
    code: ClassVar = "230"

    def reader(self, unh: Segment | None, bgm: Segment | None) -> Message:
        return CANCELLATION if bgm and bgm(3) == "1" else CHANGE

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) in ("ON", "VN"):
            return read_order_reference(reading, group)
        return super().header_rff(reading, group)

    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        super().line_lin(reading, group)
        action = group[0](2)
        reading.put("line_status_code", STATUS.get(action, action), group[0], 2)
        return None

    def finish(self, reading: Reading) -> None:
        _order_meant(reading)
        super().finish(reading)

    def write(self, document: OrderChange, out: Writing) -> None:
        self.write_header(out, document, "4")
        for line in document.order_lines:
            self.write_line(out, line, line.line_status_code)
        self.close(out, document, len(document.order_lines))

    def write_references(self, out: Writing, document: OrderChange) -> None:
        write_order_reference(out, document.order_reference)
        super().write_references(out, document)


class Cancellation(LineMessage):
    """The end of an order as a whole. Lines that come along are kept as they stand."""

    types: ClassVar = ()
    documents: ClassVar = ("order_cancellation",)
    sender: ClassVar = "buyer_customer_party"
    receiver: ClassVar = "seller_supplier_party"
    takes: ClassVar = {**TAKES, "BGM": "1.1=230 2.1 2.3 3.1=1", "RFF": "1.1-4"}
    starts: ClassVar = {}
    places: ClassVar = frozenset()
    shapes: ClassVar = {
        "header": Shape(HEADER.text + " LIN", HEADER.groups_text | {"LIN": LINE.text.removeprefix("LIN ")}),
        "summary": LineMessage.shapes["summary"],
        "line": LINE,
    }

    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgm(2), bgm, 2)
        if bgm(2, 3).isdecimal():
            reading.put("sequence_number", int(bgm(2, 3)[:9]), bgm, 2, 3)
        return None

    def header_cux(self, reading: Reading, group: Group) -> Group | None:
        return group

    def header_ftx(self, reading: Reading, group: Group) -> Group | None:
        path = ("note",) if group[0](1) == "ZZZ" else ("cancellation_note",)
        return None if read_note(reading, path, group[0]) else group

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        if self.read_revision(reading, group[0]):
            return group[1:]
        return read_order_reference(reading, group)

    def summary_cnt(self, reading: Reading, group: Group) -> Group | None:
        return group

    def finish(self, reading: Reading) -> None:
        _order_meant(reading)
        super().finish(reading)

    def written_type(self, document: OrderCancellation) -> str:
        return Change.types[0]

    def write(self, document: OrderCancellation, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        out.add("BGM", Change.code, self.numbered(out, document), "1")
        self.write_dates(out, document)
        write_notes(out, document.cancellation_note)
        write_notes(out, document.note, "ZZZ")
        self.write_revision(out, document)
        write_order_reference(out, document.order_reference)
        self.write_parties(out, document)
        out.close()
        out.add("UNS", "S")
        out.open(self.shape("summary"), document.extensions, "summary")
        out.close()


def _order_meant(reading: Reading) -> None:
    """Without a reference the message carries the order's own number."""
    draft = reading.draft
    if draft.get(("order_reference", "id")) is None:
        draft.put(("order_reference", "id"), draft.get(("id",)))


CHANGE, CANCELLATION = Change(), Cancellation()
