import base64

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import TradeCase


@tagged("post_install", "-at_install", "trade_core")
class TestTradeMappingImport(TradeCase):
    """Lists of codes come in and go out as CSV, row by row, each refusal with its row and reason."""

    def setUp(self):
        super().setUp()
        self.Mapping = self.env["trade.mapping"]
        self.Mapping.search([]).active = False
        self.partner.partner_id.name = "Codes & Sons"
        self.unit = self.env.ref("uom.product_uom_unit")

    def wizard(self, text, user=None, **vals):
        data = text if isinstance(text, bytes) else text.encode()
        vals = {"file": base64.b64encode(data), "filename": "codes.csv", **vals}
        return self.env["trade.mapping.import"].with_user(user or self.env.user).create(vals)

    def outcomes(self, wizard):
        return [(one["row"], one["outcome"], one["reason"]) for one in wizard.outcomes]

    def codes(self):
        return {mapping.code: mapping.target for mapping in self.Mapping.search([("kind", "!=", "product")])}

    def download(self, wizard):
        return base64.b64decode(wizard.download)

    TEXT = """kind,code,meaning,partner,contains,only_for
reason,OOS,out of stock,Codes & Sons,,
status,7,delayed,,,
uom,CT,Units,Codes & Sons,24,TAB-1
uom,ZAK,C62,Codes & Sons,,
"""

    def test_preview_changes_nothing_and_import_does_what_it_said(self):
        wizard = self.wizard(self.TEXT)
        wizard.action_preview()
        self.assertEqual((wizard.state, wizard.change_count, wizard.refused_count), ("tried", 4, 0))
        self.assertEqual(wizard.summary, "4 new, 0 changed, 0 as they are, 0 refused.")
        self.assertEqual(self.codes(), {})
        wizard.action_apply()
        self.assertEqual(wizard.state, "done")
        self.assertEqual(
            self.codes(),
            {
                "OOS": "out of stock",
                "7": "delayed",
                "CT": f"24 × Units ({self.table.display_name})",
                "ZAK": "Units",
            },
        )
        own = self.Mapping.search([("code", "=", "OOS")])
        self.assertEqual((own.trade_partner_id, own.origin), (self.partner, "Imported from codes.csv"))
        self.assertFalse(self.Mapping.search([("code", "=", "7")]).trade_partner_id)

    def test_what_is_there_is_changed_or_left(self):
        self.wizard(self.TEXT).action_apply()
        text = self.TEXT.replace("delayed", "later").replace(",24,", ",20,")
        wizard = self.wizard(text)
        wizard.action_preview()
        self.assertEqual(wizard.summary, "0 new, 2 changed, 2 as they are, 0 refused.")
        self.assertEqual(wizard.outcomes[1]["reason"], "was delayed")
        wizard.action_apply()
        self.assertEqual((self.codes()["7"], len(self.codes())), ("later", 4))
        self.assertEqual(self.Mapping.search([("code", "=", "CT")]).factor, 20)

    def test_every_refused_row_has_its_reason_and_the_others_are_imported(self):
        self.env["product.product"].create([{"name": "Twin"}, {"name": "Twin"}])
        text = """kind;code;meaning;partner;contains;only_for;valid_from;valid_to
reason;A;ok;;;;;
reason;A;again;;;;;
reason;B;;;;;;
spell;C;x;;;;;
uom;D;parsec;;;;;
uom;E;Units;;-2;;;
uom;F;Units;;two;;;
product;G;Twin;;;;;
reason;H;x;Nobody Ltd;;;;
reason;I;x;;2;;;
reason;J;x;;;;31.12.2030;
reason;K;x;;;;2030-12-31;2030-01-01
reason;L;x;;;;;;too much
uom;M;Units;;1,5;;;
"""
        wizard = self.wizard(text)
        wizard.action_preview()
        reasons = {row: reason for row, outcome, reason in self.outcomes(wizard) if outcome == "refused"}
        for row, words in {
            3: "Row 2 says already",
            4: "column meaning is empty",
            5: "column kind",
            6: "Nothing here is called parsec",
            7: "-2 is no number above zero",
            8: "two is no number",
            9: "Twin could be several",
            10: "Nothing here is called Nobody Ltd (partner)",
            11: "Only a unit contains something",
            12: "31.12.2030 is no day",
            13: "cannot end before it begins",
            14: "more cells",
        }.items():
            self.assertIn(words, reasons.pop(row))
        self.assertFalse(reasons)
        wizard.action_apply()
        self.assertEqual(self.codes(), {"A": "ok", "M": "1.5 × Units"})
        # What was refused goes back with its reasons, and is read again once it is corrected.
        lines = self.download(wizard).decode("utf-8-sig").splitlines()
        self.assertEqual(len(lines), 13)
        self.assertTrue(lines[0].endswith(",note,reason"))
        again = self.wizard("\n".join([lines[0], lines[4].replace("parsec", "kg")]))
        again.action_apply()
        self.assertEqual(self.codes()["D"], "kg")

    def test_what_goes_out_comes_in_again_as_it_is(self):
        self.wizard(self.TEXT).action_apply()
        self.Mapping.create(
            [
                {"kind": "product", "scheme": "seller", "code": "=1+1", "product_id": self.table.id},
                {"kind": "product", "code": 'Größe; "9"', "product_id": self.chair.id, "note": "two\nlines"},
            ]
        )
        data = self.download(self.env["trade.mapping.import"].create({}))
        self.assertIn(b"'=1+1", data)
        wizard = self.wizard(data)
        wizard.action_preview()
        self.assertEqual(wizard.summary, "0 new, 0 changed, 6 as they are, 0 refused.", self.outcomes(wizard))

    def test_one_partner_and_kind_for_the_whole_file(self):
        other, _connector, _route = self._make_supplier("Ready Mat")
        text = "code,meaning,partner\nX,x,\nY,y,Ready Mat\n"
        wizard = self.wizard(text, kind="reason", trade_partner_id=self.partner.id)
        wizard.action_apply()
        self.assertEqual(self.Mapping.search([("code", "=", "X")]).trade_partner_id, self.partner)
        self.assertEqual([row for row, outcome, _why in self.outcomes(wizard) if outcome == "refused"], [3])
        self.assertFalse(self.Mapping.search([("trade_partner_id", "=", other.id)]))

    def test_what_holds_for_everybody_is_for_managers(self):
        user = new_test_user(self.env, "trade_codes", "trade_core.group_trade_user")
        wizard = self.wizard(self.TEXT, user=user)
        wizard.action_apply()
        self.assertEqual(wizard.summary, "3 new, 0 changed, 0 as they are, 1 refused.")
        self.assertIn("Only trading managers", wizard.outcomes[1]["reason"])

    def test_a_file_that_is_no_table_is_told(self):
        for text, words in (
            ("", "Choose a CSV file"),
            ("code,meaning\n", "no rows"),
            ("code,sense\nA,b\n", "Not known: sense. Missing: meaning"),
            ("code,code,meaning\nA,A,b\n", "Twice: code"),
            ('code,meaning\n"A,b\n', "no table"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self.wizard(text).action_preview()

    def test_documents_that_wait_for_an_imported_code_are_run(self):
        message = self.arrive(self.response("P1", self.line("ACME-4711")))
        self.assertEqual(message.state, "held")
        text = "kind,scheme,code,meaning\nproduct,seller,ACME-4711,TAB-1\n"
        wizard = self.wizard(text, trade_partner_id=self.partner.id)
        wizard.action_apply()
        self.assertEqual(wizard.waiting_count, 1)
        wizard.action_replay()
        self.assertEqual(message.exception_id.state, "replaying")
