from odoo import fields

from odoo.addons.trade_core.events import PARTNER_ACTIVATED, PartnerData
from odoo.addons.trade_core.pipeline.relay import LANE
from odoo.addons.trade_core.tests.common_connector import ConnectorCase


class WebhookCase(ConnectorCase):
    """One of our own systems subscribes to everything; a server on this machine takes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("trade_webhook.allowed_networks", "127.0.0.0/8")
        own = cls.env["res.partner"].create({"name": "Insight"})
        cls.system = cls.env["trade.partner"].create(
            {"partner_id": own.id, "state": "live", "is_internal": True, "user_id": cls.env.user.id}
        )
        cls.env["trade.event"].search([]).unlink()  # what happened before nobody shall be told
        cls.webhook = cls.env["trade.webhook.new"].create(
            {
                "trade_partner_id": cls.system.id,
                "name": "Everything to Insight",
                "base_url": f"{cls.server.url}/events",
                "all_types": True,
            }
        )
        shown = cls.webhook.action_create_webhook()
        cls.secret = shown["params"]["secret"]
        cls.subscription = cls.env["trade.subscription"].browse(shown["params"]["next"]["res_id"])
        cls.connector = cls.subscription.connector_id
        cls.lane = f"out/{cls.subscription.route_id.id}/0"

    def _happens(self, count=1, record=None):
        """Something happens, and is passed on.

        :return: the events
        """
        record = record or self.trade_partner
        data = PartnerData(name=record.name, state="live", roles=("supplier",))
        events = self.env["trade.event"].concat(
            *(self.env["trade.event"]._emit(PARTNER_ACTIVATED, record, data=data) for _number in range(count))
        )
        self._work(LANE)
        return events

    def _work(self, lane=None):
        """Run a lane as its job does; by default the one that calls the receiver."""
        self.env.flush_all()
        self.env["trade.lane"]._drain(lane or self.lane)
        self.env.invalidate_all()

    def _due(self, messages):
        """Time passes: what waits for its next try, or for the receiver, may go now."""
        messages.write({"not_before": False})
        self.connector.write({"circuit_probe_at": fields.Datetime.now(), "wait_until": False})

    def _messages(self, events=None):
        domain = [("route_id", "=", self.subscription.route_id.id)]
        if events is not None:
            domain.append(("event_id", "in", events.ids))
        return self.env["trade.message"].search(domain, order="id")
