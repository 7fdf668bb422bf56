from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from odoo.addons.trade_kernel.errors import BusinessRefused

from ..purpose import PURPOSE

#: states in which nobody outside has anything to do with the case any more
ENDED = ("rejected", "offboarded")


class TradeOnboarding(models.Model):
    """The partner's way into its case: links, and accounts for its people."""

    _inherit = "trade.onboarding"

    # -- links ---------------------------------------------------------------------------------

    def _partner_url(self):
        """A new link to the partner's pages, for the address of the case; empty when it has none or has
        ended."""
        self.ensure_one()
        if not self.email or self.state in ENDED:
            return ""
        return self.env["trade.portal.link"]._issue(
            PURPOSE,
            self,
            self._trade_portal_partner(),
            email=self.email,
            days=self.sudo().template_id.link_days,
            lang=self.lang,
        )

    def _trade_portal_partner(self):
        """Where links to the case belong, as far as there is a trading profile; see ``purposes.py``."""
        return self.sudo().trade_partner_id

    def _trade_portal_contact(self):
        return self.sudo().user_id

    def _entered(self, old, new, reason):
        result = super()._entered(old, new, reason)
        if new in ENDED:
            self.env["trade.portal.link"]._revoke_for(self, PURPOSE)
        return result

    def write(self, vals):
        """Links went to the address there was: with another one they end."""
        if "email" in vals:
            moved = self.filtered(
                lambda case: email_normalize(case.email) != email_normalize(vals["email"] or "")
            )
            if moved:
                self.env["trade.portal.link"]._revoke_for(moved, PURPOSE)
        return super().write(vals)

    def action_preview(self):
        """The partner's pages as they are now, to look at."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/trade/onboarding/{self.id}/preview", "target": "new"}

    # -- accounts ------------------------------------------------------------------------------

    def _account(self):
        """Whether the address of the case has an account for these pages.

        :return: ``offer``: it may have one; ``there``: it has; ``None``: not yet, or the address has an
            account somewhere else
        """
        self.ensure_one()
        case, email = self.sudo(), email_normalize(self.email or "")
        if not email or not case.partner_id or not case._known_profile():
            return None
        user = case._user_of(email)
        if not user:
            return "offer"
        return "there" if case._is_theirs(user) else None

    def _user_of(self, email):
        return self.env["res.users"].sudo().with_context(active_test=False).search([("login", "=", email)])

    def _is_theirs(self, user):
        """Whether this is an account of somebody at the partner that works."""
        ours = self.sudo().partner_id.commercial_partner_id
        return user.active and user._is_portal() and user.partner_id.commercial_partner_id == ours

    def _grant_access(self, name, email, step=None):
        """Give a person at the partner an account, by Odoo's own invitation, as an effect of the case.

        :param step: the step that asked for it; none: the person did
        :return: the user
        :raise BusinessRefused: there is no contact yet, or the address has an account somewhere else
        """
        self.ensure_one()
        case, email = self.sudo().with_company(self.company_id), email_normalize(email)
        if not case.partner_id:
            raise BusinessRefused("onboarding.no_contact", name=case.name)
        if user := case._user_of(email):
            if not case._is_theirs(user):
                raise BusinessRefused("onboarding.address_taken", email=email, name=case.name)
            return user
        effects = self.env["trade.onboarding.effect"]
        person = case._person(email) or effects._create_record(
            step or case.step_ids.browse(), "res.partner", case._prepare_person(name, email), case
        )
        wizard = case.env["portal.wizard"].create({"partner_ids": [(6, 0, person.ids)]})
        wizard.user_ids.email = email
        try:
            wizard.user_ids.with_context(trade_onboarding_queue=True).action_grant_access()
        except UserError as error:
            raise BusinessRefused("onboarding.address_taken", email=email, name=case.name) from error
        user = case._user_of(email)
        effects._note(step or case.step_ids.browse(), user, "created", None, {"login": email}, case)
        return user

    def _person(self, email):
        """The contact of the partner with this address, other than the company itself."""
        company = self.partner_id.commercial_partner_id
        domain = [
            ("id", "child_of", company.id),
            ("id", "!=", company.id),
            ("is_company", "=", False),
            ("email_normalized", "=", email),
        ]
        return self.env["res.partner"].sudo().search(domain, limit=1)

    def _prepare_person(self, name, email):
        return {
            "name": name or email,
            "email": email,
            "parent_id": self.partner_id.id,
            "lang": self.lang,
            "is_company": False,
        }
