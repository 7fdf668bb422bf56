from datetime import timedelta

from odoo import api, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from .common_data import IBAN, OTHER_IBAN, DataCase


@tagged("post_install", "-at_install")
class TestTradeDataChange(DataCase):
    """What partners propose is decided by those who may, once, about what was on the screen."""

    def decide(self, changes, user=None, **more):
        return changes.with_user(user or self.manager)._decide("accepted", **more)

    def call(self, change, contact=None, at=None):
        return {
            "contact": contact or self.person,
            "at": at or fields.Datetime.now(),
        }

    # -- accepting and refusing --------------------------------------------------------------------

    def test_accepted_is_written_and_kept(self):
        change = self.proposed()
        change.with_user(self.manager).action_accept()
        self.assertEqual(self.vendor.name, "Wood Corner NV")
        self.assertEqual((change.state, change.decided_by_id), ("accepted", self.manager))
        self.assertFalse(self.profile.activity_ids)
        self.assertTrue(
            self.profile.message_ids.filtered(lambda one: "Wood Corner → Wood Corner NV" in one.body)
        )

    def test_several_at_once_and_some_refused(self):
        outcomes = self.offer(self.vendor, {"street": "Quay 7", "city": "Antwerp", "name": "Wood Corner NV"})
        street, city, name = (outcome.change for outcome in outcomes)
        self.decide(street | city)
        wizard = self.wizard(name, self.manager, reason=" Not in the register ")
        wizard.action_decide()
        self.assertEqual((self.vendor.street, self.vendor.city), ("Quay 7", "Antwerp"))
        self.assertEqual((self.vendor.name, name.state), ("Wood Corner", "refused"))
        self.assertEqual(name.reason, "Not in the register")

    def wizard(self, changes, user, **vals):
        action = (
            changes.with_user(user).action_accept()
            if changes[0].is_banking and "reason" not in vals
            else changes.with_user(user).action_refuse()
        )
        model = self.env["trade.data.change.decide"].with_user(user).with_context(**action["context"])
        return model.create(vals)

    def test_refusing_needs_a_reason(self):
        with self.assertRaisesRegex(UserError, "Say why"):
            self.wizard(self.proposed(), self.manager, reason=" ").action_decide()

    def test_a_new_contact_is_created_when_accepted(self):
        self.rule("contacts", "hold")
        change = self.proposed(self.env["res.partner"], {"name": "Bob", "function": "Sales"})
        self.decide(change)
        bob = self.vendor.child_ids - self.person
        self.assertEqual((bob.name, bob.function), ("Bob", "Sales"))
        self.assertEqual(change.res_id, bob.id)

    def test_what_odoo_does_not_take_stays_to_be_decided(self):
        change = self.proposed(self.env["trade.identifier"], {"scheme": "gln", "value": "5412345000013"})
        stranger = self.make_profile(self.env["res.partner"].create({"name": "Gemini"}))
        self.env["trade.identifier"].create(
            {"trade_partner_id": stranger.id, "scheme": "gln", "value": "5412345000013"}
        )
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.decide(change)
        self.env.invalidate_all()
        self.assertEqual(change.state, "proposed")
        self.assertFalse(self.profile.identifier_ids)

    # -- exactly what was on the screen ------------------------------------------------------------

    def test_what_was_changed_in_odoo_meanwhile_is_looked_at_again(self):
        change = self.proposed()
        self.vendor.name = "Wood Corner Ltd"
        change.invalidate_recordset()
        self.assertTrue(change.is_stale)
        self.assertEqual(change.current_text, "Wood Corner Ltd")
        with self.assertRaisesRegex(UserError, "Wood Corner Ltd"):
            self.decide(change)
        seen = change.digest
        change.with_user(self.manager).action_look_again()
        self.assertEqual((change.old_text, change.is_stale), ("Wood Corner Ltd", False))
        with self.assertRaisesRegex(UserError, "not what was on your screen"):
            change.with_user(self.manager).with_context(trade_seen_digest=seen).action_accept()
        with self.assertRaisesRegex(UserError, "not what was on your screen"):
            self.decide(change, seen={str(change.id): seen})
        change.with_user(self.manager).with_context(trade_seen_digest=change.digest).action_accept()
        self.assertEqual(self.vendor.name, "Wood Corner NV")

    def test_the_list_asks_once_for_all_rows(self):
        vendors = self.env["res.partner"].create([{"name": f"Vendor {number}"} for number in range(12)])
        changes = self.Change.union(
            *(self.proposed(vendor, {"city": "X"}, profile=self.make_profile(vendor)) for vendor in vendors)
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(6):
            self.assertEqual(changes.mapped("is_stale"), [False] * 12)

    def test_what_odoo_says_by_now_needs_no_decision(self):
        change = self.proposed()
        self.vendor.name = "Wood Corner NV"
        change.with_user(self.manager).action_look_again()
        self.assertEqual(change.state, "superseded")
        self.assertFalse(self.profile.activity_ids)

    def test_in_bulk_what_was_changed_meanwhile_is_left(self):
        outcomes = self.offer(self.vendor, {"street": "Quay 7", "name": "Wood Corner NV"})
        changes = self.Change.union(*(outcome.change for outcome in outcomes))
        self.vendor.name = "Wood Corner Ltd"
        action = self.decide(changes)
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual((self.vendor.street, self.vendor.name), ("Quay 7", "Wood Corner Ltd"))
        self.assertEqual(changes.filtered(lambda one: one.state == "proposed").field_name, "name")

    def test_what_is_gone_can_only_be_refused(self):
        change = self.proposed(self.person, {"street": "Quay 7"})
        self.person.unlink()
        with self.assertRaisesRegex(UserError, "not there any more"):
            self.decide(change)
        change.with_user(self.manager)._decide("refused", reason="She left")
        self.assertEqual(change.state, "refused")

    def test_decided_is_decided(self):
        change = self.proposed()
        self.decide(change)
        with self.assertRaisesRegex(UserError, "Joel Willis decided this already: accepted"):
            change.with_user(self.other_banker)._decide("refused", reason="No")
        self.assertEqual(self.vendor.name, "Wood Corner NV")

    # -- bank accounts -----------------------------------------------------------------------------

    def test_a_bank_account_needs_somebody_with_the_right(self):
        change = self.account()
        for nobody in (self.user, self.manager):
            with self.assertRaisesRegex(AccessError, "May confirm bank details"):
                self.decide(change, nobody, callback=self.call(change))
        with self.assertRaises(AccessError):
            self.decide(self.proposed(), self.banker)  # and that right is for nothing else
        self.assertFalse(self.vendor.bank_ids)

    def test_a_bank_account_needs_a_call_to_a_known_number(self):
        change = self.account()
        wizard = self.wizard(change, self.banker, contact_id=self.person.id)
        self.assertEqual(wizard.number, "+32 9 222 22 22")
        wizard.action_decide()
        bank = self.vendor.bank_ids
        self.assertEqual((bank.sanitized_acc_number, bank.allow_out_payment), (IBAN, False))
        self.assertEqual((change.state, change.decided_by_id), ("accepted", self.banker))
        self.assertEqual(
            (change.callback_contact_id, change.callback_number), (self.person, "+32 9 222 22 22")
        )
        self.assertTrue(change.callback_at)

    def test_what_is_no_call_back(self):
        change = self.account()
        stranger = self.env["res.partner"].create({"name": "Mallory", "phone": "+1 555"})
        mute = self.env["res.partner"].create({"name": "Mute", "parent_id": self.vendor.id})
        now = fields.Datetime.now()
        for callback, words in (
            ({}, "Say whom you called"),
            ({"contact": self.person, "at": False}, "Say whom you called"),
            (self.call(change, stranger), "does not belong to this partner"),
            (self.call(change, mute), "No phone number is known"),
            (self.call(change, at=now + timedelta(days=1)), "before now"),
            (self.call(change, at=now - timedelta(days=1)), "after the account was proposed"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.decide(change, self.banker, callback=callback)
        self.assertFalse(self.vendor.bank_ids)

    def test_a_number_the_partner_sent_itself_is_no_known_number(self):
        self.offer(self.person, {"phone": "+44 20 666"})
        self.assertEqual(self.person.phone, "+44 20 666")  # written: it is the master of its contacts
        change = self.account()
        with self.assertRaisesRegex(UserError, "may have sent the number, too"):
            self.decide(change, self.banker, callback=self.call(change))
        self.decide(change, self.banker, callback=self.call(change, self.vendor))
        self.assertEqual(self.vendor.bank_ids.sanitized_acc_number, IBAN)

    def test_whoever_entered_it_does_not_confirm_it(self):
        change = self.account(source=self.other_banker)
        with self.assertRaisesRegex(UserError, "second pair of eyes"):
            self.decide(change, self.other_banker, callback=self.call(change))
        self.decide(change, self.banker, callback=self.call(change))
        self.assertTrue(self.vendor.bank_ids)

    def test_whoever_uploaded_the_file_does_not_confirm_it(self):
        message = self.arrive(self.update(payee_financial_accounts=[{"id": IBAN}]))
        self.env.cr.execute(
            "UPDATE trade_message SET create_uid = %s WHERE id = %s", [self.other_banker.id, message.id]
        )
        message.invalidate_recordset()
        fresh = self.proposed(self.env["res.partner.bank"], {"acc_number": OTHER_IBAN}, source=message)
        self.assertEqual(fresh.entered_by_id, self.other_banker)
        with self.assertRaisesRegex(UserError, "second pair of eyes"):
            self.decide(fresh, self.other_banker, callback=self.call(fresh))

    def test_one_call_is_for_one_partner(self):
        stranger = self.env["res.partner"].create({"name": "Gemini", "phone": "+1 555"})
        other = self.account(profile=self.make_profile(stranger))
        with self.assertRaisesRegex(UserError, "one partner"):
            self.wizard(self.account() | other, self.banker, contact_id=self.person.id).action_decide()

    def test_nobody_but_administrators_gets_the_right_by_the_way(self):
        group = self.env.ref("trade_core.group_trade_bank")
        implied_by = self.env["res.groups"].search([("all_implied_ids", "in", group.ids)]) - group
        ours = implied_by.filtered(lambda one: one.get_external_id()[one.id].startswith("trade_"))
        self.assertEqual(ours, self.env.ref("trade_core.group_trade_admin"))

    # -- rights ------------------------------------------------------------------------------------

    def test_users_see_and_managers_decide(self):
        change = self.proposed()
        self.assertEqual(change.with_user(self.user).new_text, "Wood Corner NV")
        for method in ("action_accept", "action_refuse", "action_look_again"):
            with self.assertRaises(AccessError):
                getattr(change.with_user(self.user), method)()
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                change.with_user(user).write({"new_value": "X"})
            with self.assertRaises(AccessError):
                self.Change.with_user(user).create(change.copy_data()[0])

    def test_another_company_sees_nothing(self):
        change = self.proposed()
        other = self.env["res.company"].create({"name": "Our branch"})
        stranger = new_test_user(
            self.env,
            "data_branch",
            "trade_core.group_trade_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertNotIn(change, self.Change.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.decide(change, stranger)

    def test_counts_lead_to_what_is_counted(self):
        self.proposed()
        contact = self.vendor.with_user(self.user)
        self.assertEqual(
            (contact.trade_change_count, self.person.with_user(self.user).trade_change_count), (1, 1)
        )
        action = self.vendor.action_open_trade_changes()
        self.assertEqual(self.Change.search_count(action["domain"]), 1)
        self.assertEqual(self.profile.action_open_changes()["context"]["search_default_proposed"], 1)


@tagged("post_install", "-at_install")
class TestTradeDataChangeConcurrency(TransactionCase):
    """Two people decide about the same at the same instant, on connections of their own."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            vendor = env["res.partner"].create({"name": "Two at once", "is_company": True})
            profile = env["trade.partner"].create({"partner_id": vendor.id, "state": "live"})
            [outcome] = env["trade.data.owner"]._offer(
                vendor, {"name": "Two at once Ltd"}, trade_partner=profile, source=env.user
            )
            self.vendor_id, self.profile_id, self.change_id = vendor.id, profile.id, outcome.change.id
        self.addCleanup(self.forget)

    def forget(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["trade.data.change"].browse(self.change_id).unlink()
            env["trade.event"].search([("trade_partner_id", "=", self.profile_id)]).unlink()
            env["trade.partner"].browse(self.profile_id).unlink()
            env["res.partner"].browse(self.vendor_id).unlink()

    def worker(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, api.SUPERUSER_ID, {})["trade.data.change"].browse(self.change_id)

    def test_the_second_one_is_told_who_was_first(self):
        first, second = self.worker(), self.worker()
        self.assertEqual(second.state, "proposed")  # its snapshot is older than what the first one commits
        first._decide("accepted")
        first.env.cr.commit()
        with self.assertRaises(SerializationFailure):  # Odoo runs the request again
            second._decide("refused", reason="No")
        second.env.cr.rollback()
        with self.assertRaisesRegex(UserError, "decided this already: accepted"):
            second._decide("refused", reason="No")
        second.env.cr.rollback()
        self.assertEqual(second.env["res.partner"].browse(self.vendor_id).name, "Two at once Ltd")
