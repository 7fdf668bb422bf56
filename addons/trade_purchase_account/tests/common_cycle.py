import uuid
from datetime import timedelta
from decimal import Decimal

from odoo import Command, fields

from odoo.addons.trade_core.pipeline import inbound, outbound
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import parse
from odoo.addons.trade_purchase.tests.common import DAY

from .common import InvoiceCase

OUT = ("order", "order_change", "order_cancellation", "receipt_advice", "remittance_advice")
IN = ("order_response", "despatch_advice", "invoice", "credit_note")
_OPTIONS = {"sender": {"id": "SUPPLIER", "qualifier": "ZZ"}, "receiver": {"id": "WEARE", "qualifier": "ZZ"}}


class CycleCase(InvoiceCase):
    """One purchase from the order to the payment, in any format, with the supplier's side played here.

    The supplier reads what it gets with the kernel's codecs, and writes what it sends with them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "trade.despatch" not in cls.env or "trade_edifact_id" not in cls.env.company._fields:
            raise cls.skipTest(cls, "receipts and the EDI formats are not installed")
        cls.env.company.write({"trade_edifact_id": "14:4098765000010", "trade_x12_id": "ZZ:WEARE"})
        cls.env["trade.identifier"].create(
            {"trade_partner_id": cls.profile.id, "scheme": "x12", "value": "ZZ:SUPPLIER"}
        )
        known = cls.env["trade.route"].search([("trade_partner_id", "=", cls.profile.id)])
        wanted = [("out", kind) for kind in OUT] + [("in", kind) for kind in IN]
        have = {(route.direction, route.document_type): route for route in known}
        for direction, kind in wanted:
            if (direction, kind) not in have:
                have[direction, kind] = cls.env["trade.route"].create(
                    {
                        "trade_partner_id": cls.profile.id,
                        "connector_id": cls.connector.id,
                        "direction": direction,
                        "document_type": kind,
                    }
                )
        cls.routes = have
        cls.routes["in", "order_response"].deviation_policy_id = cls.env["trade.deviation.policy"].create(
            {
                "name": "A little dearer, a little later",
                "rule_ids": [
                    Command.create(
                        {"dimension": "price", "tolerance_percent": 10, "within": "accept", "beyond": "hold"}
                    ),
                    Command.create(
                        {"dimension": "split", "tolerance_days_late": 5, "within": "accept", "beyond": "hold"}
                    ),
                    Command.create(
                        {"dimension": "date", "tolerance_days_late": 5, "within": "accept", "beyond": "hold"}
                    ),
                ],
            }
        )

    money_code = "USD"
    parts, missing = (7, 5), 1  # how many desks come in each delivery; how many of the last one do not

    def speak(self, codec):
        """Both sides use this format from now on."""
        for route in self.routes.values():
            route.codec = codec
        self.codec = codecs.get(codec)

    # -- what the supplier gets ----------------------------------------------------------------------

    def got(self, document_type):
        """What of this kind left last, read as the supplier reads it."""
        messages = self.env["trade.message"].sudo().search(
            [
                ("trade_partner_id", "=", self.profile.id),
                ("direction", "=", "out"),
                ("document_type", "=", document_type),
                ("state", "!=", "cancelled"),
            ],
            order="id desc",
            limit=1,
        )  # fmt: skip
        self.assertTrue(messages, document_type)
        if not messages.payload_digest:
            outbound.prepare(messages)
        self.assertEqual(messages.state, "queued", (document_type, messages.state_reason))
        messages._set_state("sent", sent_at=fields.Datetime.now(), receipt_at=fields.Datetime.now())
        [part] = self.codec.decode(messages._raw(), messages.route_id._codec_options())
        self.assertFalse(part.errors, part.errors)
        return part.document

    # -- what the supplier sends ---------------------------------------------------------------------

    def written(self, document):
        """``(route, bytes)`` of a document, as the supplier sends it."""
        document = parse(document)
        raw = self.codec.encode([document], _OPTIONS)
        return self.routes["in", document.document_type], raw

    def send(self, *files):
        """Files arrive one after the other, and each lane runs at once."""
        for route, raw in files:
            self.env["trade.message"].sudo()._receive(
                raw, route=route.sudo(), scope="cycle", key=uuid.uuid4().hex
            )
            self.run_ready()

    def run_ready(self):
        """Run what waits until nothing moves any more."""
        for _round in range(20):
            ready = self.env["trade.message"].sudo().search(
                [
                    ("direction", "=", "in"),
                    ("state", "=", "received"),
                    ("trade_partner_id", "=", self.profile.id),
                ],
                order="id",
            )  # fmt: skip
            if not ready:
                return
            for _route, messages in ready.grouped("route_id").items():
                inbound.process(messages)
            self.env.flush_all()
            self.env.invalidate_all()
        self.fail("documents run again and again")

    # -- the documents -------------------------------------------------------------------------------

    def item(self, code):
        return {"name": f"Article {code}", "sellers_item_identification": {"id": code}}

    def money(self, value):
        return {"value": str(value), "currency_id": self.money_code}

    def pieces(self, value):
        return {"value": str(value), "unit_code": "C62"}

    def price(self, value):
        return {"price_amount": self.money(value)}

    def response(self, order, revision):
        """The desks come in two parts and cost half a dollar more."""
        parts = [
            {"quantity": self.pieces(quantity), "promised_delivery_period": {"end_date": day.isoformat()}}
            for quantity, day in zip(self.parts, (DAY, DAY + timedelta(days=2)), strict=True)
        ]
        return {
            "document_type": "order_response",
            "id": f"AB-{order}",
            "issue_date": "2031-01-05",
            "order_response_code": "CA",
            "document_currency_code": self.money_code,
            "order_reference": {"id": order, **({"sequence_number": revision} if revision else {})},
            "order_lines": [
                {
                    "id": "1",
                    "line_status_code": "3",
                    "quantity": self.pieces(sum(self.parts)),
                    "price": self.price("10.50"),
                    "deliveries": parts,
                    "order_line_reference": {"line_id": "1"},
                    "item": self.item("WC-1"),
                },
                {
                    "id": "2",
                    "line_status_code": "5",
                    "quantity": self.pieces(8),
                    "price": self.price("20.00"),
                    "order_line_reference": {"line_id": "2"},
                    "item": self.item("WC-2"),
                },
            ],
        }

    def advice(self, order, number, days, *lines):
        """An advice; lines are ``(order line, article, quantity)``."""
        return {
            "document_type": "despatch_advice",
            "id": f"{number}-{order}",
            "issue_date": "2031-03-08",
            "order_reference": {"id": order},
            "shipment": {
                "actual_despatch_date": "2031-03-08",
                "estimated_delivery_period": {"end_date": (DAY + timedelta(days=days)).isoformat()},
            },
            "despatch_lines": [
                {
                    "id": str(index),
                    "delivered_quantity": self.pieces(quantity),
                    "order_line_reference": {"line_id": ref},
                    "item": self.item(article),
                }
                for index, (ref, article, quantity) in enumerate(lines, 1)
            ],
        }

    def bill(self, order, kind, number, *lines, **more):
        """An invoice or credit note; lines are ``(order line, article, quantity, price)``."""
        document = {
            "document_type": kind,
            "id": f"{number}-{order}",
            "issue_date": "2031-03-15",
            "invoice_type_code": "380" if kind == "invoice" else "381",
            "document_currency_code": self.money_code,
            "order_reference": {"id": order},
            "accounting_supplier_party": {
                "party_name": "Wood Corner",
                "endpoint_id": {"id": "4012345000009", "scheme_id": "0088"},
            },
            "accounting_customer_party": {
                "party_name": "Us",
                "endpoint_id": {"id": "4098765000010", "scheme_id": "0088"},
            },
            "invoice_lines": [
                {
                    "id": str(index),
                    "quantity": self.pieces(quantity),
                    "price": self.price(price),
                    "line_extension_amount": self.money(f"{quantity * Decimal(price):.2f}"),
                    "order_line_reference": {"line_id": ref},
                    "tax_category": [{"id": "S", "percent": "15", "tax_scheme_id": "VAT"}],
                    "item": self.item(article),
                }
                for index, (ref, article, quantity, price) in enumerate(lines, 1)
            ],
            **more,
        }
        document = self.add_up(document, 15, self.money_code)
        for total in document["tax_total"]:
            for subtotal in total["tax_subtotal"]:
                subtotal["tax_category"]["tax_scheme_id"] = "VAT"
        net = document["legal_monetary_total"]["tax_exclusive_amount"]
        document["legal_monetary_total"]["line_extension_amount"] = net
        return document

    # -- the way -------------------------------------------------------------------------------------

    def ordered_and_changed(self):
        """The order leaves, is changed and leaves again.

        :return: the order
        """
        order = self.make_order((self.desk, 12, 10.0), (self.shelf, 6, 20.0))
        order.order_line.tax_ids = self.tax
        self.assertEqual(len(self.got("order").order_lines), 2)
        order.order_line[1].product_qty = 8
        change = self.got("order_change")
        self.assertEqual((change.thread, change.revision), (order.name, 1))
        self.assertEqual(
            {line.id: line.quantity.value for line in change.order_lines if line.line_status_code == "3"},
            {"2": Decimal(8)},
        )
        return order

    def supplier_documents(self, order, revision=1):
        """All the supplier sends about the order, in the order in which it does."""
        name, invoice, (first, second) = order.name, f"R-{order.name}", self.parts
        return [
            self.written(document)
            for document in (
                self.response(name, revision),
                self.advice(name, "L1", 0, ("1", "WC-1", first), ("2", "WC-2", 8)),
                self.advice(name, "L2", 2, ("1", "WC-1", second)),
                self.bill(
                    name, "invoice", "R", ("1", "WC-1", first + second, "10.50"), ("2", "WC-2", 8, "20.00")
                ),
                self.bill(
                    name,
                    "credit_note",
                    "G",
                    ("1", "WC-1", self.missing, "10.50"),
                    billing_reference=[{"id": invoice, "issue_date": "2031-03-15"}],
                ),
            )
        ]

    def goods_arrive(self, order):
        """All comes, but one desk is missing from the second delivery; nobody waits for it."""
        pickings = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        for picking in pickings.sorted("scheduled_date"):
            for move in picking.move_ids:
                short = move.product_id == self.desk and move.product_qty == self.parts[1]
                missing = self.desk.uom_id._compute_quantity(self.missing, move.product_uom) if short else 0.0
                move.quantity = move.product_uom_qty - missing
                move.picked = True
            picking.with_context(
                skip_backorder=True, picking_ids_not_to_backorder=picking.ids
            ).button_validate()
        self.run_ready()

    def one_too_many_is_billed(self, order):
        """The buyer books the invoice as it is and asks for a credit note."""
        match = self.env["trade.bill.match"].search(
            [("order_ids", "in", order.ids), ("kind", "=", "invoice"), ("state", "=", "to_decide")]
        )
        self.assertEqual(len(match), 1)
        match.line_ids.filtered(lambda row: row.decision == "pending").action_request_credit()
        self.run_ready()

    def bills(self, order):
        return order.order_line.invoice_lines.move_id

    def paid(self, order):
        """What is left of the bill is paid, and the supplier hears of it."""
        bill = self.bills(order).filtered(lambda move: move.move_type == "in_invoice")
        self.bills(order).filtered(lambda move: move.state == "draft").action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({"payment_date": "2031-03-20"})._create_payments()
        return bill

    # -- what is left of it --------------------------------------------------------------------------

    def outcome(self, order):
        """All that must be the same, whatever way the documents took."""
        lines = order.order_line.filtered("product_id")
        ledger = self.env["trade.promise"].sudo().search([("order_id", "=", order.id)])
        kept = {}
        for row in ledger:
            if row.kind in ("despatched", "received", "billed"):
                key = (row.order_line_id.product_id.default_code, row.kind)
                kept[key] = kept.get(key, 0.0) + row.quantity
        return {
            "lines": [
                (
                    line.product_id.default_code,
                    line.product_qty,
                    line.price_unit,
                    line.qty_received,
                    line.qty_invoiced,
                    line.trade_promised_qty,
                    line.trade_promised_date,
                )
                for line in lines
            ],
            "receipts": sorted(
                (move.product_id.default_code, move.quantity)
                for move in order.picking_ids.move_ids
                if move.state == "done" and move.quantity
            ),
            "open": [move.id for move in order.picking_ids.move_ids if move.state not in ("done", "cancel")],
            "bills": sorted(
                (bill.move_type, bill.ref.split("-")[0], bill.amount_untaxed, bill.amount_total)
                for bill in self.bills(order)
            ),
            "ledger": kept,
            "shipments": sorted(
                (despatch.number.split("-")[0], despatch.state)
                for despatch in self.env["trade.despatch"].sudo().search([("order_ids", "in", order.ids)])
            ),
        }


__all__ = ["CycleCase"]
