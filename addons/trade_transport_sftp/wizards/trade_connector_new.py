from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.wizards.trade_connector_new import Template

from ..models.trade_connector import FOLDER, SFTP


class TradeConnectorNew(models.TransientModel):
    _inherit = "trade.connector.new"

    @api.model
    def _templates(self):
        whole = self.env._("Files are taken when they are whole, and archived once they are stored")
        order_out = {"direction": "out", "document_type": "order", "endpoint": "in", "codec": "edifact"}
        files_in = {
            "direction": "in",
            "document_type": "interchange",
            "codec": "auto",
            "endpoint": "out",
            "poll": True,
        }
        return super()._templates() | {
            "sftp": Template(
                self.env._("Files over SFTP: a partner's server, or an EDI network"),
                self.env._("Orders are put into one folder; whatever lies in another is picked up."),
                [
                    self.env._(
                        "Orders go to the folder in, files are picked up from the folder out every 15 minutes"
                    ),
                    whole,
                    self.env._("What is in a file is recognised, and goes to whom and what it belongs to"),
                ],
                [
                    self.env._("The server's address, such as sftp://sftp.example.com/mailbox"),
                    self.env._("User name, and password or SSH key"),
                    self.env._("The server's key: compare it with what the partner says"),
                ],
                {"transport": SFTP, "auth_method": "basic"},
                (order_out, files_in),
            ),
            "folder": Template(
                self.env._("Files in a folder of this server"),
                self.env._(
                    "Another program on the server, such as an AS2 gateway, exchanges files with the partner."
                ),
                [self.env._("Orders go to the folder in, files are picked up from the folder out"), whole],
                [
                    self.env._("The folder, which the server's configuration must allow"),
                ],
                {"transport": FOLDER, "auth_method": "none"},
                (order_out, files_in),
            ),
        }

    @api.onchange("base_url")
    def _onchange_base_url(self):
        if self.transport == FOLDER:
            return None
        if self.transport != SFTP:
            return super()._onchange_base_url()
        if self.base_url:
            self.env["trade.connector"]._check_sftp_address(self.base_url)
        return None

    def action_create(self):
        if self.transport in (SFTP, FOLDER) and not self.base_url:
            raise UserError(self.env._("Enter where the files are."))
        return super().action_create()
