"""Parties and places: N1 and what follows it, to canonical parties and back."""

from collections.abc import Mapping
from typing import Any

from ....canonical import Address, Identifier, Location, Party
from ....canonical.codes import COUNTRIES
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.texts import joined, pieces
from ..._edi.writing import Writing
from ..countries import ALPHA2
from ._base import GROUPS, Group, Kept, Shape, X12Reading, X12Takes
from ._texts import STREET, name_pieces, read_name

#: what stands around a name and address, in the standard's order
PARTY = Shape("N1 " + GROUPS["N1"], {"SCH": GROUPS["SCH"]})
#: element 66 of N103, who gives out an identifier → its ISO 6523 scheme
SCHEMES = {"UL": "0088", "1": "0060", "9": "0060"}
_PLAIN_DUNS, _LONG_DUNS = "1", "9"
#: element I05, the qualifier of an interchange address → the scheme
ADDRESS_SCHEMES = {"01": "0060", "07": "0088"}
#: the address of somebody who has none
NOBODY = ("SENDER", "RECEIVER")
#: element 128 in a party's references
_VAT, _FURTHER = "VX", "ZZ"
#: element 365 of a PER: what a number is
_NUMBERS = {"TE": "telephone", "EM": "electronic_mail"}
#: where the numbers of a PER stand
_SLOTS = (3, 5, 7)
_N1 = X12Takes("1 2 3 4")
_N4 = X12Takes("1 2 3 4")
_REF = X12Takes("1 2 3")
_PER = X12Takes("1=IC 2 3 4 5 6 7 8")


def identifier(reading: X12Reading, segment: Segment, kind: int) -> tuple[dict[str, str] | None, str]:
    """The identifier in two elements, qualifier and value; and the qualifier where the scheme says less."""
    qualifier, value = segment(kind).upper(), segment(kind + 1)
    if not value:
        return None, qualifier
    scheme = SCHEMES.get(qualifier)
    if scheme:
        usual = qualifier == written_identifier(value, scheme, reading.qualifiers)[0]
        return {"id": value, "scheme_id": scheme}, "" if usual else qualifier
    return {"id": value}, "" if qualifier == reading.qualifiers["party"] else qualifier


def written_identifier(
    value: str, scheme: str | None, qualifiers: Mapping[str, str]
) -> tuple[str, str] | None:
    """Qualifier and value of an identifier; ``None`` when its scheme has no qualifier."""
    if scheme is None:
        return qualifiers["party"], value
    if scheme == "0060":
        return (_LONG_DUNS if len(value) > 9 else _PLAIN_DUNS), value
    known = next((code for code, one in SCHEMES.items() if one == scheme), None)
    return (known, value) if known else None


# --- reading --------------------------------------------------------------------------------------
def read_party(reading: X12Reading, path: Path, group: Group) -> None:
    """Put an N1 group at ``path`` as a ``Party``, and what remains of it into its extensions."""
    n1, kept, draft = group[0], Kept(PARTY), reading.draft
    _keep_head(reading, kept, n1)
    ident, _qualifier = identifier(reading, n1, 3)
    if ident:
        draft.put((*path, "party_identification", 0), ident, (n1, 4))
    draft.put((*path, "party_name"), _name(reading, group), (n1, 2))
    address = _address(reading, kept, group)
    if address:
        draft.put((*path, "postal_address"), address, (_first(group, "N3", "N4"), 1))
    _members(reading, path, group, kept)
    if not any(draft.get((*path, name)) for name in ("party_identification", "party_name", "company_id")):
        draft.put((*path, "party_name"), next(iter(address.values()), None), (n1, 2))
    reading.save(path, kept)


def read_place(reading: X12Reading, path: Path, group: Group) -> bool:
    """Put an N1 group at ``path`` as a ``Delivery``: where to, and who is there when it says more.

    :return: whether it names a place at all.
    """
    n1, kept, draft = group[0], Kept(PARTY), reading.draft
    _keep_head(reading, kept, n1)
    ident, _qualifier = identifier(reading, n1, 3)
    name, address = _name(reading, group), _address(reading, kept, group)
    location = {"id": ident, "name": name, "address": address}
    location = {key: value for key, value in location.items() if value}
    if not location:
        return False
    _members(reading, (*path, "delivery_party"), group, kept)
    party = draft.get((*path, "delivery_party"))
    if party is not None or kept.values():
        named = name or next(iter(address.values()), None) or (ident or {}).get("id")
        draft.put((*path, "delivery_party", "party_name"), named, (n1, 2))
        reading.save((*path, "delivery_party"), kept)
    draft.put((*path, "delivery_location"), location, (n1,))
    return True


