import base64

from odoo.tests import tagged

from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import parse

from .common import InvoiceCase

_PICTURE = {
    "id": "RE-77",
    "attachment": {
        "filename": "RE-77.pdf",
        "mime_code": "application/pdf",
        "content": base64.b64encode(b"%PDF-1.4 picture").decode(),
    },
}


@tagged("post_install", "-at_install")
class TestInvoiceCopy(InvoiceCase):
    """An invoice that comes by mail, in UBL with its picture, and by EDI: one bill, and nobody is asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mail = cls.connector.sudo().copy({"name": "Mail"})
        cls.route_mail = cls.route_invoice.sudo().copy({"codec": "ubl", "connector_id": mail.id})

    def by_mail(self, document):
        raw = codecs.get("ubl").encode([parse({**document, "additional_document_reference": [_PICTURE]})])
        Message = self.env["trade.message"].sudo()
        receipt = Message._receive(raw, route=self.route_mail, scope="mail", key=document["id"])
        return self.run_lane(Message.browse(receipt.message_id))

    def by_edi(self, document):
        return self.process(document, route=self.route_invoice)

    def test_in_either_order(self):
        for ways in ((self.by_mail, self.by_edi), (self.by_edi, self.by_mail)):
            order = self.ordered()
            document = self.invoice(order)
            first, again = (way(document) for way in ways)
            self.assertApplied(first)
            self.assertEqual(again.state, "ignored", again.state_reason)
            self.assertEqual(len(order.order_line.invoice_lines.move_id), 1)

    def test_while_the_first_waits_for_somebody(self):
        document = self.invoice(self.ordered(), self.billed(1, 12, 11))
        self.assertEqual((self.by_edi(document).state, self.by_mail(document).state), ("held", "ignored"))

    def test_what_is_not_the_same_is_looked_at(self):
        order = self.ordered()
        document = self.invoice(order, number="RE-77")
        self.assertApplied(self.by_edi(document))
        other = {**document, "issue_date": "2026-01-31"}
        more = self.invoice(order, self.billed(1, 11, 10), number="RE-77")
        split = self.invoice(order, self.billed(1, 6, 10), self.billed(1, 6, 10), number="RE-77")
        elsewhere = self.invoice(self.ordered(), number="RE-77")
        for at, unlike in enumerate((other, more, split, elsewhere)):
            with self.subTest(at):
                raw = codecs.get("ubl").encode([parse(unlike)])
                Message = self.env["trade.message"].sudo()
                receipt = Message._receive(raw, route=self.route_mail, scope="mail", key=str(at))
                message = self.run_lane(Message.browse(receipt.message_id))
                self.assertHeld(message, "with other content")

    def test_another_content_by_the_same_way_is_looked_at(self):
        document = self.invoice(self.ordered(), number="RE-77")
        self.assertApplied(self.by_edi(document))
        self.assertHeld(self.by_edi({**document, "note": ["Another bank account"]}), "with other content")
