from odoo import api, models
from odoo.fields import Domain

from odoo.addons.trade_account.remittance import REGISTERED, remittances
from odoo.addons.trade_core.event_parts import money
from odoo.addons.trade_http import status

from ..reads import InvoicePayment, InvoiceStatus

_KINDS = {"in_invoice": "invoice", "in_refund": "credit_note"}
#: how a posted one stands with its payments
_STATES = {
    "not_paid": "approved",
    "in_payment": "paid",
    "paid": "paid",
    "partial": "partly_paid",
    "reversed": "settled",
    "blocked": "blocked",
    "invoicing_legacy": "settled",
}
_BLOCKED = "It is blocked for payment until we have settled a question."


class TradeApiReadInvoiceStatus(models.AbstractModel):
    """The caller's own invoices to us. Nothing real is shown to a client that is only being tried out."""

    _name = "trade.api.read.invoice_status"
    _inherit = ["trade.api.read"]
    _description = "Status of Invoices in the API"

    @api.model
    def _page(self, door, params, after, limit):
        domain = self._domain(door) & Domain("id", ">", int(after or 0))
        if params.number:
            domain &= Domain("ref", "in", params.number)
        bills = self.env["account.move"].search(domain, order="id", limit=limit)
        return self._items(bills), str(bills[-1].id) if len(bills) == limit else None

    @api.model
    def _one(self, door, key):
        bills = self.env["account.move"].search(
            self._domain(door) & Domain("ref", "=", key), order="id desc", limit=10
        )
        # One that was entered twice and cancelled once counts as it is now.
        bill = bills.filtered(lambda move: move.state != "cancel")[:1] or bills[:1]
        return self._items(bill)[0] if bill else self._stored(door, key)

    @api.model
    def _domain(self, door):
        profile = self.env["trade.partner"].browse(door.trade_partner_id).exists()
        if door.test or not profile:
            return Domain.FALSE
        return Domain(
            [
                ("move_type", "in", list(_KINDS)),
                ("company_id", "=", door.company_id),
                ("commercial_partner_id", "=", profile.partner_id.commercial_partner_id.id),
                ("ref", "!=", False),
            ]
        )

    @api.model
    def _items(self, bills):
        payments = bills.reconciled_payment_ids.filtered(lambda payment: payment.state in REGISTERED)
        paid = self._not_booked(payments.filtered(lambda payment: not payment.move_id))
        for payment, taken in payments._trade_paid().items():
            paid |= {(payment, bill): amount for bill, amount in taken.items() if amount is not None}
        said = self._said(bills)
        return [self._item(bill, paid, said.get(bill.id)) for bill in bills]

    def _said(self, bills):
        """``{bill id: what its supplier was told}`` of those that came as documents."""
        messages = self.env["trade.message"].search(
            [
                ("res_model", "=", bills._name),
                ("res_id", "in", bills.ids),
                ("direction", "=", "in"),
                ("document_type", "in", list(_KINDS.values())),
                ("state", "=", "applied"),
            ]
        )
        return {message.res_id: message._standing_words() for message in messages}

    def _not_booked(self, payments):
        """What payments that wait for the bank's statement bring each bill, as their supplier is told."""
        told = payments._trade_told()
        current = {payment.id: payments._trade_current(told.get(payment.id))[1] for payment in payments}
        facts, found = remittances(payments, current), {}
        for payment in payments.filtered(lambda payment: facts[payment.id]):
            for line in facts[payment.id]["lines"]:
                bill = self.env["account.move"].browse(line["bill"])
                if bill.currency_id == payment.currency_id:
                    found[payment, bill] = abs(float(line["paid"]))
        return found

    def _item(self, bill, paid, said=None):
        currency = bill.currency_id
        payments = [
            InvoicePayment(
                payment=payment.name or None, payment_date=payment.date, amount=money(amount, currency)
            )
            for payment in bill.reconciled_payment_ids.sorted(lambda payment: (payment.date, payment.id))
            if (amount := paid.get((payment, bill)))
        ]
        state, reason = self._state(bill)
        posted = bill.state == "posted"
        done = posted and state in ("paid", "settled")
        open_amount = 0.0 if done else bill.amount_residual if posted else bill.amount_total
        return InvoiceStatus(
            number=bill.ref,
            kind=_KINDS[bill.move_type],
            state="settled" if state == "paid" and not payments else state,
            reason=reason or said or None,
            invoice_date=bill.invoice_date or None,
            due_date=bill.invoice_date_due or None if posted else None,
            total_amount=money(bill.amount_total, currency),
            paid_amount=money(sum(float(one.amount.value) for one in payments), currency),
            open_amount=money(0.0 if state == "refused" else open_amount, currency),
            payments=payments,
            payment_date=payments[-1].payment_date if payments else None,
        )

    def _state(self, bill):
        """``(state, reason)``"""
        if bill.state == "cancel":
            return "refused", "We cancelled it in our books."
        if bill.state == "draft":
            return "received", None
        state = _STATES[bill.payment_state]
        return state, _BLOCKED if state == "blocked" else None

    def _stored(self, door, key):
        """An invoice that came as a document and is no bill yet."""
        if door.test or not door.trade_partner_id:
            return None
        message = self.env["trade.message"].search(
            [
                ("trade_partner_id", "=", door.trade_partner_id),
                ("company_id", "=", door.company_id),
                ("direction", "=", "in"),
                ("document_type", "in", list(_KINDS.values())),
                ("business_key", "in", [f"{kind}:{key}" for kind in _KINDS.values()]),
                ("mode", "=", "live"),
                ("state", "in", ("received", "decoded", "held", "rejected")),
            ],
            order="id desc",
            limit=1,
        )
        if not message:
            return None
        stopped = message.state in ("held", "rejected")
        reasons = dict.fromkeys(one["detail"] for one in status.problems(message)) if stopped else ()
        return InvoiceStatus(
            number=key,
            kind=message.document_type,
            state={"held": "blocked", "rejected": "refused"}.get(message.state, "received"),
            reason=" ".join(reasons) or None,
        )
