"""Further pages of an order: what is shipped, what is billed, and other ways to work."""

from odoo import fields, http
from odoo.http import request

from odoo.addons.trade_portal.pages import link_route, my_route

from .. import billing, shipping
from ..answering import FormRefused
from ..models.trade_connector import PURPOSE
from .desk import by_link, by_login
from .order import no_order, said_with, show, take


class TradeOrderGoods(http.Controller):
    @link_route(PURPOSE, "order/ship")
    def ship(self, link, **form):
        return _page(by_link(link), form, "ship")

    @my_route("orders/<int:number>/ship")
    def my_ship(self, trade_partner, number, **form):
        desk = by_login(trade_partner, number)
        return _page(desk, form, "ship") if desk else no_order(trade_partner)

    @link_route(PURPOSE, "order/invoice")
    def invoice(self, link, **form):
        return _page(by_link(link), form, "invoice")

    @my_route("orders/<int:order_number>/invoice")
    def my_invoice(self, trade_partner, order_number, **form):
        desk = by_login(trade_partner, order_number)
        return _page(desk, form, "invoice") if desk else no_order(trade_partner)

    @link_route(PURPOSE, "order/upload")
    def upload(self, link, **form):
        return _page(by_link(link), form, "file")

    @my_route("orders/<int:number>/upload")
    def my_upload(self, trade_partner, number, **form):
        desk = by_login(trade_partner, number)
        return _page(desk, form, "file") if desk else no_order(trade_partner)

    @link_route(PURPOSE, "order/account")
    def account(self, link, **_form):
        """Invite the address of the link to have an account."""
        desk = by_link(link)
        if request.httprequest.method == "POST":
            desk.use()
            desk.trade_partner._portal_invite(link.email)
            return desk.back("account")
        return show(desk)

    @link_route(PURPOSE, "order/system")
    def system(self, link, **_form):
        return _system(by_link(link))

    @my_route("orders/<int:number>/system")
    def my_system(self, trade_partner, number, **_form):
        desk = by_login(trade_partner, number)
        return _system(desk) if desk else no_order(trade_partner)


def _system(desk):
    """``POST``: they want to connect a system."""
    if request.httprequest.method != "POST":
        return show(desk)
    desk.use()
    return desk.back(desk.trade_partner._portal_ask_for_system(desk.email, mail=bool(desk.link)))


def _page(desk, form, what):
    order = desk.order
    if what not in order._portal_may(desk.trade_partner):
        text = order.env._("Nothing of this kind can be said about this order here.")
        return show(desk, notice=text, status=409 if request.httprequest.method == "POST" else 200)
    if request.httprequest.method != "POST":
        if order._portal_standing().reading:  # what is left is not known before; the page comes by itself
            text = order.env._("We are reading what you sent a moment ago. Then it goes on here.")
            return show(desk, notice=text)
        return _show(desk, what)
    desk.use()
    try:
        return {"ship": _ship, "invoice": _bill, "file": _file}[what](desk, form)
    except FormRefused as refused:
        return _show(desk, what, form, refused.errors, 422)


def _show(desk, what, form=None, errors=None, status=200):
    order, errors = desk.order, errors or {}
    lines = order._portal_lines(desk.trade_partner)
    rows = billing.bills(lines)
    if errors and getattr(form.get("file"), "filename", ""):
        errors = {"file": order.env._("Choose the file once more: browsers do not keep it."), **errors}
    marked = order.env._("Please look at what is marked.") if errors else None
    return desk.show(
        f"trade_portal_purchase.{what}",
        status=status,
        lines=[line for line in lines if line.line.product_qty],
        rows=rows,
        own=order._portal_own_formats(
            desk.trade_partner, "invoice" if what == "invoice" else "order_response"
        ),
        total=billing.plain(billing.total_of(rows, order.currency_id.decimal_places)),
        number=_advice_number(order),
        today=fields.Date.to_string(fields.Date.context_today(order)),
        key=order._portal_key(what),
        form=form or {},
        errors=errors,
        notice=errors.get("") or marked,
        notice_tone="danger",
    )


def _advice_number(order):
    return f"WEB-{order.name}-{len(order._portal_said_before('ship')) + 1}"


def _ship(desk, form):
    order = desk.order
    lines = order._portal_lines(desk.trade_partner)
    document = shipping.advice(order.env, order, form, lines, _advice_number(order))
    return take(desk, form, "ship", document.as_json().encode())


def _file(desk, form):
    file = billing.stored(desk.order.env, form.get("file"))
    if not file or not file.raw:
        raise FormRefused({"file": desk.order.env._("Choose the file first.")})
    return _own(desk, form, "file", "order_response", file)


def _bill(desk, form):
    order = desk.order
    file = billing.uploaded(order.env, form.get("file"))
    if file and file.raw and not file.kind:
        return _own(desk, form, "invoice", "invoice", file)
    rows = billing.bills(order._portal_lines(desk.trade_partner))
    document = billing.invoice(order.env, order, form, rows, file)
    again = said_with(order, form.get("key") or "")  # a second click says the same number
    if not again and order._portal_is_billed(desk.trade_partner, document.id):
        text = order.env._("Your invoice %s has been taken over already. Enter another number.", document.id)
        raise FormRefused({"number": text})
    return take(desk, form, "invoice", document.as_json().encode())


def _own(desk, form, what, document_type, file):
    """Take a file of the partner's own making."""
    order = desk.order
    route, codec = billing.read_file(order.env, order, desk.trade_partner, document_type, file)
    return take(desk, form, what, file.raw, route, filename=file.name, codec=codec, content=None)
