"""What messages of items and parties have in common: their header, their lines, their envelope's parties."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import Document, Item, OrderReference, Party
from ..._draft import Path
from ..._edi.reading import Reading
from ..._edi.syntax import Segment
from ..._edi.values import is_day, moment
from ..._edi.writing import Writing
from ..._edi.wrong import finding
from ._base import Group, Message
from ._items import identified, read_code, read_codes, read_description, write_codes, write_descriptions
from ._parties import endpoint, read_party, read_place, write_party, write_place
from ._terms import (
    TAKES,
    read_currency,
    read_issued,
    read_note,
    write_issued,
)


class LineMessage(Message):
    """A message of lines: BGM, dates, references and parties, then LIN after LIN, then totals.

    A subclass says where each qualifier leads; what is not named is kept as it stands.
    """

    takes: ClassVar[Mapping[str, str]] = TAKES
    #: 1001, of messages that are written
    code: ClassVar[str] = ""
    #: 1153 of the document's own number
    revision: ClassVar[str] = "ZZZ"
    #: the field of the lines
    field: ClassVar[str] = "order_lines"
    #: whose numbers those are that name no kind
    speaker: ClassVar[str] = "buyer"
    #: 3035 → the field of a party; "place" is where to
    parties: ClassVar[Mapping[str, str]] = {
        "BY": "buyer_customer_party",
        "OB": "buyer_customer_party",
        "SU": "seller_supplier_party",
        "SE": "seller_supplier_party",
        "VN": "seller_supplier_party",
    }
    #: 3035 → the field of a party for which it stands when no other is named
    stand_ins: ClassVar[Mapping[str, str]] = {}
    #: 3035 of places
    places: ClassVar[frozenset[str]] = frozenset({"DP", "ST", "CN"})
    #: whether document_currency_code must be there
    needs_currency: ClassVar[bool] = False

    # -- header ------------------------------------------------------------------------------------
    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bgm(2), bgm, 2)
        return None

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm = group[0]
        if dtm(1) == "137" and not reading.has("issue_date"):
            read_issued(reading, dtm)
            return None
        return group

    def header_ftx(self, reading: Reading, group: Group) -> Group | None:
        return None if read_note(reading, ("note",), group[0]) else group

    def header_cux(self, reading: Reading, group: Group) -> Group | None:
        return group[1:] if read_currency(reading, group[0]) else group

    def header_nad(self, reading: Reading, group: Group) -> Group | None:
        role = group[0](1)
        field = self.parties.get(role)
        if self.stand_ins:
            if role in self.stand_ins and not reading.has(self.stand_ins[role]):
                return self._stand_in(reading, self.stand_ins[role], group)
            self._stand_back(reading, field)
        if field and not reading.has(*field.split(".")):
            if not any(group[0].composite(element) for element in range(2, 10)):
                return group
            return read_party(reading, tuple(field.split(".")), group)
        if role in self.places and not reading.has("delivery", "delivery_location"):
            return read_place(reading, ("delivery",), group)
        if role == "UC" and not reading.has("delivery", "delivery_party"):
            return read_party(reading, ("delivery", "delivery_party"), group)
        return group

    @staticmethod
    def _stand_in(reading: Reading, field: str, group: Group) -> Group:
        reading.state.setdefault("stand_ins", {})[field] = group
        return read_party(reading, (field,), group)

    @staticmethod
    def _stand_back(reading: Reading, field: str | None) -> None:
        """Who stood in for a party that is named after all is kept as it stands."""
        if group := reading.state.get("stand_ins", {}).pop(field, None):
            del reading.draft.values[field]
            reading.kept.keep(group)

    def summary_cnt(self, reading: Reading, group: Group) -> Group | None:
        """CNT+2 counts the lines; written again, it is counted again."""
        cnt = group[0]
        if cnt(1) != "2":
            return group
        lines = self.lines_of(reading)
        counted = cnt(1, 2)
        if not counted.isdecimal() or int(counted[:18]) != lines:
            values = {"segment": "CNT", "announced": counted, "counted": lines}
            wrong = finding("message", "29", cnt.place(1, 2), "count.lines", **values)
            reading.envelope["envelope_errors"] = [*reading.envelope.get("envelope_errors", ()), wrong]
        return None

    # -- lines -------------------------------------------------------------------------------------
    def lines_of(self, reading: Reading) -> int:
        """How many LIN there were."""
        return len(reading.draft.get((self.field,), ()))

    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        lin = group[0]
        index = len(reading.draft.values.get(self.field, ()))
        reading.begin((self.field, index), self.shape("line"))
        reading.draft.line(self.field, (lin,))
        reading.put("id", lin(1) or str(index + 1), lin, 1)
        self.line_code(reading, lin)
        return None

    def line_code(self, reading: Reading, lin: Segment) -> None:
        """The item number of LIN."""
        read_code(reading, (*reading.path, "item"), lin, 3, self.speaker)

    def line_pia(self, reading: Reading, group: Group) -> Group | None:
        pia = group[0]
        if pia(1) not in ("1", "5", "") or len(pia) < 2:
            return group
        read_codes(reading, (*reading.path, "item"), pia, self.speaker)
        return None

    def line_imd(self, reading: Reading, group: Group) -> Group | None:
        return None if read_description(reading, (*reading.path, "item"), group[0]) else group

    def line_ftx(self, reading: Reading, group: Group) -> Group | None:
        return None if read_note(reading, ("note",), group[0]) else group

    # -- after the last segment --------------------------------------------------------------------
    def finish(self, reading: Reading) -> None:
        draft, envelope = reading.draft, reading.envelope
        prepared = envelope.get("prepared_at")
        if prepared and not reading.draft.get(("issue_date",)):
            draft.put(("issue_date",), prepared[:10], "UNB, element 4")
        for index in range(len(draft.get((self.field,), ()))):
            identified(reading, (self.field, index, "item"))
        if self.needs_currency and draft.get(("document_currency_code",)) is None:
            draft.put(("document_currency_code",), reading.currency)
        self.read_envelope(reading, endpoint, ("UNB, element 2", "UNB, element 3"))

    def read_revision(self, reading: Reading, rff: Segment) -> bool:
        """Whether a reference is the document's own number, with its revision."""
        own = rff(1) == self.revision and rff(1, 2) == reading.get("id")
        if not own or not rff(1, 4).isdecimal():
            return False
        reading.put("sequence_number", int(rff(1, 4)[:9]), rff, 1, 4)
        return True

    def read_function(self, reading: Reading, bgm: Segment) -> None:
        """The document's revision, by BGM: its number, or a replacement. Taking one back is refused."""
        revision, function = bgm(2, 3), bgm(3)
        if revision.isdecimal():
            reading.put("sequence_number", int(revision[:9]), bgm, 2, 3)
        elif function == "5":
            reading.put("sequence_number", 1, bgm, 3)
        if function == "1":
            kind = reading.envelope.get("message_type", "")
            message = f"{kind} that takes back an earlier one (function 1)"
            reading.refuse("edi.message_unknown", bgm, 3, message=message)

    def number_apart(self, reading: Reading, lin: Segment) -> None:
        """A number that an earlier line has: lines are told apart, and each is written as it was."""
        seen = reading.state.setdefault("line_ids", {})
        own = reading.get("id")
        count = seen[own] = seen.get(own, 0) + 1
        if count == 1:
            return
        while (apart := f"{own}-{count}") in seen:
            count += 1
        seen[apart], seen[own] = 1, count
        reading.put("id", apart, lin, 1)
        kept = reading.kept
        reading.later(lambda: kept.elements.setdefault(kept.key_of(lin), {}).update({"1.1": lin(1)}))

    def name_items(self, reading: Reading) -> None:
        """A line may say only which line of an order it is about: that is what its item is known by."""
        draft = reading.draft
        for index in range(len(draft.get((self.field,), ()))):
            path = (self.field, index)
            number = draft.get((*path, "order_line_reference", "line_id"))
            if number and not draft.get((*path, "item")):
                order = draft.get((*path, "order_line_reference", "order_reference", "id"))
                order = order or draft.get(("order_reference", "id"), "?")
                draft.put((*path, "item", "name"), f"Order {order}, line {number}")

    # -- writing -----------------------------------------------------------------------------------
    def numbered(self, out: Writing, document: Document) -> tuple[str, ...]:
        """The document's number in BGM, with its revision where the version has a place for it."""
        if document.sequence_number and out.profile.since("97A"):
            return document.id, "", str(document.sequence_number)
        return (document.id,)

    def write_revision(self, out: Writing, document: Document) -> None:
        """In older versions the revision stands in a reference to the document's own number."""
        if document.sequence_number and not out.profile.since("97A"):
            out.add("RFF", (self.revision, document.id, "", str(document.sequence_number)))

    def write_dates(self, out: Writing, document: Document) -> None:
        """DTM."""
        write_issued(out, document)

    def write_item(self, out: Writing, item: Item) -> None:
        """PIA and IMD of a line."""
        write_codes(out, item)
        write_descriptions(out, item)

    def write_parties(self, out: Writing, document: Document) -> None:
        """NAD for every party and place, in the order of :attr:`parties`."""
        done: set[str] = set()
        qualifiers = out.profile.qualifiers
        for role, field in self.parties.items():
            if field in done:
                continue
            done.add(field)
            short = field.partition("_")[0]
            party: Party | None = getattr(document, field, None)
            write_party(out, qualifiers.get(f"{short}_party", role) if short in _NAMED else role, party)
        delivery = getattr(document, "delivery", None)
        if delivery:
            write_place(
                out, qualifiers["delivery_party"], delivery.delivery_location, delivery.delivery_party
            )

    def close(self, out: Writing, document: Document, lines: int) -> None:
        """UNS, the totals that :meth:`write_summary` writes, and the count of the lines."""
        out.add("UNS", "S")
        out.open(self.shape("summary"), document.extensions, "summary")
        self.write_summary(out, document)
        if out.profile.optional("CNT"):
            out.add("CNT", ("2", str(lines)))
        out.close()

    def write_summary(self, out: Writing, document: Document) -> None:
        """The totals, if the document has any."""


