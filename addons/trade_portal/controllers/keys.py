"""The partner's own API clients and their keys."""

from odoo import http
from odoo.http import request

from ..pages import act, my_page, my_route, not_found


class TradeKeys(http.Controller):
    @my_route("keys")
    def keys(self, trade_partner, name="", mode="", **_form):
        """The partner's systems. ``POST``: a new one, whose first key is shown."""
        if request.httprequest.method == "GET":
            return _page(trade_partner)
        wanted = request.httprequest.form.getlist("scope")

        def make():
            client = trade_partner.env["trade.api.client"]._portal_new(trade_partner, name, mode, wanted)
            return _shown(trade_partner, client, client._portal_new_key(0))

        return _do(trade_partner, make)

    @my_route("keys/<string:ref>/new", methods=["POST"])
    def new_key(self, trade_partner, ref, newest="", **_form):
        """A new key for a system; the one before stays valid for a while."""
        client = _client(trade_partner, ref)
        if not client:
            return _no_client(trade_partner)
        number = int(newest) if newest.isascii() and newest.isdecimal() else -1
        return _do(trade_partner, lambda: _shown(trade_partner, client, client._portal_new_key(number)))

    @my_route("keys/<string:ref>/revoke", methods=["POST"])
    def revoke(self, trade_partner, ref, key="", **_form):
        """End a key now."""
        client = _client(trade_partner, ref)
        if not client:
            return _no_client(trade_partner)

        def revoke():
            client._portal_revoke(int(key) if key.isascii() and key.isdecimal() else 0)
            return _page(trade_partner, trade_partner.env._("The key was revoked. Nobody can enter with it."))

        return _do(trade_partner, revoke)

    @my_route("keys/<string:ref>/end", methods=["POST"])
    def end(self, trade_partner, ref, **_form):
        """End a system's access."""
        client = _client(trade_partner, ref)
        if not client:
            return _no_client(trade_partner)

        def end():
            client._portal_end()
            return _page(trade_partner, trade_partner.env._("%s has no access any more.", client.name))

        return _do(trade_partner, end)


def _client(trade_partner, ref):
    return trade_partner.api_client_ids.filtered(lambda client: client.public_id == ref)


def _no_client(trade_partner):
    return not_found(trade_partner, request.env._("There is no such system of yours."))


def _do(trade_partner, action):
    return act(action, lambda notice: _page(trade_partner, notice, "danger"))


def _page(trade_partner, notice=None, tone="success"):
    clients = trade_partner.api_client_ids
    return my_page(
        "trade_portal.keys",
        trade_partner,
        clients=clients,
        scopes=clients._portal_scopes(trade_partner),
        may_manage=trade_partner._portal_may_manage_keys(),
        may_add=len(clients) < trade_partner._portal_most_clients(),
        notice=notice,
        notice_tone=tone,
    )


def _shown(trade_partner, client, secret):
    return my_page(
        "trade_portal.secret_shown",
        trade_partner,
        client=client,
        secret=secret,
        back_url="/my/trading/keys",
    )
