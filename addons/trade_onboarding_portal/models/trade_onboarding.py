from odoo import models
from odoo.tools import email_normalize

from odoo.addons.trade_kernel.errors import BusinessRefused

from ..purpose import PURPOSE

_MADE = "trade_onboarding_urls"  # links that were made for the mails that are being written
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
        made = self.env.context.get(_MADE)
        return (self._partner_urls() if made is None else made).get(self.id, "")

    def _partner_urls(self):
        """New links to the pages of these cases, ``{id: address}``; see :meth:`_partner_url`."""
        cases = self.filtered(lambda case: case.email and case.state not in ENDED)
        Link = self.env["trade.portal.link"]
        links = Link._create_links(
            [
                Link._prepare_link(
                    PURPOSE,
                    case,
                    case._trade_portal_partner(),
                    email=case.email,
                    days=case.sudo().template_id.link_days,
                    lang=case.lang,
                )
                for case in cases
            ]
        )
        return {case.id: url for case, (_link, url) in zip(cases, links, strict=True)}

    def _mail(self, template):
        """The links in the mails are made for all of them at once."""
        return super(TradeOnboarding, self.with_context(**{_MADE: self._partner_urls()}))._mail(template)

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
        user = case.partner_id._trade_portal_user(email)
        if not user:
            return "offer"
        return "there" if case.partner_id._trade_portal_is_theirs(user) else None

    def _grant_access(self, name, email, step=None):
        """Give a person at the partner an account, as an effect of the case.

        :param step: the step that asked for it; none: the person did
        :raise BusinessRefused: there is no contact yet, or the address has an account somewhere else
        """
        self.ensure_one()
        case = self.sudo().with_company(self.company_id)
        if not case.partner_id:
            raise BusinessRefused("onboarding.no_contact", name=case.name)
        granted = case.partner_id._trade_portal_grant(email, name, case.lang)
        effects, step = self.env["trade.onboarding.effect"], step or case.step_ids.browse()
        if granted.is_new_person:
            made = effects._readable({"name": granted.person.name, "email": granted.person.email})
            effects._note(step, granted.person, "created", None, made, case)
        if granted.is_new:
            effects._note(step, granted.user, "created", None, {"login": granted.user.login}, case)
