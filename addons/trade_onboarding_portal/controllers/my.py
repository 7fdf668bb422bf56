"""The checklist for people who are logged in: the same pages below ``/my/trading``."""

from functools import partial

from odoo import http
from odoo.http import request

from odoo.addons.trade_portal.pages import my_page, my_route, not_found

from ..desk import Desk


class TradeOnboardingMy(http.Controller):
    @my_route("onboarding", methods=["GET"])
    def newest(self, trade_partner, **_form):
        """The newest case; a partner rarely has several."""
        cases = trade_partner._portal_cases()
        if not cases:
            return _none(trade_partner)
        return request.redirect(f"/my/trading/onboarding/{cases[0].id}", code=303)

    @my_route("onboarding/<int:case>", methods=["GET"])
    def checklist(self, trade_partner, case, done="", **_form):
        desk = _desk(trade_partner, case)
        if not desk:
            return _none(trade_partner)
        return desk.done(int(done)) if done.isdecimal() and len(done) < 10 else desk.checklist()

    @my_route("onboarding/<int:case>/step/<int:number>")
    def step(self, trade_partner, case, number, **form):
        desk = _desk(trade_partner, case)
        if not desk:
            return _none(trade_partner)
        return desk.step(number, form if request.httprequest.method == "POST" else None)

    @my_route("onboarding/<int:case>/step/<int:number>/save", methods=["POST"])
    def save(self, trade_partner, case, number, **form):
        desk = _desk(trade_partner, case)
        return desk.save(number, form) if desk else _none(trade_partner)

    @my_route("onboarding/<int:case>/step/<int:number>/file/<string:name>", methods=["GET"])
    def file(self, trade_partner, case, number, name, **_form):
        desk = _desk(trade_partner, case)
        return desk.file(number, name) if desk else _none(trade_partner)

    @my_route("onboarding/<int:case>/step/<int:number>/document", methods=["GET"])
    def document(self, trade_partner, case, number, **_form):
        desk = _desk(trade_partner, case)
        return desk.contract(number) if desk else _none(trade_partner)


def _desk(trade_partner, number):
    """
    :return: ``None``: the partner has no such case
    """
    case = trade_partner._portal_cases().filtered(lambda one: one.id == number)
    if not case:
        return None
    user, paused = request.env.user, trade_partner._trade_portal_read_only()
    return Desk(
        case.with_company(case.company_id),
        f"/my/trading/onboarding/{case.id}",
        partial(my_page, trade_partner=trade_partner, trade_nav="onboarding"),
        who=f"{user.name} <{user.login}>, {request.httprequest.remote_addr}",
        read_only=request.env._("Nothing can be changed at present.") if paused else "",
    )


def _none(trade_partner):
    return not_found(trade_partner, request.env._("There is no such checklist of yours."))
