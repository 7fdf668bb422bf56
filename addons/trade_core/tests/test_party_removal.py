from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common_data import IBAN, DataCase


@tagged("post_install", "-at_install")
class TestPartyRemoval(DataCase):
    """What is there no longer: emptied fields, people who left, closed accounts; archived, never deleted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["res.partner.bank"].create({"partner_id": cls.vendor.id, "acc_number": IBAN})
        cls.place = cls.env["res.partner"].create(
            {"name": "Warehouse North", "type": "other", "parent_id": cls.vendor.id, "city": "Antwerp"}
        )

    def changes(self, message):
        return self.Change.search([("source", "=", f"trade.message,{message.id}")], order="id")

    def remove(self, field, **named):
        return self.arrive(self.update(**{field: [{**named, "action": "remove"}]}))

    def call(self):
        return {"contact": self.person, "at": fields.Datetime.now()}

    # -- fields ------------------------------------------------------------------------------------

    def test_null_empties_and_silence_does_not(self):
        self.vendor.email = "orders@woodcorner.example"
        self.arrive(self.update(contact={"telephone": "+32 1"}))
        self.assertEqual(self.vendor.email, "orders@woodcorner.example")
        message = self.arrive(self.update(contact={"electronic_mail": None}))
        self.assertEqual((self.vendor.phone, self.vendor.email), ("+32 1", False))
        change = self.changes(message)
        self.assertEqual((change.old_text, change.new_text), ("orders@woodcorner.example", ""))
        self.assertIn("→ nothing", change._words())
        self.assertEqual(message.canonical["party"]["contact"], {"emptied": ["electronic_mail"]})

    def test_emptied_by_its_name_is_the_same(self):
        message = self.arrive(self.update(contacts=[{"name": "Ada Peeters", "emptied": ["telephone"]}]))
        self.assertEqual((message.state, self.person.phone), ("applied", False))

    def test_an_empty_tax_number_is_looked_at(self):
        self.vendor.vat = "BE0477472701"
        message = self.arrive(self.update(company_id=None))
        change = self.changes(message)
        self.assertEqual((change.field_group, change.state), ("tax", "proposed"))
        change.with_user(self.manager)._decide("accepted")
        self.assertFalse(self.vendor.vat)

    def test_an_address_without_its_street_waits_and_is_emptied(self):
        message = self.arrive(self.update(postal_address={"street_name": None, "city_name": "Antwerp"}))
        self.changes(message).with_user(self.manager)._decide("accepted")
        self.assertEqual((self.vendor.street, self.vendor.city), (False, "Antwerp"))

    # -- people and places -------------------------------------------------------------------------

    def test_a_person_who_left_is_archived(self):
        message = self.remove("contacts", name="ada peeters")
        self.assertEqual((message.state, message.state_reason), ("applied", "Written: 1."))
        self.assertFalse(self.person.active)
        change = self.changes(message)
        self.assertEqual(
            (change.kind, change.field_label, change.state), ("remove", "Contact left", "accepted")
        )
        self.assertIn("+32 9 222 22 22", change.old_text)
        shown = [effect for effect in message.effects if effect["id"] == self.person.id]
        self.assertEqual([effect["field"] for effect in shown], ["active"])
        again = self.remove("contacts", name="Ada Peeters")
        self.assertIn("nothing to remove", again.state_reason)

    def test_a_place_that_is_given_up_waits(self):
        message = self.remove("locations", name="Warehouse North")
        change = self.changes(message)
        self.assertEqual(message.state_reason, "Waiting for a decision: 1.")
        self.assertEqual((change.field_group, change.state), ("addresses", "proposed"))
        self.assertTrue(self.place.active)
        change.with_user(self.manager).action_accept()
        self.assertFalse(self.place.active)
        self.assertTrue(self.place.exists())

    def test_a_removal_is_held_ignored_and_repeated_like_everything_else(self):
        self.rule("contacts", "ignore")
        message = self.remove("contacts", name="Ada Peeters")
        self.assertEqual((self.changes(message).state, self.person.active), ("ignored", True))
        self.assertFalse(self.changes(self.remove("contacts", name="Ada Peeters")))
        waiting = self.changes(self.remove("locations", name="Warehouse North"))
        self.assertFalse(self.changes(self.remove("locations", name="Warehouse North")))
        self.assertEqual(waiting.state, "proposed")

    def test_a_removal_of_what_went_meanwhile_needs_no_decision(self):
        change = self.changes(self.remove("locations", name="Warehouse North"))
        self.place.active = False
        self.assertTrue(change.is_stale)
        change.with_user(self.manager).action_look_again()
        self.assertEqual(change.state, "superseded")

    def test_who_can_still_log_in_is_somebody_s_to_look_at(self):
        new_test_user(self.env, "ada", "base.group_portal", name="Ada Peeters", partner_id=self.person.id)
        message = self.remove("contacts", name="Ada Peeters")
        self.assertEqual((self.changes(message).state, self.person.active), ("proposed", True))

    def test_the_company_itself_cannot_be_removed(self):
        [outcome] = self.offer(self.vendor, None)
        self.assertEqual((outcome.outcome, self.vendor.active), ("refused", True))

    # -- bank accounts -----------------------------------------------------------------------------

    def test_a_closed_account_is_confirmed_by_a_second_person_who_called(self):
        message = self.remove("payee_financial_accounts", id="BE71 0961 2345 6769")
        change = self.changes(message)
        self.assertEqual((change.state, change.is_banking, self.bank.active), ("proposed", True, True))
        self.assertIn("BE71", change.old_text)
        with self.assertRaisesRegex(UserError, "Say whom you called"):
            change.with_user(self.banker)._decide("accepted")
        change.sudo().entered_by_id = self.banker
        with self.assertRaisesRegex(UserError, "second pair of eyes"):
            change.with_user(self.banker)._decide("accepted", callback=self.call())
        change.with_user(self.other_banker)._decide("accepted", callback=self.call())
        self.assertEqual((self.bank.active, change.callback_contact_id), (False, self.person))

    def test_no_rule_closes_an_account_by_itself(self):
        self.rule("banking", "write")
        message = self.remove("payee_financial_accounts", id=IBAN)
        self.assertEqual((self.changes(message).state, self.bank.active), ("proposed", True))

    def test_an_account_that_was_closed_is_opened_again_untrusted(self):
        trusts = "allow_out_payment" in self.bank._fields
        if trusts:
            self.bank.sudo().allow_out_payment = True
        self.bank.active = False
        message = self.arrive(self.update(payee_financial_accounts=[{"id": IBAN}]))
        change = self.changes(message)
        self.assertEqual((change.kind, change.state), ("create", "proposed"))
        change.with_user(self.banker)._decide("accepted", callback=self.call())
        self.assertEqual((self.bank.active, change.res_id), (True, self.bank.id))
        if trusts:
            self.assertFalse(self.bank.allow_out_payment)
