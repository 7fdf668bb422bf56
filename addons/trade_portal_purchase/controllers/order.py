"""The page of one order: what was asked, what was answered, and what its partner does about it."""

import json

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.translate import LazyTranslate

from odoo.addons.trade_portal import purposes
from odoo.addons.trade_portal.pages import link_route, my_route, not_found

from .. import answering, numbers
from ..answering import LONGEST_NOTE, FormRefused, Reader
from ..models.trade_connector import PURPOSE
from .desk import by_link, by_login

_lt = LazyTranslate(__name__)

purposes.register(PURPOSE, _lt("Answer our order"), page="order", models=("purchase.order",), days=60)

#: what of an answer differs from one try to the next
_TIMES = ("issue_date", "issue_time", "sequence_number", "schema_version")


class TradeOrderPage(http.Controller):
    @link_route(PURPOSE)
    def order(self, link, **form):
        if request.httprequest.method != "POST":
            link._note_opened()
        return answer(by_link(link), form)

    @my_route("orders/<int:number>")
    def my_order(self, trade_partner, number, **form):
        desk = by_login(trade_partner, number)
        return answer(desk, form) if desk else no_order(trade_partner)

    @link_route(PURPOSE, "order/pdf", save_session=False)
    def order_pdf(self, link, **_form):
        return pdf(by_link(link))

    @my_route("orders/<int:number>/pdf", methods=["GET"])
    def my_order_pdf(self, trade_partner, number, **_form):
        desk = by_login(trade_partner, number)
        return pdf(desk) if desk else no_order(trade_partner)


def no_order(trade_partner):
    return not_found(trade_partner, request.env._("There is no such order of yours."))


