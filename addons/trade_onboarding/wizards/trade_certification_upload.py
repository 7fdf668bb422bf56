from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import human_size


class TradeCertificationUpload(models.TransientModel):
    """The answer to a test, as a file."""

    _name = "trade.certification.upload"
    _description = "Upload an Answer to a Test"

    test_id = fields.Many2one("trade.certification.test", required=True, ondelete="cascade")
    asks = fields.Text(related="test_id.asks")
    file = fields.Binary("The answer", required=True, attachment=False)
    filename = fields.Char()

    def action_upload(self):
        self.ensure_one()
        content = self.with_context(bin_size=False).file
        most = self.test_id.certification_id.route_in_id._max_file_bytes()
        if len(content) * 3 // 4 > most:
            raise UserError(self.env._("The file is too large; at most %s are accepted.", human_size(most)))
        self.test_id._upload_file(content, self.filename)
        return self.test_id.action_open()
