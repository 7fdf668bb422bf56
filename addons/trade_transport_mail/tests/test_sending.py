import email
import email.policy
import socket
from unittest.mock import patch

from aiosmtpd.controller import Controller
from odoo.tests import tagged

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.trade_core.tests.common import TradeCase
from odoo.addons.trade_kernel.errors import ValidationFailed


class Mailbox:
    """A mail server that keeps what it gets, or says ``answer``."""

    def __init__(self):
        self.mails, self.answer = [], "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        if self.answer.startswith("250"):
            mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.mails.append((envelope.mail_from, envelope.rcpt_tos, mail))
        return self.answer

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@tagged("post_install", "-at_install")
class TestSending(TradeCase):
    """Documents that leave by mail, over a real mail server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailbox = Mailbox()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(cls.mailbox, hostname="127.0.0.1", port=port)
        controller.start()
        cls.addClassCleanup(controller.stop)
        cls.server = cls.env["ir.mail_server"].create(
            {"name": "Test", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_encryption": "none"}
        )
        cls.mails = cls.env["trade.connector"].create(
            {
                "name": "Mail",
                "trade_partner_id": cls.partner.id,
                "transport": "mail",
                "mail_from": "Tradelane <orders@us.example>",
                "mail_server_id": cls.server.id,
            }
        )
        cls.out = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.partner.id,
                "connector_id": cls.mails.id,
                "direction": "out",
                "document_type": "order",
                "mail_to": "edi@wood.example, copy@wood.example",
            }
        )

    def setUp(self):
        super().setUp()
        really = patch.object(IrMail_Server, "_disable_send", lambda self: False)
        really.start()
        self.addCleanup(really.stop)
        self.mailbox.mails.clear()
        self.mailbox.answer = "250 OK"

    def send(self):
        message = self.env["trade.message"]._queue(self.out, self.partner, document_number="P00042")
        message.write({"payload": "eyJhIjogMX0=", "payload_size": 8, "content_type": "application/json"})
        call = self.mails._trade_send(message)
        self.env.flush_all()  # as the pipeline has committed before it calls
        return message, call()

    def test_the_document_arrives_as_it_is(self):
        message, result = self.send()
        self.assertEqual(result.outcome, "ok", result.detail)
        [(_sender, recipients, mail)] = self.mailbox.mails
        self.assertEqual(recipients, ["edi@wood.example", "copy@wood.example"])
        self.assertEqual(mail["Subject"], f"Order P00042 – {self.env.company.name}")
        self.assertIn("orders@us.example", mail["From"])
        [attachment] = mail.iter_attachments()
        self.assertEqual(attachment.get_payload(decode=True), b'{"a": 1}')
        self.assertEqual(attachment.get_filename(), f"order_P00042_{message.id}.json")
        self.assertIn(message.idempotency_key, mail["Message-Id"])

    def test_what_the_mail_server_says_decides_what_follows(self):
        for answer, outcome in (("451 try later", "retry"), ("552 too large", "refused")):
            self.mailbox.answer = answer
            _message, result = self.send()
            self.assertEqual(result.outcome, outcome)
            self.assertIn(answer[4:], result.detail)

    def test_a_mailbox_that_does_not_exist_is_named(self):
        self.out.mail_to = "nobody@wood.example"
        _message, result = self.send()
        self.assertEqual(result.outcome, "refused")
        self.assertIn("no such mailbox", result.detail)

    def test_no_mail_server_is_tried_again(self):
        self.server.smtp_port = 1
        _message, result = self.send()
        self.assertEqual(result.outcome, "retry")

    def test_a_document_for_nobody_is_held(self):
        self.out.mail_to = False
        with self.assertRaises(ValidationFailed):
            self.send()