_NAMED = frozenset({"buyer", "seller"})


def read_order_reference(reading: Reading, group: Group) -> Group | None:
    """RFF+ON (or CO), the order a document speaks about, with its date and revision; RFF+VN, the seller's."""
    rff = group[0]
    field = {"ON": "id", "CO": "id", "VN": "sales_order_id"}.get(rff(1))
    if not field or not rff(1, 2) or reading.draft.get(("order_reference", field)) is not None:
        return group
    reading.draft.put(("order_reference", field), rff(1, 2), (rff, 1, 2))
    if field == "id":
        revision = rff(1, 4)
        if revision.isdecimal():
            reading.draft.put(("order_reference", "sequence_number"), int(revision[:9]), (rff, 1, 4))
        return [dtm for dtm in group[1:] if not _order_date(reading, dtm)]
    return group[1:]


def _order_date(reading: Reading, dtm: Segment) -> bool:
    path = ("order_reference", "issue_date")
    if dtm(1) not in ("171", "4", "137") or reading.draft.get(path) is not None:
        return False
    return read_day(reading, path, dtm)


def read_day(reading: Reading, path: Path, dtm: Segment) -> bool:
    """Put the day of another document at ``path``; what is none, or has a time, is left as it stands."""
    on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
    if at or not is_day(on):
        return False
    reading.draft.put(path, on, (dtm, 1, 2))
    return True


def write_order_reference(out: Writing, reference: OrderReference | None) -> None:
    """RFF+ON and RFF+VN."""
    if reference is None:
        return
    revision = "" if reference.sequence_number is None else str(reference.sequence_number)
    out.add("RFF", ("ON", reference.id, "", revision))
    if reference.issue_date:
        out.add("DTM", ("171", f"{reference.issue_date:%Y%m%d}".zfill(8), "102"))
    if reference.sales_order_id:
        out.add("RFF", ("VN", reference.sales_order_id))
