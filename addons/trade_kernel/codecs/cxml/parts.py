"""The parts cXML documents have in common, each as its table; and what a table cannot say about them."""

from .._xml_table import Table, constant, field, group, must, secret
from .kinds import COUNTRY, COUNTRY_NAME, DOMAINS, MONEY, SCHEME, UNIT, domain

#: where a party's identifier has no scheme
NETWORK = "NetworkId"


# --- header ---------------------------------------------------------------------------------------
CREDENTIAL = Table(
    field("@domain", "qualifier"),
    field("Identity", "id"),
    # What proves who somebody is belongs to the transport and to nobody else.
    secret("SharedSecret"),
    secret("DigitalSignature"),
    secret("CredentialMac"),
)


def header(request: str) -> tuple:
    """What every message begins with.

    :param request: the way to the document: ``Request/OrderRequest``.
    """
    around = request.partition("/")[0]
    return (
        field("@payloadID", "_envelope.interchange_reference"),
        field("@timestamp", "_envelope.prepared_at"),
        field("@version", "_envelope.version"),
        group("Header/From/Credential*", "_from", CREDENTIAL),
        group("Header/To/Credential*", "_to", CREDENTIAL),
        group("Header/Sender/Credential*", "_sender", CREDENTIAL),
        field("Header/Sender/UserAgent", "_envelope.user_agent"),
        field(f"{around}/@deploymentMode", "_envelope.mode"),
    )


def _identifier(credential) -> dict:
    scheme = DOMAINS.get((credential.get("qualifier") or "").upper())
    return {"id": credential["id"]} | ({"scheme_id": scheme} if scheme else {})


def take_header(values, sender: str, receiver: str) -> None:
    """The credentials go into the envelope, and identify the parties.

    :param sender, receiver: the fields of the parties.
    """
    envelope = values.setdefault("_envelope", {})
    credentials = {}
    for name, key, party in (("from", "sender", sender), ("to", "receiver", receiver), ("sender", "", "")):
        found = [credential for credential in values.pop(f"_{name}", ()) if credential.get("id")]
        if found:
            credentials[name] = found
            if key:
                envelope[key] = found[0]
            if party:
                part = values.setdefault(party, {})
                part["party_identification"] = [_identifier(credential) for credential in found]
    if credentials:
        envelope["credentials"] = credentials
    if mode := envelope.pop("mode", None):
        envelope["test"] = mode.lower() == "test"


def give_header(values, sender: str, receiver: str) -> None:
    """:param sender, receiver: the fields of the parties."""
    given = values.get("_header", {})
    for name, key, party in (("from", "sender", sender), ("to", "receiver", receiver)):
        chosen = given.get(key)
        part = values.get(party) or {}
        values[f"_{name}"] = [chosen] if chosen else _credentials(part)
    values["_sender"] = [given["agent"]] if given.get("agent") else values["_from"][:1]
    values["_envelope"] = {
        "interchange_reference": given.get("interchange_reference"),
        "prepared_at": given.get("prepared_at"),
        "user_agent": given.get("user_agent"),
        "mode": "test" if given.get("test") else None,
    }


def _credentials(party) -> list[dict]:
    identifiers = party.get("party_identification") or [
        identifier for identifier in (party.get("endpoint_id"), party.get("legal_entity_id")) if identifier
    ]
    name = party.get("party_name") or party.get("company_id") or "NA"
    return [
        {"qualifier": domain(identifier.get("scheme_id")) or NETWORK, "id": identifier["id"]}
        for identifier in identifiers or [{"id": name}]
    ]


# --- addresses ------------------------------------------------------------------------------------
_PHONE = Table(
    field("CountryCode", "country"),
    constant("CountryCode/@isoCountryCode", "ZZ"),
    must("CountryCode"),
    field("AreaOrCityCode", "area"),
    must("AreaOrCityCode"),
    field("Number", "number"),
    field("Extension", "extension"),
)


def _postal(to: str) -> tuple:
    """:param to: the part that has the address's fields."""
    return (
        field("PostalAddress/Street*", f"{to}_streets"),
        field("PostalAddress/City", f"{to}city_name"),
        field("PostalAddress/State", f"{to}country_subentity"),
        field("PostalAddress/PostalCode", f"{to}postal_zone"),
        field("PostalAddress/Country", f"{to}country_code", COUNTRY_NAME),
        field("PostalAddress/Country/@isoCountryCode", f"{to}country_code", COUNTRY),
    )


