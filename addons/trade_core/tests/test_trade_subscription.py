import json
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.trade_kernel import events as catalogue

from ..events import PARTNER_ACTIVATED, PARTNER_SUSPENDED, PartnerData
from ..pipeline import relay
from .common_connector import Answer, ConnectorCase


@tagged("post_install", "-at_install")
class TestSubscription(ConnectorCase):
    """Who is told of what, in which order, exactly once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._make_partner("Azure Interior")
        cls.ours = cls._make_partner("Our data warehouse", is_internal=True)
        cls.subscription = cls._subscribe(cls.trade_partner, cls.connector)

    @classmethod
    def _make_partner(cls, name, company=None, **vals):
        contact = cls.env["res.partner"].create({"name": name})
        company = company or cls.env.company
        return cls.env["trade.partner"].create(
            {"partner_id": contact.id, "company_id": company.id, "state": "live", **vals}
        )

    @classmethod
    def _subscribe(cls, partner, connector=None, **vals):
        connector = connector or cls.env["trade.connector"].create(
            {
                "name": partner.name,
                "trade_partner_id": partner.id,
                "company_id": partner.company_id.id,
                "base_url": f"{cls.server.url}/{partner.id}",
            }
        )
        vals = {"all_types": True, **vals}
        return cls.env["trade.subscription"].create(
            {"name": partner.name, "trade_partner_id": partner.id, "connector_id": connector.id, **vals}
        )

    def _relay(self):
        self.env.flush_all()
        while relay.step(self.env, relay.LANE, 500).count:
            pass

    def _happen(self, partner, event_type=PARTNER_ACTIVATED):
        data = PartnerData(name=partner.name, state=partner.state, roles=())
        return self.env["trade.event"]._emit(event_type, partner, trade_partner=partner, data=data)

    def _told(self, subscription):
        return self.env["trade.message"].search([("route_id", "=", subscription.route_id.id)], order="id")

    # -- who ---------------------------------------------------------------------------------------

    def test_a_partner_is_told_of_itself_and_of_nobody_else(self):
        self._relay()
        before = self._told(self.subscription)
        mine, _theirs = self._happen(self.trade_partner), self._happen(self.other)
        self._relay()
        self.assertEqual((self._told(self.subscription) - before).event_id, mine)

    def test_our_own_system_is_told_of_everything(self):
        inside = self._subscribe(self.ours)
        both = self._happen(self.trade_partner) | self._happen(self.other)
        self._relay()
        self.assertEqual(self._told(inside).event_id & both, both)

    def test_but_of_nothing_of_another_company(self):
        company = self.env["res.company"].create({"name": "Another one"})
        stranger = self._make_partner("Stranger", company)
        inside = self._subscribe(self.ours)
        elsewhere = self._happen(stranger)
        self._relay()
        self.assertTrue(elsewhere.position)
        self.assertNotIn(elsewhere, self._told(inside).event_id)

    def test_what_everyone_may_know_is_told_to_every_partner(self):
        everyone = catalogue.EventType(
            PARTNER_ACTIVATED, "t", "s", "trade.partner", PartnerData, "events:read", audience="everyone"
        )
        with patch.dict(catalogue._types, {PARTNER_ACTIVATED: everyone}):
            event = self._happen(self.other)
            self._relay()
        self.assertIn(event, self._told(self.subscription).event_id)

    def test_problems_are_nobody_elses_business(self):
        internal = self.env["trade.event.type"].search([("audience", "=", "internal")], limit=1)
        with self.assertRaisesRegex(ValidationError, "only our own systems"):
            self.subscription.write({"all_types": False, "event_type_ids": internal.ids})
        inside = self._subscribe(self.ours, all_types=False, event_type_ids=internal.ids)
        self.assertEqual(inside.event_type_ids, internal)

    def test_the_connector_of_somebody_else_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            self._subscribe(self.other, self.connector)

    def test_a_subscription_stays_with_its_partner(self):
        with self.assertRaisesRegex(UserError, "stays with its partner"):
            self.subscription.trade_partner_id = self.other

    def test_only_what_was_chosen(self):
        kind = self.env["trade.event.type"].search([("name", "=", PARTNER_SUSPENDED)])
        self.subscription.write({"all_types": False, "event_type_ids": kind.ids})
        self._happen(self.trade_partner)
        wanted = self._happen(self.trade_partner, PARTNER_SUSPENDED)
        self._relay()
        self.assertEqual(self._told(self.subscription).event_id & wanted, wanted)
        self.assertEqual(set(self._told(self.subscription).event_id.mapped("type")), {PARTNER_SUSPENDED})

    def test_a_test_event_reaches_this_subscription_alone(self):
        inside = self._subscribe(self.ours)
        self.subscription.write({"all_types": False, "event_type_ids": False})
        self.subscription.action_test_fire()
        self._relay()
        types = self._told(self.subscription).event_id.mapped("type")
        self.assertEqual(types, ["tradelane.subscription.tested.v1"])
        self.assertNotIn("tradelane.subscription.tested.v1", self._told(inside).event_id.mapped("type"))

    # -- what --------------------------------------------------------------------------------------

    def test_a_full_event_says_everything_a_thin_one_what_happened(self):
        event = self._happen(self.trade_partner)
        thin = self._subscribe(self.trade_partner, self.connector, payload="thin")
        self._relay()
        full = self._told(self.subscription).filtered(lambda message: message.event_id == event)
        says = json.loads(full._raw())
        self.assertEqual(says["data"]["name"], "Wood Corner")
        self.assertEqual((says["id"], says["type"], says["specversion"]), (event.uid, event.type, "1.0"))
        told = self._told(thin).filtered(lambda message: message.event_id == event)
        self.assertEqual({**says, **json.loads(told._raw())}, says)
        self.assertNotIn("data", json.loads(told._raw()))
        self.assertEqual(says["partitionkey"], full.thread, "what keeps the order is told as well")
        self.assertEqual((full.payload_size, full.content_type), (len(full._raw()), catalogue.MEDIA_TYPE))

    def test_the_message_carries_what_keeps_order_and_tells_repetition(self):
        event = self._happen(self.trade_partner)
        self._relay()
        message = self._told(self.subscription)[-1]
        self.assertEqual(message.idempotency_key, event.uid)
        self.assertEqual(message.idempotency_scope, f"subscription:{self.subscription.id}")
        self.assertEqual(message.thread, f"trade.partner,{self.trade_partner.id}")
        self.assertEqual(message.lane, f"out/{self.subscription.route_id.id}/0")
        self.assertFalse(message.res_model, "a message about an order must not look like the order's own")

    def test_people_read_what_happened(self):
        self._happen(self.trade_partner)
        self._relay()
        message = self._told(self.subscription)[-1]
        self.assertEqual(message.about, "Partner activated")
        self.assertEqual(message.display_name, "Partner activated Wood Corner → Wood Corner")
        said = {line["label"]: line["text"] for line in message.document_view["header"]}
        self.assertEqual((said["Subject"], said["State"]), ("Wood Corner", "live"))

    def test_events_about_one_record_are_told_in_their_order(self):
        events = [self._happen(self.trade_partner) for _time in range(5)]
        self._relay()
        told = self._told(self.subscription).event_id
        self.assertEqual([event for event in told if event in events], events)

    def test_a_filter_leaves_out_what_does_not_fit(self):
        inside = self._subscribe(
            self.ours,
            filter_ids=[
                (0, 0, {"res_model": "trade.partner", "domain": "[('name', '=', 'Azure Interior')]"})
            ],
        )
        self._happen(self.trade_partner)
        fits = self._happen(self.other)
        self._relay()
        about = self._told(inside).event_id.filtered(lambda event: event.res_model == "trade.partner")
        self.assertEqual(about & fits, fits)
        self.assertEqual(set(about.mapped("res_id")), {self.other.id})

    def test_a_broken_filter_is_refused_when_it_is_written(self):
        rule = self.env["trade.subscription.filter"].create(
            {"subscription_id": self.subscription.id, "res_model": "trade.partner"}
        )
        for domain in ("[('no_such_field', '=', 1)]", "[(", "nonsense", "[('id', '=', 'x', 1)]"):
            with self.subTest(domain), self.assertRaisesRegex(ValidationError, "cannot be used"):
                rule.domain = domain

    def test_a_filter_that_broke_later_holds_its_own_events_and_nobody_elses(self):
        rule = self.env["trade.subscription.filter"].create(
            {"subscription_id": self.subscription.id, "res_model": "trade.partner", "domain": "[]"}
        )
        self._relay()
        before = self._told(self.subscription)
        inside = self._subscribe(self.ours)
        rule.flush_recordset()
        self.env.cr.execute(
            "UPDATE trade_subscription_filter SET domain = '[(''gone'', ''='', 1)]' WHERE id = %s", [rule.id]
        )
        rule.invalidate_recordset()
        events = self._happen(self.trade_partner) | self._happen(self.trade_partner, PARTNER_SUSPENDED)
        self._relay()
        self.assertEqual(self._told(inside).event_id & events, events)
        held = self._told(self.subscription) - before
        self.assertEqual(held.mapped("state"), ["held", "held"])
        [problem] = held.exception_id
        self.assertEqual((problem.code, problem.waiting_count), ("subscription.filter_broken", 2))
        self.assertIn("gone", problem.name)
        rule.domain = f"[('id', '=', {self.trade_partner.id})]"
        self.assertEqual(held.mapped("state"), ["queued", "queued"], "mending it is enough")
        self._drain(held[0])
        self.assertEqual(held.mapped("state"), ["acknowledged", "acknowledged"])
        self.assertEqual(json.loads(held[0]._raw())["id"], events[0].uid)
        self.assertEqual(problem.state, "resolved")

    def test_what_does_not_fit_the_mended_filter_is_withdrawn(self):
        rule = self.env["trade.subscription.filter"].create(
            {"subscription_id": self.subscription.id, "res_model": "trade.partner", "domain": "[]"}
        )
        self._relay()
        before = self._told(self.subscription)
        self.env.cr.execute("UPDATE trade_subscription_filter SET domain = '?' WHERE id = %s", [rule.id])
        rule.invalidate_recordset()
        self._happen(self.trade_partner)
        self._relay()
        held = self._told(self.subscription) - before
        rule.domain = "[('name', '=', 'Nobody')]"
        self._drain(held)
        self.assertEqual(held.state, "cancelled")
        self.assertIn("Does not fit", held.state_reason)

    # -- when --------------------------------------------------------------------------------------

    def test_nothing_from_before_the_subscription(self):
        self._happen(self.other)
        self._relay()
        late = self._subscribe(self.other)
        self._relay()
        self.assertFalse(self._told(late))

    def test_paused_collects_and_resuming_tells(self):
        self._relay()
        self.subscription.action_pause()
        event = self._happen(self.trade_partner)
        self._relay()
        message = self._told(self.subscription).filtered(lambda message: message.event_id == event)
        self._drain(message)
        self.assertEqual((message.state, self.server.requests), ("queued", []))
        self.subscription.action_resume()
        self._drain(message)
        self.assertEqual(message.state, "acknowledged")

    def test_switched_off_collects_nothing_and_says_why(self):
        self._relay()
        before = self._told(self.subscription)
        self.subscription._disable("The address is gone (HTTP 410).")
        self._happen(self.trade_partner)
        self._relay()
        self.assertEqual(self._told(self.subscription), before)
        self.assertEqual(self.subscription.disabled_reason, "The address is gone (HTTP 410).")
        self.assertTrue(self.subscription.disabled_at)
        self.subscription.action_resume()
        self.assertEqual((self.subscription.state, self.subscription.disabled_reason), ("active", False))

    def test_told_once_unless_asked_to_repeat(self):
        event = self._happen(self.trade_partner)
        self._relay()
        first = self._told(self.subscription).filtered(lambda message: message.event_id == event)
        self.assertFalse(self.subscription._enqueue(event))
        again = self.subscription._enqueue(event, again=True)
        self.assertEqual((again.idempotency_key, again.original_id), (f"{event.uid}/1", first))
        third = self.subscription._enqueue(event, again=True)
        self.assertEqual(third.idempotency_key, f"{event.uid}/2")

    def test_events_that_happen_very_often_are_written_only_while_somebody_listens(self):
        often = catalogue.EventType(
            "tradelane.partner.looked_at.v1",
            "Looked at",
            "Often.",
            "trade.partner",
            PartnerData,
            "events:read",
            on_demand=True,
        )
        Event = self.env["trade.event"]
        self.subscription.action_pause()
        with patch.dict(catalogue._types, {often.name: often}):
            self.assertTrue(Event._wanted(often.name), "a paused subscription collects")
            self.subscription._disable("off")
            self.assertFalse(Event._wanted(often.name))
            self.assertFalse(self._happen(self.trade_partner, often.name))
            self.subscription.action_resume()
            self.assertTrue(self._happen(self.trade_partner, often.name))
        self.env.registry.clear_cache()

    # -- the road ----------------------------------------------------------------------------------

    def test_it_goes_the_way_of_every_document(self):
        self._relay()
        self._drain(self._told(self.subscription)[0])
        event = self._happen(self.trade_partner)
        self._relay()
        message = self._told(self.subscription).filtered(lambda message: message.event_id == event)
        self.server.will(Answer(503))
        self._drain(message)
        self.assertEqual(message.state, "queued")
        message.not_before = False
        self._drain(message)
        self.assertEqual(message.state, "acknowledged")
        self.assertEqual(json.loads(self.server.last.body)["id"], event.uid)
        self.assertEqual([step["outcome"] for step in message.timeline], ["ok", "retry", "ok"])

    def test_a_receiver_that_refuses_a_type_is_one_problem(self):
        self._relay()
        for message in self._told(self.subscription):
            self._drain(message)
        events = self._happen(self.trade_partner) | self._happen(self.other)
        inside = self._subscribe(self.ours)
        self._relay()
        told = self._told(inside).filtered(lambda message: message.event_id in events)
        self.server.will(*[Answer(422, "what is this?")] * 10)
        self._drain(told[0])
        self.assertEqual(told.mapped("state"), ["held", "held"])
        self.assertEqual(len(told.exception_id), 1)

    def test_another_connector_takes_over_what_waits(self):
        self._relay()
        self.subscription.action_pause()
        self._happen(self.trade_partner)
        self._relay()
        new = self.env["trade.connector"].create(
            {"name": "New", "trade_partner_id": self.trade_partner.id, "base_url": f"{self.server.url}/new"}
        )
        self.subscription.write({"connector_id": new.id})
        self.subscription.action_resume()
        waiting = self._told(self.subscription).filtered(lambda message: message.state == "queued")
        self.assertEqual(waiting.connector_id, new)
        self._drain(waiting[0])
        self.assertTrue(all(request.path.startswith("/new") for request in self.server.requests))

    def test_its_route_is_its_own(self):
        second = self._subscribe(self.trade_partner, self.connector)
        self.assertNotEqual(second.route_id, self.subscription.route_id)
        with self.assertRaisesRegex(ValidationError, "made by itself"):
            self.env["trade.route"].create(
                {
                    "trade_partner_id": self.trade_partner.id,
                    "connector_id": self.connector.id,
                    "direction": "out",
                    "document_type": "event",
                    "codec": "cloudevents",
                    "sequence": 99,
                }
            )
        route = second.route_id
        second.unlink()
        self.assertFalse(route.exists())

    def test_one_over_which_events_went_is_archived_instead(self):
        self._happen(self.trade_partner)
        self._relay()
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.subscription.unlink()
        self.subscription.active = False
        self.assertFalse(self.subscription.route_id.active)
