from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.trade_kernel.errors import OutOfSequence, PartnerDown

from .common import TradeCase


@tagged("post_install", "-at_install")
class TestTradeException(TradeCase):
    """Problems, not failures: what a person finds on the desk."""

    def unknown(self, order, code="ACME-4711", **vals):
        return self.response(order, self.line(code, **vals))

    def problem(self, **vals):
        return self.env["trade.exception"].search([(name, "=", value) for name, value in vals.items()])

    def test_one_problem_for_four_documents(self):
        messages = self.arrive(*(self.unknown(f"P{n}", price="100") for n in range(4)))
        problem = messages.exception_id
        self.assertEqual(len(problem), 1)
        self.assertEqual(messages.mapped("state"), ["held"] * 4)
        self.assertEqual(problem.waiting_count, 4)
        self.assertEqual(problem.waiting_text, "4 × Order response")
        self.assertEqual(problem.value_at_stake, 4000)
        self.assertIn("ACME-4711", problem.name)
        self.assertIn("Choose the product", problem.remedy)
        self.assertEqual(problem.user_id, self.user)
        self.assertEqual(problem.activity_ids.user_id, self.user)

    def test_two_documents_about_one_order_put_its_value_at_stake_once(self):
        messages = self.arrive(
            self.response("P1", self.line("X", price="100"), number="R1"),
            self.response("P1", self.line("X", price="100"), number="R2"),
        )
        problem = messages.exception_id
        self.assertEqual((problem.waiting_count, problem.value_at_stake), (2, 1000))

    def test_a_document_with_two_unknown_codes_stands_in_both_problems(self):
        both = self.arrive(self.response("P1", self.line("A"), self.line("B", number="2")))
        only_b = self.arrive(self.unknown("P2", "B"))
        a, b = self.problem(subject="seller:A"), self.problem(subject="seller:B")
        self.assertEqual((a.waiting_count, b.waiting_count), (1, 2))
        self.assertEqual(b.waiting_ids, both | only_b)

        # B is learned: the second document is healed, the first still waits for A alone.
        self.env["trade.mapping"].create(self.meaning("B", self.table))
        b._replay_waiting()
        self.run_ready()
        self.assertEqual((both.state, only_b.state), ("held", "applied"))
        self.assertEqual((a.waiting_count, b.waiting_count), (1, 0))
        self.assertEqual((a.state, b.state), ("open", "resolved"))

        self.env["trade.mapping"].create(self.meaning("A", self.chair))
        a._replay_waiting()
        self.run_ready()
        self.assertEqual((both.state, a.state, self.applied("P1")), ("applied", "resolved", 1))

    def test_solving_the_first_of_two_codes_closes_both_when_the_second_was_known_meanwhile(self):
        both = self.arrive(self.response("P1", self.line("A"), self.line("B", number="2")))
        for code in "AB":
            self.env["trade.mapping"].create(self.meaning(code, self.table))
        self.problem(subject="seller:A")._replay_waiting()
        self.run_ready()
        self.assertEqual(both.state, "applied")
        self.assertEqual(self.problem(subject="seller:A").state, "resolved")
        self.assertEqual(self.problem(subject="seller:B").state, "resolved")

    def test_many_malformed_fields_are_one_problem(self):
        broken = self.unknown("P1").replace(b'"2026-03-02"', b'"soon"').replace(b'"10"', b'"ten"')
        message = self.arrive(broken)
        self.assertEqual(self.env["trade.exception"].search_count([("document_ids", "in", message.ids)]), 1)
        problem = message.exception_id
        self.assertEqual(problem.exception_class, "validation")
        self.assertEqual(len(problem.errors), 2)
        letter = problem.text_for_partner
        self.assertIn("soon", letter)
        self.assertIn("ten", letter)

    def meaning(self, code, product, scheme="seller", partner=None):
        return {
            "trade_partner_id": (partner or self.partner).id,
            "kind": "product",
            "scheme": scheme,
            "code": code,
            "product_id": product.id,
        }

    # -- fix once, heal all ----------------------------------------------------------------------

    def test_fix_and_replay_heals_all_and_closes_itself(self):
        messages = self.arrive(*(self.unknown(f"P{n}") for n in range(4)))
        problem = messages.exception_id.with_user(self.user)
        problem.fix_product_id = self.table
        wizard = self.fix(problem)
        self.assertEqual(wizard.preview_text, "4 documents: 4 would apply, 0 would still wait.")
        self.assertIn("ACME-4711", wizard.sentence)
        self.assertIn("Oak table", wizard.sentence)
        # The preview changed nothing.
        self.assertEqual(messages.mapped("state"), ["held"] * 4)
        self.assertFalse(self.env["trade.mapping"].search([("code", "=", "ACME-4711")]))
        self.assertEqual(sum(self.applied(f"P{n}") for n in range(4)), 0)

        wizard.action_confirm()
        self.assertEqual(problem.state, "replaying")
        self.assertEqual(problem.progress, {"total": 4, "done": 0, "running": 4, "held": 0})
        mapping = self.env["trade.mapping"].search([("code", "=", "ACME-4711")])
        self.assertEqual((mapping.product_id, mapping.confirmed_by), (self.table, self.user))

        self.process(messages[:3])
        self.assertEqual(problem.state, "replaying")
        self.assertEqual(problem.progress, {"total": 4, "done": 3, "running": 1, "held": 0})
        self.assertEqual(problem.waiting_count, 1)
        self.process(messages[3:])
        self.assertEqual(messages.mapped("state"), ["applied"] * 4)
        self.assertEqual([self.applied(f"P{n}") for n in range(4)], [1] * 4)
        self.assertEqual((problem.state, problem.waiting_count, problem.value_at_stake), ("resolved", 0, 0))
        self.assertEqual(problem.resolution, "4 documents applied, 0 left.")
        self.assertEqual(problem.resolved_by, self.user)
        self.assertFalse(problem.activity_ids)

    def fix(self, problem):
        return problem.env["trade.exception.fix"].browse(problem.action_fix()["res_id"])

    def test_what_waits_for_a_predecessor_goes_on_when_it_comes(self):
        message = self.arrive(self.unknown("P1", "A"))
        error = OutOfSequence(
            "document.superseded", subject="order:P1", number="1", revision=1, newer=2, other=3
        )
        problem = self.env["trade.exception"]._report([(message, error)])
        desk = self.env["trade.exception"]
        desk._arrived(message.trade_partner_id, ["order:P2"])
        self.assertEqual((message.state, problem.state), ("held", "open"))
        self.env["trade.mapping"].create(self.meaning("A", self.table))
        desk._arrived(message.trade_partner_id, ["order:P1"])
        self.run_ready()
        self.assertEqual((message.state, problem.state), ("applied", "resolved"))

    def test_a_preview_says_what_would_still_wait(self):
        healed = self.arrive(self.unknown("P1"))
        stuck = self.arrive(self.response("P2", self.line("ACME-4711"), self.line("OTHER", number="2")))
        problem = healed.exception_id.with_user(self.user)
        problem.fix_product_id = self.table
        wizard = self.fix(problem)
        self.assertEqual(wizard.preview_text, "2 documents: 1 would apply, 1 would still wait.")
        self.assertIn("OTHER", wizard.preview_html)
        wizard.action_confirm()
        self.run_ready()
        # The second document waits for another code now: this problem is solved, that one has the document.
        self.assertEqual(problem.state, "resolved")
        self.assertIn("1 document applied, 1 wait for another problem", problem.resolution)
        other = self.problem(subject="seller:OTHER")
        self.assertEqual((stuck.exception_id, other.waiting_count, other.state), (other, 1, "open"))

    def test_a_wrong_fix_leaves_the_problem_open_and_says_so(self):
        messages = self.arrive(self.unknown("P1"), self.unknown("P2", unit="CS"))
        problem = messages[0].exception_id.with_user(self.user)
        self.assertEqual(problem.waiting_count, 2)
        problem._replay_waiting()
        self.run_ready()
        self.assertEqual((problem.state, problem.waiting_count), ("open", 2))
        self.assertIn("Applied 0 of 2 documents, still waiting: 2", problem.message_ids[0].body)

    def test_the_code_of_one_partner_heals_no_other(self):
        other, _connector, route = self._make_supplier("Ready Mat")
        mine, theirs = self.arrive(self.unknown("P1")), self.arrive(self.unknown("P2"), route=route)
        self.assertNotEqual(mine.exception_id, theirs.exception_id)
        mine.exception_id.fix_product_id = self.table
        self.fix(mine.exception_id.with_user(self.user)).action_confirm()
        self.run_ready()
        self.assertEqual((mine.state, theirs.state), ("applied", "held"))
        self.assertEqual(theirs.exception_id.state, "open")

    def test_a_code_shared_by_all_heals_everybody_and_needs_a_manager(self):
        other, _connector, route = self._make_supplier("Ready Mat")
        gtin = "04099999123457"
        mine = self.arrive(self.response("P1", self.line(gtin=gtin)))
        theirs = self.arrive(self.response("P2", self.line(gtin=gtin)), route=route)
        problem = mine.exception_id
        problem.write({"fix_product_id": self.table.id, "fix_shared": True})
        with self.assertRaises(AccessError):
            problem.with_user(self.user).action_fix()
        self.fix(problem.with_user(self.manager)).action_confirm()
        self.run_ready()
        self.assertEqual((mine.state, theirs.state), ("applied", "applied"))
        self.assertEqual((mine.exception_id | theirs.exception_id).mapped("state"), ["resolved", "resolved"])

    def test_nothing_chosen_is_said_before_anything_runs(self):
        problem = self.arrive(self.unknown("P1")).exception_id.with_user(self.user)
        with self.assertRaisesRegex(UserError, "Choose what ACME-4711 means"):
            problem.action_fix()

    # -- what a person is offered ----------------------------------------------------------------

    def test_candidates_come_with_their_evidence(self):
        self.table.barcode = "4099999123457"
        vendor = self.env["res.partner"].create({"name": "Azure Interior"})
        self.env["product.supplierinfo"].create(
            {
                "partner_id": vendor.id,
                "product_tmpl_id": self.chair.product_tmpl_id.id,
                "product_code": "acme 4711",
            }
        )
        self.table.product_tmpl_id.company_id = False
        # The GTIN says table, our own code says chair: nobody may guess.
        line = self.line("ACME-4711", gtin="04099999123457", buyer="CHA-1", name="Table, oak")
        problem = self.arrive(self.response("P1", line)).exception_id.with_user(self.user)
        self.assertEqual(problem.code, "product.ambiguous")
        chips = {one["id"]: one["chips"] for one in problem.candidates}
        self.assertIn("same GTIN", chips[self.table.id])
        self.assertIn("100 % similar name", chips[self.table.id])
        self.assertIn("same internal reference", chips[self.chair.id])
        self.assertIn("same vendor code at Azure Interior", chips[self.chair.id])

    def test_what_the_partner_says_is_shown_and_escaped(self):
        line = self.line("ACME-4711", name="Table <script>alert(1)</script>", quantity="12.50", price="99.90")
        problem = self.arrive(self.response("P1", line, number="R-77")).exception_id.with_user(self.user)
        said = problem.partner_says
        for words in ("R-77", "12.5 C62", "99.9 USD", "&lt;script&gt;"):
            self.assertIn(words, said)
        self.assertNotIn("<script>", said)

    def test_a_malformed_document_shows_the_place(self):
        broken = self.unknown("P1").replace(b'"10"', b'"ten"')
        problem = self.arrive(broken).exception_id.with_user(self.user)
        marked = [problem.raw_view["lines"][number] for number in problem.raw_view["marks"]]
        self.assertEqual([line.strip() for line in marked], ['"value": "ten",'])
        self.assertEqual(problem.fix_kind, "document")

    # -- recurrence, snooze, ignore --------------------------------------------------------------

    def test_a_problem_that_comes_again_is_the_old_one(self):
        first = self.arrive(self.unknown("P1"))
        problem = first.exception_id
        mapping = self.env["trade.mapping"].create(self.meaning("ACME-4711", self.table))
        problem._replay_waiting()
        self.run_ready()
        self.assertEqual(problem.state, "resolved")
        mapping.active = False
        second = self.arrive(self.unknown("P2"))
        self.assertEqual(second.exception_id, problem)
        self.assertEqual((problem.state, problem.reopened_count, problem.waiting_count), ("open", 1, 1))
        self.assertFalse(problem.resolved_at)
        self.assertTrue(problem.activity_ids)
        self.assertIn("came again", problem.message_ids[0].body)

    def test_after_a_month_it_is_a_new_problem(self):
        problem = self.arrive(self.unknown("P1")).exception_id
        problem.with_user(self.manager)._ignore("Agreed by phone")
        problem.resolved_at -= timedelta(days=31)
        again = self.arrive(self.unknown("P2")).exception_id
        self.assertNotEqual(again, problem)

    def test_ignoring_says_what_it_touches_and_ends_the_documents(self):
        messages = self.arrive(self.unknown("P1"), self.unknown("P2"))
        problem = messages.exception_id
        wizard = self.bulk(problem.with_user(self.manager).action_ignore())
        self.assertIn("1 problem, 2 documents", wizard.summary)
        self.assertIn("2 documents from partners will never be applied", wizard.consequence)
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_run()
        wizard.reason = "The order was cancelled by phone"
        wizard.action_run()
        self.assertEqual(messages.mapped("state"), ["ignored"] * 2)
        self.assertIn("cancelled by phone", messages[0].state_reason)
        self.assertEqual((problem.state, problem.waiting_count), ("ignored", 0))
        self.assertEqual(problem.resolved_by, self.manager)
        # The next document with that code is not silently ignored.
        self.assertEqual(self.arrive(self.unknown("P3")).exception_id, problem)
        self.assertEqual(problem.state, "open")

    def bulk(self, action):
        return self.env["trade.exception.bulk"].with_user(self.manager).browse(action["res_id"])

    def test_ignoring_one_of_two_problems_of_a_document_counts_the_other_again(self):
        self.arrive(self.response("P1", self.line("A"), self.line("B", number="2")))
        a, b = self.problem(subject="seller:A"), self.problem(subject="seller:B")
        a.with_user(self.manager)._ignore("Wrong document")
        self.assertEqual((a.state, b.state, b.waiting_count), ("ignored", "resolved", 0))

    def test_a_user_may_not_ignore(self):
        problem = self.arrive(self.unknown("P1")).exception_id.with_user(self.user)
        with self.assertRaisesRegex(AccessError, "Only trading managers"):
            problem._ignore("because")

    def test_a_snoozed_problem_wakes(self):
        messages = self.arrive(self.unknown("P1"))
        problem = messages.exception_id
        problem.with_user(self.user)._snooze(fields.Datetime.now() + timedelta(hours=2))
        self.assertEqual((problem.state, problem.is_open), ("snoozed", True))
        self.assertFalse(problem.activity_ids)
        more = self.arrive(self.unknown("P2"))
        self.assertEqual((more.exception_id, problem.state, problem.waiting_count), (problem, "snoozed", 2))
        self.as_job("trade.exception", "_cron_clock")
        self.assertEqual(problem.state, "snoozed")
        with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
            self.as_job("trade.exception", "_cron_clock")
        self.assertEqual((problem.state, problem.activity_ids.user_id), ("open", self.user))

    def test_snoozing_into_the_past_is_refused(self):
        problem = self.arrive(self.unknown("P1")).exception_id.with_user(self.user)
        with self.assertRaisesRegex(UserError, "in the future"):
            problem._snooze(fields.Datetime.now() - timedelta(minutes=1))

    # -- the clock -------------------------------------------------------------------------------

    def test_an_overdue_problem_escalates_once(self):
        team = self.env["trade.team"].create({"name": "Purchasing", "leader_id": self.manager.id})
        self.route.team_id = team
        problem = self.arrive(self.unknown("P1")).exception_id
        self.assertEqual((problem.team_id, problem.user_id), (team, self.user))
        with freeze_time(problem.deadline + timedelta(minutes=1)):
            self.assertTrue(problem.overdue)
            self.assertIn(problem, self.env["trade.exception"].search([("overdue", "=", True)]))
            for _twice in range(2):
                self.as_job("trade.exception", "_cron_clock")
        escalated = problem.activity_ids.filtered(
            lambda one: one.activity_type_id == self.env.ref("trade_core.mail_activity_escalation")
        )
        self.assertEqual(escalated.user_id, self.manager)
        self.assertEqual(len(escalated), 1)
        self.assertEqual(sum("Overdue" in (body or "") for body in problem.message_ids.mapped("body")), 1)

    @freeze_time("2026-03-06 15:00:00")  # a Friday
    def test_the_deadline_keeps_the_partners_hours(self):
        calendar = self.env["resource.calendar"].create({"name": "Mon-Fri 8-16", "tz": "UTC"})
        calendar.attendance_ids = [(5, 0, 0)] + [
            (
                0,
                0,
                {
                    "name": str(day),
                    "dayofweek": str(day),
                    "hour_from": 8,
                    "hour_to": 16,
                    "day_period": "morning",
                },
            )
            for day in range(5)
        ]
        self.partner.resource_calendar_id = calendar
        self.env.ref("trade_core.exception_class_mapping").sla_hours = 4
        problem = self.arrive(self.unknown("P1")).exception_id
        # One hour is left on Friday, three follow on Monday.
        self.assertEqual(str(problem.deadline), "2026-03-09 11:00:00")

    def test_a_class_without_hours_has_no_deadline(self):
        self.env.ref("trade_core.exception_class_mapping").sla_hours = 0
        self.assertFalse(self.arrive(self.unknown("P1")).exception_id.deadline)

    # -- partners that are down -------------------------------------------------------------------

    def test_a_resting_connector_is_one_problem_that_ends_with_its_cause(self):
        error = PartnerDown("partner.down", partner="Wood Corner", detail="timeout")
        opened = [
            self.env["trade.exception"]._open(
                error, company=self.company, trade_partner=self.partner, connector=self.connector
            )
            for _twice in range(2)
        ]
        problem = opened[0]
        self.assertEqual(opened[1], problem)
        self.assertEqual(problem.seen_count, 2)
        problem._refresh()
        self.assertEqual(problem.state, "open")  # nothing waits, but the partner is still down
        problem._auto_resolve("Wood Corner answers again.")
        self.assertEqual((problem.state, problem.resolution), ("resolved", "Wood Corner answers again."))
        self.assertFalse(problem.resolved_by)

    def test_documents_nobody_took_are_one_problem_and_can_be_replayed(self):
        messages = self.arrive(self.unknown("P1"), self.unknown("P2"))
        errors = [PartnerDown("partner.no_success", tries=n, reason="HTTP 503") for n in (5, 6)]
        problem = self.env["trade.exception"]._report(list(zip(messages, errors, strict=True)))
        self.assertEqual((len(problem), problem.fix_kind, problem.waiting_count), (1, "connector", 2))
        self.assertTrue(problem.can_replay)

    # -- rights ----------------------------------------------------------------------------------

    def test_users_cannot_write_what_follows_from_facts(self):
        problem = self.arrive(self.unknown("P1")).exception_id.with_user(self.user)
        for vals in (
            {"state": "resolved"},
            {"value_at_stake": 0},
            {"resolution": "done"},
            {"fingerprint": "x"},
        ):
            with self.assertRaises(AccessError):
                problem.write(vals)
        problem.action_assign_to_me()
        self.assertEqual(problem.user_id, self.user)
        with self.assertRaises(AccessError):
            problem.unlink()

    def test_another_companys_problem_is_out_of_reach(self):
        other = self.env["res.company"].create({"name": "Second company"})
        stranger = new_test_user(
            self.env,
            "stranger",
            "trade_core.group_trade_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        problem = self.arrive(self.unknown("P1")).exception_id
        self.assertFalse(self.env["trade.exception"].with_user(stranger).search([("id", "=", problem.id)]))
        for press in ("action_fix", "action_assign_to_me", "action_replay", "action_wake"):
            with self.assertRaises(AccessError):
                getattr(problem.with_user(stranger), press)()
        self.assertEqual(problem.state, "open")

    def test_somebody_outside_of_the_desk_presses_nothing(self):
        outsider = new_test_user(self.env, "outsider", "base.group_user")
        problem = self.arrive(self.unknown("P1")).exception_id
        with self.assertRaises(AccessError):
            problem.with_user(outsider).action_fix()

    # -- owners ----------------------------------------------------------------------------------

    def test_a_balanced_team_gives_to_whoever_has_least(self):
        self.route.team_id = self.env["trade.team"].create(
            {"name": "Desk", "assignment": "balanced", "member_ids": [(6, 0, (self.user | self.manager).ids)]}
        )
        owners = [self.arrive(self.unknown(f"P{n}", f"CODE-{n}")).exception_id.user_id for n in range(4)]
        self.assertEqual(len(set(owners)), 2)
        self.assertEqual(owners.count(self.user), 2)

    def test_handing_over_moves_the_activity(self):
        problem = self.arrive(self.unknown("P1")).exception_id
        problem.with_user(self.user).user_id = self.manager
        self.assertEqual(problem.activity_ids.user_id, self.manager)
        self.assertEqual(len(problem.activity_ids), 1)

    def test_the_robot_never_owns_a_problem(self):
        self.partner.user_id = self.env.ref("base.user_root")
        problem = self.arrive(self.unknown("P1")).exception_id
        self.assertFalse(problem.user_id)
        self.assertIn(problem, self.env["trade.exception"].search([("user_id", "=", False)]))
