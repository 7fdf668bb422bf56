from odoo import api, models
from odoo.fields import Domain

from odoo.addons.trade_kernel import events

#: the only events about nothing real: what a test client may see
TEST_TYPES = ("tradelane.subscription.tested.v1",)


class TradeApiReadEvents(models.AbstractModel):
    """The event feed: what was relayed, in the order of its positions."""

    _name = "trade.api.read.events"
    _inherit = ["trade.api.read"]
    _description = "Event Feed of the API"

    @api.model
    def _page(self, door, params, after, limit):
        domain = self._domain(door, params.type)
        if after is not None:
            domain &= Domain("position", ">", int(after))
        found = self.env["trade.event"].search(domain, order="position", limit=limit)
        place = str(found[-1].position) if found else after
        return [event._cloud_event() for event in found], place

    @api.model
    def _domain(self, door, names=()):
        """Which events this caller is told."""
        told = [
            event_type
            for event_type in events.available()
            if event_type.scope in door.scopes and (not names or event_type.name in names)
            if not door.test or event_type.name in TEST_TYPES
        ]
        mine = [event_type.name for event_type in told if event_type.audience == "partner"]
        all_of = [event_type.name for event_type in told if event_type.audience == "everyone"]
        if door.internal:
            audience = Domain("type", "in", [event_type.name for event_type in told])
        else:
            own = Domain("trade_partner_id", "=", door.trade_partner_id)
            audience = (Domain("type", "in", mine) & own) | Domain("type", "in", all_of)
        return Domain("company_id", "=", door.company_id) & Domain("position", ">", 0) & audience
