import json
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from odoo.addons import trade_kernel
from odoo.addons.trade_core.document_table import DocumentTable
from odoo.addons.trade_kernel.canonical import DOCUMENTS

FIXTURES = Path(trade_kernel.__file__).parent / "tests" / "fixtures"


def documents():
    """Every document of the kernel's fixtures, by its kind."""
    found = {}
    for path in sorted(FIXTURES.glob("*/*/*/expected.json")):
        for part in json.loads(path.read_text())["parts"]:
            if document := part.get("document"):
                found.setdefault(document["document_type"], []).append(document)
    return found


@tagged("post_install", "-at_install")
class TestDocumentTable(TransactionCase):
    """Documents of every kind as people read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = DocumentTable(cls.env)

    def laid_out(self, document):
        """``(header by label, lines as dicts of texts)``"""
        view = self.table.lay_out(document, {})
        names = [column["name"] for column in view["columns"]]
        lines = [
            {name: cell["text"] for name, cell in zip(names, line, strict=True) if cell}
            for line in view["lines"]
        ]
        return {line["label"]: line["text"] for line in view["header"]}, lines

    def test_every_kind_can_be_read(self):
        found = documents()
        self.assertFalse(set(DOCUMENTS) - set(found), "no fixture of it")
        for kind, several in found.items():
            for document in several[:20]:
                with self.subTest(kind=kind, number=document["id"]):
                    _header, lines = self.laid_out(document)
                    count = sum(len(document.get(field) or ()) for field in DOCUMENTS[kind].LINES)
                    self.assertEqual(len(lines), min(count, 500))
                    for line in lines:
                        self.assertTrue(set(line) - {"line"}, "a line that says nothing")

    def test_a_despatch_advice_shows_what_is_missing_and_its_packages(self):
        header, lines = self.laid_out(
            {
                "document_type": "despatch_advice",
                "id": "D-1",
                "transport_handling_units": [{"id": str(number)} for number in range(7)],
                "despatch_lines": [
                    {
                        "id": "1",
                        "delivered_quantity": {"value": "8", "unit_code": "C62"},
                        "outstanding_quantity": {"value": "2", "unit_code": "C62"},
                        "outstanding_reason": "Sold out",
                        "item": {"name": "Oak table"},
                    }
                ],
            }
        )
        self.assertEqual(header["Packages"], "0, 1, 2, 3, 4 and 2 more")
        expected = {"item": "Oak table", "quantity": "8 Units", "missing": "2 Units", "note": "Sold out"}
        self.assertEqual(lines, [{"line": "1", **expected}])

    def test_a_catalogue_shows_the_first_price_and_how_many_more_there_are(self):
        price = {"price_amount": {"value": "12.50", "currency_id": "EUR"}}
        least = {"value": "10", "unit_code": "C62"}
        _header, [line] = self.laid_out(
            {
                "document_type": "price_catalogue",
                "id": "C-1",
                "catalogue_lines": [
                    {
                        "id": "1",
                        "action_code": "update",
                        "item": {"name": "Oak table"},
                        "prices": [{"price": price, "minimum_quantity": least}, {"price": price}],
                    }
                ],
            }
        )
        self.assertEqual((line["price"], line["answer"]), ("12.50 EUR from 10 Units and 1 more", "Changed"))

    def test_a_shipment_status_shows_what_happened_when_and_where(self):
        _header, [line] = self.laid_out(
            {
                "document_type": "shipment_status",
                "id": "S-1",
                "transport_events": [
                    {
                        "status_code": "out_for_delivery",
                        "occurrence_date": "2026-03-02",
                        "occurrence_time": "09:15:00Z",
                        "location": {"name": "Ghent"},
                    }
                ],
            }
        )
        self.assertEqual((line["event"], line["place"]), ("Out for delivery", "Ghent"))
        self.assertTrue(line["date"].endswith("09:15"), line["date"])

    def test_an_acknowledgement_shows_what_is_said_to_each_document(self):
        said = {"document_type_code": "ORDERS", "document_id": "P00001", "response_code": "rejected"}
        _header, [line] = self.laid_out(
            {
                "document_type": "acknowledgement",
                "id": "A-1",
                "level": "application",
                "responses": [{**said, "errors": [{"code": "12", "text": "No such item"}]}],
            }
        )
        expected = {"document": "ORDERS P00001", "answer": "Rejected", "note": "No such item"}
        self.assertEqual(line, {"line": "", **expected})

    def test_what_no_field_holds_is_said_as_it_came(self):
        header, [line] = self.laid_out(
            {
                "document_type": "order",
                "id": "P1",
                "extensions": {"segments": ["ALI+++136"], "elements": {"cbc:Name": "Spring"}},
                "order_lines": [
                    {
                        "id": "1",
                        "item": {"name": "Oak table"},
                        "price": {"price_amount": {"value": "2.5", "currency_id": "XXX"}},
                        "extensions": {"colour": "red"},
                    }
                ],
            }
        )
        self.assertEqual(header["Also said"], "ALI+++136 · cbc:Name: Spring")
        self.assertEqual((line["note"], line["price"]), ("Colour: red", "2.50 (no currency)"))
