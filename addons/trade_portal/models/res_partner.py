from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from odoo.addons.trade_kernel.errors import BusinessRefused


class Granted(NamedTuple):
    """Who may enter the pages now, and what was made for it."""

    user: models.BaseModel
    person: models.BaseModel
    is_new: bool  # the account
    is_new_person: bool


class ResPartner(models.Model):
    """Accounts for the people of a trading partner: the one place that gives them."""

    _inherit = "res.partner"

    def _trade_portal_user(self, email):
        """The account with this address, of whomever, also one that was ended; empty: there is none."""
        Users = self.env["res.users"].sudo().with_context(active_test=False)
        return Users.search([("login", "=", email_normalize(email))], limit=1)

    def _trade_portal_is_theirs(self, user):
        """Whether this is an account of somebody at this partner, and works."""
        ours = self.sudo().commercial_partner_id
        return user.active and user._is_portal() and user.partner_id.commercial_partner_id == ours

    def _trade_portal_person(self, email):
        """The people at this partner with this address."""
        company = self.sudo().commercial_partner_id
        return company.search(
            [
                ("id", "child_of", company.id),
                ("is_company", "=", False),
                ("email_normalized", "=", email_normalize(email)),
            ]
        )

    def _trade_portal_grant(self, email, name=None, lang=None):
        """Give somebody at this partner an account for its pages, by Odoo's own invitation; who has one is
        left alone.

        :param str email: the login; one line of a contact that has it is that person, else one is made
        :return: :class:`Granted`
        :raise BusinessRefused: ``portal.address_taken``: there is an account with it somewhere else
        """
        self.ensure_one()
        company, email = self.sudo().commercial_partner_id, email_normalize(email)
        taken = {"email": email, "name": company.name}
        if user := self._trade_portal_user(email):
            if not self._trade_portal_is_theirs(user):
                raise BusinessRefused("portal.address_taken", **taken)
            return Granted(user, user.partner_id, False, False)
        known = self._trade_portal_person(email)
        if user := known.user_ids.filtered(self._trade_portal_is_theirs)[:1]:  # with another login
            return Granted(user, user.partner_id, False, False)
        person = known[:1] or company.create(
            {
                "name": name or email,
                "email": email,
                "parent_id": self.id,
                "lang": lang or company.lang,
                "is_company": False,
            }
        )
        wizard = company.env["portal.wizard"].create({"partner_ids": [(6, 0, person.ids)]})
        wizard.user_ids.email = email
        try:
            wizard.user_ids.with_context(trade_portal_queue=True).action_grant_access()
        except UserError as error:
            raise BusinessRefused("portal.address_taken", **taken) from error
        return Granted(self._trade_portal_user(email), person, True, not known)
