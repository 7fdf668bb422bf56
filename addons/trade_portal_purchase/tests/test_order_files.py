"""Answers and invoices as files of the supplier's own: read by what they are, or by the layout agreed on."""

import io

import openpyxl
from odoo.tests import tagged

from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import parse

from .common import OrderPageCase

HEADER = ("Beleg", "Datum", "Bestellung", "Pos", "Menge", "Termin")
RULES = [
    {"target": "id", "source": "Beleg", "required": True},
    {"target": "issue_date", "source": "Datum", "kind": "date"},
    {"target": "order_response_code", "constant": "CA"},
    {"target": "order_reference.id", "source": "Bestellung"},
    {"target": "order_lines.order_line_reference.line_id", "source": "Pos"},
    {"target": "order_lines.line_status_code", "constant": "3"},
    {"target": "order_lines.quantity.value", "source": "Menge", "kind": "number"},
    {"target": "order_lines.quantity.unit_code", "constant": "C62"},
    {"target": "order_lines.promised_delivery_period.end_date", "source": "Termin", "kind": "date"},
]
BILL_RULES = [
    {"target": "id", "source": "Rechnung", "required": True},
    {"target": "issue_date", "source": "Datum", "kind": "date"},
    {"target": "document_currency_code", "constant": "USD"},
    {"target": "order_reference.id", "source": "Bestellung"},
    {"target": "accounting_supplier_party.party_name", "constant": "Wood Corner"},
    {"target": "accounting_customer_party.party_name", "constant": "Us"},
    {"target": "legal_monetary_total.payable_amount.value", "source": "Summe", "kind": "number"},
    {"target": "legal_monetary_total.payable_amount.currency_id", "constant": "USD"},
    {"target": "invoice_lines.id", "source": "Pos"},
    {"target": "invoice_lines.order_line_reference.line_id", "source": "Pos"},
    {"target": "invoice_lines.quantity.value", "source": "Menge", "kind": "number"},
    {"target": "invoice_lines.quantity.unit_code", "constant": "C62"},
    {"target": "invoice_lines.line_extension_amount.value", "source": "Betrag", "kind": "number"},
    {"target": "invoice_lines.line_extension_amount.currency_id", "constant": "USD"},
    {"target": "invoice_lines.item.name", "constant": "Desk"},
]


class FilesCase(OrderPageCase):
    def setUp(self):
        super().setUp()
        self.products.purchase_method = "purchase"
        self.order, url = self.sent()
        self.front = self.get(url)

    def layout(self, document_type, rules, **vals):
        """What was agreed on: a route with the layout of their tables."""
        if "trade.layout" not in self.env:
            self.skipTest("layouts come with trade_edi")
        layout = self.env["trade.layout"].create({"name": "Their table", "document_type": document_type})
        layout.draft_id.write(
            {
                "decimal": "comma",
                "thousands": "point",
                "date_format": "%d.%m.%Y",
                "rule_ids": [(0, 0, rule) for rule in rules],
                **vals,
            }
        )
        layout.draft_id.action_use()
        route = self.env["trade.route"].create(
            {
                "trade_partner_id": self.profile.id,
                "connector_id": self.pages.id,
                "direction": "in",
                "document_type": document_type,
                "codec": "layout",
                "layout_id": layout.id,
                "sequence": 20,
                "deviation_policy_id": self.policy.id,
            }
        )
        self.env.flush_all()
        return route

    def upload(self, name, raw, path="/upload", **said):
        page = self.get(self.front.url + path)
        for field in ("csrf_token", "key"):
            said.setdefault(field, page.text.partition(f'name="{field}" value="')[2].partition('"')[0])
        return self.url_open(page.url, data=said, files={"file": (name, raw)}, timeout=60)

    def written(self, codec, order=None, options=None):
        order = order or self.order
        values = self.answer(order, self.line(1, quantity=10, day=self.days(1), status="3"))
        return codecs.get(codec).encode([parse(values)], options)

    def day(self):
        return self.days(1).strftime("%d.%m.%Y")


