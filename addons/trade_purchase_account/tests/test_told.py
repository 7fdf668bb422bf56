from types import SimpleNamespace

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.trade_core.pipeline import outbound
from odoo.addons.trade_kernel import codecs

from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestTold(InvoiceCase):
    """What the supplier is told when its invoice is disputed, to be credited or refused, and when settled."""

    def setUp(self):
        super().setUp()
        if "edi_tell_standing" not in self.env["trade.route"]._fields:
            self.skipTest("what suppliers are told by documents is told with trade_edi")

    def answers_by(self, codec, **vals):
        """A route by which the supplier gets our answers."""
        return self.env["trade.route"].create(
            {
                "trade_partner_id": self.profile.id,
                "connector_id": self.connector.id,
                "direction": "out",
                "document_type": "acknowledgement",
                "codec": codec,
                **vals,
            }
        )

    def too_dear(self, number="R-1"):
        """An invoice of 12 at 12 where 12 at 10 are ordered."""
        [message] = self.process_invoice(self.invoice(self.ordered(), self.billed(1, 12, 12), number=number))
        return message

    def decide_row(self, message, decision, key=None, reason=None):
        result = super().decide_row(message, decision, key, reason)
        self.commit()
        return result

    def commit(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()

    def told(self, message):
        """What left or is about to, oldest first: ``(state, code)``."""
        return [
            (one.state, one.envelope["standing"]["code"])
            for one in self.env["trade.message"].search(
                [("res_model", "=", "trade.message"), ("res_id", "=", message.id)], order="id"
            )
        ]

    def sent(self, message):
        """What is to leave, as it is written and as it is read again."""
        [out] = self.env["trade.message"].sudo().search(
            [("res_model", "=", "trade.message"), ("res_id", "=", message.id), ("state", "=", "queued")]
        )  # fmt: skip
        out.route_id.ack_expected = "transport"
        outbound.prepare(out)
        self.assertEqual(out.state, "queued", out.state_reason)
        raw = out._raw()
        out._set_state("sent", sent_at=fields.Datetime.now())
        [part] = codecs.get(out.codec).decode(raw)
        return raw.decode("latin-1"), part.document

    def test_a_dispute_leaves_as_an_invoice_response_and_so_does_what_settles_it(self):
        self.answers_by("ubl", codec_options={"profile": "peppol_invoice_response"})
        message = self.too_dear()
        self.assertEqual(self.told(message), [])
        self.decide_row(message, "dispute", reason="10.00 was agreed.")
        self.assertEqual(self.told(message), [("queued", "under_query")])
        self.assertEqual((message.state, self.match_of(message).state), ("held", "disputed"))
        text, document = self.sent(message)
        [response] = document.responses
        self.assertEqual((response.document_id, response.response_code), ("R-1", "under_query"))
        [status] = response.statuses
        self.assertEqual((status.list_id, status.code), ("OPStatusReason", "PRI"))
        self.assertIn("Line 1: 10.00 was agreed. Billed 12 × 12.00; ordered 12 × 10.00", status.text)
        self.assertIn("invoice_response:3", text)
        self.assertIn("Us", document.sender_party.party_name)
        self.assertFalse(self.match_of(message).must_tell)
        self.decide_row(message, "accept")
        self.assertEqual(message.state, "applied")
        self.assertEqual(self.told(message), [("sent", "under_query"), ("queued", "accepted")])
        _text, document = self.sent(message)
        self.assertEqual(document.responses[0].response_code, "accepted")

    def test_an_invoice_that_agrees_is_told_nothing(self):
        self.answers_by("ubl")
        [message] = self.process_invoice(self.invoice(self.ordered()))
        self.commit()
        self.assertApplied(message)
        self.assertEqual(self.told(message), [])

    def test_a_credit_request_says_which_amount_and_is_settled_by_the_credit_note(self):
        self.answers_by("ubl")
        self.route_invoice.trade_bill_posting = self.route_credit.trade_bill_posting = "post"
        message = self.too_dear()
        self.decide_row(message, "request_credit")
        _text, document = self.sent(message)
        [response] = document.responses
        self.assertEqual(response.response_code, "accepted_with_errors")
        reason, action = response.statuses
        self.assertIn("24.00", reason.text)
        self.assertEqual((action.list_id, action.code), ("OPStatusAction", "CNP"))
        order = self.match_of(message).order_ids
        [credit] = self.process_invoice(
            self.invoice(order, self.billed(1, 12, 2), kind="credit_note", billing_reference=[{"id": "R-1"}])
        )
        self.commit()
        self.assertApplied(credit)
        self.assertEqual(self.told(message), [("sent", "accepted_with_errors"), ("queued", "accepted")])

    def test_a_refusal_is_told_with_its_reason(self):
        self.answers_by("ubl")
        message = self.too_dear()
        self.decide_row(message, "dispute", reason="10.00 was agreed.")
        self.match_of(message).action_refuse()
        self.run_ready()
        self.commit()
        self.assertEqual(message.state, "rejected")
        # What was decided otherwise before it left does not leave.
        self.assertEqual(self.told(message), [("cancelled", "under_query"), ("queued", "rejected")])
        _text, document = self.sent(message)
        self.assertIn("10.00 was agreed.", document.responses[0].statuses[0].text)

    def test_a_limit_that_refuses_tells_so_and_keeps_the_limit_to_ourselves(self):
        self.answers_by("ubl")
        self.env["trade.bill.tolerance"].create(
            {"dimension": "price", "tolerance_percent": 3, "beyond": "reject"}
        )
        message = self.too_dear()
        self.commit()
        self.assertEqual(message.state, "rejected")
        _text, document = self.sent(message)
        text = document.responses[0].statuses[0].text
        self.assertIn("12 × 12.00", text)
        self.assertNotIn("limit", text)
        self.assertNotIn("3 %", text)

    def test_edifact_and_x12_get_what_their_formats_carry(self):
        self.env.company.write({"trade_edifact_id": "14:4099999000006", "trade_x12_id": "ZZ:US"})
        self.env["trade.identifier"].create(
            [
                {"trade_partner_id": self.profile.id, "scheme": "edifact", "value": "14:4012345000009"},
                {"trade_partner_id": self.profile.id, "scheme": "x12", "value": "ZZ:THEM"},
            ]
        )
        for codec, code in (("edifact", "under_query"), ("x12", "accepted_with_errors")):
            with self.subTest(codec):
                route = self.answers_by(codec, sequence=len(codec))
                message = self.too_dear(f"R-{codec}")
                self.decide_row(message, "dispute", reason="10.00 was agreed.")
                _text, document = self.sent(message)
                [response] = document.responses
                self.assertEqual((response.document_id, response.response_code), (f"R-{codec}", code))
                [error] = response.errors
                self.assertEqual(error.line_id, "1")
                self.assertIn("10.00 was agreed.", error.text)
                route.edi_tell_standing = False

    def test_a_route_that_is_not_to_tell_it_does_not(self):
        self.answers_by("edifact", edi_tell_standing=False)
        message = self.too_dear()
        self.decide_row(message, "dispute", reason="10.00 was agreed.")
        self.assertEqual(self.told(message), [])
        self.assertTrue(self.match_of(message).must_tell)

    def test_without_a_route_a_person_is_asked_to_write(self):
        message = self.too_dear()
        self.decide_row(message, "dispute", reason="10.00 was agreed.")
        match = self.match_of(message)
        self.assertTrue(match.must_tell)
        self.assertIn("by hand", match.told_words)
        context = match.action_write_supplier()["context"]
        self.assertIn("R-1", context["default_subject"])
        self.assertIn("10.00 was agreed.", context["default_body"])
        composer = self.env["mail.compose.message"].with_context(**context).create({})
        self.assertEqual(composer.partner_ids, match.partner_id)
        composer._action_send_mail()
        self.assertFalse(match.must_tell)
        self.assertIn(self.env.user.name, match.told_words)
        with self.assertRaises(UserError):
            match.action_told()
        # Decided otherwise, there is something else to tell.
        self.decide_row(message, "accept")
        self.assertTrue(match.must_tell)
        match.action_told()
        self.assertFalse(match.must_tell)

    def test_what_the_supplier_never_heard_of_need_not_be_settled(self):
        message = self.too_dear()
        self.decide_row(message, "dispute", reason="10.00 was agreed.")
        self.decide_row(message, "accept")
        match = self.match_of(message)
        self.assertEqual((match.state, match.must_tell, match.standing), ("billed", False, False))

    def test_the_api_says_the_same(self):
        if "trade.api.read.invoice_status" not in self.env:
            self.skipTest("the status of invoices is read with trade_account_http")
        read = self.env["trade.api.read.invoice_status"].sudo()
        door = SimpleNamespace(test=False, trade_partner_id=self.profile.id, company_id=self.env.company.id)
        message = self.too_dear()
        self.assertNotIn("12.00", read._one(door, "R-1").reason)
        self.env.cr.execute(
            "UPDATE trade_message SET idempotency_scope = 'client:1' WHERE id = %s", [message.id]
        )
        self.env.invalidate_all()
        self.decide_row(message, "dispute", reason="10.00 was agreed.")
        said = read._one(door, "R-1")
        self.assertEqual(said.state, "blocked")
        self.assertIn("Line 1: 10.00 was agreed. Billed 12 × 12.00; ordered 12 × 10.00", said.reason)
        match = self.match_of(message)
        self.assertFalse(match.must_tell, "who sends by the API reads there how it stands")
        self.assertIn("API", match.told_words)
        self.decide_row(message, "request_credit")
        said = read._one(door, "R-1")
        self.assertEqual(said.state, "received")
        self.assertIn("24.00", said.reason)

    def test_several_decisions_at_once_are_told_once(self):
        self.answers_by("ubl")
        order = self.ordered((self.desk, 12, 10.0), (self.desk, 5, 20.0))
        [message] = self.process_invoice(
            self.invoice(order, self.billed(1, 12, 12), self.billed(2, 5, 25), number="R-9")
        )
        match = self.match_of(message)
        for row, reason in zip(match.line_ids, ("10.00 was agreed.", "20.00 was agreed."), strict=True):
            row._decide("dispute", reason)
        self.commit()
        self.assertEqual(self.told(message), [("queued", "under_query")])
        _text, document = self.sent(message)
        self.assertEqual(len(document.responses[0].statuses), 2)
