"""214: where a shipment is, as its carrier tells it."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, ClassVar

from ....canonical import Identifier, Measure, Party, ShipmentEvent, ShipmentStatus
from ....canonical.codes import COUNTRIES
from ..._edi.syntax import Segment
from ..._edi.texts import joined, pieces
from ..._edi.values import number
from ..._edi.writing import Writing
from ..countries import ALPHA2
from ._base import DEFERRED, Group, Shape, X12Reading, own_number
from ._dates import gather, moment, read_issued, written_day, written_moment
from ._lines import revision_of
from ._orders import REVISION
from ._packing import CARRIERS, marked, number_of, numbered, order_of
from ._parties import read_party
from ._warehouse import ARRIVES, MADE, WEIGHTS, WarehouseTransaction, unit_of, write_g62, write_nte
from ._warehouse import write_g62_period as write_period

#: element 1650 → what happened, in one of few words
STATUSES = {
    "XB": "announced",
    "CP": "picked_up",
    "P1": "departed",
    "AF": "departed",
    "OA": "departed",
    "RL": "departed",
    "X6": "in_transit",
    "AG": "in_transit",
    "X2": "in_transit",
    "AM": "in_transit",
    "AN": "in_transit",
    "J1": "in_transit",
    "R1": "in_transit",
    "X4": "arrived",
    "X1": "arrived",
    "X5": "arrived",
    "S1": "arrived",
    "AV": "arrived",
    "AR": "arrived",
    "I1": "arrived",
    "K1": "customs",
    "AJ": "out_for_delivery",
    "D1": "delivered",
    "CD": "delivered",
    "SD": "delayed",
    "AP": "exception",
    "AH": "exception",
    "A7": "exception",
    "A9": "exception",
    "A3": "returned",
    "CA": "cancelled",
}
_WRITTEN = {ours: code for code, ours in reversed(STATUSES.items())}
#: element 1650: when it will arrive
_ESTIMATES = frozenset({"AG", "X2"})
#: element 1652: appointments, which AT7 says elsewhere
_APPOINTMENTS = frozenset({"AA", "AB"})
#: element 128: order, carrier's number, number to follow it by, packing list, bill of lading, delivery note
_ORDER, _NUMBERS, _PACKING, _BILL = "PO", frozenset({"CN", "2I"}), "PK", "BM"
_TRACKING = "2I"
#: element 127 of a L11 with the number of the document, which has no place of its own
_OWN, _OWN_WORD = "ZZ", "DOCUMENT"
#: element 187: gross weight
_GROSS = "G"
_LETTERS = {ours: code for code, ours in WEIGHTS.items()}
_REMARK = frozenset({30})
_EVENTS = "transport_events"
#: where the extensions say how many events each part of the shipment has, where there are several
_PARTS = "parts"


class ShipmentStatusMessage(WarehouseTransaction):
    """LX begins a part of the shipment, AT7 is what happened to it."""

    sets: ClassVar = ("214",)
    group: ClassVar = "QM"
    documents: ClassVar = ("shipment_status",)
    beginning: ClassVar = "B10"
    field: ClassVar = _EVENTS
    sender: ClassVar = "carrier_party"
    starts: ClassVar[Mapping[str, str]] = {"LX": "position"}
    parties: ClassVar[Mapping[str, str]] = {
        "CA": "carrier_party",
        "SH": "consignor_party",
        "SF": "consignor_party",
        "CN": "consignee_party",
        "ST": "consignee_party",
    }
    places: ClassVar = frozenset()
    takes: ClassVar[Mapping[str, str]] = {
        "L11": "1 2 3=DOCUMENT",
        "MS1": "1 2 3",
        "K1": "1 2",
        "PRF": "1 3 4",
        "SPO": "1",
    }
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": Shape("B10 L11 MAN AT8 N1 G62 NTE MS3", {"N1": "N2 N3 N4 PER REF L11"}),
        "line": Shape(
            "LX AT7 L11 MAN Q7 K1 AT5 AT8 CD3 N1 SPO PRF",
            {"AT7": "MS1 MS2 K1 M7", "N1": "N2 N3 N4 L11", "CD3": "L11", "SPO": "SDQ"},
        ),
    }

    # -- header ------------------------------------------------------------------------------------
    def header_b10(self, reading: X12Reading, group: Group) -> Group | None:
        b10 = group[0]
        if "b10" in reading.state:
            return group
        reading.state["b10"] = b10
        reading.put("carrier_assigned_id", b10(1), b10, 1)
        reading.put("shipment_id", b10(2), b10, 2)
        reading.later(lambda: self._carrier(reading, b10))
        return DEFERRED

    def _carrier(self, reading: X12Reading, b10: Segment) -> None:
        """The carrier's code, unless a party says more."""
        if b10(3) and not reading.has("carrier_party"):
            reading.put(("carrier_party", "party_identification"), [{"id": b10(3)}], b10, 3)
        named = reading.get("carrier_party", "party_identification", 0) or {}
        first = "" if named.get("scheme_id") else named.get("id", "")
        self.beyond(reading, b10, {1: b10(1), 2: b10(2), 3: first})

    def header_l11(self, reading: X12Reading, group: Group) -> Group | None:
        l11 = group[0]
        value, kind = l11(1), l11(2).upper()
        if not value:
            return group
        if kind == _OWN and l11(3) == _OWN_WORD and not reading.has("id"):
            reading.put("id", value, l11, 1)
        elif kind == REVISION and value.isdecimal() and not reading.has("sequence_number"):
            reading.put("sequence_number", int(value[:9]), l11, 1)
        elif kind == _BILL and not reading.has("shipment_id"):
            reading.put("shipment_id", value, l11, 1)
            return DEFERRED
        elif len(l11) == 2 and self._numbered(reading, kind, value, l11):
            return DEFERRED
        else:
            return group
        return None

    def _numbered(self, reading: X12Reading, kind: str, value: str, segment: Segment) -> bool:
        if kind in _NUMBERS:
            return self._append(reading, "tracking_id", value, segment)
        if kind == _PACKING:
            return self._append(reading, "despatch_document_reference", {"id": value}, segment)
        return kind == _ORDER and self._append(reading, "order_reference", {"id": value}, segment)

    @staticmethod
    def _append(reading: X12Reading, field: str, value: Any, segment: Segment) -> bool:
        """One more of a list; the same again is left."""
        known: set[str] = reading.state.setdefault(f"known {field}", set())
        name = value["id"] if isinstance(value, dict) else value
        if name in known:
            return False
        known.add(name)
        reading.draft.append((field,), value, (segment, 1))
        return True

    def header_g62(self, reading: X12Reading, group: Group) -> Group | None:
        g62 = group[0]
        if g62(1) == MADE and g62(2) and not reading.state.get("made"):
            reading.state["made"] = True
            read_issued(reading, (g62, 2), g62(2), g62(4), g62(5))
            return None
        path = ("estimated_delivery_period",)
        return DEFERRED if gather(self, reading, "header", path, group, *ARRIVES) else group

    def header_n1(self, reading: X12Reading, group: Group) -> Group | None:
        field = self.parties.get(group[0](1).upper())
        if field and not reading.has(field) and len(group[0]) > 1:
            read_party(reading, (field,), group)
            return None
        return group

    # -- parts of the shipment -----------------------------------------------------------------------
    def position_lx(self, reading: X12Reading, group: Group) -> Group | None:
        count = reading.state["parts"] = reading.state.get("parts", 0) + 1
        # What stands before the first part is written as part of it.
        before = len(reading.draft.values.get(_EVENTS, ())) if count > 1 else 0
        reading.begin((), self.shape("line"), "positions", str(count))
        reading.later(lambda: self._count(reading, count, before))
        self.beyond(reading, group[0], {1: str(count)})
        return DEFERRED

    @staticmethod
    def _count(reading: X12Reading, count: int, before: int) -> None:
        """How many events a part has, where there are several parts."""
        events = len(reading.draft.values.get(_EVENTS, ())) - before
        reading.state.setdefault("counts", []).append(events)

    def position_at7(self, reading: X12Reading, group: Group) -> Group | None:
        at7 = group[0]
        draft, path = reading.draft, (_EVENTS, reading.draft.line(_EVENTS, (at7,)))
        first = 3 if not at7(1) and at7(3) else 1
        code, reason = at7(first).upper(), at7(first + 1)
        draft.put((*path, "status_code"), STATUSES.get(code, "other"), (at7, first))
        draft.put((*path, "partner_status_code"), code, (at7, first))
        draft.put((*path, "reason_code"), reason, (at7, first + 1))
        if at7(5):
            on, at = moment(at7(5), at7(6), at7(7), reading.where)
            draft.put((*path, "occurrence_date"), on, (at7, 5))
            draft.put((*path, "occurrence_time"), at, (at7, 6))
            if code in _ESTIMATES and draft.get(("estimated_delivery_period",)) is None:
                period = {"end_date": on, "end_time": at} if at else {"end_date": on}
                draft.put(("estimated_delivery_period",), period, (at7, 5))
        place = 3 if code in _APPOINTMENTS else 1
        written = {place: code, place + 1: reason} | {element: at7(element) for element in (5, 6, 7)}
        key = self.beyond(reading, at7, written)
        for one in group[1:]:
            if not self._event(reading, path, one):
                reading.kept.groups.setdefault(key, []).append(one.portable)
        return DEFERRED

    def _event(self, reading: X12Reading, path: tuple, one: Segment) -> bool:
        """What follows an AT7: where it was, and in words what."""
        draft = reading.draft
        if one.tag == "MS1" and (one(1) or one(2) or one(3)) and draft.get((*path, "location")) is None:
            country = one(3).upper()
            country = country if country in COUNTRIES else ALPHA2.get(country, "")
            found = {"city_name": one(1), "country_subentity": one(2), "country_code": country}
            found = {field: value for field, value in found.items() if value}
            if (one(3) and not country) or not found:
                return False
            extras = {f"{element}.1": one(element) for element in range(4, len(one) + 1) if one(element)}
            key = reading.kept.key("MS1", "")
            if extras:
                reading.kept.elements[key] = extras
            draft.put((*path, "location", "address"), found, (one, 1))
            return True
        if one.tag == "K1" and draft.get((*path, "description")) is None:
            draft.put((*path, "description"), joined([one.escaped(1), one.escaped(2)], _REMARK), (one, 1))
            return draft.get((*path, "description")) is not None
        return False

    header_at7 = position_at7

    def position_l11(self, reading: X12Reading, group: Group) -> Group | None:
        l11 = group[0]
        plain = l11(1) and len(l11) == 2
        return DEFERRED if plain and self._numbered(reading, l11(2).upper(), l11(1), l11) else group

    def position_man(self, reading: X12Reading, group: Group) -> Group | None:
        man = group[0]
        kind = man(1).upper()
        if kind == CARRIERS and man(2) and len(man) == 2:
            return DEFERRED if self._append(reading, "tracking_id", man(2), man) else group
        if not numbered([man]) or len(man) > 2:
            return group
        unit = number_of(kind, man(2))
        return DEFERRED if self._append(reading, "transport_handling_unit_id", unit, man) else group

    header_man = position_man

    def position_at8(self, reading: X12Reading, group: Group) -> Group | None:
        at8 = group[0]
        if at8(1) != _GROSS or not at8(3) or reading.draft.get(("gross_weight_measure",)) is not None:
            return group
        weight = {"value": number(at8(3)), "unit_code": unit_of(reading, at8(2))}
        reading.draft.put(("gross_weight_measure",), weight, (at8, 3))
        # Written again it stands with the first part.
        return DEFERRED if len(at8) == 3 else group

    header_at8 = position_at8

    def position_prf(self, reading: X12Reading, group: Group) -> Group | None:
        prf = group[0]
        plain = prf(1) and not prf(2) and len(prf) <= 4 and len(group) == 1
        return DEFERRED if plain and self._append(reading, "order_reference", order_of(prf), prf) else group

    def position_spo(self, reading: X12Reading, group: Group) -> Group | None:
        spo = group[0]
        plain = spo(1) and len(spo) == 1 and len(group) == 1
        return DEFERRED if plain and self._append(reading, "order_reference", {"id": spo(1)}, spo) else group

    # -- after the last segment ----------------------------------------------------------------------
    def finish(self, reading: X12Reading) -> None:
        draft, counts = reading.draft, reading.state.get("counts", [])
        if len(counts) > 1:
            draft.put(("extensions", _PARTS), " ".join(map(str, counts)))
        if draft.get(("id",)) is None:
            named = draft.get(("carrier_assigned_id",)) or draft.get(("shipment_id",))
            draft.put(("id",), own_number(reading, named))
        super().finish(reading)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: ShipmentStatus, out: Writing) -> None:
        carrier = document.carrier_party
        named = next(iter(carrier.party_identification), None) if carrier else None
        scac = named.id if named and not named.scheme_id else ""
        out.open(self.shape("header"), document.extensions)
        out.add("B10", document.carrier_assigned_id or "", document.shipment_id or "", scac)
        out.add("L11", document.id, _OWN, _OWN_WORD)
        if document.sequence_number:
            out.add("L11", str(document.sequence_number), REVISION)
        for value in document.tracking_id:
            out.add("L11", value, _TRACKING)
        for one in document.despatch_document_reference:
            out.add("L11", one.id, _PACKING)
        write_g62(out, MADE, document.issue_date, document.issue_time)
        write_period(out, document.estimated_delivery_period, "17", "", "")
        write_nte(out, document.note)
        only = Party(party_identification=(Identifier(id=scac),)) if scac else None
        if carrier and carrier.model_copy(update={"endpoint_id": None}) == only:
            self.write_parties(out, document.model_copy(update={"carrier_party": None}))
        else:
            self.write_parties(out, document)
        out.close()
        self._write_parts(out, document)

    def _write_parts(self, out: Writing, document: ShipmentStatus) -> None:
        events = iter(document.transport_events)
        for part, count in enumerate(_parts(document), 1):
            out.open(self.shape("line"), document.extensions, "positions", str(part))
            out.add("LX", str(part))
            for event in islice(events, count):
                self._write_event(out, event)
            if part == 1:
                self._write_numbers(out, document)
            out.close()

    def _write_numbers(self, out: Writing, document: ShipmentStatus) -> None:
        for unit in document.transport_handling_unit_id:
            out.add("MAN", *marked(unit))
        if document.gross_weight_measure:
            self._write_weight(out, document.gross_weight_measure)
        dated = any(order.issue_date or order.sequence_number for order in document.order_reference)
        for order in document.order_reference:
            if not dated:
                out.add("L11", order.id, _ORDER)
                continue
            on = written_day(order.issue_date, out)
            out.add("PRF", order.id, "", revision_of(order), on)

    def _write_weight(self, out: Writing, weight: Measure) -> None:
        if weight.unit_code not in _LETTERS:
            raise self.cannot(
                f"a weight in {weight.unit_code}", "214 knows pounds, kilograms, grams and ounces"
            )
        if not out.kept("AT8*G"):
            out.add("AT8", _GROSS, _LETTERS[weight.unit_code], out.number(weight.value))

    def _write_event(self, out: Writing, event: ShipmentEvent) -> None:
        code = event.partner_status_code or _WRITTEN.get(event.status_code, "")
        if not code:
            raise self.cannot("what happened to the shipment", "it has no code of the carrier")
        pair = (code, event.reason_code or "")
        where = ("", "", *pair) if code in _APPOINTMENTS else (*pair, "", "")
        out.add("AT7", *where, *written_moment(event.occurrence_date, event.occurrence_time, out))
        address = event.location.address if event.location else None
        if address:
            out.add("MS1", address.city_name, address.country_subentity, address.country_code)
        if event.description:
            out.add("K1", *pieces(event.description, _REMARK, 2))


def _parts(document: ShipmentStatus) -> list[int]:
    """How many events each part of the shipment has."""
    parts, total = document.extensions.get(_PARTS), len(document.transport_events)
    counts = parts.split() if isinstance(parts, str) else []
    found = [int(count) for count in counts if count.isdecimal() and len(count) < 9]
    return found if len(found) == len(counts) > 0 and sum(found) == total else [total]


def told(document: ShipmentStatus) -> ShipmentStatus:
    """Every event with a code of X12, which is how they are read."""
    events = (
        one
        if one.partner_status_code
        else one.model_copy(update={"partner_status_code": _WRITTEN.get(one.status_code)})
        for one in document.transport_events
    )
    return document.model_copy(update={"transport_events": tuple(events)})
