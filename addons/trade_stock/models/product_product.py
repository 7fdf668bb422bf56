from collections import defaultdict

from odoo import models

from odoo.addons.trade_core.event_parts import Units, product

from .. import events


class ProductProduct(models.Model):
    """What is free of a product is announced once per company and transaction, where it changed."""

    _inherit = "product.product"

    def _trade_availability(self, differences):
        """What to announce.

        :param dict differences: ``{product id: {warehouse id: by how much the free quantity changed}}``
        :return: see :func:`~odoo.addons.trade_core.announcing.at_commit`
        """
        sold = self.filtered(lambda one: one.active and one.sale_ok and one.is_storable)
        if not sold:
            return {}
        units, found = Units(sold.uom_id), {}
        touched = self.env["stock.warehouse"].browse(
            {place for places in differences.values() for place in places}
        )
        for one, free in sold._trade_free_by_warehouse(touched.company_id).items():
            before = {
                place: quantity - differences[one.id].get(place.id, 0.0) for place, quantity in free.items()
            }
            found[one.id] = [
                (events.AVAILABILITY_CHANGED, one.with_company(company), None, data)
                for company, data in one._trade_availability_data(before, free, units)
            ]
        return found

    def _trade_availability_data(self, before, free, units):
        """``[(company, data)]`` for each company with a warehouse where what is told changed.

        :param dict before: ``{warehouse: free quantity}`` as it was, ``free`` as it is now
        """
        companies = defaultdict(list)
        for warehouse in free:
            companies[warehouse.company_id].append(warehouse)
        unit, found = self.uom_id, []
        for company, warehouses in companies.items():
            changed = [
                place for place in warehouses if unit.compare(max(before[place], 0.0), max(free[place], 0.0))
            ]
            if not changed:
                continue
            total = sum(max(free[place], 0.0) for place in warehouses)
            data = events.AvailabilityChangedData(
                product=product(self),
                available=units.measure(total, unit),
                warehouses=tuple(
                    events.WarehouseAvailabilityData(
                        warehouse=place.code, available=units.measure(max(free[place], 0.0), unit)
                    )
                    for place in changed
                ),
            )
            found.append((company, data))
        return found

    def _trade_free_by_warehouse(self, companies):
        """``{product: {warehouse: quantity nobody reserved}}`` of all warehouses of these companies, also the
        empty ones; together what Odoo calls the free quantity."""
        warehouses = self.env["stock.warehouse"].search([("company_id", "in", companies.ids)])
        found = {one: dict.fromkeys(warehouses, 0.0) for one in self}
        quants = self.env["stock.quant"]._read_group(
            [("product_id", "in", self.ids), ("location_id.warehouse_id", "in", warehouses.ids)],
            ["product_id", "location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        for one, location, quantity, reserved in quants:
            found[one][location.warehouse_id] += quantity - reserved
        return found
