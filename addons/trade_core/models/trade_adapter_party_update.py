from odoo import models
from odoo.tools import SQL

from odoo.addons.trade_kernel.errors import BusinessRefused, Superseded, TradeError, ValidationFailed

from ..party_plan import Lookup, Plan

#: more people, places and accounts than a document about one company has
MOST = 200
_SHOWN = {
    "res.partner": [
        "name",
        "vat",
        "company_registry",
        "street",
        "street2",
        "zip",
        "city",
        "phone",
        "email",
        "active",
    ],
    "res.partner.bank": ["acc_number", "acc_holder_name", "bank_id", "currency_id", "active"],
    "trade.identifier": ["scheme", "value"],
}


class TradeAdapterInPartyUpdate(models.AbstractModel):
    """What a partner says of itself, or a system of ours of a partner, through the gate of
    ``trade.data.owner``: nothing else is written."""

    _name = "trade.adapter.in.party_update"
    _inherit = ["trade.adapter"]
    _description = "Master Data of a Partner"

    def _watched(self, work):
        """See :meth:`trade.adapter._watched`."""
        company = work.record
        people, accounts = work.plan.profile._said_of()
        changes = self.env["trade.data.change"].sudo().search([("source", "=", self._source(work.message))])
        return [
            (company | people, _SHOWN["res.partner"]),
            (accounts, _SHOWN["res.partner.bank"]),
            (work.plan.profile.identifier_ids, _SHOWN["trade.identifier"]),
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
        self._find_subjects(works)
        found = [work for work in works if work.open]
        profiles = self.env["trade.partner"].union(*(work.plan.profile for work in found))
        newest = self._newest(works[0].message.trade_partner_id, profiles) if found else {}
        begun = set()
        for profile, some in self._by_profile(found).items():
            lookup = Lookup(self.env, profile, [work.document for work in some])
            for work in some:
                self._plan_one(work, lookup, newest, begun)

    @staticmethod
    def _by_profile(works):
        found = {}
        for work in works:
            found.setdefault(work.plan.profile, []).append(work)
        return found

    def _plan_one(self, work, lookup, newest, begun):
        document, company = work.document, lookup.company
        work.record = company
        parts = (document.contacts, document.locations, document.payee_financial_accounts)
        last = newest.get(company.id)
        if (count := sum(map(len, parts))) > MOST:
            work.error = BusinessRefused(
                "party.too_many", number=document.id, count=count, limit=MOST, subject=document.id
            )
        elif last and document.issued_at < last[0]:
            work.ignored = Superseded("party.old", number=document.id, newer=last[1], at=last[0].isoformat())
        else:
            newest[company.id] = (document.issued_at, document.id)
            if company not in begun:  # what comes after it may find other records
                lookup.plan(document, work.plan)
            begun.add(company)

    # -- about whom --------------------------------------------------------------------------------

    def _find_subjects(self, works):
        """Whom each document is about: its sender; of a system of ours, whom it names."""
        sender, company = works[0].message.trade_partner_id, works[0].message.company_id
        resolver = self.env["trade.mapping"]._resolver(sender, company)
        named = [work.document.about.identifiers for work in works if work.document.about]
        resolver.prefetch("partner", [pair for pairs in named for pair in pairs])
        for work in works:
            try:
                profile = self._subject(work, sender, resolver)
            except TradeError as error:
                work.error = error
            else:
                work.plan = Plan(profile.with_env(self.env))

    def _subject(self, work, sender, resolver):
        """
        :raise TradeError: it names nobody, nobody known, or somebody its sender may not speak about
        """
        document = work.document
        about = document.about and document.about.identifiers
        if not sender.system_kind:
            if about and not self._is(sender, about, resolver):
                raise self._not_yours(document, sender)
            return sender
        if not about:
            raise ValidationFailed(
                "party.about_missing",
                number=document.id,
                sender=sender.name,
                pointer="/about",
                subject=sender.name,
            )
        profile, evidence = resolver.party(about, pointer="/about")
        if profile.company_id != sender.company_id or profile.is_internal:
            raise self._not_yours(document, sender)
        work.evidence = [evidence]
        return profile

    @staticmethod
    def _not_yours(document, sender):
        """The same whether such a company is known here or not."""
        return ValidationFailed(
            "party.not_yours", number=document.id, sender=sender.name, pointer="/about", subject=document.id
        )

    @staticmethod
    def _is(sender, about, resolver):
        """Whether a partner names itself."""
        try:
            return resolver.party(about)[0] == sender
        except TradeError:
            return False

    def _newest(self, sender, profiles):
        """The update issued last of those the same sender said and that were applied.

        :return: ``{res.partner id: (instant, number)}``
        """
        Message = self.env["trade.message"]
        Message.flush_model()
        companies = profiles.partner_id.commercial_partner_id
        rows = self.env.execute_query(
            SQL(
                """
            SELECT DISTINCT ON (res_id) res_id, issued, document_number FROM (
                SELECT m.id, m.res_id, m.document_number,
                       (concat(m.canonical ->> 'issue_date', ' ',
                               COALESCE(m.canonical ->> 'issue_time', '00:00Z')))::timestamptz AS issued
                  FROM trade_message m
                 WHERE m.trade_partner_id = %s AND m.document_type = 'party_update' AND m.direction = 'in'
                   AND m.mode = 'live' AND m.state = 'applied' AND m.res_model = 'res.partner'
                   AND m.res_id = ANY(%s) AND m.canonical ->> 'issue_date' IS NOT NULL) AS said
             ORDER BY res_id, issued DESC, id DESC""",
                sender.id,
                companies.ids,
            )
        )
        return {res_id: (issued, number) for res_id, issued, number in rows}

    # -- apply -------------------------------------------------------------------------------------

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`."""
        Owner = self.env["trade.data.owner"]
        rules = Owner._rulebooks(self.env["trade.partner"].union(*(work.plan.profile for work in works)))
        for work in works:
            plan = work.plan
            if plan.offers is None:
                Lookup(self.env, plan.profile, [work.document]).plan(work.document, plan)
            outcomes = Owner._offer_all(
                plan.offers,
                trade_partner=plan.profile,
                source=work.message,
                note="\n".join(work.document.note) or None,
                rules=rules[plan.profile],
            )
            work.notes = [*self._summary(outcomes), *plan.left]

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
