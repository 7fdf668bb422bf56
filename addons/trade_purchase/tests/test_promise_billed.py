from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import PurchaseCase

BILLED = date(2031, 3, 12)


@tagged("post_install", "-at_install")
class TestPromiseBilled(PurchaseCase):
    """What was billed of a line, and what of services was received, by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.env["product.product"].create(
            {"name": "Assembly", "type": "service", "purchase_method": "receive", "default_code": "TT-ASM"}
        )
        accounts = cls.env["account.account"]
        for product in cls.products | cls.service:
            if not product.property_account_expense_id:
                product.property_account_expense_id = accounts.search(
                    [("account_type", "=", "expense"), ("company_ids", "in", cls.env.company.ids)], limit=1
                ) or accounts.create({"name": "Expense", "code": "TT600", "account_type": "expense"})
        if not cls.env["account.journal"].search([("type", "=", "purchase")], limit=1):
            cls.env["account.journal"].create({"name": "Bills", "code": "TTB", "type": "purchase"})
        if not cls.vendor.property_account_payable_id:
            cls.vendor.property_account_payable_id = accounts.search(
                [("account_type", "=", "liability_payable")], limit=1
            ) or accounts.create({"name": "Payable", "code": "TT210", "account_type": "liability_payable"})

    def entries(self, line, kind="billed"):
        self.env.flush_all()
        found = line.trade_promise_ids.filtered(lambda entry: entry.kind == kind).sorted("id")
        return [(entry.quantity, entry.date) for entry in found]

    def bill(self, line, quantity, move_type="in_invoice", **values):
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.vendor.id,
                "invoice_date": BILLED,
                "date": BILLED,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "purchase_line_id": line.id,
                            "quantity": quantity,
                            "product_uom_id": line.product_uom_id.id,
                            "price_unit": 110.0,
                            "discount": 10.0,
                            "tax_ids": [],
                            **values,
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    def test_bills_and_credit_notes(self):
        line = self.make_order().order_line
        bill = self.bill(line, 10)
        self.bill(line, 4, "in_refund")
        self.assertEqual(self.entries(line), [(10, BILLED), (-4, BILLED)])
        entry = line.trade_promise_ids.filtered(lambda one: one.kind == "billed").sorted("id")[0]
        self.assertEqual((entry.res_model, entry.res_id), ("account.move", bill.id))
        self.assertEqual((entry.price, entry.currency_id), (99, bill.currency_id))
        self.assertEqual(line.qty_invoiced, 6)

    def test_drafts_are_not_billed(self):
        line = self.make_order().order_line
        bill = self.bill(line, 10)
        bill.button_draft()
        self.assertEqual(self.entries(line), [(10, BILLED), (-10, BILLED)])
        bill.button_cancel()
        self.assertEqual(len(self.entries(line)), 2)
        bill.button_draft()
        bill.invoice_line_ids.quantity = 9
        bill.action_post()
        bill.button_cancel()
        self.assertEqual([quantity for quantity, _day in self.entries(line)], [10, -10, 9, -9])

    def test_in_the_orders_unit(self):
        line = self.make_order().order_line
        dozen = self.env.ref("uom.product_uom_dozen")
        self.bill(line, 2, product_uom_id=dozen.id, price_unit=1200.0, discount=0)
        self.assertEqual(self.entries(line), [(24, BILLED)])
        self.assertEqual(line.trade_promise_ids.sorted("id")[-1].price, 100)

    def test_other_currency(self):
        line = self.make_order().order_line
        euro = self.env.ref("base.EUR")
        euro.active = True
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "invoice_date": BILLED,
                "currency_id": euro.id,
                "invoice_line_ids": [
                    Command.create({"purchase_line_id": line.id, "quantity": 1, "price_unit": 7.0})
                ],
            }
        )
        bill.action_post()
        entry = line.trade_promise_ids.sorted("id")[-1]
        self.assertEqual((entry.kind, entry.price, entry.currency_id), ("billed", 7, euro))
        bill.button_draft()
        entry = line.trade_promise_ids.sorted("id")[-1]
        self.assertEqual((entry.quantity, entry.price, entry.currency_id), (-1, 7, euro))

    def test_bills_of_nothing_ordered(self):
        before = self.env["trade.promise"].search_count([])
        move = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "invoice_date": BILLED,
                "invoice_line_ids": [Command.create({"name": "Rent", "quantity": 1, "price_unit": 7.0})],
            }
        )
        move.action_post()
        move.button_draft()
        self.assertEqual(self.env["trade.promise"].search_count([]), before)

    # -- services ------------------------------------------------------------------------------------

    def test_services_are_received_by_hand(self):
        waited = []
        self.patch(
            type(self.env["trade.exception"]),
            "_arrived",
            lambda _model, partner, subjects: waited.append((partner, subjects)),
        )
        order = self.make_order((self.service, 10, 50.0))
        line = order.order_line
        line.with_user(self.buyer).qty_received = 4
        line.with_user(self.buyer).qty_received = 10
        line.with_user(self.buyer).qty_received = 9
        self.assertEqual([quantity for quantity, _day in self.entries(line, "received")], [4, 6, -1])
        self.assertEqual(waited, [(self.profile, [f"receipt:{order.name}"])] * 2)

    def test_orders_that_begin_received(self):
        order = self.make_order((self.service, 10, 50.0))
        order.order_line = [
            Command.create({"product_id": self.service.id, "product_qty": 2, "qty_received_manual": 1})
        ]
        self.assertEqual([quantity for quantity, _day in self.entries(order.order_line[-1], "received")], [1])
