from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class TradeCertificateMissing(models.TransientModel):
    """What a receipt lacks, and what can be done: ask the supplier, or receive it all the same."""

    _name = "trade.certificate.missing"
    _description = "Missing Certificates of a Receipt"

    picking_id = fields.Many2one("stock.picking", "Receipt", required=True, readonly=True)
    line_ids = fields.One2many("trade.certificate.missing.line", "missing_id", readonly=True)
    is_blocked = fields.Boolean(compute="_compute_is_blocked")
    reason = fields.Char("Why without", help="Kept in the history of the receipt, with your name.")

    @api.depends("line_ids.is_blocking")
    def _compute_is_blocked(self):
        for wizard in self:
            wizard.is_blocked = any(wizard.line_ids.mapped("is_blocking"))

    @api.model
    def _for_receipt(self, picking):
        return self.create(
            {
                "picking_id": picking.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "key": need.key,
                            "type_id": need.requirement.type_id.id,
                            "product_id": need.product.id,
                            "lot_name": need.lot,
                            "partner_id": need.vendor.id,
                            "is_blocking": need.requirement.is_blocking,
                            "what": need.certificate._words(),
                        }
                    )
                    for need in picking._certificates_missing()
                ],
            }
        )

    def action_request(self):
        """One e-mail to each supplier with all that is missing."""
        self.ensure_one()
        picking = self.picking_id
        papers = self.env["trade.certificate"]._request(picking._certificates_missing(), picking)
        picking.message_post(body=self.env._("Certificates were requested: %s.", len(papers)))
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("trade_purchase_stock.trade_certificate_action"),
            "domain": [("id", "in", papers.ids)],
            "context": {},
        }

    def action_receive_without(self):
        """A manager decides to receive what was shown without; it counts for nothing else.

        :raise AccessError: not a manager's right
        :raise UserError: no reason, or other certificates are missing by now
        """
        self.ensure_one()
        if not self.env.user.has_group("stock.group_stock_manager"):
            raise AccessError(
                self.env._(
                    "Only inventory managers may receive without. Ask one, or request the certificates."
                )
            )
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why it is received without these certificates."))
        picking, shown = self.picking_id, set(self.line_ids.mapped("key"))
        if {need.key for need in picking._certificates_missing()} - shown:
            raise UserError(
                self.env._("Other certificates are missing by now. Validate the receipt again to see which.")
            )
        picking.sudo().trade_certificate_override = sorted(
            {*(picking.trade_certificate_override or []), *shown}
        )
        picking.message_post(
            body=Markup("%s<br/>%s")
            % (
                self.env._("Received without certificates: %s", self.reason),
                Markup("<br/>").join(self.line_ids.mapped("display_name")),
            )
        )
        return picking.button_validate()


class TradeCertificateMissingLine(models.TransientModel):
    _name = "trade.certificate.missing.line"
    _description = "Missing Certificate"

    missing_id = fields.Many2one("trade.certificate.missing", required=True, ondelete="cascade")
    key = fields.Char(required=True)
    type_id = fields.Many2one("trade.certificate.type", "Certificate")
    product_id = fields.Many2one("product.product")
    lot_name = fields.Char("Lot")
    partner_id = fields.Many2one("res.partner", "Vendor")
    is_blocking = fields.Boolean("Blocks")
    what = fields.Char("How far")

    @api.depends("type_id", "product_id", "lot_name", "what")
    def _compute_display_name(self):
        for line in self:
            parts = (line.type_id.name, line.product_id.display_name, line.lot_name, line.what)
            line.display_name = " · ".join(filter(None, parts))
