"""Serving partners' pages: which link opened them, what refused ones see, what browsers must not do."""

import logging
from functools import wraps

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools import consteq

from . import purposes
from .tokens import LinkRefused

_logger = logging.getLogger(__name__)

_SESSION = "trade_links"
_CHOSEN = "trade_partner"
_REMEMBERED = 20
#: what a refusal answers, so that machines understand it too
_STATUS = {
    "forged": 404,
    "gone": 404,
    "no_record": 404,
    "unopened": 403,
    "wrong_purpose": 403,
    "suspended": 403,
}
_ENDED = 410

#: pages hold what concerns one partner, and are reached by links: nobody shall keep, index or frame them
HEADERS = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
}


def link_route(purpose, page=None, **options):
    """Serve a page of a purpose: ``GET`` shows it, ``POST`` (with ``csrf_token``) does something.

    The method gets the link, opened in this session and good for the purpose, and the fields of the form::

        @link_route("order.answer")
        def order(self, link, **form):
            order = link._record()
            if request.httprequest.method == "POST":
                link._use()          # first: refuses what must not be done any more
                …
            return page("my_addon.order", link, order=order)

    :param str purpose: its code, registered before
    :param str page: more than the purpose's own page, such as ``order/upload``; it begins with that page
    """
    known = purposes.get(purpose)
    page = page or known.page
    if page.split("/")[0] != known.page:
        raise ValueError(f"Pages for {purpose} begin with {known.page}, not {page}.")

    def decorate(method):
        @http.route(
            f"/trade/link/<string:ref>/{page}",
            type="http",
            auth="public",
            methods=["GET", "POST"],
            website=True,
            sitemap=False,
            **options,
        )
        @wraps(method)
        def serve(self, ref, **form):
            form.pop("link", None)
            try:
                link = opened(ref)
                link._check(purpose)
                with request.env.cr.savepoint():
                    response = method(self, link, **form)
            except LinkRefused as refused:
                return refuse(refused)
            return guard(response)

        return serve

    return decorate


def my_route(*paths, changes=True, **options):
    """Serve a page for people who are logged in, below ``/my/trading``; ``POST`` (with ``csrf_token``) does
    something.

    The method gets the trading partner the user acts for, as superuser, in its company and the user's
    language, and looks up whatever an address or a form names among what belongs to it::

        @my_route("orders", "orders/page/<int:number>")
        def orders(self, trade_partner, number=1, **form):
            …
            return my_page("my_addon.orders", trade_partner, orders=orders)

    While the partner is suspended or closed, it may look and ``POST`` is refused.

    :param paths: within ``/my/trading``, ``""`` for the page itself
    :param bool changes: whether a ``POST`` changes anything of the partner's
    """

    def decorate(method):
        @http.route(
            [f"/my/trading/{path}".rstrip("/") for path in paths],
            type="http",
            auth="user",
            website=True,
            sitemap=False,
            **{"methods": ["GET", "POST"], **options},
        )
        @wraps(method)
        def serve(self, **form):
            partners = request.env.user._trade_portal_partners()
            partner = chosen(partners)
            if not partner:
                return _nobody()
            if changes and request.httprequest.method == "POST" and partner._trade_portal_read_only():
                return _read_only(partner)
            form.pop("trade_partner", None)  # whom they act for is never what a page says
            return guard(method(self, trade_partner=partner, **form))

        return serve

    return decorate


def chosen(partners):
    """The one of these the user has chosen in this session, or the first one, ready to be worked with."""
    wanted = request.session.get(_CHOSEN)
    partner = (partners.filtered(lambda one: one.id == wanted) or partners)[:1]
    return partner.with_context(allowed_company_ids=partner.company_id.ids, lang=request.env.lang)


def choose(partner):
    """Act for this partner from now on; it has to be one of the user's."""
    request.session[_CHOSEN] = partner.id


def my_page(template, trade_partner, **values):
    """Render a page of somebody who is logged in; several partners: with the switcher."""
    values.setdefault("trade_partners", request.env.user._trade_portal_partners())
    values |= {"res_company": trade_partner.company_id, "trade_partner": trade_partner}
    values["trade_nav_items"] = trade_partner._trade_portal_nav()
    return page(template, **values)


def act(action, refused):
    """What an action answers; when it is refused, the page with the reason, and nothing is done.

    :param action: gives a response, may raise UserError or AccessError
    :param refused: the reason, in words → a response
    """
    try:
        with request.env.cr.savepoint():
            return action()
    except (UserError, AccessError) as error:
        response = refused(str(error))
        response.status_code = 403 if isinstance(error, AccessError) else 422
        return response


def not_found(trade_partner, text):
    """Nothing of theirs: the same answer whether it exists elsewhere or not."""
    title = request.env._("There is nothing here")
    response = my_page("trade_portal.message", trade_partner, page_title=title, text=text)
    response.status_code = 404
    return response


def _nobody():
    _ = request.env._
    text = _(
        "Your login does not belong to a company that trades with us by these pages. Ask your contact person."
    )
    response = page("trade_portal.message", page_title=_("There is nothing here"), text=text)
    response.status_code = 403
    return response


def _read_only(trade_partner):
    _ = request.env._
    title, text = request.env["trade.portal.link"]._refusal(trade_partner.state)
    response = my_page("trade_portal.message", trade_partner, page_title=title, text=text)
    response.status_code = 403
    return response


def remember(link):
    """Keep in the session that this browser has the link: its pages need no token in their address."""
    known = {ref: proof for ref, proof in request.session.get(_SESSION, {}).items() if ref != link.ref}
    known[link.ref] = link.digest
    request.session[_SESSION] = dict(list(known.items())[-_REMEMBERED:])


def opened(ref):
    """The link this browser has opened, whatever its state, as superuser.

    :raise LinkRefused: ``unopened``
    """
    proof = request.session.get(_SESSION, {}).get(ref)
    link = request.env["trade.portal.link"].sudo().search([("ref", "=", ref)]) if proof else None
    if not link or not consteq(link.digest, proof):
        raise LinkRefused("unopened")
    return link


def page(template, link=None, **values):
    """Render a page within the layout ``trade_portal.layout``.

    :param link: the link that opened it; its company is the one whose logo and name are shown
    """
    if link:
        values = {"res_company": link.company_id, "trade_partner": link._partner(), **values}
        values["link"] = link
    return guard(request.render(template, values))


def guard(response):
    """The headers all these pages have."""
    if not hasattr(response, "headers"):
        response = request.make_response(response)
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def refuse(refused):
    """The page that says why a link does not work and what to do next."""
    Link, link = request.env["trade.portal.link"], refused.link
    _logger.info("Portal link %s refused: %s", link.ref if link else "", refused.reason)
    title, text = Link._refusal(refused.reason)
    values = {"title": title, "text": text, "renew": False, "contact": False}
    if link:
        remember(link)
        values["renew"] = refused.reason in ("expired", "used_up") and link._may_renew()
        values["contact"] = link._contact().partner_id
    response = page("trade_portal.link_refused", link, **values)
    response.status_code = _STATUS.get(refused.reason, _ENDED)
    return response
