from odoo import models

from odoo.addons.trade_core.tools import sentences
from odoo.addons.trade_kernel.errors import BusinessRefused
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
        """Invite an address that has a link to have an account. Nobody else can be invited: the address is
        the one our e-mail went to. Where it cannot be, whoever looks after the partner is asked."""
        try:
            self.partner_id._trade_portal_grant(email)
        except BusinessRefused as error:
            _ = self.with_context(lang=self._portal_responsible().lang).env._
            self._portal_ask(_("%s asks for an account", email), sentences(error))

    def _portal_ask_for_system(self, email, mail=True):
        """They want to connect a system: whoever looks after them is asked, once at a time. Extension: where
        there is a way to go on at once.

        :param str email: whose wish it is
        :param bool mail: whether what is to be done next has to be mailed there: its page is open to others
        :return: what the page says then, see ``controllers/order.py``
        """
        self._portal_ask(self._portal_wish(email), "")
        return "system"

    def _portal_system(self, email, url, logged_in):
        """How it stands with connecting a system, as the order's page says it. Extension: see above.

        :param str url: of the order's page
        :return: :class:`~odoo.addons.trade_portal.cards.Card`
        """
        _ = self.env._
        wish = self._portal_wish(email)
        if self.activity_ids.filtered(lambda activity: activity.summary == wish):
            text = _("Your contact person knows and gets in touch.")
            return Card("system", _("You want to connect a system"), text, tone="waiting")
        text = _("A system of yours can take the orders over by itself, and answer them.")
        button = _("Connect a system")
        return Card("system", button, text, button=button, url=f"{url}/system", post={})

    def _portal_responsible(self):
        return self.user_id or self.env.ref("base.user_admin")

    def _portal_wish(self, email):
        """The wish for a system, as whoever looks after the partner reads it."""
        _ = self.with_context(lang=self._portal_responsible().lang).env._
        return _("%s wants to connect a system: invite them to onboarding", email or self.name)

    def _portal_ask(self, summary, note):
        self.ensure_one()
        if not self.activity_ids.filtered(lambda activity: activity.summary == summary):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=note,
                user_id=self._portal_responsible().id,
            )
