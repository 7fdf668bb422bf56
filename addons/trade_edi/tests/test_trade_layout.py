import base64

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.trade_core.tests.common import TradeCase

ANSWER = "Ack;Date;PO;Line;Item;Qty\nA1;02.03.2026;P1;1;TAB-1;1.250,5\n"
RULES = [
    {"target": "id", "source": "Ack", "required": True},
    {"target": "issue_date", "source": "Date", "kind": "date"},
    {"target": "order_response_code", "constant": "CA"},
    {"target": "order_reference.id", "source": "PO"},
    {"target": "order_lines.order_line_reference.line_id", "source": "Line"},
    {"target": "order_lines.line_status_code", "constant": "3"},
    {"target": "order_lines.item.sellers_item_identification.id", "source": "Item"},
    {"target": "order_lines.quantity.value", "source": "Qty", "kind": "number"},
    {"target": "order_lines.quantity.unit_code", "constant": "C62"},
]


@tagged("post_install", "-at_install")
class TestTradeLayout(TradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = cls.env["trade.layout"].create(
            {"name": "Answers of Wood Corner", "document_type": "order_response"}
        )
        cls.draft = cls.layout.draft_id
        cls.draft.write(
            {
                "decimal": "comma",
                "thousands": "point",
                "date_format": "%d.%m.%Y",
                "rule_ids": [(0, 0, rule) for rule in RULES],
                "sample": base64.b64encode(ANSWER.encode()),
                "sample_name": "answer.csv",
            }
        )
        cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.partner.partner_id.id,
                "product_tmpl_id": cls.table.product_tmpl_id.id,
                "product_code": "TAB-1",
            }
        )

    def use(self, version=None):
        (version or self.draft).action_use()
        self.route.write({"codec": "layout", "layout_id": self.layout.id})

    def test_a_partners_table_is_read_by_its_layout_and_applied(self):
        self.use()
        [message] = self.arrive(ANSWER.encode())
        self.assertEqual((message.state, self.applied("P1")), ("applied", 1))
        self.assertEqual(message.canonical["order_lines"][0]["quantity"]["value"], "1250.5")
        self.assertEqual(message.layout_version_id, self.draft)

    def test_what_cannot_be_read_is_said_with_row_and_column(self):
        self.use()
        [message] = self.arrive(ANSWER.replace("1.250,5", "many").encode())
        self.assertEqual(message.state, "held")
        self.assertIn("many is not a number", message.state_reason)
        self.assertIn("row 2, column Qty", str(message.attempt_ids.mapped("pointers")))

    def test_what_is_read_of_the_sample_shows_while_it_is_edited(self):
        with Form(self.draft) as form:
            self.assertIn("errors: 0", form.preview)
            self.assertIn("1250.5", form.preview)
            form.decimal = "point"
            form.thousands = False
            self.assertIn("is not a number", form.preview)
            self.assertIn("row 2, column Qty", form.preview)
            form.decimal = "comma"
            form.thousands = "point"
        self.assertTrue(self.draft.preview_ok)
        self.assertIn("Item", self.draft.sample_columns)

    def test_a_sample_says_how_it_is_written_and_what_its_columns_are(self):
        layout = self.env["trade.layout"].create({"name": "Stock", "document_type": "inventory_report"})
        draft = layout.draft_id
        draft.sample = base64.b64encode(b"Artikelnummer\tBestand\n471\t1.250,50\n472\t3,5\n")
        draft.action_detect()
        self.assertEqual((draft.delimiter, draft.decimal, draft.thousands), ("\\t", "comma", "point"))
        self.assertEqual(
            draft.rule_ids.mapped(lambda rule: (rule.target, rule.source)),
            [
                ("inventory_lines.item.sellers_item_identification.id", "Artikelnummer"),
                ("inventory_lines.quantity.value", "Bestand"),
            ],
        )

    def test_a_version_with_which_messages_were_read_is_kept(self):
        self.use()
        with self.assertRaises(UserError):
            self.draft.decimal = "point"
        action = self.layout.action_edit()
        second = self.env["trade.layout.version"].browse(action["res_id"])
        self.assertEqual((second.number, second.state, len(second.rule_ids)), (2, "draft", len(RULES)))
        self.assertEqual(self.layout.action_edit()["res_id"], second.id, "one draft at a time")
        second.action_use()
        self.assertEqual((self.draft.state, second.state), ("former", "used"))
        self.assertEqual(second.approved_by_id, self.env.user)

    def test_a_new_version_shows_what_it_reads_differently_before_it_takes_over(self):
        self.use()
        self.arrive(ANSWER.encode())
        second = self.env["trade.layout.version"].browse(self.layout.action_edit()["res_id"])
        second.action_compare()
        self.assertIn("1 of the last 1 messages are read the same", second.comparison)
        second.rule_ids.filtered(lambda rule: rule.source == "Qty").factor = "0.1"
        second.action_compare()
        self.assertIn("1250.5", second.comparison)
        self.assertIn("125.05", second.comparison)

    def test_a_layout_that_cannot_work_is_not_taken_into_use(self):
        self.draft.rule_ids[0].target = "nonsense"
        with self.assertRaisesRegex(UserError, "nonsense"):
            self.draft.action_use()
        self.draft.rule_ids[0].target = "id"
        self.draft.sample = base64.b64encode(b"Ack;Date\nA1;yesterday\n")
        with self.assertRaisesRegex(UserError, "without errors"):
            self.draft.action_use()

    def test_their_words(self):
        rule = self.draft.rule_ids[0]
        rule.words = "ST = C62\nM = MTR"
        self.assertEqual(rule._said()["map"], {"ST": "C62", "M": "MTR"})
        with self.assertRaises(ValidationError):
            rule.words = "ST C62"

    def test_a_route_needs_a_layout_of_its_kind_that_is_in_use(self):
        with self.assertRaises(ValidationError):
            self.route.codec = "layout"
        stock = self.env["trade.layout"].create({"name": "Stock", "document_type": "inventory_report"})
        with self.assertRaises(ValidationError):
            self.route.write({"codec": "layout", "layout_id": stock.id})
        self.route.write({"codec": "layout", "layout_id": self.layout.id})
        [message] = self.arrive(ANSWER.encode())
        self.assertEqual(message.state, "held")
        self.assertIn("No version", message.state_reason)
        self.use()
        message._set_state("received")
        self.process(message)
        self.assertEqual(message.state, "applied")
