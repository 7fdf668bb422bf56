from odoo import Command

from odoo.addons.trade_core.tests.common_events import EventCase


class StockCase(EventCase):
    """A warehouse with 100 tables, and deliveries to a customer who is a trading partner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.shelf = cls.warehouse.lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.table = cls.make_product("Table", default_code="TAB")
        cls.stock(cls.table, 100)
        cls.start = cls.commit()

    @classmethod
    def make_product(cls, name, **vals):
        return cls.env["product.product"].create({"name": name, "is_storable": True, **vals})

    @classmethod
    def stock(cls, product, quantity, location=None):
        """Put goods on a shelf, as a count does."""
        cls.env["stock.quant"]._update_available_quantity(product, location or cls.shelf, quantity)

    @classmethod
    def make_delivery(cls, *lines, partner=None, kind=None, destination=None, **vals):
        """A delivery that is ready; lines are ``(product, quantity)``, by default 3 tables."""
        kind = kind or cls.warehouse.out_type_id
        destination = destination or cls.customers
        places = {"location_id": cls.shelf.id, "location_dest_id": destination.id}
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": (partner or cls.customer).id,
                "origin": "S00042",
                **places,
                "move_ids": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity, **places})
                    for product, quantity in lines or [(cls.table, 3)]
                ],
                **vals,
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    @classmethod
    def ship(cls, pickings):
        """Validate, whole."""
        pickings.move_ids.picked = True
        pickings._action_done()
        return pickings
