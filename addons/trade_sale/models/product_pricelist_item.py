from odoo import api, models

from odoo.addons.trade_core.announcing import at_commit

#: everything a price follows from
TOLD = (
    "pricelist_id", "applied_on", "product_tmpl_id", "product_id", "categ_id", "min_quantity",
    "date_start", "date_end", "base", "base_pricelist_id", "compute_price", "fixed_price", "percent_price",
    "price_discount", "price_round", "price_surcharge", "price_min_margin", "price_max_margin",
)  # fmt: skip


#: what a rule that is being made was before
NEW = {}


def first_of_each(earlier, later):
    """What was noted of each rule first is how the transaction found it; of a new one it found nothing,
    whatever its own making writes."""
    return {**later, **earlier, **{item_id: row for item_id, row in later.items() if row == NEW}}


class ProductPricelistItem(models.Model):
    """A rule that changes is a change of its price list."""

    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._trade_touch(items._trade_notes(dict.fromkeys(items.ids, NEW)))
        return items

    def write(self, vals):
        if set(TOLD).isdisjoint(vals):
            return super().write(vals)
        notes = self._trade_notes(self._trade_rows())
        result = super().write(vals)
        self._trade_touch(notes)
        if "pricelist_id" in vals:
            self._trade_touch(self._trade_notes({}))
        return result

    def unlink(self):
        notes = self._trade_notes(self._trade_rows())
        result = super().unlink()
        self._trade_touch(notes)
        return result

    def _trade_touch(self, notes):
        """Look at the price lists of these rules before the commit."""
        at_commit(self.env["product.pricelist"], "_trade_events", notes, merge=first_of_each)

    def _trade_notes(self, before):
        """``{price list id: {rule id: row}}``

        :param dict before: the rows by rule, as they were; nothing of a rule that is new in its list
        """
        return {
            pricelist.id: {item.id: before.get(item.id) for item in items}
            for pricelist, items in self.grouped("pricelist_id").items()
            if pricelist
        }

    def _trade_rows(self):
        """``{item id: {field: value}}`` of everything a price follows from, at once."""
        return {row["id"]: row for row in self.sudo().read(TOLD, load=None)}
