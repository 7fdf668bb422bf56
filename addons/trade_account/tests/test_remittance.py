import json
from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.trade_core.pipeline import outbound
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import canonical_digest

from .common import DAY, AccountCase

FORMATS = {
    "canonical_json": {},
    "edifact": {"sender": {"id": "4012345000009"}, "receiver": {"id": "4098765000010"}},
    "x12": {"sender": {"id": "US", "qualifier": "ZZ"}, "receiver": {"id": "THEM", "qualifier": "ZZ"}},
    "ubl": {},
}


_RULES = {
    "id": "Payment",
    "issue_date": "Issued",
    "total_payment_amount.value": "Total",
    "total_payment_amount.currency_id": "Currency",
    "remittance_lines.id": "Line",
    "remittance_lines.billing_reference.id": "Invoice",
    "remittance_lines.paid_amount.value": "Paid",
    "remittance_lines.paid_amount.currency_id": "Currency",
}
_KINDS = {"value": "number", "issue_date": "date"}
FORMATS["layout"] = {
    "layout": {
        "format": "csv",
        "document_type": "remittance_advice",
        "group_by": ["Payment"],
        "rules": [
            {
                "to": field,
                "source": column,
                "kind": _KINDS.get(field.rpartition(".")[2], "text"),
            }
            for field, column in _RULES.items()
        ],
    }
}


class RemittanceCase(AccountCase):
    """A supplier that is told of payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connector = (
            cls.env["trade.connector"]
            .sudo()
            .create({"name": "Supplier", "trade_partner_id": cls.profile.id, "transport": "manual"})
        )
        cls.route = (
            cls.env["trade.route"]
            .sudo()
            .create(
                {
                    "trade_partner_id": cls.profile.id,
                    "connector_id": cls.connector.id,
                    "direction": "out",
                    "document_type": "remittance_advice",
                    "ack_expected": "transport",
                }
            )
        )
        cls.with_entries()

    @classmethod
    def with_entries(cls):
        """Payments are booked at once, on an outstanding account."""
        account = cls.company_data["default_account_assets"].copy({"name": "Outstanding", "reconcile": True})
        account.account_type = "asset_current"
        cls.methods().payment_account_id = account

    @classmethod
    def methods(cls):
        journal = cls.company_data["default_journal_bank"]
        return journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids

    def bill(self, *lines, kind="in_invoice", **vals):
        return self.make_invoice(kind, *lines, **vals)

    def pay(self, bills, **vals):
        """As the button Pay does."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bills.ids
        )
        payment = wizard.create({"payment_date": DAY, "group_payment": True, **vals})._create_payments()
        self.commit()
        return payment

    def advices(self, payment):
        return payment._trade_told().get(payment.id, self.env["trade.message"])

    def said(self, payment):
        """The advice that leaves, as JSON values; the message counts as delivered."""
        self.commit()
        message = self.advices(payment)[-1:]
        self.assertTrue(message, "nothing is told")
        if not message.payload_digest:
            outbound.prepare(message)
        self.assertEqual(message.state, "queued", message.state_reason)
        message._set_state("sent", sent_at=message.received_at)
        message._set_state("acknowledged")
        return json.loads(message._raw())

    def lines(self, said):
        """``{number: paid}``; what is paid adds up."""
        found = {
            line.get("billing_reference", {}).get("id"): line["paid_amount"]["value"]
            for line in said["remittance_lines"]
        }
        self.assertAlmostEqual(
            sum(float(value) for value in found.values()), float(said["total_payment_amount"]["value"]), 2
        )
        return found


