from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from odoo.addons.trade_portal.cards import Card


class TradePartner(models.Model):
    _inherit = "trade.partner"

    def _trade_portal_cards(self):
        _, cards = self.env._, super()._trade_portal_cards()
        Order = self.env["purchase.order"]
        count = Order.search_count(Order._portal_domain(self) & Order._portal_shows()["open"][1], limit=1000)
        if count:
            cards.append(
                Card(
                    "orders.answer",
                    _("Orders to answer"),
                    _("Confirm them, or say what is different."),
                    tone="you",
                    button=_("See the orders"),
                    url="/my/trading/orders?show=open",
                    sequence=5,
                    count=count,
                )
            )
        return cards

    def _trade_portal_nav(self):
        home, *others = super()._trade_portal_nav()
        return [home, ("orders", self.env._("Orders"), "/orders"), *others]

    # -- other ways to work ------------------------------------------------------------------------

    def _portal_invite(self, email):
        """Invite an address that has a link to have an account; one that has an account is left alone.

        Nobody else can be invited: the address is the one our e-mail went to.
        """
        self.ensure_one()
        company = self.partner_id.commercial_partner_id
        Contact = self.env["res.partner"].sudo()
        contacts = Contact.search(
            [("id", "child_of", company.id), ("email_normalized", "=", email_normalize(email))]
        )
        contact = contacts.filtered("user_ids")[:1] or contacts[:1]
        if contact.user_ids:
            return
        if not contact:
            contact = Contact.create({"name": email, "email": email, "parent_id": company.id})
        wizard = self.env["portal.wizard"].sudo().with_context(active_ids=contact.ids).create({})
        try:
            with self.env.cr.savepoint():
                wizard.user_ids.filtered(lambda row: row.partner_id == contact).action_grant_access()
        except UserError as error:  # such as: another contact has this login
            self._portal_ask(self.env._("%s asks for an account", email), str(error))

    def _portal_ask_for_system(self, email):
        """They want to connect a system: whoever looks after them is asked, once at a time."""
        self._portal_ask(
            self.env._("%s wants to connect a system: invite them to onboarding", email or self.name), ""
        )

    def _portal_ask(self, summary, note):
        self.ensure_one()
        user = self.user_id or self.env.ref("base.user_admin")
        if not self.activity_ids.filtered(lambda activity: activity.summary == summary):
            self.activity_schedule(
                "mail.mail_activity_data_todo", summary=summary, note=note, user_id=user.id
            )
