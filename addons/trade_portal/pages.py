"""Serving partners' pages: which link opened them, what refused ones see, what browsers must not do."""

import logging
from functools import wraps

from odoo import http
from odoo.http import request
from odoo.tools import consteq

from . import purposes
from .tokens import LinkRefused

_logger = logging.getLogger(__name__)

_SESSION = "trade_links"
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
        values = {"res_company": link.company_id, "trade_partner": link.trade_partner_id, **values}
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
        values["contact"] = link.trade_partner_id.user_id.partner_id
    response = page("trade_portal.link_refused", link, **values)
    response.status_code = _STATUS.get(refused.reason, _ENDED)
    return response
