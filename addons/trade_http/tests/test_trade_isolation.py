import importlib
import importlib.util
import json
import uuid

from odoo.tests import tagged

from odoo.addons.trade_core.events import PARTNER_ACTIVATED
from odoo.addons.trade_http.resources import READS, ROOT
from odoo.addons.trade_kernel import events

from .common import PushCase, make_client, make_partner, shown
from .common_isolation import Isolation, Thing
from .test_trade_reads import ReadCase


@tagged("post_install", "-at_install")
class TestOrdersIsolation(Isolation, ReadCase):
    read_name = "orders"

    def _make(self, profile):
        number = f"PO-{uuid.uuid4().hex[:8]}"
        route = self.env["trade.route"].search(
            [("trade_partner_id", "=", profile.id), ("direction", "=", "out")], limit=1
        )
        self.offer(number, route=route or self.pull_route(profile))
        return Thing(number, number)


@tagged("post_install", "-at_install")
class TestEventsIsolation(Isolation, ReadCase):
    read_name = "events"

    def _make(self, profile):
        word = f"Known as {uuid.uuid4().hex[:8]}"
        happened = self.env["trade.event"]._emit(
            PARTNER_ACTIVATED,
            profile,
            trade_partner=profile,
            data={"name": word, "state": "live", "roles": ["supplier"]},
        )
        happened._place()
        return Thing(None, word)

    def test_what_is_for_our_own_systems_is_told_to_nobody_else(self):
        """Also when it is about this very partner."""
        internal = [one.name for one in events.available() if one.audience == "internal"]
        self.assertTrue(internal)
        thing = self._make(self.partner)
        self.env.cr.execute("UPDATE trade_event SET type = %s WHERE position IS NOT NULL", [internal[0]])
        self.assertNotIn(thing.word, self.get(self.url).text)
        query = "&".join(f"type={name}" for name in internal)
        self.assertNotIn(thing.word, self.get(f"{self.url}?{query}").text)

    def test_types_whose_scope_is_missing_are_left_out(self):
        """To read the feed is one thing, to read what it tells of is another."""
        mine = self._make(self.partner)
        other = next(one for one in events.available() if one.scope == "orders:read")
        secret = self._make(self.partner)
        self.env.cr.execute(
            "UPDATE trade_event SET type = %s WHERE data->>'name' = %s", [other.name, secret.word]
        )
        self.assertIn(secret.word, self.get(self.url).text)
        self.client.scope_ids = self.client.scope_ids.filtered(lambda scope: scope.name != "orders:read")
        answer = self.get(self.url).text
        self.assertIn(mine.word, answer)
        self.assertNotIn(secret.word, answer)
        self.assertNotIn(secret.word, self.get(f"{self.url}?type={other.name}").text)


@tagged("post_install", "-at_install")
class TestEveryReadIsIsolated(PushCase):
    def test_every_read_has_its_tests(self):
        """A new address cannot be forgotten: its addon brings the tests, or this one fails."""
        present = {name: read for name, read in READS.items() if read.model_name in self.env}
        for addon in sorted(self.registry._init_modules):
            if addon.startswith("trade_") and importlib.util.find_spec(f"odoo.addons.{addon}.tests"):
                importlib.import_module(f"odoo.addons.{addon}.tests")
        tested = {case.read_name for case in _all_below(Isolation)}
        self.assertFalse(present.keys() - tested, "nobody tests that partners cannot read what is others'")


def _all_below(case):
    return {case}.union(*(_all_below(below) for below in case.__subclasses__()))


@tagged("post_install", "-at_install")
class TestMessagesIsolation(PushCase):
    """Nobody finds out about a document that is not its own: not that it is there, nor what became of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other, cls.other_route = make_partner(cls.env, "Ready Mat")
        cls.other_key = shown(make_client(cls.env, cls.other).action_new_key())

    def status(self, number, api_key=None, query=""):
        response = self.url_open(
            f"{ROOT}/messages/{number}{query}", headers=self.headers(api_key=api_key), timeout=30
        )
        return response.status_code, response.text

    def test_every_number_there_is(self):
        mine = self.assertTaken(self.push(key="same-key"))
        theirs = self.assertTaken(self.push(self.document("PO2"), api_key=self.other_key, key="same-key"))
        self.env["trade.lane"]._drain(theirs.lane)
        nobodys = self.status(2_000_000_000)
        self.assertEqual(nobodys[0], 404)
        numbers = self.env["trade.message"].search([], limit=200).ids
        self.assertIn(theirs.id, numbers)
        for number in {*numbers, theirs.id + 1} - {mine.id}:
            for query in ("", "?wait=5"):
                self.assertEqual(self.status(number, query=query), nobodys)
        self.assertEqual(self.status(mine.id)[0], 200)
        self.assertEqual(self.status(theirs.id, api_key=self.other_key)[0], 200)

    def test_a_document_that_names_another_partner_is_its_senders(self):
        """What a body says of its sender, and what an address says behind it, is nobody's proof."""
        raw = self.document(
            "PO1",
            seller_supplier_party={"party_name": "Ready Mat"},
            trade_partner_id=self.other.id,
            route_id=self.other_route.id,
        )
        for url in (
            f"{ROOT}/order-responses?trade_partner_id={self.other.id}&route={self.other_route.id}",
            f"{ROOT}/documents?type=order_response&client={self.other.id}",
        ):
            message = self.assertTaken(self.push(raw, url=url))
            self.assertEqual((message.trade_partner_id, message.route_id), (self.partner, self.route))
        self.assertFalse(
            self.env["trade.message"].search([("trade_partner_id", "=", self.other.id)]),
        )

    def test_a_key_of_one_with_the_signature_of_another(self):
        """The headers of a signature beside a key change nothing: it is the key's owner."""
        headers = self.headers(api_key=self.other_key)
        headers |= {"Trade-Client": self.client.public_id, "webhook-id": "msg_1"}
        message = self.assertTaken(self.post(self.document(), headers))
        self.assertEqual(message.trade_partner_id, self.other)

    def test_an_order_of_anothers_is_answered_like_one_that_is_none(self):
        """A supplier who guesses numbers of orders learns nothing about what others were ordered."""
        if "purchase.order" not in self.env:
            self.skipTest("there are no purchase orders in this database")
        product = self.env["product.product"].create({"name": "Table"})
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.other.partner_id.id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_qty": 5, "price_unit": 10.0}),
                ],
            }
        )
        order.button_confirm()
        seen = []
        for number in (order.name, "P99999999"):
            raw = json.dumps(
                {
                    "document_type": "order_response",
                    "id": f"R-{number}",
                    "issue_date": "2026-01-02",
                    "order_response_code": "AP",
                    "order_reference": {"id": number},
                    "order_lines": [],
                }
            ).encode()
            message = self.assertTaken(self.push(raw))
            self.env["trade.lane"]._drain(message.lane)
            code, text = self.status(message.id)
            self.assertEqual(code, 200)
            body = json.loads(text)
            self.assertEqual(body["state"], "held")
            for name in ("id", "document_number", "trace_id", "received_at"):
                del body[name]
            self.assertNotIn("Ready Mat", text)
            seen.append(body)
        self.assertEqual(seen[0], seen[1])
        self.assertFalse(order.acknowledged)
