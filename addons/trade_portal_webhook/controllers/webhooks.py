"""The partner's own webhooks."""

from odoo import http
from odoo.http import request

from odoo.addons.trade_portal.pages import act, my_page, my_route, not_found


class TradeWebhooks(http.Controller):
    @my_route("webhooks", methods=["GET"])
    def webhooks(self, trade_partner, **_form):
        """How they are doing."""
        return _page(trade_partner)

    @my_route("webhooks/<int:number>/secret", methods=["POST"])
    def secret(self, trade_partner, number, version="", **_form):
        """A new signing secret, shown this once."""
        known = int(version) if version.isascii() and version.isdecimal() else -1

        def make(webhook):
            return my_page(
                "trade_portal.secret_shown",
                trade_partner,
                secret=webhook._portal_new_secret(known),
                what=trade_partner.env._("Signing secret of %s", webhook.name),
                client=None,
                back_url="/my/trading/webhooks",
            )

        return _do(trade_partner, number, make)

    @my_route("webhooks/<int:number>/resume", methods=["POST"])
    def resume(self, trade_partner, number, **_form):
        """Switch it on again."""

        def resume(webhook):
            webhook._portal_resume()
            return _page(trade_partner, trade_partner.env._("It is on again; what waits is sent now."))

        return _do(trade_partner, number, resume)

    @my_route("webhooks/<int:number>/test", methods=["POST"])
    def test(self, trade_partner, number, **_form):
        """A test event."""

        def test(webhook):
            webhook._portal_test()
            return _page(
                trade_partner, trade_partner.env._("A test event is on its way. Look again in a minute.")
            )

        return _do(trade_partner, number, test)


def _do(trade_partner, number, action):
    webhook = trade_partner._portal_webhooks().filtered(lambda webhook: webhook.id == number)
    if not webhook:
        return not_found(trade_partner, request.env._("There is no such webhook of yours."))
    return act(lambda: action(webhook), lambda notice: _page(trade_partner, notice, "danger"))


def _page(trade_partner, notice=None, tone="success"):
    webhooks = trade_partner._portal_webhooks()
    return my_page(
        "trade_portal_webhook.webhooks",
        trade_partner,
        rows=[(webhook, webhook._portal_said()) for webhook in webhooks],
        may_manage=trade_partner._portal_may_manage_keys(),
        read_only=trade_partner._trade_portal_read_only(),
        notice=notice,
        notice_tone=tone,
    )
