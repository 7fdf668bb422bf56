"""EDIFACT (ISO 9735 syntax versions 1 to 4, directories D.93A to D.21B, EANCOM).

How a file is read: :mod:`.scan` finds interchanges, groups and messages; :mod:`.envelope` says what surrounds
each message and what is wrong with that; a mapping of :mod:`.messages` makes a canonical document of it. What
no field holds is kept in ``extensions`` and written back (see :mod:`.._edi.reading`).

How to add a message: put a module into ``messages/`` with a subclass of ``_base.Message``, or of
``_lines.LineMessage`` when it has a header, LIN after LIN and totals. There is nothing to register.

- ``types`` are the message types it reads, the first one is written; ``documents`` the canonical documents.
  ``sender`` and ``receiver`` are the fields of the parties the interchange goes between.
- Reading: one method per scope and segment, ``header_rff``, ``line_qty``, ``summary_moa``. It gets the
  :class:`Reading` and the group, a segment with the members that follow it (``shapes`` says which), puts what
  it understands (``reading.put("id", bgm(2), bgm, 2)``) and returns what it does not: the members left over,
  or the whole group. Those are kept, nothing gets lost. ``takes`` lists the positions of each segment that
  are understood; values at others are kept too. A group that depends on what follows is put off:
  ``reading.later(…)``, ``return DEFERRED``.
- ``reader`` hands over to another mapping where BGM says so; ``starts`` names the segments that begin a scope
  (``{"CPS": "pack", "LIN": "line"}``: methods ``pack_pac``), where ``reading.begin(path, shape)`` is called;
  ``finish`` fills in what is missing. ``cut`` says where a message of independent lines may be cut when it is
  too large, and with ``apart`` each of these pieces is a document of its own.
- Writing: ``write`` opens each scope with its extensions, adds segments in the standard's order, members
  behind their segment (``out.add("QTY", ("21", "5", "C62"))``), and closes it. UNH, UNT and the envelope
  come by themselves. What was written is read back and compared before it leaves.
- ``stand_ins`` are parties that count when no other is named; ``usual`` and ``reduced`` tell in what
  documents may differ that are written alike.
- Parties, items, dates, prices, taxes, allowances, terms and notes: ``_parties``, ``_items``, ``_terms``.
  Orders and other documents: ``_references``. Batches, weights, transport and packages: ``_goods``,
  ``_transport``, ``_packing``, and ``_shipped`` for notices of goods. Payment and totals: ``_billing``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from ...canonical import AcknowledgedError, Acknowledgement, Document
from ...errors import ValidationFailed
from ...limits import Limits
from .._edi.codec import EdiCodec, mapped, not_mapped
from .._edi.cutting import EDIFACT_TAGS, Cutter, Lines, Opening
from ..base import Decoded, limits_of
from .envelope import Message, read
from .messages import by_document, by_type
from .profile import Profile
from .scan import BLANKS, latin, separators_at, start_of
from .writer import interchange

#: the mark of UTF-8, read byte by byte
_UTF8_MARK = "\xef\xbb\xbf"


class Edifact(EdiCodec):
    """EDIFACT.

    Options for reading: ``encoding`` (instead of what UNB says), ``timezone`` (of times that name none),
    ``currency`` and ``unit`` (of amounts and quantities that name none), ``units`` (the partner's codes,
    ``{"ST": "H87"}``), ``strict`` (what is wrong with an envelope refuses its messages), ``limits``.

    Options for writing: ``release`` (``96A``, ``D.01B``), ``version``, ``association``, ``agency``,
    ``syntax_version``, ``charset``, ``separators``, ``una`` (``auto``, ``always``, ``never``), ``line_ends``
    (``none``, ``lf``, ``crlf``), ``sender`` and ``receiver`` (``{"id", "qualifier", "address"}``),
    ``interchange_reference``, ``group_reference``, ``message_references``, ``application_reference``,
    ``agreement``, ``prepared_at`` (an ISO instant), ``test``, ``acknowledgement_requested``, ``qualifiers``
    (see :data:`.profile.QUALIFIERS`), ``omit_segments``; and those for reading, which turn round.
    """

    name = "edifact"
    label = "EDIFACT"
    media_types = ("application/edifact", "application/edi-consent", "text/plain")
    extensions = (".edi", ".edifact", ".txt")
    profile = Profile

    def sniff(self, head: bytes) -> int:
        text = latin(head)
        start = start_of(text)
        if start < 0:
            return 0
        sure = 90 if text.startswith(("UNA", "UNB"), start) else 60
        return sure if not text[:start].strip(BLANKS) else 30

    def decode(self, data: bytes, options: Mapping[str, Any] | None = None) -> Iterator[Decoded]:
        options = options or {}
        try:
            limits = self.checked(data, options)
            yield from _decoded(data, options, limits)
        except ValidationFailed as error:
            yield Decoded(None, (error,), raw=data)

    def cutter(self, options: Mapping[str, Any] | None, lines: int = 1) -> Cutter:
        return _cutter(options, lines)

    def interchange(self, documents: Sequence[Document], profile: Profile) -> bytes:
        return interchange(documents, profile)

    def reduced(self, document: Document, profile: Profile) -> Document:
        return _reduced(document, profile)


def _cutter(options: Mapping[str, Any] | None, lines: int = 1) -> Cutter:
    return Cutter(EDIFACT_TAGS, _opening, _lines_of, lines, limits_of(options).max_bytes)


def _opening(head: str) -> Opening | None:
    """The first interchange of a file, up to where UNB ends."""
    start = start_of(head.removeprefix(_UTF8_MARK))
    if start < 0:
        return None
    head = head.removeprefix(_UTF8_MARK)
    separators, _una, unb = separators_at(head, start)
    end = head.find(separators.segment, unb) + 1
    return Opening(head[start:end], separators, head[end:]) if end else None


def _lines_of(kind: str) -> Lines | None:
    mapping = by_type(kind)
    return mapping.cut if mapping else None


def _decoded(data: bytes, options: Mapping[str, Any], limits: Limits) -> Iterator[Decoded]:
    for message in read(data, options, limits.max_documents):
        for one in _apart(message, options, limits):
            yield _document(one, options, limits)


def _apart(message: Message, options: Mapping[str, Any], limits: Limits) -> Iterator[Message]:
    """A message about several shipments as one for each; they share its envelope and count as its ``part``.

    :raise ValidationFailed: when there are more than may be in one file.
    """
    mapping = by_type(message.envelope.get("message_type", ""))
    start = mapping.cut.start + message.separators.element if mapping and mapping.apart else ""
    if message.error or not start or message.text.count(start) < 2:
        yield message
        return
    for _segment in message.segments():  # so that UNT is counted as it came
        pass
    shared = {"index": message.envelope["index"], **_wrong_of(message)}
    for number, piece in enumerate(_cutter(options).pieces(BytesIO(message.raw)), 1):
        if number > limits.max_documents:
            raise ValidationFailed("document.too_many", limit=limits.max_documents)
        for found in read(piece, options, limits.max_documents):
            found.envelope |= shared | {"part": number}
            yield found


def _wrong_of(message: Message) -> dict[str, Any]:
    wrong = message.envelope.get("envelope_errors")
    return {"envelope_errors": wrong} if wrong else {}


def _document(message: Message, options: Mapping[str, Any], limits: Limits) -> Decoded:
    mapping = by_type(message.envelope.get("message_type", ""))
    if message.error or mapping is None:
        return not_mapped(message, "segment 1 UNH, element 2")
    return mapped(message, mapping.read, options, limits)


def _reduced(document: Document, profile: Profile) -> Document:
    """What the document says itself: the profile's interchange stands for what the envelope carries."""
    changed: dict[str, Any] = {}
    document = by_document(document).reduced(document)
    if profile.sender or profile.receiver:
        for name, value in document:
            if getattr(value, "endpoint_id", None):
                changed[name] = value.model_copy(update={"endpoint_id": None})
    if isinstance(document, Acknowledgement) and document.level == "syntax":
        # CONTRL has no number and date of its own, and says by codes what is wrong.
        if profile.interchange_reference or profile.message_references:
            changed["id"] = "1"
        if profile.prepared_at:
            changed |= {"issue_date": profile.prepared_at.date(), "issue_time": None}
        responses = [one.model_copy(update={"errors": _coded(one.errors)}) for one in document.responses]
        changed |= {"errors": _coded(document.errors), "responses": tuple(responses)}
    return document.model_copy(update=changed)


def _coded(errors: Iterable[AcknowledgedError]) -> tuple[AcknowledgedError, ...]:
    found = []
    for error in errors:
        left_out: dict[str, None] = {"text": None}
        if error.segment_position:
            left_out["segment_tag"] = None
        found.append(error.model_copy(update=left_out))
    return tuple(found)
