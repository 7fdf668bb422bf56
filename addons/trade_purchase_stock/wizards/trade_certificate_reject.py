from odoo import fields, models


class TradeCertificateReject(models.TransientModel):
    _name = "trade.certificate.reject"
    _description = "Reject Certificates"

    certificate_ids = fields.Many2many("trade.certificate", required=True)
    reason = fields.Char("Why", required=True, help="The supplier is told when it is asked for again.")

    def action_reject(self):
        self.certificate_ids._reject(self.reason)
