from odoo import api, models

#: what a statement is compared by
_COMPARED = frozenset(
    {
        "state",
        "name",
        "ref",
        "payment_reference",
        "date",
        "invoice_date",
        "invoice_date_due",
        "partner_id",
        "currency_id",
        "line_ids",
        "invoice_line_ids",
    }
)


class AccountMove(models.Model):
    """What is booked for a supplier is compared with the supplier's statement of account again."""

    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._trade_touch_statements()
        return moves

    def write(self, vals):
        if _COMPARED.isdisjoint(vals):
            return super().write(vals)
        self._trade_touch_statements()
        result = super().write(vals)
        self._trade_touch_statements()
        return result

    def unlink(self):
        self._trade_touch_statements()
        return super().unlink()

    def _trade_touch_statements(self):
        """See :meth:`trade.statement.due._touch`: a no-op for all but suppliers with a statement."""
        ours = self.sudo().filtered(lambda move: move.move_type in ("in_invoice", "in_refund", "entry"))
        entries = ours.filtered(lambda move: move.move_type == "entry")
        self.env["trade.statement.due"]._touch(ours.partner_id | entries.line_ids.partner_id)
