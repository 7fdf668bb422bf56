from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import groupby

#: what makes one bill of several orders
_TOGETHER = ("company_id", "partner_id", "currency_id", "fiscal_position_id", "invoice_payment_term_id")


class PurchaseOrder(models.Model):
    """What was received and is not billed, as a bill in the name of the supplier."""

    _inherit = "purchase.order"

    trade_self_billed = fields.Boolean(
        compute="_compute_trade_self_billed", compute_sudo=True, groups="base.group_user"
    )
    trade_self_billing_open = fields.Boolean(
        compute="_compute_trade_self_billed", compute_sudo=True, groups="base.group_user"
    )

    def _compute_trade_self_billed(self):
        profiles = self._trade_self_billers(fields.Date.context_today(self))
        for order in self:
            order.trade_self_billed = order in profiles
            order.trade_self_billing_open = (
                order in profiles and order.state == "purchase" and any(order.order_line._trade_unbilled())
            )

    def _trade_self_billers(self, day):
        """``{order: profile}`` of those orders whose supplier agreed that we bill in its name."""
        orders = self.filtered(lambda order: order.partner_id and order.company_id)
        profiles = (
            self.env["trade.partner"]
            .sudo()
            ._for_partners((order.partner_id, order.company_id) for order in orders)
        )
        found = {order: profiles[order.partner_id.id, order.company_id.id] for order in orders}
        return {order: profile for order, profile in found.items() if profile and profile._self_bills_on(day)}

    # -- what people press -------------------------------------------------------------------------

    def action_create_invoice(self, attachment_ids=False):
        """Bills of suppliers in whose name we bill are numbered and sent by us; a file of theirs is none."""
        own = self.filtered("trade_self_billed")
        if attachment_ids or not own:
            return super().action_create_invoice(attachment_ids=attachment_ids)
        if others := self - own:
            super(PurchaseOrder, others).action_create_invoice()
            own._trade_self_bill()
            return self.action_view_invoice()
        return own.action_trade_self_bill()

    def action_trade_self_bill(self):
        """Draft what was received and is not billed, to be reviewed."""
        bills = self._trade_self_bill()
        if not bills:
            raise UserError(
                self.env._(
                    "Everything that was received of %s is billed. Receive the goods first.",
                    ", ".join(self.mapped("name")),
                )
            )
        return self.action_view_invoice(bills)

    # -- drafting ----------------------------------------------------------------------------------

    def _trade_self_bill(self, day=None):
        """Draft what was received of these orders and is not billed, and credit what went back after it was
        billed: one bill for all orders of a supplier with the same currency and terms.

        :return: the drafts, an empty recordset when there is nothing
        """
        day = day or fields.Date.context_today(self)
        profiles = self.filtered(lambda order: order.state == "purchase")._trade_self_billers(day)
        received, returned = [], []
        for order, profile in profiles.items():
            journal, unbilled = profile.trade_self_billing_journal_id, order.order_line._trade_unbilled()
            goods = [(line, quantity) for line, quantity in unbilled.items() if quantity > 0]
            if goods:
                received.append((order, journal, [line._trade_self_billed_vals(qty) for line, qty in goods]))
            for line, quantity in unbilled.items():
                for bill, vals in line._trade_self_credited_vals(-quantity):
                    returned.append((bill, order, journal, vals))
        return self._trade_draft_bills(received, day) | self._trade_draft_credits(returned, day)

    def _trade_draft_bills(self, parts, day):
        prepared = [
            (order, {**order._prepare_invoice(), "journal_id": journal.id, "invoice_date": day}, lines)
            for order, journal, lines in parts
        ]
        vals_list = []
        for _key, group in groupby(prepared, lambda one: tuple(map(one[1].get, _TOGETHER))):
            orders, headers, lines = zip(*group, strict=True)
            lines = [line for part in lines for line in part]
            vals_list.append(self._trade_bill_vals(headers[0], orders, lines))
        return self.env["account.move"].create(vals_list)

    def _trade_draft_credits(self, parts, day):
        """:param parts: ``(the bill that billed it, order, journal, line values)``"""
        vals_list = []
        for bill, group in groupby(parts, lambda one: one[0]):
            _bills, orders, journals, lines = zip(*group, strict=True)
            header = orders[0].with_context(default_move_type="in_refund")._prepare_invoice()
            header |= {
                "journal_id": journals[0].id,
                "invoice_date": day,
                "currency_id": bill.currency_id.id,
                "reversed_entry_id": bill.id,
            }
            vals_list.append(self._trade_bill_vals(header, dict.fromkeys(orders), lines))
        return self.env["account.move"].create(vals_list)

    def _trade_bill_vals(self, header, orders, lines):
        lines = [{**line, "sequence": sequence} for sequence, line in enumerate(lines, 10)]
        return {
            **header,
            "invoice_origin": ", ".join(order.name for order in orders),
            "invoice_line_ids": [Command.create(line) for line in lines],
        }


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _trade_unbilled(self):
        """``{line: received less billed}`` where that is not nothing, in the line's unit; below zero: it went
        back after it was billed. What is ordered and not received is not billed in anybody's name."""
        found = {
            line: line.qty_received - line.qty_invoiced
            for line in self
            if line.product_id and not line.display_type and not line.is_downpayment
        }
        return {line: qty for line, qty in found.items() if not line.product_uom_id.is_zero(qty)}

    def _trade_self_billed_vals(self, quantity):
        return {**self._prepare_account_move_line(), "quantity": quantity}

    def _trade_self_credited_vals(self, quantity):
        """Credit what went back at the price it was billed at, the newest bill first.

        :param quantity: in the line's unit
        :return: pairs of the bill and the values of a line that credits it
        """
        self.ensure_one()
        unit = self.product_uom_id
        billed = self.invoice_lines.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.move_id.move_type == "in_invoice"
                and line.move_id._trade_is_self_billed()
            )
        )
        for line in billed.sorted(lambda line: (line.move_id.invoice_date, line.id), reverse=True):
            part = min(quantity, line.product_uom_id._compute_quantity(line.quantity, unit))
            if unit.compare(part, 0) <= 0:
                continue
            quantity -= part
            price = line.product_uom_id._compute_price(line.price_unit, unit)
            yield (
                line.move_id,
                {
                    **self._prepare_account_move_line(),
                    "quantity": part,
                    "price_unit": price,
                    "discount": line.discount,
                    "tax_ids": [Command.set(line.tax_ids.ids)],
                },
            )
