"""Catalogues: compared, decided by rules or people, applied with history."""

from odoo.exceptions import AccessError, UserError

from .common_catalogue import CatalogueCase


class TestCatalogueCompared(CatalogueCase):
    def test_what_changes_waits_for_a_person_beside_what_was(self):
        catalogue = self.take(self.line("A-1", "103"), self.line("A-2", "20"), self.line("A-9", "7"))
        [row] = self.rows(catalogue, kind="price")
        self.assertEqual(
            (row.old_price, row.price, round(row.percent, 2), row.decision), (100, 103, 3.0, "pending")
        )
        self.assertEqual((catalogue.line_count, catalogue.unchanged_count), (3, 1))
        self.assertEqual((catalogue.up_count, catalogue.unknown_count, catalogue.pending_count), (1, 1, 1))
        self.assertEqual(catalogue.state, "to_review")
        self.assertEqual(self.pays(self.desk), 100)
        self.assertEqual(len(catalogue.activity_ids), 1)

    def test_within_the_limits_it_is_applied_by_itself_and_the_rest_is_held(self):
        self.route.catalogue_accept_percent = 5
        catalogue = self.take(self.line("A-1", "104"), self.line("A-2", "30"), self.line("A-3", "14.50"))
        self.assertEqual([self.pays(one) for one in (self.desk, self.shelf, self.stool)], [104, 20, 14.5])
        [held] = self.rows(catalogue, decision="pending")
        self.assertEqual(held.product_id, self.shelf)
        self.assertIn("More than 20 %", held.flag)
        self.assertEqual((catalogue.state, catalogue.flagged_count), ("to_review", 1))
        applied = self.rows(catalogue, decision="applied")
        self.assertFalse(applied.decided_by_id)
        self.assertTrue(all(applied.mapped("applied_at")))

    def test_more_than_the_typical_change_is_out_of_the_ordinary(self):
        self.route.write({"catalogue_outlier_percent": 0, "catalogue_outlier_times": 4})
        codes = [f"B-{number}" for number in range(25)]
        for code in codes:
            self.item(code, code, 10.0)
        lines = [self.line(code, "10.20") for code in codes[1:]]
        catalogue = self.take(self.line(codes[0], "11"), *lines)
        [flagged] = catalogue.change_ids.filtered("flag")
        self.assertEqual(flagged.code, codes[0])
        self.assertIn("4 times the typical change of this list, 2.00 %", flagged.flag)

    def test_the_same_catalogue_again_changes_nothing(self):
        lines = (self.line("A-1", "103"), self.line("A-2", "21"))
        self.accept_all(self.take(*lines))
        again = self.take(*lines)
        self.assertFalse(again.change_ids)
        self.assertEqual((again.unchanged_count, again.state), (2, "applied"))

    def test_a_catalogue_sent_twice_before_the_review_is_applied_once(self):
        lines = (
            self.line(
                "A-1",
                "103",
            ),
            self.line("A-2", "20"),
        )
        first, second = self.take(*lines), self.take(*lines)
        self.accept_all(first)
        self.accept_all(second)
        self.assertEqual(self.rows(second).mapped("decision"), ["applied"])
        self.assertEqual(self.prices(self.desk), [(103, False, False)])

    def test_a_new_item_twice_before_the_review_is_one_price(self):
        lamp = self.env["product.product"].create({"name": "Lamp", "barcode": "4012345678901"})
        line = {
            "item": {"standard_item_identification": {"id": "4012345678901"}},
            "prices": [self.price("9")],
        }
        first, second = self.take(line), self.take({**line, "prices": [self.price("8")]})
        self.assertEqual(self.rows(first).kind, "new")
        self.accept_all(first)
        self.assertEqual(self.prices(lamp, "price", "company_id"), [(9, self.env.company)])
        self.accept_all(second)
        [row] = self.rows(second)
        self.assertEqual((row.kind, row.decision, row.old_price), ("price", "pending", 9))
        self.assertIn("Look at it again", row.flag)
        self.accept_all(second)
        self.assertEqual(self.prices(lamp, "price"), [(8,)])

    def test_a_price_changed_meanwhile_is_decided_again(self):
        catalogue = self.take(self.line("A-1", "103"))
        self.desk.seller_ids.price = 90
        self.accept_all(catalogue)
        [row] = self.rows(catalogue)
        self.assertEqual((row.decision, row.old_price, row.decided_by_id.id), ("pending", 90, False))
        self.assertEqual((self.pays(self.desk), catalogue.state), (90, "to_review"))
        self.accept_all(catalogue)
        self.assertEqual(self.pays(self.desk), 103)

    def test_an_unknown_item_holds_nobody_and_heals(self):
        catalogue = self.take(self.line("A-1", "103"), self.line("N-7", "7"))
        self.accept_all(catalogue)
        self.assertEqual(self.pays(self.desk), 103)
        lamp = self.env["product.product"].create({"name": "Lamp"})
        [row] = self.rows(catalogue, kind="unknown")
        self.assertIn("N-7", row.note)
        row = row.with_user(self.buyer)
        row.chosen_product_id = lamp
        row.action_map()
        [row] = self.rows(catalogue, code="N-7")
        self.assertEqual((row.kind, row.product_id, row.price), ("new", lamp, 7))
        self.accept_all(catalogue)
        self.assertEqual(self.prices(lamp, "price", "product_code"), [(7, "N-7")])

    def test_mapped_elsewhere_it_heals_when_somebody_looks_again(self):
        catalogue = self.take(self.line("N-7", "7"))
        self.env["trade.mapping"].create(
            {
                "company_id": self.env.company.id,
                "trade_partner_id": self.profile.id,
                "kind": "product",
                "scheme": "seller",
                "code": "N-7",
                "product_id": self.desk.id,
            }
        )
        catalogue.with_user(self.buyer).action_look_again()
        self.assertEqual(self.rows(catalogue).mapped("kind"), ["price"])

    def test_an_unknown_unit_is_one_line_and_ends_nothing(self):
        catalogue = self.take(
            self.line("A-1", self.price("900", base=1, unit="CT")),
            self.line("A-2", "20"),
            action_code="replace",
        )
        [row] = self.rows(catalogue, kind="unknown")
        self.assertEqual((row.code, row.product_id), ("A-1", self.desk))
        self.assertNotIn(self.desk, self.rows(catalogue, kind="ended").product_id)
        self.env["trade.mapping"].create(
            {
                "company_id": self.env.company.id,
                "trade_partner_id": self.profile.id,
                "kind": "uom",
                "code": "CT",
                "uom_id": self.env.ref("uom.product_uom_unit").id,
                "factor": 8,
            }
        )
        catalogue.with_user(self.buyer).action_look_again()
        [row] = self.rows(catalogue, product_id=self.desk.id)
        self.assertEqual((row.kind, row.price, row.percent), ("price", 112.5, 12.5))

    def test_prices_in_a_currency_nobody_uses_say_what_to_do(self):
        self.env["res.currency"].with_context(active_test=False).search([("name", "=", "NOK")]).active = False
        message = self.process(self.catalogue(self.line("A-1", self.price("9", currency="NOK"))))
        self.assertEqual(message.state, "held")
        self.assertIn("NOK", message.state_reason)


