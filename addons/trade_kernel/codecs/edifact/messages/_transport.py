"""How goods travel: TDT, and the references of a transport."""

from typing import Any

from ....canonical import Party, Shipment
from ..._edi.reading import Reading
from ..._edi.texts import NAME
from ..._edi.writing import Writing
from ._base import Group
from ._parties import SCHEMES, identified, identifier, write_party

_PATH = ("shipment",)
#: 1153 → the number of a shipment or of its transport document; the first of each is written
REFERENCES = {
    "SRN": "id",
    "SI": "id",
    "AAS": "carrier_assigned_id",
    "BM": "carrier_assigned_id",
    "AAM": "carrier_assigned_id",
    "MB": "carrier_assigned_id",
    "AWB": "carrier_assigned_id",
}
_TRACKING = "CN"
#: 8051 of the main transport, and of what leaves the sender
_MAIN, _MAINS = "20", ("20", "12", "25", "")
#: the positions that are read here, for a message's ``takes``
TAKES = {"TDT": "1=20 3.1 5.1 5.3=9|16|10 5.4 8.1"}


def read_transport(reading: Reading, group: Group) -> Group:
    """TDT: the mode of transport, the carrier and the vehicle; what of the group is left."""
    tdt = group[0]
    found: dict[str, Any] = {"transport_mode_code": tdt(3), "transport_means_id": tdt(8)}
    ident, _known = identifier(tdt, 5)
    known = reading.draft.get((*_PATH, "carrier_party")) is not None
    named = bool(ident or tdt(5, 4))
    if tdt(1) not in _MAINS or reading.state.get("transport") or not (any(found.values()) or named):
        return group
    reading.state["transport"] = True
    for field, value in found.items():
        reading.draft.put((*_PATH, field), value, (tdt, 3 if field == "transport_mode_code" else 8))
    if named and known:
        return group  # it is said twice; what cannot be read here is kept
    if ident:
        reading.draft.put((*_PATH, "carrier_party", "party_identification", 0), ident, (tdt, 5))
    reading.draft.put((*_PATH, "carrier_party", "party_name"), tdt(5, 4), (tdt, 5, 4))
    return group[1:]


def read_transport_reference(reading: Reading, group: Group) -> Group:
    """RFF: the number of the shipment, of the waybill, or one to follow it by."""
    rff = group[0]
    value, field = rff(1, 2), REFERENCES.get(rff(1))
    if not value or len(group) > 1 or rff(1, 3):
        return group
    if rff(1) == _TRACKING:
        reading.draft.append((*_PATH, "tracking_id"), value, (rff, 1, 2))
        return []
    if not field or reading.draft.get((*_PATH, field)) is not None:
        return group
    reading.draft.put((*_PATH, field), value, (rff, 1, 2))
    return []


def write_transport_references(out: Writing, shipment: Shipment) -> None:
    """RFF."""
    for kind, value in (("SRN", shipment.id), ("AAS", shipment.carrier_assigned_id)):
        if value:
            out.add("RFF", (kind, value))
    for value in shipment.tracking_id:
        out.add("RFF", (_TRACKING, value))


def write_transport(out: Writing, shipment: Shipment) -> None:
    """TDT; a carrier of whom more is known than TDT has room for is a party."""
    carrier, called = shipment.carrier_party, ""
    if carrier and _fits(carrier):
        ident = carrier.party_identification[0] if carrier.party_identification else None
        [value] = identified(ident)
        called = (*(value or ("", "", "")), carrier.party_name)
    elif carrier:
        write_party(out, "CA", carrier)
    mode, means = shipment.transport_mode_code, shipment.transport_means_id
    if mode or means or called:
        out.add("TDT", _MAIN, "", mode, "", called, "", "", (means,))


def _fits(carrier: Party) -> bool:
    name, numbers = carrier.party_name or "-", carrier.party_identification[:1]
    alone = Party(party_identification=numbers, party_name=name)
    known = all(number.scheme_id in (None, *SCHEMES.values()) for number in numbers)
    return known and len(name) <= min(NAME) and carrier.model_copy(update={"party_name": name}) == alone
