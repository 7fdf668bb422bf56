from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_kernel import codecs

_PARTS = ("number", "type", "partner", "company", "id", "extension")


class TradeRoute(models.Model):
    """Who may send us documents by mail, and to whom ours go."""

    _inherit = "trade.route"

    mail_senders = fields.Text(
        "Senders accepted",
        help="One address per line, or a domain such as @example.com. Mails of others are kept, and"
        " somebody is asked.",
    )
    mail_files = fields.Char(
        "Which attachments",
        default="*.xml *.edi *.edifact *.txt *.x12 *.csv *.xlsx *.json",
        help="Names with * and ?",
    )
    mail_to = fields.Char("To", help="Mail addresses, separated by commas.")
    mail_subject = fields.Char("Subject", default="{type} {number} – {company}")
    mail_text = fields.Text(
        "Text",
        default="Please find {type} {number} attached. This mail was sent automatically.\n\n{company}",
        help="In subject and text: {number}, {type}, {partner}, {company}, {id}.",
    )

    @api.constrains("mail_subject", "mail_text")
    def _check_mail_texts(self):
        for route in self:
            for text in filter(None, (route.mail_subject, route.mail_text)):
                try:
                    text.format(**dict.fromkeys(_PARTS, "x"))
                except (KeyError, IndexError, ValueError):
                    raise ValidationError(
                        self.env._(
                            "%(text)s cannot be written. What can be in it: %(parts)s, and any other text.",
                            text=text[:60],
                            parts=", ".join(f"{{{part}}}" for part in _PARTS),
                        )
                    ) from None

    def _mail_parts(self, message):
        types = dict(self._selection_document_type())
        return {
            "number": message.document_number or "",
            "type": types.get(message.document_type, ""),
            "partner": message.trade_partner_id.name or "",
            "company": message.company_id.name,
            "id": message.id,
            "extension": codecs.get(message.codec).extensions[0],
        }

    def _mail_subject(self, message):
        subject = (self.mail_subject or "{type} {number}").format(**self._mail_parts(message))
        return f"TEST {subject}" if message.mode == "test" else subject

    def _mail_body(self, message):
        return (self.mail_text or "{type} {number}").format(**self._mail_parts(message))

    def _mail_file_name(self, message):
        parts = self._mail_parts(message)
        name = f"{message.document_type}_{parts['number']}_{message.id}{parts['extension']}"
        return "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in name)