@tagged("post_install", "-at_install")
class TestAnswersAsFiles(FilesCase):
    def row(self, order=None):
        return ("AB-1", "05.01.2031", (order or self.order).name, "1", "10", self.day())

    def csv(self, *rows):
        return "\n".join(";".join(row) for row in (HEADER, *rows)).encode()

    def assertTaken(self, codec, route, name):
        message = self.run_page(self.order)
        self.assertApplied(message)
        self.assertEqual((message.codec, message.route_id, message.filename), (codec, route, name))
        self.assertEqual(self.order.order_line.trade_promised_date, self.days(1))
        return message

    def test_a_table_is_read_by_the_layout(self):
        route = self.layout("order_response", RULES)
        self.assertIn("the table (CSV, Excel …) we agreed on", self.get(self.front.url + "/upload").text)
        self.assertIn("Your answer has arrived", self.upload("answer.csv", self.csv(self.row())).text)
        message = self.assertTaken("layout", route, "answer.csv")
        self.assertEqual(message.layout_version_id, route.layout_id.current_id)

    def test_a_workbook_is_read_by_the_layout(self):
        route = self.layout("order_response", RULES, format="xlsx")
        book, file = openpyxl.Workbook(), io.BytesIO()
        for row in (HEADER, self.row()):
            book.active.append(row)
        book.save(file)
        self.assertIn("Your answer has arrived", self.upload("answer.xlsx", file.getvalue()).text)
        self.assertTaken("layout", route, "answer.xlsx")

    def test_edifact_and_xml_need_no_agreement(self):
        self.layout("order_response", RULES)  # and one about tables is not in their way
        options = {"sender": {"id": "4012345000009", "qualifier": "14"}, "receiver": {"id": "4098765000010"}}
        raw = self.written("edifact", options=options)
        self.assertTrue(raw.startswith(b"UN"))
        self.assertIn("Your answer has arrived", self.upload("answer.edi", raw).text)
        self.assertTaken("edifact", self.route_in, "answer.edi")

    def test_ubl(self):
        self.assertIn("Your answer has arrived", self.upload("answer.xml", self.written("ubl")).text)
        self.assertTaken("ubl", self.route_in, "answer.xml")

    def test_the_route_of_that_format_is_taken(self):
        route = self.route_in.copy({"codec": "ubl", "sequence": 20})
        self.env.flush_all()
        self.upload("answer.xml", self.written("ubl"))
        self.assertTaken("ubl", route, "answer.xml")

    def test_twice_is_once(self):
        raw, key = self.written("ubl"), self.order._portal_key("file")
        for _click in range(2):
            self.assertIn("Your answer has arrived", self.upload("answer.xml", raw, key=key).text)
        self.assertEqual(len(self.came(self.order)), 1)

    def test_a_mistake_in_a_table_is_said_with_its_place(self):
        self.layout("order_response", RULES)
        refused = self.upload("answer.csv", self.csv((*self.row()[:4], "viele", self.day())))
        self.assertEqual(refused.status_code, 422)
        self.assertIn("viele is not a number", refused.text)
        self.assertIn("row 2, column Menge", refused.text)
        self.assertFalse(self.came(self.order))

    def test_what_is_not_taken(self):
        other = self.make_order((self.stool, 1, 15.0))
        for name, raw, words in (
            ("answer.csv", self.csv(self.row()), "its columns have to be agreed on once"),
            ("answer.xml", self.written("ubl", other), "It has to name this order"),
            ("answer.pdf", b"%PDF-1.4", "This file cannot be read here"),
            ("answer.xml", b"", "Choose the file"),
        ):
            with self.subTest(name=name, words=words):
                refused = self.upload(name, raw)
                self.assertEqual(refused.status_code, 422)
                self.assertIn(words, refused.text)
        self.assertFalse(self.came(self.order))

    def test_refused_in_their_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.vendor.lang = "de_DE"
        order, url = self.sent()
        self.front = self.get(url)
        refused = self.upload("antwort.xml", b"<x>")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("Diese Datei kann hier nicht gelesen werden.", refused.text)
        self.assertFalse(self.came(order))

    def test_without_any_route_for_answers_there_is_no_such_page(self):
        self.route_in.active = False
        self.env.flush_all()
        self.assertNotIn("Upload your answer", self.get(self.front.url).text)
        self.assertNotIn('type="file"', self.get(self.front.url + "/upload").text)


@tagged("post_install", "-at_install")
class TestInvoicesAsFiles(FilesCase):
    def setUp(self):
        super().setUp()
        if "trade.adapter.in.invoice" not in self.env.registry:
            self.skipTest("invoices are taken with trade_purchase_account")

    def csv(self, order):
        rows = (
            "Rechnung;Datum;Bestellung;Pos;Menge;Betrag;Summe",
            f"R-7;12.03.2031;{order.name};1;10;1.000,00;1.000,00",
        )
        return "\n".join(rows).encode()

    def test_a_table_is_read_by_the_layout(self):
        route = self.layout("invoice", BILL_RULES)
        done = self.upload("invoice.csv", self.csv(self.order), "/invoice")
        self.assertIn("Your invoice has arrived", done.text)
        message = self.run_page(self.order)
        self.assertEqual((message.codec, message.route_id, message.document_number), ("layout", route, "R-7"))
        match = self.env["trade.bill.match"].search([("number", "=", "R-7")])
        self.assertEqual(match.order_ids, self.order)

    def test_a_link_bills_its_own_order_only(self):
        self.layout("invoice", BILL_RULES)
        refused = self.upload("invoice.csv", self.csv(self.make_order((self.stool, 1, 15.0))), "/invoice")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("It has to name this order", refused.text)

    def test_a_table_nobody_agreed_on(self):
        refused = self.upload("invoice.csv", self.csv(self.order), "/invoice")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("its columns have to be agreed on once", refused.text)
        self.assertFalse(self.came(self.order))
