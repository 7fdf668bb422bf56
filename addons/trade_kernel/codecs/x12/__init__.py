"""ANSI X12 (versions 003030 to 008010).

How a file is read: :mod:`.scan` finds interchanges, groups and transaction sets; :mod:`.envelope` says what
surrounds each set and what is wrong with that; a mapping of :mod:`.transactions` makes a canonical document
of it. What no field holds is kept in ``extensions`` and written back (see :mod:`.._edi.reading`).

How to add a transaction set: put a module into ``transactions/`` (``x856.py``) with a subclass of
``_base.Transaction``, or of ``_lines.LineTransaction`` when it has a header, line after line and totals.
There is nothing to register.

- ``sets`` are the types (ST01) it reads, the first one is written; ``group`` is GS01; ``documents`` are the
  canonical documents; ``beginning`` is the tag of the first segment, ``sender`` and ``receiver`` the fields
  of the parties the interchange goes between.
- Reading: one method per scope and segment, ``header_ref``, ``line_po1``, ``summary_amt``. It gets the
  :class:`X12Reading` and the group (the segment with the members that follow it, ``shapes`` says which),
  puts what it understands (``reading.put("id", beg(3), beg, 3)``) and returns what it does not: the members
  left over, or the whole group. Those are kept, nothing gets lost. ``takes`` lists the elements of each
  segment that are understood, whole ones (``"1 2 5=PE|EA"``) or components (``"3.1-2"``); values elsewhere
  are kept too. A group that depends on what follows is put off: ``reading.later(…)``, ``return DEFERRED``,
  and ``self.settle(…)`` when it is decided.
- ``segment(3)`` is the whole third element, without regard to component separators, because many senders
  put those into texts; ``segment(3, 1)`` is its first component.
- ``starts`` names the segments that begin a scope (``{"PO1": "line", "CTT": "summary"}``); for HL override
  ``enters`` and list the names in ``scopes``. The scope's first method calls ``reading.begin(path, shape)``.
- ``reader`` hands over to another mapping where the first segment says so; ``finish`` fills in what is
  missing.
- Writing: ``write`` opens each scope with its extensions, adds segments in the standard's order, members
  behind their segment (``out.add("PO1", "1", "5", "EA")``), and closes it. ST, SE and the envelope come by
  themselves. What was written is read back and compared before it leaves.
- Parties (N1), items (PO1, LIN, IT1), dates (DTM), texts (N9, MSG, PID), references, prices, allowances,
  taxes, terms and totals: ``_parties``, ``_items``, ``_dates``, ``_texts``, ``_terms``. Shipments (TD1, TD5,
  TD3) and what is billed (ITD, TXI, TDS): ``_shipping``, ``_billing``; the tree of HL in an 856: ``_packing``
  reads it, ``_advice`` writes it. A document taken back (purpose 01) is refused: ``document.withdrawn``.
- Catalogues and reports (832, 846, 852, 867), LIN after LIN: ``_reports``, ``_activity``,
  ``_catalogue_prices``; what shipper and warehouse tell each other (940, 943, 944, 945): ``_warehouse``.
- Several sets of one document: all but the ``usual`` one are written when the profile names them (``sets``),
  or when the document was read from them.
- What a set says of hundreds of its parts (packages, entities) is kept with the lines they hold, not with the
  document, whose extensions have a limit.
- Implied decimals (N2: SAC05, TDS01): ``_terms.cents`` and ``_terms.written_cents``. Units: :mod:`.units`,
  ``reading.quantity``, ``out.unit``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...canonical import (
    AcknowledgedError,
    Acknowledgement,
    DespatchAdvice,
    Document,
    Invoice,
    OrderReference,
    RemittanceAdvice,
    ShipmentStatus,
)
from ...errors import ValidationFailed
from ...limits import Limits
from .._edi.codec import EdiCodec, mapped, not_mapped
from .._edi.cutting import X12_TAGS, Cutter, Lines, Opening
from ..base import Decoded, limits_of
from .envelope import Message, read
from .profile import Profile
from .scan import BLANKS, separators_at, start_of, unmarked
from .transactions import by_set
from .transactions._advice import sorted_units
from .transactions._base import SET
from .transactions._billing import reduced as said_once
from .transactions._orders import ORDER
from .transactions.x214 import told
from .transactions.x820 import reduced as remitted
from .writer import interchange


class X12(EdiCodec):
    """ANSI X12.

    Options for reading: ``encoding``, ``timezone`` (of times that name none), ``currency`` and ``unit`` (of
    amounts and quantities that name none), ``units`` (the partner's codes, ``{"PC": "XCS"}``), ``strict``
    (what is wrong with an envelope refuses its sets), ``limits``.

    Options for writing: ``version`` (``004010``, with what follows in GS08: ``004010VICS``),
    ``association``, ``interchange_version`` (ISA12), ``implementation`` (ST03), ``agency`` (GS07),
    ``separators`` (without them usual ones that occur in no value), ``line_ends`` (``none``, ``lf``,
    ``crlf``), ``sender`` and ``receiver`` (``{"id", "qualifier"}``: ISA05 to 08), ``group_sender`` and
    ``group_receiver`` (GS02, GS03), ``authorization`` and ``security`` (ISA02, ISA04),
    ``interchange_reference``, ``group_reference``, ``message_references``, ``prepared_at`` (an ISO instant),
    ``test`` or ``usage`` (ISA15), ``acknowledgement_requested`` (ISA14), ``acknowledge_with`` (``997``,
    ``999``), ``sets`` (where several say the same: ``{"despatch_advice": "945"}``), ``encoding``,
    ``qualifiers`` (see :data:`.profile.QUALIFIERS`), ``omit_segments``; and those for
    reading, which turn round.
    """

    name = "x12"
    label = "ANSI X12"
    media_types = ("application/edi-x12", "application/x12", "application/edi-consent", "text/plain")
    extensions = (".x12", ".edi", ".txt")
    profile = Profile

    def sniff(self, head: bytes) -> int:
        text = unmarked(head).decode("iso8859-1")
        start = start_of(text)
        if start < 0:
            return 0
        return 90 if not text[:start].strip(BLANKS) else 30

    def decode(self, data: bytes, options: Mapping[str, Any] | None = None) -> Iterator[Decoded]:
        options = options or {}
        try:
            limits = self.checked(data, options)
            for message in read(data, options, limits.max_documents):
                yield _document(message, options, limits)
        except ValidationFailed as error:
            yield Decoded(None, (error,), {"index": 0, "syntax": self.name}, data)

    def cutter(self, options: Mapping[str, Any] | None, lines: int = 1) -> Cutter:
        return Cutter(X12_TAGS, _opening, _lines_of, lines, limits_of(options).max_bytes)

    def interchange(self, documents: Sequence[Document], profile: Profile) -> bytes:
        return interchange(documents, profile)

    def reduced(self, document: Document, profile: Profile) -> Document:
        return _reduced(document, profile)


def _opening(head: str) -> Opening | None:
    """The first interchange of a file, up to where ISA ends."""
    start = start_of(head)
    if start < 0:
        return None
    separators, end = separators_at(head, start)
    return Opening(head[start:end], separators, head[end:])


def _lines_of(kind: str) -> Lines | None:
    mapping = by_set(kind)
    return mapping.cut if mapping else None


def _document(message: Message, options: Mapping[str, Any], limits: Limits) -> Decoded:
    mapping = by_set(message.envelope.get("message_type", ""))
    if message.error or mapping is None:
        known = {"document_type": mapping.documents[0]} if mapping else {}
        return not_mapped(message, "segment 1 ST, element 1", **known)
    return mapped(message, mapping.read, options, limits)


def _reduced(document: Document, profile: Profile) -> Document:
    """What the document says itself: the profile's interchange stands for what the envelope carries."""
    changed: dict[str, Any] = {}
    if SET in document.extensions:
        # Which set it was read from only says how to write it again.
        changed["extensions"] = {name: one for name, one in document.extensions.items() if name != SET}
    if isinstance(document, DespatchAdvice):
        document = sorted_units(document)
    if isinstance(document, Invoice):
        document = said_once(document)
    if isinstance(document, RemittanceAdvice):
        document = remitted(document)
    if isinstance(document, ShipmentStatus):
        document = told(document)
    if profile.sender or profile.receiver:
        for name, value in document:
            if getattr(value, "endpoint_id", None):
                changed[name] = value.model_copy(update={"endpoint_id": None})
    if getattr(document, "order_type_code", "") is None:
        changed["order_type_code"] = ORDER
    reference = getattr(document, "order_reference", None)
    if isinstance(reference, OrderReference) and reference.sequence_number == 0:
        # A revision of 0 is what an order has that was never changed: X12 does not write it.
        changed["order_reference"] = reference.model_copy(update={"sequence_number": None})
    if isinstance(document, Acknowledgement):
        # Who says it to whom is what the envelope says.
        changed |= {"sender_party": None} if profile.sender else {}
        changed |= {"receiver_party": None} if profile.receiver else {}
    if isinstance(document, Acknowledgement) and document.level == "syntax":
        # 997, 999 and TA1 have no number and date of their own, and say by codes what is wrong.
        if profile.interchange_reference or profile.message_references:
            changed["id"] = "1"
        if profile.prepared_at:
            changed |= {"issue_date": profile.prepared_at.date(), "issue_time": None}
        responses = [one.model_copy(update={"errors": _coded(one.errors)}) for one in document.responses]
        changed |= {"errors": _coded(document.errors), "responses": tuple(responses)}
    return document.model_copy(update=changed)


def _coded(errors: Iterable[AcknowledgedError]) -> tuple[AcknowledgedError, ...]:
    return tuple(error.model_copy(update={"text": None}) for error in errors)
