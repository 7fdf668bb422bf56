from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.trade_kernel.errors import Silence


class TradeRoute(models.Model):
    """How old what a supplier says of their stock may become, and what happens then."""

    _inherit = "trade.route"

    stock_max_age = fields.Float(
        "Too old after (hours)",
        default=48.0,
        help="Stock that was reported longer ago is shown in red, and no report for so long is a problem."
        " 0: never.",
    )

    def _stock_silence(self):
        return (
            self.env["trade.exception"]
            .sudo()
            .search([("is_open", "=", True), ("route_id", "in", self.ids), ("code", "=", "stock.silent")])
        )

    def _last_stock(self):
        """``{route: when its newest report was true}``; before there is one, when it was set up."""
        newest = {
            route.id: as_of
            for route, as_of in self.env["trade.supplier.report"]._read_group(
                [("route_id", "in", self.ids)], ["route_id"], ["as_of:max"]
            )
        }
        return {route: newest.get(route.id) or route.create_date for route in self}

    def _is_stock_late(self, last):
        self.ensure_one()
        limit = timedelta(hours=self.stock_max_age)
        return bool(limit) and fields.Datetime.now() - last > limit

    @api.model
    def _stock_routes(self):
        return self.search(
            [("direction", "=", "in"), ("document_type", "=", "inventory_report"), ("stock_max_age", ">", 0)]
        )

    @api.model
    def _stale_stock_domain(self):
        """Reports that are too old to rely on."""
        routes, now = self._stock_routes(), fields.Datetime.now()
        confirmed = self.env["trade.supplier.report"]._confirmed(routes)
        return fields.Domain.OR(
            fields.Domain("route_id", "=", route.id) & fields.Domain("as_of", "<", cutoff)
            for route in routes
            for cutoff in [now - timedelta(hours=route.stock_max_age)]
            if not (route.id in confirmed and confirmed[route.id] >= cutoff)
        )

    @api.model
    def _cron_stock_silence(self):
        """Suppliers whose stock reports do not come any more are a problem (cron)."""
        routes = self._stock_routes().filtered(lambda route: route._is_running())
        told = routes._stock_silence().route_id
        for route, last in (routes - told)._last_stock().items():
            if route._is_stock_late(last):
                self.env["trade.exception"]._open(
                    Silence(
                        "stock.silent",
                        partner=route.trade_partner_id.name,
                        hours=f"{route.stock_max_age:g}",
                        last=fields.Datetime.to_string(last),
                        subject=f"stock:{route.id}",
                    ),
                    company=route.company_id,
                    trade_partner=route.trade_partner_id,
                    route=route,
                )

    def _stock_came(self):
        """A report was applied: the silence has ended, unless it was old already."""
        problems = self._stock_silence()
        if problems and not self._is_stock_late(self._last_stock()[self]):
            problems._auto_resolve(self.env._("A stock report has come."))
