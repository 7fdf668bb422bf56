"""What the tests of this addon share: a supplier, a route, and the smallest adapter that does something."""

import json
import uuid
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.trade_core.models.trade_adapter import TradeAdapter
from odoo.addons.trade_core.pipeline import inbound
from odoo.addons.trade_kernel.errors import BusinessRefused, TradeError, TradeErrors


class OrderBook:
    """An adapter for order responses that needs no order: a contact stands for the order it is named after.

    Every applied response adds one to the contact's ``color``, so that a second effect shows; an item the
    mapping does not know holds the response, with all unknown items of it; an order named ``REFUSED…`` is
    refused by the business.
    """

    def __init__(self, env):
        self.env = env

    def __getattr__(self, name):
        return getattr(
            self.env["trade.adapter"], name
        )  # what it does not do itself, as every adapter does it

    def _plan(self, works):
        for work in works:
            document = work.document
            resolver = self.env["trade.mapping"]._resolver(
                work.message.trade_partner_id, work.message.company_id
            )
            work.amount = float(sum(self._value(line) for line in document.order_lines))
            work.currency = self.env.company.currency_id
            if document.thread.startswith("REFUSED"):
                work.error = BusinessRefused("order.unknown", order=document.thread, subject=document.thread)
                continue
            errors = []
            for line in document.order_lines:
                try:
                    resolver.product(line.item.identifiers, name=line.item.name)
                    if line.quantity:
                        resolver.unit(line.quantity.unit_code)
                except TradeError as error:
                    errors.append(error)
            work.evidence = resolver.evidence
            if errors:
                work.error = errors[0] if len(errors) == 1 else TradeErrors(errors)
                continue
            Partner = self.env["res.partner"]
            order = Partner.search([("ref", "=", document.thread)], limit=1)
            work.record = order or Partner.create({"name": document.thread, "ref": document.thread})

    def _apply(self, works):
        for work in works:
            work.record.write({"color": work.record.color + 1, "comment": work.document.id})

    def _watched(self, work):
        return [(work.record, ["color"])]

    @staticmethod
    def _value(line):
        return line.price.price_amount.value * line.quantity.value if line.price and line.quantity else 0


class TradeCase(TransactionCase):
    """A company that trades with one supplier; cursors opened by the code see the test's own data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry_enter_test_mode_cls()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.company = cls.env.company
        cls.user = new_test_user(cls.env, "desk_user", "trade_core.group_trade_user", name="Marc Demo")
        cls.manager = new_test_user(
            cls.env, "desk_manager", "trade_core.group_trade_manager", name="Joel Willis"
        )
        cls.partner, cls.connector, cls.route = cls._make_supplier("Wood Corner")
        cls.table = cls.env["product.product"].create({"name": "Oak table", "default_code": "TAB-1"})
        cls.chair = cls.env["product.product"].create({"name": "Oak chair", "default_code": "CHA-1"})

    @classmethod
    def _make_supplier(cls, name, company=None, **vals):
        """A live trading partner with a manual connector and a route for its order responses."""
        company = company or cls.company
        partner = cls.env["trade.partner"].create(
            {
                "partner_id": cls.env["res.partner"].create({"name": name, "is_company": True}).id,
                "company_id": company.id,
                "state": "live",
                "user_id": cls.user.id,
                **vals,
            }
        )
        connector = cls.env["trade.connector"].create(
            {"name": name, "trade_partner_id": partner.id, "company_id": company.id, "transport": "manual"}
        )
        route = cls.env["trade.route"].create(
            {
                "trade_partner_id": partner.id,
                "connector_id": connector.id,
                "direction": "in",
                "document_type": "order_response",
                "codec": "canonical_json",
            }
        )
        return partner, connector, route

    def setUp(self):
        super().setUp()
        book = patch.object(TradeAdapter, "_for", lambda self, direction, document_type: OrderBook(self.env))
        book.start()
        self.addCleanup(book.stop)

    # -- documents -----------------------------------------------------------------------------

    @staticmethod
    def line(
        code=None, *, gtin=None, buyer=None, name="Item", quantity="10", price="25", unit="C62", number="1"
    ):
        """A line of an order response that changes the quantity of an item."""
        item = {"name": name}
        if code:
            item["sellers_item_identification"] = {"id": code}
        if buyer:
            item["buyers_item_identification"] = {"id": buyer}
        if gtin:
            item["standard_item_identification"] = {"id": gtin, "scheme_id": "0160"}
        return {
            "id": number,
            "order_line_reference": {"line_id": number},
            "line_status_code": "3",
            "quantity": {"value": quantity, "unit_code": unit},
            "price": {"price_amount": {"value": price, "currency_id": "USD"}},
            "item": item,
        }

    @staticmethod
    def response(order, *lines, number=None):
        """An order response as its bytes."""
        return json.dumps(
            {
                "document_type": "order_response",
                "id": number or f"R-{order}",
                "issue_date": "2026-03-02",
                "order_response_code": "CA",
                "order_reference": {"id": order},
                "order_lines": list(lines),
            }
        ).encode()

    def receive(self, raw, route=None):
        """Store bytes as the route's connector would; nothing is read yet."""
        receipt = self.env["trade.message"]._receive(
            raw, route=route or self.route, scope="test", key=uuid.uuid4().hex
        )
        return self.env["trade.message"].browse(receipt.message_id)

    def process(self, messages):
        """Run messages through the pipeline, as a drain of their lane would."""
        for _lane, batch in messages.sorted("id").grouped("lane").items():
            inbound.process(batch)
        self.env.flush_all()
        return messages

    def run_ready(self):
        """Run everything that is ready, as the woken lanes would."""
        return self.process(self.env["trade.message"].search([("state", "=", "received")]))

    def arrive(self, *raws, route=None):
        """Receive documents and run them in one batch."""
        messages = self.env["trade.message"].union(*(self.receive(raw, route) for raw in raws))
        return self.process(messages)

    def applied(self, order):
        """How many responses changed an order."""
        return self.env["res.partner"].search([("ref", "=", order)]).color

    def as_job(self, model, method, *args):
        """Call a cron's method on a cursor of its own, which may commit."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            getattr(self.env(cr=cr)[model], method)(*args)
        self.env.invalidate_all()