def read_location(reading: X12Reading, path: Path, group: Group, role: str, kept: Kept) -> bool:
    """Put an N1 group at ``path`` of the document as a ``Location``; what remains of it is kept in its scope.

    :param role: N101 when it is written.
    :param kept: what is kept of the scope.
    :return: whether it names a place at all.
    """
    n1 = group[0]
    ident, qualifier = identifier(reading, n1, 3)
    name = _name(reading, group)
    if not (ident or name or len(group) > 1):
        return False
    extras = _N1.extras(n1) | ({"1.1": n1(1)} if n1(1).upper() != role else {})
    extras |= {"3.1": qualifier} if qualifier else {}
    key = kept.key("N1", "")
    if extras:
        kept.elements[key] = extras
    location = {"id": ident, "name": name, "address": _address(reading, kept, group)}
    reading.draft.put(path, {field: value for field, value in location.items() if value}, (n1,))
    others = [one.portable for one in group[1:] if one.tag not in ("N2", "N3", "N4")]
    if others:
        kept.groups.setdefault(key, []).extend(others)
    return True


def names_nobody(group: Group) -> bool:
    """Whether an N1 has nothing but its role."""
    return len(group) == 1 and not any(group[0](element) for element in range(2, len(group[0]) + 1))


def _keep_head(reading: X12Reading, kept: Kept, n1: Segment) -> None:
    key = kept.key("N1", n1(1))
    extras = _N1.extras(n1)
    _ident, qualifier = identifier(reading, n1, 3)
    if qualifier:
        extras["3.1"] = qualifier
    if extras:
        kept.elements[key] = extras


def _first(group: Group, *tags: str) -> Segment:
    return next((segment for segment in group if segment.tag in tags), group[0])


def _name(reading: X12Reading, group: Group) -> str:
    parts = [group[0].escaped(2)]
    for segment in group[1:]:
        if segment.tag == "N2":
            parts += [segment.escaped(element) for element in range(1, len(segment) + 1)]
    return read_name(reading, [part.replace("\n", "") for part in parts if part]).strip()


def _address(reading: X12Reading, kept: Kept, group: Group) -> dict[str, str]:
    streets = [
        segment(element) for segment in group if segment.tag == "N3" for element in range(1, len(segment) + 1)
    ]
    streets = [street for street in streets if street]
    found = {
        "street_name": streets[0] if streets else "",
        "additional_street_name": joined(streets[1:], STREET),
    }
    n4s = [segment for segment in group if segment.tag == "N4"]
    if n4s:
        n4, extras = n4s[0], _N4.extras(n4s[0])
        country = n4(4).upper()
        if country and country not in COUNTRIES:
            country = ALPHA2.get(country, "")
            if not country:
                extras["4.1"] = n4(4)
        found |= {
            "city_name": n4(1),
            "country_subentity": n4(2),
            "postal_zone": n4(3),
            "country_code": country,
        }
        key = kept.key("N4", "")
        if extras:
            kept.elements[key] = extras
    for further in n4s[1:]:
        kept.keep([further])
    return {field: value for field, value in found.items() if value}


def _members(reading: X12Reading, path: Path, group: Group, kept: Kept) -> None:
    contact = False
    rest = [segment for segment in group[1:] if segment.tag not in ("N2", "N3", "N4")]
    for one in PARTY.groups(rest, lambda segment: segment.tag):
        head = one[0]
        if head.tag == "REF" and _reference(reading, path, head):
            kept.understood(head, _REF)
        elif head.tag == "PER" and not contact and _contact(reading, path, head, kept):
            contact = True
        else:
            kept.keep(one)


def _reference(reading: X12Reading, path: Path, ref: Segment) -> bool:
    qualifier, value, scheme = ref(1), ref(2), ref(3)
    if not value:
        return False
    if qualifier == _VAT and not scheme and not reading.draft.get((*path, "company_id")):
        reading.draft.put((*path, "company_id"), value, (ref, 2))
        return True
    known = len(scheme) == 4 and scheme.isdecimal()
    if qualifier != _FURTHER or (scheme and not known):
        return False
    further = {"id": value, "scheme_id": scheme} if known else {"id": value}
    reading.draft.append((*path, "party_identification"), further, (ref, 2))
    return True


def _contact(reading: X12Reading, path: Path, per: Segment, kept: Kept) -> bool:
    """The contact of a PER, when it has a name or a number we know."""
    found: dict[str, tuple[str, int]] = {}
    others: list[tuple[str, str]] = []
    if per(2):
        found["name"] = per(2), 2
    for slot in _SLOTS:
        kind, value = per(slot), per(slot + 1)
        field = _NUMBERS.get(kind)
        if value and field and field not in found:
            found[field] = value, slot + 1
        elif kind or value:
            others.append((kind, value))
    if not found:
        return False
    for field, (value, place) in found.items():
        reading.draft.put((*path, "contact", field), value, (per, place))
    key = kept.key("PER", "")
    extras = _PER.extras(per)
    # Telephone and mail are written first, so the others stand behind them.
    for slot, (kind, value) in zip(_SLOTS[len(found.keys() - {"name"}) :], others, strict=False):
        extras |= {f"{slot}.1": kind, f"{slot + 1}.1": value}
    extras = {place: value for place, value in extras.items() if value}
    if extras:
        kept.elements[key] = extras
    return True