@tagged("post_install", "-at_install")
class TestRemittance(RemittanceCase):
    """What suppliers are told of payments."""

    # -- when ------------------------------------------------------------------------------------------

    def test_paying_a_bill_tells_its_supplier_once(self):
        bill = self.bill(ref="R-4711")
        payment = self.pay(bill)
        [message] = self.advices(payment)
        self.assertEqual((message.state, message.document_type), ("queued", "remittance_advice"))
        self.assertEqual((message.document_number, message.amount_total), (payment.name, 120.0))
        self.assertEqual(payment.trade_state, "queued")
        said = self.said(payment)
        self.assertEqual(said["payment_date"], DAY.isoformat())
        self.assertEqual(said["payment_order_reference"], payment.name)
        self.assertEqual(said["note"], ["R-4711"])
        [line] = said["remittance_lines"]
        self.assertEqual(
            line["billing_reference"],
            {"id": "R-4711", "document_type_code": "380", "issue_date": DAY.isoformat()},
        )
        self.assertEqual(line["invoice_amount"]["value"], "120")
        self.assertEqual(self.lines(said), {"R-4711": "120"})
        self.assertEqual(payment.trade_state, "acknowledged")
        self.assertIn(payment.name, bill.trade_told)
        payment._trade_touch()
        self.commit()
        self.assertEqual(len(self.advices(payment)), 1)

    def test_a_payment_matched_later(self):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "partner_type": "supplier",
                "payment_type": "outbound",
                "amount": 200.0,
                "date": DAY,
            }
        )
        payment.action_post()
        self.commit()
        self.assertFalse(self.advices(payment), "for no bill yet")
        bills = self.bill(ref="R-1") | self.bill(ref="R-2")
        self.match(payment, bills[0])
        self.assertEqual(self.lines(self.said(payment)), {"R-1": "120", None: "80"})
        self.match(payment, bills[1])
        said = self.said(payment)
        self.assertEqual(said["sequence_number"], 1)
        self.assertEqual(self.lines(said), {"R-1": "120", "R-2": "80"})

    def match(self, payment, bill):
        lines = (payment.move_id | bill).line_ids
        lines.filtered(
            lambda line: line.account_type == "liability_payable" and not line.reconciled
        ).reconcile()
        self.commit()

    def test_changes_before_it_leaves_are_one_advice(self):
        bills = self.bill(ref="R-1") | self.bill(ref="R-2")
        payment = self.pay(bills[0], amount=200.0)
        self.match(payment, bills[1])
        live = self.advices(payment)
        self.assertEqual((len(live), live.revision), (1, 0))
        self.assertEqual(self.lines(self.said(payment)), {"R-1": "120", "R-2": "80"})

    def test_two_payments_for_one_bill(self):
        bill = self.bill(ref="R-1")
        first, second = self.pay(bill, amount=50.0), self.pay(bill)
        self.assertEqual(self.lines(self.said(first)), {"R-1": "50"})
        self.assertEqual(self.lines(self.said(second)), {"R-1": "70"})
        self.assertIn(second.name, bill.trade_told)
        self.assertIn(first.name, bill.trade_told)

    def test_taken_back_after_it_was_told(self):
        bill = self.bill(ref="R-1")
        payment = self.pay(bill)
        self.said(payment)
        payment.action_draft()
        said = self.said(payment)
        self.assertEqual((said["sequence_number"], self.lines(said)), (1, {"R-1": "0"}))
        self.assertIn("taken back", said["note"][0])
        payment.action_post()
        self.match(payment, bill)
        said = self.said(payment)
        self.assertEqual((said["sequence_number"], self.lines(said)), (2, {"R-1": "120"}))

    def test_taken_back_before_it_left(self):
        payment = self.pay(self.bill(ref="R-1"))
        payment.action_draft()
        self.commit()
        self.assertFalse(self.advices(payment))
        self.assertEqual(payment.trade_state, "not_sent")

    def test_unmatched_and_matched_again_says_nothing_new(self):
        bill = self.bill(ref="R-1")
        payment = self.pay(bill)
        self.said(payment)
        payment.move_id.line_ids.remove_move_reconcile()
        self.commit()
        self.assertEqual(len(self.advices(payment)), 2)
        self.match(payment, bill)
        self.assertEqual(len(self.advices(payment)), 1, "the correction never left")

    def test_no_route_no_advice(self):
        self.route.active = False
        payment = self.pay(self.bill(ref="R-1"))
        self.assertFalse(self.advices(payment))
        self.assertFalse(payment.trade_can_send)
        with self.assertRaisesRegex(UserError, "Ask a trading manager"):
            payment.action_trade_send_again()

    def test_somebody_without_rights_on_the_exchange_pays(self):
        bill = self.bill(ref="R-1")
        clerk = new_test_user(self.env, "trade_clerk", "account.group_account_invoice")
        payment = self.pay(bill.with_user(clerk))
        [message] = self.advices(payment)
        self.assertEqual((message.state, payment.with_user(clerk).trade_state), ("queued", "queued"))
        [step] = payment.with_user(clerk).trade_exchange["steps"]
        self.assertFalse(step["target"], "what may not be opened is no link")
        with self.assertRaises(AccessError):
            payment.with_user(clerk).trade_message_ids.mapped("state")

    def test_every_company_tells_by_its_own_routes(self):
        data = self.setup_other_company(name="Other company")
        other = data["company"]
        bill = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": DAY,
                    "ref": "R-other",
                    "company_id": other.id,
                    "invoice_line_ids": [
                        Command.create({"name": "Goods", "price_unit": 10.0, "tax_ids": []})
                    ],
                }
            )
        )
        bill.action_post()
        payment = self.pay(bill.with_company(other))
        self.assertEqual(payment.company_id, other)
        self.assertFalse(self.advices(payment), "the route is another company's")
        self.assertFalse(payment.trade_can_send)

    def test_customers_are_not_told(self):
        payment = self.pay(self.make_invoice())
        self.assertFalse(self.advices(payment))

    def test_trouble_of_the_exchange_never_stops_the_payment(self):
        bill = self.bill(ref="R-1")
        model = self.env.registry["trade.message"]
        with (
            patch.object(model, "_queue", side_effect=ValueError("broken")),
            mute_logger("odoo.addons.trade_core.announcing"),
        ):
            payment = self.pay(bill)
        self.assertIn(payment.state, ("in_process", "paid"))
        problem = self.env["trade.exception"].search([("name", "ilike", payment.name)])
        self.assertIn("broken", problem.name)

    # -- what ------------------------------------------------------------------------------------------

    def test_credit_notes_are_taken_off(self):
        bills = self.bill((1, 500.0), ref="R-1") | self.bill((1, 100.0), kind="in_refund", ref="C-1")
        payment = self.pay(bills)
        said = self.said(payment)
        self.assertEqual(self.lines(said), {"R-1": "600", "C-1": "-120"})
        self.assertEqual(said["total_payment_amount"]["value"], "480")
        [kind] = [
            line["billing_reference"]["document_type_code"]
            for line in said["remittance_lines"]
            if line["billing_reference"]["id"] == "C-1"
        ]
        self.assertEqual(kind, "381")

    def discount_terms(self):
        return self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )

    def test_cash_discount(self):
        terms = self.discount_terms()
        bills = self.bill(ref="R-1", invoice_payment_term_id=terms.id) | self.bill(
            (1, 200.0), ref="R-2", invoice_payment_term_id=terms.id
        )
        payment = self.pay(bills)
        said = self.said(payment)
        self.assertEqual(self.lines(said), {"R-1": "117.6", "R-2": "235.2"})
        self.assertEqual(
            [line["discount_amount"]["value"] for line in said["remittance_lines"]], ["2.4", "4.8"]
        )

    def test_difference_that_was_written_off(self):
        account = self.company_data["default_account_expense"]
        payment = self.pay(
            self.bill(ref="R-1"),
            amount=110.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=account.id,
            writeoff_label="Short delivery",
        )
        said = self.said(payment)
        [line] = said["remittance_lines"]
        self.assertEqual(self.lines(said), {"R-1": "110"})
        self.assertEqual(line["adjustments"][0]["reason"], "Short delivery")
        self.assertEqual(line["adjustments"][0]["amount"]["value"], "-10")

    def test_a_bill_in_another_currency(self):
        foreign = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        bill = self.bill(ref="R-1", currency_id=foreign.id)
        payment = self.pay(bill, currency_id=self.env.company.currency_id.id)
        said = self.said(payment)
        [line] = said["remittance_lines"]
        self.assertEqual(said["document_currency_code"], self.env.company.currency_id.name)
        self.assertEqual(self.lines(said), {"R-1": "240"})
        self.assertNotIn("invoice_amount", line)
        self.assertIn("120.00 EUR", line["note"][0])

    def test_payments_that_are_not_booked(self):
        """Without an outstanding account nothing is booked before the bank's statement comes."""
        self.methods().payment_account_id = False
        late, early = (
            self.bill((1, 100.0), ref="R-late", invoice_date_due=DAY + timedelta(days=30)),
            self.bill((1, 100.0), ref="R-early", invoice_date_due=DAY),
        )
        with patch.object(
            self.env.registry["account.move"], "_get_invoice_in_payment_state", return_value="in_payment"
        ):  # as when an addon reconciles the bank's statements
            payment = self.pay(late | early, amount=150.0)
        self.assertFalse(payment.move_id)
        self.assertEqual(self.lines(self.said(payment)), {"R-early": "120", "R-late": "30"})
        payment.action_validate()
        self.commit()
        self.assertEqual(len(self.advices(payment)), 1)
        payment.action_cancel()
        self.assertEqual(self.lines(self.said(payment)), {"R-early": "0", "R-late": "0"})

    def test_every_format_carries_it(self):
        bank = self.env["res.partner.bank"].create(
            {
                "acc_number": "DE02120300000000202051",
                "partner_id": self.customer.id,
                "allow_out_payment": True,
            }
        )
        terms = self.discount_terms()
        for codec, options in FORMATS.items():
            with self.subTest(codec=codec):
                bills = (
                    self.bill(ref=f"{codec}-R1", invoice_payment_term_id=terms.id)
                    | self.bill((1, 50.0), kind="in_refund", ref=f"{codec}-C1")
                    | self.bill((1, 33.33), ref=f"{codec}-R2")
                )
                payment = self.pay(bills, partner_bank_id=bank.id)
                extra = self.bill((1, 10.0), ref=f"{codec}-R3")
                over = self.pay(extra, amount=40.0)
                written = self.pay(
                    self.bill(ref=f"{codec}-R4"),
                    amount=100.0,
                    payment_difference_handling="reconcile",
                    writeoff_account_id=self.company_data["default_account_expense"].id,
                    writeoff_label="Short delivery",
                )
                for one in payment | over | written:
                    self.assertCarried(one, codec, options)
                    one.action_draft()
                    self.commit()
                    self.assertCarried(one, codec, options)

    def assertCarried(self, payment, codec, options):
        message = self.advices(payment)[-1:]
        document = self.route._adapter()._collect(message, payment)
        codec, revision = codecs.get(codec), 0 if codec == "layout" else message.revision
        [part] = codec.decode(codec.encode([document], options), options)
        self.assertFalse(part.errors)
        read = part.document
        self.assertEqual((read.id, read.sequence_number), (payment.name, revision))
        self.assertEqual(read.total_payment_amount.value, document.total_payment_amount.value)
        self.assertEqual(
            [self.paid(line) for line in read.remittance_lines],
            [self.paid(line) for line in document.remittance_lines],
        )
        message._set_state("sent", sent_at=message.received_at)

    def paid(self, line):
        return (line.billing_reference and line.billing_reference.id, line.paid_amount.value)

    # -- what people press -------------------------------------------------------------------------------

    def again(self, payment):
        return payment.action_trade_send_again()["params"]["message"]

    def test_send_again(self):
        payment = self.pay(self.bill(ref="R-1"))
        self.assertIn("already waiting", self.again(payment))
        self.said(payment)
        self.assertIn("revision 1", self.again(payment))
        self.assertEqual(self.lines(self.said(payment)), {"R-1": "120"})

    def test_sent_again_after_a_change_that_was_undone(self):
        bill = self.bill(ref="R-1")
        payment = self.pay(bill)
        self.said(payment)
        payment.move_id.line_ids.remove_move_reconcile()
        self.commit()
        lines = (payment.move_id | bill).line_ids
        lines.filtered(lambda line: line.account_type == "liability_payable").reconcile()
        # In the same transaction: the correction still waits to leave.
        self.assertIn("sent again, as revision 1", self.again(payment))
        self.assertEqual(self.lines(self.said(payment)), {"R-1": "120"})

    def test_a_payment_on_account_is_told_when_asked_for(self):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "partner_type": "supplier",
                "payment_type": "outbound",
                "amount": 200.0,
                "date": date(2026, 3, 2),
            }
        )
        with self.assertRaisesRegex(UserError, "Confirm the payment first"):
            payment.action_trade_send_again()
        payment.action_post()
        self.commit()
        self.assertIn("on its way", self.again(payment))
        self.assertEqual(self.lines(self.said(payment)), {None: "200"})

    def test_held_is_seen_and_leaves_after_the_fix(self):
        self.route.write({"codec": "cxml"})
        payment = self.pay(self.bill(ref="R-1"))
        message = self.advices(payment)
        outbound.prepare(message)
        self.assertEqual((message.state, payment.trade_state), ("held", "held"))
        [step] = payment.trade_exchange["steps"]
        self.assertEqual((step["tone"], step["target"]), ("bad", f"problem/{message.exception_id.id}"))
        message.codec = "canonical_json"
        self.assertIn("sent again", self.again(payment))
        self.assertEqual(self.lines(self.said(payment)), {"R-1": "120"})
        [part] = codecs.get("canonical_json").decode(message._raw())
        self.assertEqual(canonical_digest(part.document), message.canonical_digest)

    def test_many_payments_cost_few_queries_each(self):
        bills = self.env["account.move"].union(*(self.bill(ref=f"R-{n}") for n in range(12)))
        payments = self.pay(bills, group_payment=False)
        self.assertEqual(len(payments), 12)
        self.assertEqual(len(self.advices(payments[3])), 1)
        payments._trade_touch()
        with self.assertQueryCount(14):
            self.env.cr.precommit.run()
