from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Matching a payment with bills, and taking that back, changes what its supplier is told."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._trade_payments()._trade_touch()
        partials._trade_touch_statements()
        return partials

    def unlink(self):
        self._trade_touch_statements()
        payments = self._trade_payments()
        result = super().unlink()
        payments.exists()._trade_touch()
        return result

    def _trade_touch_statements(self):
        lines = (self.debit_move_id | self.credit_move_id).sudo()
        owed = lines.filtered(lambda line: line.account_type == "liability_payable")
        self.env["trade.statement.due"]._touch(owed.partner_id)

    def _trade_payments(self):
        """The payments that are matched, or that are matched together with a credit note of theirs."""
        moves = (self.debit_move_id | self.credit_move_id).move_id.sudo()
        credited = moves.filtered(lambda move: move.move_type == "in_refund")
        return moves.origin_payment_id | credited.matched_payment_ids
