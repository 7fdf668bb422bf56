import email
import email.policy
from email.message import EmailMessage

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.trade_core.tests.common import TradeCase

from ..mail.files import beside

VERIFIED = "mx.us.example; dmarc=pass header.from=wood.example"


@tagged("post_install", "-at_install")
class TestTradeMail(TradeCase):
    """Mails that Odoo's gateway receives, whole, as a mail server hands them over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "us.example"})
        cls.mails = cls.env["trade.connector"].create(
            {
                "name": "Mail",
                "trade_partner_id": cls.partner.id,
                "transport": "mail",
                "alias_name": "edi.wood",
                "alias_domain_id": cls.domain.id,
            }
        )
        cls.box = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.partner.id,
                "connector_id": cls.mails.id,
                "direction": "in",
                "document_type": "interchange",
                "codec": "auto",
                "mail_senders": "edi@wood.example",
            }
        )
        cls.number = 0

    def mail(self, *attachments, sender="Wood EDI <edi@wood.example>", key=None, verified=None):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, "edi.wood@us.example", "Our answer"
        type(self).number += 1
        message["Message-Id"] = key or f"<{self.number}@wood.example>"
        if verified:
            message["Authentication-Results"] = verified
        message.set_content("Please find attached.")
        for name, raw in attachments:
            message.add_attachment(raw, maintype="application", subtype="octet-stream", filename=name)
        raw = message.as_bytes(policy=email.policy.SMTP)
        self.env["mail.thread"].message_process(None, raw)
        return self.env["trade.mail"].search([("connector_id", "=", self.mails.id)], limit=1)

    def answer(self, order="P1"):
        return ("answer.json", self.response(order, self.line("TAB-1")))

    def problems(self):
        return self.env["trade.exception"].search(
            [("connector_id", "=", self.mails.id), ("is_open", "=", True)]
        )

    def test_the_attachments_of_an_accepted_sender_become_documents(self):
        mail = self.mail(self.answer(), ("logo.png", b"\x89PNG"))
        self.assertEqual((mail.state, mail.document_count), ("taken", 1))
        document = mail.document_ids
        self.assertEqual(document._raw(), self.answer()[1])
        self.assertEqual((document.route_id, document.filename), (self.box, "answer.json"))
        self.process(document)
        self.assertEqual(document.child_ids.route_id, self.route)
        self.assertFalse(self.problems())

    def test_the_picture_beside_a_document_goes_with_it(self):
        picture = b"%PDF-1.4 the same to read"
        mail = self.mail(self.answer(), ("scan 4711.pdf", picture))
        document = mail.document_ids
        self.assertEqual(document.beside_ids.mapped("raw"), [picture])
        self.process(document)
        self.assertEqual(document.child_ids.beside_ids.mapped("raw"), [picture])
        mail._take(self.box)
        self.assertEqual(len(document.beside_ids), 1, "taken again, it is not kept twice")

    def test_of_several_pictures_the_names_say_which(self):
        self.box.mail_files = "*"
        mail = self.mail(
            ("R-1.json", self.response("P1", self.line("TAB-1"))),
            ("R-2.json", self.response("P2", self.line("TAB-1"))),
            ("Rechnung_R-2.pdf", b"%PDF-2"),
            ("r_1.PDF", b"%PDF-1"),
        )
        found = {one.filename: one.beside_ids.mapped("raw") for one in mail.document_ids}
        self.assertEqual(found, {"R-1.json": [b"%PDF-1"], "R-2.json": [b"%PDF-2"]})

    def test_a_picture_alone_is_read_by_a_person(self):
        mail = self.mail(("R-1.pdf", b"%PDF-1"))
        self.assertEqual((mail.state, self.problems().code), ("held", "mail.no_document"))

    def test_what_is_called_otherwise_is_nobodys_picture(self):
        self.assertEqual(beside(["R-1.xml", "R-2.xml"], ["terms.pdf"]), {})
        self.assertEqual(beside(["R-1.xml"], ["conditions of sale.pdf", "R-1 copy.pdf"]), {0: 1})
        self.assertEqual(beside(["INV-2026-001.xml"], ["INV-2026-002.pdf", "terms.pdf"]), {})
        self.assertEqual(beside(["INV-2026-001.xml"], ["scan_INV2026001.pdf", "terms.pdf"]), {0: 0})
        self.assertEqual(beside(["R-1.xml"], ["R-12.pdf", "terms.pdf"]), {})
        self.assertEqual(beside([], ["R-1.pdf"]), {})

    def test_the_same_mail_again_is_one_mail_and_one_document(self):
        self.mail(self.answer(), key="<same@wood.example>")
        self.mail(self.answer(), key="<same@wood.example>")
        mails = self.env["trade.mail"].search([("connector_id", "=", self.mails.id)])
        self.assertEqual((len(mails), mails.document_count), (1, 1))

    def test_mails_of_others_wait_and_accepting_the_sender_takes_them_all(self):
        first = self.mail(self.answer("P1"), sender="stranger@else.example")
        second = self.mail(self.answer("P2"), sender="stranger@else.example")
        self.assertEqual((first | second).mapped("state"), ["held", "held"])
        self.assertFalse(first.document_ids)
        problem = self.problems()
        self.assertEqual((len(problem), problem.exception_class), (1, "authentication"))
        self.assertIn("stranger@else.example", problem.name)
        with self.assertRaises(AccessError):
            first.with_user(self.user).action_accept_sender()
        first.with_user(self.manager).action_accept_sender()
        self.assertEqual((first | second).mapped("state"), ["taken", "taken"])
        self.assertEqual(len((first | second).document_ids), 2)
        self.assertIn("stranger@else.example", self.box.mail_senders)
        self.assertFalse(self.problems())
        self.assertEqual(self.mail(self.answer("P3"), sender="stranger@else.example").state, "taken")

    def test_a_refused_mail_is_kept_and_nothing_of_it_is_taken(self):
        mail = self.mail(self.answer(), sender="stranger@else.example")
        mail.with_user(self.manager).action_refuse()
        self.assertEqual((mail.state, mail.document_count), ("refused", 0))
        self.assertFalse(self.problems())
        self.assertEqual(mail._attachments().raw, self.answer()[1])

    def test_a_sender_our_mail_server_did_not_verify_is_asked_about(self):
        self.mails.mail_authserv = "mx.us.example"
        forged = self.mail(self.answer("P1"))
        self.assertEqual(forged.state, "held")
        self.assertEqual(self.problems().code, "mail.sender_unproven")
        genuine = self.mail(self.answer("P2"), verified=VERIFIED)
        self.assertEqual((genuine.state, genuine.verified), ("taken", True))
        forged.with_user(self.manager).action_take()
        self.assertEqual(forged.state, "taken")
        self.assertFalse(self.problems())

    def test_a_mail_without_a_document_is_for_a_person_to_read(self):
        mail = self.mail(("holiday.png", b"\x89PNG"))
        self.assertEqual((mail.state, self.problems().code), ("held", "mail.no_document"))
        self.assertIn("Please find attached", mail.message_ids.mapped("body")[-1])
        mail.with_user(self.manager).action_done()
        self.assertEqual(mail.state, "done")
        self.assertFalse(self.problems())

    def test_a_route_for_one_kind_of_document_goes_before_the_one_for_any(self):
        exact = self.box.copy({"document_type": "order_response", "codec": "canonical_json"})
        self.assertEqual(self.mail(self.answer()).route_id, exact)

    def test_what_stands_in_subject_and_text_is_checked(self):
        with self.assertRaises(ValidationError):
            self.box.mail_subject = "{nonsense}"
