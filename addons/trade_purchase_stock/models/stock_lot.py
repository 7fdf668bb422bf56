from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    trade_certificate_count = fields.Integer(
        "Certificates", compute="_compute_trade_certificate_count", groups="base.group_user"
    )

    def _compute_trade_certificate_count(self):
        rows = self.env["trade.certificate"]._read_group(
            [("lot_name", "in", self.mapped("name"))], ["lot_name", "product_id"], ["__count"]
        )
        counts = {(name, product.id): count for name, product, count in rows}
        for lot in self:
            lot.trade_certificate_count = counts.get((lot.name, lot.product_id.id), 0) + counts.get(
                (lot.name, False), 0
            )

    def action_trade_certificates(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("trade_purchase_stock.trade_certificate_action"),
            "domain": [("lot_name", "=", self.name), ("product_id", "in", [self.product_id.id, False])],
            "context": {"default_lot_name": self.name, "default_product_id": self.product_id.id},
        }
