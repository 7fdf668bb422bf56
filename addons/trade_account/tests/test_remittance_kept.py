from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .test_remittance import RemittanceCase


@tagged("post_install", "-at_install")
class TestRemittanceKept(RemittanceCase):
    """What a supplier was told of a payment is never left standing when it no longer holds."""

    def test_a_payment_that_was_told_stays_with_its_supplier(self):
        other = self.env["res.partner"].create({"name": "Other"})
        payment = self.pay(self.bill(ref="R-1"))
        self.said(payment)
        payment.action_draft()
        self.commit()
        for vals in ({"partner_id": other.id}, {"payment_type": "inbound"}, {"partner_id": False}):
            with self.assertRaisesRegex(UserError, "was told of"):
                payment.write(vals)
        said = self.said(payment)
        self.assertEqual((said["sequence_number"], self.lines(said)), (1, {"R-1": "0"}))
        with self.assertRaisesRegex(UserError, "was told of"):
            payment.partner_id = other
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.customer.id})
        payment.partner_id = contact

    def test_what_nobody_was_told_may_go_to_another_one(self):
        payment = self.pay(self.bill(ref="R-1"))
        payment.action_draft()
        payment.partner_id = self.env["res.partner"].create({"name": "Other"})
        self.commit()
        self.assertFalse(self.advices(payment))

    def test_deleted_when_the_supplier_knows_that_it_is_not_made(self):
        payment = self.pay(self.bill(ref="R-1"))
        self.said(payment)
        payment.action_draft()
        with self.assertRaisesRegex(UserError, "not yet that it is not made"):
            payment.unlink()
        self.commit()
        with self.assertRaisesRegex(UserError, "not yet that it is not made"):
            payment.unlink()
        self.assertEqual(self.lines(self.said(payment)), {"R-1": "0"})
        payment.unlink()
        self.assertFalse(payment.exists())

    def test_an_accountant_without_rights_on_the_exchange_is_told_too(self):
        accountant = new_test_user(
            self.env, "payer", "account.group_account_invoice", company_id=self.env.company.id
        )
        payment = self.pay(self.bill(ref="R-1"))
        self.said(payment)
        payment.action_draft()
        self.commit()
        theirs = payment.with_user(accountant)
        with self.assertRaisesRegex(UserError, "not yet that it is not made"):
            theirs.unlink()
        with self.assertRaisesRegex(UserError, "was told of"):
            theirs.partner_id = self.env["res.partner"].create({"name": "Other"})
        self.said(payment)
        theirs.unlink()
        self.assertFalse(payment.exists())

    def test_deleted_before_anything_left(self):
        payment = self.pay(self.bill(ref="R-1"))
        waiting = self.advices(payment)
        self.assertEqual(waiting.state, "queued")
        payment.action_draft()
        payment.unlink()
        self.commit()
        self.assertEqual(waiting.state, "cancelled")

    def test_an_entry_that_was_reversed_pays_nothing(self):
        bill = self.bill(ref="R-1")
        payment = self.pay(bill)
        self.said(payment)
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=payment.move_id.ids
        )
        reversal.create({"journal_id": payment.journal_id.id}).refund_moves()
        said = self.said(payment)
        self.assertEqual(bill.payment_state, "not_paid")
        self.assertEqual((said["total_payment_amount"]["value"], self.lines(said)), ("0", {"R-1": "0"}))

    def test_the_number_of_the_bill_is_corrected(self):
        bill = self.bill(ref="R-1")
        payment = self.pay(bill)
        self.said(payment)
        bill.ref = "R-10"
        said = self.said(payment)
        self.assertEqual((said["sequence_number"], self.lines(said)), (1, {"R-10": "120"}))
