from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.trade_core.models.trade_adapter import TradeAdapter
from odoo.addons.trade_http import cursors
from odoo.addons.trade_kernel.canonical import Order

from .common import PushCase, make_client, make_partner, shown


def order(number, revision=0):
    """A small order as the adapter would collect it."""
    line = {"id": "1", "quantity": {"value": "10", "unit_code": "C62"}, "item": {"name": "Table"}}
    return Order.model_validate(
        {
            "id": number,
            "sequence_number": revision,
            "issue_date": date(2026, 1, 2),
            "document_currency_code": "EUR",
            "buyer_customer_party": {"party_name": "We"},
            "seller_supplier_party": {"party_name": "They"},
            "order_lines": [line],
        }
    )


class ReadCase(PushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.out = cls.pull_route(cls.partner)

    @classmethod
    def pull_route(cls, partner, **values):
        """A route by which ``partner`` fetches its orders."""
        connector = cls.env["trade.connector"].create(
            {
                "name": "They fetch",
                "trade_partner_id": partner.id,
                "transport": "pull",
                "company_id": partner.company_id.id,
            }
        )
        return cls.env["trade.route"].create(
            {
                "trade_partner_id": partner.id,
                "connector_id": connector.id,
                "direction": "out",
                "document_type": "order",
                **values,
            }
        )

    def offer(self, number="PO1", revision=0, route=None):
        """An order that is ready to be fetched."""
        route = route or self.out
        message = self.env["trade.message"]._queue(
            route, route.trade_partner_id.partner_id, document_number=number, revision=revision
        )
        self.prepare(message)
        return message

    def prepare(self, message):
        with patch.object(TradeAdapter, "_for", lambda adapters, *_args: _Collects(adapters)):
            self.env["trade.lane"]._drain(message.lane)
        message.invalidate_recordset()

    def get(self, url, api_key=None, method="GET", **headers):
        headers = {"Authorization": f"Bearer {api_key or self.api_key}"} | headers
        return self.url_open(url, headers=headers, method=method, timeout=30)

    def items(self, url, **options):
        response = self.get(url, **options)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()["items"]


@tagged("post_install", "-at_install")
class TestTradeReads(ReadCase):
    def test_a_waiting_order_is_delivered_by_reading_it(self):
        message = self.offer()
        self.assertEqual(message.state, "queued")
        self.assertIn("Waits to be fetched", message.state_reason)
        response = self.get("/trade/v1/orders")
        self.assertEqual(response.status_code, 200, response.text)
        [item] = response.json()["items"]
        self.assertEqual((item["number"], item["revision"], item["state"]), ("PO1", 0, "acknowledged"))
        self.assertEqual(item["document"]["order_lines"][0]["quantity"]["value"], "10")
        message.invalidate_recordset()
        self.assertEqual(message.state, "acknowledged")
        self.assertTrue(message.sent_at and message.receipt_at)
        [attempt] = message.attempt_ids
        self.assertEqual((attempt.kind, attempt.outcome, attempt.number), ("send", "ok", 1))

    def test_an_order_that_must_be_answered_stays_open(self):
        self.out.ack_expected = "response"
        message = self.offer()
        item = self.get("/trade/v1/orders/PO1").json()
        self.assertEqual(item["state"], "sent")
        message.invalidate_recordset()
        self.assertEqual(message.state, "sent")
        self.assertTrue(message.ack_deadline)

    def test_looking_is_not_fetching(self):
        message = self.offer()
        for url in ("/trade/v1/orders", "/trade/v1/orders/PO1"):
            response = self.get(url, method="HEAD")
            self.assertEqual((response.status_code, response.content), (200, b""))
        message.invalidate_recordset()
        self.assertEqual(message.state, "queued")

    def test_reading_twice_delivers_once(self):
        message = self.offer()
        for _time in range(2):
            self.assertEqual(len(self.items("/trade/v1/orders")), 1)
        message.invalidate_recordset()
        self.assertEqual(len(message.attempt_ids), 1)

    def test_a_number_may_hold_anything(self):
        self.offer("PO/2026 #1?ä")
        [item] = self.items("/trade/v1/orders")
        self.assertEqual(self.get(item["url"]).json()["number"], "PO/2026 #1?ä")

    def test_a_newer_revision_replaces_one_nobody_fetched(self):
        first, second = self.offer(), self.offer(revision=1)
        first.invalidate_recordset()
        self.assertEqual(first.state, "cancelled")
        self.assertIn("revision 1", first.state_reason)
        self.assertEqual([item["revision"] for item in self.items("/trade/v1/orders")], [1])
        self.assertEqual(second.attempt_count, 1)

    def test_the_newest_revision_answers_by_number(self):
        self.offer()
        self.items("/trade/v1/orders")
        self.offer(revision=1)
        self.assertEqual(self.get("/trade/v1/orders/PO1").json()["revision"], 1)
        self.assertEqual([item["revision"] for item in self.items("/trade/v1/orders")], [0, 1])

    # -- pages ---------------------------------------------------------------------------------

    def test_pages_lead_through_everything_once(self):
        numbers = [f"PO{number}" for number in range(7)]
        for number in numbers:
            self.offer(number)
        seen, url = [], "/trade/v1/orders?limit=3"
        while url:
            response = self.get(url)
            body = response.json()
            seen += [item["number"] for item in body["items"]]
            url = response.links["next"]["url"] if body["more"] else None
        self.assertEqual(seen, numbers)

    def test_a_feed_goes_on_where_it_ended(self):
        self.offer("PO1")
        end = self.get("/trade/v1/orders").json()
        self.assertFalse(end["more"])
        again = self.get(f"/trade/v1/orders?after={end['next']}").json()
        self.assertEqual((again["items"], again["next"]), ([], end["next"]))
        self.offer("PO2")
        self.assertEqual(
            [item["number"] for item in self.items(f"/trade/v1/orders?after={end['next']}")], ["PO2"]
        )

    def test_what_becomes_ready_late_is_not_missed(self):
        """An order that was held while later ones were read comes after them, not before."""
        late = self.env["trade.message"]._queue(
            self.out, self.partner.partner_id, document_number="PO1", revision=0
        )
        late._set_state("held", "something is missing")
        self.offer("PO2")
        end = self.get("/trade/v1/orders").json()
        late._replay()
        self.prepare(late)
        self.assertEqual(
            [item["number"] for item in self.items(f"/trade/v1/orders?after={end['next']}")], ["PO1"]
        )

    def test_since_leaves_out_what_was_sent_before(self):
        self.offer("PO1")
        self.items("/trade/v1/orders")
        self.offer("PO2")
        self.assertEqual(
            [item["number"] for item in self.items("/trade/v1/orders?since=2999-01-01T00:00:00Z")], ["PO2"]
        )
        self.assertEqual(len(self.items("/trade/v1/orders?since=2020-01-01T00:00:00%2B02:00")), 2)

    def test_every_wrong_parameter_is_named_at_once(self):
        response = self.get("/trade/v1/orders?limit=0&since=yesterday&colour=red&after=nonsense&limit=3")
        body = self.assertProblem(response, 400, "parameters-invalid")
        named = {error["parameter"] for error in body["errors"]}
        self.assertEqual(named, {"limit", "since", "colour", "after"})

    # -- entity tags -----------------------------------------------------------------------------

    def test_what_has_not_changed_is_not_sent_again(self):
        self.offer()
        for url in ("/trade/v1/orders", "/trade/v1/orders/PO1"):
            tag = self.get(url).headers["ETag"]
            again = self.get(url, **{"If-None-Match": f'"x", W/{tag}'})
            self.assertEqual((again.status_code, again.content), (304, b""))
            self.assertEqual(again.headers["ETag"], tag)
            self.assertEqual(self.get(url, **{"If-None-Match": '"other"'}).status_code, 200)
        self.offer("PO2")
        self.assertEqual(len(self.items("/trade/v1/orders", **{"If-None-Match": tag})), 2)

    def test_the_items_tag_is_the_documents(self):
        self.offer()
        [item] = self.items("/trade/v1/orders")
        self.assertEqual(self.get(item["url"]).headers["ETag"], f'"{item["etag"]}"')

    # -- what waits ------------------------------------------------------------------------------

    def test_nothing_is_handed_out_while_it_is_stopped(self):
        message = self.offer()
        for record, values, back in (
            (self.out, {"mode": "stopped"}, {"mode": "live"}),
            (self.out.connector_id, {"paused": True}, {"paused": False}),
            (self.partner, {"state": "suspended"}, {"state": "live"}),
        ):
            record.write(values)
            self.assertFalse(self.items("/trade/v1/orders"), values)
            self.assertEqual(self.get("/trade/v1/orders/PO1").status_code, 404)
            record.write(back)
        message.invalidate_recordset()
        self.assertEqual(message.state, "queued")
        self.assertTrue(self.items("/trade/v1/orders"))

    def test_what_nobody_fetches_becomes_a_problem_and_ends_with_the_fetching(self):
        message = self.offer()
        self.env.cr.execute(
            "UPDATE trade_message SET received_at = received_at - interval '25 hours' WHERE id = %s",
            [message.id],
        )
        message.invalidate_recordset()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_values: 1):
            self.env["trade.message"]._cron_silence()
        problem = self.problems("http.not_fetched")
        self.assertTrue(problem.is_open)
        self.assertEqual(message.state, "queued", "it goes on waiting")
        self.items("/trade/v1/orders")
        problem.invalidate_recordset()
        self.assertFalse(problem.is_open)

    def test_another_transport_takes_over_what_waits(self):
        message = self.offer()
        connector = self.out.connector_id
        connector.write({"transport": "rest", "base_url": "http://127.0.0.1:9"})
        message.invalidate_recordset()
        self.assertTrue(message.lane.startswith("out/"))
        self.assertFalse(self.items("/trade/v1/orders"), "it is sent now, not fetched")
        connector.transport = "pull"
        message.invalidate_recordset()
        self.assertTrue(message.lane.startswith("pull/"))
        self.assertTrue(self.items("/trade/v1/orders"))


