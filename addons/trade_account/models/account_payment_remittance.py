from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.tools import notice

from ..remittance import REGISTERED, is_paid_out, nothing_paid, remittances

_DOCUMENT = "remittance_advice"
#: what a change of makes a payment say something else
_TOLD = {
    "state",
    "amount",
    "date",
    "memo",
    "payment_reference",
    "partner_id",
    "partner_bank_id",
    "invoice_ids",
    "payment_method_line_id",
}


class AccountPayment(models.Model):
    """Suppliers are told what a payment is for: in the transaction that pays or matches it, as a message that
    waits in its lane. What they were told and no longer holds is corrected by the next revision."""

    _inherit = "account.payment"

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._trade_touch()
        return payments

    def write(self, vals):
        result = super().write(vals)
        if not _TOLD.isdisjoint(vals):
            self._trade_touch()
        return result

    def _trade_touch(self):
        """Look at these payments before the commit: what there is to tell of them may have changed."""
        at_commit(self.filtered("id"), "_trade_remit", dict.fromkeys(self.ids))

    # -- telling the supplier --------------------------------------------------------------------

    def _trade_remit(self, _notes):
        """Queue what the suppliers of these payments do not know yet, see
        :func:`~odoo.addons.trade_core.announcing.at_commit`."""
        payments = self.filtered(is_paid_out)
        routes = payments._trade_routes()
        told = payments._trade_told()
        payments = payments.filtered(lambda payment: routes.get(payment.id) or payment.id in told)
        current = {payment.id: self._trade_current(told.get(payment.id))[1] for payment in payments}
        facts = remittances(payments, current)
        for payment in payments:
            route, messages = routes.get(payment.id), told.get(payment.id, self.env["trade.message"])
            payment._trade_tell(route, facts.get(payment.id), messages)
        return {}

    def _trade_routes(self):
        """``{payment id: the route by which its supplier is told}``, without those that have none."""
        pairs = {(payment.partner_id, payment.company_id) for payment in self if payment.partner_id}
        if not pairs:
            return {}
        profiles = self.env["trade.partner"].sudo()._for_partners(pairs)
        open_profiles = [profile.id for profile in profiles.values() if profile and profile.state != "closed"]
        found = self.env["trade.route"].sudo().search(
            [
                ("trade_partner_id", "in", open_profiles),
                ("direction", "=", "out"),
                ("document_type", "=", _DOCUMENT),
            ],
            order="id desc",
        )  # fmt: skip
        by_profile = {route.trade_partner_id: route for route in found}  # the first one of each remains
        routes = {}
        for payment in self.filtered("partner_id"):
            route = by_profile.get(profiles[payment.partner_id.id, payment.company_id.id])
            if route:
                routes[payment.id] = route
        return routes

    def _trade_told(self):
        """``{payment id: its advices that left or are about to, oldest first}``"""
        messages = self.env["trade.message"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("direction", "=", "out"),
                ("document_type", "=", _DOCUMENT),
                ("state", "!=", "cancelled"),
            ],
            order="id",
        )  # fmt: skip
        return messages.grouped("res_id")

    @staticmethod
    def _trade_current(messages):
        """What the supplier knows, and what it will know once everything has left.

        :return: ``(facts, facts)``, ``None`` for nothing
        """
        if not messages:
            return None, None
        left = messages.filtered(lambda message: message._may_have_left())
        return left[-1:].trade_remittance or None, messages[-1:].trade_remittance or None

    def _trade_tell(self, route, facts, messages):
        """Bring what the supplier is told in line with ``facts``, ``None`` when nothing is paid.

        :return: the message that was queued, or an empty recordset
        """
        self.ensure_one()
        known, current = self._trade_current(messages)
        waiting = messages.filtered(
            lambda message: message.state in ("queued", "held") and not message._may_have_left()
        )
        if not facts and known:
            facts = nothing_paid(known, self.state)
        if facts == current:
            return waiting.browse()
        waiting._withdraw(self.env._("The payment changed before this left."))
        if not facts or facts == known or not route:
            return waiting.browse()
        return self._trade_queue(route, facts, messages - waiting)

    def _trade_queue(self, route, facts, left):
        """:param left: the advices of this payment that have left"""
        message = self.env["trade.message"]._queue(
            route,
            self,
            document_number=self.name,
            revision=max(left.mapped("revision")) + 1 if left else 0,
            amount=self.amount,
            currency=self.currency_id,
        )
        message.trade_remittance = facts
        return message

    # -- what people press -----------------------------------------------------------------------

    def action_trade_send_again(self):
        """Tell the supplier again: as a new revision when there is something else to tell, else the very same
        document."""
        self.ensure_one()
        self.check_access("write")
        if not is_paid_out(self) or self.state not in REGISTERED:
            raise UserError(self.env._("Confirm the payment first; its supplier is told when it is matched."))
        route = self._trade_routes().get(self.id)
        if not route:
            raise UserError(
                self.env._(
                    "There is no route by which %(vendor)s is told of payments. Ask a trading manager to set"
                    " one up under Trading Partners, Configuration, Routes: out, Remittance advice.",
                    vendor=self.partner_id.display_name,
                )
            )
        return notice(self.sudo()._trade_send_again(route))

    def _trade_send_again(self, route):
        """:return: one sentence that says what happens now"""
        messages = self._trade_told().get(self.id, self.env["trade.message"].sudo())
        current = self._trade_current(messages)[1]
        facts = remittances(self, {self.id: current}, even_on_account=True)[self.id]
        what = self.env._("The remittance advice")
        if facts != current:
            if queued := self._trade_tell(route, facts, messages):
                return queued._said_leaving(what, changed=True)
            # What left already says it; what waited to say something else was withdrawn.
            messages = messages.filtered(lambda message: message.state != "cancelled")
        last = messages[-1:]
        if last and (said := last._leave_again(what)):
            return said
        # Under a key of its own the same revision would look like a second payment.
        return self._trade_queue(route, facts, messages)._said_leaving(what)
