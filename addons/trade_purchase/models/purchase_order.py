from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.pipeline.failures import aside
from odoo.addons.trade_core.tools import notice
from odoo.addons.trade_kernel.errors import BusinessRefused, Superseded, TradeError

from ..events import ORDER_CANCELLED, ORDER_CHANGED, ORDER_CONFIRMED


class PurchaseOrder(models.Model):
    """Sending: the order leaves in the transaction that confirms it, as a message that waits in its lane."""

    _inherit = "purchase.order"

    trade_revision = fields.Integer(
        "Revision sent", readonly=True, copy=False, aggregator=None,
        help="Counts up whenever changed content is sent.",
        groups="base.group_user",
    )  # fmt: skip
    trade_last_ref = fields.Integer(readonly=True, copy=False, aggregator=None, groups="base.group_user")
    trade_answer_issued = fields.Char(
        readonly=True,
        copy=False,
        help="When the answer applied last was issued, as the supplier said it (ISO 8601).",
        groups="base.group_user",
    )
    trade_answer_number = fields.Char(
        "Supplier's answer", readonly=True, copy=False, groups="base.group_user"
    )

    def unlink(self):
        """Lines first: what the ledger keeps of an order loses its links one after the other."""
        self.filtered(lambda order: order.state == "cancel").order_line.unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_untold(self):
        for order in self.filtered(lambda order: order.state == "cancel"):
            last = order._trade_last_message()
            if last.document_type == "order_cancellation" and not last.sent_at:
                raise UserError(
                    self.env._(
                        "%(vendor)s was not told yet that %(order)s ended. Delete it when the cancellation"
                        " has left.",
                        vendor=order.partner_id.commercial_partner_id.name,
                        order=order.name,
                    )
                )

    # -- what people press -----------------------------------------------------------------------

    def button_approve(self, force=False):
        confirmed = self.filtered(lambda order: order.state != "purchase")
        result = super().button_approve(force=force)
        confirmed.filtered(lambda order: order.state == "purchase")._trade_confirmed()
        return result

    def button_cancel(self):
        confirmed = self.filtered(lambda order: order.state == "purchase")
        # Also of those set to draft again before their supplier was told of the end.
        had_left = self.filtered(lambda order: order._trade_has_left())
        result = super().button_cancel()
        cancelled = self.filtered(lambda order: order.state == "cancel")
        cancelled._trade_withdraw()
        cancelled._trade_cancelled(had_left)
        confirmed.filtered(lambda order: order.state == "cancel")._trade_announce(ORDER_CANCELLED)
        return result

    def action_trade_send_again(self):
        """Send the order again: as a new revision when it changed since, else the very same document."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "purchase":
            raise UserError(self.env._("Confirm the order first; confirming sends it."))
        route = self._trade_route()
        if not route:
            raise UserError(
                self.env._(
                    "There is no route by which orders reach %(vendor)s. Ask a trading manager to set one up"
                    " under Trading Partners, Configuration, Routes.",
                    vendor=self.partner_id.display_name,
                )
            )
        return notice(self._trade_send_again(route))

    # -- sending ---------------------------------------------------------------------------------

    def _trade_profile(self):
        """The trading profile of the vendor, empty when there is none."""
        self.ensure_one()
        return self.env["trade.partner"].sudo()._for_partner(self.partner_id, self.company_id)

    def _trade_route(self):
        """The route by which this order reaches its vendor, empty when none is set up."""
        return self._trade_route_of("order")

    def _trade_confirmed(self):
        """Announce confirmed orders, and queue those whose vendor has a route. What goes wrong here is a
        problem of the exchange and never of the person who confirms."""
        for order in self:
            route = order._trade_route()
            about = {
                "company": order.company_id,
                "trade_partner": route.trade_partner_id or order._trade_profile(),
                "route": route,
            }
            with aside(self.env, f"queue the order {order.name}", **about):
                if not route:
                    order._trade_announce(ORDER_CONFIRMED)
                elif last := order._trade_last_message():  # cancelled, set to draft and confirmed again
                    order._trade_announce(ORDER_CONFIRMED)
                    order._trade_send_again(route, last)
                else:
                    order._trade_queue(route, ORDER_CONFIRMED)

    def _trade_queue(self, route, event_type, said=None):
        """Write the event and queue the order's current revision, in the current transaction.

        :param dict said: what the document says beyond the order itself: ``notes`` (list of texts for the
            whole order) and ``line_notes`` (by line number)
        :return: the message
        """
        self.ensure_one()
        lines = self.order_line._trade_sendable().sudo()
        lines._trade_number()
        event = self._trade_announce(event_type)
        message = self.env["trade.message"]._queue(
            route,
            self,
            document_number=self.name,
            event=event,
            revision=self.trade_revision,
            amount=self.amount_total,
            currency=self.currency_id,
        )
        lines._trade_note_asked(message)
        self._trade_note_terms()
        if said:
            message.trade_said = said
        return message

    def _trade_drop_answers(self):
        """Held answers to an earlier revision wait for nobody any more."""
        held = self._trade_held_answers()
        if held:
            reason = Superseded("response.superseded", current=self.trade_revision)
            problems = held.exception_id
            held._set_state("ignored", reason.message)
            held._log("superseded", note=reason.message)
            problems._refresh()

    def _trade_send_again(self, route, last=None):
        """Send the same document under the same key while it is under way or not answered; anything else is
        the next revision.

        :return: one sentence that says what happens now
        :raise UserError: nothing changed, and an answer waits for a decision
        """
        what, last = self.env._("The order"), last or self._trade_last_message()
        if not last:
            return self._trade_queue(route, ORDER_CHANGED)._said_leaving(what)
        if last.document_type == "order_cancellation":
            self._trade_withdraw()
            return self._trade_next_revision(route)._said_leaving(what)
        if last.canonical_digest and self._trade_content_changed(last):
            if last.state == "held":
                last._withdraw(self.env._("Replaced by revision %s", self.trade_revision + 1))
            return self._trade_next_revision(route)._said_leaving(what, changed=True)
        if said := last._leave_again(what):
            return said
        if self._trade_held_answers():
            raise UserError(
                self.env._(
                    "An answer waits for your decision. Decide about it instead of sending the order again."
                )
            )
        # Under a key of its own the same revision would look like a second order to the supplier.
        return self._trade_next_revision(route)._said_leaving(what)

    def _trade_content_changed(self, last):
        """Whether the order says something else now than the message ``last`` did."""
        try:
            adapter = last.route_id._adapter()
            return adapter._digest(last, self) != last.canonical_digest
        except TradeError:
            return True  # it cannot even be collected: the new revision is held with the reason

    def _trade_withdraw(self):
        """What has not left yet must not leave any more."""
        reason = self.env._("The order was cancelled by %s", self.env.user.name)
        self._trade_sent_messages()._withdraw(reason)

    # -- what the supplier speaks about ----------------------------------------------------------

    @api.model
    def _trade_named(self, names, trade_partner, company):
        """The orders a partner speaks about, found at once.

        :param names: order numbers as documents say them
        :return: ``{name: the order, or the BusinessRefused that says why there is none}``
        """
        orders = self.search([("name", "in", list(names)), ("company_id", "=", company.id)]).grouped("name")
        vendor = trade_partner.partner_id.commercial_partner_id
        return {name: self._trade_of_vendor(name, orders.get(name, self.browse()), vendor) for name in names}

    def _trade_of_vendor(self, name, orders, vendor):
        own = orders.filtered(lambda order: order.partner_id.commercial_partner_id == vendor)
        if len(own) == 1:
            return own
        if own:
            return BusinessRefused("order.ambiguous", order=name, count=len(own), subject=name)
        if not orders:
            return BusinessRefused("order.unknown", order=name, subject=name)
        other = orders[0].partner_id.commercial_partner_id.name
        return BusinessRefused(
            "order.other_partner", order=name, vendor=other, partner=vendor.name, subject=name
        )

    def _trade_lines_by_ref(self):
        """The order lines by the numbers the supplier knows: ``{line number: order line}``.

        An order that was never sent from here is taken to be numbered from 1 in its own order.
        """
        self.ensure_one()
        goods = self.order_line.filtered(
            lambda line: line.product_id and not line.display_type and not line.is_downpayment
        )
        if self.trade_last_ref:
            return {line.trade_line_ref: line for line in goods if line.trade_line_ref}
        return {str(number): line for number, line in enumerate(goods._trade_sendable(), 1)}

    def _trade_is_complete(self):
        """Whether everything ordered was received, so that no answer can change anything any more."""
        self.ensure_one()
        goods = self.order_line._trade_sendable()
        return bool(goods) and all(
            line.product_uom_id.compare(line.qty_received, line.product_qty) >= 0 for line in goods
        )
