from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.trade_core.pipeline import outbound
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import parse
from odoo.addons.trade_kernel.invoice_sums import Invoiced

from .common_self_billing import DAY, Command, SelfBillingCase


@tagged("post_install", "-at_install")
class TestSelfBilling(SelfBillingCase):
    """What was received is billed in the name of the supplier, once, and it gets it."""

    # -- drafting ----------------------------------------------------------------------------------

    def test_what_was_received_becomes_a_draft_in_the_suppliers_name(self):
        order = self.ordered((self.desk, 12, 10.0), (self.shelf, 5, 20.0), received=False)
        self.receipt(order, 8, 0)
        self.assertTrue(order.trade_self_billing_open)
        action = order.action_trade_self_bill()
        bill = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((bill.state, bill.journal_id, bill.move_type), ("draft", self.journal, "in_invoice"))
        self.assertEqual(bill.invoice_line_ids.mapped("quantity"), [8])
        self.assertEqual((bill.amount_untaxed, bill.amount_total), (80, 92))
        self.assertTrue(bill.trade_self_billed)
        self.env.invalidate_all()
        self.assertFalse(order.trade_self_billing_open)
        with self.assertRaisesRegex(UserError, "Everything that was received of .* is billed"):
            order.action_trade_self_bill()
        self.receipt(order, 4, 5)
        second = self.self_bill(order, post=False)
        self.assertEqual(second.invoice_line_ids.mapped("quantity"), [4, 5])

    def test_odoos_own_button_makes_the_same(self):
        order = self.ordered()
        order.action_create_invoice()
        self.assertEqual(order.invoice_ids.journal_id, self.journal)

    def test_only_what_was_received_also_where_orders_are_billed_as_ordered(self):
        self.products.purchase_method = "purchase"
        order = self.ordered(received=False)
        self.assertFalse(self.self_bill(order, post=False))
        self.receipt(order, 5)
        self.assertEqual(self.self_bill(order, post=False).invoice_line_ids.quantity, 5)

    def test_without_an_agreement_nothing_is_billed_in_anybodys_name(self):
        order = self.ordered()
        self.profile.trade_self_billing = False
        self.assertFalse(order.trade_self_billed)
        self.assertFalse(self.self_bill(order, post=False))
        order.action_create_invoice()
        self.assertNotEqual(order.invoice_ids.journal_id, self.journal)

    def test_an_agreement_needs_its_number_and_a_journal(self):
        with self.assertRaisesRegex(ValidationError, "enter the number of the agreement"):
            self.profile.trade_self_billing_agreement = " "
        self.profile.trade_self_billing_agreement = "SBA-17"
        with self.assertRaisesRegex(ValidationError, "ends before it begins"):
            self.profile.write(
                {"trade_self_billing_from": "2026-02-01", "trade_self_billing_until": "2026-01-01"}
            )
        self.profile.write({"trade_self_billing_from": False, "trade_self_billing_until": False})
        purchases = self.company_data["default_journal_purchase"]
        with self.assertRaisesRegex(ValidationError, "is none for self-billing"):
            self.profile.trade_self_billing_journal_id = purchases

    def test_orders_of_a_supplier_are_billed_together_once_their_day_has_come(self):
        self.profile.trade_self_billing_run = "month"
        first, second = self.ordered(), self.ordered((self.shelf, 5, 20.0))
        due = self.profile.trade_self_billing_next
        self.assertEqual(due.day, 1)
        self.assertGreater(due, date.today())
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60):
            self.env["trade.partner"]._cron_self_bill()
            self.assertFalse((first + second).invoice_ids)
            self.profile.trade_self_billing_next = date.today()
            self.env["trade.partner"]._cron_self_bill()
            bill = (first + second).invoice_ids
            self.assertEqual((len(bill), bill.state), (1, "draft"))
            self.assertEqual(bill.invoice_origin, f"{first.name}, {second.name}")
            self.assertEqual(bill.invoice_line_ids.purchase_line_id, (first + second).order_line)
            self.assertEqual(self.profile.trade_self_billing_next, due)
            self.profile.trade_self_billing_next = date.today()
            self.env["trade.partner"]._cron_self_bill()
        self.assertEqual((first + second).invoice_ids, bill)

    def test_other_currencies_and_terms_are_bills_of_their_own(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        orders = self.ordered() + self.ordered(currency_id=euro.id) + self.ordered()
        bills = self.self_bill(orders, post=False)
        self.assertEqual(sorted(bills.mapped("currency_id.name")), ["EUR", "USD"])
        self.assertEqual(sorted(len(bill.invoice_line_ids) for bill in bills), [1, 2])

    def test_days_of_the_runs(self):
        for run, day, expected in (
            ("day", "2026-03-02", "2026-03-03"),
            ("week", "2026-03-02", "2026-03-09"),
            ("week", "2026-03-08", "2026-03-09"),
            ("month", "2026-12-31", "2027-01-01"),
            ("manual", "2026-12-31", None),
        ):
            self.profile.trade_self_billing_run = run
            found = self.profile._next_self_billing(date.fromisoformat(day))
            self.assertEqual(found and found.isoformat(), expected or False)

    # -- numbers -------------------------------------------------------------------------------------

    def test_each_supplier_has_a_series_of_its_own_without_gaps(self):
        gemini = self.env["res.partner"].create({"name": "Gemini", "is_company": True})
        other = self.profile.copy(
            {
                "partner_id": gemini.id,
                "identifier_ids": False,
                "trade_self_billing": True,
                "trade_self_billing_agreement": "SBA-18",
            }
        )
        self.assertEqual(other.trade_self_billing_journal_id, self.journal)
        orders = [self.ordered() for _number in range(3)]
        dropped = self.self_bill(orders[0], post=False)
        self.assertFalse(dropped.name and dropped.name != "/")
        dropped.unlink()
        ours = [self.self_bill(order) for order in orders]
        theirs = self.self_bill(self.ordered(partner_id=gemini.id))
        numbers = [bill.name.rpartition("/")[2] for bill in ours]
        self.assertEqual(numbers, ["0001", "0002", "0003"])
        self.assertEqual(theirs.name.rpartition("/")[2], "0001")
        self.assertNotEqual(theirs.name, ours[0].name)
        for bill in [*ours, theirs]:
            self.assertEqual((bill.ref, bill.payment_reference), (bill.name, bill.name))

    # -- what the supplier gets ----------------------------------------------------------------------

    def test_posting_sends_an_invoice_of_type_389_once(self):
        order = self.ordered((self.desk, 12, 10.0), (self.shelf, 5, 20.0))
        bill = self.self_bill(order, post=False)
        self.commit()
        self.assertFalse(self.messages(bill))
        bill.action_post()
        self.commit()
        [message] = self.messages(bill)
        self.assertEqual(
            (message.state, message.document_type, message.document_number), ("queued", "invoice", bill.name)
        )
        self.assertEqual(bill.trade_self_state, "queued")
        said = self.sent(bill)
        self.assertEqual((said["id"], said["invoice_type_code"]), (bill.name, "389"))
        self.assertEqual(said["issue_date"], DAY.isoformat())
        self.assertEqual(said["order_reference"], {"id": order.name})
        self.assertEqual(said["contract_document_reference"], [{"id": "SBA-17"}])
        self.assertEqual(said["accounting_supplier_party"]["party_name"], "Wood Corner")
        self.assertEqual(said["accounting_customer_party"]["party_name"], self.env.company.name)
        self.assertIn("Self-billing", said["note"])
        line = said["invoice_lines"][1]
        self.assertEqual(line["order_line_reference"], {"line_id": "2"})
        self.assertEqual(line["quantity"], {"value": "5", "unit_code": "C62"})
        self.assertEqual(line["item"]["sellers_item_identification"], {"id": "WC-2"})
        self.assertEqual(said["tax_total"][0]["tax_amount"]["value"], "33")
        self.assertEqual(said["legal_monetary_total"]["payable_amount"]["value"], "253")
        self.assertEqual(Invoiced(parse(said)).wrong, ())
        self.env.invalidate_all()
        self.assertEqual(bill.trade_self_state, "acknowledged")
        self.assertEqual(bill.trade_exchange["steps"][0]["label"], "Sent to the supplier")
        self.commit()
        self.assertEqual(len(self.messages(bill)), 1)

    def test_several_orders_are_named_by_their_lines(self):
        orders = self.ordered() + self.ordered((self.shelf, 5, 20.0))
        said = self.sent(self.self_bill(orders))
        self.assertNotIn("order_reference", said)
        named = [line["order_line_reference"]["order_reference"]["id"] for line in said["invoice_lines"]]
        self.assertEqual(named, orders.mapped("name"))

    def test_discounts_taxes_in_the_price_and_added_lines_add_up(self):
        included = self.tax.copy({"name": "15 % in it", "price_include_override": "tax_included"})
        order = self.ordered((self.desk, 3, 9.99), (self.shelf, 7, 3.33))
        order.order_line[0].discount = 12.5
        order.order_line[1].tax_ids = included
        bill = self.self_bill(order, post=False)
        bill.invoice_line_ids = [
            Command.create({"name": "Pallets", "quantity": 1, "price_unit": 4.5, "tax_ids": self.tax.ids})
        ]
        bill.action_post()
        self.commit()
        document = parse(self.sent(bill))
        invoiced = Invoiced(document)
        self.assertEqual(invoiced.wrong, ())
        self.assertEqual(float(invoiced.figures.gross), bill.amount_total)
        self.assertEqual(document.invoice_lines[2].item.name, "Pallets")

    def test_reverse_charge_and_no_tax_are_said_as_what_they_are(self):
        reverse = self.env["account.tax"].create(
            {
                "name": "Reverse charge",
                "type_tax_use": "purchase",
                "amount": 20,
                "invoice_repartition_line_ids": [
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax", "factor_percent": 100}),
                    Command.create({"repartition_type": "tax", "factor_percent": -100}),
                ],
                "refund_repartition_line_ids": [
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax", "factor_percent": 100}),
                    Command.create({"repartition_type": "tax", "factor_percent": -100}),
                ],
            }
        )
        order = self.ordered()
        order.order_line.tax_ids = reverse
        said = self.sent(self.self_bill(order))
        [part] = said["tax_total"][0]["tax_subtotal"]
        self.assertEqual(part["tax_category"]["id"], "AE")
        self.assertEqual(part["tax_category"]["tax_exemption_reason"], "Reverse charge")
        self.assertEqual((part["taxable_amount"]["value"], part["tax_amount"]["value"]), ("120", "0"))
        said = self.sent(self.self_bill(self.ordered(taxed=False)))
        [part] = said["tax_total"][0]["tax_subtotal"]
        self.assertEqual(part["tax_category"]["id"], "O")
        self.assertEqual(said["legal_monetary_total"]["payable_amount"]["value"], "120")

    def test_a_tax_no_document_can_say_holds_the_document_not_the_bill(self):
        fixed = self.env["account.tax"].create(
            {"name": "Eco", "type_tax_use": "purchase", "amount_type": "fixed", "amount": 1}
        )
        order = self.ordered()
        order.order_line.tax_ids = fixed
        bill = self.self_bill(order)
        [message] = self.messages(bill)
        outbound.prepare(message)
        self.assertEqual((bill.state, message.state), ("posted", "held"))
        self.assertIn("has the tax Eco, which is no percentage", message.state_reason)
        self.env.invalidate_all()
        self.assertEqual(bill.trade_self_state, "held")
        self.assertEqual(bill.trade_exchange["steps"][-1]["tone"], "bad")
        bill.button_draft()
        self.assertEqual(message.state, "cancelled")
        bill.invoice_line_ids.tax_ids = self.tax
        bill.action_post()
        self.commit()
        self.assertEqual(self.sent(bill)["sequence_number"], 0)

    def test_in_every_format_it_is_read_as_it_was_meant(self):
        parties = {"sender": {"id": "4012345000016"}, "receiver": {"id": "4012345000009"}}
        for codec, options in (("ubl", {}), ("edifact", parties), ("canonical_json", {}), ("cxml", {})):
            self.routes_self.write({"codec": codec, "codec_options": options})
            bill = self.self_bill(self.ordered())
            for move in (bill, self.credited(bill)):
                [message] = self.messages(move)
                outbound.prepare(message)
                self.assertEqual(message.state, "queued", (codec, message.state_reason))
                [found] = codecs.get(codec).decode(message._raw(), {})
                self.assertFalse(found.errors, codec)
                kind = ("invoice", "389") if move == bill else ("credit_note", "261")
                self.assertEqual((found.document.document_type, found.document.invoice_type_code), kind)
                self.assertEqual(found.document.id, move.name)
                self.assertEqual(Invoiced(found.document).wrong, ())

    def test_x12_cannot_say_it_and_the_bill_says_so(self):
        self.routes_self.write(
            {
                "codec": "x12",
                "codec_options": {
                    "sender": {"id": "US", "qualifier": "ZZ"},
                    "receiver": {"id": "THEM", "qualifier": "ZZ"},
                },
            }
        )
        bill = self.self_bill(self.ordered())
        outbound.prepare(self.messages(bill))
        self.env.invalidate_all()
        self.assertEqual((bill.state, bill.trade_self_state), ("posted", "held"))
        self.assertIn("X12 has no code for it", bill.trade_exchange["steps"][-1]["label"])

    # -- afterwards ----------------------------------------------------------------------------------

    def credited(self, bill, quantity=None):
        """The credit note as Odoo's button makes it, posted."""
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=bill.ids
        )
        wizard = wizard.create({"date": DAY, "journal_id": bill.journal_id.id, "reason": "Too many"})
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.invoice_date = DAY
        if quantity:
            note.invoice_line_ids.quantity = quantity
        note.action_post()
        self.commit()
        return note

    def test_a_credit_note_of_it_is_one_of_type_261_that_names_it(self):
        bill = self.self_bill(self.ordered())
        note = self.credited(bill, 2)
        self.assertNotEqual(note.name, bill.name)
        self.assertEqual(note.ref, note.name)
        said = self.sent(note)
        self.assertEqual((said["document_type"], said["invoice_type_code"]), ("credit_note", "261"))
        self.assertEqual([one["id"] for one in said["billing_reference"]], [bill.name])
        self.assertEqual(said["legal_monetary_total"]["payable_amount"]["value"], "23")
        self.assertEqual(Invoiced(parse(said)).wrong, ())

    def test_what_went_back_is_credited_at_the_price_it_was_billed_at(self):
        order = self.ordered()
        line = order.order_line
        bill = self.self_bill(order)
        line.with_context(skip_uom_conversion=True).price_unit = 11
        with patch.object(type(line), "_compute_qty_received", lambda lines: None):
            line.qty_received = 9
            self.env.flush_all()
            note = self.self_bill(order)
        self.assertEqual((note.move_type, note.reversed_entry_id), ("in_refund", bill))
        self.assertEqual((note.invoice_line_ids.quantity, note.amount_untaxed), (3, 30))
        self.assertEqual(self.sent(note)["invoice_lines"][0]["quantity"]["value"], "3")

    def test_what_was_sent_is_corrected_by_a_credit_note_only(self):
        bill = self.self_bill(self.ordered())
        self.assertTrue(bill.show_reset_to_draft_button)
        self.sent(bill)
        self.env.invalidate_all()
        self.assertFalse(bill.show_reset_to_draft_button)
        with self.assertRaisesRegex(UserError, "was sent to the supplier already. Make a credit note"):
            bill.button_draft()
        self.assertEqual(bill.state, "posted")

    def test_what_did_not_leave_can_still_be_changed(self):
        order = self.ordered()
        bill = self.self_bill(order)
        [first] = self.messages(bill)
        number = bill.name
        bill.button_draft()
        self.assertEqual(first.state, "cancelled")
        bill.invoice_line_ids.quantity = 11
        bill.action_post()
        self.commit()
        [second] = self.messages(bill)
        self.assertNotEqual(second, first)
        said = self.sent(bill)
        self.assertEqual((said["id"], said["invoice_lines"][0]["quantity"]["value"]), (number, "11"))

    def test_what_the_supplier_refused_leaves_as_the_next_revision(self):
        bill = self.self_bill(self.ordered())
        [first] = self.messages(bill)
        outbound.prepare(first)
        first._set_state("sent", sent_at=first.received_at)
        first._set_state("rejected", "The price is 9.")
        self.env.invalidate_all()
        self.assertEqual(bill.trade_self_state, "held")
        bill.button_draft()
        bill.invoice_line_ids.price_unit = 9
        bill.action_post()
        self.commit()
        said = self.sent(bill)
        self.assertEqual((said["id"], said["sequence_number"]), (bill.name, 1))
        self.assertEqual(said["legal_monetary_total"]["tax_exclusive_amount"]["value"], "108")

    def test_sent_again_by_hand(self):
        bill = self.self_bill(self.ordered())
        told = bill.action_trade_send_again()
        self.assertIn("already waiting", told["params"]["message"])
        self.assertEqual(len(self.messages(bill)), 1)
        self.sent(bill)
        told = bill.action_trade_send_again()
        self.assertIn("as revision 1", told["params"]["message"])
        self.assertEqual(len(self.messages(bill)), 2)

    def test_without_a_route_it_is_posted_and_sent_when_there_is_one(self):
        self.routes_self.active = False
        bill = self.self_bill(self.ordered())
        self.assertEqual((bill.state, bill.trade_self_state), ("posted", "not_sent"))
        self.assertFalse(bill.trade_can_send)
        with self.assertRaisesRegex(UserError, "There is no route by which Wood Corner"):
            bill.action_trade_send_again()
        self.routes_self.active = True
        bill.action_trade_send_again()
        self.assertEqual(self.sent(bill)["id"], bill.name)

    def test_after_the_agreement_ended_nothing_is_posted_in_the_suppliers_name(self):
        bill = self.self_bill(self.ordered(), post=False)
        self.profile.trade_self_billing_until = DAY - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "The agreement SBA-17 .* does not hold on"):
            bill.action_post()
        self.profile.trade_self_billing_until = DAY
        bill.action_post()
        self.assertEqual(bill.state, "posted")

    def test_other_bills_are_not_sent(self):
        order = self.ordered()
        self.profile.trade_self_billing = False
        order.action_create_invoice()
        self.profile.trade_self_billing = True
        bill = order.invoice_ids
        bill.write({"invoice_date": DAY, "ref": "R-1"})
        bill.action_post()
        self.commit()
        self.assertEqual((bill.ref, bill.trade_self_billed), ("R-1", False))
        self.assertFalse(self.messages(bill))

    def test_found_by_where_they_stand(self):
        there, waiting = self.self_bill(self.ordered()), self.self_bill(self.ordered())
        self.sent(there)
        self.routes_self.active = False
        nowhere = self.self_bill(self.ordered())
        every = [("id", "in", (there + waiting + nowhere).ids)]

        def found(*states):
            return self.env["account.move"].search([*every, ("trade_self_state", "in", states)])

        self.assertEqual(found("acknowledged"), there)
        self.assertEqual(found("queued"), waiting)
        self.assertEqual(found("not_sent"), nowhere)
        self.assertEqual(found("not_sent", "queued"), waiting + nowhere)
        self.assertFalse(found("held"))

    # -- the supplier bills as well ------------------------------------------------------------------

    def test_the_suppliers_own_invoice_is_held(self):
        order = self.ordered()
        bill = self.self_bill(order)
        [message] = self.process_invoice(self.invoice(order, number="R-1"))
        self.assertHeld(message, f"We bill in its name (agreement SBA-17, {bill.name})")
        row = self.match_of(message).line_ids.filtered(lambda row: row.key == "header:self_billing")
        self.assertEqual(row.title, "Self-billing")
        self.decide_row(message, "reject")
        self.assertEqual(message.state, "rejected")
        self.assertEqual(order.invoice_ids, bill)

    def test_a_person_may_accept_what_we_do_not_bill(self):
        order = self.ordered()
        [message] = self.process_invoice(self.invoice(order, number="R-1"))
        self.assertHeld(message, "We bill in its name (agreement SBA-17). Refuse it, or accept it")
        self.decide_row(message, "accept")
        bill = self.bill_of(message)
        self.assertNotEqual(bill.journal_id, self.journal)
        self.assertFalse(self.self_bill(order, post=False))

    def test_before_the_agreement_the_supplier_billed_itself(self):
        self.profile.trade_self_billing_from = DAY + timedelta(days=1)
        [message] = self.process_invoice(self.invoice(self.ordered()))
        self.assertApplied(message)

    # -- who may -------------------------------------------------------------------------------------

    def test_an_accountant_without_rights_on_the_exchange_reviews_and_posts(self):
        accountant = new_test_user(
            self.env, "self_accountant", "account.group_account_invoice,purchase.group_purchase_user"
        )
        order = self.ordered()
        action = order.with_user(accountant).action_trade_self_bill()
        bill = self.env["account.move"].with_user(accountant).browse(action["res_id"])
        with Form(bill) as form:
            form.invoice_date = DAY
        bill.action_post()
        self.commit()
        self.assertEqual(bill.trade_self_state, "queued")
        self.assertIsNone(bill.trade_exchange["steps"][0]["target"])
        bill.action_trade_send_again()
