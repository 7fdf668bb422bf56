"""What happened with items, as 852 and 867 say it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import ProductActivity, ProductActivityLine
from ..._edi.syntax import Segment
from ..._edi.values import number
from ..._edi.writing import Writing
from ._base import DEFERRED, Group, X12Reading, X12Takes
from ._dates import read_issued, written_moment
from ._parties import names_nobody, read_location, write_location
from ._reports import ReportTransaction
from ._terms import write_currency
from ._texts import write_notes

#: N101: where it happened; the first is written
REPORTED = "RL"
PLACES = frozenset({REPORTED, "ST", "SN", "WH", "DC", "UC", "EN", "BO"})
#: element 128 of a N9 with the number, the day and the time of a document that has no other place for them
_OWN, _OWN_WORD = "ZZ", "DOCUMENT"
_CTP = X12Takes("3 4 5")
#: element 128: the order
ORDER = "PO"


class ActivityTransaction(ReportTransaction):
    """Base of both.

    Attributes:
        activities: the code of what happened ⇄ one of few words; of several, the first is written.
    """

    documents: ClassVar = ("product_activity",)
    group: ClassVar = "PD"
    field: ClassVar = "activity_lines"
    owner: ClassVar = "buyer"
    sender: ClassVar = "sender_party"
    receiver: ClassVar = "receiver_party"
    location: ClassVar = "activity_location"
    place_roles: ClassVar = PLACES
    activities: ClassVar[Mapping[str, str]] = {}

    # -- header ------------------------------------------------------------------------------------
    def header_cur(self, reading: X12Reading, group: Group) -> Group | None:
        """The currency of the prices, which is written with them."""
        super().header_cur(reading, group)
        if group[0](1) != "SE" or len(group[0]) > 2 or "currency" in reading.state:
            return group
        reading.state["currency"] = group[0]
        return DEFERRED

    def header_n9(self, reading: X12Reading, group: Group) -> Group | None:
        n9 = group[0]
        if len(group) > 1 or n9(1) != _OWN or n9(3) != _OWN_WORD or reading.has("id"):
            return super().header_n9(reading, group)
        reading.put("id", n9(2), n9, 2)
        if n9(4):
            read_issued(reading, (n9, 4), n9(4), n9(5), n9(6))
        return DEFERRED

    # -- lines -------------------------------------------------------------------------------------
    def line_n9(self, reading: X12Reading, group: Group) -> Group | None:
        """Lines have no notes."""
        return group

    line_msg = line_mtx = line_nte = line_n9

    def put_place(self, reading: X12Reading, group: Group | None) -> None:
        """Where it happened, when the line names no place itself."""
        if group and not reading.has(self.location):
            path = (*reading.path, self.location)
            read_location(reading, path, group, REPORTED, reading.kept)

    def activity(self, reading: X12Reading, code: str, segment: Segment) -> None:
        """What happened."""
        reading.put("activity_type_code", self.activities.get(code, code), segment, 1)

    def written_activity(self, line: ProductActivityLine, usual: str) -> str:
        """Its code."""
        kind = line.activity_type_code or ""
        if not kind:
            return usual
        code = next((code for code, word in self.activities.items() if word == kind), kind)
        if len(code) > 2 or code != code.upper():
            raise self.cannot(f"the activity {kind}", f"{self.sets[0]} has no code for it")
        return code

    @staticmethod
    def put_price(reading: X12Reading, ctp: Segment | None) -> None:
        """The price of a CTP; what kind it is stays with it."""
        if ctp is None:
            return
        price: dict[str, Any] = {"price_amount": reading.amount(number(ctp(3)))}
        if ctp(4):
            price["base_quantity"] = reading.quantity(ctp(4), ctp(5))
        reading.put("price", price, ctp, 3)
        key = reading.kept.key("CTP", "")
        if extras := _CTP.extras(ctp):
            reading.kept.elements[key] = extras

    @staticmethod
    def write_price(out: Writing, line: ProductActivityLine) -> None:
        """CTP."""
        if line.price:
            base = line.price.base_quantity
            amounts = (out.number(base.value), out.unit(base.unit_code)) if base else ()
            out.add("CTP", "", "", out.number(line.price.price_amount.value), *amounts)

    def finish(self, reading: X12Reading) -> None:
        super().finish(reading)
        cur = reading.state.get("currency")
        if cur and not any("price" in line for line in reading.draft.get((self.field,), ())):
            reading.draft.append(("extensions", "segments"), cur.portable)

    # -- writing -----------------------------------------------------------------------------------
    @staticmethod
    def write_own(out: Writing, document: ProductActivity) -> None:
        """N9 with the number and the time of the document."""
        moment_ = written_moment(document.issue_date, document.issue_time, out)
        out.add("N9", _OWN, document.id, _OWN_WORD, *moment_)

    @staticmethod
    def write_currency(out: Writing, document: ProductActivity) -> None:
        """CUR of the prices."""
        priced = next((line.price for line in document.activity_lines if line.price), None)
        if priced and not out.kept("CUR"):
            write_currency(out, priced.price_amount.currency_id, "SE")

    def write_end(self, out: Writing, document: ProductActivity) -> None:
        """Notes and parties, which end the header."""
        write_notes(out, document.note)
        self.write_parties(out, document)
        out.close()


def place_group(group: Group) -> bool:
    """Whether a N1 names a place where something happened."""
    return group[0](1).upper() in PLACES and not names_nobody(group)


def write_place(out: Writing, line: ProductActivityLine) -> None:
    """N1."""
    if line.activity_location:
        write_location(out, REPORTED, line.activity_location)
