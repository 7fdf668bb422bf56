from odoo.tests import tagged

from odoo.addons.trade_core.tests.common_data import DataCase

NIGHT = (
    "change;day;account;phone;clear;person;what\n"
    "C-1;2026-03-02;V-100;+32 1;electronic_mail;Ada Peeters;remove\n"
    "C-2;2026-03-02;V-999;+32 2;;;\n"
    "C-3;2026-03-02;V-200;+32 3;;Bob;\n"
)
RULES = {
    "id": "change",
    "issue_date": "day",
    "about.party_identification.id": "account",
    "party.contact.telephone": "phone",
    "party.contact.emptied": "clear",
    "contacts.name": "person",
    "contacts.action": "what",
}


@tagged("post_install", "-at_install")
class TestPartyTable(DataCase):
    """What a CRM exports by night: a row per partner; one that nobody knows stops no other."""

    def test_a_table_of_many_partners(self):
        layout = self.env["trade.layout"].create({"name": "Our CRM", "document_type": "party_update"})
        layout.draft_id.write(
            {
                "group_by": "change",
                "rule_ids": [(0, 0, {"target": to, "source": source}) for to, source in RULES.items()],
            }
        )
        layout.draft_id.action_use()
        crm = self.make_profile(
            self.env["res.partner"].create({"name": "Our CRM"}),
            is_internal=True,
            is_supplier=False,
            system_kind="crm",
        )
        connector = self.connector.copy({"name": "Our CRM", "trade_partner_id": crm.id})
        route = self.route.copy(
            {
                "trade_partner_id": crm.id,
                "connector_id": connector.id,
                "codec": "layout",
                "layout_id": layout.id,
            }
        )
        other = self.env["res.partner"].create({"name": "Gemini", "is_company": True, "ref": "V-200"})
        self.make_profile(other)
        self.vendor.ref = "V-100"
        self.vendor.email = other.email = "old@example.com"
        receipt = self.env["trade.message"]._receive(NIGHT.encode(), route=route, scope="test", key="night")
        file = self.process(self.env["trade.message"].browse(receipt.message_id))
        parts = self.process(file.child_ids.sorted("id"))
        self.assertEqual(parts.mapped("state"), ["applied", "held", "applied"])
        self.assertEqual(parts[1].exception_id.code, "party.unknown")
        self.assertEqual((self.vendor.phone, self.vendor.email, self.person.active), ("+32 1", False, False))
        self.assertEqual((other.phone, other.email), ("+32 3", "old@example.com"))
        self.assertEqual(other.child_ids.mapped("name"), ["Bob"])