def _streets(part) -> None:
    address = part.get("address")
    if address is None:
        return
    streets = address.pop("_streets", [])
    for name in ("street_name", "additional_street_name"):
        if streets:
            address[name] = streets.pop(0)
    if streets:
        address["additional_street_name"] = ", ".join((address["additional_street_name"], *streets))
    if not address:
        del part["address"]


def _streets_before(part) -> None:
    if address := part.get("address"):
        names = ("street_name", "additional_street_name")
        address["_streets"] = [address[name] for name in names if address.get(name)]


def _phone(part) -> None:
    phone = part.pop("_phone", None)
    if not phone:
        return
    country = phone.get("country", "")
    pieces = [f"+{country}" if country.isdecimal() else country, phone.get("area"), phone.get("number")]
    text = " ".join(filter(None, pieces))
    if phone.get("extension"):
        text += f" ext. {phone['extension']}"
    if text:
        part["telephone"] = text


def _phone_before(part) -> None:
    if telephone := part.get("telephone"):
        part["_phone"] = {"number": telephone}


def _contact(contact, _reading):
    _streets(contact)
    _phone(contact)


def _contact_before(contact):
    _streets_before(contact)
    _phone_before(contact)


_NAMED = (
    field("@addressIDDomain", "id.scheme_id", SCHEME),
    field("@addressID", "id.id"),
    constant("Name/@xml:lang", "en"),
    field("Name", "name"),
)
_REACHED = (
    field("Email", "electronic_mail"),
    group("Phone/TelephoneNumber", "_phone", _PHONE),
)
#: Somebody or someplace, whatever the role: flat, until it is clear which party it is.
ADDRESS = Table(
    field("@isoCountryCode", "_country", COUNTRY),
    *_NAMED,
    field("PostalAddress/DeliverTo*", "deliver_to"),
    *_postal("address."),
    *_REACHED,
    after=lambda address, reading: _address(address, reading),
    before=_contact_before,
)
CONTACT = Table(
    field("@role", "role"),
    *_NAMED,
    *_postal("address."),
    *_REACHED,
    after=_contact,
    before=_contact_before,
)


def _address(address, reading):
    country = address.pop("_country", None)
    _contact(address, reading)
    if country:
        address.setdefault("address", {}).setdefault("country_code", country)


# --- parties --------------------------------------------------------------------------------------
def as_party(found, party) -> None:
    """Put what is known of an address or contact into a party, where it says nothing yet."""
    if found.get("name"):
        party.setdefault("party_name", found["name"])
    if found.get("id", {}).get("id"):
        party.setdefault("party_identification", [found["id"]])
    if found.get("address"):
        party.setdefault("postal_address", found["address"])
    reach = {name: found[name] for name in ("telephone", "electronic_mail") if found.get(name)}
    if found.get("deliver_to"):
        reach["name"] = ", ".join(found["deliver_to"])
    if reach:
        party.setdefault("contact", reach)


def as_address(party) -> dict:
    """The other way round."""
    contact = party.get("contact") or {}
    found = {
        "name": party.get("party_name"),
        "id": (party.get("party_identification") or [None])[0],
        "address": dict(party["postal_address"]) if party.get("postal_address") else None,
        "electronic_mail": contact.get("electronic_mail"),
        "telephone": contact.get("telephone"),
        "deliver_to": [contact["name"]] if contact.get("name") else None,
    }
    return {name: value for name, value in found.items() if value}


def take_contacts(values, roles: dict[str, str]) -> None:
    """Contacts whose role is that of a party become that party; the others are kept.

    :param roles: role → the party's field.
    """
    others = []
    for contact in values.pop("_contacts", ()):
        name = roles.get(contact.get("role", ""))
        if name is None or not contact.get("name"):
            others.append(contact)
        else:
            contact.pop("id", None)
            as_party(contact, values.setdefault(name, {}))
    if others:
        values.setdefault("extensions", {})["contacts"] = others