def pdf(desk):
    """The order as we print it, where this server can."""
    report = desk.order.env["ir.actions.report"]
    try:
        raw, kind = report._render_qweb_pdf("purchase.action_report_purchase_order", desk.order.ids)
    except UserError:
        text = desk.order.env._("It cannot be printed at present. Everything stands on this page.")
        return show(desk, notice=text)
    name = f"{desk.order.name.replace('/', '-')}.{kind}"
    return request.make_response(
        raw,
        [
            ("Content-Type", "application/pdf" if kind == "pdf" else "text/html; charset=utf-8"),
            ("Content-Disposition", http.content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )


def answer(desk, form):
    """Show the page, or do what was pressed on it."""
    if request.httprequest.method != "POST":
        return show(desk, done=form.get("done"), change=bool(form.get("change")))
    desk.use()
    try:
        return _answered(desk, form)
    except FormRefused as refused:
        return show(desk, form=form, errors=refused.errors, status=422)


def show(desk, form=None, errors=None, status=200, done=None, notice=None, change=False):
    """The page as it stands now."""
    order, partner = desk.order, desk.trade_partner
    _ = order.env._
    standing = order._portal_standing()
    notices = {
        "answered": _("Thank you. Your answer has arrived."),
        "shipped": _("Thank you. We know what is on its way."),
        "billed": _("Thank you. Your invoice has arrived."),
        "account": _("Look into your inbox: there is an invitation."),
        "system": _("Thank you. Your contact person knows and gets in touch."),
        "system_mailed": _("Look into your inbox: an e-mail leads you through the steps."),
        "system_begun": _("It has begun. You find the steps below."),
    }
    errors, lines = errors or {}, order._portal_lines(partner)
    return desk.show(
        "trade_portal_purchase.order",
        status=status,
        refresh=standing.reading and not errors and not change,  # nothing that is typed is lost
        standing=standing,
        lines=lines,
        touched=_touched(order.env, lines, form or {}),
        may=order._portal_may(partner),
        answering=standing.tone == "you" or change or bool(errors),
        account=bool(desk.link and desk.link.email),
        system=partner._portal_system(desk.email, desk.url, not desk.link) if desk.email else None,
        key=order._portal_key("answer"),
        trail=order._portal_trail(),
        form=form or {},
        errors=errors,
        notice=notice
        or errors.get("")
        or (_("Please look at what is marked.") if errors else notices.get(done)),
        notice_tone="danger" if errors else "warning" if notice else "success",
    )


def _touched(env, lines, form):
    """Numbers of the lines in which something was typed."""
    point = numbers.point_of(env)
    return {line.ref for line in lines if answering.is_touched(line, form, point)}


def changed(desk):
    """The page the form stood on is out of date."""
    env, text = desk.order.env, None
    if not desk.order._portal_changing():  # else the page says by itself what is to come
        text = env._("The order has changed meanwhile. Here is the new one: please answer this one.")
    return show(desk, notice=text, status=409)


def _answered(desk, form):
    order, env = desk.order, desk.order.env
    may, done = order._portal_may(desk.trade_partner), form.get("do")
    if done == "end" and "end" in may:
        return _receive(desk, form, "AP")
    if order._portal_changing():
        return changed(desk)
    if "answer" not in may:
        return show(desk, notice=env._("This order can no longer be answered here."), status=409)
    reader = Reader(env, form)
    number, note = reader.text("number"), reader.text("note", LONGEST_NOTE)
    reader.check()
    if done == "reject":
        if not note:
            raise FormRefused({"note": env._("Say why you cannot accept the order.")})
        return _receive(desk, form, "RE", note=note, number=number)
    if stale := _stale(desk, form):
        return stale
    said = answering.read(env, form, order._portal_lines(desk.trade_partner), order.currency_id.name)
    if done == "confirm" and said.different:
        text = env._("You changed lines. Press “Send my changes”, or take the changes back.")
        raise FormRefused({"": text})
    if done == "confirm":
        return _receive(desk, form, "AP", note=note, number=number)
    if not said.different and not note:
        raise FormRefused({"": env._("Nothing is different yet. Change a line, or press “Confirm all”.")})
    code = "CA" if said.different else "AP"
    return _receive(desk, form, code, lines=said.lines, note=note, number=number)


def _stale(desk, form):
    """What is shown when the form is not of the page as it is now; ``None``: it is."""
    key = form.get("key") or ""
    if key == desk.order._portal_key("answer"):
        return None
    return None if said_with(desk.order, key) else changed(desk)


def said_with(order, key):
    """The message this page brought already."""
    return order._portal_fresh().filtered(lambda message: key and message.idempotency_key == key)[-1:]


def _receive(desk, form, code, **said):
    order = desk.order
    document = answering.response(
        order.env, order, code, len(order._portal_said_before("answer")) + 1, **said
    )
    return take(desk, form, "answer", document.as_json().encode())


#: what is said on the page → document, and what the page says then
_KINDS = {
    "answer": ("order_response", "answered"),
    "file": ("order_response", "answered"),
    "ship": ("despatch_advice", "shipped"),
    "invoice": ("invoice", "billed"),
}


def take(desk, form, what, raw, route=None, **options):
    """Store what was said on the page, once, and go back to the order.

    :param bytes raw: the document
    :param route: by which it comes in; by default that for what is said on pages
    :param options: see ``purchase.order._portal_receive``
    """
    order, key = desk.order, form.get("key") or ""
    document_type, done = _KINDS[what]
    if before := said_with(order, key):  # a second click, or another window
        if _content(before._raw()) == _content(raw):
            return desk.back(done)
        text = order.env._("You said something else in another window meanwhile. This is how it stands now.")
        return show(desk, notice=text, status=409)
    if key != order._portal_key(what):
        return changed(desk)
    route = route or order._portal_in_route(desk.trade_partner, document_type)
    order._portal_receive(route, raw, key, link=desk.link, **options)
    return desk.back(done)


def _content(raw):
    """What a document says, whenever it was said."""
    try:
        values = json.loads(raw)
    except ValueError:
        return raw
    return {name: value for name, value in values.items() if name not in _TIMES}
