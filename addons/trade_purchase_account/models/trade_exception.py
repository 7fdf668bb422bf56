from odoo import api, fields, models

from ..identity import number_key

DECIDED_ON_MATCH = ("bill.deviates", "bill.disputed", "bill.not_received", "credit.no_invoice")
_WAITING = ("to_decide", "waiting")


class TradeException(models.Model):
    """Held invoices are decided on their own page; what they wait for wakes them."""

    _inherit = "trade.exception"

    fix_kind = fields.Selection(selection_add=[("match", "Decide about the invoice")])

    @api.model
    def _arrived(self, trade_partner, subjects):
        """Whatever happens to an order, invoices about it are compared again, unless a person disputed them:
        so the result does not depend on what arrived first."""
        parts = [subject.partition(":")[::2] for subject in subjects]
        orders = [name for kind, name in parts if kind in ("order", "receipt")]
        invoices = [f"invoice:{number_key(name)}" for kind, name in parts if kind == "invoice"]
        found = self.env["trade.bill.match"].sudo().search(
            [
                ("trade_partner_id", "=", trade_partner.id),
                ("state", "in", _WAITING),
                "|", ("order_ids.name", "in", orders), ("waits_for", "in", invoices),
            ]
        )  # fmt: skip
        found.trade_message_id._replay()
        return super()._arrived(trade_partner, subjects)

    def _fix_action(self):
        if self.code in DECIDED_ON_MATCH:
            matches = self.sudo()._waiting().trade_match_ids
            if matches:
                return matches.with_env(self.env)._get_records_action()
        return super()._fix_action()

    def _kind_of_fix(self, mapped, params):
        return "match" if self.code in DECIDED_ON_MATCH else super()._kind_of_fix(mapped, params)
