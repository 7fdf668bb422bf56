from odoo import models


class TradeCertificationCasesDespatchAdvice(models.AbstractModel):
    """A test order, and the supplier's announcement of the delivery.

    Only used where an adapter reads such documents, which needs no dependency on its addon: what is tried is
    whatever that adapter does.
    """

    _name = "trade.certification.cases.despatch_advice"
    _inherit = "trade.certification.cases.purchase"
    _description = "Test Cases: Despatch Advice"

    def _from_history(self, certification):
        return self.env["trade.certification.history"]._tests(certification, kinds=("partial",))
