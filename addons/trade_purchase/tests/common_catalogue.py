import json
import uuid
from datetime import date, timedelta

from odoo import fields
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.trade_core.pipeline import inbound

from .. import catalogue_apply


class CatalogueCase(TransactionCase):
    """A vendor with a route for catalogues, and products it has prices for: A-1 … at 100, 20, 15."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = new_test_user(
            cls.env, "catalogue_buyer", "purchase.group_purchase_manager,trade_core.group_trade_user"
        )
        cls.clerk = new_test_user(cls.env, "catalogue_clerk", "purchase.group_purchase_user")
        cls.vendor = cls.env["res.partner"].create({"name": "Wood Corner", "is_company": True})
        cls.profile = cls.env["trade.partner"].create({"partner_id": cls.vendor.id, "state": "live"})
        cls.connector = cls.env["trade.connector"].create(
            {"name": "Wood Corner", "trade_partner_id": cls.profile.id, "transport": "manual"}
        )
        cls.route = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.profile.id,
                "connector_id": cls.connector.id,
                "direction": "in",
                "document_type": "price_catalogue",
                "catalogue_outlier_percent": 20,
            }
        )
        cls.env.company.partner_id.tz = "UTC"
        cls.today = fields.Date.context_today(cls.env.user.with_context(tz="UTC"))
        cls.desk, cls.shelf, cls.stool = (
            cls.item(name, code, price)
            for name, code, price in (("Desk", "A-1", 100.0), ("Shelf", "A-2", 20.0), ("Stool", "A-3", 15.0))
        )

    @classmethod
    def item(cls, name, code, price, **vals):
        """A product the vendor has a price for."""
        product = cls.env["product.product"].create({"name": name})
        cls.info(product, product_code=code, price=price, **vals)
        return product

    @classmethod
    def info(cls, product, **vals):
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.vendor.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_id": product.id,
                **vals,
            }
        )

    # -- catalogues --------------------------------------------------------------------------------

    @classmethod
    def catalogue(cls, *lines, number=None, revision=0, **header):
        return {
            "document_type": "price_catalogue",
            "id": number or f"CAT-{uuid.uuid4().hex[:8]}",
            "sequence_number": revision,
            "issue_date": "2026-01-05",
            "catalogue_lines": [{"id": str(at), **line} for at, line in enumerate(lines, 1)],
            **header,
        }

    @staticmethod
    def price(value, *, currency="USD", base=None, unit="C62", minimum=None, start=None, end=None, **more):
        said = {"price": {"price_amount": {"value": str(value), "currency_id": currency}}, **more}
        if base:
            said["price"]["base_quantity"] = {"value": str(base), "unit_code": unit}
        if minimum is not None:
            said["minimum_quantity"] = {"value": str(minimum), "unit_code": unit}
        period = {"start_date": start, "end_date": end}
        if any(period.values()):
            said["validity_period"] = {name: day.isoformat() for name, day in period.items() if day}
        return said

    @classmethod
    def line(cls, code, *prices, **more):
        prices = [price if isinstance(price, dict) else cls.price(price) for price in prices]
        return {"item": {"sellers_item_identification": {"id": code}}, "prices": prices, **more}

    @classmethod
    def process(cls, *documents, parent=None, key=None):
        """Store documents and run them in one batch.

        :param parent: the message of the file they are pieces of
        """
        Message = cls.env["trade.message"]
        receipts = [
            Message._receive(
                json.dumps(document).encode(),
                route=cls.route,
                scope=f"part:{parent.id}" if parent else "test",
                key=str(at) if parent else uuid.uuid4().hex,
                parent=parent,
            )
            for at, document in enumerate(documents, key or 1)
        ]
        messages = Message.browse([receipt.message_id for receipt in receipts])
        return cls.run_lane(messages)

    @classmethod
    def run_lane(cls, messages):
        inbound.process(messages)
        cls.env.flush_all()
        cls.env.invalidate_all()
        return messages

    def drain(self, catalogue, limit=5000):
        """What the catalogue's lane does, step by step."""
        for _step in range(100):
            if not catalogue_apply.step(self.env, catalogue._lane(), limit).count:
                return
            self.env.flush_all()
            self.env.invalidate_all()
        self.fail("the lane never comes to an end")

    def take(self, *lines, **header):
        """A catalogue as it is after its lane has run."""
        message = self.process(self.catalogue(*lines, **header))
        self.assertEqual(message.state, "applied", message.state_reason)
        catalogue = self.env["trade.catalogue"].browse(message.res_id)
        self.drain(catalogue)
        return catalogue

    def accept_all(self, catalogue):
        catalogue.with_user(self.buyer).action_accept_all()
        self.drain(catalogue)
        return catalogue

    # -- what is looked at -------------------------------------------------------------------------

    def prices(self, product, *names):
        """The vendor's prices of a product as they are stored, in the order of time."""
        self.env.invalidate_all()
        infos = self.env["product.supplierinfo"].search(
            [("product_tmpl_id", "=", product.product_tmpl_id.id), ("partner_id", "=", self.vendor.id)]
        )
        infos = infos.sorted(lambda info: (info.min_qty, info.date_start or date.min, info.id))
        return [tuple(info[name] for name in names or ("price", "date_start", "date_end")) for info in infos]

    def pays(self, product, quantity=1, day=None):
        """What Odoo would pay for a product on a day."""
        self.env.invalidate_all()
        seller = product._select_seller(partner_id=self.vendor, quantity=quantity, date=day or self.today)
        return seller and seller.price

    @classmethod
    def days(cls, number):
        return cls.today + timedelta(days=number)

    def rows(self, catalogue, **values):
        self.env.invalidate_all()
        return catalogue.change_ids.filtered_domain([(name, "=", value) for name, value in values.items()])

    def assertNoOverlap(self):
        """Never do two prices of one level hold on one day."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT a.id, b.id FROM product_supplierinfo a JOIN product_supplierinfo b
              ON a.id < b.id AND a.partner_id = b.partner_id AND a.product_tmpl_id = b.product_tmpl_id
             AND a.product_id IS NOT DISTINCT FROM b.product_id AND a.min_qty = b.min_qty
             AND a.company_id IS NOT DISTINCT FROM b.company_id
             AND COALESCE(a.date_start, '-infinity') <= COALESCE(b.date_end, 'infinity')
             AND COALESCE(b.date_start, '-infinity') <= COALESCE(a.date_end, 'infinity')
             AND COALESCE(a.date_start, '-infinity') <= COALESCE(a.date_end, 'infinity')
             AND COALESCE(b.date_start, '-infinity') <= COALESCE(b.date_end, 'infinity')
             WHERE a.partner_id = %s""",
            [self.vendor.id],
        )
        self.assertFalse(self.env.cr.fetchall())
