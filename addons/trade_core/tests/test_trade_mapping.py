from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from odoo.addons.trade_core.document_table import DocumentTable
from odoo.addons.trade_core.mapping.candidates import similarity
from odoo.addons.trade_kernel.errors import CATALOGUE, MappingAmbiguous, MappingMissing
from odoo.addons.trade_kernel.identifiers import gtin_spellings

from .common import TradeCase

GTIN_13 = "4099999123452"


@tagged("post_install", "-at_install")
class TestTradeMapping(TradeCase):
    """What a code means: never a guess, always with the evidence."""

    def setUp(self):
        super().setUp()
        self.Mapping = self.env["trade.mapping"]

    def resolver(self, partner=None, **options):
        return self.Mapping._resolver(partner or self.partner, self.company, **options)

    def learn(self, code, product, partner=None, scheme="seller", **vals):
        return self.Mapping.create(
            {
                "trade_partner_id": partner.id if partner else False,
                "kind": "product",
                "scheme": scheme,
                "code": code,
                "product_id": product.id,
                **vals,
            }
        )

    def price(self, product, code, vendor=None, **vals):
        return self.env["product.supplierinfo"].create(
            {
                "partner_id": (vendor or self.partner.partner_id).id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_code": code,
                **vals,
            }
        )

    # -- the order of trust --------------------------------------------------------------------

    def test_the_partners_own_meaning_comes_before_the_shared_one(self):
        self.learn("A1", self.table)
        own = self.learn("A1", self.chair, self.partner)
        product, evidence = self.resolver().product([("seller", "A1")])
        self.assertEqual(product, self.chair)
        self.assertEqual(evidence["mapping_id"], own.id)
        self.assertIn("Wood Corner", evidence["by"])
        other, _connector, _route = self._make_supplier("Ready Mat")
        product, evidence = self.resolver(other).product([("seller", "A1")])
        self.assertEqual(product, self.table)
        self.assertIn("all partners", evidence["by"])

    def test_what_people_said_comes_before_what_odoo_knows(self):
        self.table.barcode = GTIN_13
        self.learn(GTIN_13, self.chair, self.partner, scheme="0160")
        self.assertEqual(self.resolver().product([("0160", GTIN_13)])[0], self.chair)

    def test_odoo_knows_barcode_vendor_code_and_reference(self):
        self.table.barcode = GTIN_13
        self.price(self.chair, "V-9")
        resolver = self.resolver()
        found = [
            resolver.product([("0160", GTIN_13)]),
            resolver.product([("seller", "V-9")]),
            resolver.product([("buyer", "TAB-1")]),
        ]
        self.assertEqual([product for product, _evidence in found], [self.table, self.chair, self.table])
        by = [evidence["by"] for _product, evidence in found]
        self.assertEqual(
            by,
            [
                "the barcode on the product",
                "the vendor code on the product",
                "the internal reference of the product",
            ],
        )
        self.assertEqual(resolver.evidence, [evidence for _product, evidence in found])
        self.assertEqual(resolver.evidence[1]["code"], "V-9")
        self.assertEqual(resolver.evidence[1]["name"], self.chair.display_name)

    def test_a_customer_calls_our_code_the_sellers(self):
        self.partner.write({"is_supplier": False, "is_customer": True})
        self.assertEqual(self.resolver().product([("seller", "TAB-1")])[0], self.table)
        with self.assertRaises(MappingMissing):
            self.resolver().product([("buyer", "TAB-1")])

    def test_another_vendors_code_is_not_this_vendors(self):
        self.price(self.table, "V-9", vendor=self.env["res.partner"].create({"name": "Azure Interior"}))
        with self.assertRaises(MappingMissing):
            self.resolver().product([("seller", "V-9")])

    def test_the_vendors_contacts_are_the_vendor(self):
        contact = self.env["res.partner"].create(
            {"name": "Sales desk", "parent_id": self.partner.partner_id.id}
        )
        self.price(self.table, "V-9", vendor=contact)
        self.assertEqual(self.resolver().product([("seller", "V-9")])[0], self.table)

    def test_other_companies_are_not_looked_into(self):
        other = self.env["res.company"].create({"name": "Second company"})
        self.table.company_id = other
        self.price(self.chair, "V-9", company_id=other.id)
        self.learn("A1", self.chair, company_id=other.id)
        for pair in (("buyer", "TAB-1"), ("seller", "V-9"), ("seller", "A1")):
            with self.assertRaises(MappingMissing):
                self.resolver().product([pair])

    # -- never a guess -------------------------------------------------------------------------

    def test_codes_that_contradict_each_other_are_for_a_person(self):
        self.table.barcode = GTIN_13
        self.price(self.chair, "V-9")
        with self.assertRaises(MappingAmbiguous) as caught:
            self.resolver().product([("seller", "V-9"), ("0160", GTIN_13)], pointer="/order_lines/0/item")
        error = caught.exception
        self.assertEqual((error.code, error.subject), ("product.ambiguous", "seller:V-9"))
        self.assertEqual(set(error.params["candidate_ids"]), {self.table.id, self.chair.id})
        self.assertEqual(error.pointer, "/order_lines/0/item")
        self.assertIn("Oak table", error.message)

    def test_codes_that_agree_need_no_person(self):
        self.table.barcode = GTIN_13
        self.price(self.table, "V-9")
        pairs = [("seller", "V-9"), ("0160", GTIN_13), ("manufacturer", "whatever")]
        self.assertEqual(self.resolver().product(pairs)[0], self.table)

    def test_one_reference_on_two_products_is_ambiguous(self):
        self.chair.default_code = "TAB-1"
        with self.assertRaises(MappingAmbiguous):
            self.resolver().product([("buyer", "TAB-1")])

    def test_variants_under_one_vendor_code_are_told_apart_by_gtin_or_order_line_only(self):
        template = self.env["product.template"].create({"name": "Lamp"})
        attribute = self.env["product.attribute"].create(
            {"name": "Colour", "value_ids": [(0, 0, {"name": "red"}), (0, 0, {"name": "blue"})]}
        )
        template.attribute_line_ids = [
            (0, 0, {"attribute_id": attribute.id, "value_ids": [(6, 0, attribute.value_ids.ids)]})
        ]
        red, blue = template.product_variant_ids
        self.env["product.supplierinfo"].create(
            {"partner_id": self.partner.partner_id.id, "product_tmpl_id": template.id, "product_code": "L"}
        )
        blue.barcode = GTIN_13
        with self.assertRaises(MappingAmbiguous):
            self.resolver().product([("seller", "L")])
        self.assertEqual(self.resolver().product([("seller", "L"), ("0160", GTIN_13)])[0], blue)
        product, evidence = self.resolver().product([("seller", "L")], hint=red)
        self.assertEqual(product, red)
        self.assertIn("order line", evidence["by"])
        with self.assertRaises(MappingAmbiguous):  # a hint that no code supports decides nothing
            self.resolver().product([("seller", "L")], hint=self.table)

    def test_a_hint_never_stands_for_a_code(self):
        with self.assertRaises(MappingMissing) as caught:
            self.resolver().product([("seller", "NEW")], hint=self.table)
        self.assertEqual(caught.exception.params["expected_id"], self.table.id)

    def test_a_case_with_its_own_gtin_is_not_its_content(self):
        self.env["product.uom"].create(
            {
                "product_id": self.table.id,
                "uom_id": self.env.ref("uom.product_uom_pack_6").id,
                "barcode": GTIN_13,
            }
        )
        with self.assertRaises(MappingMissing):
            self.resolver().product([("0160", GTIN_13)])

    def test_an_item_without_codes_is_known_by_its_text(self):
        with self.assertRaises(MappingMissing) as caught:
            self.resolver().product([], name="Oak table, 2 m")
        self.assertEqual(caught.exception.subject, "name:Oak table, 2 m")
        self.learn("Oak table, 2 m", self.table, self.partner, scheme="name")
        self.assertEqual(self.resolver().product([], name="Oak table, 2 m")[0], self.table)

    def test_the_error_says_what_the_desk_needs(self):
        with self.assertRaises(MappingMissing) as caught:
            self.resolver().product([("0160", GTIN_13), ("seller", "ACME-4711")], name="Table")
        error = caught.exception
        self.assertEqual((error.code, error.subject), ("product.unknown", "seller:ACME-4711"))
        self.assertEqual(error.params["key"], ["seller", "ACME-4711"])
        self.assertEqual(error.message, "No product is known for their item code ACME-4711.")
        for prefix in ("product", "unit", "code"):  # no code without its sentences
            self.assertIn(f"{prefix}.unknown", CATALOGUE)
            self.assertIn(f"{prefix}.ambiguous", CATALOGUE)
        self.assertIn("unit.no_code", CATALOGUE)

    # -- GTINs ---------------------------------------------------------------------------------

    def test_gtins_of_all_lengths_are_one_article(self):
        self.table.barcode = "036000291452"  # a UPC, as it is printed
        for spelling in ("036000291452", "0036000291452", "00036000291452"):
            self.assertEqual(self.resolver().product([("0160", spelling)])[0], self.table)
        with self.assertRaises(MappingMissing):
            self.resolver().product([("0160", "10036000291459")])  # a case of it: another GTIN-14

    def test_a_wrong_check_digit_is_told_with_the_right_one(self):
        right, wrong = GTIN_13, "4099999123457"
        for pairs in ([("0160", wrong)], [("seller", "ACME-1"), ("0160", wrong)]):
            with self.assertRaises(MappingMissing) as caught:
                self.resolver().product(pairs)
            self.assertIn(f"GTIN {wrong} is wrong: its check digit would be 2.", str(caught.exception))
        with self.assertRaises(MappingMissing) as caught:
            self.resolver().product([("0160", right)])
        self.assertEqual(str(caught.exception), f"No product is known for GTIN {right}.")
        with self.assertRaises(MappingMissing) as caught:
            self.resolver().record("reason", "4012345000008", "0088")
        self.assertIn("GLN 4012345000008 is wrong: its check digit would be 9.", str(caught.exception))

    def test_a_package_with_a_wrong_sscc_is_told_in_the_document(self):
        advice = {"id": "D1", "transport_handling_units": [{"id": "106141412345678901"}]}
        header = DocumentTable(self.env).lay_out(advice, {})["header"]
        [told] = [part["text"] for part in header if part["label"] == "Check digits"]
        self.assertEqual(
            told, "The last digit of the SSCC 106141412345678901 is wrong: its check digit would be 8."
        )
        advice["transport_handling_units"][0]["id"] = "106141412345678908"
        header = DocumentTable(self.env).lay_out(advice, {})["header"]
        self.assertNotIn("Check digits", [part["label"] for part in header])

    def test_a_mapping_of_a_gtin_holds_for_all_its_lengths(self):
        self.learn("00036000291452", self.table, self.partner, scheme="0160")
        self.assertEqual(self.resolver().product([("0160", "036000291452")])[0], self.table)

    def test_spellings(self):
        self.assertEqual(gtin_spellings("96385074")[0], "96385074")
        self.assertIn("00000096385074", gtin_spellings("96385074"))
        self.assertIn("96385074", gtin_spellings("0000096385074"))
        self.assertEqual(gtin_spellings("ABC-1"), ["ABC-1"])
        self.assertNotIn(GTIN_13[1:], gtin_spellings(GTIN_13))

    # -- units ---------------------------------------------------------------------------------

    def test_only_a_unit_contains_something_and_never_nothing(self):
        unit = self.env.ref("uom.product_uom_unit")
        carton = {"kind": "uom", "code": "CT", "uom_id": unit.id}
        mapping = self.Mapping.create({**carton, "factor": 24})
        self.assertEqual(mapping.display_name, f"CT → 24 × {unit.name}")
        for factor in (0, -1):
            with self.assertRaisesRegex(ValidationError, "more than zero"), self.env.cr.savepoint():
                self.Mapping.create({**carton, "code": "BX", "factor": factor})
        with self.assertRaisesRegex(ValidationError, "Only a unit"), self.env.cr.savepoint():
            self.learn("A9", self.table, factor=2)
        with self.assertRaisesRegex(ValidationError, "already means"), self.env.cr.savepoint():
            self.Mapping.create({**carton, "factor": 20, "valid_from": fields.Date.today()})
        own = self.Mapping.create({**carton, "factor": 20, "for_product_id": self.table.id})
        factors = self.resolver().factors
        self.assertEqual(
            factors.of("CT", unit, self.table)[:1] + factors.of("CT", unit, self.chair)[:1], (20, 24)
        )
        self.assertEqual(factors.of("CT", unit, self.table).mapping_id, own.id)

    def test_what_is_so_many_of_a_unit_is_no_unit(self):
        unit = self.env.ref("uom.product_uom_unit")
        self.Mapping.create({"kind": "uom", "code": "CT", "uom_id": unit.id, "factor": 24})
        with self.assertRaises(MappingMissing):
            self.resolver().unit("CT")
        self.assertEqual(self.resolver().unit_code(unit), "C62")

    # -- validity, confirmation ----------------------------------------------------------------

    def test_only_confirmed_active_and_valid_mappings_are_used(self):
        today = fields.Date.context_today(self.Mapping)
        self.learn("S", self.table, self.partner, state="suggested")
        self.learn("X", self.table, self.partner, active=False)
        self.learn("OLD", self.table, self.partner, valid_to=today - timedelta(days=1))
        self.learn("NEW", self.table, self.partner, valid_from=today + timedelta(days=1))
        for code in ("S", "X", "OLD", "NEW"):
            with self.assertRaises(MappingMissing):
                self.resolver().product([("seller", code)])
        self.assertEqual(
            self.resolver(on=today + timedelta(days=2)).product([("seller", "NEW")])[0], self.table
        )

    def test_a_code_may_change_its_meaning_with_time_but_not_have_two_at_once(self):
        self.learn("A1", self.table, self.partner, valid_to="2026-01-31")
        self.learn("A1", self.chair, self.partner, valid_from="2026-02-01")
        day = fields.Date.to_date
        self.assertEqual(self.resolver(on=day("2026-01-15")).product([("seller", "A1")])[0], self.table)
        self.assertEqual(self.resolver(on=day("2026-02-15")).product([("seller", "A1")])[0], self.chair)
        with self.assertRaisesRegex(ValidationError, "already means"):
            self.learn("A1", self.table, self.partner, valid_from="2026-01-15", valid_to="2026-02-15")

    def test_the_database_itself_refuses_two_meanings(self):
        first = self.learn("A1", self.table, self.partner)
        second = self.learn("A2", self.chair, self.partner)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE trade_mapping SET code_key = %s WHERE id = %s", [first.code_key, second.id]
            )

    def test_confirming_a_suggestion_says_who(self):
        mapping = self.learn("A1", self.table, self.partner, state="suggested")
        self.assertFalse(mapping.confirmed_by)
        mapping.with_user(self.user).action_confirm()
        self.assertEqual((mapping.confirmed_by, mapping.state), (self.user, "confirmed"))
        self.assertEqual(self.resolver().product([("seller", "A1")])[0], self.table)

    def test_a_mapping_must_mean_something(self):
        with self.assertRaisesRegex(ValidationError, "choose the product"):
            self.Mapping.create({"kind": "product", "code": "A1"})
        with self.assertRaisesRegex(ValidationError, "choose the reason"):
            self.Mapping.create({"kind": "reason", "code": "07"})

    def test_deleting_the_product_deletes_its_mapping(self):
        mapping = self.learn("A1", self.table, self.partner)
        self.table.unlink()
        self.assertFalse(mapping.exists())

    def test_learning_again_changes_what_was_known(self):
        mapping = self.learn("A1", self.table, self.partner)
        learned = self.Mapping._learn(
            {
                "company_id": self.company.id,
                "trade_partner_id": self.partner.id,
                "kind": "product",
                "scheme": "seller",
                "code": "A1",
                "res_id": self.chair.id,
            }
        )
        self.assertEqual((learned, mapping.product_id), (mapping, self.chair))
        self.assertEqual(self.resolver().product([("seller", "A1")])[0], self.chair)

    def test_users_may_add_and_managers_delete(self):
        mapping = self.learn("A1", self.table, self.partner).with_user(self.user)
        mapping.note = "as agreed"
        with self.assertRaises(AccessError):
            mapping.unlink()
        mapping.with_user(self.manager).unlink()

    def test_what_holds_for_all_partners_is_for_managers(self):
        with self.assertRaisesRegex(AccessError, "Only trading managers"):
            self.Mapping.with_user(self.user).create(
                {"kind": "product", "code": "A1", "product_id": self.table.id}
            )
        shared = self.learn("A2", self.table)
        for vals in ({"product_id": self.chair.id}, {"trade_partner_id": self.partner.id}):
            with self.assertRaises(AccessError):
                shared.with_user(self.user).write(vals)
        own = self.learn("A3", self.table, self.partner)
        with self.assertRaises(AccessError):
            own.with_user(self.user).trade_partner_id = False
        shared.with_user(self.manager).product_id = self.chair

    def test_other_kinds_have_values(self):
        self.Mapping.create({"kind": "reason", "code": "07", "value": "out of stock"})
        value, evidence = self.resolver().record("reason", "07")
        self.assertEqual((value, evidence["name"]), ("out of stock", "out of stock"))
        with self.assertRaises(MappingMissing) as caught:
            self.resolver().record("reason", "08")
        self.assertEqual(caught.exception.code, "code.unknown")

    # -- units and the way back ----------------------------------------------------------------

    def test_units_are_known_by_rec_20_and_learned_beyond(self):
        resolver = self.resolver()
        unit = self.env.ref("uom.product_uom_unit")
        self.assertEqual([resolver.unit(code) for code in ("C62", "EA", "H87")], [unit] * 3)
        self.assertEqual(resolver.unit("KGM"), self.env.ref("uom.product_uom_kgm"))
        with self.assertRaises(MappingMissing) as caught:
            resolver.unit("CS")
        self.assertEqual(caught.exception.code, "unit.unknown")
        six = self.env.ref("uom.product_uom_pack_6")
        self.Mapping.create(
            {"kind": "uom", "code": "CS", "uom_id": six.id, "trade_partner_id": self.partner.id}
        )
        self.assertEqual(self.resolver().unit("CS"), six)

    def test_the_way_back(self):
        six = self.env.ref("uom.product_uom_pack_6")
        resolver = self.resolver()
        self.assertEqual(resolver.unit_code(self.env.ref("uom.product_uom_unit")), "C62")
        with self.assertRaises(MappingMissing) as caught:
            resolver.unit_code(six)
        self.assertEqual(caught.exception.code, "unit.no_code")
        self.Mapping.create({"kind": "uom", "code": "CS", "uom_id": six.id})
        self.assertEqual(self.resolver().unit_code(six), "CS")
        self.price(self.table, "V-9")
        self.price(self.table, "V-9", min_qty=100)
        self.assertEqual(self.resolver().code_of("product", self.table, "seller"), "V-9")
        self.learn("OWN-9", self.table, self.partner)
        self.assertEqual(self.resolver().code_of("product", self.table, "seller"), "OWN-9")
        self.assertIsNone(self.resolver().code_of("product", self.chair, "seller"))

    def test_mutually_defined_is_a_unit_without_code(self):
        roll = self.env["uom.uom"].create({"name": "Roll"})
        factor = self.resolver().factors.of("ZZ", roll, self.table)
        self.assertEqual((factor.ratio, factor.is_defined), (1, True))
        unit = self.env.ref("uom.product_uom_unit")  # has a code: "ZZ" says nothing about it
        with self.assertRaises(MappingMissing) as caught:
            self.resolver().factors.of("ZZ", unit, self.table)
        self.assertEqual(caught.exception.code, "unit.unknown")
        self.Mapping.create({"kind": "uom", "code": "RL", "uom_id": roll.id})
        with self.assertRaises(MappingMissing):
            self.resolver().factors.of("ZZ", roll, self.table)

    # -- speed and counting --------------------------------------------------------------------

    def test_the_number_of_queries_does_not_grow_with_the_number_of_codes(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"REF-{n}"} for n in range(250)]
        )
        for n, product in enumerate(products[:50]):
            self.price(product, f"V-{n}")
            self.learn(f"M-{n}", product, self.partner)
        self.env.flush_all()

        def resolve(size):
            self.env.invalidate_all()
            resolver = self.resolver()
            pairs = [(scheme, f"{code}-{n}") for n in range(size) for scheme, code in self.schemes]
            before = self.env.cr.sql_log_count
            resolver.prefetch("product", pairs)
            for pair in pairs:
                resolver.product([pair])
            return self.env.cr.sql_log_count - before

        few, many = resolve(2), resolve(50)
        self.assertEqual(few, many)
        self.assertLessEqual(many, 12)

    schemes = (("seller", "V"), ("seller", "M"), ("buyer", "REF"))

    def test_use_is_counted_after_the_commit(self):
        mapping = self.learn("A1", self.table, self.partner)
        self.env.flush_all()
        resolver = self.resolver()
        for _thrice in range(3):
            resolver.product([("seller", "A1")])
        self.env.invalidate_all()
        self.assertFalse(mapping.hit_count)
        self.env.cr.postcommit.run()
        self.env.invalidate_all()
        self.assertEqual(mapping.hit_count, 3)
        self.assertTrue(mapping.last_hit)

    # -- fixing from the mapping screens -------------------------------------------------------

    def test_a_mapping_added_by_hand_heals_what_waits_for_it(self):
        message = self.arrive(self.response("P1", self.line("ACME-4711")))
        mapping = self.learn("ACME-4711", self.table, self.partner).with_user(self.user)
        self.assertEqual(mapping.waiting_count, 1)
        mapping.action_replay_waiting()
        self.run_ready()
        self.assertEqual(message.state, "applied")
        self.assertEqual(message.exception_id.state, "resolved")
        self.assertEqual(
            [(one["what"], one["code"]) for one in message.evidence][0], ("product", "ACME-4711")
        )

    def test_names_are_alike_whatever_the_order_of_their_words(self):
        self.assertEqual(similarity("Table, oak", "OAK TABLE"), 100)
        self.assertEqual(similarity("Château chair", "chateau  CHAIR"), 100)
        self.assertLess(similarity("Oak table", "Steel bolt M8"), 60)
        self.assertEqual(similarity("", "x"), 0)
