from odoo import api, models

from odoo.addons.trade_core.wizards.trade_connector_new import Template

from ..models.trade_connector import MAIL


class TradeConnectorNew(models.TransientModel):
    _inherit = "trade.connector.new"

    @api.model
    def _templates(self):
        return super()._templates() | {
            "mail": Template(
                self.env._("Mail: documents as attachments"),
                self.env._(
                    "Partners send their files to an address of ours; our orders leave as attachments."
                ),
                [
                    self.env._("Attachments are taken from senders you accept; mails of others wait for you"),
                    self.env._("What is in a file is recognised, and goes to whom and what it belongs to"),
                ],
                [
                    self.env._("Our address for it, of a domain whose mails Odoo receives"),
                    self.env._("The partner's senders, and where our orders go: on the routes"),
                ],
                {"transport": MAIL, "auth_method": "none"},
                (
                    {"direction": "out", "document_type": "order"},
                    {"direction": "in", "document_type": "interchange", "codec": "auto"},
                ),
            )
        }
