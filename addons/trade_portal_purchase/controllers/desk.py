"""One page for both: who opened the link of an order, and who is logged in."""

from functools import partial
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.trade_portal.models.trade_portal_link import TradePortalLink
from odoo.addons.trade_portal.pages import my_page, page
from odoo.addons.trade_portal.tokens import LinkRefused

from .. import numbers

_READ_AGAIN = "4"  # seconds


class Desk(NamedTuple):
    """An order on somebody's screen.

    :ivar order: ``purchase.order`` as superuser, in its company and the reader's language
    :ivar url: address of its page, without a slash at its end
    :ivar link: the link that opened it; ``None``: somebody is logged in
    """

    order: models.BaseModel
    trade_partner: models.BaseModel
    url: str
    link: TradePortalLink | None = None

    @property
    def email(self):
        """Of whoever reads the page; maybe empty."""
        return self.link.email if self.link else request.env.user.email_normalized

    def use(self):
        """Something is done: with a link, it is used.

        :raise LinkRefused: it is no longer good for it
        """
        if self.link:
            self.link._use()

    def show(self, template, status=200, refresh=False, **values):
        """Render a page about the order."""
        values = {
            "order": self.order,
            "url": self.url,
            "env": self.order.env,
            "written": partial(numbers.written, point=numbers.point_of(self.order.env)),
            **values,
        }
        if self.link:
            response = page(template, self.link, **values)
        else:
            response = my_page(template, self.trade_partner, trade_nav="orders", **values)
        response.status_code = status
        if refresh:
            response.headers["Refresh"] = _READ_AGAIN
        return response

    def back(self, done):
        """To the order's page, which says what was done."""
        return request.redirect(f"{self.url}?done={done}", code=303)


def by_link(link):
    """
    :raise LinkRefused: the order is not this partner's any more
    """
    order = link._record().with_context(lang=request.env.lang)
    partner = link.trade_partner_id.with_context(lang=request.env.lang)
    if not order.filtered_domain(order._portal_domain(partner)):
        raise LinkRefused("no_record", link)
    return Desk(order, partner, f"/trade/link/{link.ref}/order", link)


def by_login(trade_partner, number):
    """``None``: there is no such order of theirs."""
    Order = trade_partner.env["purchase.order"]
    order = Order.search(Order._portal_domain(trade_partner) & Domain("id", "=", number))
    return Desk(order, trade_partner, f"/my/trading/orders/{order.id}") if order else None
