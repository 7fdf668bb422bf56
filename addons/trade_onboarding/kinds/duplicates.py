from odoo import models
from odoo.fields import Domain

from odoo.addons.trade_core.mapping.candidates import similarity
from odoo.addons.trade_core.tools import take_turns

from ..forms import Field, Finding

_ALIKE = 75  # percent of the name; below, two companies have little in common
_SHOWN = 10
_NEW = "new"
_SEEN = "seen"  # the candidates there were when it was decided
_LOOKED_AT = 200


class TradeOnboardingKindDuplicates(models.AbstractModel):
    """Whether we know this company already: by VAT number, GLN and other ids, bank account, or a similar name
    and address. A person decides, before anything is created; nothing is ever merged by itself."""

    _name = "trade.onboarding.kind.duplicates"
    _inherit = "trade.onboarding.kind"
    _description = "Check for duplicates"

    _actor = "automatic"
    _gate = "verified"

    def _form(self, step):
        found = self._candidates(step)
        if not found:
            return []
        partners = self.env["res.partner"].sudo().browse(found)
        choices = [(str(one.id), f"{one.display_name}: {', '.join(found[one.id])}") for one in partners]
        return [
            Field(
                "choice",
                self.env._("Is it one of these?"),
                "selection",
                required=True,
                choices=(*choices, (_NEW, self.env._("No, another company"))),
                ours=True,
            ),
            Field("why", self.env._("How you know"), "text", required=True, ours=True),
        ]

    def _run(self, step):
        """Nobody is like it: done. Else a person looks; the step waits for that."""
        if step.onboarding_id.partner_id:
            name = step.onboarding_id.partner_id.display_name
            step._settle([Finding("ok", self.env._("The case was begun for the contact %s.", name))])
            return
        found = self._candidates(step)
        self._keep_seen(step, found)
        if not found:
            step._settle([Finding("ok", self.env._("No contact in Odoo is like this company."))])
            return
        step._ask_us(self._words(found))

    def _words(self, found):
        partners = self.env["res.partner"].sudo().browse(found)
        return [
            Finding(
                "warning",
                self.env._(
                    "%(name)s: %(evidence)s", name=one.display_name, evidence=", ".join(found[one.id])
                ),
                "choice",
                record=("res.partner", one.id, self.env._("Open the contact")),
            )
            for one in partners
        ]

    def _check(self, step):
        choice, found = step._values().get("choice"), self._candidates(step)
        self._keep_seen(step, found)
        if choice == _NEW or not choice:
            return []
        case, partner = step.onboarding_id, self.env["res.partner"].sudo().browse(int(choice))
        if not partner.active:
            words = self.env._("The contact %s is archived.", partner.display_name)
            remedy = self.env._("Take it out of the archive in Contacts, then confirm again.")
            return [Finding("error", words, "choice", remedy)]
        others = [one for one in found if one != partner.id]
        case.sudo().partner_id = partner
        findings = [Finding("ok", self.env._("The case goes on for the contact %s.", partner.display_name))]
        if others:
            names = ", ".join(self.env["res.partner"].sudo().browse(others).mapped("display_name"))
            findings.append(
                Finding(
                    "warning",
                    self.env._("These may be the same company too: %s", names),
                    None,
                    self.env._("Look at them in Contacts and merge them there if they are."),
                )
            )
        return findings

    def _keep_seen(self, step, found):
        step.sudo().data = {**step._values(), _SEEN: list(found)}

    def _outdated(self, step, new):
        """Before the contact is created: whoever is like it and was not there when it was decided is looked
        at, for example the contact of another case for the same company."""
        if new != "approved" or step.onboarding_id.partner_id:
            return None
        take_turns(step.onboarding_id.company_id.sudo())  # two contacts of one company at the same instant
        found = self._candidates(step)
        since = [one for one in found if one not in step._values().get(_SEEN, [])]
        if not since:
            return None
        partners = self.env["res.partner"].sudo().browse(since)
        names = ", ".join(f"{one.display_name} ({', '.join(found[one.id])})" for one in partners)
        return self.env._("Since the check there is in Odoo: %s", names)

    # -- who is alike --------------------------------------------------------------------------

    def _candidates(self, step):
        """Contacts that may be the same company: ``{id: [evidence in words]}``, the surest first."""
        case = step.onboarding_id
        entered = {}
        for other in case.step_ids.filtered(
            lambda other: other.kind in ("legal", "tax", "identifiers", "bank")
        ):
            entered[other.kind] = other._values()
        found = {}
        self._same_vat(step, entered, found)
        self._same_identifier(case, entered, found)
        self._same_account(case, entered, found)
        self._similar_name(case, entered, found)
        found.pop(case.partner_id.id, None)
        ranked = sorted(found, key=lambda one: (-len(found[one]), one))[:_SHOWN]
        for partner in self._contacts().browse(ranked).filtered(lambda one: not one.active):
            found[partner.id].append(self.env._("archived"))
        return {one: found[one] for one in ranked}

    def _add(self, found, partners, words):
        for company in partners.commercial_partner_id:
            evidence = found.setdefault(company.id, [])
            if words not in evidence:
                evidence.append(words)

    def _contacts(self):
        """Also those in the archive: a company that went may come back."""
        return self.env["res.partner"].sudo().with_context(active_test=False)

    def _of_company(self, case):
        return Domain("company_id", "in", [False, case.company_id.id])

    def _same_vat(self, step, entered, found):
        vat = entered.get("tax", {}).get("vat")
        if vat:
            kind = self.env["trade.onboarding.kind.tax"]
            number = kind._number(vat, kind._country(step))[0] or vat
            partners = self._contacts().search(
                Domain("vat", "in", list({number, vat, number[2:]})) & self._of_company(step.onboarding_id)
            )
            self._add(found, partners, self.env._("same VAT number"))

    def _same_identifier(self, case, entered, found):
        values = {scheme: value for scheme, value in entered.get("identifiers", {}).items() if value}
        identifiers = (
            self.env["trade.identifier"]
            .sudo()
            .search(
                [
                    ("company_id", "=", case.company_id.id),
                    ("scheme", "in", list(values)),
                    ("value", "in", list(values.values())),
                ]
            )
        )
        for identifier in identifiers:
            if values.get(identifier.scheme) == identifier.value:
                words = self.env._("same %s", identifier.scheme.upper())
                self._add(found, identifier.trade_partner_id.partner_id, words)

    def _same_account(self, case, entered, found):
        bank = entered.get("bank", {})
        number = "".join((bank.get("iban") or bank.get("number") or "").split()).upper()
        if number:
            Account = self.env["res.partner.bank"].sudo().with_context(active_test=False)
            partners = Account.search([("sanitized_acc_number", "=", number)]).partner_id.filtered_domain(
                self._of_company(case)
            )
            self._add(found, partners, self.env._("same bank account"))

    def _similar_name(self, case, entered, found):
        legal = entered.get("legal", {})
        name = legal.get("name") or case.name
        for partner in self._by_name(case, name):
            percent = similarity(partner.name, name)
            if percent < _ALIKE:
                continue
            words = [self.env._("%s %% similar name", percent)]
            street = legal.get("street")
            if street and partner.street and similarity(street, partner.street) >= _ALIKE:
                words.append(self.env._("similar street"))
            if legal.get("zip") and legal["zip"] == partner.zip:
                words.append(self.env._("same postal code"))
            for one in words:
                self._add(found, partner, one)

    def _by_name(self, case, name):
        """Companies whose name shares its longest word, or begins as it does; few enough to be compared."""
        longest = max(name.split(), key=len, default=name)
        domain = (
            Domain("is_company", "=", True)
            & (Domain("name", "ilike", longest) | Domain("name", "=ilike", f"{name[:4]}%"))
            & self._of_company(case)
        )
        return self._contacts().search(domain, limit=_LOOKED_AT)
