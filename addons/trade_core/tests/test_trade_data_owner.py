from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_data import IBAN, DataCase


@tagged("post_install", "-at_install")
class TestTradeDataOwner(DataCase):
    """What a partner says is written, proposed or noted, as the narrowest rule says."""

    def by_field(self, outcomes):
        return {outcome.field: outcome.outcome for outcome in outcomes}

    # -- each outcome ------------------------------------------------------------------------------

    def test_what_the_partner_is_the_master_of_is_written(self):
        self.rule("addresses", "write")
        [outcome] = self.offer(self.vendor, {"street": "Quay 7"})
        self.assertEqual((outcome.outcome, outcome.text), ("written", "Written."))
        self.assertEqual(self.vendor.street, "Quay 7")
        self.assertEqual(outcome.change.state, "accepted")
        self.assertFalse(outcome.change.decided_by_id)
        self.assertEqual((outcome.change.old_text, outcome.change.new_text), ("Old street 1", "Quay 7"))

    def test_accept_writes_and_tells_the_responsible(self):
        self.rule("addresses", "accept")
        self.offer(self.vendor, {"street": "Quay 7"})
        self.assertEqual(self.vendor.street, "Quay 7")
        message = self.profile.message_ids[0]
        self.assertIn("Old street 1 → Quay 7", message.body)
        self.assertIn(self.user.partner_id, message.notified_partner_ids)

    def test_ignore_changes_nothing_and_is_noted_once(self):
        self.rule("addresses", "ignore")
        [outcome] = self.offer(self.vendor, {"street": "Quay 7"})
        self.assertEqual(outcome.outcome, "ignored")
        self.assertEqual(self.vendor.street, "Old street 1")
        notes = self.profile.message_ids
        self.assertIn("Quay 7", notes[0].body)
        [again] = self.offer(self.vendor, {"street": "Quay 7"})
        self.assertEqual((again.outcome, again.change), ("ignored", outcome.change))
        self.assertEqual(self.profile.message_ids, notes)

    def test_hold_proposes_and_calls_the_responsible(self):
        self.rule("addresses", "hold")
        outcomes = self.offer(self.vendor, {"street": "Quay 7", "city": "Antwerp"}, note="We moved")
        self.assertEqual(self.by_field(outcomes), {"street": "held", "city": "held"})
        self.assertEqual((self.vendor.street, self.vendor.city), ("Old street 1", "Ghent"))
        change = outcomes[0].change
        self.assertEqual(
            (change.old_text, change.new_text, change.note), ("Old street 1", "Quay 7", "We moved")
        )
        self.assertEqual(change.entered_by_id, self.portal)
        self.assertEqual(self.profile.change_count, 2)
        self.assertEqual(self.profile.activity_ids.user_id, self.user)
        self.assertEqual(len(self.profile.activity_ids), 1)

    def test_what_shall_be_empty_says_so(self):
        self.rule("addresses", "hold")
        outcomes = self.offer(self.vendor, {"street": False, "street2": "Gate 3"})
        emptied, filled = (outcome.change for outcome in outcomes)
        self.assertEqual((emptied.old_words, emptied.new_words), ("Old street 1", "(emptied)"))
        self.assertEqual((filled.old_words, filled.new_words), ("(empty)", "Gate 3"))

    def test_what_is_so_already_changes_nothing(self):
        [outcome] = self.offer(self.vendor, {"street": " Old street 1 "})
        self.assertEqual(outcome.outcome, "unchanged")
        self.vendor.vat = "BE0477472701"
        [outcome] = self.offer(self.vendor, {"vat": "BE 0477.472.701"})
        self.assertEqual(outcome.outcome, "unchanged")
        self.assertFalse(self.Change.search([("trade_partner_id", "=", self.profile.id)]))

    def test_one_offer_is_split_by_groups(self):
        self.rule("contacts", "write")
        self.rule("addresses", "ignore")
        self.rule("legal", "hold")
        outcomes = self.offer(
            self.vendor, {"email": "a@woodcorner.example", "city": "Antwerp", "name": "Wood Corner NV"}
        )
        self.assertEqual(self.by_field(outcomes), {"email": "written", "city": "ignored", "name": "held"})
        self.assertEqual(self.vendor.email, "a@woodcorner.example")
        self.assertEqual((self.vendor.city, self.vendor.name), ("Ghent", "Wood Corner"))

    def test_what_nobody_registered_is_never_written(self):
        self.rule("*", "write")
        outcomes = self.offer(self.vendor, {"active": False, "user_ids": [], "no_such_field": 1})
        self.assertEqual({outcome.outcome for outcome in outcomes}, {"refused"})
        self.assertTrue(self.vendor.active)

    def test_what_odoo_does_not_take_is_told_to_the_sender(self):
        self.rule("addresses", "write")
        outcomes = self.offer(self.vendor, {"country_id": "Belgium", "street": "Quay 7"})
        self.assertEqual(self.by_field(outcomes), {"country_id": "refused", "street": "written"})
        self.rule("identifiers", "hold")
        [outcome] = self.offer(self.env["trade.identifier"], {"scheme": "gln", "value": "5412345000012"})
        self.assertEqual(outcome.outcome, "refused")
        self.assertIn("check digit", outcome.text)
        self.assertEqual(outcome.change.state, "refused")
        self.assertFalse(self.profile.identifier_ids)

    # -- which rule --------------------------------------------------------------------------------

    def test_the_narrowest_rule_counts(self):
        contacts = {"email": "a@woodcorner.example"}
        self.assertEqual(self.offer(self.vendor, contacts)[0].outcome, "written")  # comes with the addon
        ours = self.Owner.create(
            {"field_group": "contacts", "on_foreign_write": "ignore", "company_id": self.company.id}
        )
        self.assertEqual(self.offer(self.vendor, {"email": "b@x.example"})[0].outcome, "ignored")
        self.Owner.create({"field_group": "*", "on_foreign_write": "hold", "role": "supplier"})
        self.assertEqual(self.offer(self.vendor, {"email": "c@x.example"})[0].outcome, "held")
        self.Owner.create({"field_group": "contacts", "on_foreign_write": "ignore", "role": "customer"})
        self.assertEqual(self.offer(self.vendor, {"email": "d@x.example"})[0].outcome, "held")
        self.rule("*", "accept")
        self.assertEqual(self.offer(self.vendor, {"email": "e@x.example"})[0].outcome, "written")
        self.assertTrue(ours.exists())

    def test_of_contradicting_rules_the_stricter_counts(self):
        self.profile.is_customer = True
        for role, outcome in (("supplier", "accept"), ("customer", "ignore")):
            self.Owner.create({"field_group": "contacts", "on_foreign_write": outcome, "role": role})
        self.assertEqual(self.offer(self.vendor, {"email": "d@x.example"})[0].outcome, "ignored")

    def test_where_nothing_is_said_a_person_decides(self):
        self.Owner.search([]).unlink()
        self.assertEqual(self.offer(self.vendor, {"email": "d@x.example"})[0].outcome, "held")

    def test_another_company_has_rules_of_its_own(self):
        other = self.env["res.company"].create({"name": "Our branch"})
        profile = self.make_profile(self.vendor, company_id=other.id)
        self.Owner.create({"field_group": "*", "on_foreign_write": "ignore", "company_id": other.id})
        [outcome] = self.offer(self.vendor, {"city": "Antwerp"}, profile=profile)
        self.assertEqual((outcome.outcome, outcome.change.company_id), ("ignored", other))
        [outcome] = self.offer(self.vendor, {"city": "Antwerp"})
        self.assertEqual((outcome.outcome, outcome.change.company_id), ("held", self.company))

    def test_a_rule_is_for_a_partner_or_a_role_and_its_own_data(self):
        with self.assertRaisesRegex(ValidationError, "one partner, or for all partners of a kind"):
            self.rule("legal", "hold", role="supplier")

    # -- sensitive ---------------------------------------------------------------------------------

    def test_bank_and_tax_cannot_be_accepted_by_a_rule(self):
        for group in ("tax", "banking"):
            with self.assertRaisesRegex(ValidationError, "never changed without somebody looking"):
                self.rule(group, "accept")

    def test_bank_and_tax_are_held_whatever_is_said(self):
        self.rule("*", "write")
        self.rule("tax", "write")
        [vat] = self.offer(self.vendor, {"vat": "BE0477472701"})
        [bank] = self.offer(self.env["res.partner.bank"], {"acc_number": IBAN})
        [number] = self.offer(self.env["trade.identifier"], {"scheme": "vat", "value": "BE0477472701"})
        self.assertEqual({vat.outcome, bank.outcome, number.outcome}, {"held"})
        self.assertFalse(self.vendor.vat)
        self.assertFalse(self.vendor.bank_ids)
        self.assertFalse(self.profile.identifier_ids)

    # -- new records -------------------------------------------------------------------------------

    def test_a_new_contact_is_created_below_the_company(self):
        self.rule("contacts", "write")
        vals = {"name": "Bob", "function": "Sales", "parent_id": self.env.company.partner_id.id}
        outcomes = self.offer(self.env["res.partner"], vals)
        self.assertEqual(self.by_field(outcomes), {"parent_id": "refused", None: "written"})
        bob = self.vendor.child_ids - self.person
        self.assertEqual((bob.name, bob.function, bob.type), ("Bob", "Sales", "contact"))

    def test_a_new_record_is_proposed_and_repeated_only_once(self):
        first = self.account()
        self.assertEqual(first.kind, "create")
        self.assertIn(IBAN, first.new_text)
        self.assertEqual(self.account(), first)
        newer = self.proposed(
            self.env["res.partner.bank"], {"acc_number": "BE71 0961 2345 6769", "acc_holder_name": "X"}
        )
        self.assertEqual((first.state, newer.state), ("superseded", "proposed"))

    def test_of_several_groups_the_strictest_counts_for_a_new_record(self):
        self.rule("contacts", "write")
        self.rule("addresses", "hold")
        vals = {"name": "Bob", "street": "Quay 7"}
        [outcome] = self.offer(self.env["res.partner"], vals)
        self.assertEqual(outcome.outcome, "held")

    # -- superseding -------------------------------------------------------------------------------

    def test_a_newer_proposal_replaces_the_older_one(self):
        first = self.proposed(vals={"name": "Wood Corner NV"})
        second = self.proposed(vals={"name": "Wood Corner Group"})
        self.assertEqual((first.state, second.state), ("superseded", "proposed"))
        [again] = self.offer(self.vendor, {"name": "Wood Corner Group"})
        self.assertEqual(again.change, second)
        self.offer(self.vendor, {"name": "Wood Corner"})  # as it is: the partner took it back
        self.assertEqual(second.state, "superseded")
        self.assertFalse(self.profile.activity_ids)

    def test_what_was_refused_is_not_asked_again_by_a_file(self):
        change = self.proposed(vals={"name": "Wood Corner NV"})
        change.with_user(self.manager)._decide("refused", reason="Not in the register")
        message = self.arrive(self.update(party_name="Wood Corner NV"))
        self.assertEqual(message.state, "applied")
        self.assertIn("Refused: 1", message.state_reason)
        [outcome] = self.offer(self.vendor, {"name": "Wood Corner NV"}, source=message)
        self.assertEqual(outcome.text, "Refused: Not in the register")
        self.assertNotEqual(self.proposed(vals={"name": "Wood Corner NV"}), change)  # a person may ask again

    # -- saboteurs ---------------------------------------------------------------------------------

    def test_nobody_writes_what_belongs_to_somebody_else(self):
        stranger = self.env["res.partner"].create({"name": "Gemini"})
        bank = self.env["res.partner.bank"].create({"acc_number": IBAN, "partner_id": stranger.id})
        self.rule("*", "write")
        for record, vals in ((stranger, {"street": "X"}), (bank, {"acc_holder_name": "X"})):
            with self.assertRaises(AccessError):
                self.offer(record, vals)
        outcomes = self.offer(self.env["ir.config_parameter"], {"key": "x", "value": "y"})
        self.assertEqual({outcome.outcome for outcome in outcomes}, {"refused"})
        with self.assertRaises(AccessError):
            self.offer(self.env.user, {"login": "x"})

    def test_a_contact_of_another_of_our_companies_is_not_touched(self):
        other = self.env["res.company"].create({"name": "Our branch"})
        self.rule("*", "write")
        self.vendor.company_id = other
        with self.assertRaises(AccessError):
            self.offer(self.vendor, {"city": "Antwerp"})

    def test_a_portal_user_goes_through_the_gate_without_rights_of_its_own(self):
        portal = self.Owner.with_user(self.portal)
        [outcome] = portal._offer(
            self.vendor.with_user(self.portal),
            {"city": "Antwerp"},
            trade_partner=self.profile,
            source=self.portal,
        )
        self.assertEqual((outcome.outcome, outcome.text), ("held", "Waits for our decision."))
        self.assertEqual(outcome.change.entered_by_id, self.portal)
        with self.assertRaises(AccessError):
            self.Change.with_user(self.portal).search([]).mapped("new_text")

    # -- rights ------------------------------------------------------------------------------------

    def test_users_see_rules_and_managers_change_them(self):
        rule = self.rule("legal", "hold")
        self.assertEqual(rule.with_user(self.user).master, "odoo")
        with self.assertRaises(AccessError):
            rule.with_user(self.user).master = "partner"
        rule.with_user(self.manager).on_foreign_write = "ignore"
        other = self.env["res.company"].create({"name": "Our branch"})
        foreign = self.Owner.create({"field_group": "legal", "company_id": other.id})
        stranger = new_test_user(self.env, "data_stranger", "trade_core.group_trade_manager")
        with self.assertRaises(AccessError):
            foreign.with_user(stranger).master = "partner"

    def test_rules_are_read_by_one_query_for_a_batch(self):
        book = self.Owner._rulebook(self.profile, "partner")
        self.offer(self.vendor, {"city": "Antwerp"})
        self.env.flush_all()
        with self.assertQueryCount(0):
            for group in ("legal", "tax", "banking", "contacts", "addresses", "identifiers", "terms"):
                book.ruling("partner", group)
