"""A shipment as 856 and 861 say it: packages and weight, carrier, equipment, references and dates."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import DocumentReference, Measure, Party, Shipment
from ..._edi.syntax import Segment
from ..._edi.values import number
from ..._edi.writing import Writing
from ..units import to_rec20
from ._base import DEFERRED, Group, X12Reading, X12Takes
from ._dates import REQUESTED, gather, read_dtm, read_moment, write_dtm, write_period

#: element 103, its first part ⇄ UN/ECE Recommendation 21; of several for one, the first is written
PACKAGES = {
    "PLT": "PX",
    "CTN": "CT",
    "BOX": "BX",
    "CAS": "CS",
    "BAG": "BG",
    "BIN": "BI",
    "CRT": "CR",
    "DRM": "DR",
    "PKG": "PK",
    "ROL": "RO",
    "SKD": "SI",
}
WRITTEN_PACKAGES = {ours: code for code, ours in reversed(PACKAGES.items())}
_PACKAGE = re.compile(r"([A-Z]{3})(\d\d)?")
#: element 91 ⇄ UN/ECE Recommendation 19; of several for one, the first is written
MODES = {"S": "1", "O": "1", "R": "2", "M": "3", "LT": "3", "A": "4", "AE": "4", "X": "6"}
WRITTEN_MODES = {ours: code for code, ours in reversed(MODES.items())}
#: element 66 of TD502: the carrier is known by its code (SCAC)
_SCAC = "2"
#: element 187: gross weight
_GROSS = ("G", "")
_VOLUME = "gross_volume_measure"
#: element 128 ⇄ UNTDID 1001, of further documents
DOCUMENTS = {"PK": "271", "IV": "380", "CT": "315", "DD": ""}
_WRITTEN_DOCUMENTS = {ours: code for code, ours in DOCUMENTS.items()}
#: element 128: bill of lading, carrier's number, number to follow it by, shipper's number
_BILL, _CARRIERS, _TRACKING, _OWN = "BM", "CN", "2I", "SI"
#: those that belong to the shipment even when they stand behind a party
OF_SHIPMENT = frozenset({_BILL, _CARRIERS, _TRACKING, _OWN, "PK", "IV"})
#: element 374: left; arrives
_LEFT = "011"
_ARRIVES: tuple[Mapping[str, str], ...] = (
    {"017": "both", "371": "both", "196": "start", "197": "end"},
    {"067": "both", "069": "both"},
)
_ARRIVED = "035"
#: the elements that are read here
TAKES = {
    "TD1": "2 6=G 7 8 9 10",
    "TD5": "2=2 3 4=S|R|M|A|X 5",
    "TD3": "3",
    "MEA": "1=PD|WT 2=G 3 4.1",
}


def package_of(code: str) -> str:
    """The kind of package (Recommendation 21) of element 103; "" when it is none we know."""
    match = _PACKAGE.fullmatch(code.strip().upper())
    return PACKAGES.get(match[1], "") if match else ""


def read_measure(reading: X12Reading, value: str, unit: str) -> dict[str, str] | None:
    """A canonical ``Measure``."""
    return (
        {"value": number(value), "unit_code": to_rec20(unit, reading.units, reading.unit)} if value else None
    )


def measure(out: Writing, value: Measure | None) -> tuple[str, str]:
    """The two elements of a measure."""
    return (out.number(value.value), out.unit(value.unit_code)) if value else ("", "")


class Shipping:
    """Reads the segments of a shipment; the methods are named ``take_…``, a set binds them to its scopes."""

    #: whether the dates of the shipment may say when it was wanted, and where ``delivery`` is
    delivers: ClassVar[bool] = True

    def take_td1(self, reading: X12Reading, group: Group) -> Group | None:
        """How many packages, and what they weigh. Those of the first kind count."""
        td1 = group[0]
        if reading.has("shipment", "total_transport_handling_unit_quantity") or not (td1(2) or td1(7)):
            return group
        if (td1(6) not in _GROSS and td1(7) and not td1(2)) or (td1(9) and reading.has("shipment", _VOLUME)):
            return group
        reading.put(("shipment", "total_transport_handling_unit_quantity"), number(td1(2)), td1, 2)
        weighed = td1(6) in _GROSS and not reading.has("shipment", "gross_weight_measure")
        extras = {}
        if weighed:
            found = read_measure(reading, td1(7), td1(8))
            reading.put(("shipment", "gross_weight_measure"), found, td1, 7)
        elif td1(7):
            extras |= {"6.1": td1(6), "7.1": td1(7), "8.1": td1(8)}
        reading.put(("shipment", _VOLUME), read_measure(reading, td1(9), td1(10)), td1, 9)
        if not extras:
            return group[1:]
        key = reading.kept.key("TD1", "")
        extras |= {f"{place}.1": td1(place) for place in (1, 3, 4, 5) if td1(place)}
        reading.kept.elements[key] = {place: value for place, value in extras.items() if value}
        return DEFERRED

    def take_mea(self, reading: X12Reading, group: Group) -> Group | None:
        """The gross weight, where it is not said with the packages."""
        mea = group[0]
        weight = mea(1) in ("PD", "WT") and mea(2) == "G" and mea(3) and mea(4, 1)
        if not weight or reading.has("shipment", "gross_weight_measure") or mea(5) or mea(6):
            return group
        found = read_measure(reading, mea(3), mea(4, 1))
        reading.put(("shipment", "gross_weight_measure"), found, mea, 3)
        return DEFERRED  # written again, it stands with the packages

    def take_td5(self, reading: X12Reading, group: Group) -> Group | None:
        """The carrier and how it goes."""
        td5 = group[0]
        if reading.has("shipment", "carrier_party") or not (td5(3) or td5(5)):
            return group
        path = ("shipment", "carrier_party")
        if td5(3):
            reading.put((*path, "party_identification"), [{"id": td5(3)}], td5, 3)
        reading.put((*path, "party_name"), td5(5), td5, 5)
        mode = MODES.get(td5(4).upper())
        if mode and not reading.has("shipment", "transport_mode_code"):
            reading.put(("shipment", "transport_mode_code"), mode, td5, 4)
        return group[1:]

    def take_td3(self, reading: X12Reading, group: Group) -> Group | None:
        """The trailer."""
        td3 = group[0]
        if not td3(3) or reading.has("shipment", "transport_means_id"):
            return group
        reading.put(("shipment", "transport_means_id"), td3(3), td3, 3)
        return group[1:]

    def take_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        kind, value = ref(1).upper(), ref(2)
        if not value:
            return group
        if kind == _BILL and not reading.has("shipment", "carrier_assigned_id"):
            reading.put(("shipment", "carrier_assigned_id"), value, ref, 2)
        elif kind == _OWN and not reading.has("shipment", "id"):
            reading.put(("shipment", "id"), value, ref, 2)
        elif kind in (_CARRIERS, _TRACKING):
            count = track(reading, value, ref)
            extras = X12Takes("1 2").extras(ref) | ({"1.1": kind} if kind == _CARRIERS else {})
            if count and extras:
                # Written again among the numbers to follow it by; whose number it is stays with it.
                reading.kept.elements[f"REF+{_TRACKING}" + (f"#{count}" if count > 1 else "")] = extras
            return DEFERRED if count else group
        elif kind in DOCUMENTS:
            read_further(reading, ref, DOCUMENTS[kind])
        else:
            return group
        return group[1:]

    def take_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        """When it left, when it arrives or arrived, when it was wanted."""
        dtm = group[0]
        if dtm(1) == _LEFT and dtm(2) and not reading.has("shipment", "actual_despatch_date"):
            on, at = read_moment(reading, dtm, 2)
            reading.put(("shipment", "actual_despatch_date"), on, dtm, 2)
            reading.put(("shipment", "actual_despatch_time"), at, dtm, 3)
            return None
        if self.delivers and dtm(1) == _ARRIVED and not reading.has("delivery", "actual_delivery_date"):
            on, at = read_moment(reading, dtm, 2)
            if at:
                return group
            reading.put(("delivery", "actual_delivery_date"), on, dtm, 2)
            return None
        path = ("shipment", "estimated_delivery_period")
        if gather(self, reading, reading.state.get("scope", "header"), path, group, *_ARRIVES):
            return DEFERRED
        wanted = REQUESTED[0].get(dtm(1)) if self.delivers else None
        if wanted and read_dtm(reading, ("delivery", "requested_delivery_period"), dtm, wanted):
            return None
        return group


def track(reading: X12Reading, value: str, segment: Segment) -> int:
    """A number to follow the shipment by: which of them it is; 0 when it is there already."""
    known = reading.draft.get(("shipment", "tracking_id")) or ()
    if value in known:
        return 0
    return reading.draft.append(("shipment", "tracking_id"), value, (segment, 2)) + 1


def read_further(reading: X12Reading, ref: Segment, kind: str) -> None:
    """A further document, by its number."""
    found = {"id": ref(2), "document_type_code": kind} if kind else {"id": ref(2)}
    reading.draft.append(("additional_document_reference",), found, (ref, 2))


# --- writing --------------------------------------------------------------------------------------
def write_shipment(transaction: Any, out: Writing, shipment: Shipment | None) -> None:
    """TD1, TD5, TD3 and REF."""
    if shipment is None:
        return
    count = shipment.total_transport_handling_unit_quantity
    weight, volume = measure(out, shipment.gross_weight_measure), measure(out, shipment.gross_volume_measure)
    if count is not None or any(weight) or any(volume):
        lading = "" if count is None else out.number(count)
        out.add("TD1", "", lading, "", "", "", "G" if weight[0] else "", *weight, *volume)
    _write_carrier(transaction, out, shipment.carrier_party, shipment.transport_mode_code)
    if shipment.transport_means_id:
        out.add("TD3", "", "", shipment.transport_means_id)
    for kind, value in ((_BILL, shipment.carrier_assigned_id), (_OWN, shipment.id)):
        if value:
            out.add("REF", kind, value)
    for value in shipment.tracking_id:
        out.add("REF", _TRACKING, value)


def _write_carrier(transaction: Any, out: Writing, carrier: Party | None, mode: str | None) -> None:
    if mode and mode not in WRITTEN_MODES:
        raise transaction.cannot(f"the mode of transport {mode}", "X12 has another list of them")
    if carrier is None:
        if mode:
            raise transaction.cannot("the mode of transport", "it is said together with the carrier")
        return
    named = next(iter(carrier.party_identification), None)
    code = (_SCAC, named.id) if named else ("", "")
    out.add("TD5", "", *code, WRITTEN_MODES.get(mode or "", ""), carrier.party_name)


def write_despatch_dates(out: Writing, shipment: Shipment | None) -> None:
    """DTM."""
    if shipment is None:
        return
    if shipment.actual_despatch_date:
        write_dtm(out, _LEFT, shipment.actual_despatch_date, shipment.actual_despatch_time)
    write_period(out, shipment.estimated_delivery_period, "017", "196", "197")


def write_further(transaction: Any, out: Writing, references: tuple[DocumentReference, ...]) -> None:
    """REF for further documents."""
    for one in references:
        kind = _WRITTEN_DOCUMENTS.get(one.document_type_code or "")
        if kind is None:
            what = f"a reference to a document of type {one.document_type_code}"
            raise transaction.cannot(what, "X12 has no code for it")
        out.add("REF", kind, one.id)
