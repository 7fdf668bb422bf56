from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import WANTED, SentOrderCase


@tagged("post_install", "-at_install")
class TestOrderTerms(SentOrderCase):
    """Whatever somebody changes on an order the supplier has, the supplier learns of it."""

    def assertLeaves(self, order, revision=1):
        change = self.last_out(order)
        self.assertEqual((change.document_type, change.revision), ("order_change", revision))
        return self.as_sent(order)

    # -- beside the lines --------------------------------------------------------------------------

    def test_terms_that_change_leave(self):
        term = self.env["account.payment.term"].create({"name": "14 days", "note": "14 days net"})
        changes = {
            "note": "<p>Deliver to gate 4.</p>",
            "payment_term_id": term.id,
            "incoterm_id": self.env.ref("account.incoterm_DDP").id,
            "dest_address_id": self.env["res.partner"].create({"name": "Site 7", "street": "Way 1"}).id,
        }
        for name, value in changes.items():
            with self.subTest(name):
                order = self.sent_order()
                order[name] = value
                self.assertLeaves(order)
                self.assertFalse(order._trade_changed_since_asked())

    def test_the_new_terms_are_what_leaves(self):
        order = self.sent_order()
        order.note = "<p>Deliver to gate 4.</p>"
        document = self.assertLeaves(order)
        self.assertIn("Deliver to gate 4.", document["note"])
        self.assertEqual({line["line_status_code"] for line in document["order_lines"]}, {"5"})

    def test_a_note_on_the_order_leaves(self):
        order = self.sent_order()
        note = {"display_type": "line_note", "name": "Mark each carton.", "product_qty": 0}
        order.order_line = [Command.create(note)]
        self.assertIn("Mark each carton.", self.assertLeaves(order)["note"])
        order.order_line.filtered("display_type").name = "Mark each pallet."
        self.assertIn("Mark each pallet.", self.assertLeaves(order, 2)["note"])
        order.order_line.filtered("display_type").unlink()
        self.assertNotIn("note", self.assertLeaves(order, 3))

    def test_files_leave_only_where_files_are_sent(self):
        order = self.sent_order()
        file = {"name": "drawing.pdf", "raw": b"%PDF-1.4", "res_model": order._name, "res_id": order.id}
        order.trade_file_ids = self.env["ir.attachment"].create(file)
        self.assertEqual(self.last_out(order).document_type, "order")
        (self.route_out | self.route_change).send_files = True
        self.env.invalidate_all()
        order.trade_file_ids = self.env["ir.attachment"].create({**file, "name": "newer.pdf"})
        self.assertEqual(self.last_out(order).document_type, "order_change")

    def test_what_nobody_is_told_leaves_nothing(self):
        order = self.sent_order()
        order.write({"user_id": self.env.uid, "partner_ref": "S-1", "priority": "1", "note": order.note})
        self.assertEqual((self.last_out(order).document_type, order.trade_revision), ("order", 0))

    def test_by_hand_the_order_says_so(self):
        self.route_out.change_sending = "manual"
        order = self.sent_order()
        order.note = "<p>Deliver to gate 4.</p>"
        self.assertEqual(self.last_out(order).document_type, "order")
        self.assertIn("Changed since it was sent", str(order.trade_exchange))

    # -- on the lines ------------------------------------------------------------------------------

    def test_another_unit_leaves(self):
        order = self.sent_order()
        line = order.order_line[0]
        line.write({"product_uom_id": self.env.ref("uom.product_uom_dozen").id, "price_unit": 100.0})
        self.assertEqual((line.product_qty, line.price_unit), (10, 100.0))
        document = self.assertLeaves(order)
        self.assertEqual(document["order_lines"][0]["quantity"], {"value": "10", "unit_code": "DZN"})
        entries = self.env["trade.promise"].search([("order_line_id", "=", line.id), ("kind", "=", "asked")])
        self.assertEqual(len(entries.product_uom_id), 2)

    def test_another_product_or_text_leaves(self):
        order = self.sent_order()
        order.order_line[0].name = "Desk, oak"
        document = self.assertLeaves(order)
        self.assertEqual(document["order_lines"][0]["item"]["description"], "Desk, oak")
        order.order_line[1].with_context(skip_uom_conversion=True).product_id = self.stool
        self.assertEqual(self.assertLeaves(order, 2)["order_lines"][0]["item"]["name"], self.stool.name)

    def test_a_text_alone_is_not_asked_again_in_the_ledger(self):
        order = self.sent_order()
        order.order_line[0].name = "Desk, oak"
        entries = order.trade_promise_ids.filtered(lambda entry: entry.kind == "asked")
        self.assertEqual(len(entries), 2)

    def test_an_accepted_substitution_is_no_change(self):
        order = self.sent_order()
        offer = {"seller_substituted_item": {"buyers_item_identification": {"id": self.stool.default_code}}}
        [message] = self.process(self.answer(order, self.line(1, "3", **offer), self.line(2)))
        self.decide(message, "accepted")
        self.assertApplied(message)
        self.assertFalse(order._trade_changed_since_asked())
        self.assertEqual(order.trade_revision, 0)

    # -- vendors -----------------------------------------------------------------------------------

    def test_an_order_keeps_the_vendor_that_has_it(self):
        other = self.env["res.partner"].create({"name": "Other vendor"})
        order = self.sent_order()
        with self.assertRaisesRegex(UserError, "Duplicate the order"):
            order.partner_id = other
        order.button_cancel()
        order.button_draft()
        with self.assertRaisesRegex(UserError, "Duplicate the order"):
            order.partner_id = other
        contact = self.env["res.partner"].create({"name": "Desk 2", "parent_id": self.vendor.id})
        order.partner_id = contact
        again = order.copy({"partner_id": other.id})
        self.assertEqual(again.partner_id, other)

    def test_an_order_that_never_left_goes_to_whom_one_likes(self):
        order = self.make_order()
        order.button_cancel()
        order.button_draft()
        order.partner_id = self.env["res.partner"].create({"name": "Other vendor"})

    # -- cancelled, draft, merged ------------------------------------------------------------------

    def test_cancelled_twice_is_told_once(self):
        order = self.sent_order()
        order.button_cancel()
        order.button_draft()
        order.button_cancel()
        told = self.last_out(order)
        self.assertEqual((told.document_type, told.state), ("order_cancellation", "queued"))
        self.assertEqual(self.as_sent(order)["document_type"], "order_cancellation")
        order.button_draft()
        order.button_cancel()
        self.assertEqual(self.last_out(order), told)

    def test_an_order_whose_end_was_not_told_yet_is_not_deleted(self):
        order = self.sent_order()
        order.button_cancel()
        with self.assertRaises(UserError) as refused:
            order.unlink()
        self.assertIn("was not told yet", str(refused.exception))
        self.as_sent(order)
        order.unlink()
        self.assertFalse(order.exists())

    def test_a_line_that_moves_to_another_order_has_no_number_there(self):
        first = self.sent_order()
        first.button_cancel()
        first.button_draft()
        second = self.make_order((self.stool, 3, 10.0), confirm=False)
        second.date_order -= timedelta(days=1)
        (first | second).action_merge()
        self.assertEqual((first.state, len(second.order_line)), ("cancel", 3))
        second.button_confirm()
        document = self.as_sent(second)
        self.assertEqual([line["id"] for line in document["order_lines"]], ["1", "2", "3"])
        self.assertEqual(second.order_line[0].date_planned, WANTED)
        self.assertEqual(self.last_out(first).document_type, "order_cancellation")
