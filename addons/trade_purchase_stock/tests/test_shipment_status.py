import uuid

from odoo.tests import tagged

from .common import CARTON_1, DespatchCase


@tagged("post_install", "-at_install")
class TestShipmentStatus(DespatchCase):
    """Where goods are on their way, told in any order by the supplier or a carrier."""

    def status(self, *events, eta=None, number=None, **header):
        """Events are ``(status, day offset, hour)``."""
        period = (
            {"estimated_delivery_period": {"end_date": self.days(eta).isoformat()}} if eta is not None else {}
        )
        return {
            "document_type": "shipment_status",
            "id": number or f"S-{uuid.uuid4().hex[:8]}",
            "issue_date": "2031-03-05",
            **period,
            "transport_events": [
                {
                    "status_code": code,
                    "occurrence_date": self.days(day).isoformat(),
                    "occurrence_time": f"{hour:02}:00:00Z",
                }
                for code, day, hour in events
            ],
            **header,
        }

    def tell(self, *statuses, route=None):
        return self.process(*statuses, route=route or self.route_status)

    def shipment(self, number="D-1", **header):
        order = self.make_order()
        units = [self.unit(CARTON_1, (1, 10))]
        return self.announced(
            self.advice(number, self.goods(1, 10, ref=1), order=order, eta=2, units=units, **header)
        )

    @staticmethod
    def about(number):
        return {"despatch_document_reference": [{"id": number}]}

    def test_milestones_move_arrival_receipt_and_state(self):
        despatch = self.shipment()
        [message] = self.tell(self.status(("departed", -3, 8), eta=5, **self.about("D-1")))
        self.assertApplied(message)
        self.assertEqual((despatch.state, despatch.eta), ("in_transit", self.days(5)))
        self.assertEqual(self.expected(despatch.order_ids), [(5, 10, True)])
        self.assertIn("instead of", despatch.activity_ids.summary)
        self.assertEqual(despatch.activity_ids.user_id, self.buyer)
        self.tell(self.status(("arrived", 4, 8), **self.about("D-1")))
        self.assertEqual(despatch.state, "arrived")
        self.tell(self.status(("delivered", 4, 12), **self.about("D-1")))
        self.assertEqual((despatch.state, len(despatch.milestone_ids)), ("delivered", 3))

    def test_found_by_every_number_it_has(self):
        despatch = self.shipment(
            shipment={"id": "SH-1", "carrier_assigned_id": "WB-1", "tracking_id": ["TR-1"]}
        )
        numbers = (
            {"shipment_id": "SH-1"},
            {"carrier_assigned_id": "WB-1"},
            {"tracking_id": ["TR-1"]},
            {"transport_handling_unit_id": [CARTON_1]},
            {"order_reference": [{"id": despatch.order_ids.name}]},
            {"shipment_id": "D-1"},
        )
        for hour, number in enumerate(numbers):
            [message] = self.tell(self.status(("in_transit", 0, hour), **number))
            self.assertApplied(message)
            self.assertEqual(message.res_id, despatch.id)
        self.assertEqual(len(despatch.milestone_ids), len(numbers))

    def test_older_events_that_come_late_change_nothing(self):
        despatch = self.shipment()
        self.tell(self.status(("arrived", 1, 8), eta=1, **self.about("D-1")))
        self.tell(self.status(("departed", -2, 8), eta=9, **self.about("D-1")))
        self.assertEqual((despatch.state, despatch.eta), ("arrived", self.days(1)))
        self.assertEqual(len(despatch.milestone_ids), 2)

    def test_any_order_ends_the_same(self):
        statuses = [
            (("departed", -2, 8), 4),
            (("delayed", -1, 8), 6),
            (("in_transit", 0, 8), 5),
        ]
        ends = set()
        for number, order in enumerate(((0, 1, 2), (2, 1, 0), (1, 2, 0))):
            name = f"D-{number}"
            order_lines = self.make_order()
            despatch = self.announced(self.advice(name, self.goods(1, 10, ref=1), order=order_lines, eta=2))
            for index in order:
                event, eta = statuses[index]
                self.tell(self.status(event, eta=eta, **self.about(name)))
            ends.add((despatch.state, despatch.eta, despatch.trouble))
        self.assertEqual(ends, {("in_transit", self.days(5), False)})

    def test_trouble_is_told_to_the_buyer_and_ends(self):
        despatch = self.shipment()
        self.tell(self.status(("exception", -1, 8), **self.about("D-1")))
        self.assertIn("Something is wrong", despatch.trouble)
        self.assertIn("Something is wrong", despatch.activity_ids.summary)
        self.tell(self.status(("out_for_delivery", 1, 8), **self.about("D-1")))
        self.assertFalse(despatch.trouble)

    def test_repeated_events_are_kept_once(self):
        despatch = self.shipment()
        events = (("departed", -3, 8), ("in_transit", -2, 8))
        self.tell(
            self.status(*events, **self.about("D-1")),
            self.status(*events, ("arrived", 1, 8), **self.about("D-1")),
        )
        self.tell(self.status(*events, ("arrived", 1, 8), **self.about("D-1")))
        self.assertEqual(len(despatch.milestone_ids), 3)

    def test_status_before_the_advice_waits_and_heals_by_itself(self):
        carrier = self.env["trade.partner"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Carrier"}).id,
                "state": "live",
                "is_logistics": True,
            }
        )
        connector = self.env["trade.connector"].create(
            {"name": "Carrier", "trade_partner_id": carrier.id, "transport": "manual"}
        )
        route = self.route_status.copy(
            {"trade_partner_id": carrier.id, "connector_id": connector.id, "state": self.route_status.state}
            if "state" in self.route_status._fields
            else {"trade_partner_id": carrier.id, "connector_id": connector.id}
        )
        [message] = self.tell(self.status(("departed", -3, 8), eta=5, tracking_id=["TR-7"]), route=route)
        self.assertHeld(message, "no despatch advice has announced")
        despatch = self.shipment(shipment={"tracking_id": ["TR-7"]})
        self.assertEqual(message.state, "received")
        self.run_lane(message)
        self.assertApplied(message)
        self.assertEqual((despatch.state, despatch.eta), ("in_transit", self.days(5)))

    def test_a_supplier_does_not_speak_of_shipments_of_others(self):
        despatch = self.shipment()
        stranger = self.env["trade.partner"].create(
            {"partner_id": self.env["res.partner"].create({"name": "Stranger"}).id, "state": "live"}
        )
        connector = self.connector.copy({"trade_partner_id": stranger.id})
        route = self.route_status.copy({"trade_partner_id": stranger.id, "connector_id": connector.id})
        [message] = self.tell(self.status(("delayed", -1, 8), eta=30, **self.about("D-1")), route=route)
        self.assertHeld(message, "no despatch advice has announced")
        self.assertEqual((despatch.eta, despatch.trouble), (self.days(2), False))

    def test_order_with_two_shipments_is_ambiguous(self):
        order = self.make_order()
        self.announced(
            self.advice("D-1", self.goods(1, 4, ref=1), order=order),
            self.advice("D-2", self.goods(1, 6, ref=1), order=order),
        )
        [message] = self.tell(self.status(("departed", -3, 8), order_reference=[{"id": order.name}]))
        self.assertHeld(message, "D-1, D-2")

    def test_exchange_line_of_the_order_says_it(self):
        despatch = self.shipment()
        [step] = [
            one for one in despatch.order_ids.trade_exchange["steps"] if one["label"].startswith("Despatched")
        ]
        self.assertIn("arrives", step["detail"])
        action = despatch.order_ids.action_trade_open(step["target"])
        self.assertEqual((action["res_model"], action["res_id"]), ("trade.despatch", despatch.id))
        found = self.env["trade.message"].search(despatch.order_ids.action_trade_messages()["domain"])
        self.assertIn("despatch_advice", found.mapped("document_type"))
        self.assertEqual(despatch.order_ids.trade_message_count, len(found))
        [held] = self.announce(
            self.advice("D-1", self.goods(1, 20, ref=1), order=despatch.order_ids, sequence_number=1)
        )
        despatch.order_ids.invalidate_recordset()
        self.assertEqual(despatch.order_ids.trade_problem_count, 1)
        problems = self.env["trade.exception"].search(despatch.order_ids.action_trade_problems()["domain"])
        self.assertEqual(problems, held.exception_id)
