"""What becomes of events once they are stored: rules, duplicates, unknown kinds, and deciding about them."""

import json

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user

from odoo.addons.trade_kernel.signatures import new_secret

from .common_hook import HookCase, make_hook


class TestHookRoad(HookCase):
    def test_the_document_in_an_event_goes_on_with_exactly_its_text(self):
        self.rule("order.*", pointer="/data")
        part = '{"document_type": "order_response",   "id": "R-1", "price": 12.50}'
        self.push(f'{{"id": "e1", "type": "order.answered", "data": {part}}}'.encode())
        self.work()
        [event] = self.messages()
        [document] = event.child_ids
        self.assertEqual(document._raw().decode(), part)
        self.assertEqual((document.route_id, document.state), (self.route, "received"))
        self.assertEqual(document.trace_id, event.trace_id)
        self.assertEqual((event.state, event.state_reason), ("applied", f"Handed on as #{document.id}"))

    def test_the_same_event_again_is_ignored_and_names_the_first(self):
        self.rule("order.*", pointer="/data")
        self.push(self.event(data=self.answer()))
        self.push(self.event(data={**self.answer(), "attempt": 2}))
        self.work()
        first, second = self.messages()
        self.assertEqual(second.state, "ignored")
        self.assertIn(f"#{first.id}", second.state_reason)
        self.assertEqual(len(first.child_ids | second.child_ids), 1)

    def test_the_same_event_again_is_known_even_long_after(self):
        self.rule("order.*", pointer="/data")
        self.push(self.event(data=self.answer()))
        self.work()
        self.push(self.event(data={**self.answer(), "attempt": 2}))
        self.work()
        self.assertEqual(self.messages().mapped("state"), ["applied", "ignored"])

    def test_one_id_of_two_types_is_two_events(self):
        self.rule("*", "ignore")
        self.push(self.event("order.created", "same"))
        self.push(self.event("order.paid", "same"))
        self.work()
        self.assertEqual(self.messages().mapped("hook_type"), ["order.created", "order.paid"])
        self.assertFalse(self.messages().filtered(lambda message: "came before" in message.state_reason))

    def test_the_most_exact_rule_counts(self):
        self.rule("*", "ignore", reason="all others")
        self.rule("order.*", "ignore", reason="orders")
        exact = self.rule("order.paid", "ignore", reason="paid")
        self.assertEqual(self.hook._hook_rule("order.paid"), exact)
        self.assertEqual(self.hook._hook_rule("order.shipped").reason, "orders")
        self.assertEqual(self.hook._hook_rule("orders").reason, "all others")

    def test_ignored_events_say_why(self):
        self.rule("ping", "ignore", reason="Their heartbeat.")
        self.push(self.event("ping"))
        self.work()
        self.assertEqual(self.messages().state, "ignored")
        self.assertIn("Their heartbeat.", self.messages().state_reason)

    def test_a_flood_of_an_unknown_type_is_one_problem(self):
        for number in range(60):
            self.push(self.event("parcel.scanned", f"e{number}"))
        self.push(self.event("parcel.lost", "x1"))
        self.work()
        self.assertEqual(set(self.messages().mapped("state")), {"held"})
        scanned, lost = self.problems().sorted("waiting_count", reverse=True)
        self.assertEqual((scanned.waiting_count, lost.waiting_count), (60, 1))
        self.assertIn("parcel.scanned", scanned.name)
        self.assertEqual(scanned.fix_kind, "hook")
        [kind] = self.hook.hook_type_ids.filtered(lambda kind: kind.name == "parcel.scanned")
        self.assertEqual(kind.seen_count, 60)

    def test_saying_once_what_follows_runs_all_that_wait(self):
        for number in range(3):
            self.push(self.event("order.answered", f"e{number}", self.answer(f"R-{number}")))
        self.work()
        [problem] = self.problems()
        action = problem.action_fix()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.waiting_count, 3)
        with Form(wizard) as form:
            self.assertIn("Choose what follows", form.preview_text)
            form.route_id = self.route
            form.pointer = "/data"
        self.assertEqual(self.messages().mapped("state"), ["held"] * 3, "only tried")
        wizard.action_confirm()
        self.assertEqual(problem.state, "replaying")
        self.work()
        self.assertEqual(self.messages().mapped("state"), ["applied"] * 3)
        self.assertEqual(problem.state, "resolved")
        self.assertIn("3 documents applied", problem.resolution)
        self.assertEqual(self.hook.hook_rule_ids.seen_count, 3)

    def test_a_wider_pattern_heals_all_it_fits(self):
        self.push(self.event("parcel.scanned", "e1"))
        self.push(self.event("parcel.lost", "e2"))
        self.push(self.event("order.paid", "e3"))
        self.work()
        problem = self.problems().filtered(lambda problem: "scanned" in problem.name)
        wizard = self.env["trade.hook.fix"].browse(problem.action_fix()["res_id"])
        wizard.write({"pattern": "parcel.*", "action": "ignore", "reason": "Not ours."})
        wizard.action_confirm()
        self.work()
        self.assertEqual(self.messages().mapped("state"), ["ignored", "ignored", "held"])
        self.assertEqual(len(self.problems()), 1)

    def test_deciding_is_for_managers(self):
        self.push(self.event())
        self.work()
        user = new_test_user(self.env, "hook_user", groups="trade_core.group_trade_user")
        with self.assertRaises(AccessError):
            self.problems().with_user(user).action_fix()
        manager = new_test_user(self.env, "hook_manager", groups="trade_core.group_trade_manager")
        wizard = self.env["trade.hook.fix"].browse(self.problems().with_user(manager).action_fix()["res_id"])
        wizard.with_user(manager).write({"action": "ignore"})
        wizard.with_user(manager).action_confirm()
        self.work()
        self.assertEqual(self.messages().state, "ignored")

    def test_an_event_that_cannot_be_read_is_held_alone(self):
        self.rule("*", "ignore")
        self.push(b"{broken")
        self.push(self.event())
        self.work()
        self.assertEqual(self.messages().mapped("state"), ["held", "ignored"])
        [problem] = self.problems("hook.unreadable")
        self.assertEqual(problem.fix_kind, "document")
        self.assertTrue(problem.action_fix(), "replaying it is offered, and what would come of it is shown")

    def test_a_wrong_rule_holds_the_event_until_it_is_mended(self):
        rule = self.rule("order.*", pointer="/order")
        self.push(self.event(data=self.answer()))
        self.work()
        [problem] = self.problems("hook.no_document")
        rule.pointer = "/data"
        problem.action_fix()
        problem._replay_waiting()
        self.work()
        self.assertEqual(self.messages().state, "applied")

    def test_a_resubmitted_event_counts_instead_of_the_first(self):
        self.rule("order.*", pointer="/data")
        self.push(b'{"id": "e1", "type": "order.answered"}')
        self.work()
        copy = self.messages()._resubmit(self.event(data=self.answer()), "The sender forgot the document")
        self.work()
        self.assertEqual((copy.state, len(copy.child_ids)), ("applied", 1))

    def test_events_of_a_paused_connector_are_taken_and_wait(self):
        self.rule("*", "ignore")
        self.hook.action_pause()
        self.assertEqual(self.push(self.event()).status_code, 200)
        self.work()
        self.assertEqual(self.messages().state, "received")
        self.assertIn("paused", str(self.messages().timeline_view))
        self.hook.action_resume()
        self.work()
        self.assertEqual(self.messages().state, "ignored")

    def test_a_shop_that_says_type_and_id_in_headers(self):
        hook = make_hook(self.env, self.partner, "shopify")
        self.rule("orders/*", hook=hook)
        raw = json.dumps(self.answer()).encode()
        headers = {
            **self.sign(raw, hook),
            "X-Shopify-Topic": "orders/updated",
            "X-Shopify-Event-Id": "b54557e4",
        }
        self.push(raw, hook, headers)
        self.work(hook)
        event = self.messages(hook)
        self.assertEqual((event.hook_type, event.hook_event), ("orders/updated", "b54557e4"))
        self.assertEqual(event.child_ids._raw(), raw)
        self.assertEqual(event.display_name, "Event orders/updated ← Wood Corner")

    def test_a_signal_asks_the_route_to_fetch_now(self):
        self.route.write({"poll": True, "poll_next": "2099-01-01 00:00:00"})
        self.rule("*", "poll", route_id=self.route.id)
        self.push(self.event())
        self.work()
        self.assertEqual(self.messages().state, "applied")
        self.assertLess(str(self.route.poll_next), "2099")

    def test_rules_that_cannot_work_are_refused_with_what_is_missing(self):
        for vals in (
            {"action": "process", "route_id": False},
            {"action": "process", "pointer": "data"},
            {"action": "poll", "route_id": self.route.id},
            {"action": "fetch", "route_id": self.route.id},
        ):
            with self.assertRaises(ValidationError):
                self.rule("x", **vals)

    def test_trying_a_request_says_which_step_fails(self):
        raw = self.event()
        headers = "\r\n".join(f"{name}: {value}" for name, value in self.sign(raw).items())
        test = self.env["trade.hook.test"].create(
            {"connector_id": self.hook.id, "headers": headers, "body": raw.decode() + "\r\n"}
        )
        test.action_try()
        outcomes = {step["name"]: step["outcome"] for step in test.steps}
        self.assertEqual(outcomes.pop("What follows"), "warning", "nobody has said yet")
        self.assertEqual(set(outcomes.values()), {"ok"}, test.steps)
        test.body = raw.decode().replace("e1", "e2")
        test.action_try()
        self.assertEqual(
            [step["name"] for step in test.steps if step["outcome"] == "failed"], ["Does it match?"]
        )
        self.assertNotIn("secret to everybody", str(test.steps))

    def test_a_connector_comes_from_the_template_with_its_sender(self):
        new = self.env["trade.connector.new"].create(
            {"template": "hook", "trade_partner_id": self.partner.id, "hook_preset": "stripe"}
        )
        connector = self.env["trade.connector"].browse(new.action_create()["res_id"])
        self.assertEqual(connector.hook_header, "Stripe-Signature")
        self.assertRegex(connector.hook_url, r"/trade/hooks/[a-z0-9]{24}$")
        self.assertEqual(connector.health, "down")
        self.assertIn("No secret", connector.health_reason)
        self.assertNotEqual(connector.copy().hook_public_id, connector.hook_public_id)

    def test_generated_secrets_open_the_door(self):
        hook = make_hook(self.env, self.partner, secret=None)
        secret = hook.action_hook_generate_secret()["params"]["secret"]
        self.assertEqual(self.push(self.event(), hook, secret=secret).status_code, 200)
        standard = make_hook(self.env, self.partner, "standard", new_secret())
        self.assertEqual(standard._hook_credential().kind, "hmac_secret")