def give_contacts(values, roles: dict[str, str]) -> None:
    """:param roles: the party's field → the role it is written with."""
    contacts = []
    for name, role in roles.items():
        party = values.get(name)
        if party and party.get("party_name"):
            contact = as_address(party)
            contact.pop("id", None)
            contact.pop("deliver_to", None)
            contacts.append({"role": role, **contact})
    values["_contacts"] = contacts


def take_ship_to(values, name: str = "delivery") -> None:
    """Where goods go to: the place, and who receives them there."""
    found = values.pop("_ship_to", None)
    if not found:
        return
    delivery = values.setdefault(name, {})
    place = {key: found[key] for key in ("id", "name", "address") if found.get(key)}
    if not place.get("id", {}).get("id"):
        place.pop("id", None)
    if place:
        delivery["delivery_location"] = place
    reach = {key: found[key] for key in ("telephone", "electronic_mail") if found.get(key)}
    lines = found.get("deliver_to", [])
    if lines[1:]:
        reach["name"] = ", ".join(lines[1:])
    if lines or reach:
        party = {"party_name": lines[0] if lines else found.get("name")}
        delivery["delivery_party"] = party | ({"contact": reach} if reach else {})


def give_ship_to(values, name: str = "delivery") -> None:
    """The other way round."""
    delivery = values.get(name) or {}
    found = dict(delivery.get("delivery_location") or {})
    if found.get("address"):
        found["address"] = dict(found["address"])
    party = delivery.get("delivery_party") or {}
    contact = party.get("contact") or {}
    found["deliver_to"] = [line for line in (party.get("party_name"), contact.get("name")) if line]
    for key in ("electronic_mail", "telephone"):
        if contact.get(key):
            found[key] = contact[key]
    if any(found.values()):
        values["_ship_to"] = found


# --- items ----------------------------------------------------------------------------------------
_ITEM_ID = (
    field("SupplierPartID", "item.sellers_item_identification.id"),
    field("BuyerPartID", "item.buyers_item_identification.id"),
    field("IdReference/@domain", "item.standard_item_identification.scheme_id", SCHEME),
    field("IdReference/@identifier", "item.standard_item_identification.id"),
)
#: which item; the fields are those of the line around it
ITEM_ID = Table(*_ITEM_ID)
_BASIS = (
    field("PriceBasisQuantity/@quantity", "price.base_quantity.value"),
    constant("PriceBasisQuantity/@conversionFactor", "1", ("1.0",)),
    field("PriceBasisQuantity/UnitOfMeasure", "price.base_quantity.unit_code", UNIT),
)
#: what it is and what it costs; the fields are those of the line around it
ITEM_DETAIL = Table(
    field("UnitPrice/Money", "price.price_amount", MONEY),
    constant("Description/@xml:lang", "en"),
    field("Description", "item.description"),
    field("Description/ShortName", "item.name"),
    must("Description"),
    field("UnitOfMeasure", "quantity.unit_code", UNIT),
    *_BASIS,
    constant("Classification/@domain", "UNSPSC", ("unspsc",)),
    field("Classification", "item.commodity_classification"),
    field("ManufacturerPartID", "item.manufacturers_item_identification.id"),
)
BASIS = Table(*_BASIS)


def take_item(line) -> None:
    """A description alone is the name; what cannot be without something else is left out."""
    item = line.get("item")
    if item is None:
        return
    if item.get("description") and not item.get("name"):
        item["name"] = item.pop("description")
    standard = item.get("standard_item_identification")
    if standard is not None and not standard.get("id"):
        del item["standard_item_identification"]
    price = line.get("price")
    if price is not None and not price.get("price_amount"):
        del line["price"]


def give_item(line) -> None:
    """The name alone is the description."""
    item = line.get("item")
    if item and item.get("name") and not item.get("description"):
        item["description"] = item.pop("name")


def take_quantity(line) -> None:
    """A quantity has a unit, also where nobody says which."""
    quantity = line.get("quantity")
    if quantity is not None:
        quantity.setdefault("unit_code", "EA")
        base = (line.get("price") or {}).get("base_quantity")
        if base is not None:
            base.setdefault("unit_code", quantity["unit_code"])


def first_currency(values) -> str | None:
    """The currency of the first amount among the values of a document."""
    if isinstance(values, dict):
        if "currency_id" in values:
            return values["currency_id"]
        values = values.values()
    elif not isinstance(values, list):
        return None
    return next(filter(None, map(first_currency, values)), None)
