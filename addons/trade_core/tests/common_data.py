"""What the tests of data ownership share: a supplier with an address, a contact and a bank account."""

import json
import uuid

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.trade_core.pipeline import inbound

IBAN = "BE71096123456769"
OTHER_IBAN = "DE89370400440532013000"


class DataCase(TransactionCase):
    """Wood Corner, a live supplier; a user, two managers, two people who may confirm bank details."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.Owner, cls.Change = cls.env["trade.data.owner"], cls.env["trade.data.change"]
        cls.user = new_test_user(cls.env, "data_user", "trade_core.group_trade_user", name="Marc Demo")
        cls.manager = new_test_user(
            cls.env, "data_manager", "trade_core.group_trade_manager", name="Joel Willis"
        )
        cls.banker = new_test_user(cls.env, "data_banker", "trade_core.group_trade_bank", name="Ben Bank")
        cls.other_banker = new_test_user(
            cls.env,
            "data_banker_2",
            "trade_core.group_trade_bank,trade_core.group_trade_manager,base.group_partner_manager",
            name="Bea Bank",
        )
        cls.vendor = cls.env["res.partner"].create(
            {
                "name": "Wood Corner",
                "is_company": True,
                "street": "Old street 1",
                "city": "Ghent",
                "phone": "+32 9 111 11 11",
                "country_id": cls.env.ref("base.be").id,
            }
        )
        cls.person = cls.env["res.partner"].create(
            {"name": "Ada Peeters", "parent_id": cls.vendor.id, "phone": "+32 9 222 22 22"}
        )
        cls.profile = cls.make_profile(cls.vendor)
        cls.connector = cls.env["trade.connector"].create(
            {"name": "Wood Corner", "trade_partner_id": cls.profile.id, "transport": "manual"}
        )
        cls.route = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.profile.id,
                "connector_id": cls.connector.id,
                "direction": "in",
                "document_type": "party_update",
            }
        )
        cls.portal = new_test_user(cls.env, "data_portal", "base.group_portal", name="Supplier's clerk")

    @classmethod
    def make_profile(cls, partner, **vals):
        values = {"partner_id": partner.id, "state": "live", "user_id": cls.user.id, **vals}
        return cls.env["trade.partner"].create(values)

    def rule(self, group, outcome, **vals):
        """A rule for this partner alone, which is narrower than all that come with the addon."""
        master = "partner" if outcome == "write" else "odoo"
        return self.Owner.create(
            {
                "field_group": group,
                "master": master,
                "on_foreign_write": "hold" if outcome == "write" else outcome,
                "trade_partner_id": self.profile.id,
                **vals,
            }
        )

    def offer(self, record, vals, *, profile=None, source=None, **more):
        return self.Owner._offer(
            record, vals, trade_partner=profile or self.profile, source=source or self.portal, **more
        )

    def proposed(self, record=None, vals=None, **more):
        """The change that an offer led to."""
        [outcome] = self.offer(
            self.vendor if record is None else record, vals or {"name": "Wood Corner NV"}, **more
        )
        self.assertEqual(outcome.outcome, "held")
        return outcome.change

    def account(self, **more):
        """A bank account that the partner proposes."""
        [outcome] = self.offer(self.env["res.partner.bank"], {"acc_number": IBAN}, **more)
        self.assertEqual(outcome.outcome, "held")
        return outcome.change

    # -- documents ---------------------------------------------------------------------------------

    @staticmethod
    def update(number=None, day="2026-03-02", **party):
        more = {
            name: party.pop(name)
            for name in ("contacts", "locations", "payee_financial_accounts")
            if name in party
        }
        return {
            "document_type": "party_update",
            "id": number or f"MD-{uuid.uuid4().hex[:8]}",
            "issue_date": day,
            "party": {"party_name": "Wood Corner", **party},
            **more,
        }

    def arrive(self, *documents, route=None):
        """Store documents as their connector would, and run them in one batch."""
        Message = self.env["trade.message"]
        receipts = [
            Message._receive(
                json.dumps(document).encode(), route=route or self.route, scope="test", key=uuid.uuid4().hex
            )
            for document in documents
        ]
        return self.process(Message.browse([receipt.message_id for receipt in receipts]))

    def process(self, messages):
        """Run messages in one batch."""
        inbound.process(messages)
        self.env.flush_all()
        self.env.invalidate_all()
        return messages
