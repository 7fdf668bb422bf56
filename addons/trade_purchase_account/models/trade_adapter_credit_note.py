from collections import defaultdict

from odoo import models

from odoo.addons.trade_kernel.errors import OutOfSequence

from ..identity import number_key


class TradeAdapterInCreditNote(models.AbstractModel):
    """A supplier's credit note: it takes back quantities or prices that were billed, and closes what a credit
    note was requested for. It is matched like an invoice, the other way round."""

    _name = "trade.adapter.in.credit_note"
    _inherit = ["trade.adapter.in.invoice"]
    _description = "Credit Note, from the Supplier"

    _move_type = "in_refund"
    _is_credit = True

    def _find_orders(self, works, batch):
        """The invoice that is credited says which orders, when the credit note does not."""
        result = super()._find_orders(works, batch)
        bills = self._credited_bills(works)
        for work in works:
            references = [reference.id for reference in work.document.billing_reference]
            found = [bills.get(number_key(number)) for number in references]
            if missing := [number for number, bill in zip(references, found, strict=True) if not bill]:
                number = work.document.document_number
                work.error = OutOfSequence(
                    "credit.no_invoice", number=number, invoice=missing[0], subject=f"invoice:{missing[0]}"
                )
                continue
            bill = next(filter(None, found), None)
            if bill:
                batch.credited[work.message.id] = bill
                if not batch.orders[work.message.id]:
                    batch.orders[work.message.id] = bill.invoice_line_ids.purchase_line_id.order_id
        return result

    def _credited_bills(self, works):
        """``{number key: bill}`` of all invoices that are credited, in one query; the newest of a number."""
        keys = {number_key(reference.id) for work in works for reference in work.document.billing_reference}
        if not keys:
            return {}
        partner = works[0].message.trade_partner_id.partner_id.commercial_partner_id
        found = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", partner.id),
                ("company_id", "=", works[0].message.company_id.id),
                ("move_type", "=", "in_invoice"),
                ("trade_ref_key", "in", list(keys)),
                ("state", "!=", "cancel"),
            ],
            order="invoice_date, id",
        )
        return {bill.trade_ref_key: bill for bill in found}

    def _follow_up(self, works):
        self._close_requests(works)
        self.env["account.move"].union(*(work.plan.bill for work in works))._trade_set_off()

    def _close_requests(self, works):
        """What was requested for an order line, or for the invoice as a whole, is credited now."""
        rows = self._requested(works)
        for work in works:
            money = defaultdict(float)
            for line in work.plan.goods:
                money[line.order_line] += float(line.match.billed.amount)
            nothing = self.env["purchase.order.line"]
            money[nothing] += sum(float(charge.amount) for charge in self._unagreed(work, work.plan.lines))
            money[nothing] += sum(float(line.match.billed.amount) for line in work.plan.others)
            for order_line, amount in money.items():
                self._credit_rows(work, rows, order_line, amount)

    def _requested(self, works):
        """The lines for which a credit note is expected, oldest first."""
        partner = works[0].message.trade_partner_id.partner_id.commercial_partner_id if works else None
        return self.env["trade.bill.match.line"].sudo().search(
            [
                ("match_id.partner_id", "=", partner and partner.id),
                ("match_id.kind", "=", "invoice"),
                ("decision", "=", "request_credit"),
                ("credit_open", "=", True),
            ],
            order="id",
        )  # fmt: skip

    def _credit_rows(self, work, rows, order_line, amount):
        credited = work.plan.credited
        fitting = rows.filtered(
            lambda row: row.order_line_id == order_line and (not credited or row.match_id.bill_id == credited)
        )
        for row in fitting:
            part = min(row.credit_due - row.credit_received, amount)
            if part > 0:
                row.credit_received += part
                amount -= part
                text = self.env._(
                    "%(number)s credits %(amount)s.",
                    number=work.document.document_number,
                    amount=round(part, 2),
                )
                row.match_id.message_post(body=text)
                row.match_id._standing_changed()
