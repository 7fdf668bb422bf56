from odoo import models


class TradeCertificationCasesOrderResponse(models.AbstractModel):
    """A test order, and the supplier's answer to it."""

    _name = "trade.certification.cases.order_response"
    _inherit = "trade.certification.cases.purchase"
    _description = "Test Cases: Order Response"

    def _from_history(self, certification):
        return self.env["trade.certification.history"]._tests(certification)
