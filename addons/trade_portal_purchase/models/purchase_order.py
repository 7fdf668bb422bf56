from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from odoo.addons.trade_purchase.tools import SENT_TYPES

from .trade_connector import PAGES, PURPOSE

#: where the partner has the order, and we have no answer to it
_TO_ANSWER = ("sent", "received", "overdue")


class PurchaseOrder(models.Model):
    """Orders on the partner's pages: which are theirs, how answers come in, what the buyer sees of it."""

    _inherit = "purchase.order"

    # -- which are theirs --------------------------------------------------------------------------

    def _portal_domain(self, trade_partner):
        """Orders a partner may see: placed or cancelled ones with the company it trades with."""
        vendor = trade_partner.partner_id.commercial_partner_id
        return (
            Domain("partner_id.commercial_partner_id", "=", vendor.id)
            & Domain("company_id", "=", trade_partner.company_id.id)
            & (
                Domain("state", "=", "purchase")
                | (Domain("state", "=", "cancel") & Domain("trade_last_ref", ">", 0))
            )
        )

    def _portal_shows(self):
        """What the list of orders can show: ``{name: (words, domain)}``."""
        _ = self.env._
        placed = Domain("state", "=", "purchase")
        late = Domain("trade_state", "=", "overdue") | Domain.custom(to_sql=_with_late_lines)
        return {
            "all": (_("All"), Domain.TRUE),
            "open": (_("To be answered"), placed & Domain("trade_state", "in", _TO_ANSWER)),
            "answered": (_("Answered"), placed & Domain("trade_state", "in", ("answered", "held"))),
            "late": (_("Late"), placed & late),
        }

    def _portal_in_route(self, trade_partner, document_type):
        """The route by which what the partner says on the page comes in: that of its pages; once it has a
        system instead, that system's, so that both are one exchange. Empty: nothing of this kind is taken.
        """
        return self._portal_in_routes(trade_partner, document_type)[:1]

    def _portal_in_routes(self, trade_partner, document_type):
        """All routes by which the partner sends this kind of document, that of its pages first."""
        Route = self.env["trade.route"].sudo()
        if f"trade.adapter.in.{document_type}" not in self.env.registry:
            return Route
        routes = Route.search(
            [
                ("trade_partner_id", "=", trade_partner.id),
                ("direction", "=", "in"),
                ("document_type", "=", document_type),
            ]
        )
        return routes.sorted(lambda route: route.connector_id.transport != PAGES)

    def _portal_own_formats(self, trade_partner, document_type):
        """Whether a table of the partner's own was agreed on for this kind of document."""
        routes = self._portal_in_routes(trade_partner, document_type)
        return bool(routes.filtered(lambda route: route.codec == "layout"))

    def _portal_answer_due(self, message=None):
        """When we wait for an answer until, as text; empty: until whenever."""
        hours = message.route_id.ack_hours if message else 0
        if not hours or message.route_id.ack_expected != "response":
            return ""
        due = fields.Datetime.add(fields.Datetime.now(), hours=hours)
        zone = self.get_order_timezone()
        return format_datetime(self.env, due, tz=str(zone), dt_format="short")

    # -- what the buyer sees -----------------------------------------------------------------------

    def _trade_steps_out(self, out, answers, step):
        steps = super()._trade_steps_out(out, answers, step)
        if not out.sent_at:
            return steps
        opened = self.env["trade.portal.link"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self._origin.id),
                ("purpose", "=", PURPOSE),
                ("opened_at", ">=", out.sent_at),
            ],
            order="opened_at",
            limit=1,
        )  # fmt: skip
        if opened:
            place = 1 + next(
                (
                    index
                    for index, one in enumerate(steps)
                    if one["at"] == fields.Datetime.to_string(out.sent_at)
                ),
                len(steps) - 1,
            )
            steps.insert(place, step(self.env._("Opened by the supplier"), opened.opened_at, message=out))
        return steps

    # -- what was said so far ----------------------------------------------------------------------

    def _portal_messages(self):
        """Everything both sides exchanged about this order that counts, oldest first."""
        self.ensure_one()
        return self.env["trade.message"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("mode", "=", "live"),
                "|",
                ("direction", "=", "in"),
                ("document_type", "in", SENT_TYPES),
            ],
            order="id",
        ) | self._portal_fresh()  # fmt: skip

    def _portal_fresh(self):
        """What was said on the page and is not read yet, so that it is not linked to the order."""
        return self.env["trade.message"].sudo().search(
            [("idempotency_scope", "=", self._portal_scope()), ("direction", "=", "in")], order="id"
        )  # fmt: skip

    def _portal_is_billed(self, trade_partner, number):
        """Whether an invoice with this number was taken over from the partner: its next one needs another."""
        domain = [
            ("trade_partner_id", "=", trade_partner.id),
            ("direction", "=", "in"),
            ("document_type", "=", "invoice"),
            ("mode", "=", "live"),
            ("state", "=", "applied"),
            ("document_number", "=", number),
        ]
        return bool(self.env["trade.message"].sudo().search_count(domain, limit=1))

    def _portal_scope(self):
        """Whose keys those of the page are."""
        return f"page:{self._name}:{self.id}"


def _with_late_lines(model, alias, query):
    return SQL(
        "EXISTS (SELECT 1 FROM purchase_order_line l WHERE l.order_id = %s AND l.display_type IS NULL"
        " AND l.date_planned < now() AT TIME ZONE 'UTC' AND COALESCE(l.qty_received, 0) < l.product_qty)",
        SQL.identifier(alias, "id"),
    )
