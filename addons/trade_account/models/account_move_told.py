from odoo import fields, models
from odoo.tools import format_amount, format_date

#: what a bill is called by where its supplier is told of a payment
_NAMED = frozenset({"ref", "invoice_date"})


class AccountMove(models.Model):
    """A supplier's bill: what its supplier was told of the payment."""

    _inherit = "account.move"

    trade_told = fields.Char(
        "Told the supplier", compute="_compute_trade_told", compute_sudo=True, groups="base.group_user"
    )

    def write(self, vals):
        result = super().write(vals)
        if "matched_payment_ids" in vals:
            self.matched_payment_ids._trade_touch()
        if not _NAMED.isdisjoint(vals):
            paid = self.filtered(lambda move: move.move_type in ("in_invoice", "in_refund"))
            (paid.reconciled_payment_ids | paid.matched_payment_ids)._trade_touch()
        return result

    def _compute_trade_told(self):
        bills = self.filtered(lambda move: move.move_type in ("in_invoice", "in_refund"))
        told = bills.reconciled_payment_ids._trade_live_told()
        for move in self:
            said = [
                self._trade_told_of(move, told[payment.id].filtered("sent_at")[-1:])
                for payment in move.reconciled_payment_ids.sorted(lambda payment: (payment.date, payment.id))
                if move in bills and payment.id in told
            ]
            move.trade_told = "; ".join(filter(None, said)) or False

    def _trade_told_of(self, move, message):
        """What the advice that left last says of this bill."""
        facts = message.trade_remittance or {}
        line = next((line for line in facts.get("lines", ()) if line["bill"] == move.id), None)
        if not line:
            return None
        currency = message.currency_id
        return self.env._(
            "%(amount)s on %(day)s with %(payment)s",
            amount=format_amount(self.env, abs(float(line["paid"])), currency),
            day=format_date(self.env, facts["date"]),
            payment=message.document_number,
        )
