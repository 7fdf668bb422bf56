import json
import uuid
from datetime import date, datetime, timedelta

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.trade_core.pipeline import inbound, outbound

WANTED = datetime(2031, 3, 10, 11, 0)
DAY = WANTED.date()


class PurchaseCase(TransactionCase):
    """A vendor with routes both ways, three products it knows by its own codes, and answers as JSON."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.tz = "Europe/Berlin"
        cls.buyer = new_test_user(
            cls.env,
            "trade_buyer",
            "purchase.group_purchase_manager,trade_core.group_trade_user,product.group_product_manager",
            tz="Europe/Berlin",
        )
        cls.vendor = cls.env["res.partner"].create({"name": "Wood Corner", "is_company": True})
        cls.profile = cls.env["trade.partner"].create(
            {
                "partner_id": cls.vendor.id,
                "state": "live",
                "identifier_ids": [
                    Command.create({"scheme": "gln", "value": "4012345000009"}),
                    Command.create({"scheme": "theirs", "value": "C-1001"}),
                ],
            }
        )
        cls.connector = cls.env["trade.connector"].create(
            {"name": "Wood Corner", "trade_partner_id": cls.profile.id, "transport": "manual"}
        )
        cls.policy = cls.env.ref("trade_purchase.trade_deviation_policy_standard")
        routes = [
            {
                "trade_partner_id": cls.profile.id,
                "connector_id": cls.connector.id,
                "direction": direction,
                "document_type": document_type,
                "ack_expected": "response",
                "deviation_policy_id": cls.policy.id,
            }
            for direction, document_type in (("out", "order"), ("in", "order_response"))
        ]
        cls.route_out, cls.route_in = cls.env["trade.route"].create(routes)
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "default_code": code,
                    "barcode": barcode,
                    "seller_ids": [
                        Command.create({"partner_id": cls.vendor.id, "product_code": theirs, "price": price})
                    ],
                }
                for name, code, barcode, theirs, price in (
                    ("Desk", "TT-DESK", "4012345678901", "WC-1", 100.0),
                    ("Shelf", "TT-SHELF", False, "WC-2", 20.0),
                    ("Stool", "TT-STOOL", False, "WC-3", 15.0),
                )
            ]
        )
        if "is_storable" in cls.products._fields:  # receipts are installed
            cls.products.is_storable = True
        cls.desk, cls.shelf, cls.stool = cls.products

    # -- orders ------------------------------------------------------------------------------------

    @classmethod
    def make_order(cls, *lines, confirm=True, **vals):
        """An order; lines are ``(product, quantity, price)``, by default 10 desks at 100."""
        order = cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "user_id": cls.buyer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "name": product.name,
                            "product_qty": quantity,
                            "product_uom_id": product.uom_id.id,
                            "price_unit": price,
                            "tax_ids": [],
                            "date_planned": WANTED,
                        }
                    )
                    for product, quantity, price in lines or [(cls.desk, 10, 100.0)]
                ],
                **vals,
            }
        )
        if confirm:
            order.button_confirm()
        return order

    @classmethod
    def last_out(cls, order):
        return order._trade_last_message()

    @classmethod
    def prepare(cls, message):
        outbound.prepare(message)
        return message

    @classmethod
    def as_sent(cls, order):
        """The canonical order that leaves, as JSON values; the message counts as delivered."""
        message = cls.prepare(cls.last_out(order))
        assert message.state == "queued", message.state_reason
        message._set_state("sent", sent_at=message.received_at, receipt_at=message.received_at)
        return json.loads(message._raw())

    # -- answers -----------------------------------------------------------------------------------

    @classmethod
    def answer(cls, order, *lines, code="CA", number=None, issued="2031-01-05", **header):
        """An answer as JSON values; see :meth:`line`."""
        issue_date, _t, issue_time = issued.partition("T")
        return {
            "document_type": "order_response",
            "id": number or f"AB-{uuid.uuid4().hex[:8]}",
            "issue_date": issue_date,
            **({"issue_time": issue_time} if issue_time else {}),
            "order_response_code": code,
            "document_currency_code": order.currency_id.name,
            "order_reference": {"id": order.name},
            "order_lines": list(lines),
            **header,
        }

    @staticmethod
    def line(ref, status="5", quantity=None, price=None, day=None, unit="C62", **more):
        """One answered line; what is not given is not said."""
        line = {"id": str(ref), "order_line_reference": {"line_id": str(ref)}, "line_status_code": status}
        if quantity is not None:
            line["quantity"] = {"value": str(quantity), "unit_code": unit}
        if price is not None:
            line["price"] = {"price_amount": {"value": str(price), "currency_id": "USD"}}
        if day is not None:
            line["promised_delivery_period"] = {"end_date": day.isoformat() if isinstance(day, date) else day}
        return {**line, **more}

    @classmethod
    def receive(cls, *answers, route=None):
        """Store answers without running them."""
        Message = cls.env["trade.message"]
        receipts = [
            Message._receive(
                json.dumps(answer).encode(), route=route or cls.route_in, scope="test", key=uuid.uuid4().hex
            )
            for answer in answers
        ]
        return Message.browse([receipt.message_id for receipt in receipts])

    @classmethod
    def process(cls, *answers, route=None):
        """Store answers and run them in one batch."""
        messages = cls.receive(*answers, route=route)
        return cls.run_lane(messages)

    @classmethod
    def run_lane(cls, messages):
        inbound.process(messages)
        cls.env.flush_all()
        cls.env.invalidate_all()
        return messages

    @classmethod
    def days(cls, number):
        return DAY + timedelta(days=number)

    def assertApplied(self, message):
        self.assertEqual(message.state, "applied", message.state_reason)

    def assertHeld(self, message, words):
        self.assertEqual(message.state, "held", message.state_reason)
        self.assertIn(words, message.state_reason)

    def decide(self, message, decision, key=None):
        """The buyer decides about the pending lines of a message, and the lane runs it again."""
        rows = message.trade_answer_ids.filtered(lambda row: row.is_pending and key in (None, row.key))
        result = rows.with_user(self.buyer)._decide(decision)
        if message.state == "received":
            self.run_lane(message)
        return result


class SentOrderCase(PurchaseCase):
    """The supplier has an order, and takes changes and cancellations of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route_change, cls.route_end = cls.env["trade.route"].create(
            [
                {
                    "trade_partner_id": cls.profile.id,
                    "connector_id": cls.connector.id,
                    "direction": "out",
                    "document_type": document_type,
                    "ack_expected": "response",
                }
                for document_type in ("order_change", "order_cancellation")
            ]
        )

    def sent_order(self):
        order = self.make_order((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.as_sent(order)
        return order