@tagged("post_install", "-at_install")
class TestTradeReadsIsolation(ReadCase):
    """Partner A tries everything of partner B's and gets what there is for nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other, _route = make_partner(cls.env, "Ready Mat")
        cls.other_key = shown(make_client(cls.env, cls.other).action_new_key())
        cls.other_out = cls.pull_route(cls.other)

    def test_orders(self):
        message = self.offer("SECRET1", route=self.other_out)
        tag = self.get("/trade/v1/orders/SECRET1", api_key=self.other_key, method="HEAD").headers["ETag"]
        theirs = self.get("/trade/v1/orders/SECRET1")
        self.assertProblem(theirs, 404, "not-found")
        self.assertEqual(theirs.json(), self.get("/trade/v1/orders/NOBODYS").json())
        self.assertEqual(
            self.get("/trade/v1/orders/SECRET1", **{"If-None-Match": tag}).status_code, 404, "no 304 either"
        )
        self.assertFalse(self.items("/trade/v1/orders"))
        message.invalidate_recordset()
        self.assertEqual(message.state, "queued", "nobody else's reading delivers it")

    def test_one_number_two_partners(self):
        self.offer("PO1")
        self.offer("PO1", route=self.other_out)
        self.assertEqual(len(self.items("/trade/v1/orders")), 1)
        self.assertEqual(len(self.items("/trade/v1/orders", api_key=self.other_key)), 1)

    def test_cursors(self):
        for number in range(3):
            self.offer(f"PO{number}")
            self.offer(f"XO{number}", route=self.other_out)
        theirs = self.get("/trade/v1/orders?limit=1", api_key=self.other_key).json()["next"]
        mine = self.get("/trade/v1/orders?limit=1").json()["next"]
        tampered = mine[:-2] + ("AA" if not mine.endswith("AA") else "BB")
        refused = [
            self.get(f"/trade/v1/orders?after={cursor}")
            for cursor in (theirs, tampered, mine + "A", "A" * 24, "%C3%A9" * 16)
        ]
        for response in refused:
            self.assertProblem(response, 400, "parameters-invalid")
            self.assertEqual(
                response.json(), refused[0].json(), "another's is answered like one that is none"
            )
        self.assertProblem(self.get(f"/trade/v1/events?after={mine}"), 400, "parameters-invalid")

    def test_a_list_starts_nowhere_but_in_ones_own(self):
        """Whatever place a cursor of one's own stands for, what follows is one's own."""
        self.offer("XO1", route=self.other_out)
        secret = self.env["ir.config_parameter"].get_param("database.secret")
        owner = f"{self.partner.company_id.id}/{self.partner.id}/live/orders"
        for place in ("-5", "0", "99999999"):
            cursor = cursors.seal(secret, owner, place)
            self.assertFalse(self.items(f"/trade/v1/orders?after={cursor}"))


class _Collects:
    """Collects a small order for whatever record."""

    def __init__(self, adapters):
        self.adapters = adapters

    def __getattr__(self, name):
        return getattr(self.adapters, name)

    def _collect(self, message, record):
        return order(message.document_number, message.revision)
