"""The invitation's link: the checklist and its pages without a login."""

from functools import partial

from odoo import http
from odoo.http import request

from odoo.addons.trade_kernel.errors import TradeError
from odoo.addons.trade_portal.pages import link_route, page

from ..desk import Desk
from ..purpose import PAGE, PURPOSE


class TradeOnboardingLink(http.Controller):
    @link_route(PURPOSE)
    def checklist(self, link, done="", **_form):
        desk = _desk(link)
        account = None if desk.read_only else desk.case._account()
        desk.render = partial(desk.render, account=account)
        return desk.done(int(done)) if done.isdecimal() and len(done) < 10 else desk.checklist()

    @link_route(PURPOSE, f"{PAGE}/step/<int:number>")
    def step(self, link, number, **form):
        return _desk(link).step(number, form if request.httprequest.method == "POST" else None)

    @link_route(PURPOSE, f"{PAGE}/step/<int:number>/save")
    def save(self, link, number, **form):
        if request.httprequest.method != "POST":
            return _desk(link).step(number)
        return _desk(link).save(number, form)

    @link_route(PURPOSE, f"{PAGE}/step/<int:number>/file/<string:name>")
    def file(self, link, number, name, **_form):
        return _desk(link).file(number, name)

    @link_route(PURPOSE, f"{PAGE}/step/<int:number>/document")
    def document(self, link, number, **_form):
        return _desk(link).contract(number)

    @link_route(PURPOSE, f"{PAGE}/account")
    def account(self, link, **_form):
        """``POST``: an account for the address of the case; what was done by the link stays in the case."""
        desk = _desk(link)
        if request.httprequest.method != "POST":
            return desk.checklist()
        link._use()
        _ = request.env._
        case = desk.case
        if desk.read_only or case._account() != "offer":
            return desk.checklist(_("There can be no account for you at present."), "warning", 409)
        try:
            with request.env.cr.savepoint():
                case._grant_access(case.contact_name, case.email)
        except TradeError:
            words = _("There can be no account for this address. Ask your contact person.")
            return desk.checklist(words, "warning", 409)
        return desk.checklist(_("Look into your inbox: an e-mail lets you choose a password."))


def _desk(link):
    case = link._record().with_context(lang=request.env.lang)
    who = link.email or case.name
    if case.contact_name:
        who = f"{case.contact_name} <{who}>"
    return Desk(
        case,
        f"/trade/link/{link.ref}/{PAGE}",
        partial(page, link=link),
        who=f"{who}, {request.httprequest.remote_addr}",
        read_only=_read_only(link, case),
        use=link._use,
    )


def _read_only(link, case):
    """Why the reader may only look. Employees enter things in the case itself: what comes from here counts as
    said by the partner."""
    _ = request.env._
    if request.env.user._is_internal():
        return _("You are logged in as one of us: enter it in the case. Here you only look.")
    if link._partner().state == "suspended":
        return _("Trading with you is paused. You can look, but nothing can be changed.")
    return ""
