from odoo import models

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.event_parts import money

from .. import events

KINDS = {
    "out_invoice": "invoice",
    "out_refund": "credit_note",
    "in_invoice": "bill",
    "in_refund": "bill_credit_note",
}


class AccountMove(models.Model):
    """Invoices are announced when they are posted."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        invoices = posted.filtered(lambda move: move.move_type in KINDS)
        at_commit(invoices, "_trade_posted", dict.fromkeys(invoices.ids))
        return posted

    def _trade_posted(self, _notes):
        """What to announce, see :func:`~odoo.addons.trade_core.announcing.at_commit`."""
        posted = self.filtered(lambda move: move.state == "posted")
        partners = self.env["trade.partner"]._for_partners(
            (move.commercial_partner_id, move.company_id) for move in posted
        )
        return {
            move.id: [
                (
                    events.INVOICE_POSTED,
                    move,
                    partners[move.commercial_partner_id.id, move.company_id.id],
                    move._trade_say(),
                )
            ]
            for move in posted
        }

    def _trade_say(self):
        """The data of one invoice. Amounts of credit notes are positive; their kind says what they are."""
        currency = self.currency_id
        origins = [part.strip() for part in (self.invoice_origin or "").split(",")]
        return events.InvoicePostedData(
            kind=KINDS[self.move_type],
            number=self.name,
            partner_reference=self.ref or None,
            payment_reference=self.payment_reference or None,
            invoice_date=self.invoice_date,
            due_date=self.invoice_date_due or None,
            net_amount=money(self.amount_untaxed, currency),
            tax_amount=money(self.amount_tax, currency),
            total_amount=money(self.amount_total, currency),
            order_references=tuple(origin for origin in origins if origin),
        )