# --- writing --------------------------------------------------------------------------------------
def write_party(out: Writing, role: str, party: Party | None) -> None:
    """An N1 group."""
    if party is None:
        return
    out.open(PARTY, party.extensions)
    named = list(party.party_identification)
    first = named and written_identifier(named[0].id, named[0].scheme_id, out.profile.qualifiers)
    if first:
        named.pop(0)
    _write_head(out, role, party.party_name, first or ("", ""), party.postal_address)
    _write_members(out, party, named)
    out.close()


def write_place(out: Writing, role: str, location: Location | None, party: Party | None) -> None:
    """Where to, and who is there: in one N1 group when the party adds only how to reach it, else in two."""
    if location is None:
        write_party(out, "UC", party)
        return
    together = party is not None and _of_place(party, location)
    out.open(PARTY, party.extensions if together else {})
    write_location(out, role, location)
    if together:
        _write_members(out, party, party.party_identification)
    out.close()
    if party is not None and not together:
        write_party(out, "UC", party)


def write_location(out: Writing, role: str, location: Location) -> None:
    """A place within the scope that is open."""
    ident = location.id
    written = ident and written_identifier(ident.id, ident.scheme_id, out.profile.qualifiers)
    _write_head(out, role, location.name, written or ("", ""), location.address)


def _of_place(party: Party, location: Location) -> bool:
    address = location.address or Address()
    values = address.model_dump(exclude_none=True)
    name = location.name or next(iter(values.values()), None) or (location.id and location.id.id)
    others = (party.endpoint_id, party.party_identification, party.postal_address)
    adds = party.contact or party.company_id or party.extensions
    return bool(adds) and not any(others) and bool(name) and party.party_name == name


def _write_head(
    out: Writing, role: str, name: str | None, ident: tuple[str, str], address: Address | None
) -> None:
    parts = name_pieces(name, out) if name else ("",)
    out.add("N1", role, parts[0], *ident)
    for start in range(1, len(parts), 2):
        out.add("N2", *parts[start : start + 2])
    if address is None:
        return
    streets = [address.street_name or ""]
    if address.additional_street_name:
        streets += pieces(address.additional_street_name, STREET, 3)
    if any(streets):
        for start in range(0, len(streets), 2):
            out.add("N3", *streets[start : start + 2])
    if address.city_name or address.country_subentity or address.postal_zone or address.country_code:
        out.add("N4", address.city_name, address.country_subentity, address.postal_zone, address.country_code)


def _write_members(out: Writing, party: Party, further: Any) -> None:
    if party.company_id:
        out.add("REF", _VAT, party.company_id)
    for one in further:
        out.add("REF", _FURTHER, one.id, one.scheme_id)
    contact = party.contact
    if contact:
        numbers = (("TE", contact.telephone), ("EM", contact.electronic_mail))
        out.add("PER", "IC", contact.name, *(part for pair in numbers if pair[1] for part in pair))


# --- addresses ------------------------------------------------------------------------------------
def endpoint(address: Mapping[str, str]) -> dict[str, str] | None:
    """An interchange address (ISA05 and 06) as an electronic address; one without a qualifier is none."""
    value, qualifier = address.get("id"), address.get("qualifier")
    if not value or not qualifier:
        return None
    scheme = ADDRESS_SCHEMES.get(qualifier)
    return {"id": value, "scheme_id": scheme} if scheme else {"id": value}


def address(ident: Identifier) -> dict[str, str]:
    """The interchange address of an electronic address: the other way round."""
    for qualifier, scheme in ADDRESS_SCHEMES.items():
        if scheme == ident.scheme_id:
            return {"id": ident.id, "qualifier": qualifier}
    return {"id": ident.id, "qualifier": "ZZ"}


def interchange_party(address: Mapping[str, str]) -> dict[str, Any] | None:
    """Who an interchange comes from or goes to, as the values of a canonical ``Party``."""
    value, qualifier = address.get("id"), address.get("qualifier")
    if not value or (value in NOBODY and not qualifier):
        return None
    scheme = ADDRESS_SCHEMES.get(qualifier or "")
    if scheme:
        return {"party_identification": [{"id": value, "scheme_id": scheme}]}
    found: dict[str, Any] = {"party_identification": [{"id": value}]}
    return found | ({"extensions": {"qualifier": qualifier}} if qualifier else {})


def address_of(party: Party) -> dict[str, str]:
    """The other way round; without an identifier it is empty."""
    named = next(iter(party.party_identification), None)
    if named is None:
        return {}
    qualifier = next((code for code, scheme in ADDRESS_SCHEMES.items() if scheme == named.scheme_id), "")
    return {"id": named.id, "qualifier": qualifier or str(party.extensions.get("qualifier") or "")}
