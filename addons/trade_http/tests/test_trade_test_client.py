import json
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.trade_core.models.trade_adapter import TradeAdapter
from odoo.addons.trade_kernel.errors import MappingMissing

from .common import make_client, shown
from .test_trade_reads import ReadCase


@tagged("post_install", "-at_install")
class TestTradeTestClient(ReadCase):
    """A partner's system on trial: what it sends is stored, checked and previewed, and changes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trial = make_client(cls.env, cls.partner, "SAP, test")
        cls.trial.mode = "test"
        cls.trial_key = shown(cls.trial.action_new_key())
        cls.contact = cls.partner.partner_id
        cls.contact.ref = "as it was"

    def good(self, order="PO1", **values):
        return self.document(
            order,
            issue_date="2026-01-02",
            order_response_code="AP",
            order_reference={"id": order},
            order_lines=[],
            **values,
        )

    def drain(self, error=None):
        with patch.object(TradeAdapter, "_for", lambda adapters, *_args: Notes(adapters, error)):
            self.env["trade.lane"]._drain(f"in/{self.route.id}")
        self.env.invalidate_all()

    def note(self):
        return self.contact.ref

    def seen(self, message, api_key):
        return self.url_open(f"/trade/v1/messages/{message.id}", headers=self.headers(api_key=api_key))

    def test_what_it_would_do_is_shown_and_not_done(self):
        message = self.assertTaken(self.push(self.good(), api_key=self.trial_key))
        self.assertEqual(message.mode, "test")
        events = self.env["trade.event"].search_count([])
        self.drain()
        self.assertEqual((message.state, self.note()), ("ignored", "as it was"))
        self.assertIn("previewed", message.state_reason)
        self.assertIn("R-PO1", json.dumps(message.effects), "somebody can see what it would have changed")
        self.assertEqual(self.env["trade.event"].search_count([]), events)
        body = self.seen(message, self.trial_key).json()
        self.assertEqual((body["mode"], body["state"]), ("test", "ignored"))

    def test_among_live_documents_it_stays_a_test(self):
        """One lane, one batch: the live system's documents beside those of the one on trial."""
        for first, second in (("live", "test"), ("test", "live")):
            with self.subTest(first=first):
                self.contact.ref = "as it was"
                keys = {"live": self.api_key, "test": self.trial_key}
                sent = {
                    mode: self.assertTaken(self.push(self.good(f"{first}-{mode}"), api_key=keys[mode]))
                    for mode in (first, second)
                }
                self.drain()
                self.assertEqual(sent["live"].state, "applied")
                self.assertEqual(sent["test"].state, "ignored")
                self.assertEqual(self.note(), f"R-{first}-live")

    def test_every_document_of_its_files_is_a_test(self):
        raw = b"[" + self.good("PO1") + b"," + self.good("PO2") + b"]"
        message = self.assertTaken(self.push(raw, api_key=self.trial_key))
        self.drain()
        self.drain()
        self.assertEqual(message.child_ids.mapped("mode"), ["test", "test"])
        self.assertEqual(message.child_ids.mapped("state"), ["ignored", "ignored"])
        self.assertEqual(self.note(), "as it was")

    def test_a_correction_of_a_test_is_a_test(self):
        message = self.assertTaken(self.push(b"{}", api_key=self.trial_key))
        self.drain()
        self.assertEqual(message.state, "held")
        copy = message._resubmit(self.good(), "was empty")
        self.drain()
        self.assertEqual((copy.mode, copy.state, self.note()), ("test", "ignored", "as it was"))

    def test_its_errors_are_told_and_nobody_has_to_decide(self):
        error = MappingMissing("product.unknown", subject="seller:X", scheme="seller", value="X")
        decided = []
        with patch.object(Notes, "_held", lambda _self, works: decided.extend(works)):
            message = self.assertTaken(self.push(self.good(), api_key=self.trial_key))
            self.drain(error)
            self.assertEqual(message.state, "held")
            self.assertFalse(decided)
            live = self.assertTaken(self.push(self.good("PO2")))
            self.drain(error)
            self.assertEqual([work.message for work in decided], [live])
        [problem] = self.seen(message, self.trial_key).json()["problems"]
        self.assertEqual(problem["code"], "product.unknown")

    def test_it_does_not_stand_in_the_way_of_the_real_one(self):
        """The same document, tried first, then sent for real; and tried again afterwards."""
        tried = self.assertTaken(self.push(self.good(), api_key=self.trial_key))
        self.drain()
        real = self.assertTaken(self.push(self.good()))
        self.drain()
        self.assertEqual((tried.state, real.state), ("ignored", "applied"))
        self.assertEqual(self.note(), "R-PO1")
        self.contact.ref = "changed since"
        self.assertTaken(self.push(self.good(), api_key=self.trial_key))
        self.drain()
        self.assertEqual(self.note(), "changed since")

    def test_neither_sees_what_the_other_sends(self):
        tried = self.assertTaken(self.push(self.good("PO1"), api_key=self.trial_key))
        real = self.assertTaken(self.push(self.good("PO2")))
        nobodys = self.url_open("/trade/v1/messages/2000000000", headers=self.headers())
        for message, key in ((tried, self.api_key), (real, self.trial_key)):
            response = self.seen(message, key)
            self.assertEqual((response.status_code, response.text), (404, nobodys.text))

    def test_it_fetches_no_real_order(self):
        message = self.offer("PO1")
        self.assertFalse(self.items("/trade/v1/orders", api_key=self.trial_key))
        self.assertEqual(self.get("/trade/v1/orders/PO1", api_key=self.trial_key).status_code, 404)
        message.invalidate_recordset()
        self.assertEqual(message.state, "queued")
        self.assertTrue(self.items("/trade/v1/orders"))

    def test_it_fetches_orders_of_a_route_on_trial(self):
        self.out.mode = "test"
        message = self.offer("PO1")
        self.assertFalse(self.items("/trade/v1/orders"), "the live system is not given tests")
        self.assertEqual(len(self.items("/trade/v1/orders", api_key=self.trial_key)), 1)
        message.invalidate_recordset()
        self.assertIn(message.state, ("sent", "acknowledged"))

    def test_from_then_on_it_is_real(self):
        self.trial.mode = "live"
        message = self.assertTaken(self.push(self.good(), api_key=self.trial_key))
        self.drain()
        self.assertEqual((message.state, self.note()), ("applied", "R-PO1"))

    def test_an_answer_on_trial_changes_no_order(self):
        """With the real adapter: a supplier tries out its answers against a real purchase order."""
        if "purchase.order" not in self.env:
            self.skipTest("there are no purchase orders in this database")
        product = self.env["product.product"].create({"name": "Table"})
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.contact.id,
                "order_line": [(0, 0, {"product_id": product.id, "product_qty": 5, "price_unit": 10.0})],
            }
        )
        order.button_confirm()
        day = str(order.order_line.date_planned.date() + timedelta(days=1))
        raw = self.document(
            order.name,
            issue_date=str(order.date_approve.date()),
            order_response_code="CA",
            order_reference={"id": order.name},
            order_lines=[
                {
                    "id": "1",
                    "order_line_reference": {"line_id": "1"},
                    "line_status_code": "3",
                    "item": {"name": "Table"},
                    "promised_delivery_period": {"start_date": day, "end_date": day},
                }
            ],
        )
        message = self.assertTaken(self.push(raw, api_key=self.trial_key))
        before = self.values(order), self.values(order.order_line)
        self.env["trade.lane"]._drain(message.lane)
        self.env.invalidate_all()
        self.assertEqual((self.values(order), self.values(order.order_line)), before)
        self.assertEqual(message.mode, "test")
        self.assertEqual(message.state, "ignored", message.state_reason)
        self.assertTrue(message.effects, "what it would have changed is kept")
        live = self.assertTaken(self.push(raw))
        self.env["trade.lane"]._drain(live.lane)
        self.env.invalidate_all()
        self.assertEqual(live.state, "applied", live.state_reason)
        self.assertTrue(order.acknowledged, "the same for real is no test")

    @staticmethod
    def values(records):
        """All that is stored of records, without when it was written and which messages speak of it."""
        names = [
            name
            for name, field in records._fields.items()
            if field.store and name != "write_date" and field.comodel_name != "trade.message"
        ]
        return records.read(names)


class Notes:
    """Writes each document's number into the reference of its sender's contact; or finds one error."""

    def __init__(self, adapters, error):
        self.adapters, self.error = adapters, error

    def __getattr__(self, name):
        return getattr(self.adapters, name)

    def _plan(self, works):
        for work in works:
            work.error = self.error
            work.record = work.message.trade_partner_id.partner_id

    def _apply(self, works):
        for work in works:
            work.record.ref = work.document.id

    def _watched(self, work):
        return [(work.record, ["ref"])]

    def _held(self, works):
        pass

    def _collect(self, message, record):
        raise NotImplementedError
