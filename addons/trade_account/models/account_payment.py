from collections import defaultdict

from odoo import api, models

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.event_parts import money

from .. import events
from .account_move import KINDS

_REGISTERED = ("in_process", "paid")


class AccountPayment(models.Model):
    """Payments are announced when they are confirmed, once."""

    _inherit = "account.payment"

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        at_commit(payments, "_trade_registered", dict.fromkeys(payments.ids, "draft"))
        return payments

    def write(self, vals):
        before = {payment.id: payment.state for payment in self} if "state" in vals else {}
        result = super().write(vals)
        at_commit(self, "_trade_registered", before)
        return result

    def _trade_registered(self, before):
        """What to announce.

        :param dict before: the state of each payment when the transaction began
        :return: see :func:`~odoo.addons.trade_core.announcing.at_commit`
        """
        confirmed = self.filtered(
            lambda payment: payment.state in _REGISTERED and before[payment.id] not in _REGISTERED
        )
        if not confirmed:
            return {}
        partners = self.env["trade.partner"]._for_partners(
            (payment.partner_id, payment.company_id) for payment in confirmed if payment.partner_id
        )
        nobody, paid = self.env["trade.partner"], confirmed._trade_paid()
        return {
            payment.id: [
                (
                    events.PAYMENT_REGISTERED,
                    payment,
                    partners.get((payment.partner_id.id, payment.company_id.id), nobody),
                    payment._trade_say(paid[payment]),
                )
            ]
            for payment in confirmed
        }

    def _trade_paid(self):
        """``{payment: {invoice: what was taken off it, in its currency}}``; ``None`` while that is open."""
        paid = {payment: dict.fromkeys(payment.invoice_ids) for payment in self}
        by_move = {payment.move_id: payment for payment in self if payment.move_id}
        moves = self.move_id.ids
        partials = self.env["account.partial.reconcile"].search(
            ["|", ("debit_move_id.move_id", "in", moves), ("credit_move_id.move_id", "in", moves)]
        )
        taken = defaultdict(float)
        for partial in partials:
            debit, credit = partial.debit_move_id.move_id, partial.credit_move_id.move_id
            for own, invoice, amount in (
                (debit, credit, partial.credit_amount_currency),
                (credit, debit, partial.debit_amount_currency),
            ):
                if own in by_move and invoice.move_type in KINDS:
                    taken[by_move[own], invoice] += amount
        for (payment, invoice), amount in taken.items():
            paid[payment][invoice] = amount
        return paid

    def _trade_say(self, paid):
        """:param dict paid: see :meth:`_trade_paid`, of this payment"""
        return events.PaymentRegisteredData(
            direction="received" if self.payment_type == "inbound" else "sent",
            number=self.name or None,
            amount=money(self.amount, self.currency_id),
            payment_date=self.date,
            reference=self.memo or self.payment_reference or None,
            invoices=tuple(
                events.PaidInvoiceData(
                    kind=KINDS[invoice.move_type],
                    number=invoice.name,
                    partner_reference=invoice.ref or None,
                    amount=None if amount is None else money(amount, invoice.currency_id),
                )
                for invoice, amount in sorted(paid.items(), key=lambda pair: pair[0].id)
                if invoice.move_type in KINDS
            ),
        )
