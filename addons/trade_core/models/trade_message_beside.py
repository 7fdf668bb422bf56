import re

from odoo import fields, models

_SIGNS = re.compile(r"[\W_]+")


class TradeMessage(models.Model):
    """Files that came beside a document and are no documents themselves: the picture of an invoice."""

    _inherit = "trade.message"

    beside_ids = fields.Many2many(
        "ir.attachment", string="Came with it", compute="_compute_beside_ids", compute_sudo=True
    )

    def _compute_beside_ids(self):
        attachments = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", (self | self.parent_id).ids),
                ("res_field", "=", False),
            ],
            order="id",
        )
        found = attachments.grouped("res_id")
        nothing = attachments.browse()
        for message in self:
            own = found.get(message.id, nothing)
            message.beside_ids = own or message._of_parent(found.get(message.parent_id.id, nothing))

    def _of_parent(self, attachments):
        """What came beside the file this document was in: about this one, if there were several in it."""
        if not attachments or len(self.parent_id.child_ids) == 1:
            return attachments
        number = _SIGNS.sub("", self.document_number or "").casefold()
        return attachments.filtered(
            lambda one: number and number in _SIGNS.sub("", one.name or "").casefold()
        )

    def _keep_beside(self, files):
        """Keep files that came beside this document, once.

        :param files: attachments of where they came, or :class:`~..transport.Beside`; they are copied
        """
        self.ensure_one()
        self.invalidate_recordset(["beside_ids"])
        if not self.beside_ids:
            self.env["ir.attachment"].sudo().create(
                [
                    {"name": file.name, "raw": file.raw, "res_model": self._name, "res_id": self.id}
                    for file in files
                ]
            )
            self.invalidate_recordset(["beside_ids"])
