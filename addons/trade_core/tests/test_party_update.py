from odoo.tests import tagged

from .common_data import IBAN, OTHER_IBAN, DataCase

GLN = "5412345000013"


@tagged("post_install", "-at_install")
class TestPartyUpdate(DataCase):
    """What a partner's system says of itself comes over a route and goes through the gate."""

    def changes(self, message):
        return self.Change.search([("source", "=", f"trade.message,{message.id}")], order="id")

    def test_a_document_is_split_at_the_gate(self):
        self.env["res.bank"].create({"name": "Belfius", "bic": "GKCCBEBB"})
        message = self.arrive(
            self.update(
                party_name="Wood Corner NV",
                company_id="BE0477472701",
                party_identification=[{"id": GLN, "scheme_id": "0088"}, {"id": "our own"}],
                postal_address={"street_name": "Quay 7", "city_name": "Ghent", "country_code": "BE"},
                contact={"telephone": "+32 3 555", "electronic_mail": "orders@woodcorner.example"},
                contacts=[
                    {"name": "ada peeters", "job_title": "Accounts"},
                    {"name": "Bob", "electronic_mail": "bob@woodcorner.example"},
                ],
                locations=[{"name": "Warehouse North", "address": {"city_name": "Antwerp"}}],
                payee_financial_accounts=[
                    {"id": "BE71 0961 2345 6769", "currency_code": "EUR", "financial_institution": "gkccbebb"}
                ],
            )
        )
        self.assertEqual(message.state, "applied")
        self.assertEqual(message.state_reason, "Written: 4. Waiting for a decision: 6.")
        # of its contacts the partner is the master: written
        self.assertEqual((self.vendor.phone, self.person.function), ("+32 3 555", "Accounts"))
        self.assertEqual((self.vendor.child_ids - self.person).mapped("name"), ["Bob"])
        # the rest waits
        self.assertEqual(
            (self.vendor.name, self.vendor.street, self.vendor.vat), ("Wood Corner", "Old street 1", False)
        )
        self.assertFalse(self.vendor.bank_ids or self.profile.identifier_ids)
        waiting = self.changes(message).filtered(lambda change: change.state == "proposed")
        self.assertEqual(
            sorted(waiting.mapped("field_group")),
            ["addresses", "addresses", "banking", "identifiers", "legal", "tax"],
        )
        account = waiting.filtered("is_banking")
        self.assertIn("Belfius", account.new_text)
        created = [effect for effect in message.effects if effect["model"] == "trade.data.change"]
        self.assertTrue(created)

    def test_the_sender_hears_what_became_of_each_field(self):
        message = self.arrive(self.update(party_name="Wood Corner NV", contact={"telephone": "+32 3 555"}))
        self.changes(message).filtered(lambda one: one.field_name == "name").with_user(self.manager)._decide(
            "refused", reason="Not in the register"
        )
        said = {row["line"]: row for row in message.route_id._adapter()._decisions(message)}
        name, phone = said["Name: Wood Corner"], said["Phone: Wood Corner"]
        self.assertEqual((name["decision"], name["reason"]), ("rejected", "Refused: Not in the register"))
        self.assertEqual((phone["decision"], phone["reason"]), ("accepted", "Written."))

    def test_the_same_again_changes_nothing(self):
        self.arrive(self.update(contact={"telephone": "+32 3 555"}))
        again = self.arrive(self.update(contact={"telephone": "+32 3 555"}))
        self.assertEqual(again.state_reason, "Nothing new: everything is so already.")
        self.assertFalse(self.changes(again))

    def test_an_older_update_does_not_undo_a_newer_one(self):
        self.arrive(self.update("MD-2", day="2026-03-02", contact={"telephone": "+32 3 222"}))
        old = self.arrive(self.update("MD-1", day="2026-03-01", contact={"telephone": "+32 3 111"}))
        self.assertEqual((old.state, self.vendor.phone), ("ignored", "+32 3 222"))
        self.assertIn("MD-2", old.state_reason)

    def test_two_updates_in_one_batch_come_one_after_the_other(self):
        first, second = self.arrive(
            self.update("MD-1", party_name="Wood Corner NV"), self.update("MD-2", party_name="Wood Group")
        )
        self.assertEqual((first.state, second.state), ("applied", "applied"))
        self.assertEqual((self.changes(first).state, self.changes(second).state), ("superseded", "proposed"))

    def test_what_cannot_be_understood_is_said(self):
        message = self.arrive(
            self.update(
                postal_address={"city_name": "Ghent", "country_subentity": "Atlantis"},
                party_identification=[{"id": "1", "scheme_id": "9999"}],
                payee_financial_accounts=[{"id": OTHER_IBAN, "financial_institution": "NOBANKXX"}],
            )
        )
        for word in ("Atlantis", "9999", "NOBANKXX"):
            self.assertIn(word, message.state_reason)
        self.assertIn(OTHER_IBAN, self.changes(message).new_text)

    def test_a_number_with_a_wrong_check_digit_is_refused_and_nothing_else(self):
        message = self.arrive(
            self.update(
                party_identification=[{"id": "5412345000012", "scheme_id": "0088"}],
                contact={"telephone": "+32 3 555"},
            )
        )
        self.assertEqual((message.state, self.vendor.phone), ("applied", "+32 3 555"))
        [row] = [
            row for row in message.route_id._adapter()._decisions(message) if row["decision"] == "rejected"
        ]
        self.assertIn("check digit", row["reason"])

    def test_a_flood_is_held(self):
        contacts = [{"name": f"Person {number}"} for number in range(201)]
        message = self.arrive(self.update(contacts=contacts))
        self.assertEqual((message.state, message.exception_id.code), ("held", "party.too_many"))
        self.assertEqual(self.vendor.child_ids, self.person)

    def test_a_preview_changes_nothing(self):
        self.route.mode = "test"
        message = self.arrive(
            self.update(contact={"telephone": "+32 3 555"}, payee_financial_accounts=[{"id": IBAN}])
        )
        self.assertEqual((message.state, self.vendor.phone), ("ignored", "+32 9 111 11 11"))
        self.assertTrue(message.effects)
        self.assertFalse(self.changes(message))
        self.assertFalse(self.profile.activity_ids)

    def test_identifiers_that_are_known_need_no_decision(self):
        self.env["trade.identifier"].create(
            {"trade_partner_id": self.profile.id, "scheme": "gln", "value": GLN}
        )
        message = self.arrive(self.update(party_identification=[{"id": GLN, "scheme_id": "0088"}]))
        self.assertEqual(message.state_reason, "Nothing new: everything is so already.")
