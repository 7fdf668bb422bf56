"""What documents say of one company, as offers to the gate of ``trade.data.owner``."""

from dataclasses import dataclass, field
from typing import Any

from odoo.addons.trade_kernel.canonical.party_update import REMOVE

from . import data_values

_SCHEMES = {"0088": "gln", "0060": "duns"}
#: the value of a field that is to be emptied; ``None``: nothing is said
EMPTY = ""
_OF_COMPANY = {"company_id": "vat", "legal_entity_id": "company_registry"}
_OF_CONTACT = {"telephone": "phone", "electronic_mail": "email", "job_title": "function"}
_OF_ADDRESS = {
    "street_name": "street",
    "additional_street_name": "street2",
    "city_name": "city",
    "postal_zone": "zip",
    "country_subentity": "state_id",
    "country_code": "country_id",
}
_OF_ACCOUNT = {
    "name": "acc_holder_name",
    "currency_code": "currency_id",
    "financial_institution": "bank_id",
}


def _emptied(part, names):
    """The fields that a part of a document takes back."""
    return {names[name]: EMPTY for name in part.emptied} if part else {}


@dataclass
class Plan:
    """What a document says, as offers to the gate; and what could not be understood, in sentences.

    :ivar profile: the ``trade.partner`` it is about
    :ivar offers: ``None`` until a document about the same partner before it was applied
    """

    profile: Any
    offers: list | None = None
    left: list = field(default_factory=list)


class Lookup:
    """What the words and codes of some documents about one company are in Odoo, each kind in one query."""

    def __init__(self, env, profile, documents):
        self.env, self.profile = env, profile.sudo()
        self.company = self.profile.partner_id.commercial_partner_id
        self.children = self.company.with_context(active_test=True).child_ids
        addresses = [one for document in documents for one in self._addresses(document)]
        countries = {one.country_code for one in addresses if one.country_code}
        found = env["res.country"].search([("code", "in", list(countries))])
        self.countries = {country.code: country.id for country in found}
        regions = {one.country_subentity for one in addresses if one.country_subentity}
        self.regions = self._find_regions(regions)
        accounts = [one for document in documents for one in document.payee_financial_accounts]
        self.banks = self._by(
            "res.bank", "bic", {(one.financial_institution or "").upper() for one in accounts}
        )
        self.currencies = self._by("res.currency", "name", {one.currency_code for one in accounts})

    @staticmethod
    def _addresses(document):
        own = document.party.postal_address
        return [*([own] if own else []), *(place.address for place in document.locations if place.address)]

    def _by(self, model, name, values):
        values = [value for value in values if value]
        found = self.env[model].sudo().with_context(active_test=False).search([(name, "in", values)])
        return {record[name]: record.id for record in found}

    def _find_regions(self, words):
        if not words:
            return []
        return self.env["res.country.state"].search(
            ["|", ("name", "in", list(words)), ("code", "in", list(words))]
        )

    def plan(self, document, plan):
        """Fill in the offers of one document."""
        plan.offers, party = [], document.party
        self._offer(plan, self.company, self._of_company(party, plan))
        self._identifiers(party, plan)
        for contact in document.contacts:
            known = self._child(contact.name, is_person=True)
            if contact.action == REMOVE:
                self._remove(plan, known, contact.name)
                continue
            vals = {
                "name": contact.name,
                "function": contact.job_title,
                "phone": contact.telephone,
                "email": contact.electronic_mail,
                **_emptied(contact, _OF_CONTACT),
            }
            self._offer_child(plan, known, "contact", vals)
        for place in document.locations:
            known = self._child(place.name, is_person=False)
            if place.action == REMOVE:
                self._remove(plan, known, place.name)
                continue
            vals = {"name": place.name, **self._address(place.address, plan)}
            self._offer_child(plan, known, "other", vals)
            if place.id:
                plan.left.append(self.env._("The number of %s is not kept.", place.name))
        for account in document.payee_financial_accounts:
            self._account(account, plan)

    def _offer(self, plan, record, vals):
        """What is not said stays as it is."""
        said = {name: value or None for name, value in vals.items() if value or value == EMPTY}
        if said:
            plan.offers.append((record, said))

    def _remove(self, plan, record, called):
        if record:
            plan.offers.append((record, None))
        else:
            plan.left.append(self.env._("%s is not known here: there is nothing to remove.", called))

    def _of_company(self, party, plan):
        contact, address = party.contact, party.postal_address
        return {
            "name": party.party_name,
            "vat": party.company_id,
            "company_registry": party.legal_entity_id and party.legal_entity_id.id,
            "phone": contact and contact.telephone,
            "email": contact and contact.electronic_mail,
            **(self._address(address, plan) if address else {}),
            **_emptied(contact, _OF_CONTACT),
            **_emptied(party, _OF_COMPANY),
        }

    def _address(self, address, plan):
        country = self.countries.get(address.country_code)
        return {
            "street": address.street_name,
            "street2": address.additional_street_name,
            "city": address.city_name,
            "zip": address.postal_zone,
            "country_id": country,
            "state_id": self._region(address, country, plan),
            **_emptied(address, _OF_ADDRESS),
        }

    def _region(self, address, country, plan):
        words = address.country_subentity
        if not words:
            return None
        country = country or self.company.country_id.id
        for region in self.regions:
            if region.country_id.id == country and words in (region.name, region.code):
                return region.id
        plan.left.append(self.env._("The region %s is not known here and was left out.", words))
        return None

    def _identifiers(self, party, plan):
        known = {(one.scheme, one.value) for one in self.profile.identifier_ids}
        said = [*([party.endpoint_id] if party.endpoint_id else []), *party.party_identification]
        for one in dict.fromkeys(said):
            scheme = _SCHEMES.get(one.scheme_id)
            if scheme and (scheme, one.id) not in known:
                plan.offers.append((self.env["trade.identifier"], {"scheme": scheme, "value": one.id}))
            elif one.scheme_id and not scheme:
                plan.left.append(
                    self.env._(
                        "The number %(id)s of the scheme %(scheme)s is not kept.",
                        id=one.id,
                        scheme=one.scheme_id,
                    )
                )

    def _child(self, name, is_person):
        """The person or the address of that name; an empty record when there is none."""
        return self.children.filtered(
            lambda child: (
                (child.type == "contact") == is_person
                and data_values.key_of(child.name) == data_values.key_of(name)
            )
        )[:1]

    def _offer_child(self, plan, known, kind, vals):
        if known:
            self._offer(plan, known, vals | {"name": None})  # it is who is meant, however it is spelt
        else:
            self._offer(plan, self.env["res.partner"], {"type": kind, **vals})

    def _account(self, account, plan):
        key = data_values.key_of(account.id)
        known = self.company.bank_ids.filtered(lambda bank: bank.sanitized_acc_number == key)[:1]
        if account.action == REMOVE:
            self._remove(plan, known, account.id)
            return
        bic = (account.financial_institution or "").upper()
        if bic and bic not in self.banks:
            plan.left.append(
                self.env._("The bank %s is not known here; the account number says where it is.", bic)
            )
        vals = {
            "acc_number": account.id,
            "acc_holder_name": account.name,
            "bank_id": self.banks.get(bic),
            "currency_id": self.currencies.get(account.currency_code),
            **_emptied(account, _OF_ACCOUNT),
        }
        self._offer(plan, known, vals)
