from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    trade_certificate_count = fields.Integer(
        "Certificates", compute="_compute_trade_certificate_count", groups="base.group_user"
    )

    def _compute_trade_certificate_count(self):
        if not self.env["trade.certificate"].has_access("read"):
            self.trade_certificate_count = 0
            return
        rows = self.env["trade.certificate"]._read_group(
            [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in rows}
        for partner in self:
            partner.trade_certificate_count = counts.get(partner.commercial_partner_id.id, 0)

    def action_trade_certificates(self):
        self.ensure_one()
        vendor = self.commercial_partner_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("trade_purchase_stock.trade_certificate_action"),
            "domain": [("partner_id", "=", vendor.id)],
            "context": {"default_partner_id": vendor.id},
        }
