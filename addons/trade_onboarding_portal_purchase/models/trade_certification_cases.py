from odoo import api, models

from odoo.addons.trade_portal_purchase.models.trade_connector import PAGES


class TradeRoute(models.Model):
    _inherit = "trade.route"

    def _of_systems(self):
        """Without the routes of pages, which people read."""
        return self.filtered(lambda route: route.connector_id.transport != PAGES)


class TradeCertificationCases(models.AbstractModel):
    """Systems are tested; where there is one, the pages beside it are not."""

    _inherit = "trade.certification.cases"

    @api.model
    def _routes(self, profile):
        routes = super()._routes(profile)
        return routes._of_systems() or routes
