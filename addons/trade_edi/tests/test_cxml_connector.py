from odoo.tests import tagged

from odoo.addons.trade_core.tests.common_connector import Answer, ConnectorCase
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import parse

SECRET = "swordfish-4711"
ORDER = {
    "document_type": "order",
    "id": "P00001",
    "issue_date": "2026-03-02",
    "document_currency_code": "USD",
    "buyer_customer_party": {"party_name": "Us", "party_identification": [{"id": "US"}]},
    "seller_supplier_party": {
        "party_name": "Them",
        "party_identification": [{"id": "THEM"}],
    },
    "order_lines": [
        {
            "id": "1",
            "quantity": {"value": "5", "unit_code": "C62"},
            "price": {"price_amount": {"value": "25", "currency_id": "USD"}},
            "item": {"name": "Oak table", "sellers_item_identification": {"id": "TAB-1"}},
        }
    ],
}


def response(code, text, more=""):
    return (
        '<?xml version="1.0"?><cXML payloadID="1@x" timestamp="2026-03-02T10:00:00Z"><Response>'
        f'<Status code="{code}" text="{text}">{more}</Status></Response></cXML>'
    )


@tagged("post_install", "-at_install")
class TestCxmlConnector(ConnectorCase):
    """cXML suppliers: the secret is in the document on the wire only, and what their answer says counts."""

    def send(self, *answers):
        self._credential("cxml_secret", SECRET, "cxml")
        raw = codecs.get("cxml").encode([parse(ORDER)])
        message = self._message(raw=raw, codec="cxml", content_type="application/xml")
        self.server.will(*answers)
        return message, self.connector._trade_send(message)()

    def test_the_secret_is_on_the_wire_and_nowhere_else(self):
        message, result = self.send(Answer(200, response(200, "OK")))
        self.assertEqual((result.outcome, result.detail), ("ok", "cXML 200 OK"))
        self.assertIn(f"<SharedSecret>{SECRET}</SharedSecret>".encode(), self.server.last.body)
        self.assertNotIn(SECRET.encode(), message._raw())
        [part] = codecs.get("cxml").decode(self.server.last.body)
        self.assertEqual(part.document.id, "P00001")

    def test_http_200_with_a_refusal_inside_is_a_refusal(self):
        for code, outcome in ((400, "refused"), (401, "auth"), (500, "retry"), (201, "ok")):
            with self.subTest(code):
                said = response(code, "Not so", f"because {SECRET} is wrong")
                _message, result = self.send(Answer(200, said))
                self.assertEqual(result.outcome, outcome)
                self.assertIn(f"cXML {code} Not so", result.detail)
                self.assertNotIn(SECRET, result.detail)

    def test_an_answer_that_is_no_cxml_is_not_taken_for_a_yes(self):
        _message, result = self.send(Answer(200, "<html>Welcome</html>"))
        self.assertEqual(result.outcome, "refused")
        self.assertIn("not the cXML Response", result.detail)

    def test_what_http_says_first_counts(self):
        _message, result = self.send(Answer(503, "busy"))
        self.assertEqual(result.outcome, "retry")
