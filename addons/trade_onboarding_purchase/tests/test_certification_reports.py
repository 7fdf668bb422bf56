import itertools
import json
import uuid

from odoo.tests import tagged

from .common import CertificationCase


@tagged("post_install", "-at_install")
class TestCertificationReports(CertificationCase):
    """What comes without being asked for: stock, prices, where a shipment is."""

    def _certified(self, document_type, profile=None):
        """Certify a new route for documents of this kind; tests are skipped where nothing reads them."""
        if f"trade.adapter.in.{document_type}" not in self.env:
            self.assertIsNone(self.env["trade.certification.cases"]._of(document_type))
            self.skipTest(f"nothing reads {document_type} here")
        self.route = self.env["trade.route"].create(
            {
                "trade_partner_id": (profile or self.profile).id,
                "connector_id": self.connector.id,
                "direction": "in",
                "document_type": document_type,
                "mode": "test",
            }
        )
        found = self.env["trade.certification"]._for_profile(profile or self.profile)
        self.certification = found.filtered(lambda one: one.route_in_id == self.route)
        self.assertFalse(self.certification.route_out_id, "nothing is sent")
        return self.route

    def _head(self, test, document_type, **more):
        return {"document_type": document_type, "id": test.number, "issue_date": "2031-01-05", **more}

    def stock(self, test, value="7", unit=None, count=None):
        lines = [
            {
                "id": line["id"],
                "item": line["item"],
                "quantity": {"value": value, "unit_code": unit or line["quantity"]["unit_code"]},
                "quantity_type_code": "available",
            }
            for line in test.asked["order_lines"][:count]
        ]
        return self._head(test, "inventory_report", report_scope="delta", inventory_lines=lines)

    def prices(self, test, *factors, currency=None):
        lines = []
        for line, factor in zip(test.asked["order_lines"], [*factors, 1, 1], strict=False):
            amount = line["price"]["price_amount"]
            amount = {
                "value": f"{float(amount['value']) * factor:.2f}",
                "currency_id": currency or amount["currency_id"],
            }
            lines.append(
                {"id": line["id"], "item": line["item"], "prices": [{"price": {"price_amount": amount}}]}
            )
        return self._head(test, "price_catalogue", action_code="update", catalogue_lines=lines)

    def status(self, test, code="picked_up", day=None, shipment=None):
        more = {"estimated_delivery_period": {"end_date": day}} if day else {}
        return {
            **self._head(test, "shipment_status", **more),
            "id": f"S-{uuid.uuid4().hex[:8]}",
            "shipment_id": shipment or test.number,
            "transport_events": [{"status_code": code, "occurrence_date": "2031-01-05"}],
        }

    def broken(self, document):
        return json.dumps(document).encode()[:-20]

    def twice(self, document):
        self.come(document, self.route)
        self.come(document, self.route)

    def fails(self, test, document, *codes):
        self.come(document, self.route)
        self.assertEqual((test.state, self.codes(test.last_run_id)), ("failed", list(codes)))
        self.assertTrue(all(one["remedy"] for one in test.findings if one["level"] == "error"))

    def passes(self, test, document):
        self.come(document, self.route)
        self.assertPassed(test)

    def test_stock(self):
        self._certified("inventory_report")
        test = self.sent("accepted")
        self.assertFalse(test.message_id, "nothing is sent")
        self.assertEqual(test.run_ids.kind, "asked")
        row = test._row()
        self.assertFalse(row["sends"])
        for line, words in zip(test.asked["order_lines"], row["lines"], strict=True):
            self.assertIn(line["item"]["sellers_item_identification"]["id"], words)
        self.fails(test, self.stock(test, count=1), "not_listed")
        self.fails(test, self.stock(test, unit="BX"), "unit", "unit")
        self.fails(test, self.stock(test, value="-3"), "negative", "negative")
        self.passes(test, self.stock(test))
        self.assertFalse(
            self.env["trade.supplier.stock"].search([("trade_partner_id", "=", self.profile.id)])
        )
        self.assertFalse(self.env["purchase.order"].search([("name", "=", test.number)]))

    def test_stock_broken_and_twice(self):
        self._certified("inventory_report")
        broken = self.sent("malformed")
        self.passes(broken, self.broken({"id": broken.number, **self.stock(broken)}))
        test = self.sent("duplicate")
        self.twice(self.stock(test))
        self.assertPassed(test)

    def test_stock_is_uploaded_where_numbers_cannot_be_chosen(self):
        self._certified("inventory_report")
        test = self.sent("accepted")
        test._upload(json.dumps({**self.stock(test), "id": "2031-5"}).encode(), "stock.json")
        self.assertPassed(test)

    def test_prices(self):
        self._certified("price_catalogue")
        test = self.sent("accepted")
        self.fails(test, self.prices(test, 2), "price")
        self.fails(test, self.prices(test, currency="JPY"), "currency", "currency", "catalogue.currency")
        self.passes(test, self.prices(test))
        test = self.sent("changed")
        self.fails(test, self.prices(test), "same_price")
        self.passes(test, self.prices(test, 1, 1.1))
        self.assertFalse(self.env["trade.catalogue"].search([("trade_partner_id", "=", self.profile.id)]))

    def test_prices_broken_and_twice(self):
        self._certified("price_catalogue")
        broken = self.sent("malformed")
        self.passes(broken, self.broken(self.prices(broken)))
        test = self.sent("duplicate")
        self.twice(self.prices(test))
        self.assertPassed(test)

    def test_shipments_of_a_carrier(self):
        """A carrier sells nothing to us, so its tests need no products."""
        partner = self.env["res.partner"].create({"name": "Carrier", "is_company": True})
        carrier = self.env["trade.partner"].create({"partner_id": partner.id, "state": "draft"})
        self.connector = self.connector.copy({"name": "Carrier", "trade_partner_id": carrier.id})
        self._certified("shipment_status", carrier)
        test = self.sent("accepted")
        self.fails(test, self.status(test, "exception"), "trouble")
        self.fails(test, self.status(test, day="2039-01-01"), "later")
        self.passes(test, self.status(test, day=test.wanted_on.isoformat()))
        self.assertTrue(test.effects)
        later = self.sent("changed")
        self.fails(later, self.status(later), "not_later")
        self.passes(later, self.status(later, "in_transit", day="2039-01-01"))
        broken = self.sent("malformed")
        self.passes(broken, self.broken(self.status(broken)))
        twice = self.sent("duplicate")
        self.twice(self.status(twice))
        self.assertPassed(twice)
        self.assertEqual(self.certification.state, "passed")
        self.assertEqual(self.certification.proof["settings"]["out"], {})
        self.assertFalse(self.env["trade.despatch"].search([("trade_partner_id", "=", carrier.id)]))

    def test_every_document_of_a_supplier_has_tests_for_broken_and_double_files(self):
        cases, Case = self.env["trade.certification.cases"], self.env["trade.certification.case"]
        types = dict(self.env["trade.route"]._selection_document_type())
        pairs = itertools.product(types, (None, *types))
        tested = [pair for pair in pairs if cases._of(*pair) is not None]
        self.assertIn(("order_response", "order_cancellation"), tested)
        for pair in tested:
            kinds = set(Case._for(self.env["trade.onboarding.template"], *pair).mapped("kind"))
            self.assertLessEqual({"accepted", "malformed", "duplicate"}, kinds, pair)

    def test_a_role_without_tests_says_so(self):
        partner = self.env["res.partner"].create({"name": "Shop", "is_company": True})
        profile = self.env["trade.partner"].create({"partner_id": partner.id, "state": "draft"})
        template = self.env.ref("trade_onboarding.template_marketplace").copy()
        template.step_ids.filtered(lambda step: step.kind != "certification").unlink()
        case = self.env["trade.onboarding"].create(
            {
                "name": "Shop",
                "template_id": template.id,
                "partner_id": partner.id,
                "trade_partner_id": profile.id,
            }
        )
        step = case.step_ids
        self.assertEqual((step.kind, step.state), ("certification", "done"))
        self.assertIn("No tests yet", step.findings[0]["text"])
