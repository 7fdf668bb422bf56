"""How the connection is doing, for the partner's technician: by a link, without a login."""

from odoo import http
from odoo.http import request
from odoo.tools.translate import LazyTranslate

from .. import connection, purposes
from ..pages import link_route, page

_lt = LazyTranslate(__name__)

PURPOSE = "connection.view"
purposes.register(
    PURPOSE, _lt("See how your connection is doing"), page="connection", models=("trade.partner",), days=7
)


class TradeConnection(http.Controller):
    @link_route(PURPOSE)
    def connection(self, link, **form):
        """``POST``: their system works again, try it now."""
        partner = link._record().with_context(lang=request.env.lang)
        notice = None
        if request.httprequest.method == "POST":
            link._use()
            notice = tried(partner)
        return page("trade_portal.connection_page", link, lines=connection.lines(partner), notice=notice)


def tried(partner):
    """Try the partner's system now.

    :return: what came of it, in words
    """
    count = connection.try_now(partner)
    if not count:
        return partner.env._("Nothing waits: the next document shows whether your system answers.")
    partner._message_log(body=partner.env._("The partner says that its system works again; it is tried now."))
    return partner.env._("A document is sent to you now. Look again in a minute.")
