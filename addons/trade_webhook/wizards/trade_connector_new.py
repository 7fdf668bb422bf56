from odoo import api, models

from odoo.addons.trade_core.wizards.trade_connector_new import Template

from ..models.trade_connector import WEBHOOK


class TradeConnectorNew(models.TransientModel):
    """A webhook is more than a connector: its own dialog asks for the events and makes everything at once."""

    _inherit = "trade.connector.new"

    @api.model
    def _templates(self):
        webhook = Template(
            self.env._("We tell them what happens here (webhook)"),
            self.env._("An order was confirmed, a shipment left: their address is called at once, signed."),
            [
                self.env._("Events in their order, tried again for about 28 hours"),
                self.env._("A signing secret, shown once for you to give to them"),
            ],
            [self.env._("Their address"), self.env._("Which events they want: the next step asks")],
            {"transport": WEBHOOK, "auth_method": "hmac"},
        )
        return {**super()._templates(), WEBHOOK: webhook}

    def action_create(self):
        if self.template != WEBHOOK:
            return super().action_create()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("trade_webhook.trade_webhook_new_action"),
            "context": {
                "default_trade_partner_id": self.trade_partner_id.id,
                "default_name": self.name,
                "default_base_url": self.base_url,
                "default_environment": self.environment,
                "default_company_id": self.company_id.id,
            },
        }
