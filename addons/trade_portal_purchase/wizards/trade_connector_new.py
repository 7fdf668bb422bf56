from odoo import api, models

from odoo.addons.trade_core.wizards.trade_connector_new import Template

from ..models.trade_connector import PAGES

_OUT = ("order", "order_change", "order_cancellation")
_IN = ("order_response", "despatch_advice", "invoice")


class TradeConnectorNew(models.TransientModel):
    _inherit = "trade.connector.new"

    @api.model
    def _templates(self):
        _ = self.env._
        sent = [
            {"direction": "out", "document_type": document_type, "ack_expected": "response"}
            for document_type in _OUT
        ]
        taken = [
            {"direction": "in", "document_type": document_type}
            for document_type in _IN
            if f"trade.adapter.in.{document_type}" in self.env.registry
        ]
        return super()._templates() | {
            "pages": Template(
                _("By e-mail: they answer on a page"),
                _("For suppliers without systems: each order is an e-mail with a link to its page."),
                [
                    _("Orders, changes and cancellations leave as e-mails in the supplier's language"),
                    _("On the page they confirm, propose, ship and bill; they need no account"),
                    _("What they say is compared and decided as if a system had sent it"),
                ],
                [_("The e-mail address of the vendor: on the contact, or on the routes")],
                {"transport": PAGES, "auth_method": "none"},
                (*sent, *taken),
            )
        }
