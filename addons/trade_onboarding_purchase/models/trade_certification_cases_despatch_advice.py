from odoo import models


class TradeCertificationCasesDespatchAdvice(models.AbstractModel):
    """A test order, and the supplier's announcement of the delivery.

    Only used where an adapter reads such documents, which needs no dependency on its addon: what is tried is
    whatever that adapter does.
    """

    _name = "trade.certification.cases.despatch_advice"
    _inherit = "trade.certification.cases.purchase"
    _description = "Test Cases: Despatch Advice"

    def _words(self, test):
        _ = self.env._
        said = {
            "accepted": _("Announce the delivery of everything, as ordered."),
            "partial": _(
                "Announce a delivery in which line %s comes short: less than ordered, but more than nothing;"
                " all else as ordered.",
                (test.expected or {}).get("line"),
            ),
            "duplicate": _(
                "Announce the delivery of everything, as ordered, and send exactly the same file twice."
            ),
        }
        return said.get(test.kind) or super()._words(test)

    def _from_history(self, certification):
        return self.env["trade.certification.history"]._tests(certification, kinds=("partial",))
