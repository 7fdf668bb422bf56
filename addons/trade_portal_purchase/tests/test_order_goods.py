import base64
import io
import json

from werkzeug.datastructures import FileStorage

from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import parse
from odoo.addons.trade_kernel.identifiers import check_digit

from .. import billing
from ..answering import FormRefused
from .common import OrderPageCase

PDF = b"%PDF-1.4\n%%EOF"
SSCC = "34012345000000001"
SSCC += check_digit(SSCC)


class TestWays(OrderPageCase):
    """An account or a system instead of links."""

    def test_an_account_for_the_address_of_the_link(self):
        order, url = self.sent()
        page = self.get(url)
        self.assertIn("Work with an account", page.text)
        done = self.post(page.url + "/account", page)
        self.assertIn("Look into your inbox", done.text)
        user = self.env["res.users"].search([("login", "=", "sales@wood.example")])
        self.assertTrue(user._is_portal())
        self.assertEqual(user._trade_portal_partners(), self.profile)
        self.post(page.url + "/account", page)
        self.assertEqual(self.env["res.users"].search_count([("login", "=", "sales@wood.example")]), 1)
        self.assertTrue(order.exists())

    def test_looking_invites_nobody(self):
        _order, url = self.sent()
        page = self.get(url)
        self.get(page.url + "/account")
        self.get(page.url + "/system")
        self.assertFalse(self.env["res.users"].search([("login", "=", "sales@wood.example")]))
        self.assertFalse(self.profile.activity_ids)

    def test_a_system_asks_whoever_is_responsible(self):
        """Without onboarding, or without its template; with it: ``trade_onboarding_portal_purchase``."""
        if template := self.env.ref(
            "trade_onboarding_portal_purchase.template_system", raise_if_not_found=False
        ):
            template.active = False
        self.profile.user_id = self.responsible
        _order, url = self.sent()
        page = self.get(url)
        for _click in range(2):
            self.assertIn("Your contact person knows", self.post(page.url + "/system", page).text)
        self.env.invalidate_all()
        activity = self.profile.activity_ids
        self.assertEqual(activity.user_id, self.responsible)
        self.assertIn("sales@wood.example wants to connect a system", activity.summary)
        page = self.get(page.url)
        self.assertIn("You want to connect a system", page.text)
        self.assertNotIn("/order/system", page.text)

    def test_an_address_with_an_account_elsewhere_is_for_us(self):
        stranger = self.env["res.partner"].create({"name": "Eve", "email": "sales@wood.example"})
        self.env["res.users"].create(
            {
                "login": "sales@wood.example",
                "partner_id": stranger.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self.profile.user_id = self.responsible
        _order, url = self.sent()
        page = self.get(url)
        self.assertNotIn("account for", self.post(page.url + "/account", page).text)
        self.env.invalidate_all()
        [activity] = self.profile.activity_ids
        self.assertIn("asks for an account", activity.summary)
        self.assertIn("There is an account for sales@wood.example already", activity.note)


class TestShipping(OrderPageCase):
    """What is shipped is a despatch advice."""

    def setUp(self):
        super().setUp()
        if "trade.adapter.in.despatch_advice" not in self.env.registry:
            self.skipTest("despatch advices are taken with trade_purchase_stock")
        self.order, url = self.sent((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        self.front = self.get(url)
        self.page = self.get(self.front.url + "/ship")

    def test_a_part_is_on_its_way(self):
        self.assertIn('value="10"', self.page.text)
        done = self.press(
            self.page,
            "",
            ship_1="6",
            number="LS-1",
            tracking="1Z999",
            carrier="DHL",
            eta=self.days(1).isoformat(),
            packages="1",
            sscc=SSCC,
        )
        self.assertIn("We know what is on its way", done.text)
        message = self.run_page(self.order)
        self.assertApplied(message)
        self.assertEqual(message.document_type, "despatch_advice")
        despatch = self.env["trade.despatch"].search([("number", "=", "LS-1")])
        self.assertEqual((despatch.carrier, despatch.tracking), ("DHL", "1Z999"))
        self.assertEqual(self.order.order_line[0].trade_despatched_qty, 6)
        self.assertEqual(self.order.order_line[1].trade_despatched_qty, 0)
        self.assertIn("On its way", self.get(self.front.url).text)
        self.assertIn('value="4"', self.get(self.page.url).text)

    def test_twice_is_once(self):
        said = {"ship_1": "6", "number": "LS-2"}
        self.press(self.page, "", **said)
        self.press(self.page, "", **said)
        self.assertEqual(len(self.came(self.order)), 1)
        refused = self.press(self.page, "", ship_1="7", number="LS-2")
        self.assertEqual(refused.status_code, 409)

    def test_what_is_left_is_known_once_the_last_one_is_read(self):
        self.press(self.page, "", ship_1="6", number="LS-3")
        soon = self.get(self.page.url)
        self.assertIn("We are reading what you sent", soon.text)
        self.assertNotIn('name="ship_1"', soon.text)
        self.assertEqual(soon.headers["Refresh"], "4")
        self.run_page(self.order)
        self.assertIn('value="4"', self.get(self.page.url).text)

    def test_wrong_fields(self):
        for said, words in (
            ({}, "Enter how much you send"),
            ({"ship_1": "x"}, "Write a number"),
            ({"ship_1": "1", "sscc": SSCC[:-1] + ("0" if SSCC[-1] != "0" else "1")}, "No SSCC"),
            ({"ship_1": "1", "sscc": f"{SSCC} {SSCC}"}, "stands there twice"),
            ({"ship_1": "1", "shipped": "2031-03-02", "eta": "2031-03-01"}, "before it is sent"),
            ({"ship_1": "1", "shipped": ""}, "Enter the day"),
            ({"ship_1": "1", "packages": "2.5"}, "how many packages"),
            ({"ship_1": "1", "packages": "99999999999"}, "how many packages"),
        ):
            with self.subTest(said):
                refused = self.press(self.page, "", **said)
                self.assertEqual(refused.status_code, 422)
                self.assertIn(words, refused.text)
        self.assertFalse(self.came(self.order))


class TestBilling(OrderPageCase):
    """What is billed is an invoice; its file goes with it."""

    def setUp(self):
        super().setUp()
        if "trade.adapter.in.invoice" not in self.env.registry:
            self.skipTest("invoices are taken with trade_purchase_account")
        self.products.purchase_method = "purchase"
        self.order, url = self.sent((self.desk, 10, 100.0))
        self.front = self.get(url)
        self.page = self.get(self.front.url + "/invoice")

    def bill(self, file=None, **said):
        said = {
            "number": "R-1",
            "issued": "2031-03-12",
            "bill_1": "10",
            "net_1": "100",
            "total": "1000",
            **said,
        }
        token = self.page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        said |= {
            "csrf_token": token,
            "key": self.page.text.partition('name="key" value="')[2].partition('"')[0],
        }
        files = {"file": file or ("", b"")}
        return self.url_open(self.page.url, data=said, files=files, timeout=60)

    def test_an_invoice_with_its_picture(self):
        self.assertIn('value="1000"', self.page.text)
        done = self.bill(("../..\\evil\n.pdf", PDF, "text/html"))
        self.assertIn("Your invoice has arrived", done.text)
        message = self.run_page(self.order)
        self.assertEqual(message.document_type, "invoice")
        self.assertIn(message.state, ("applied", "held"), message.state_reason)
        match = self.env["trade.bill.match"].search([("number", "=", "R-1")])
        self.assertEqual(match.order_ids, self.order)
        file = self.env["ir.attachment"].search([("res_model", "=", match._name), ("res_id", "=", match.id)])
        self.assertEqual((file.mimetype, file.raw), ("application/pdf", PDF))
        self.assertNotIn("/", file.name)
        self.assertNotIn("\\", file.name)

    def test_a_total_that_does_not_add_up_is_seen(self):
        self.bill(total="999")
        message = self.run_page(self.order)
        self.assertEqual(message.state, "held")

    def test_the_total_of_before_is_asked_back(self):
        refused = self.bill(bill_1="6")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("Of what you bill now it is 600.00", refused.text)
        self.assertFalse(self.came(self.order))
        self.bill(bill_1="6", total="")
        message = self.run_page(self.order)
        self.assertEqual(message.canonical["legal_monetary_total"]["payable_amount"]["value"], "600.00")

    def test_a_number_is_used_once(self):
        self.bill(bill_1="6", total="600")
        self.assertApplied(self.run_page(self.order))
        self.assertEqual(self.bill(bill_1="6", total="600").status_code, 200)  # a late second click
        self.page = self.get(self.page.url)
        refused = self.bill(bill_1="4", total="400")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("Your invoice R-1 has been taken over already", refused.text)
        self.assertEqual(len(self.came(self.order)), 1)
        self.assertIn("has arrived", self.bill(number="R-2", bill_1="4", total="400").text)

    def test_a_picture_of_another_kind_is_told_which_are_taken(self):
        refused = self.bill(("photo.heic", b"\0\0\0\x18ftypheic", "image/heic"))
        self.assertIn("has to be a PDF, JPEG or PNG", refused.text)

    def test_a_file_has_to_be_chosen_again(self):
        """Browsers send it once: without a word the invoice would come without its file."""
        refused = self.bill(("a.pdf", PDF, "application/pdf"), number="")
        self.assertIn("Choose the file once more", refused.text)
        self.assertNotIn("Choose the file once more", self.bill(number="").text)

    def test_twice_is_once(self):
        self.bill()
        self.bill()
        self.assertEqual(len(self.came(self.order)), 1)
        self.assertEqual(self.bill(number="R-2").status_code, 409)

    def ubl(self, order_name, number="R-XML"):
        document = parse(
            {
                "document_type": "invoice",
                "id": number,
                "issue_date": "2031-03-12",
                "document_currency_code": "USD",
                "order_reference": {"id": order_name},
                "accounting_supplier_party": {"party_name": "Wood Corner"},
                "accounting_customer_party": {"party_name": "Us"},
                "legal_monetary_total": {"payable_amount": {"value": "1000", "currency_id": "USD"}},
                "invoice_lines": [
                    {
                        "id": "1",
                        "order_line_reference": {"line_id": "1"},
                        "quantity": {"value": "10", "unit_code": "C62"},
                        "line_extension_amount": {"value": "1000", "currency_id": "USD"},
                        "price": {"price_amount": {"value": "100", "currency_id": "USD"}},
                        "item": {"name": "Desk"},
                    }
                ],
            }
        )
        return codecs.get("ubl").encode([document])

    def test_the_xml_counts(self):
        done = self.bill(("invoice.xml", self.ubl(self.order.name), "application/xml"), number="", bill_1="3")
        self.assertEqual(done.status_code, 200, done.text[:500])
        message = self.run_page(self.order)
        self.assertEqual((message.codec, message.document_number), ("ubl", "R-XML"))
        self.assertEqual(message.canonical["invoice_lines"][0]["quantity"]["value"], "10")

    def test_a_link_bills_its_own_order_only(self):
        other = self.make_order((self.stool, 1, 15.0))
        refused = self.bill(("invoice.xml", self.ubl(other.name), "application/xml"))
        self.assertEqual(refused.status_code, 422)
        self.assertIn("It has to name this order", refused.text)
        self.assertFalse(self.came(self.order))

    def test_files_that_are_not_taken(self):
        bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><Invoice>&a;</Invoice>'
        for name, raw in (
            ("invoice.pdf", b"MZ\x90\x00 a program"),
            ("invoice.csv", b"Number;Order\nR-1;P1\n"),
            ("invoice.pdf", b"<html><script>alert(1)</script></html>"),
            ("invoice.xml", b"<Invoice/>"),
            ("invoice.xml", bomb),
        ):
            with self.subTest(name=name, raw=raw[:10]):
                refused = self.bill((name, raw, "application/pdf"))
                self.assertEqual(refused.status_code, 422)
                self.assertIn("is-invalid", refused.text)
        self.assertFalse(self.came(self.order))

    def test_too_large(self):
        with self.assertRaises(FormRefused) as caught:
            billing.uploaded(self.env, FileStorage(io.BytesIO(PDF + b"x" * billing.LARGEST), "a.pdf"))
        self.assertIn("too large", caught.exception.errors["file"])
        self.assertIsNone(billing.uploaded(self.env, FileStorage(io.BytesIO(), "")))

    def test_wrong_fields(self):
        for said, words in (
            ({"number": ""}, "Enter the number of your invoice"),
            ({"bill_1": ""}, "Enter how much you bill"),
            ({"net_1": ""}, "Enter the price"),
            ({"issued": "yesterday"}, "year-month-day"),
            ({"issued": ""}, "Enter the date of your invoice"),
        ):
            with self.subTest(said):
                refused = self.bill(**said)
                self.assertEqual(refused.status_code, 422)
                self.assertIn(words, refused.text)
        self.assertFalse(self.came(self.order))

    def test_what_is_said_is_json_with_the_picture(self):
        self.bill(("a.pdf", PDF, "application/pdf"))
        said = json.loads(self.came(self.order)._raw())
        [reference] = said["additional_document_reference"]
        self.assertEqual(base64.b64decode(reference["attachment"]["content"]), PDF)
