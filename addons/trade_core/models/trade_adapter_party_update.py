from dataclasses import dataclass, field

from odoo import models

from odoo.addons.trade_kernel.canonical import PartyUpdate
from odoo.addons.trade_kernel.errors import BusinessRefused, Superseded

from .. import data_values

#: more people, places and accounts than a document about one company has
MOST = 200
_SCHEMES = {"0088": "gln", "0060": "duns"}
_SHOWN = {
    "res.partner": ["name", "vat", "company_registry", "street", "street2", "zip", "city", "phone", "email"],
    "res.partner.bank": ["acc_number", "acc_holder_name", "bank_id", "currency_id"],
    "trade.identifier": ["scheme", "value"],
}


@dataclass
class Plan:
    """What a document says, as offers to the gate; and what could not be understood, in sentences."""

    offers: list = field(default_factory=list)
    left: list = field(default_factory=list)


class TradeAdapterInPartyUpdate(models.AbstractModel):
    """What a partner says of itself, through the gate of ``trade.data.owner``: nothing else is written."""

    _name = "trade.adapter.in.party_update"
    _inherit = ["trade.adapter"]
    _description = "Master Data, from the Partner"

    def _watched(self, work):
        """See :meth:`trade.adapter._watched`."""
        company = work.record
        changes = self.env["trade.data.change"].sudo().search([("source", "=", self._source(work.message))])
        return [
            (company | company.child_ids, _SHOWN["res.partner"]),
            (company.bank_ids, _SHOWN["res.partner.bank"]),
            (work.message.trade_partner_id.identifier_ids, _SHOWN["trade.identifier"]),
            (changes.filtered(lambda change: change.state != "accepted"), ["new_text", "state"]),
        ]

    def _decisions(self, message):
        """See :meth:`trade.adapter._decisions`: what became of each thing that was said."""
        said = {"proposed": "pending", "accepted": "accepted"}
        changes = self.env["trade.data.change"].sudo().search([("source", "=", self._source(message))])
        return [
            {
                "line": change.display_name,
                "decision": said.get(change.state, "rejected"),
                "decided_at": change.decided_at,
                "reason": change._answer(self.env._),
            }
            for change in changes.sorted("id")
        ]

    @staticmethod
    def _source(message):
        return f"{message._name},{message.id}"

    # -- plan --------------------------------------------------------------------------------------

    def _plan(self, works):
        """See :meth:`trade.adapter._plan`."""
        profile = works[0].message.trade_partner_id
        lookup = _Lookup(self.env, profile, [work.document for work in works])
        newest = self._newest(profile)
        for work in works:
            document = work.document
            work.record = lookup.company
            parts = (document.contacts, document.locations, document.payee_financial_accounts)
            if (count := sum(map(len, parts))) > MOST:
                work.error = BusinessRefused(
                    "party.too_many", number=document.id, count=count, limit=MOST, subject=document.id
                )
            elif newest and document.issued_at < newest[0]:
                work.ignored = Superseded(
                    "party.old", number=document.id, newer=newest[1], at=newest[0].isoformat()
                )
            else:
                work.plan = lookup.plan(document)

    def _newest(self, profile):
        """Instant and number of the update issued last of those applied; ``None`` without one."""
        applied = self.env["trade.message"].search(
            [
                ("trade_partner_id", "=", profile.id),
                ("document_type", "=", "party_update"),
                ("direction", "=", "in"),
                ("mode", "=", "live"),
                ("state", "=", "applied"),
            ],
            order="id desc",
            limit=100,
        )
        said = [PartyUpdate.model_validate(message.canonical) for message in applied if message.canonical]
        return max(((one.issued_at, one.id) for one in said), default=None)

    # -- apply -------------------------------------------------------------------------------------

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`."""
        Owner = self.env["trade.data.owner"]
        profile = works[0].message.trade_partner_id
        rules = Owner._rulebook(profile, "partner")
        for work in works:
            outcomes = Owner._offer_all(
                work.plan.offers,
                trade_partner=profile,
                source=work.message,
                note="\n".join(work.document.note) or None,
                rules=rules,
            )
            work.notes = [*self._summary(outcomes), *work.plan.left]

    def _summary(self, outcomes):
        """How many fields ended how, in one sentence each."""
        counts = {}
        for outcome in outcomes:
            counts[outcome.outcome] = counts.get(outcome.outcome, 0) + 1
        _ = self.env._
        said = {
            "written": _("Written: %s."),
            "held": _("Waiting for a decision: %s."),
            "ignored": _("Not taken by the rules: %s."),
            "refused": _("Refused: %s."),
        }
        found = [sentence % counts[name] for name, sentence in said.items() if name in counts]
        return found or [_("Nothing new: everything is so already.")]


class _Lookup:
    """What the words and codes of some documents are in Odoo, each kind in one query."""

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
        return [*([own] if own else []), *(place.address for place in document.locations)]

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

    def plan(self, document):
        """The offers of one document."""
        plan, party = Plan(), document.party
        self._offer(plan, self.company, self._of_company(party, plan))
        self._identifiers(party, plan)
        for contact in document.contacts:
            vals = {
                "name": contact.name,
                "function": contact.job_title,
                "phone": contact.telephone,
                "email": contact.electronic_mail,
            }
            self._offer_child(plan, contact.name, "contact", vals)
        for place in document.locations:
            vals = {"name": place.name, **self._address(place.address, plan)}
            self._offer_child(plan, place.name, "other", vals)
            if place.id:
                plan.left.append(self.env._("The number of %s is not kept.", place.name))
        for account in document.payee_financial_accounts:
            self._account(account, plan)
        return plan

    def _offer(self, plan, record, vals):
        """What is not said stays as it is."""
        said = {name: value for name, value in vals.items() if value}
        if said:
            plan.offers.append((record, said))

    def _of_company(self, party, plan):
        contact, address = party.contact, party.postal_address
        return {
            "name": party.party_name,
            "vat": party.company_id,
            "company_registry": party.legal_entity_id and party.legal_entity_id.id,
            "phone": contact and contact.telephone,
            "email": contact and contact.electronic_mail,
            **(self._address(address, plan) if address else {}),
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

    def _offer_child(self, plan, name, kind, vals):
        is_person = kind == "contact"
        same = self.children.filtered(
            lambda child: (
                (child.type == "contact") == is_person
                and data_values.key_of(child.name) == data_values.key_of(name)
            )
        )
        if same:
            self._offer(plan, same[0], vals | {"name": None})  # it is who is meant, however it is spelt
        else:
            self._offer(plan, self.env["res.partner"], {"type": kind, **vals})

    def _account(self, account, plan):
        key = data_values.key_of(account.id)
        known = self.company.bank_ids.filtered(lambda bank: bank.sanitized_acc_number == key)[:1]
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
        }
        self._offer(plan, known, vals)
