from contextlib import contextmanager

import psycopg2
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import PurchaseCase


@tagged("post_install", "-at_install")
class TestPromise(PurchaseCase):
    """What the ledger says after orders and answers went to and fro."""

    def entries(self, line):
        """``[(kind, number, quantity, day offset)]`` in the order in which they were noted."""
        self.env.flush_all()
        found = self.env["trade.promise"].search([("order_line_id", "=", line.id)], order="id")
        return [
            (entry.kind, entry.number, entry.quantity, entry.date and (entry.date - self.days(0)).days)
            for entry in found
        ]

    def split(self, *parts):
        return [
            {
                "quantity": {"value": str(quantity), "unit_code": "C62"},
                "promised_delivery_period": {"end_date": self.days(day).isoformat()},
            }
            for quantity, day in parts
        ]

    def answered(self, order, *lines, **header):
        [message] = self.process(self.answer(order, *lines, **header))
        if message.state == "held":
            self.decide(message, "accepted")
        self.assertApplied(message)
        return message

    # -- what is noted -------------------------------------------------------------------------------

    def test_asked_then_promised_then_promised_again(self):
        order = self.make_order()
        line = order.order_line
        self.assertEqual(self.entries(line), [("asked", 1, 10, 0)])
        first = self.answered(order, self.line(1, "3", day=self.days(2)))
        second = self.answered(order, self.line(1, "3", day=self.days(4)), issued="2031-01-06")
        self.assertEqual(
            self.entries(line),
            [("asked", 1, 10, 0), ("first_promised", 1, 10, 2), ("re_promised", 2, 10, 4)],
        )
        ledger = line.trade_promise_ids.sorted("id")
        self.assertEqual(ledger.mapped("message_id"), self.last_out(order) | first | second)
        self.assertEqual(ledger[0].message_id, self.last_out(order))
        self.assertEqual(ledger.mapped("price"), [100, 100, 100])
        self.assertEqual(ledger.partner_id, self.vendor)
        self.assertEqual(ledger.product_id, self.desk)
        self.assertEqual(set(ledger.mapped("order_name")), {order.name})
        self.assertEqual(set(ledger.mapped("line_ref")), {"1"})

    def test_a_repeated_promise_is_no_new_one(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.answered(order, self.line(1, "3", day=self.days(2)), self.line(2))
        self.answered(
            order, self.line(1, "3", day=self.days(2)), self.line(2, "3", day=self.days(1)),
            issued="2031-01-06",
        )  # fmt: skip
        desk, shelf = order.order_line
        self.assertEqual([kind for kind, *_rest in self.entries(desk)], ["asked", "first_promised"])
        self.assertEqual(
            [kind for kind, *_rest in self.entries(shelf)], ["asked", "first_promised", "re_promised"]
        )

    def test_the_same_answer_again_adds_nothing(self):
        order = self.make_order()
        answer = self.answer(order, self.line(1, "3", day=self.days(2)))
        self.process(answer)
        before = self.entries(order.order_line)
        self.process(answer)
        self.assertEqual(self.entries(order.order_line), before)

    def test_deliveries_of_one_promise(self):
        order = self.make_order()
        self.answered(order, self.line(1, "3", quantity=10, deliveries=self.split((6, 0), (4, 3))))
        self.answered(
            order, self.line(1, "3", quantity=10, deliveries=self.split((5, 0), (5, 4))), issued="2031-01-06"
        )
        self.assertEqual(
            self.entries(order.order_line)[1:],
            [
                ("first_promised", 1, 6, 0),
                ("first_promised", 1, 4, 3),
                ("re_promised", 2, 5, 0),
                ("re_promised", 2, 5, 4),
            ],
        )

    def test_a_line_that_is_refused_is_promised_nothing(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.answered(order, self.line(1, "7"), self.line(2))
        self.assertEqual(self.entries(order.order_line[0])[1:], [("first_promised", 1, 0, False)])

    def test_asked_for_anew(self):
        order = self.make_order()
        self.as_sent(order)
        order.order_line.product_qty = 12
        order.with_user(self.buyer).action_trade_send_again()
        self.as_sent(order)
        order.with_user(self.buyer).action_trade_send_again()
        asked = [entry for entry in self.entries(order.order_line) if entry[0] == "asked"]
        self.assertEqual([entry[1:3] for entry in asked], [(1, 10), (2, 12)])

    def test_held_answers_promise_nothing_yet(self):
        order = self.make_order()
        [message] = self.process(self.answer(order, self.line(1, "3", price="130")))
        self.assertHeld(message, "above the order")
        self.assertEqual([kind for kind, *_rest in self.entries(order.order_line)], ["asked"])

    def test_another_product_instead(self):
        order = self.make_order()
        item = {"sellers_item_identification": {"id": "WC-2"}}
        self.answered(order, self.line(1, "3", seller_substituted_item=item))
        old, new = order.order_line.sorted("id")
        self.assertEqual([kind for kind, *_rest in self.entries(old)], ["asked"])
        self.assertEqual([kind for kind, *_rest in self.entries(new)], ["asked", "first_promised"])

    def test_many_rows_are_one_statement(self):
        order = self.make_order(*[(self.desk, 10, 100.0)] * 20)
        rows = [
            {"order_line": line, "quantity": 1, "date": self.days(1)}
            for line in order.order_line
            for _n in range(50)
        ]
        self.env.flush_all()
        with self.assertQueryCount(1):
            entries = self.env["trade.promise"]._note("despatched", rows)
        self.assertEqual(len(entries), 1000)
        self.assertEqual(sum(entries.mapped("quantity")), 1000)
        self.assertFalse(any(entries.mapped("number")))

    def test_kinds_are_known(self):
        with self.assertRaises(ValueError):
            self.env["trade.promise"]._note("first_promised", [])

    # -- nobody changes it ---------------------------------------------------------------------------

    @contextmanager
    def refused(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.IntegrityError, "keeps what happened"),
            self.cr.savepoint(),
        ):
            yield

    def sql(self, query, *args):
        self.env.flush_all()
        self.cr.execute(SQL(query, *args))
        self.env.invalidate_all()

    def test_the_database_refuses_changes(self):
        order = self.make_order()
        [entry] = order.order_line.trade_promise_ids
        other = self.make_order()
        for change in (
            SQL("quantity = 11"),
            SQL("date = date - 1"),
            SQL("kind = 'received'"),
            SQL("price = NULL"),
            SQL("number = 7"),
            SQL("order_name = 'P1'"),
            SQL("recorded_at = now()"),
            SQL("order_line_id = NULL"),
            SQL("order_line_id = %s", other.order_line.id),
            SQL("order_id = NULL"),
            SQL("product_id = NULL"),
            SQL("partner_id = NULL"),
            SQL("partner_id = %s", self.buyer.partner_id.id),
            SQL("message_id = NULL"),
            SQL("recorded_by_id = NULL"),
            SQL("company_id = NULL"),
            SQL("id = id + 1000"),
        ):
            with self.refused():
                self.sql("UPDATE trade_promise SET %s WHERE id = %s", change, entry.id)
        with self.refused():
            self.sql("DELETE FROM trade_promise WHERE id = %s", entry.id)
        with self.refused():
            self.sql("TRUNCATE trade_promise")
        self.sql("UPDATE trade_promise SET quantity = quantity WHERE id = %s", entry.id)
        self.assertEqual(self.entries(order.order_line), [("asked", 1, 10, 0)])

    def test_odoo_refuses_changes(self):
        [entry] = self.make_order().order_line.trade_promise_ids
        for user in (self.buyer, self.env.ref("base.user_admin")):
            with self.assertRaises(UserError):
                entry.with_user(user).quantity = 1
            with self.assertRaises(UserError):
                entry.with_user(user).unlink()
        with self.assertRaisesRegex(UserError, "keeps what happened"):
            entry.sudo().write({"order_line_id": False})
        with self.assertRaisesRegex(UserError, "keeps what happened"):
            entry.sudo().unlink()
        with self.assertRaisesRegex(UserError, "not by hand"):
            entry.sudo().create({"kind": "received"})

    def test_an_order_that_is_deleted_leaves_its_history(self):
        order = self.make_order()
        name, [entry] = order.name, order.order_line.trade_promise_ids
        order.button_cancel()
        order.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(entry.order_id or entry.order_line_id)
        self.assertEqual((entry.order_name, entry.line_ref, entry.quantity), (name, "1", 10))
        self.assertEqual(entry.product_id, self.desk)

    def test_a_line_that_is_deleted_by_sql_leaves_its_history(self):
        order = self.make_order(confirm=False)
        order.order_line._trade_note_asked()
        [entry] = order.order_line.trade_promise_ids
        self.sql("DELETE FROM purchase_order_line WHERE id = %s", order.order_line.id)
        self.assertFalse(entry.order_line_id)
        self.assertEqual(entry.order_id, order)
        with self.refused():
            self.sql("UPDATE trade_promise SET order_line_id = 1 WHERE id = %s", entry.id)

    def test_merged_vendors_share_their_history(self):
        order = self.make_order(confirm=False)
        order.order_line._trade_note_asked()
        [entry] = order.order_line.trade_promise_ids
        twin = self.env["res.partner"].create({"name": "Wood Corner Ltd", "is_company": True})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._update_foreign_keys(self.vendor, twin)
        self.env.invalidate_all()
        self.assertEqual(entry.partner_id, twin)
        with self.refused():
            self.sql("UPDATE trade_promise SET partner_id = %s WHERE id = %s", self.vendor.id, entry.id)

    def test_a_user_that_leaves(self):
        user = new_test_user(self.env, "leaver", "purchase.group_purchase_user")
        order = self.make_order(confirm=False)
        order.order_line.sudo().with_user(user).sudo()._trade_note_asked()
        [entry] = order.order_line.trade_promise_ids
        self.assertEqual(entry.recorded_by_id, user)
        user.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(entry.recorded_by_id)

    def test_who_reads_it(self):
        order = self.make_order()
        [entry] = order.order_line.trade_promise_ids
        entry.with_user(self.buyer).read(["kind", "message_id", "display_name"])
        stranger = new_test_user(self.env, "stranger", "base.group_user")
        with self.assertRaises(AccessError):
            entry.with_user(stranger).read(["kind"])
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.buyer.write({"company_ids": [(6, 0, elsewhere.ids)], "company_id": elsewhere.id})
        with self.assertRaises(AccessError):
            entry.with_user(self.buyer).read(["kind"])
