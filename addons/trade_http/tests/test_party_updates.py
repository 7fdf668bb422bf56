from odoo.tests import tagged

from odoo.addons.trade_core.pipeline import inbound

from .common import PushCase, make_partner

URL = "/trade/v1/party-updates"
IBAN = "BE71096123456769"


@tagged("post_install", "-at_install")
class TestPartyUpdates(PushCase):
    """A partner's system sends master data, and asks what became of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.partner.id,
                "connector_id": cls.route.connector_id.id,
                "direction": "in",
                "document_type": "party_update",
            }
        )
        cls.client.scope_ids = cls.env["trade.api.scope"].search([("name", "=", "account:write")])

    def update(self):
        return self.document(
            document_type="party_update",
            id="MD-1",
            issue_date="2026-03-02",
            party={
                "party_name": "Wood Corner NV",
                "contact": {"telephone": "+32 3 555 01 01"},
            },
            payee_financial_accounts=[{"id": IBAN}],
        )

    def send(self):
        response = self.post(self.update(), self.headers(), URL)
        self.assertEqual(response.status_code, 202, response.text)
        return self.env["trade.message"].browse(response.json()["id"])

    def run_lane(self, message):
        inbound.process(message)
        self.env.flush_all()

    def status(self, message):
        return self.url_open(f"/trade/v1/messages/{message.id}", headers=self.headers()).json()

    def test_from_the_wire_to_the_decision(self):
        message = self.send()
        self.run_lane(message)
        vendor = self.partner.partner_id
        self.assertEqual((message.state, vendor.phone), ("applied", "+32 3 555 01 01"))
        self.assertEqual((vendor.name, vendor.bank_ids.ids), ("Wood Corner", []))
        said = self.status(message)["acknowledgement"]
        self.assertEqual(said["answer"], "accepted")
        self.assertEqual(
            sorted(row["decision"] for row in said["decisions"]), ["accepted", "pending", "pending"]
        )
        name = self.env["trade.data.change"].search(
            [("trade_partner_id", "=", self.partner.id), ("field_name", "=", "name")]
        )
        name._decide("refused", reason="Not in the register")
        [refused] = [
            row
            for row in self.status(message)["acknowledgement"]["decisions"]
            if row["decision"] == "rejected"
        ]
        self.assertEqual(refused["reason"], "Refused: Not in the register")
        self.assertTrue(refused["decided_at"])

    def test_without_the_scope_nothing_is_taken(self):
        self.client.scope_ids = self.env["trade.api.scope"].search([("name", "=", "orders:respond")])
        self.assertEqual(self.post(self.update(), self.headers(), URL).status_code, 403)

    def speak_about(self, number):
        raw = self.document(
            document_type="party_update",
            id=f"ABOUT-{number}",
            issue_date="2026-03-02",
            about={"party_identification": [{"id": number}]},
            party={"contact": {"telephone": "+32 3 555 99 99"}, "company_id": None},
        )
        response = self.post(raw, self.headers(), URL)
        self.assertEqual(response.status_code, 202, response.text)
        message = self.env["trade.message"].browse(response.json()["id"])
        self.run_lane(message)
        return message

    def test_our_crm_speaks_about_a_partner_and_hears_what_became_of_it(self):
        other, _route = make_partner(self.env, "Gemini")
        other.partner_id.write({"ref": "V-200", "vat": "BE0477472701"})
        self.partner.write({"is_internal": True, "is_supplier": False, "system_kind": "crm"})
        message = self.speak_about("V-200")
        self.assertEqual((message.state, other.partner_id.phone), ("applied", "+32 3 555 99 99"))
        self.assertEqual(other.partner_id.vat, "BE0477472701")
        said = self.status(message)["acknowledgement"]["decisions"]
        self.assertEqual(sorted(row["decision"] for row in said), ["accepted", "pending"])
        changes = self.env["trade.data.change"].search([("trade_partner_id", "=", other.id)])
        self.assertEqual(set(changes.mapped("writer")), {"crm"})

    def test_a_partner_names_another_and_nothing_happens(self):
        other, _route = make_partner(self.env, "Gemini")
        other.partner_id.write({"ref": "V-200", "phone": "+32 1"})
        known, unknown = self.speak_about("V-200"), self.speak_about("V-999")
        self.assertEqual((known.state, unknown.state, other.partner_id.phone), ("held", "held", "+32 1"))
        told = [self.status(message)["problems"][0] for message in (known, unknown)]
        self.assertEqual({one["code"] for one in told}, {"party.not_yours"})
        self.assertEqual(len({one["detail"].replace("V-200", "V-999") for one in told}), 1)
        self.assertIn("may only speak about itself", told[0]["detail"])
        self.assertFalse(self.env["trade.data.change"].search([("trade_partner_id", "=", other.id)]))

    def test_nobody_speaks_for_somebody_else(self):
        other, _route = make_partner(self.env, "Gemini")
        message = self.send()
        self.run_lane(message)
        self.assertEqual(message.trade_partner_id, self.partner)
        self.assertFalse(self.env["trade.data.change"].search([("trade_partner_id", "=", other.id)]))
