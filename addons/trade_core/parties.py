"""Companies of ours and of others as documents name them."""

from odoo.addons.trade_kernel.canonical import Address, Identifier, Party
from odoo.addons.trade_kernel.canonical.codes import COUNTRIES

# ISO 6523 schemes of our identifiers; the numbers each side gave the other have none.
_SCHEMES = {"gln": "0088", "duns": "0060"}


def party(partner, identifiers, given, contact=None):
    """A company by all it is known by: GLN, D-U-N-S, VAT number and the number the other side gave it.

    :param partner: ``res.partner``
    :param identifiers: its ``trade.identifier`` records
    :param given: those the other side gave it
    """
    known = [
        Identifier(id=identifier.value, scheme_id=_SCHEMES[identifier.scheme])
        for identifier in identifiers
        if identifier.scheme in _SCHEMES
    ]
    commercial = partner.commercial_partner_id
    return Party(
        endpoint_id=known[0] if known else None,
        party_identification=(*known, *(Identifier(id=identifier.value) for identifier in given)),
        party_name=commercial.name or partner.display_name,
        postal_address=address(partner),
        company_id=commercial.vat or None,
        contact=contact,
    )


def address(partner):
    """The postal address of a contact."""
    code = partner.country_id.code
    return Address(
        street_name=partner.street or None,
        additional_street_name=partner.street2 or None,
        city_name=partner.city or None,
        postal_zone=partner.zip or None,
        country_subentity=partner.state_id.name or None,
        country_code=code if code in COUNTRIES else None,
    )


def ours_and_theirs(company, profile):
    """Our company and its partner, as both name them in a document.

    :return: ``(our party, their party)``
    """
    own = profile.env["trade.partner"].sudo()._for_partner(company.partner_id, company)
    given = profile.identifier_ids.filtered(lambda identifier: identifier.scheme == "theirs")
    ours = party(company.partner_id, own.identifier_ids, given)
    told = profile.identifier_ids.filtered(lambda identifier: identifier.scheme == "own")
    return ours, party(profile.partner_id, profile.identifier_ids, told)
