"""The list of a partner's orders."""

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager
from odoo.addons.trade_portal.pages import my_page, my_route

_PER_PAGE = 20
_LONGEST_SEARCH = 64


class TradeOrders(http.Controller):
    @my_route("orders", "orders/page/<int:number>", methods=["GET"])
    def orders(self, trade_partner, number=1, search="", show="all", **_form):
        """Orders, the newest first; by a part of our number, their number or a product."""
        Order = trade_partner.env["purchase.order"]
        shows = Order._portal_shows()
        show = show if show in shows else "all"
        search = search.strip()[:_LONGEST_SEARCH]
        domain = Order._portal_domain(trade_partner) & shows[show][1]
        if search:
            domain &= Domain.OR(
                Domain(name, "ilike", search)
                for name in ("name", "partner_ref", "order_line.name", "product_id.default_code")
            )
        kept = {name: value for name, value in (("search", search), ("show", show)) if value}
        pages = pager(
            "/my/trading/orders",
            total=Order.search_count(domain, limit=10_000),
            page=number,
            step=_PER_PAGE,
            url_args=kept,
        )
        found = Order.search(domain, order="id desc", limit=_PER_PAGE, offset=max(pages["offset"], 0))
        return my_page(
            "trade_portal_purchase.orders",
            trade_partner,
            rows=[{"order": order, "standing": order._portal_standing()} for order in found],
            pager=pages,
            search=search,
            show=show,
            shows=[(name, label) for name, (label, _domain) in shows.items()],
            placeholder=request.env._("Number or product"),
        )
