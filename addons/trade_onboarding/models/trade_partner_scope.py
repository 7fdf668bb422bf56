from odoo import api, fields, models
from odoo.exceptions import ValidationError


class TradePartner(models.Model):
    """What was agreed with a partner about products, places, deliveries and support."""

    _inherit = "trade.partner"

    product_category_ids = fields.Many2many("product.category", string="Product categories")
    product_ids = fields.Many2many("product.product", string="And these products")
    eligibility_note = fields.Char("Further")
    territory_country_ids = fields.Many2many("res.country", string="Countries")
    territory_note = fields.Char("Regions, exceptions")
    delivery_days = fields.Char("Delivery days")
    delivery_until = fields.Char("Until", help="The time of day, such as 15:00.")
    delivery_places = fields.Char("Warehouses")
    min_order = fields.Monetary("Smallest order")
    shipping_note = fields.Text("Packing, pallets, labels")
    support_level = fields.Char()
    support_contact = fields.Char()
    support_until = fields.Date("Support until")
    parent_id = fields.Many2one(
        "trade.partner",
        "Reports to",
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
        help="The partner whose figures these are part of: a group, a franchise, a head office.",
    )
    child_ids = fields.One2many("trade.partner", "parent_id", "Reported by")

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A partner cannot report to itself, not through others either."))

    def _not_agreed(self, products):
        """Those of ``products`` that this partner may not supply or buy; none where nothing was agreed."""
        self.ensure_one()
        categories, agreed = self.product_category_ids, self.product_ids
        if not categories and not agreed:
            return products.browse()
        inside = categories.search([("id", "child_of", categories.ids)]) if categories else categories
        return products.filtered(lambda product: product.categ_id not in inside and product not in agreed)
