"""The partner's own pages: what to do, documents, open points, connection."""

from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from .. import connection, words
from ..cards import in_order
from ..pages import choose, my_page, my_route, not_found
from .connection import tried

_PER_PAGE = 20
_SHOWN_AT_HOME = 5
_LONGEST_SEARCH = 64
_DOCUMENTS_OF_PROBLEM = 3


class TradeHome(CustomerPortal):
    def _prepare_portal_layout_values(self):
        partners = request.env.user._trade_portal_partners()
        return {**super()._prepare_portal_layout_values(), "trade_portal_shown": bool(partners)}

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "trade_todo_count" in counters:
            values["trade_todo_count"] = sum(
                card.tone == "you"
                for partner in request.env.user._trade_portal_partners()
                for card in partner.with_context(lang=request.env.lang)._trade_portal_cards()
            )
        return values

    @my_route("", methods=["GET"])
    def trading(self, trade_partner, **_form):
        messages = trade_partner.env["trade.message"].search(
            trade_partner._portal_domain(), limit=_SHOWN_AT_HOME
        )
        problems = trade_partner.env["trade.exception"].search_count(trade_partner._portal_problems_domain())
        return my_page(
            "trade_portal.home",
            trade_partner,
            cards=in_order(trade_partner._trade_portal_cards()),
            rows=_rows(messages),
            problem_count=problems,
            connections=connection.lines(trade_partner),
        )

    @my_route("switch", methods=["POST"], changes=False)
    def switch(self, trade_partner, to="", **_form):
        """Act for another partner of the same user; any other number is no partner at all."""
        partners = request.env.user._trade_portal_partners()
        choose(partners.filtered(lambda partner: str(partner.id) == to) or trade_partner)
        return request.redirect("/my/trading", code=303)

    @my_route("documents", "documents/page/<int:number>", methods=["GET"])
    def documents(self, trade_partner, number=1, search="", show="all", **_form):
        """Documents both ways, the newest first; by a part of their number."""
        shows = trade_partner._portal_shows()
        show = show if show in shows else "all"
        search = search.strip()[:_LONGEST_SEARCH]
        domain = trade_partner._portal_domain() & shows[show][1]
        if search:
            domain &= Domain("document_number", "ilike", search) | Domain("thread", "ilike", search)
        Message = trade_partner.env["trade.message"]
        kept = {name: value for name, value in (("search", search), ("show", show)) if value}
        pages = pager(
            "/my/trading/documents",
            total=Message.search_count(domain, limit=10_000),
            page=number,
            step=_PER_PAGE,
            url_args=kept,
        )
        messages = Message.search(domain, limit=_PER_PAGE, offset=max(pages["offset"], 0))
        return my_page(
            "trade_portal.documents",
            trade_partner,
            rows=_rows(messages),
            pager=pages,
            search=search,
            show=show,
            shows=[(name, label) for name, (label, _domain) in shows.items()],
        )

    @my_route("documents/<int:number>", methods=["GET"])
    def document(self, trade_partner, number, **_form):
        """One document: what became of it, and what is wrong with it."""
        message = trade_partner.env["trade.message"].search(
            trade_partner._portal_domain() & Domain("id", "=", number)
        )
        if not message:
            return not_found(trade_partner, request.env._("There is no such document of yours."))
        return my_page(
            "trade_portal.document",
            trade_partner,
            row=_rows(message)[0],
            errors=words.errors(message),
            trail=_trail(message),
            about=message._portal_about(),
            parts=_rows(message.search([("parent_id", "=", message.id)], order="id", limit=_PER_PAGE)),
        )

    @my_route("problems", "problems/page/<int:number>", methods=["GET"])
    def problems(self, trade_partner, number=1, **_form):
        """What is open, the newest first."""
        Problem, domain = trade_partner.env["trade.exception"], trade_partner._portal_problems_domain()
        pages = pager("/my/trading/problems", Problem.search_count(domain), page=number, step=_PER_PAGE)
        found = Problem.search(domain, order="id desc", limit=_PER_PAGE, offset=max(pages["offset"], 0))
        documents = _documents_of(found, trade_partner)
        rows = [
            {"title": title, "said": said, "problem": problem, "documents": documents.get(problem, [])}
            for problem in found
            for title, said in [words.of_problem(problem)]
        ]
        return my_page("trade_portal.problems", trade_partner, rows=rows, pager=pages)

    @my_route("connection")
    def connection(self, trade_partner, **_form):
        """How the connection is doing. ``POST``: their system works again, try it now."""
        notice = tried(trade_partner) if request.httprequest.method == "POST" else None
        return my_page(
            "trade_portal.my_connection",
            trade_partner,
            lines=connection.lines(trade_partner),
            clients=trade_partner.api_client_ids,
            denials=connection.denials(trade_partner),
            notice=notice,
        )


def _rows(messages):
    """Documents as lists show them."""
    return [
        {"message": message, "name": words.name(message), "said": words.of_message(message)}
        for message in messages
    ]


def _documents_of(problems, trade_partner):
    """Problem → names of some documents that wait for it: ``[(id, name), …]``."""
    domain = trade_partner._portal_domain() & Domain("exception_id", "in", problems.ids)
    found = problems.env["trade.message"].search(domain, limit=_DOCUMENTS_OF_PROBLEM * _PER_PAGE)
    return {
        problem: [(message.id, words.name(message)) for message in messages[:_DOCUMENTS_OF_PROBLEM]]
        for problem, messages in found.grouped("exception_id").items()
    }


def _trail(message):
    """What happened when, in words: ``[(instant, words), …]``."""
    _ = message.env._
    if message.direction == "in":
        steps = [(message.received_at, _("It arrived here."))]
    else:
        steps = [
            (message.received_at, _("We made it.")),
            (message.sent_at, _("It was sent to you.")),
            (message.receipt_at, _("Your system took it.")),
        ]
    return [(at, text) for at, text in [*steps, (message.done_at, words.of_message(message).text)] if at]
