from datetime import timedelta

from odoo import fields, models

from odoo.addons.trade_core.pipeline.failures import aside

from ..events import ORDER_CHANGED
from ..tools import SENT_TYPES, bulk_update


class PurchaseOrder(models.Model):
    """After an order has left, whatever is changed on it in Odoo leaves too, and so does its end."""

    _inherit = "purchase.order"

    def _trade_sent_messages(self):
        """All messages by which these orders left or are about to leave, withdrawn ones too, oldest first."""
        return self.env["trade.message"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("direction", "=", "out"),
                ("document_type", "in", SENT_TYPES),
            ],
            order="id",
        )  # fmt: skip

    def _trade_last_message(self):
        """The message by which the order left last or is about to leave."""
        self.ensure_one()
        return self._trade_sent_messages().filtered(lambda message: message.state != "cancelled")[-1:]

    def _trade_has_left(self):
        """Whether the supplier has the order, or may have it."""
        self.ensure_one()
        tried = self._trade_sent_messages().filtered(lambda message: message._may_have_left())
        return bool(tried) and tried[-1].document_type != "order_cancellation"

    def _trade_route_of(self, document_type):
        """The route by which documents of this kind about this order reach its vendor."""
        self.ensure_one()
        profile = self._trade_profile()
        if not profile or profile.state == "closed":
            return self.env["trade.route"].sudo()
        return self.env["trade.route"].sudo()._find(profile, "out", document_type)

    # -- a change in Odoo --------------------------------------------------------------------------

    def _trade_touch(self):
        # An answer that is being applied changes the order to what both sides know.
        if not self.env.context.get("trade_promise"):
            self._trade_revise()  # first, so that the revision is announced with it
        return super()._trade_touch()

    def _trade_revise(self):
        """Queue the next revision of orders that were changed after they had left. It waits some minutes, so
        that one revision says all that is being edited."""
        for order in self:
            if order.state != "purchase" or not order.trade_last_ref:
                continue
            route = order._trade_route()
            if route.change_sending != "auto":
                continue
            about = {"company": order.company_id, "trade_partner": route.trade_partner_id, "route": route}
            with aside(self.env, f"queue the change of {order.name}", **about):
                order._trade_revise_by(route)

    def _trade_revise_by(self, route):
        last = self._trade_last_message()
        waits = last.state in ("queued", "held")
        if (waits and not last.canonical_digest) or not self._trade_changed_since_asked():
            return  # it is still to be written, and says what the order says then
        if waits and not last._may_have_left():
            last._withdraw(self.env._("The order was changed before it left."))
            message = self._trade_queue(last.route_id, ORDER_CHANGED, last.trade_said)
        else:
            message = self._trade_next_revision(route)
        later = fields.Datetime.now() + timedelta(minutes=max(route.change_minutes, 0))
        message.not_before = max(filter(None, (message.not_before, later)))

    # -- the end -----------------------------------------------------------------------------------

    def _trade_cancelled(self, had_left):
        """Tell the suppliers of cancelled orders that had left.

        :param had_left: the orders whose supplier has them, or may have them
        """
        for order in had_left & self:
            route = order._trade_route_of("order_cancellation")
            if not route:
                order._trade_ask_to_tell()
                continue
            bulk_update(order, {order.id: {"trade_revision": order.trade_revision + 1}})
            order._trade_drop_answers()
            self.env["trade.message"]._queue(
                route,
                order,
                document_number=order.name,
                revision=order.trade_revision,
                amount=order.amount_total,
                currency=order.currency_id,
            )

    def _trade_ask_to_tell(self):
        """Nobody tells the supplier but a person."""
        if not self._trade_route():
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._(
                "%s has this order and no route for cancellations: tell them yourself that it ended.",
                self.partner_id.commercial_partner_id.name,
            ),
            user_id=self.user_id.id or self.env.uid,
        )

    def _trade_next_revision(self, route, said=None):
        """Send changed content: it replaces what was sent, and answers to that no longer count.

        It leaves as a change where the supplier has the order and takes changes, else as the whole order.
        """
        self.ensure_one()
        change = self._trade_route_of("order_change") if self._trade_has_left() else None
        bulk_update(self, {self.id: {"trade_revision": self.trade_revision + 1}})
        self._trade_drop_answers()
        return self._trade_queue(change or route, ORDER_CHANGED, said)
