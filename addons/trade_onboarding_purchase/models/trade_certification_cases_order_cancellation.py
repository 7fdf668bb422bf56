from odoo import models

from odoo.addons.trade_kernel import certification_changes


class TradeCertificationCasesOrderCancellation(models.AbstractModel):
    """A test order, its cancellation, and the supplier's answer to that."""

    _name = "trade.certification.cases.order_response.order_cancellation"
    _inherit = "trade.certification.cases.order_response"
    _description = "Test Cases: Order Response to a Cancellation"

    _asks = "order_cancellation"
    _after = "order"

    def _from_history(self, certification):
        return []

    def _expected(self, kind, what, count):
        if kind == "rejected":
            # One of us has to speak with the supplier then, which is as it should be.
            return {"outcome": "rejected", "held": "order.end_refused"}
        return {"outcome": "accepted"}

    def _go_on(self, test, order):
        order.button_cancel()

    def _aside(self, test, document):
        return certification_changes.earlier(test._asked_document(), document)

    def _findings(self, test, document):
        return certification_changes.ending(test._asked_document(), document, test.expected or {})

    def _intro(self):
        return self.env._(
            "We send an order and then its cancellation. Answer the cancellation and name its revision."
        )

    def _words(self, test):
        _ = self.env._
        return {
            "rejected": _("Answer with RE: you cannot cancel it any more."),
            "malformed": _(
                "Send an answer that is broken on purpose, for example cut off in the middle."
                " The test is passed when it is refused for that."
            ),
            "duplicate": _("Answer with AP: it is cancelled. Send exactly the same file twice."),
        }.get(test.kind) or _("Answer with AP: it is cancelled.")