class TestCatalogueMoney(CatalogueCase):
    def test_another_currency_is_compared_at_todays_rate_and_always_looked_at(self):
        self.route.catalogue_accept_percent = 50
        self.route.catalogue_outlier_percent = 0
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "company_id": self.env.company.id, "name": self.days(-1)}
        )
        catalogue = self.take(self.line("A-1", self.price("55", currency="EUR")))
        [row] = self.rows(catalogue)
        self.assertEqual((round(row.percent, 4), row.decision), (10, "pending"))
        self.assertIn("currency", row.flag)
        self.accept_all(catalogue)
        self.assertEqual(self.prices(self.desk, "price", "currency_id"), [(55, euro)])

    def test_a_price_per_hundred_in_another_unit_is_exact(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        bolt = self.item("Bolt", "B-1", 1.2, product_uom_id=dozen.id)
        catalogue = self.take(self.line("B-1", self.price("11.25", base=100)))
        [row] = self.rows(catalogue)
        self.assertEqual((row.price, row.product_uom_id, round(row.percent, 6)), (1.35, dozen, 12.5))
        self.accept_all(catalogue)
        self.assertEqual(self.prices(bolt, "price", "product_uom_id"), [(1.35, dozen)])

    def test_a_price_that_is_not_exact_is_looked_at(self):
        self.route.catalogue_accept_percent = 50
        catalogue = self.take(self.line("A-1", self.price("301", base=3)))
        [row] = self.rows(catalogue)
        self.assertEqual(row.decision, "pending")
        self.assertIn("301 USD for 3 is no exact price of one Units", row.flag)

    def test_a_gross_price_with_discounts_is_price_and_discount(self):
        discounts = [{"charge_indicator": False, "multiplier_factor_numeric": "10"}] * 2
        gross = self.price("120", price_type_code="AAB", allowance_charge=discounts)
        catalogue = self.take(self.line("A-1", gross, self.price("149", price_type_code="SRP")))
        [row] = self.rows(catalogue)
        self.assertEqual((row.price, row.discount, round(row.percent, 4)), (120, 19, -2.8))
        self.accept_all(catalogue)
        self.assertEqual(self.prices(self.desk, "price", "discount"), [(120, 19)])
        self.assertFalse(self.take(self.line("A-1", self.price("97.20", price_type_code="AAA"))).change_ids)

    def test_price_breaks_are_rows_and_those_not_named_any_more_end(self):
        self.info(self.desk, product_code="A-1", min_qty=10, price=95)
        self.info(self.desk, product_code="A-1", min_qty=50, price=90)
        breaks = [self.price("101", minimum=1), self.price("94", minimum=10), self.price("85", minimum=100)]
        catalogue = self.take(self.line("A-1", *breaks))
        self.assertEqual(
            sorted((row.kind, row.min_qty) for row in catalogue.change_ids),
            [("ended", 50), ("new", 100), ("price", 1), ("price", 10)],
        )
        self.accept_all(catalogue)
        self.assertEqual([self.pays(self.desk, number) for number in (1, 10, 50, 100)], [101, 94, 94, 85])
        self.assertNoOverlap()

    def test_the_least_quantity_that_changes_is_looked_at(self):
        self.route.catalogue_accept_percent = 5
        catalogue = self.take(
            self.line(
                "A-1", "100", minimum_order_quantity={"value": "5", "unit_code": "C62"}, lead_time_days="9"
            ),
            self.line("A-2", "20", lead_time_days="4"),
        )
        self.assertEqual(self.prices(self.shelf, "price", "delay"), [(20, 4)])
        [row] = self.rows(catalogue, decision="pending")
        self.assertEqual((row.kind, row.min_qty), ("other", 5))
        self.assertIn("Lead time 1 → 9 days.", row.note)
        self.accept_all(catalogue)
        self.assertEqual(self.prices(self.desk, "price", "min_qty", "delay"), [(100, 5, 9)])


class TestCatalogueTime(CatalogueCase):
    def test_a_future_price_takes_effect_on_its_day(self):
        start = self.days(30)
        catalogue = self.take(self.line("A-1", self.price("110", start=start)))
        self.accept_all(catalogue)
        self.assertEqual(self.prices(self.desk), [(100, False, self.days(29)), (110, start, False)])
        self.assertEqual([self.pays(self.desk, day=self.days(day)) for day in (0, 29, 30)], [100, 100, 110])
        self.assertFalse(self.take(self.line("A-1", self.price("110", start=start))).change_ids)
        # Corrected before its day: the same price, other.
        self.accept_all(self.take(self.line("A-1", self.price("108", start=start))))
        self.assertEqual(self.prices(self.desk), [(100, False, self.days(29)), (108, start, False)])
        self.assertNoOverlap()

    def test_a_dated_price_of_today_keeps_the_one_before(self):
        info = self.desk.seller_ids
        self.accept_all(self.take(self.line("A-1", self.price("110", start=self.days(-3)))))
        self.assertEqual(self.prices(self.desk), [(100, False, self.days(-1)), (110, self.today, False)])
        self.assertEqual(info.price, 110, "whatever points to the vendor price goes on doing so")
        self.assertEqual(self.prices(self.desk, "product_code", "delay"), [("A-1", 1), ("A-1", 1)])
        self.assertNoOverlap()

    def test_an_undated_price_changes_the_price_and_the_row_is_its_history(self):
        catalogue = self.accept_all(self.take(self.line("A-1", "110")))
        self.assertEqual(self.prices(self.desk), [(110, False, False)])
        [row] = self.rows(catalogue)
        self.assertEqual((row.old_price, row.price, row.decided_by_id), (100, 110, self.buyer))

    def test_after_a_price_for_a_time_the_one_before_holds_again(self):
        promotion = self.price("80", start=self.days(5), end=self.days(9))
        self.accept_all(self.take(self.line("A-1", promotion)))
        self.assertEqual(
            [self.pays(self.desk, day=self.days(day)) for day in (0, 4, 5, 9, 10, 90)],
            [100, 100, 80, 80, 100, 100],
        )
        self.assertNoOverlap()

    def test_two_periods_in_one_catalogue_follow_each_other(self):
        first = self.price("105", start=self.today, end=self.days(10))
        second = self.price("107", start=self.days(11))
        catalogue = self.take(self.line("A-1", first, second), self.line("A-2", "21"))
        catalogue.with_user(self.buyer).action_accept_all()
        self.drain(catalogue, limit=1)
        self.assertEqual(
            [self.pays(self.desk, day=self.days(day)) for day in (0, 10, 11, 90)], [105, 105, 107, 107]
        )
        self.assertEqual(set(self.rows(catalogue).mapped("decision")), {"applied"})
        self.assertNoOverlap()

    def test_next_years_list_is_compared_with_this_years(self):
        this_year = {"validity_period": {"end_date": self.days(20).isoformat()}}
        self.accept_all(self.take(self.line("A-1", "102"), **this_year))
        self.assertFalse(self.pays(self.desk, day=self.days(21)))
        catalogue = self.take(self.line("A-1", self.price("104.04", start=self.days(21))))
        [row] = self.rows(catalogue)
        self.assertEqual((row.kind, round(row.percent, 4)), ("price", 2))
        self.accept_all(catalogue)
        self.assertEqual([self.pays(self.desk, day=self.days(day)) for day in (20, 21)], [102, 104.04])
        self.assertNoOverlap()

    def test_a_new_price_ends_where_one_known_before_begins(self):
        self.accept_all(self.take(self.line("A-1", self.price("120", start=self.days(60)))))
        self.accept_all(self.take(self.line("A-1", self.price("110", start=self.days(30)))))
        self.assertEqual(
            [self.pays(self.desk, day=self.days(day)) for day in (0, 30, 59, 60)], [100, 110, 110, 120]
        )
        self.assertNoOverlap()

    def test_an_item_that_is_deleted_ends(self):
        catalogue = self.take(self.line("A-1", action_code="delete"), self.line("A-2", "20"))
        self.assertEqual(self.rows(catalogue).mapped("kind"), ["ended"])
        self.accept_all(catalogue)
        self.assertEqual(self.prices(self.desk), [(100, False, self.days(-1))])
        self.assertFalse(self.pays(self.desk))

    def test_what_replaces_everything_ends_what_is_not_in_it(self):
        other = self.env["res.partner"].create({"name": "Ready Mat", "is_company": True})
        self.env["product.supplierinfo"].create(
            {"partner_id": other.id, "product_tmpl_id": self.desk.product_tmpl_id.id, "price": 99}
        )
        self.route.catalogue_accept_ended = True
        start = self.days(10)
        period = {"start_date": start.isoformat()}
        catalogue = self.take(self.line("A-2", "20"), action_code="replace", validity_period=period)
        self.assertEqual(self.rows(catalogue, kind="ended").product_id, self.desk | self.stool)
        self.assertEqual([self.pays(self.desk, day=self.days(day)) for day in (0, 9)], [100, 100])
        self.assertFalse(self.pays(self.desk, day=start))
        self.assertEqual(self.desk.seller_ids.filtered(lambda info: info.partner_id == other).date_end, False)


class TestCatalogueDecided(CatalogueCase):
    def test_a_limit_of_two_per_cent_takes_two_per_cent(self):
        """2.04 / 2.00 is not exactly 1.02 in a computer."""
        catalogue = self.take(self.line("A-1", "102"), self.line("A-2", "20.40"), self.line("A-3", "15.31"))
        wizard = self.env["trade.catalogue.accept"].create({"catalogue_id": catalogue.id, "percent": 2})
        self.assertEqual((wizard.count, wizard.left), (2, 1))

    def test_accept_within_a_limit_says_how_many_before(self):
        catalogue = self.take(self.line("A-1", "104"), self.line("A-2", "23"), self.line("A-3", "30"))
        wizard = (
            self.env["trade.catalogue.accept"]
            .with_user(self.buyer)
            .create({"catalogue_id": catalogue.id, "percent": 5})
        )
        self.assertEqual((wizard.count, wizard.left), (1, 2))
        wizard.percent = 100
        self.assertEqual((wizard.count, wizard.left), (2, 1), "what is out of the ordinary is not among them")
        wizard.action_accept()
        self.drain(catalogue)
        self.assertEqual([self.pays(one) for one in (self.desk, self.shelf, self.stool)], [104, 23, 15])
        self.assertIn(
            "2 changes accepted",
            catalogue.message_ids.mapped("body")[0] + str(catalogue.message_ids.mapped("body")),
        )
        [left] = self.rows(catalogue, decision="pending")
        left.with_user(self.buyer).action_reject()
        self.drain(catalogue)
        self.assertEqual((self.pays(self.stool), catalogue.state), (15, "applied"))
        self.assertEqual(left.decided_by_id, self.buyer)

    def test_two_prices_for_the_same_wait_until_one_is_refused(self):
        catalogue = self.take(self.line("A-1", "104"), self.line("A-1", "105"), self.line("A-2", "21"))
        self.accept_all(catalogue)
        wrong, right = self.rows(catalogue, product_id=self.desk.id).sorted("price")
        self.assertEqual((wrong.decision, right.decision, self.pays(self.desk)), ("pending", "pending", 100))
        with self.assertRaises(UserError):
            right.with_user(self.buyer).action_accept()
        wrong.with_user(self.buyer).action_reject()
        self.env.invalidate_all()
        right.with_user(self.buyer).action_accept()
        self.drain(catalogue)
        self.assertEqual(self.pays(self.desk), 105)

    def test_a_line_said_twice_is_said_once(self):
        catalogue = self.take(self.line("A-1", "104"), self.line("A-1", "104"))
        self.assertEqual(len(catalogue.change_ids), 1)

    def test_only_those_who_may_change_vendor_prices_decide(self):
        catalogue = self.take(self.line("A-1", "104"))
        row = catalogue.change_ids
        for records in (catalogue.with_user(self.clerk), row.with_user(self.clerk)):
            self.assertTrue(records.display_name)  # may look
        with self.assertRaises(AccessError):
            catalogue.with_user(self.clerk).action_accept_all()
        with self.assertRaises(AccessError):
            row.with_user(self.clerk).action_accept()
        with self.assertRaises(AccessError):
            row.with_user(self.buyer).write({"price": 1})
        with self.assertRaises(AccessError):
            catalogue.with_user(self.buyer).write({"state": "applied"})
        self.assertEqual(row.decision, "pending")

    def test_a_newer_revision_takes_the_place_of_the_older(self):
        old = self.take(self.line("A-1", "104"), number="C", revision=1)
        new = self.take(self.line("A-1", "103"), number="C", revision=2)
        self.assertEqual((old.state, old.change_ids.decision), ("superseded", "rejected"))
        with self.assertRaises(UserError):
            old.with_user(self.buyer).action_accept_all()
        self.accept_all(new)
        self.assertEqual(self.pays(self.desk), 103)

    def test_refused_as_a_whole_nothing_changes(self):
        catalogue = self.take(self.line("A-1", "104"), self.line("A-2", "21"))
        catalogue.with_user(self.buyer).action_reject_all()
        self.assertEqual((catalogue.state, self.pays(self.desk)), ("rejected", 100))
        self.assertFalse(catalogue.activity_ids)

    def test_another_company_keeps_its_prices(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.info(self.desk, company_id=other.id, price=70)
        catalogue = self.take(self.line("A-2", "21"), action_code="replace")
        self.accept_all(catalogue)
        self.env.invalidate_all()
        self.assertEqual((theirs.price, theirs.date_end), (70, False))
        stranger = self.buyer.copy(
            {"login": "stranger", "company_ids": [(6, 0, other.ids)], "company_id": other.id}
        )
        self.assertFalse(self.env["trade.catalogue"].with_user(stranger).search([("id", "=", catalogue.id)]))
        with self.assertRaises(AccessError):
            catalogue.with_user(stranger).action_accept_all()
