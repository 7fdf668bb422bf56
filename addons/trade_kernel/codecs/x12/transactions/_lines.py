"""What transaction sets of items and parties have in common: their header, their lines, the interchange's
parties."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import Document, OrderReference
from ..._edi.syntax import Segment
from ..._edi.writing import Writing
from ._base import DEFERRED, SUMMARY, Group, Transaction, X12Reading
from ._dates import issued_by_envelope, read_issue_time
from ._items import TAKES as ITEM_TAKES
from ._items import identified, read_codes, read_description
from ._parties import endpoint, names_nobody, read_party, read_place, write_party, write_place
from ._terms import TAKES, read_currency
from ._texts import read_notes, read_text


class LineTransaction(Transaction):
    """A set of lines: a header with dates, references and parties, then line after line, then totals.

    A subclass says which segment begins a line (``starts``, and a method ``line_po1`` that calls
    :meth:`begin_line`) and where each qualifier leads; what is not named is kept as it stands.
    """

    takes: ClassVar[Mapping[str, str]] = {**TAKES, **ITEM_TAKES, "CTT": "1"}
    #: the field of the lines
    field: ClassVar[str] = "order_lines"
    #: whose numbers those are that name no kind
    owner: ClassVar[str] = "buyer"
    #: N101 → the field of a party; of several for one field the first is written
    parties: ClassVar[Mapping[str, str]] = {
        "BY": "buyer_customer_party",
        "SE": "seller_supplier_party",
        "SU": "seller_supplier_party",
        "VN": "seller_supplier_party",
    }
    #: N101 of places goods go to
    places: ClassVar[frozenset[str]] = frozenset({"ST"})
    #: the parties whose role the profile may name
    named: ClassVar[frozenset[str]] = frozenset({"buyer", "seller"})
    #: whether document_currency_code must be there
    needs_currency: ClassVar[bool] = False

    # -- header ------------------------------------------------------------------------------------
    def header_cur(self, reading: X12Reading, group: Group) -> Group | None:
        return None if read_currency(reading, group[0]) else group

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        return None if read_issue_time(reading, group[0]) else group

    def header_n9(self, reading: X12Reading, group: Group) -> Group | None:
        return read_notes(reading, "header", group)

    def header_msg(self, reading: X12Reading, group: Group) -> Group | None:
        return read_text(reading, group)

    header_mtx = header_nte = header_msg

    def header_n1(self, reading: X12Reading, group: Group) -> Group | None:
        role = group[0](1).upper()
        field = self.parties.get(role)
        if names_nobody(group):
            return group
        if field and not reading.has(*field.split(".")):
            read_party(reading, tuple(field.split(".")), group)
            return None
        if role in self.places and not reading.has("delivery", "delivery_location"):
            return None if read_place(reading, ("delivery",), group) else group
        if role == "UC" and self.places and not reading.has("delivery", "delivery_party"):
            read_party(reading, ("delivery", "delivery_party"), group)
            return None
        return group

    def summary_ctt(self, reading: X12Reading, group: Group) -> Group | None:
        """CTT counts the lines; written again, it is counted again."""
        ctt = group[0]
        lines = len(reading.draft.get((self.field,), ()))
        counted = ctt(1)
        if not counted.isdecimal() or int(counted[:18]) != lines:
            reading.miscounted(ctt, "lines", lines)
        return group[1:]

    # -- lines -------------------------------------------------------------------------------------
    def begin_line(self, reading: X12Reading, segment: Segment, element: int = 1) -> None:
        """A line begins; without a number it is counted."""
        index = len(reading.draft.values.get(self.field, ()))
        reading.begin((self.field, index), self.shape("line"))
        reading.draft.line(self.field, (segment,))
        reading.put("id", segment(element) or str(index + 1), segment, element)

    def line_lin(self, reading: X12Reading, group: Group) -> Group | None:
        """LIN within a line: further item numbers."""
        lin = group[0]
        if len(lin) < 3:
            return group
        read_codes(reading, (*reading.path, "item"), lin, 2, self.owner)
        extras = {"1.1": lin(1)} if lin(1) else {}
        key = reading.kept.key("LIN", "")
        if extras:
            reading.kept.elements[key] = extras
        return DEFERRED

    def line_pid(self, reading: X12Reading, group: Group) -> Group | None:
        return group[1:] if read_description(reading, (*reading.path, "item"), group) else group

    def line_n9(self, reading: X12Reading, group: Group) -> Group | None:
        return read_notes(reading, "line", group)

    def line_msg(self, reading: X12Reading, group: Group) -> Group | None:
        return read_text(reading, group)

    line_mtx = line_nte = line_msg

    # -- after the last segment --------------------------------------------------------------------
    def finish(self, reading: X12Reading) -> None:
        draft = reading.draft
        issued_by_envelope(reading)
        for index in range(len(draft.get((self.field,), ()))):
            identified(reading, (self.field, index, "item"))
        if self.needs_currency and draft.get(("document_currency_code",)) is None:
            draft.put(("document_currency_code",), reading.currency)
        self.read_envelope(reading, endpoint, ("ISA, element 6", "ISA, element 8"))

    # -- writing -----------------------------------------------------------------------------------
    def write_parties(self, out: Writing, document: Document) -> None:
        """N1 for every party and place, in the order of :attr:`parties`."""
        done: set[str] = set()
        qualifiers = out.profile.qualifiers
        for role, field in self.parties.items():
            if field in done:
                continue
            done.add(field)
            party = getattr(document, field, None)
            short = field.partition("_")[0]
            write_party(out, qualifiers.get(f"{short}_party", role) if short in self.named else role, party)
        delivery = getattr(document, "delivery", None)
        if delivery:
            write_place(
                out, qualifiers["delivery_party"], delivery.delivery_location, delivery.delivery_party
            )

    def close(self, out: Writing, document: Document, lines: int) -> None:
        """CTT and the totals that :meth:`write_summary` writes."""
        out.open(self.shape(SUMMARY), document.extensions, SUMMARY)
        if out.profile.optional("CTT") or self.sums_up(document):
            out.add("CTT", str(lines))
        self.write_summary(out, document)
        out.close()

    def sums_up(self, document: Document) -> bool:
        """Whether there are totals; without a CTT before them they would belong to the last line."""
        return bool(document.extensions.get(SUMMARY) or getattr(document, "anticipated_monetary_total", None))

    def write_summary(self, out: Writing, document: Document) -> None:
        """The totals, if the document has any."""


def order_number(number: str, release: str) -> str:
    """The number of an order: its blanket order's with its own behind it, when it is a release of one."""
    return f"{number}-{release}" if number and release else number


def split_number(number: str, extensions: Mapping, tag: str, element: str) -> tuple[str, str]:
    """The other way round, where the file it was read from had it in two elements."""
    elements = extensions.get("elements")
    kept = elements.get(tag) if isinstance(elements, dict) else None
    release = kept.get(element) if isinstance(kept, dict) else None
    if isinstance(release, str) and release and number.endswith(f"-{release}"):
        return number.removesuffix(f"-{release}"), release
    return number, ""


def revision_of(reference: OrderReference | None) -> str:
    """The revision of the order that is meant; 0 is none."""
    return str(reference.sequence_number) if reference and reference.sequence_number else ""


def another(reading: X12Reading, number_: str, known: set[str]) -> str:
    """A number for a line whose own was there before."""
    counts: dict[str, int] = reading.state.setdefault("counts", {})
    while True:
        count = counts[number_] = counts.get(number_, 1) + 1
        if f"{number_}/{count}" not in known:
            return f"{number_}/{count}"
