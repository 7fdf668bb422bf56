"""867: what a distributor sold or moved, transfer by transfer; activities are written so when asked for."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import ProductActivity, ProductActivityLine
from ..._edi.syntax import Segment
from ..._edi.values import number
from ..._edi.writing import Writing
from ._activity import ORDER, ActivityTransaction, place_group, write_place
from ._base import DEFERRED, SET, SUMMARY, Group, Shape, X12Reading, X12Takes, own_number
from ._batches import read_batch, write_batch
from ._dates import gather, read_issued, write_issue_time, write_period, written_day
from ._items import codes, read_codes, write_descriptions
from ._lines import another
from ._reports import REPORT_GROUPS, write_revision

#: element 353 (BPT01): taken back
_WITHDRAWN = "01"
#: element 374: the time of the report, of a transfer
_REPORT: tuple[Mapping[str, str], ...] = (
    {"090": "start", "091": "end"},
    {"327": "both", "582": "both", "007": "both"},
)
_TRANSFER: tuple[Mapping[str, str], ...] = ({"003": "both"}, {"011": "both"}, {"035": "both"})
#: element 673 of what a QTY counts
_SOLD = "32"
#: what belongs to what: a reference behind an amount is the line's
_GROUPS = REPORT_GROUPS | {"AMT": ""}
_UIT = X12Takes("1 2")
_PAIRS = 15
#: element 235: the line's own number stands in LIN01
_FIRST = 2


class ProductTransfer(ActivityTransaction):
    """PTD begins a transfer and what holds for all of it, each QTY a line."""

    sets: ClassVar = ("867",)
    group: ClassVar = "PT"
    usual: ClassVar = False
    beginning: ClassVar = "BPT"
    owner: ClassVar = "seller"
    starts: ClassVar[Mapping[str, str]] = {"PTD": "transfer", "QTY": "line", "CTT": SUMMARY}
    activities: ClassVar[Mapping[str, str]] = {"SS": "sales", "SD": "sales", "RD": "returns"}
    parties: ClassVar[Mapping[str, str]] = {
        "DB": "sender_party",
        "DS": "sender_party",
        "BG": "sender_party",
        "FR": "sender_party",
        "MF": "receiver_party",
        "SU": "receiver_party",
        "VN": "receiver_party",
        "SE": "receiver_party",
    }
    takes: ClassVar[Mapping[str, str]] = {"BPT": "1=00 2 3", "PTD": "1", "QTY": "1=32 2 3", "UIT": "1 2"}
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": Shape("BPT CUR DTM REF PER MEA PSA N9 N1", _GROUPS),
        "transfer": Shape("PTD DTM REF PRF MAN N1 SII N9 PER", _GROUPS),
        "line": Shape("QTY LIN PO3 PO4 UIT AMT ITA PID MEA PKG REF DTM N9 N1 LM", _GROUPS),
        SUMMARY: Shape("CTT AMT ITA", {}),
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bpt(self, reading: X12Reading, group: Group) -> Group | None:
        bpt = group[0]
        if reading.has("id"):
            return group
        if bpt(1) == _WITHDRAWN:
            reading.refuse("document.withdrawn", bpt, 1, document="product activity report", number=bpt(2))
        reading.put("id", bpt(2) or own_number(reading, None), bpt, 2)
        if bpt(3):
            read_issued(reading, (bpt, 3), bpt(3))
        reading.draft.put(("extensions", SET), self.sets[0])
        return None

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        if gather(self, reading, "header", ("activity_period",), group, *_REPORT):
            return DEFERRED
        return super().header_dtm(reading, group)

    # -- transfers -----------------------------------------------------------------------------------
    def transfer_ptd(self, reading: X12Reading, group: Group) -> Group | None:
        """What holds for the lines that follow; what is left over is kept with the first of them."""
        lines = len(reading.draft.values.get(self.field, ()))
        reading.begin((), self.shape("transfer"), "transfers", str(lines + 1))
        reading.state |= {"ptd": group[0], "there": None, "order": None, "dates": []}
        return None

    def transfer_n1(self, reading: X12Reading, group: Group) -> Group | None:
        if not place_group(group) or reading.state["there"]:
            return group
        rest = [one for one in group[1:] if one.tag == "REF" and one(1) == ORDER]
        reading.state["there"] = [one for one in group if one not in rest]
        for ref in rest:
            if not self._ordered(reading, ref):
                reading.state["there"].append(ref)
        return DEFERRED

    def transfer_ref(self, reading: X12Reading, group: Group) -> Group | None:
        return DEFERRED if self._ordered(reading, group[0]) else group

    @staticmethod
    def _ordered(reading: X12Reading, ref: Segment) -> bool:
        if ref(1) != ORDER or not ref(2) or len(ref) > 2 or reading.state["order"]:
            return False
        reading.state["order"] = ref
        return True

    # -- lines -------------------------------------------------------------------------------------
    def line_qty(self, reading: X12Reading, group: Group) -> Group | None:
        qty, state = group[0], reading.state
        state["counted"] = state.get("counted", 0) + 1
        index = len(reading.draft.values.get(self.field, ()))
        reading.begin((self.field, index), self.shape("line"))
        reading.draft.line(self.field, (qty,))
        reading.move_kept("transfers", index + 1, "transfer")
        reading.put("quantity", reading.quantity(qty(2), qty(3)), qty, 2)
        ptd = state.get("ptd")
        if ptd is not None:
            self.activity(reading, ptd(1).upper(), ptd)
        if state.get("order"):
            reading.put(("order_reference", "id"), state["order"](2), state["order"], 2)
        reading.later(lambda: self.complete(reading))
        return None

    def line_lin(self, reading: X12Reading, group: Group) -> Group | None:
        lin = group[0]
        if "lin" in reading.gathered:
            return group
        reading.gathered["lin"] = lin
        read_codes(reading, (*reading.path, "item"), lin, _FIRST, self.owner)
        return None

    def complete(self, reading: X12Reading) -> None:
        lin = reading.gathered.get("lin")
        known: set[str] = reading.state.setdefault("numbers", set())
        number_ = (lin(1) if lin else "") or str(reading.path[1] + 1)
        unique = number_ if number_ not in known else another(reading, number_, known)
        known.add(unique)
        reading.put("id", unique, *((lin, 1) if lin else (reading.state.get("ptd") or reading.previous,)))
        self.put_place(reading, reading.state.get("there"))

    def line_uit(self, reading: X12Reading, group: Group) -> Group | None:
        """The price of one unit; what kind it is stays with it."""
        uit = group[0]
        if not uit(2) or reading.has("price"):
            return group
        price: dict[str, Any] = {"price_amount": reading.amount(number(uit(2)))}
        if uit(1):
            price["base_quantity"] = reading.quantity("1", uit(1))
        reading.put("price", price, uit, 2)
        key = reading.kept.key("UIT", "")
        if extras := _UIT.extras(uit):
            reading.kept.elements[key] = extras
        return DEFERRED

    def line_n1(self, reading: X12Reading, group: Group) -> Group | None:
        if not place_group(group) or reading.has(self.location):
            return group
        self.put_place(reading, group)
        return DEFERRED

    def line_loc(self, reading: X12Reading, group: Group) -> Group | None:
        return group

    def line_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        if read_batch(reading, group):
            return DEFERRED
        return DEFERRED if gather(self, reading, "line", ("activity_period",), group, *_TRANSFER) else group

    def line_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        if ref(1) == ORDER and ref(2) and len(ref) == 2 and not reading.has("order_reference"):
            reading.put(("order_reference", "id"), ref(2), ref, 2)
            return DEFERRED
        return super().line_ref(reading, group)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: ProductActivity, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        out.add("BPT", "00", document.id, written_day(document.issue_date, out))
        write_issue_time(out, document)
        self.write_currency(out, document)
        write_period(out, document.activity_period, "007", "090", "091")
        write_revision(out, document)
        self.write_end(out, document)
        for line in document.activity_lines:
            self._write_line(out, line)
        self.close(out, document, len(document.activity_lines))

    def _write_line(self, out: Writing, line: ProductActivityLine) -> None:
        out.open(self.shape("transfer"), line.extensions, "transfer")
        out.add("PTD", self.written_activity(line, ""))
        out.close()
        found = codes(out, line.item, _PAIRS + 1)
        if len(found) > 2 * _PAIRS:
            raise self.cannot(f"all numbers of the item in line {line.id}", "LIN has room for 15")
        base = line.price.base_quantity if line.price else None
        if base and base.value != 1:
            raise self.cannot(f"the price of line {line.id}", "867 says it for one unit")
        out.open(self.shape("line"), line.extensions)
        quantity = line.quantity
        out.add("QTY", _SOLD, out.number(quantity.value), out.unit(quantity.unit_code))
        out.add("LIN", line.id, *found)
        if line.price:
            unit = out.unit(base.unit_code) if base else ""
            out.add("UIT", unit, out.number(line.price.price_amount.value))
        write_descriptions(out, line.item)
        if line.order_reference:
            out.add("REF", ORDER, line.order_reference.id)
        write_period(out, line.activity_period, "003", "", "")
        write_batch(out, line.item)
        write_place(out, line)
        out.close()
