from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_receipt import ReceiptAdviceCase


@tagged("post_install", "-at_install")
class TestReceiptAdvice(ReceiptAdviceCase):
    """The supplier is told what arrived and what is wrong with it; what goes back has their number."""

    def test_what_came_is_told(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        picking = self.receive_goods(order, 10, 3)
        document = self.told(picking)
        self.assertEqual((document["id"], document["order_reference"]["id"]), (picking.name, order.name))
        desk, shelf = document["receipt_lines"]
        self.assertEqual(self.quantities(desk), {"received": 10})
        self.assertEqual(self.quantities(shelf), {"received": 3, "short": 2})
        self.assertEqual(shelf["order_line_reference"]["line_id"], "2")
        self.assertEqual(desk["item"]["sellers_item_identification"]["id"], "WC-1")

    def test_a_rest_that_is_no_longer_expected_is_short_too(self):
        order = self.make_order()
        picking = self.receive_goods(order, 8, backorder=False)
        self.assertEqual(self.quantities(self.told(picking)["receipt_lines"][0]), {"received": 8, "short": 2})

    def test_more_than_ordered(self):
        order = self.make_order()
        picking = self.receive_goods(order, 12)
        self.assertEqual(
            self.quantities(self.told(picking)["receipt_lines"][0]), {"received": 12, "oversupply": 2}
        )

    def test_what_was_found_before_and_after_it_was_done(self):
        order = self.make_order()
        picking = order.picking_ids
        self.wrong(picking, 2, note="The boxes were wet.")
        self.receive_goods(order, 10)
        [line] = self.told(picking)["receipt_lines"]
        self.assertEqual(self.quantities(line), {"received": 10, "rejected": 2})
        self.assertEqual(line["note"], ["2 Units: damaged. The boxes were wet. Credit it."])
        self.assertEqual(picking.trade_discrepancy_ids.state, "told")

        self.wrong(picking, 1, "missing", wanted="replace")
        self.assertEqual(self.advices(picking).mapped("revision"), [0, 1])
        document = self.told(picking)
        self.assertEqual(document["sequence_number"], 1)
        [line] = document["receipt_lines"]
        self.assertEqual(self.quantities(line), {"received": 9, "short": 1, "rejected": 2})

    def test_several_found_before_it_leaves_are_one_advice(self):
        order = self.make_order()
        picking = self.receive_goods(order, 10)
        self.wrong(picking, 1)
        self.wrong(picking, 2, "quality")
        self.assertEqual(len(self.advices(picking)), 1)
        self.assertEqual(self.quantities(self.told(picking)["receipt_lines"][0])["rejected"], 3)

    def test_no_more_can_be_wrong_than_came(self):
        order = self.make_order()
        picking = self.receive_goods(order, 8)
        with self.assertRaisesRegex(UserError, "only 8"):
            self.wrong(picking, 9)

    def test_what_was_told_is_settled_not_deleted(self):
        picking = self.receive_goods(self.make_order(), 10)
        record = self.wrong(picking, 1)
        self.told(picking)
        with self.assertRaisesRegex(UserError, "Settle it instead"):
            record.unlink()
        record.action_settle()
        self.assertEqual(record.state, "settled")

    def test_without_a_route_nothing_leaves(self):
        self.route.active = False
        picking = self.receive_goods(self.make_order(), 10)
        self.assertFalse(self.advices(picking))

    def test_every_format_writes_it(self):
        self.route.codec = "ubl"
        for codec in ("ubl", "canonical_json"):
            if codec not in dict(self.env["trade.route"]._selection_codec()):
                continue
            self.route.codec = codec
            picking = self.receive_goods(self.make_order(), 8)
            self.wrong(picking, 2, note="Wet")
            self.assertEqual(len(self.told(picking)["receipt_lines"]), 1)

    # -- back ----------------------------------------------------------------------------------------

    def test_goods_go_back_with_their_number(self):
        self.profile.returns_need_authorisation = True
        order = self.make_order()
        picking = self.receive_goods(order, 10)
        record = self.wrong(picking, 3, wanted="return")
        with self.assertRaisesRegex(UserError, "only with an authorisation"):
            record.action_return()
        record.authorisation = "RMA-77"
        record.action_return()
        back = record.return_id
        self.assertEqual((back.move_ids.product_uom_qty, back.move_ids.product_id), (3, self.desk))
        self.assertIn("RMA-77", back.origin)
        record.authorisation = False
        with self.assertRaisesRegex(UserError, "only with an authorisation"):
            back.button_validate()
        record.authorisation = "RMA-77"
        back.move_ids.write({"quantity": 3, "picked": True})
        back.button_validate()
        self.assertEqual((back.state, order.order_line.qty_received), ("done", 7))
        with self.assertRaisesRegex(UserError, "goes back already"):
            record.action_return()

    def test_the_mail_that_asks_for_the_number(self):
        picking = self.receive_goods(self.make_order(), 10)
        record = self.wrong(picking, 3, wanted="return", note="Scratched")
        template = self.env.ref("trade_purchase_stock.mail_template_return_authorisation")
        body = template._render_field("body_html", record.ids)[record.id]
        self.assertIn("3 Units: damaged. Scratched. Take it back.", body)

    def test_the_form_of_a_receipt(self):
        order = self.make_order()
        with Form(order.picking_ids) as form:
            self.assertTrue(form.trade_from_supplier)
        action = order.picking_ids.action_trade_report_discrepancy()
        with Form(self.env["trade.discrepancy"].with_context(**action["context"])) as form:
            form.quantity = 1
        self.assertEqual(order.picking_ids.trade_discrepancy_count, 1)
