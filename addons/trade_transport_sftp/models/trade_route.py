import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.errors import ValidationFailed

_PARTS = ("number", "type", "id", "date", "extension", "reference")
_FORBIDDEN = re.compile(r"[^\w.\-=+@ ]", re.ASCII)


class TradeRoute(models.Model):
    """Where files lie, what they are called, and what becomes of those that were fetched."""

    _inherit = "trade.route"

    file_name = fields.Char(
        "Name of files",
        default="{type}_{number}_{id}{extension}",
        help="{number}: the document's number; {type}: its type; {id}: our number of the message, which"
        " makes names"
        " differ; {date}: the day; {extension}: the format's ending.",
    )
    file_pattern = fields.Char(
        "Which files", default="*", help="Names with * and ?, several separated by blanks: *.edi *.txt"
    )
    file_after = fields.Selection(
        [
            ("archive", "Move them to the archive"),
            ("delete", "Delete them"),
            ("keep", "Leave them there"),
        ],
        "After fetching",
        default="archive",
        required=True,
        help="Done once a file is stored here, never before.",
    )
    file_archive = fields.Char(
        "Archive", help="A folder beside the others. Empty: archive, within the folder."
    )

    @api.constrains("file_name")
    def _check_file_name(self):
        for route in self.filtered("file_name"):
            try:
                route.file_name.format(**dict.fromkeys(_PARTS, "x"))
            except (KeyError, IndexError, ValueError):
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be a name of files. What can be in it: %(parts)s, and any other"
                        " text.",
                        name=route.file_name,
                        parts=", ".join(f"{{{part}}}" for part in _PARTS),
                    )
                ) from None

    def _file_name(self, message):
        """What the file of a message is called: always the same, however often it is sent.

        :raise ValidationFailed: ``files.name``
        """
        self.ensure_one()
        template = self.file_name or "{type}_{number}_{id}{extension}"
        name = template.format(
            number=message.document_number or "",
            type=message.document_type or "document",
            id=message.id,
            date=f"{message.received_at:%Y%m%d}",
            extension=codecs.get(message.codec).extensions[0],
            reference=message.idempotency_key,
        )
        name = _FORBIDDEN.sub("-", name).strip(" .")
        if not name or len(name) > 200:
            raise ValidationFailed(
                "files.name", name=name[:60], reason="it is empty or longer than 200 characters"
            )
        return name
