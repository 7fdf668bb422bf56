import json

from odoo import Command

from odoo.addons.trade_core import announcing
from odoo.addons.trade_core.pipeline import outbound

from .common import DAY, InvoiceCase


class SelfBillingCase(InvoiceCase):
    """A supplier in whose name we bill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.env["account.journal"].create(
            {"name": "Self-billed", "code": "SELF", "type": "purchase", "is_self_billing": True}
        )
        if "trade_edifact_id" in cls.env.company._fields:  # with them installed, EDI needs to know who we are
            cls.env.company.write({"trade_edifact_id": "14:4098765000010", "trade_x12_id": "ZZ:US"})
            kinds = ("edifact", "14:4012345000009"), ("x12", "ZZ:THEM")
            cls.profile.identifier_ids = [
                Command.create({"scheme": scheme, "value": value}) for scheme, value in kinds
            ]
        cls.profile.write({"trade_self_billing": True, "trade_self_billing_agreement": "SBA-17"})
        cls.routes_self = cls.env["trade.route"].create(
            [
                {
                    "trade_partner_id": cls.profile.id,
                    "connector_id": cls.connector.id,
                    "direction": "out",
                    "document_type": document_type,
                }
                for document_type in ("invoice", "credit_note")
            ]
        )

    @classmethod
    def commit(cls):
        cls.env.cr.flush()
        announcing.forget(cls.env.cr)
        cls.env.invalidate_all()

    @classmethod
    def self_bill(cls, orders, post=True):
        """What was received, drafted and posted on :data:`DAY`."""
        bills = orders._trade_self_bill(DAY)
        if post:
            bills.action_post()
            cls.commit()
        return bills

    @classmethod
    def messages(cls, bill):
        return bill._trade_told().get(bill.id, cls.env["trade.message"].sudo())

    def sent(self, bill):
        """The document that leaves, as JSON values; the message counts as delivered."""
        message = self.messages(bill)[-1:]
        self.assertTrue(message, "nothing is sent")
        outbound.prepare(message)
        self.assertEqual(message.state, "queued", message.state_reason)
        message._set_state("sent", sent_at=message.received_at)
        message._set_state("acknowledged")
        return json.loads(message._raw())


__all__ = ["DAY", "Command", "SelfBillingCase"]
