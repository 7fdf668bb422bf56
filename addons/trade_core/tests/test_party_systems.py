from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_data import IBAN, DataCase

GLN = "5412345000013"


@tagged("post_install", "-at_install")
class TestPartySystems(DataCase):
    """Our CRM and our finance system speak about partners; partners about themselves only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.crm, cls.crm_route = cls.make_system("Our CRM", "crm")
        cls.vendor.ref = "V-100"
        cls.env["trade.identifier"].create(
            {"trade_partner_id": cls.profile.id, "scheme": "gln", "value": GLN}
        )
        cls.other = cls.env["res.partner"].create({"name": "Gemini", "is_company": True, "ref": "V-200"})
        cls.other_profile = cls.make_profile(cls.other)

    @classmethod
    def make_system(cls, name, kind, **vals):
        system = cls.make_profile(
            cls.env["res.partner"].create({"name": name}),
            is_internal=True,
            is_supplier=False,
            system_kind=kind,
            **vals,
        )
        return system, cls.make_route(system)

    @classmethod
    def make_route(cls, profile, **vals):
        connector = cls.env["trade.connector"].create(
            {"name": profile.name, "trade_partner_id": profile.id, "transport": "manual"}
        )
        return cls.env["trade.route"].create(
            {
                "trade_partner_id": profile.id,
                "connector_id": connector.id,
                "direction": "in",
                "document_type": "party_update",
                **vals,
            }
        )

    def about(self, *numbers, vat=None, **more):
        """A document about the partner of some numbers: texts are bare, pairs have a scheme."""
        named = [
            {"id": one} if isinstance(one, str) else {"id": one[1], "scheme_id": one[0]} for one in numbers
        ]
        document = self.update(**more)
        document["party"].pop("party_name")
        return {
            **document,
            "about": {"party_identification": named, **({"company_id": vat} if vat else {})},
        }

    def say(self, *documents, route=None):
        return self.arrive(*documents, route=route or self.crm_route)

    def changes(self, message):
        return self.Change.search([("source", "=", f"trade.message,{message.id}")], order="id")

    # -- who may speak -----------------------------------------------------------------------------

    def test_a_system_trades_nothing(self):
        with self.assertRaisesRegex(ValidationError, "nothing else"):
            self.profile.write({"system_kind": "crm"})
        with self.assertRaisesRegex(ValidationError, "nothing else"):
            self.crm.is_customer = True

    def test_no_partner_speaks_about_another(self):
        """Neither by a number of the other, nor by numbers of both; whether it exists is not told."""
        reasons = set()
        for number in ("V-200", "V-999"):
            message = self.say(self.about(number, contact={"telephone": "+32 1"}), route=self.route)
            self.assertEqual((message.state, message.exception_id.code), ("held", "party.not_yours"))
            reasons.add(message.state_reason.replace(message.document_number, "X"))
        both = self.say(
            self.about("V-100", ("0088", GLN), "V-200", contact={"telephone": "+32 1"}), route=self.route
        )
        self.assertEqual((both.state, both.exception_id.code), ("held", "party.not_yours"))
        self.assertEqual(len(reasons), 1)
        self.assertFalse(self.other.phone)
        self.assertEqual(self.vendor.phone, "+32 9 111 11 11")
        self.assertFalse(self.Change.search([("trade_partner_id", "=", self.other_profile.id)]))

    def test_a_partner_may_name_itself(self):
        message = self.say(self.about(("0088", GLN), contact={"telephone": "+32 1"}), route=self.route)
        self.assertEqual((message.state, self.vendor.phone), ("applied", "+32 1"))
        self.assertEqual(self.changes(message).mapped("writer"), ["partner"])

    def test_a_system_that_was_not_told_to_speak_says_nothing(self):
        self.crm.system_kind = False
        message = self.say(self.about("V-100", contact={"telephone": "+32 1"}))
        self.assertEqual((message.state, message.exception_id.code), ("held", "party.not_yours"))
        self.assertEqual(self.vendor.phone, "+32 9 111 11 11")

    def test_the_gate_itself_knows_who_speaks(self):
        message = self.say(self.about("V-200", contact={"telephone": "+32 1"}), route=self.route)
        with self.assertRaisesRegex(AccessError, "may not say anything"):
            self.offer(self.other, {"phone": "+32 1"}, profile=self.other_profile, source=message)

    def test_a_system_of_another_company_says_nothing_here(self):
        company = self.env["res.company"].create({"name": "Our branch"})
        self.env.user.company_ids += company
        theirs = self.env["res.partner"].create({"name": "Gemini branch", "ref": "B-1"})
        self.make_profile(theirs, company_id=company.id)
        message = self.say(self.about("B-1", contact={"telephone": "+32 1"}))
        self.assertEqual((message.state, message.exception_id.code), ("held", "party.unknown"))
        self.env["trade.mapping"].create(
            {
                "trade_partner_id": self.crm.id,
                "kind": "partner",
                "code": "B-2",
                "res_id": self.env["trade.partner"].search([("partner_id", "=", theirs.id)]).id,
            }
        )
        message = self.say(self.about("B-2", contact={"telephone": "+32 1"}))
        self.assertEqual((message.state, message.exception_id.code), ("held", "party.not_yours"))
        self.assertFalse(theirs.phone)

    # -- the rules ---------------------------------------------------------------------------------

    def test_the_word_of_the_master_is_written(self):
        self.rule("addresses", "hold", master="crm")
        message = self.say(
            self.about("V-100", postal_address={"city_name": "Antwerp"}, contact={"telephone": "+32 1"})
        )
        self.assertEqual(message.state, "applied")
        self.assertEqual((message.res_model, message.res_id), ("res.partner", self.vendor.id))
        self.assertEqual((self.vendor.city, self.vendor.phone), ("Antwerp", "+32 1"))
        city = self.changes(message).filtered(lambda one: one.field_name == "city")
        self.assertEqual((city.writer, city.said_by_id, city.ruling), ("crm", self.crm, "write"))
        self.assertEqual(city.trade_partner_id, self.profile)
        noted = self.profile.message_ids.filtered(lambda one: "Our CRM, the master" in one.body)
        self.assertIn("Antwerp", noted.body)

    def test_whoever_is_not_the_master_is_ignored_held_or_told(self):
        finance, route = self.make_system("Our ledger", "finance")
        self.rule("legal", "ignore", master="crm")
        self.rule("contacts", "accept", master="crm")
        said = {"contact": {"telephone": "+32 2"}, "postal_address": {"city_name": "Antwerp"}}
        document = self.about("V-100", **said)
        document["party"]["party_name"] = "Wood Corner NV"
        message = self.say(document, route=route)
        outcome = {one.field_name: one.state for one in self.changes(message)}
        self.assertEqual(outcome, {"name": "ignored", "phone": "accepted", "city": "proposed"})
        self.assertEqual((self.vendor.name, self.vendor.phone), ("Wood Corner", "+32 2"))
        self.assertEqual(self.vendor.city, "Ghent")
        told = self.profile.message_ids.filtered(lambda one: "Changed by Our ledger" in one.body)
        self.assertEqual(told.partner_ids, self.user.partner_id)
        self.assertEqual(self.changes(message).said_by_id, finance)

    def test_what_the_partner_is_not_the_master_of_is_held_when_the_crm_is(self):
        self.rule("contacts", "hold", master="crm")
        own = self.say(self.update(contact={"telephone": "+32 3"}), route=self.route)
        self.assertEqual(self.changes(own).state, "proposed")
        self.say(self.about("V-100", contact={"telephone": "+32 4"}))
        self.assertEqual(self.vendor.phone, "+32 4")
        self.assertTrue(self.changes(own).is_stale)

    def test_bank_and_tax_are_looked_at_whoever_says_so(self):
        _finance, route = self.make_system("Our ledger", "finance")
        for group in ("banking", "tax"):
            self.rule(group, "hold", master="finance")
        document = self.about("V-100", company_id="BE0477472701", payee_financial_accounts=[{"id": IBAN}])
        message = self.say(document, route=route)
        self.assertEqual(set(self.changes(message).mapped("state")), {"proposed"})
        self.assertFalse(self.vendor.bank_ids or self.vendor.vat)
        account = self.changes(message).filtered("is_banking")
        call = {"contact": self.person, "at": fields.Datetime.now()}
        account.with_user(self.banker)._decide("accepted", callback=call)
        self.assertEqual(self.vendor.bank_ids.sanitized_acc_number, IBAN)

    def test_two_who_propose_different_things_stand_side_by_side(self):
        own = self.say(self.update(postal_address={"city_name": "Antwerp"}), route=self.route)
        crm = self.say(self.about("V-100", postal_address={"city_name": "Bruges"}))
        self.assertEqual((self.changes(own).state, self.changes(crm).state), ("proposed", "proposed"))
        again = self.say(self.about("V-100", postal_address={"city_name": "Leuven"}))
        self.assertEqual((self.changes(crm).state, self.changes(own).state), ("superseded", "proposed"))
        self.assertEqual(self.changes(again).state, "proposed")

    # -- about whom --------------------------------------------------------------------------------

    def test_a_partner_is_known_by_any_of_its_numbers(self):
        self.vendor.vat = "BE0477472701"
        self.env["trade.identifier"].create(
            {"trade_partner_id": self.profile.id, "scheme": "own", "value": "K-7"}
        )
        for number, said in enumerate(
            (
                self.about("V-100"),
                self.about("K-7"),
                self.about(("0088", GLN)),
                {**self.about(), "about": {"company_id": "be 0477.472.701"}},
                self.about("no number of ours", ("0088", GLN)),
            )
        ):
            said["party"]["contact"] = {"telephone": f"+32 5 {number}"}
            message = self.say(said)
            self.assertEqual((message.state, self.vendor.phone), ("applied", f"+32 5 {number}"))
            self.assertEqual(message.evidence[0]["id"], self.profile.id)

    def test_nobody_is_guessed(self):
        message = self.say(self.update(contact={"telephone": "+32 1"}))
        self.assertEqual((message.state, message.exception_id.code), ("held", "party.about_missing"))
        both = self.say(self.about(("0088", GLN), "V-200", contact={"telephone": "+32 1"}))
        self.assertEqual((both.state, both.exception_id.code), ("held", "party.ambiguous"))
        self.assertIn("Gemini", both.state_reason)
        self.assertFalse(self.other.phone)

    def test_an_unknown_number_waits_for_a_person_to_say_whose_it_is(self):
        self.registry_enter_test_mode()  # a fix is tried on a cursor of its own
        first = self.say(self.about("ACC-9", contact={"telephone": "+32 6"}))
        second = self.say(self.about("ACC-9", postal_address={"city_name": "Antwerp"}))
        problem = first.exception_id
        self.assertEqual((problem.code, problem.fix_kind), ("party.unknown", "mapping"))
        self.assertEqual(second.exception_id, problem)
        problem.fix_ref = f"trade.partner,{self.profile.id}"
        wizard = self.env["trade.exception.fix"].browse(problem._fix_action()["res_id"])
        self.assertTrue(wizard.heals_all, wizard.outcomes)
        wizard.action_confirm()
        self.run_again(first | second)
        self.assertEqual((first.state, second.state), ("applied", "applied"))
        self.assertEqual(self.vendor.phone, "+32 6")
        self.assertFalse(problem.is_open)

    def run_again(self, messages):
        self.assertEqual(set(messages.mapped("state")), {"received"})
        self.process(messages)

    def test_an_unknown_number_waits_for_the_identifier(self):
        gln = "5499999000019"
        message = self.say(self.about(("0088", gln), contact={"telephone": "+32 7"}))
        self.assertEqual((message.state, message.exception_id.code), ("held", "party.unknown"))
        self.assertIn("the GLN 5499999000019", message.state_reason)
        self.env["trade.identifier"].with_user(self.manager).create(
            {"trade_partner_id": self.other_profile.id, "scheme": "gln", "value": gln}
        )
        self.run_again(message)
        self.assertEqual((message.state, self.other.phone), ("applied", "+32 7"))
        self.assertFalse(message.exception_id.is_open)

    def test_an_unknown_number_waits_for_the_vat_number_or_our_reference_on_the_contact(self):
        plain = new_test_user(self.env, "contacts_only", "base.group_user,base.group_partner_manager")
        for field, number, about in (
            ("vat", "BE 0477.472.701", {"vat": "BE0477472701"}),
            ("ref", "V-900", {"numbers": ["V-900"]}),
        ):
            message = self.say(
                self.about(*about.get("numbers", ()), vat=about.get("vat"), contact={"telephone": "+32 7"})
            )
            self.assertEqual((message.state, message.exception_id.code), ("held", "party.unknown"))
            self.other.with_user(plain)[field] = number
            self.run_again(message)
            self.assertEqual(message.state, "applied")
            self.assertFalse(message.exception_id.is_open)
            self.other.phone = False

    def test_a_number_that_several_had_waits_until_one_of_them_gives_it_up(self):
        self.vendor.vat = self.other.vat = "BE0477472701"
        message = self.say(self.about(vat="BE0477472701", contact={"telephone": "+32 7"}))
        self.assertEqual((message.state, message.exception_id.code), ("held", "party.ambiguous"))
        self.other.phone = "+32 9"
        self.assertEqual(message.state, "held", "something else has changed")
        self.vendor.vat = False
        self.run_again(message)
        self.assertEqual((message.state, self.other.phone), ("applied", "+32 7"))

    def test_an_unknown_company_waits_for_its_trading_profile(self):
        company = self.env["res.partner"].create({"name": "New", "is_company": True, "ref": "V-300"})
        message = self.say(self.about("V-300", contact={"telephone": "+32 7"}))
        self.assertEqual(message.exception_id.code, "party.unknown")
        self.make_profile(company)
        self.run_again(message)
        self.assertEqual((message.state, company.phone), ("applied", "+32 7"))

    # -- many --------------------------------------------------------------------------------------

    def test_a_batch_about_several_partners_and_one_of_them_twice(self):
        """Also by another number: what comes second sees what the first did."""
        person = {"name": "Bob", "telephone": "+32 8 1"}
        first, second, third = self.say(
            self.about("V-100", contacts=[person]),
            self.about(("0088", GLN), contacts=[{**person, "telephone": "+32 8 2"}]),
            self.about("V-200", contacts=[person]),
        )
        self.assertEqual({first.state, second.state, third.state}, {"applied"})
        bob = self.vendor.child_ids - self.person
        self.assertEqual((bob.mapped("name"), bob.phone), (["Bob"], "+32 8 2"))
        self.assertEqual(self.other.child_ids.mapped("phone"), ["+32 8 1"])

    def test_an_older_word_of_the_same_system_changes_nothing(self):
        new, old, of_another = self.say(
            self.about("V-100", day="2026-03-02", contact={"telephone": "+32 1"}),
            self.about(("0088", GLN), day="2026-03-01", contact={"telephone": "+32 2"}),
            self.about("V-200", day="2026-03-01", contact={"telephone": "+32 3"}),
        )
        self.assertEqual((new.state, old.state, of_another.state), ("applied", "ignored", "applied"))
        self.assertEqual((self.vendor.phone, self.other.phone), ("+32 1", "+32 3"))
        late = self.say(self.about("V-100", day="2026-03-01", contact={"telephone": "+32 4"}))
        self.assertEqual((late.state, self.vendor.phone), ("ignored", "+32 1"))
        own = self.say(self.update(day="2026-03-01", contact={"telephone": "+32 5"}), route=self.route)
        self.assertEqual((own.state, self.vendor.phone), ("applied", "+32 5"))

    def test_a_batch_costs_no_query_per_partner_to_find_them(self):
        self.say(self.about("V-100"))  # warms up
        resolver = self.env["trade.mapping"]._resolver(self.crm, self.company)
        with self.assertQueryCount(4):  # mappings, what Odoo knows, the records, their names
            resolver.prefetch("partner", [("", f"V-{number}") for number in range(100, 300)])
            for number in ("V-100", "V-200"):
                resolver.party([("", number)])
