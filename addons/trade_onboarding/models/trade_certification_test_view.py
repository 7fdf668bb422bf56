import base64

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.trade_core.tools import notice, sentences
from odoo.addons.trade_kernel.errors import TradeError


class TradeCertificationTest(models.Model):
    """What people press on a test."""

    _inherit = "trade.certification.test"

    def _do(self, doing, *args):
        """What a click does; what the bench refuses is said in words."""
        self.certification_id._check_operator()
        try:
            return doing(*args)
        except TradeError as error:
            raise UserError(sentences(error)) from error

    def action_send(self):
        """Send the test order; another time under a new number."""
        self.ensure_one()
        self._do(self._send)
        words = (
            self.env._("The test order %s is on its way.", self.number)
            if self.message_id
            else self.env._("The partner is asked for it under the number %s.", self.number)
        )
        return notice(words, "success")

    def action_break(self):
        """Break the partner's last good answer, and see that it is refused."""
        self.ensure_one()
        self._do(self._break)
        return self.action_open()

    def action_upload(self):
        """Ask for the file with the answer."""
        self.ensure_one()
        self.certification_id._check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Upload the answer to %s", self.number or self.name),
            "res_model": "trade.certification.upload",
            "view_mode": "form",
            "target": "new",
            "context": {"default_test_id": self.id},
        }

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _upload_file(self, content, filename):
        """An answer chosen on our screen, in base64."""
        self._do(self._upload, base64.b64decode(content), filename)
