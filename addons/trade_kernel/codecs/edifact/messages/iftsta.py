"""IFTSTA: where goods are on their way."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import ShipmentEvent, ShipmentStatus
from ..._edi.cutting import Lines
from ..._edi.reading import DEFERRED, Reading, Shape
from ..._edi.syntax import Segment
from ..._edi.texts import NAME, TEXT, joined, pieces
from ..._edi.values import moment, number, unit, written
from ..._edi.writing import Writing
from ._base import HEADER, LINE, SUMMARY, Group
from ._goods import numbers_of
from ._parties import identifier
from ._references import KINDS, append_reference, write_references
from ._reports import ReportMessage, location, place_of, read_side
from ._status import CODES, meaning
from ._terms import TAKES, write_notes, write_period
from ._transport import REFERENCES

#: 1153 → the number of the shipment, or of its waybill; and numbers to follow it by, the first is written
_SHIPMENT = REFERENCES | {"HWB": "carrier_assigned_id"}
#: 1153 of the consignor's number, which is the shipment's where it has no other
_CONSIGNOR = "CU"
_FIELDS = {"id": "shipment_id", "carrier_assigned_id": "carrier_assigned_id"}
_TRACKING = ("CN", "CW")
_ORDER = "ON"
#: 2005 of the date of what is referred to
_ISSUED = "171"
_DESPATCH = frozenset({"AAK", "DQ"})
#: 2005 of when something happened, the surest first
_HAPPENED = ("334", "78", "7", "35", "178", "186", "11", "200", "137")
#: 2005 → which side of when the goods are expected
_EXPECTED = {"17": "both", "69": "both", "64": "start", "63": "end"}
#: 9015 of what is no status itself
_TYPES = frozenset("123456")
#: 1131 and 3055 of the carrier's own code, beside the one everybody knows
_OWN = "ZZZ"
#: 3035 of who took the goods, 4451 of what is told in words, 6069 of the weight, 3227 of where it happened
_TAKER, _TOLD, _WEIGHT, _WHERE = "AP", "AHN", "7", "14"
_PACKAGES = 5  # of one GIN
#: 1153 of a party's own numbers
_OF_PARTY = frozenset({"VA", "API", "XA", "GN"})


class Iftsta(ReportMessage):
    """Each status (STS) is an event. References, parties and packages are those of the shipment wherever
    they stand; what else an event says is kept in ``extensions["events"]`` by its number.

    A message about several consignments (CNI) is read as one message for each: see ``apart``.
    """

    types: ClassVar = ("IFTSTA",)
    documents: ClassVar = ("shipment_status",)
    code: ClassVar = "23"
    field: ClassVar = "transport_events"
    sender: ClassVar = "carrier_party"
    receiver: ClassVar = "consignor_party"
    parties: ClassVar[Mapping[str, str]] = {
        "CA": "carrier_party",
        "CZ": "consignor_party",
        "SF": "consignor_party",
        "CN": "consignee_party",
        "ST": "consignee_party",
        "DP": "consignee_party",
        "UC": "consignee_party",
    }
    starts: ClassVar = {"CNI": "consignment", "STS": "event"}
    cut: ClassVar = Lines("CNI", frozenset(), frozenset({"UNS"}), ("BGM", 2))
    apart: ClassVar = True
    coarse: ClassVar = frozenset({"STS"})
    takes: ClassVar = {
        **TAKES,
        "BGM": "1.1=23 2.1 2.3 3.1=9",
        "CNI": "1.1=1 2.1",
        "CNT": "1.1-3",
        "STS": "1.1=1 2.1 2.2 2.3=ZZZ 2.4 3.1",
        "LOC": "1=14 2.1 2.3=9|16|10 2.4",
        "RFF": "1.1-4",
        "CTA": "1=GR 2.2",
        "GIN": "1=BJ 2.1 3.1 4.1 5.1 6.1",
        "PCI": "1=33E",
    }
    shapes: ClassVar = {
        "header": Shape(HEADER.text.replace("RFF ", "") + " RFF CNT", HEADER.groups_text),
        "consignment": Shape(
            "CNI LOC CNT FTX RFF DTM NAD TDT EQD GID",
            HEADER.groups_text | {"GID": "HAN SGP DGS MEA DIM PCI GIN"},
        ),
        "event": Shape(
            "STS RFF DTM DOC FTX NAD CTA LOC PCI TDT EQD GID",
            HEADER.groups_text
            | {
                "NAD": "CTA COM",
                "PCI": "GIN",
                "EQD": "MEA DIM SEL RFF TPL TMD EQA",
                "GID": "HAN SGP DGS MEA DIM PCI GIN RFF",
            },
        ),
        "summary": SUMMARY,
        "line": LINE,
    }

    # -- of the shipment, wherever it stands -------------------------------------------------------
    def beyond(self, segment: Segment) -> dict[str, str]:
        return {"2.2": segment(2, 2)} if segment(2, 2) and segment(2, 3) != _OWN else {}

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        side = _EXPECTED.get(group[0](1))
        if side and read_side(reading, ("estimated_delivery_period",), group[0], side):
            return None
        return super().header_dtm(reading, group)

    def header_cux(self, reading: Reading, group: Group) -> Group | None:
        return group

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        return self._referred(reading, group, "header")

    def _referred(self, reading: Reading, group: Group, scope: str) -> Group:
        """A reference and its date; other dates behind it are none of its own."""
        own = [one for one in group if one is group[0] or one(1) == _ISSUED]
        self.settle(scope, reading, own, self._reference(reading, own) or [])
        for one in group:
            if one not in own:
                self.dispatch(scope, reading, [one])
        return DEFERRED

    def _reference(self, reading: Reading, group: Group) -> Group | None:
        rff, value = group[0], group[0](1, 2)
        if not value:
            return group
        if rff(1) == _ORDER:
            return _order(reading, group)
        if rff(1) in _DESPATCH:
            return append_reference(reading, ("despatch_document_reference",), group, KINDS[rff(1)])
        if rff(1) in _TRACKING:
            new = _union(reading, "tracking_id", [value], rff)
            return group[1:] if new and rff(1) == _TRACKING[0] else group
        if self.read_revision(reading, rff):
            return group[1:]
        if rff(1) == _CONSIGNOR:
            reading.state.setdefault("consignor", (value, (rff, 1, 2)))
        field = _FIELDS.get(_SHIPMENT.get(rff(1), ""))
        if not field or reading.has(field):
            return group
        reading.put(field, value, rff, 1, 2)
        return group[1:] if rff(1) == "SRN" else group

    def header_nad(self, reading: Reading, group: Group) -> Group | None:
        return self._party(reading, group, "header")

    def _party(self, reading: Reading, group: Group, scope: str) -> Group:
        """References behind a party are those of the shipment, but for its own numbers."""
        first = next((n for n, one in enumerate(group) if one.tag == "RFF" and one(1) not in _OF_PARTY), None)
        own, rest = group[:first], group[len(group) if first is None else first :]
        self.settle(scope, reading, own, super().header_nad(reading, own) or [])
        for one in self.shape(scope).groups(rest, lambda segment: segment.tag):
            self.dispatch(scope, reading, one)
        return DEFERRED

    def header_tdt(self, reading: Reading, group: Group) -> Group | None:
        """The carrier; how the goods travel is kept with it."""
        tdt = group[0]
        ident, _known = identifier(tdt, 5)
        if (ident or tdt(5, 4)) and not reading.has("carrier_party"):
            if ident:
                reading.put(("carrier_party", "party_identification", 0), ident, tdt, 5)
            reading.put(("carrier_party", "party_name"), tdt(5, 4), tdt, 5, 4)
        return group

    # -- the consignment ---------------------------------------------------------------------------
    def consignment_cni(self, reading: Reading, group: Group) -> Group | None:
        cni = group[0]
        reading.begin((), self.shape("consignment"), "consignment")
        known = reading.get("carrier_assigned_id")
        if known is None:
            reading.put("carrier_assigned_id", cni(2), cni, 2)
        return group if known and cni(2) not in ("", known) else None

    def consignment_loc(self, reading: Reading, group: Group) -> Group | None:
        """Where the goods are: there happened what names no place."""
        if group[0](1) == _WHERE:
            reading.state.setdefault("place", location(group[0]))
        return group

    def consignment_cnt(self, reading: Reading, group: Group) -> Group | None:
        cnt = group[0]
        if cnt(1) != _WEIGHT or not cnt(1, 2) or reading.has("gross_weight_measure"):
            return group
        found = {"value": number(cnt(1, 2)), "unit_code": unit(cnt(1, 3), reading.units, "KGM")}
        reading.put("gross_weight_measure", found, cnt, 1, 2)
        return None

    def consignment_rff(self, reading: Reading, group: Group) -> Group | None:
        return self._referred(reading, group, "consignment")

    def consignment_nad(self, reading: Reading, group: Group) -> Group | None:
        return self._party(reading, group, "consignment")

    def consignment_tdt(self, reading: Reading, group: Group) -> Group | None:
        return self.header_tdt(reading, group)

    def consignment_gid(self, reading: Reading, group: Group) -> Group | None:
        return self.event_gid(reading, group)

    def consignment_dtm(self, reading: Reading, group: Group) -> Group | None:
        side = _EXPECTED.get(group[0](1))
        done = side and read_side(reading, ("estimated_delivery_period",), group[0], side)
        return None if done else group

    # -- events ------------------------------------------------------------------------------------
    def event_sts(self, reading: Reading, group: Group) -> Group | None:
        sts = group[0]
        index = len(reading.draft.get((self.field,), ()))
        reading.begin((), self.shape("event"), "events", str(index + 1))
        reading.draft.line(self.field, (sts,))
        dates: list[Group] = []
        reading.state["dates"] = dates
        reading.later(lambda: self._conclude(reading, index, dates, sts))
        code, own, place = _code(sts)
        status = meaning(code, reading.envelope.get("release") or "")
        _put(reading, index, "status_code", status, sts, place)
        if own or CODES[status] != code:
            _put(reading, index, "partner_status_code", own or code, sts, place)
        _put(reading, index, "reason_code", sts(3), sts, 3)
        _put(reading, index, "description", sts(2, 4), sts, 2, 4)
        return None

    def event_dtm(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) not in _HAPPENED:
            return self.consignment_dtm(reading, group)
        reading.state["dates"].append(group)
        return DEFERRED

    def _conclude(self, reading: Reading, index: int, dates: list[Group], sts: Segment) -> None:
        """The event is complete: when it happened, and where if only the consignment says so."""
        chosen = min(dates, key=lambda group: _HAPPENED.index(group[0](1)), default=None)
        if chosen:
            dtm = chosen[0]
            on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
            _put(reading, index, "occurrence_date", on, dtm, 1, 2)
            _put(reading, index, "occurrence_time", at, dtm, 1, 2)
        else:
            for field in ("date", "time"):
                said = reading.get(f"issue_{field}")
                reading.draft.put((self.field, index, f"occurrence_{field}"), said)
        for group in dates:
            taken = group is chosen and group[0](1) == _HAPPENED[0]
            self.settle("event", reading, group, [] if taken else group)
        event = reading.draft.get((self.field, index))
        if "description" not in event:
            _put(reading, index, "description", sts(3, 4), sts, 3, 4)
        if reading.state.get("place") and "location" not in event:
            event["location"] = reading.state["place"]

    def event_loc(self, reading: Reading, group: Group) -> Group | None:
        """Where it happened; a place that is more than a number and a name is kept as it stands, too."""
        loc, index = group[0], _last(reading)
        place = location(loc)
        if not place or reading.draft.get((self.field, index, "location")):
            return group
        _put(reading, index, "location", place, loc, 2)
        plain = loc(1) == _WHERE and (not loc(2, 3) or "scheme_id" in place.get("id", ()))
        return None if plain and not loc(2, 2) and not loc(3) and not any(loc.composite(3)) else group

    def event_ftx(self, reading: Reading, group: Group) -> Group | None:
        ftx, index = group[0], _last(reading)
        text = joined(ftx.composite(4)[:5], TEXT).strip()
        if not text or ftx(3) or reading.draft.get((self.field, index, "description")):
            return group
        _put(reading, index, "description", text, ftx, 4)
        return None if ftx(1) == _TOLD and not ftx(2) and not ftx(5) else group

    def event_nad(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) == _TAKER:
            return self._taken(reading, group)
        return self._party(reading, group, "event")

    def _taken(self, reading: Reading, group: Group) -> Group:
        """Who took the goods: the contact of the accepting party, or itself."""
        index, nad = _last(reading), group[0]
        cta = next((one for one in group[1:] if one.tag == "CTA" and one(2, 2)), None)
        name = cta(2, 2) if cta else joined(nad.composite(4)[:5], NAME)
        if not name or reading.draft.get((self.field, index, "signed_by")):
            return group
        _put(reading, index, "signed_by", name, cta or nad, 2 if cta else 4)
        plain = cta and cta(1) == "GR" and not cta(2) and len(group) == 2 and len(nad) == 1
        return [] if plain else group

    def event_rff(self, reading: Reading, group: Group) -> Group | None:
        return self._referred(reading, group, "event")

    def event_tdt(self, reading: Reading, group: Group) -> Group | None:
        return self.header_tdt(reading, group)

    def event_pci(self, reading: Reading, group: Group) -> Group | None:
        """Packages, by SSCC; those of further events are kept with them."""
        plain = group[0](1) == "33E" and len(group[0]) == 1 and _packed(reading, group)
        return None if plain and _last(reading) == 0 else group

    def event_gid(self, reading: Reading, group: Group) -> Group | None:
        _packed(reading, group)
        return group

    def summary_cnt(self, reading: Reading, group: Group) -> Group | None:
        return group

    def finish(self, reading: Reading) -> None:
        draft, envelope = reading.draft, reading.envelope
        if draft.get(("id",)) is None:
            numbers = [envelope.get("interchange_reference"), envelope.get("message_reference")]
            draft.put(("id",), "-".join(filter(None, numbers)), "UNH, element 1")
        if draft.get(("shipment_id",)) is None and "consignor" in reading.state:
            draft.put(("shipment_id",), *reading.state["consignor"])
        super().finish(reading)
        for event in draft.get((self.field,), ()):
            event.setdefault("occurrence_date", draft.get(("issue_date",)))

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: ShipmentStatus, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        out.add("BGM", self.code, self.numbered(out, document), "9")
        self.write_dates(out, document)
        write_period(out, document.estimated_delivery_period, "17")
        write_notes(out, document.note)
        self.write_parties(out, document)
        self._write_references(out, document)
        out.close()
        out.open(self.shape("consignment"), document.extensions, "consignment")
        self._write_consignment(out, document)
        out.close()
        for index, event in enumerate(document.transport_events):
            out.open(self.shape("event"), document.extensions, "events", str(index + 1))
            self._write_event(out, event)
            if not index:
                _write_packages(out, document.transport_handling_unit_id)
            out.close()
        self.write_end(out, document)

    def _write_references(self, out: Writing, document: ShipmentStatus) -> None:
        self.write_revision(out, document)
        if document.shipment_id:
            out.add("RFF", ("SRN", document.shipment_id))
        for value in document.tracking_id:
            out.add("RFF", (_TRACKING[0], value))
        for order in document.order_reference:
            revision = "" if order.sequence_number is None else str(order.sequence_number)
            out.add("RFF", (_ORDER, order.id, "", revision))
            if order.issue_date:
                out.add("DTM", (_ISSUED, *written(order.issue_date, None)))
        write_references(out, document.despatch_document_reference)

    @staticmethod
    def _write_consignment(out: Writing, document: ShipmentStatus) -> None:
        if not out.kept("CNI"):
            out.add("CNI", "1", document.carrier_assigned_id)
        weight = document.gross_weight_measure
        if weight:
            out.add("CNT", (_WEIGHT, out.number(weight.value), out.unit(weight.unit_code)))

    @staticmethod
    def _write_event(out: Writing, event: ShipmentEvent) -> None:
        own = event.partner_status_code or ""
        same = own and meaning(own, out.profile.release) == event.status_code
        code = own if same else CODES[event.status_code]
        beside = own if own != code or own == CODES[event.status_code] else ""
        out.add("STS", "1", (code, beside, _OWN if beside else ""), event.reason_code)
        out.add(
            "DTM",
            (_HAPPENED[0], *written(event.occurrence_date, event.occurrence_time, out.profile.where)),
        )
        if event.description:
            out.add("FTX", _TOLD, "", "", pieces(event.description, TEXT, 5))
        if event.signed_by:
            out.add("NAD", _TAKER)
            out.add("CTA", "GR", ("", event.signed_by))
        if event.location and not out.kept("LOC+"):
            out.add("LOC", _WHERE, place_of(event.location))


def _code(sts: Segment) -> tuple[str, str, tuple[int, ...]]:
    """The code of a status, the carrier's own beside it, and where it stands."""
    if sts(2):
        return sts(2), sts(2, 2) if sts(2, 3) == _OWN else "", (2,)
    if sts(1, 2) and sts(1, 3):  # as some carriers have it: type, own code, code
        return sts(1, 3), sts(1, 2), (1, 3)
    return "" if sts(1) in _TYPES else sts(1), "", (1,)


