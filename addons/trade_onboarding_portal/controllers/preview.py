"""What the partner sees, for the buyer: its pages as they are now, to look at."""

from functools import partial

from odoo import http
from odoo.http import request

from odoo.addons.trade_portal.pages import guard, page

from ..desk import Desk

_ROUTE = {
    "type": "http",
    "auth": "user",
    "methods": ["GET"],
    "website": True,
    "multilang": False,
    "sitemap": False,
}


class TradeOnboardingPreview(http.Controller):
    @http.route("/trade/onboarding/<int:number>/preview", **_ROUTE)
    def checklist(self, number, **_form):
        return _desk(number).checklist()

    @http.route("/trade/onboarding/<int:number>/preview/step/<int:step>", **_ROUTE)
    def step(self, number, step, **_form):
        return _desk(number).step(step)

    @http.route("/trade/onboarding/<int:number>/preview/step/<int:step>/file/<string:name>", **_ROUTE)
    def file(self, number, step, name, **_form):
        return guard(_desk(number).file(step, name))

    @http.route("/trade/onboarding/<int:number>/preview/step/<int:step>/document", **_ROUTE)
    def document(self, number, step, **_form):
        return guard(_desk(number).contract(step))


def _desk(number):
    case = request.env["trade.onboarding"].browse(number).exists()
    if not case or not case.has_access("read"):
        raise request.not_found()
    case = case.with_context(lang=case.lang or request.env.lang)
    request.update_context(lang=case.env.lang)  # in the partner's language, as the partner sees it
    case = case.sudo().with_company(case.company_id)
    return Desk(
        case,
        f"/trade/onboarding/{case.id}/preview",
        partial(
            page,
            res_company=case.company_id,
            trade_partner=case.trade_partner_id,
            previewed=True,
        ),
        read_only=case.env._("This is a preview."),
    )
