import email
import email.policy

from odoo.tests import BaseCase, tagged

from ..mail.files import files, wanted
from ..mail.senders import address, is_accepted, is_verified


def parsed(text):
    return email.message_from_string(text, policy=email.policy.SMTP)


@tagged("post_install", "-at_install")
class TestSenders(BaseCase):
    def test_addresses_and_domains_are_accepted_and_nobody_who_looks_like_them(self):
        accepted = ["edi@acme.example", "@wood.example"]
        for sender in ("edi@acme.example", "anybody@wood.example", "a@b.wood.example"):
            self.assertTrue(is_accepted(sender, accepted), sender)
        for sender in (
            "other@acme.example",
            "edi@acme.example.evil.example",
            "a@evilwood.example",
            "@wood.example.evil",
            "",
        ):
            self.assertFalse(is_accepted(sender, accepted), sender)
        self.assertFalse(is_accepted("a@b.example", ["", " "]))

    def test_the_address_is_the_one_in_brackets(self):
        self.assertEqual(address('"edi@acme.example" <Evil@Other.example>'), "evil@other.example")
        self.assertEqual(address(None), "")

    def verified(self, *results, sender="edi@acme.example", server="mx.us.example"):
        head = "".join(f"Authentication-Results: {result}\n" for result in results)
        return is_verified(parsed(f"From: {sender}\n{head}\nhello"), server)

    def test_what_our_server_says_of_the_senders_domain_counts(self):
        for result in (
            "mx.us.example; dmarc=pass header.from=acme.example",
            "mx.us.example; spf=none; dkim=pass header.d=acme.example header.s=s1",
            "mx.us.example;\n dkim=pass (2048-bit key)\n header.d=acme.example",
            "mx.us.example; spf=pass smtp.mailfrom=bounce@acme.example",
            "mx.us.example 1; dkim=pass header.i=@mail.acme.example",
        ):
            self.assertTrue(self.verified(result), result)

    def test_nothing_else_does(self):
        for result in (
            "mx.evil.example; dmarc=pass header.from=acme.example",
            "mx.us.example; dkim=pass header.d=evil.example",
            "mx.us.example; dkim=fail header.d=acme.example",
            "mx.us.example; spf=pass smtp.mailfrom=a@evil.example; dkim=none",
            "mx.us.example; none",
            "",
        ):
            self.assertFalse(self.verified(result), result)
        self.assertFalse(self.verified(server=""))
        forged = "mx.us.example; dmarc=pass header.from=acme.example"
        self.assertFalse(
            self.verified("mx.us.example; dmarc=fail header.from=acme.example", forged),
            "the topmost is ours; what stands below it the sender may have written",
        )

    def test_attachments_are_what_they_were_before_the_mail(self):
        raw = "UNA:+.? 'é\r\n".encode("latin-1")
        message = email.message.EmailMessage()
        message.set_content("see attached")
        message.add_attachment(raw, maintype="text", subtype="plain", filename="../../etc/order.edi")
        message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png", cid="<1>")
        message.get_payload()[-1].replace_header("Content-Disposition", 'inline; filename="logo.png"')
        [file] = files(email.message_from_bytes(message.as_bytes(), policy=email.policy.SMTP))
        self.assertEqual((file.name, file.raw), ("order.edi", raw))

    def test_which_attachments_are_wanted(self):
        self.assertTrue(wanted("ORDER.EDI", "*.xml *.edi"))
        self.assertFalse(wanted("order.edi.exe", "*.xml *.edi"))
