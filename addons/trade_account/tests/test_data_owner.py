from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDataOwnerTerms(TransactionCase):
    """Payment terms are ours unless a rule says otherwise, and then of the partner's company alone."""

    def test_terms_are_noted_unless_a_rule_takes_them(self):
        vendor = self.env["res.partner"].create({"name": "Wood Corner", "is_company": True})
        profile = self.env["trade.partner"].create({"partner_id": vendor.id})
        term = self.env["account.payment.term"].create({"name": "In 60 days"})
        Owner = self.env["trade.data.owner"]

        def offer():
            [outcome] = Owner._offer(
                vendor,
                {"property_supplier_payment_term_id": term.id},
                trade_partner=profile,
                source=self.env.user,
            )
            return outcome

        self.assertEqual(offer().outcome, "ignored")
        self.assertFalse(vendor.property_supplier_payment_term_id)
        rule = {"field_group": "terms", "on_foreign_write": "accept", "trade_partner_id": profile.id}
        Owner.create(rule)
        outcome = offer()
        self.assertEqual((outcome.outcome, outcome.change.new_text), ("written", "In 60 days"))
        self.assertEqual(vendor.property_supplier_payment_term_id, term)
        other = self.env["res.company"].create({"name": "Our branch"})
        self.assertFalse(vendor.with_company(other).property_supplier_payment_term_id)
