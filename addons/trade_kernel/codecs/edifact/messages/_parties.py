"""Parties and places: NAD and what follows it, to canonical parties and back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....canonical import Address, Identifier, Location, Party
from ....canonical.codes import COUNTRIES
from ..._draft import Path
from ..._edi.reading import Kept, Reading, Shape, Takes
from ..._edi.syntax import EDIFACT, Segment, write
from ..._edi.texts import NAME, joined, pieces
from ..._edi.writing import Writing

#: what stands around a name and address
PARTY = Shape("NAD LOC FII RFF DTM DOC CTA COM", {"RFF": "DTM", "DOC": "DTM", "CTA": "COM"})
#: 3055, who gives out an identifier → its ISO 6523 scheme
SCHEMES = {"9": "0088", "16": "0060", "10": "0177"}
_AGENCIES = {scheme: agency for agency, scheme in SCHEMES.items()}
#: 0007, the qualifier of an interchange address → the scheme
ADDRESS_SCHEMES = {"14": "0088", "1": "0060"}
#: 1153 in a party's references
_VAT = "VA"
#: the number in the register of companies: EN 16931 says GN
_REGISTERED = ("XA", "GN")
_FURTHER = "API"
#: references that belong to the document wherever they stand
_OF_DOCUMENT = frozenset({"ON", "VN", "CT", "AAK", "IV", "DQ", "PK", "CR", "AAG", "BO", "AOU"})
_NAD = Takes("1 2.1 3.1-5 4.1-5 5.1-4 6 7.1 7.4 8 9")
_NAD_SCHEME = Takes("1 2.1 2.3 3.1-5 4.1-5 5.1-4 6 7.1 7.4 8 9")
_RFF = Takes("1.1-3")
_CTA = Takes("1=IC 2.2")
_KNOWN_BY = ("party_identification", "party_name", "company_id", "legal_entity_id")
#: what reads a segment of a party, if it can, and the positions that are read
Further = tuple[Callable[[Segment], bool], Takes]


def identifier(segment: Segment, element: int) -> tuple[dict[str, str] | None, bool]:
    """The identifier in C082 (or C517 of a place), and whether its agency is expressed by the scheme."""
    # EN 16931 puts the scheme where the code list is named.
    value, agency = segment(element), segment(element, 3) or segment(element, 2)
    if not value:
        return None, False
    scheme = SCHEMES.get(agency)
    if scheme is None and len(agency) == 4 and agency.isdecimal():
        scheme = agency
    return {"id": value, "scheme_id": scheme} if scheme else {"id": value}, bool(scheme)


def read_party(
    reading: Reading, path: Path, group: list[Segment], more: Mapping[str, Further] | None = None
) -> list[Segment]:
    """Put a NAD group at ``path`` as a ``Party``, and what remains of it into its extensions.

    :param more: by tag, what else the group says: what reads it, and the positions that are read.
    :return: the members that speak of the document instead of the party.
    """
    nad, kept = group[0], Kept(PARTY)
    values, extras = _values(nad)
    key = kept.key("NAD", nad(1))
    if extras:
        kept.elements[key] = extras
    if values["id"]:
        reading.draft.put((*path, "party_identification", 0), values["id"], (nad, 2))
    reading.draft.put((*path, "party_name"), values["name"], (nad, 4))
    if values["address"]:
        reading.draft.put((*path, "postal_address"), values["address"], (nad, 5))
    left = _members(reading, path, group[1:], kept, more or {})
    if not any(reading.draft.get((*path, name)) for name in _KNOWN_BY):
        reading.draft.put((*path, "party_name"), values["line"], (nad,))
    reading.save(path, kept)
    return left


def _values(nad: Segment) -> tuple[dict[str, Any], dict[str, Any]]:
    """Identifier, name and address of a NAD, and what else is in it."""
    ident, known = identifier(nad, 2)
    extras = (_NAD_SCHEME if known else _NAD).extras(nad)
    if known and not nad(2, 3):
        extras.pop("2.2", None)
    name = joined(nad.composite(4)[:5], NAME)
    street = [part.strip() for part in nad.composite(5)[:4] if part.strip()]
    free = [part.strip() for part in nad.composite(3)[:5] if part.strip()]
    if not name and free:
        name = free.pop(0)
    if not street:
        street, free = free, []
    country = nad(9).upper()
    address = {
        "street_name": street[0] if street else "",
        "additional_street_name": joined(street[1:] + free, NAME),
        "city_name": nad(6),
        "country_subentity": nad(7, 4) or nad(7),
        "postal_zone": nad(8),
        "country_code": country,
    }
    if country and country not in COUNTRIES:
        extras["9.1"] = address.pop("country_code")
    if nad(7, 4) and nad(7):
        extras["7.1"] = nad(7)
    address = {field: value for field, value in address.items() if value}
    line = name or address.get("street_name") or address.get("city_name") or ""
    return {"id": ident, "name": name, "address": address, "line": line}, extras


def _members(
    reading: Reading, path: Path, segments: list[Segment], kept: Kept, more: Mapping[str, Further]
) -> list[Segment]:
    left: list[Segment] = []
    for group in PARTY.groups(segments, lambda segment: segment.tag):
        head = group[0]
        if head.tag == "RFF" and head(1) in _OF_DOCUMENT:
            left += group
        elif head.tag == "DTM":
            left += group
        elif head.tag in more and more[head.tag][0](head):
            kept.note(head, more[head.tag][1])
        elif head.tag == "RFF" and _reference(reading, path, head):
            kept.note(head, _RFF)
            if len(group) > 1:
                kept.groups[kept.key_of(head)] = [segment.portable for segment in group[1:]]
        elif head.tag in ("CTA", "COM") and ("CTA", "") not in kept.counts:
            _contact(reading, path, group, kept)
        else:
            kept.keep(group)
    return left


def _reference(reading: Reading, path: Path, rff: Segment) -> bool:
    qualifier, value = rff(1), rff(1, 2)
    if qualifier == _VAT and value and not rff(1, 3) and not reading.draft.get((*path, "company_id")):
        reading.draft.put((*path, "company_id"), value, (rff, 1, 2))
        return True
    scheme = rff(1, 3)
    known = len(scheme) == 4 and scheme.isdecimal()
    if not value or (scheme and not known):
        return False
    further = {"id": value, "scheme_id": scheme} if known else {"id": value}
    if qualifier in _REGISTERED and not reading.draft.get((*path, "legal_entity_id")):
        reading.draft.put((*path, "legal_entity_id"), further, (rff, 1, 2))
        return True
    if qualifier != _FURTHER:
        return False
    reading.draft.append((*path, "party_identification"), further, (rff, 1, 2))
    return True


def _contact(reading: Reading, path: Path, group: list[Segment], kept: Kept) -> None:
    """The first contact of a party, when it has a name or a number; the others are kept."""
    cta, members = (group[0], group[1:]) if group[0].tag == "CTA" else (None, group)
    contact: dict[str, tuple[str, tuple[Any, ...]]] = {}
    if cta and (name := cta(2, 2) or cta(2)):
        contact["name"] = name, (cta, 2)
    others: list[str] = []
    for com in members:
        for element, parts in _addresses(com):
            number, kind = (*parts, "", "")[:2]
            field = {"TE": "telephone", "EM": "electronic_mail"}.get(kind.strip())
            if field and number.strip() and field not in contact:
                contact[field] = number, (com, element)
            else:
                others.append(write("COM", [parts], EDIFACT)[:-1])
    if not contact:
        kept.keep(group)
        return
    for field, (value, place) in contact.items():
        reading.draft.put((*path, "contact", field), value, place)
    key = kept.key("CTA", "")
    extras = _CTA.extras(cta) if cta else {}
    if cta and not cta(2, 2):
        extras.pop("2.1", None)
    if extras:
        kept.elements[key] = extras
    if others:
        kept.groups[key] = others


def _addresses(com: Segment):
    """The addresses of a COM: several in one element, or in several, in later versions."""
    for element in range(1, len(com) + 1):
        for parts in com.repeated(element):
            if parts:
                yield element, parts


# --- places ---------------------------------------------------------------------------------------
def read_place(reading: Reading, path: Path, group: list[Segment]) -> list[Segment]:
    """Put a NAD group at ``path`` as a ``Delivery``: where to, and who is there when it says more."""
    nad = group[0]
    values, extras = _values(nad)
    location = {"id": values["id"], "name": values["name"], "address": values["address"]}
    location = {name: value for name, value in location.items() if value}
    if not location:
        return group
    kept = Kept(PARTY)
    key = kept.key("NAD", nad(1))
    if extras:
        kept.elements[key] = extras
    left = _members(reading, (*path, "delivery_party"), group[1:], kept, {})
    party = reading.draft.get((*path, "delivery_party"))
    if party is not None or kept.values():
        name = values["name"] or values["line"] or (values["id"] or {}).get("id")
        reading.draft.put((*path, "delivery_party", "party_name"), name, (nad, 4))
        reading.save((*path, "delivery_party"), kept)
    reading.draft.put((*path, "delivery_location"), location, (nad, 2))
    return left


def read_location(reading: Reading, path: Path, group: list[Segment]) -> list[Segment]:
    """Put a NAD group at ``path`` as a ``Location``; one that says more is kept as it stands as well."""
    nad = group[0]
    values, extras = _values(nad)
    found = {name: values[name] for name in ("id", "name", "address") if values[name]}
    if found:
        reading.put(path, found, nad, 2)
    return group if extras or len(group) > 1 or not found else []


# --- writing --------------------------------------------------------------------------------------
def write_location(out: Writing, qualifier: str, location: Location | None) -> None:
    """A NAD that says where only, unless it was kept as it stood."""
    if location and not out.kept(f"NAD+{qualifier}+"):
        named = _named(out, location.name, location.address)
        out.add("NAD", qualifier, *identified(location.id), *named)


def write_party(
    out: Writing, qualifier: str, party: Party | None, more: Sequence[tuple[Any, ...]] = ()
) -> None:
    """A NAD group.

    :param more: further segments of it.
    """
    if party is None:
        return
    out.open(PARTY, party.extensions)
    first = party.party_identification[0] if party.party_identification else None
    out.add("NAD", qualifier, *identified(first), *_named(out, party.party_name, party.postal_address))
    for segment in more:
        out.add(*segment)
    _write_members(out, party)
    out.close()


def _write_members(out: Writing, party: Party) -> None:
    if party.company_id:
        out.add("RFF", (_VAT, party.company_id))
    if party.legal_entity_id:
        kind = _REGISTERED[out.profile.since("14B")]
        out.add("RFF", (kind, party.legal_entity_id.id, party.legal_entity_id.scheme_id))
    for further in party.party_identification[1:]:
        out.add("RFF", (_FURTHER, further.id, further.scheme_id))
    contact = party.contact
    if contact:
        out.add("CTA", "IC", ("", contact.name))
        for number, kind in ((contact.telephone, "TE"), (contact.electronic_mail, "EM")):
            if number:
                out.add("COM", (number, kind))


def identified(ident: Identifier | None) -> tuple[Any]:
    """C082 of an identifier."""
    if ident is None:
        return ("",)
    return ((ident.id, "", _AGENCIES.get(ident.scheme_id, ident.scheme_id)),)


def _named(out: Writing, name: str | None, address: Address | None) -> tuple[Any, ...]:
    address = address or Address()
    region: Any = address.country_subentity
    if region and out.profile.since("97A"):
        region = ("", "", "", region)
    streets: tuple[str, ...] = ()
    if address.street_name or address.additional_street_name:
        further = pieces(address.additional_street_name, NAME, 3) if address.additional_street_name else ()
        streets = (address.street_name or "", *further)
    return (
        "",
        pieces(name, NAME, 5) if name else "",
        streets,
        address.city_name,
        region,
        address.postal_zone,
        address.country_code,
    )


def write_place(
    out: Writing, qualifier: str, location: Location | None, party: Party | None, other: str = "UC"
) -> None:
    """Where to, and who is there: in one NAD group when the party adds only how to reach it, else in two."""
    if location is None:
        write_party(out, other, party)
        return
    together = party is not None and _of_place(party, location)
    out.open(PARTY, party.extensions if together else {})
    out.add("NAD", qualifier, *identified(location.id), *_named(out, location.name, location.address))
    if together:
        _write_members(out, party)
    out.close()
    if party is not None and not together:
        write_party(out, other, party)


def _of_place(party: Party, location: Location) -> bool:
    address = location.address or Address()
    name = location.name or address.street_name or address.city_name or (location.id and location.id.id)
    others = (party.endpoint_id, party.party_identification, party.postal_address)
    more = (party.contact, party.company_id, party.legal_entity_id, party.extensions)
    return any(more) and not any(others) and bool(name) and party.party_name == name


def endpoint(address: Mapping[str, str]) -> dict[str, str] | None:
    """An interchange address (UNB S002, S003) as an electronic address; one without a qualifier is none."""
    value, qualifier = address.get("id"), address.get("qualifier")
    if not value or not qualifier:
        return None
    if qualifier == "30" and len(value) > 4 and value[:4].isdecimal():
        return {"id": value[4:], "scheme_id": value[:4]}
    scheme = ADDRESS_SCHEMES.get(qualifier)
    return {"id": value, "scheme_id": scheme} if scheme else {"id": value}


def address(ident: Identifier) -> dict[str, str]:
    """The interchange address of an electronic address: the other way round."""
    if ident.scheme_id is None:
        return {"id": ident.id, "qualifier": "ZZZ"}
    for qualifier, scheme in ADDRESS_SCHEMES.items():
        if scheme == ident.scheme_id:
            return {"id": ident.id, "qualifier": qualifier}
    return {"id": ident.scheme_id + ident.id, "qualifier": "30"}
