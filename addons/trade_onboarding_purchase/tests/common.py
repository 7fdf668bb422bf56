import json
import uuid

from odoo.addons.trade_core.pipeline import inbound
from odoo.addons.trade_purchase.tests.common import PurchaseCase


class CertificationCase(PurchaseCase):
    """A supplier on trial, its certification, and answers to its test orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls._registry_patched:  # a test over HTTP has done so
            cls.registry_enter_test_mode_cls()  # what is tried out has a cursor of its own
        cls.profile.state = "draft"
        (cls.route_out | cls.route_in).mode = "test"
        cls.certification = cls.env["trade.certification"]._for_profile(cls.profile)

    def the(self, kind, what=None):
        [test, *_more] = self.certification.test_ids.filtered(
            lambda test: test.kind == kind and what in (None, (test.expected or {}).get("what"))
        )
        return test

    def sent(self, kind, what=None):
        test = self.the(kind, what)
        test._send()
        return test

    @staticmethod
    def reply(test, *lines, code="CA", number=None, **more):
        """An answer to a test as JSON values; lines are of :meth:`said`."""
        return {
            "document_type": "order_response",
            "id": number or f"AB-{uuid.uuid4().hex[:8]}",
            "issue_date": "2031-01-05",
            "order_response_code": code,
            "document_currency_code": test.asked["document_currency_code"],
            "order_reference": {"id": test.number},
            "order_lines": list(lines),
            **more,
        }

    @staticmethod
    def said(test, index, status="5", quantity=None, price=None, day=None):
        """The answer to a line of a test order, as ordered unless said otherwise."""
        asked = test.asked["order_lines"][index]
        line = {
            "id": asked["id"],
            "order_line_reference": {"line_id": asked["id"]},
            "line_status_code": status,
            "quantity": {**asked["quantity"], "value": str(quantity or asked["quantity"]["value"])},
            "item": asked["item"],
        }
        if price:
            amount = asked["price"]["price_amount"]
            line["price"] = {"price_amount": {**amount, "value": str(price)}}
        if day:
            line["promised_delivery_period"] = {"end_date": day}
        return line

    def as_ordered(self, test, **more):
        count = len(test.asked["order_lines"])
        return self.reply(test, *(self.said(test, index) for index in range(count)), **more)

    def good(self, test):
        """The answer that passes a test."""
        last = len(test.asked["order_lines"]) - 1
        before = [self.said(test, index) for index in range(last)]
        if test.kind == "rejected":
            return self.reply(test, code="RE")
        if test.kind == "partial":
            return self.reply(test, *before, self.said(test, last, "3", quantity=1))
        if test.kind == "changed" and test.expected["what"] == "price":
            price = test.expected.get("price", "77.5")
            return self.reply(test, *before, self.said(test, last, "3", price=price))
        if test.kind == "changed":
            return self.reply(test, *before, self.said(test, last, "3", day="2039-01-01"))
        return self.as_ordered(test)

    def come(self, values, route=None):
        """The answer arrives over the real route."""
        raw = values if isinstance(values, bytes) else json.dumps(values).encode()
        receipt = self.env["trade.message"]._receive(
            raw, route=route or self.route_in, scope="test", key=uuid.uuid4().hex
        )
        message = self.env["trade.message"].browse(receipt.message_id)
        inbound.process(message)
        self.env.flush_all()
        self.env.invalidate_all()
        return message

    def pass_all(self, certification=None):
        for test in (certification or self.certification).test_ids.filtered("required"):
            test._send()
            if test.kind == "malformed":
                self.come(json.dumps(self.good(test)).encode()[:-20])
            elif test.kind == "duplicate":
                answer = self.good(test)
                self.come(answer)
                self.come(answer)
            else:
                self.come(self.good(test))

    def codes(self, run, level="error"):
        return [one["code"].removeprefix("certification.") for one in run.findings if one["level"] == level]

    def assertPassed(self, test):
        self.assertEqual(test.state, "passed", test.last_run_id.findings)
