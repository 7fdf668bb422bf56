import uuid
from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from odoo.addons.trade_http.tests.common import make_client, make_partner, shown
from odoo.addons.trade_http.tests.common_isolation import Isolation, Thing
from odoo.addons.trade_http.tests.test_trade_reads import ReadCase

AVAILABILITY = "/trade/v1/availability"
SHIPMENTS = "/trade/v1/shipments"


@tagged("post_install", "-at_install")
class TestStockReads(ReadCase):
    """What a partner reads about stock and its shipments, and what it does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.scope_ids = cls.env["trade.api.scope"].search(
            [("name", "in", ("inventory:read", "shipments:read"))]
        )
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.table, cls.chair, cls.part = cls.env["product.product"].create(
            [
                {"name": "Table", "default_code": "TT-TAB", "barcode": "0036000291452"},
                {"name": "Chair", "default_code": "TT-CHA"},
                {"name": "Secret part", "default_code": "TT-PART", "sale_ok": False},
            ]
        )
        (cls.table | cls.chair | cls.part).is_storable = True
        for product, quantity in ((cls.table, 12), (cls.chair, -3), (cls.part, 5)):
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, quantity)

    @classmethod
    def ship(cls, partner, day=None, quantity=1):
        places = {
            "location_id": cls.warehouse.lot_stock_id.id,
            "location_dest_id": cls.env.ref("stock.stock_location_customers").id,
        }
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": cls.warehouse.out_type_id.id,
                "partner_id": partner.id,
                "origin": "S00042",
                **places,
                "move_ids": [
                    Command.create({"product_id": cls.table.id, "product_uom_qty": quantity, **places})
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.picked = True
        picking._action_done()
        if day:
            picking.date_done = day
        return picking

    # -- availability ------------------------------------------------------------------------------

    def test_what_is_free(self):
        self.ship(self.partner.partner_id, quantity=2)
        [item] = self.items(f"{AVAILABILITY}?code=TT-TAB")
        ten = {"value": "10", "unit_code": "C62"}
        self.assertEqual(item["available"], ten)
        self.assertEqual(item["warehouses"], [{"warehouse": self.warehouse.code, "available": ten}])
        self.assertEqual(item["product"]["code"], "TT-TAB")

    def test_less_than_nothing_is_nothing(self):
        item = self.get(f"{AVAILABILITY}/TT-CHA").json()
        self.assertEqual((item["available"]["value"], item["warehouses"]), ("0", []))

    def test_a_gtin_may_be_spelled_in_any_length(self):
        for code in ("036000291452", "00036000291452", "TT-TAB"):
            self.assertEqual(self.get(f"{AVAILABILITY}/{code}").json()["product"]["name"], "Table", code)

    def test_what_is_not_sold_does_not_exist(self):
        self.assertEqual(self.items(f"{AVAILABILITY}?code=TT-PART"), [])
        self.assertProblem(self.get(f"{AVAILABILITY}/TT-PART"), 404, "not-found")

    def test_what_belongs_to_another_company_does_not_exist(self):
        company = self.env["res.company"].create({"name": "Second House"})
        self.env["product.product"].create(
            {"name": "Lamp", "default_code": "TT-LAMP", "is_storable": True, "company_id": company.id}
        )
        self.assertEqual(self.items(f"{AVAILABILITY}?code=TT-LAMP"), [])

    def test_pages_hold_everything_once(self):
        seen, url = [], f"{AVAILABILITY}?limit=2&code=TT-TAB&code=TT-CHA"
        for _page in range(3):
            body = self.get(url).json()
            seen += [item["product"]["code"] for item in body["items"]]
            if not body["more"]:
                break
            url = f"{AVAILABILITY}?limit=2&code=TT-TAB&code=TT-CHA&after={body['next']}"
        self.assertEqual(seen, ["TT-TAB", "TT-CHA"])

    def test_codes_nobody_can_have(self):
        for url in (AVAILABILITY, SHIPMENTS):
            self.assertProblem(self.get(f"{url}/%00"), 404, "not-found")

    def test_nothing_without_the_scope(self):
        self.client.scope_ids = False
        for url in (AVAILABILITY, SHIPMENTS):
            self.assertProblem(self.get(url), 403, "forbidden")

    # -- shipments ---------------------------------------------------------------------------------

    def test_own_shipments_the_newest_first(self):
        first = self.ship(self.partner.partner_id)
        second = self.ship(self.partner.partner_id)
        second._trade_delivered(datetime(2031, 5, 2, 8, 30), "J. Doe")
        items = self.items(SHIPMENTS)
        self.assertEqual([item["shipment"] for item in items], [second.name, first.name])
        self.assertEqual((items[0]["delivered_at"], items[0]["proof"]), ("2031-05-02T08:30:00Z", "J. Doe"))
        self.assertEqual((items[1]["delivered_at"], items[1]["order"]), (None, "S00042"))
        self.assertEqual(items[0]["lines"][0]["quantity"], {"value": "1", "unit_code": "C62"})

    def test_shipments_of_others_do_not_exist(self):
        other, _route = make_partner(self.env, "Deco Addict")
        picking = self.ship(other.partner_id)
        self.assertEqual(self.items(SHIPMENTS), [])
        theirs = self.assertProblem(self.get(f"{SHIPMENTS}/{picking.name}"), 404, "not-found")
        nobodys = self.assertProblem(self.get(f"{SHIPMENTS}/WH-OUT-0"), 404, "not-found")
        self.assertEqual(theirs, nobodys)

    def test_a_branch_that_trades_itself_is_not_its_parent(self):
        branch = self.env["res.partner"].create({"name": "Branch", "parent_id": self.partner.partner_id.id})
        mine = self.ship(branch)
        self.assertEqual([item["shipment"] for item in self.items(SHIPMENTS)], [mine.name])
        self.env["trade.partner"].create({"partner_id": branch.id, "state": "live"})
        self.assertEqual(self.items(SHIPMENTS), [])

    def test_since_and_by_number(self):
        self.ship(self.partner.partner_id, day="2026-01-01 10:00:00")
        late = self.ship(self.partner.partner_id, day="2026-02-01 10:00:00")
        [item] = self.items(f"{SHIPMENTS}?since=2026-01-15T00:00:00Z")
        self.assertEqual((item["shipment"], item["dispatched_at"]), (late.name, "2026-02-01T10:00:00Z"))
        self.assertEqual(self.get(f"{SHIPMENTS}/{late.name}").json(), item)

    def test_a_client_on_trial_sees_nothing_real(self):
        self.ship(self.partner.partner_id)
        client = make_client(self.env, self.partner, "Trial")
        client.write({"mode": "test", "scope_ids": self.client.scope_ids.ids})
        self.assertEqual(self.items(SHIPMENTS, api_key=shown(client.action_new_key())), [])

    def test_what_has_not_left_is_not_shown(self):
        picking = self.ship(self.partner.partner_id).copy()
        self.assertProblem(self.get(f"{SHIPMENTS}/{picking.name}"), 404, "not-found")


@tagged("post_install", "-at_install")
class TestShipmentsIsolation(Isolation, ReadCase):
    read_name = "shipments"

    def _make(self, profile):
        company = profile.company_id
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        product = self.env["product.product"].create({"name": "Table", "is_storable": True})
        places = {
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        self.env["stock.quant"].with_company(company)._update_available_quantity(
            product, warehouse.lot_stock_id, 5
        )
        number = f"OUT-{uuid.uuid4().hex[:8]}"
        picking = (
            self.env["stock.picking"]
            .with_company(company)
            .create(
                {
                    "name": number,
                    "picking_type_id": warehouse.out_type_id.id,
                    "partner_id": profile.partner_id.id,
                    **places,
                    "move_ids": [Command.create({"product_id": product.id, "product_uom_qty": 1, **places})],
                }
            )
        )
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.picked = True
        picking._action_done()
        return Thing(picking.name, picking.name)


@tagged("post_install", "-at_install")
class TestAvailabilityIsolation(Isolation, ReadCase):
    """What is available is the same for all partners; what another company of ours sells is not shown."""

    read_name = "availability"
    strangers = ("company",)

    def _make(self, profile):
        code = f"A-{uuid.uuid4().hex[:8]}"
        self.env["product.product"].create(
            {
                "name": "Table",
                "default_code": code,
                "is_storable": True,
                "company_id": profile.company_id.id,
            }
        )
        return Thing(code, code)
