import base64

from odoo import api, fields, models

from odoo.addons.trade_core import limits
from odoo.addons.trade_kernel.canonical import Attachment, DocumentReference
from odoo.addons.trade_kernel.errors import BusinessRefused


class ProductDocument(models.Model):
    _inherit = "product.document"

    trade_with_orders = fields.Boolean(
        "Send to suppliers with orders",
        help="Drawings and specifications: the file goes with every order of the product, where the"
        " supplier's route sends files.",
        groups="base.group_user",
    )


class PurchaseOrder(models.Model):
    """Drawings and specifications that go with an order."""

    _inherit = "purchase.order"

    trade_file_ids = fields.Many2many(
        "ir.attachment",
        "trade_purchase_order_file_rel",
        string="Files for the supplier",
        copy=False,
        help="They go with the order, as do the documents of its products that are meant for suppliers.",
        groups="base.group_user",
    )
    trade_sends_files = fields.Boolean(
        compute="_compute_trade_sends_files", compute_sudo=True, groups="base.group_user"
    )

    @api.depends("partner_id", "company_id")
    def _compute_trade_sends_files(self):
        for order in self:
            order.trade_sends_files = bool(order.partner_id and order._trade_route().send_files)

    def _trade_files(self):
        """What goes with the order: ``[(file name, words, attachment)]``, each once."""
        self.ensure_one()
        documents = self.env["product.document"].sudo().search(
            [
                ("trade_with_orders", "=", True),
                ("type", "=", "binary"),
                "|",
                "&",
                ("res_model", "=", "product.template"),
                ("res_id", "in", self.order_line.product_id.product_tmpl_id.ids),
                "&",
                ("res_model", "=", "product.product"),
                ("res_id", "in", self.order_line.product_id.ids),
            ],
            order="id",
        )  # fmt: skip
        found = [(file.name, None, file) for file in self.sudo().trade_file_ids.sorted("id")]
        for document in documents:
            product = self.env[document.res_model].browse(document.res_id).sudo()
            found.append((document.name, product.display_name, document.ir_attachment_id))
        return list({file: one for one in found for file in [one[2]]}.values())


class TradeAdapterOutOrder(models.AbstractModel):
    _inherit = "trade.adapter.out.order"

    def _values(self, message, order):
        values = super()._values(message, order)
        if message.route_id.send_files:
            values["additional_document_reference"] = self._files(order)
        return values

    def _files(self, order):
        """
        :raise BusinessRefused: ``order.files_too_large``
        """
        files = order._trade_files()
        size, most = sum(file.file_size for _name, _words, file in files), limits.of(self.env).max_bytes // 2
        if size > most:
            raise BusinessRefused(
                "order.files_too_large",
                order=order.name,
                size=_megabytes(size),
                limit=_megabytes(most),
                subject=order.name,
            )
        return tuple(
            DocumentReference(
                id=name[:200],
                document_description=words,
                attachment=Attachment(
                    filename=name,
                    mime_code=file.mimetype or None,
                    content=base64.b64encode(file.raw or b"").decode(),
                ),
            )
            for name, words, file in files
        )


def _megabytes(size):
    return f"{size / 1_000_000:.1f}"