def _last(reading: Reading) -> int:
    """The event that is read."""
    return len(reading.draft.get((Iftsta.field,), ())) - 1


def _put(reading: Reading, index: int, field: str, value: Any, segment: Segment, *place: Any) -> None:
    flat = place[0] if place and isinstance(place[0], tuple) else place
    reading.draft.put((Iftsta.field, index, field), value, (segment, *flat))


def _union(reading: Reading, field: str, values: list[str], segment: Segment) -> bool:
    """Add what is not there yet; whether all of it is new."""
    known: set[str] = reading.state.setdefault(field, set())
    new = [value for value in values if value not in known]
    known.update(new)
    for value in new:
        reading.draft.append((field,), value, (segment, 2 if segment.tag == "GIN" else 1))
    return len(new) == len(values)


def _packed(reading: Reading, group: Group) -> bool:
    """Add the packages a group names; whether it says nothing else, and nothing twice."""
    found, only = [], True
    for gin in group[1:]:
        numbers = numbers_of(gin) if gin.tag == "GIN" and gin(1) == "BJ" else []
        only = only and bool(numbers)
        found += [value[2:] if len(value) == 20 and value.startswith("00") else value for value in numbers]
        if numbers:
            only = _union(reading, "transport_handling_unit_id", found[-len(numbers) :], gin) and only
    return bool(found) and only


def _write_packages(out: Writing, packages: tuple[str, ...]) -> None:
    if packages:
        out.add("PCI", "33E")
    for start in range(0, len(packages), _PACKAGES):
        out.add("GIN", "BJ", *packages[start : start + _PACKAGES])


def _order(reading: Reading, group: Group) -> Group:
    """An order the shipment is of; the line of it is kept as it stands."""
    rff, known = group[0], reading.state.setdefault("orders", set())
    if rff(1, 2) in known:
        return group
    known.add(rff(1, 2))
    path, left = ("order_reference", len(known) - 1), []
    reading.put((*path, "id"), rff(1, 2), rff, 1, 2)
    revision = rff(1, 4)
    if revision.isdecimal():
        reading.put((*path, "sequence_number"), int(revision[:9]), rff, 1, 4)
    for dtm in group[1:]:
        on, at = moment(dtm(1, 2), dtm(1, 3), reading.where)
        if dtm(1) == _ISSUED and on and not at and not reading.has(*path, "issue_date"):
            reading.put((*path, "issue_date"), on, dtm, 1, 2)
        else:
            left.append(dtm)
    return group if rff(1, 3) or (revision and not revision.isdecimal()) else left
