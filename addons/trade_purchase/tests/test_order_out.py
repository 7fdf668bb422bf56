from base64 import b64decode
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import canonical_digest

from .common import DAY, PurchaseCase


@tagged("post_install", "-at_install")
class TestOrderOut(PurchaseCase):
    # -- sending ---------------------------------------------------------------------------------------

    def test_confirming_queues_and_writes_the_event(self):
        order = self.make_order(confirm=False)
        self.assertFalse(order.trade_message_ids)
        order.with_user(self.buyer).button_confirm()
        [message] = order.trade_message_ids
        self.assertEqual(
            (message.state, message.direction, message.document_number), ("queued", "out", order.name)
        )
        self.assertEqual(
            (message.event_id.type, message.event_id.res_id), ("tradelane.order.confirmed.v1", order.id)
        )
        self.assertEqual((message.amount_total, message.currency_id), (1000, order.currency_id))
        self.assertEqual(order.trade_state, "queued")
        self.assertIn("trade.lane.wake", self.env.cr.postcommit.data, "woken after the commit, not before")

    def test_it_is_rolled_back_with_the_order(self):
        order = self.make_order(confirm=False)
        savepoint = self.env.cr.savepoint()
        order.button_confirm()
        savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")
        self.assertFalse(
            self.env["trade.message"].search([("res_model", "=", order._name), ("res_id", "=", order.id)])
        )
        savepoint.close(rollback=False)

    def test_no_route_no_message(self):
        self.route_out.active = False
        order = self.make_order()
        self.assertEqual(order.state, "purchase")
        self.assertFalse(order.trade_message_ids)
        self.assertEqual(order.trade_state, "not_sent")
        self.assertFalse(order.trade_can_send)

    def test_approval_sends_only_once_approved(self):
        self.env.company.write({"po_double_validation": "two_step", "po_double_validation_amount": 10})
        order = self.make_order(confirm=False)
        clerk = self.env["res.users"].create(
            {
                "name": "Clerk",
                "login": "clerk",
                "group_ids": [Command.link(self.env.ref("purchase.group_purchase_user").id)],
            }
        )
        order.with_user(clerk).button_confirm()
        self.assertEqual((order.state, order.trade_message_ids.ids), ("to approve", []))
        order.with_user(self.buyer).button_approve()
        self.assertEqual(len(order.trade_message_ids), 1)

    def test_trouble_of_the_exchange_never_stops_the_click(self):
        order = self.make_order(confirm=False)
        message_model = self.env.registry["trade.message"]
        with (
            patch.object(message_model, "_queue", side_effect=ValueError("broken")),
            mute_logger("odoo.addons.trade_core.pipeline.failures"),
        ):
            order.button_confirm()
        self.assertEqual(order.state, "purchase")
        problem = self.env["trade.exception"].search([("trade_partner_id", "=", self.profile.id)])
        self.assertIn("broken", problem.name)
        self.assertTrue(problem.is_open)

    def test_cancelling_withdraws_what_has_not_left(self):
        order = self.make_order()
        order.button_cancel()
        self.assertEqual(order.trade_message_ids.state, "cancelled")
        order.button_draft()
        order.button_confirm()
        self.assertEqual(sorted(order.trade_message_ids.mapped("state")), ["cancelled", "queued"])

    # -- sending again -----------------------------------------------------------------------------------

    def again(self, order):
        return order.with_user(self.buyer).action_trade_send_again()["params"]["message"]

    def test_waiting_order_is_not_queued_twice(self):
        order = self.make_order()
        self.assertIn("already waiting", self.again(order))
        self.assertEqual(len(order.trade_message_ids), 1)

    def test_unchanged_order_is_the_same_document_under_the_same_key(self):
        order = self.make_order()
        self.as_sent(order)
        key = order.trade_message_ids.idempotency_key
        self.assertIn("same key", self.again(order))
        [message] = order.trade_message_ids
        self.assertEqual((message.state, message.idempotency_key, message.revision), ("queued", key, 0))

    def test_answered_order_is_the_next_revision(self):
        """Never the same revision under another key, which would look like a second order."""
        order = self.make_order()
        before = self.as_sent(order)
        self.process(self.answer(order, code="AP"))
        self.assertIn("revision 1", self.again(order))
        self.assertEqual(len(order.trade_message_ids.filtered(lambda one: one.direction == "out")), 2)
        after = self.as_sent(order)
        self.assertEqual((before["sequence_number"], after["sequence_number"]), (0, 1))
        self.assertEqual(before["order_lines"], after["order_lines"])

    def test_changed_order_is_the_next_revision(self):
        self.route_out.change_sending = "manual"  # by themselves: see test_order_change.py
        order = self.make_order()
        self.as_sent(order)
        order.order_line.product_qty = 12
        steps = order.trade_exchange["steps"]
        self.assertIn("Changed since it was sent", [step["label"] for step in steps])
        self.assertIn("revision 1", self.again(order))
        said = self.as_sent(order)
        self.assertEqual((said["sequence_number"], said["order_lines"][0]["quantity"]["value"]), (1, "12"))
        self.assertEqual(order.order_line.trade_asked_qty, 12)

    def test_order_that_could_not_leave_leaves_after_the_fix(self):
        order = self.make_order(confirm=False)
        bare = self.env["product.product"].create({"name": "No code at all"})
        order.order_line = [
            Command.create({"product_id": bare.id, "product_qty": 1, "price_unit": 5.0}),
        ]
        order.button_confirm()
        self.prepare(self.last_out(order))
        [message] = order.trade_message_ids
        self.assertHeld(message, "has no code")
        self.assertEqual(order.trade_state, "held")
        problem = message.exception_id
        bare.default_code = "TT-NEW"
        self.again(order)
        self.assertEqual(message.state, "queued")
        self.assertEqual(len(self.as_sent(order)["order_lines"]), 2)
        problem._refresh()
        self.assertFalse(problem.is_open)

    def test_sending_again_does_not_skip_a_decision(self):
        order = self.make_order()
        self.as_sent(order)
        [message] = self.process(self.answer(order, self.line(1, "3", price="150")))
        with self.assertRaisesRegex(UserError, "waits for your decision"):
            self.again(order)
        self.assertEqual(message.state, "held")

    def test_sending_without_a_route_says_what_to_do(self):
        self.route_out.active = False
        order = self.make_order()
        with self.assertRaisesRegex(UserError, "Ask a trading manager to set one up"):
            order.action_trade_send_again()

    # -- the document --------------------------------------------------------------------------------------

    def test_document(self):
        terms = self.env["account.payment.term"].create({"name": "30 days net", "note": "<p>Net 30</p>"})
        order = self.make_order(
            confirm=False,
            payment_term_id=terms.id,
            incoterm_id=self.env.ref("account.incoterm_DPU").id,
            note="<p>Gate 4</p>",
        )
        order.order_line = [
            Command.create({"display_type": "line_note", "name": "Call before delivery", "product_qty": 0})
        ]
        order.button_confirm()
        said = self.as_sent(order)
        self.assertEqual(
            (said["document_type"], said["id"], said["document_currency_code"]), ("order", order.name, "USD")
        )
        self.assertEqual(said["note"], ["Call before delivery", "Gate 4"])
        seller = said["seller_supplier_party"]
        self.assertEqual(seller["party_identification"], [{"id": "4012345000009", "scheme_id": "0088"}])
        self.assertEqual(said["buyer_customer_party"]["party_identification"], [{"id": "C-1001"}])
        self.assertEqual(said["buyer_customer_party"]["contact"]["name"], self.buyer.name)
        self.assertEqual(said["payment_terms"]["note"], ["Net 30"])
        self.assertEqual(said["delivery_terms"]["id"], "DPU")
        self.assertEqual(said["anticipated_monetary_total"]["payable_amount"]["value"], "1000")
        [line] = said["order_lines"]
        self.assertEqual(line["id"], "1")
        self.assertEqual(line["quantity"], {"value": "10", "unit_code": "C62"})
        self.assertEqual(
            line["requested_delivery_period"], {"end_date": DAY.isoformat(), "end_time": "12:00:00+01:00"}
        )
        item = line["item"]
        self.assertEqual(item["sellers_item_identification"]["id"], "WC-1")
        self.assertEqual(item["buyers_item_identification"]["id"], "TT-DESK")
        self.assertEqual(item["standard_item_identification"], {"id": "4012345678901", "scheme_id": "0160"})

    def test_what_leaves_can_be_read_back(self):
        order = self.make_order((self.desk, 10, 99.995), (self.shelf, 0.5, 20.0))
        message = self.prepare(self.last_out(order))
        [part] = codecs.get(message.codec).decode(message._raw())
        self.assertFalse(part.errors)
        self.assertEqual(canonical_digest(part.document), message.canonical_digest)
        self.assertEqual([str(line.quantity) for line in part.document.order_lines], ["10 C62", "0.5 C62"])

    def test_line_numbers_are_never_given_twice(self):
        order = self.make_order((self.desk, 1, 1.0), (self.shelf, 1, 1.0), (self.stool, 1, 1.0))
        self.as_sent(order)
        order.button_cancel()
        order.button_draft()
        order.order_line[1].unlink()
        order.order_line = [
            Command.create({"product_id": self.shelf.id, "product_qty": 2, "price_unit": 1.0}),
        ]
        order.button_confirm()
        self.assertEqual([line["id"] for line in self.as_sent(order)["order_lines"]], ["1", "3", "4"])

    def test_everything_missing_is_said_at_once(self):
        order = self.make_order((self.desk, 1, 1.0), (self.shelf, 1, 1.0))
        (self.desk | self.shelf).write({"default_code": False, "barcode": False})
        (self.desk | self.shelf).seller_ids.unlink()
        self.prepare(self.last_out(order))
        reason = self.last_out(order).state_reason
        self.assertIn("Desk has no code", reason)
        self.assertIn("Shelf has no code", reason)

    def test_test_route_marks_its_messages(self):
        self.route_out.mode = "test"
        order = self.make_order()
        self.assertEqual(order.trade_message_ids.mode, "test")
        self.assertEqual(order.trade_state, "not_sent", "a test is not an order")

    def test_files_go_with_the_order_where_the_route_sends_them(self):
        order = self.make_order(confirm=False)
        drawing = self.env["ir.attachment"].create({"name": "drawing.pdf", "raw": b"%PDF-1.4 line"})
        order.trade_file_ids = drawing
        self.env["product.document"].create(
            [
                {
                    "name": name,
                    "raw": name.encode(),
                    "res_model": "product.template",
                    "res_id": self.desk.product_tmpl_id.id,
                    "trade_with_orders": told,
                }
                for name, told in (("quality.txt", True), ("internal.txt", False))
            ]
        )
        self.assertFalse(order.trade_sends_files)
        self.route_out.send_files = True
        order.invalidate_recordset()
        self.assertTrue(order.trade_sends_files)
        order.button_confirm()
        files = self.as_sent(order)["additional_document_reference"]
        self.assertEqual([file["id"] for file in files], ["drawing.pdf", "quality.txt"])
        self.assertEqual(b64decode(files[1]["attachment"]["content"]), b"quality.txt")
        self.assertEqual(files[0]["attachment"]["mime_code"], "application/pdf")

    def test_files_that_are_too_large_are_said(self):
        self.route_out.send_files = True
        self.env["ir.config_parameter"].set_param("trade_core.max_bytes", "1000000")
        order = self.make_order(confirm=False)
        order.trade_file_ids = self.env["ir.attachment"].create({"name": "film", "raw": b"0" * 600_000})
        order.button_confirm()
        message = self.prepare(self.last_out(order))
        self.assertHeld(message, "0.6 MB together; at most 0.5 MB")

    def test_the_blanket_order_is_named(self):
        if "purchase.requisition" not in self.env:
            self.skipTest("purchase agreements are not installed")
        agreement = self.env["purchase.requisition"].create(
            {"vendor_id": self.vendor.id, "requisition_type": "blanket_order", "reference": "FRAME-7"}
        )
        order = self.make_order(requisition_id=agreement.id)
        self.assertEqual(self.as_sent(order)["contract"]["id"], "FRAME-7")

    def test_a_template_is_no_agreement(self):
        if "purchase.requisition" not in self.env:
            self.skipTest("purchase agreements are not installed")
        template = self.env["purchase.requisition"].create(
            {"vendor_id": self.vendor.id, "requisition_type": "purchase_template"}
        )
        order = self.make_order(requisition_id=template.id)
        self.assertNotIn("contract", self.as_sent(order))
        order.requisition_id = template.copy()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(len(order.trade_message_ids), 1)

    def test_alternatives_that_lose_were_never_told(self):
        if "purchase.requisition.create.alternative" not in self.env:
            self.skipTest("purchase agreements are not installed")
        order, other = self.make_order(confirm=False), self.make_order(confirm=False)
        group = self.env["purchase.order.group"].create({"order_ids": [Command.set((order | other).ids)]})
        self.assertEqual(order.alternative_po_ids, group.order_ids)
        action = order.button_confirm()
        self.assertEqual(action["res_model"], "purchase.requisition.alternative.warning")
        self.assertFalse(order.trade_message_ids, "nobody has decided yet")
        wizard = self.env[action["res_model"]].create({"po_ids": order.ids, "alternative_po_ids": other.ids})
        wizard.action_cancel_alternatives()
        self.assertEqual((order.state, other.state), ("purchase", "cancel"))
        self.assertEqual((len(order.trade_message_ids), len(other.trade_message_ids)), (1, 0))
