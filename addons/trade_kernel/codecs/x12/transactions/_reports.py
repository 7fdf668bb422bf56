"""What catalogues and reports of stock and sales have in common: LIN after LIN, each about one item.

A LIN that says several quantities becomes several lines: the later ones repeat the item and get a number of
their own (``7``, ``7/2``, ``7/3``).
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar

from ....canonical import Item
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._base import DEFERRED, GROUPS, SUMMARY, Group, Kept, X12Reading
from ._batches import read_batch
from ._dates import read_moment, write_dtm, written_day, written_moment
from ._items import codes, read_codes, write_descriptions
from ._lines import LineTransaction, another
from ._orders import REVISION
from ._parties import SCHEMES, names_nobody, read_location, write_location

#: what belongs to what; quantities behind a place are lines of their own
REPORT_GROUPS = GROUPS | {"N1": "N2 IN2 N3 N4 REF PER SI"}
#: how many pairs a LIN has room for
_PAIRS = 15
#: N101 of a place, as it is written
WAREHOUSE = "WH"
#: element 309 of a LOC that says no more than that it is a place of stock
_PLAIN_PLACES = frozenset({"WH", "W", "SL"})
#: element 374: when the document was made
_MADE = "097"
#: the elements of a SDQ: pairs of place and quantity, then the place within each
_SDQ_FIRST, _SDQ_LAST = 3, 22


class ReportTransaction(LineTransaction):
    """Base of those sets.

    Attributes:
        place_roles: N101 of places a line is about.
        location: the field of a line's place.
    """

    starts: ClassVar[Mapping[str, str]] = {"LIN": "line", "CTT": SUMMARY}
    takes: ClassVar[Mapping[str, str]] = {"LIN": " ".join(map(str, range(1, 32)))}
    places: ClassVar[frozenset[str]] = frozenset()
    place_roles: ClassVar[frozenset[str]] = frozenset()
    location: ClassVar[str] = "inventory_location"

    # -- header ------------------------------------------------------------------------------------
    def header_cur(self, reading: X12Reading, group: Group) -> Group | None:
        """The currency of prices; it is kept as it stands, for the document has no place for it."""
        reading.currency = group[0](2).upper() or reading.currency
        return group

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        """097 is when the document was made, with the day and the time or one of them."""
        dtm = group[0]
        if dtm(1) != _MADE or not dtm(2):
            return group
        on, at = read_moment(reading, dtm, 2)
        if reading.draft.get(("issue_date",)) not in (None, on) or reading.has("issue_time"):
            return group
        reading.put("issue_date", on, dtm, 2)
        reading.put("issue_time", at, dtm, 3)
        return None

    def header_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        if ref(1) == REVISION and ref(2).isdecimal() and not reading.state.get("revised"):
            reading.state["revised"] = True
            reading.put("sequence_number", int(ref(2)[:9]), ref, 2)
            return group[1:]
        return group

    # -- lines -------------------------------------------------------------------------------------
    def line_lin(self, reading: X12Reading, group: Group) -> Group | None:
        """A LIN begins a line."""
        self.settle_place(reading)
        state, lin = reading.state, group[0]
        state["counted"] = state.get("counted", 0) + 1
        state["number"] = lin(1) or str(state["counted"])
        state["first"] = len(reading.draft.values.get(self.field, ()))
        self._line(reading, lin)
        read_codes(reading, (*reading.path, "item"), lin, 2, self.owner)
        return None

    def again(self, reading: X12Reading, segment: Segment) -> None:
        """Something else about the same item: a line of its own."""
        self._line(reading, segment)
        item = reading.draft.get((self.field, reading.state["first"], "item"))
        reading.put("item", deepcopy(item), segment)

    def _line(self, reading: X12Reading, segment: Segment) -> None:
        index = len(reading.draft.values.get(self.field, ()))
        reading.begin((self.field, index), self.shape("line"))
        reading.draft.line(self.field, (segment,))
        self._tell_apart(reading, reading.state["number"], segment)
        reading.state["last"] = reading.path, reading.kept
        reading.later(lambda: self.complete(reading))

    @staticmethod
    def _tell_apart(reading: X12Reading, number: str, segment: Segment) -> None:
        """Number a line: as it is, unless another line has that number."""
        known: set[str] = reading.state.setdefault("numbers", set())
        unique = number if number not in known else another(reading, number, known)
        known.add(unique)
        reading.put("id", unique, segment, 1)

    def complete(self, reading: X12Reading) -> None:
        """A line is complete."""

    def line_ref(self, reading: X12Reading, group: Group) -> Group | None:
        return DEFERRED if read_batch(reading, group) else group

    def line_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        return None if read_batch(reading, group) else group

    def line_ls(self, reading: X12Reading, group: Group) -> Group | None:
        """LS and LE frame a loop, no more."""
        return DEFERRED

    line_le = line_ls

    # -- places ------------------------------------------------------------------------------------
    # A place stands before the quantities it is about or behind them: who follows it takes it, and else it
    # belongs to the lines of the item that have none.
    def line_n1(self, reading: X12Reading, group: Group) -> Group | None:
        if group[0](1).upper() not in self.place_roles or names_nobody(group):
            return group
        return self._at(reading, group)

    def line_loc(self, reading: X12Reading, group: Group) -> Group | None:
        return self._at(reading, group) if group[0](2) else group

    def _at(self, reading: X12Reading, group: Group) -> Group:
        self.settle_place(reading)
        reading.state |= {"place": group, "taken": False}
        return DEFERRED

    def take_place(self, reading: X12Reading, *, alone: bool = True) -> None:
        """The line that just began, or got its quantity, is about the place that was named before.

        :param alone: whether the quantities before the place are about another one.
        """
        group = reading.state.get("place")
        if group:
            reading.state["taken"] = reading.state["taken"] or alone
            self._put_place(reading, group, reading.path, reading.kept)

    def settle_place(self, reading: X12Reading) -> None:
        """No more quantities follow the place that was named."""
        group = reading.state.pop("place", None)
        if not group or reading.state["taken"]:
            return
        lines = reading.draft.values[self.field]
        path, kept = reading.state["last"]
        without = [n for n in range(reading.state["first"], len(lines)) if self.location not in lines[n]]
        if without and without[-1] == path[1]:
            self._put_place(reading, group, path, kept)
        if without:
            for index in without:
                lines[index][self.location] = deepcopy(lines[path[1]].get(self.location))
        else:
            kept.keep(group)
        if kept is not reading.kept:
            reading.save(path, kept)

    def _put_place(self, reading: X12Reading, group: Group, path: Path, kept: Kept) -> None:
        head, where = group[0], (*path, self.location)
        if head.tag == "N1":
            if not read_location(reading, where, group, WAREHOUSE, kept):
                kept.keep(group)
            return
        found: dict[str, Any] = {"id": {"id": head(2)}}
        if head(3):
            found["name"] = head(3)
        reading.draft.put(where, found, (head, 2))
        if head(1).upper() not in _PLAIN_PLACES or len(head) > 3 or len(group) > 1:
            kept.keep(group)

    def shares(self, reading: X12Reading, sdq: Segment) -> list[tuple[int, dict[str, Any]]] | None:
        """The places of a SDQ, each with the element behind it, which says how much; ``None``: not plain."""
        scheme = SCHEMES.get(sdq(2).upper())
        last = min(len(sdq), _SDQ_LAST)
        elements = range(_SDQ_FIRST, last + 1, 2)
        known = scheme or sdq(2) in ("", reading.qualifiers["party"], "91", "92", "54")
        if not known or len(sdq) > _SDQ_LAST or not all(sdq(one) and sdq(one + 1) for one in elements):
            return None
        found = []
        for element in elements:
            ident = {"id": sdq(element), "scheme_id": scheme} if scheme else {"id": sdq(element)}
            found.append((element + 1, {"id": ident}))
        return found

    # -- after the last segment --------------------------------------------------------------------
    def summary_ctt(self, reading: X12Reading, group: Group) -> Group | None:
        """CTT counts the LIN."""
        self.settle_place(reading)
        ctt, counted = group[0], reading.state.get("counted", 0)
        if not ctt(1).isdecimal() or int(ctt(1)[:18]) != counted:
            reading.miscounted(ctt, "lines", counted)
        return group[1:]

    def finish(self, reading: X12Reading) -> None:
        self.settle_place(reading)
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def write_item(self, out: Writing, number: str, item: Item) -> None:
        """LIN and PID."""
        found = codes(out, item, _PAIRS + 1)
        if len(found) > 2 * _PAIRS:
            raise self.cannot(f"all numbers of the item in line {number}", "LIN has room for 15")
        out.add("LIN", number, *found)
        write_descriptions(out, item)

    def write_line_place(self, out: Writing, location: Any) -> None:
        """N1, of the warehouse."""
        if location:
            write_location(out, WAREHOUSE, location)


def issue_of(out: Writing, document: Any) -> tuple[str, str]:
    """The day and the time of issue for the first segment, and DTM where it cannot say the time's zone."""
    _on, at, zone = written_moment(document.issue_date, document.issue_time, out)
    if document.issue_time and (zone or not at):
        write_dtm(out, _MADE, document.issue_date, document.issue_time)
        at = ""
    return written_day(document.issue_date, out), at


def write_made(out: Writing, document: Any) -> None:
    """DTM 097, for sets whose first segment says no date."""
    write_dtm(out, _MADE, document.issue_date, document.issue_time)


def write_revision(out: Writing, document: Any) -> None:
    """REF, for sets whose first segment has no place for it."""
    if document.sequence_number:
        out.add("REF", REVISION, str(document.sequence_number))
