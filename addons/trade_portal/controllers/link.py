"""Links that work before any login: opening one, and asking for a new one."""

from odoo import http
from odoo.http import request

from .. import purposes
from ..pages import guard, opened, page, refuse, remember
from ..tokens import LinkRefused

_PUBLIC = {"type": "http", "auth": "public", "website": True, "sitemap": False}


class TradeLink(http.Controller):
    @http.route("/trade/link/<string:token>", methods=["GET"], multilang=False, **_PUBLIC)
    def open(self, token):
        """Open a link: this browser is remembered and sent to the page, whose address holds no secret.

        Nothing is used up: programs that check mails for bad links come here as well.
        """
        Link = request.env["trade.portal.link"]
        try:
            link = Link._prove(token)
            link._check()
        except LinkRefused as refused:
            return refuse(refused)
        remember(link)
        if known := request.env["ir.http"].get_nearest_lang(link.lang):
            request.future_response.set_cookie("frontend_lang", known)  # its reader's, whatever the browser's
        return guard(request.redirect(f"/trade/link/{link.ref}/{purposes.get(link.purpose).page}", code=303))

    @http.route("/trade/link/<string:ref>/new", methods=["POST"], **_PUBLIC)
    def renew(self, ref):
        """Mail a new link to the address the old one went to. The address is not shown: who holds a forwarded
        mail learns nothing."""
        try:
            link = opened(ref)
            sent = link._renew()
        except LinkRefused as refused:
            return refuse(refused)
        return page("trade_portal.link_renewed", link, sent=sent)
