from odoo import models

from ..mail.files import files
from ..mail.senders import is_verified


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Attachments with documents in them are taken byte for byte: what Odoo makes of a mail has lost the
        encoding of texts, and with it what was signed and what the sender wrote."""
        if any(route[0] == "trade.mail" for route in routes or ()):
            message_dict = {
                **message_dict,
                "attachments": [],
                "trade_mail": {
                    "files": list(files(message)),
                    "verified": lambda server: is_verified(message, server),
                },
            }
        return super()._message_route_process(message, message_dict, routes)
