from odoo import models
from odoo.tools import SQL

_SIGN = {"in_invoice": 1, "in_refund": -1}


class AccountMove(models.Model):
    """Bills and credit notes of order lines stand in the promise ledger while they are posted."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted.sudo()._trade_note_billed()
        return posted

    def button_draft(self):
        posted = self.filtered(lambda move: move.state == "posted")
        result = super().button_draft()
        posted.filtered(lambda move: move.state != "posted").sudo()._trade_take_back_billed()
        return result

    def _trade_note_billed(self):
        """Note the lines that bill order lines, in the units of the order; credit notes are negative."""
        bills = self.filtered(lambda move: move.move_type in _SIGN)
        self.env["trade.promise"]._note(
            "billed",
            [
                bill_line._trade_billed_row()
                for bill_line in bills.invoice_line_ids
                if bill_line.purchase_line_id and bill_line.display_type == "product" and bill_line.quantity
            ],
        )

    def _trade_take_back_billed(self):
        """Note the opposite of what the ledger holds of these bills."""
        if not self:
            return
        self.env["trade.promise"].flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT order_line_id, res_id, date, price, currency_id, -sum(quantity)
                  FROM trade_promise
                 WHERE kind = 'billed' AND res_model = %s AND res_id = ANY(%s) AND order_line_id IS NOT NULL
                 GROUP BY order_line_id, res_id, date, price, currency_id
                HAVING sum(quantity) <> 0
                 ORDER BY min(id)
                """,
                self._name,
                self.ids,
            )
        )
        Line, Currency = self.env["purchase.order.line"], self.env["res.currency"]
        rows = [
            {
                "order_line": Line.browse(line_id),
                "quantity": float(quantity),
                "date": day,
                "price": price,
                "currency": Currency.browse(currency_id),
                "source": self.browse(bill_id),
            }
            for line_id, bill_id, day, price, currency_id, quantity in found
        ]
        self.env["trade.promise"]._note("billed", rows)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _trade_billed_row(self):
        """What this line bills, as :meth:`trade.promise._note` takes it."""
        order_line, bill = self.purchase_line_id, self.move_id
        unit, bill_unit = order_line.product_uom_id, self.product_uom_id or order_line.product_uom_id
        price = self.price_unit * (1 - self.discount / 100)
        return {
            "order_line": order_line,
            "quantity": _SIGN[bill.move_type]
            * bill_unit._compute_quantity(self.quantity, unit, rounding_method="HALF-UP"),
            "price": bill_unit._compute_price(price, unit),
            "currency": bill.currency_id,
            "date": bill.invoice_date or bill.date,
            "source": bill,
        }
