from odoo import SUPERUSER_ID, models

from odoo.addons.trade_onboarding_portal import checklist
from odoo.addons.trade_portal.cards import Card

from .trade_onboarding import TEMPLATE


class TradePartner(models.Model):
    """*Connect a system* begins a case, or goes on with the one there is; the partner keeps all it has."""

    _inherit = "trade.partner"

    def _portal_system_case(self):
        """The open case of this partner, whichever way it was begun; else that which connected its system."""
        cases = self._portal_cases()
        return (cases.filtered("is_open") or cases.filtered(lambda case: case._connects_system()))[:1]

    def _portal_ask_for_system(self, email, mail=True):
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        case = self._portal_system_case()
        if not case and not (template and template.active):
            return super()._portal_ask_for_system(email, mail)
        case = case or self._portal_begin_system(template, email)
        if not mail:
            return "system_begun"
        return "system_mailed" if case._mail_way_on() else super()._portal_ask_for_system(email, mail)

    def _portal_begin_system(self, template, email):
        """A case for the contact, the profile and the person there are."""
        person = self.partner_id._trade_portal_person(email)[:1]
        case = (
            self.env["trade.onboarding"]
            .with_user(SUPERUSER_ID)
            .create(
                {
                    "name": self.partner_id.commercial_partner_id.name,
                    "template_id": template.id,
                    "company_id": self.company_id.id,
                    "partner_id": self.partner_id.id,
                    "trade_partner_id": self.id,
                    "contact_name": person.name if person.name != email else False,
                    "email": email,
                    "lang": self.env.lang,
                    "user_id": self._portal_responsible().id,
                }
            )
        )
        owner = case.with_context(lang=case.user_id.lang).env._
        case.message_post(body=owner("%s asked for it on the page of an order.", email))
        return case.with_env(self.env)

    def _portal_system(self, email, url, logged_in):
        case = self._portal_system_case()
        if not case:
            return super()._portal_system(email, url, logged_in)
        _ = self.env._
        title = _("Connecting your system")
        if not case.is_open:
            return Card("system", title, _("Your system is connected."), tone="done")
        rows, theirs = checklist.rows(case, ""), case._partner_steps()
        done = _(
            "%(done)s of %(all)s steps are done.", done=sum(row.tone == "done" for row in rows), all=len(rows)
        )
        if not theirs:
            words = _("It is our turn, and we write to you when something waits for you.")
            return Card("system", title, f"{done} {words}", tone="waiting")
        words = _("It is your turn: %s.", ", ".join(theirs.mapped("name")))
        card = Card("system", title, f"{done} {words}", tone="you")
        if logged_in:
            return card._replace(button=_("Go on"), url=f"/my/trading/onboarding/{case.id}")
        return card._replace(button=_("Send me the link to go on"), url=f"{url}/system", post={})
