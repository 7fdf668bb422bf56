from odoo import models


class TradeCertificationCasesInvoice(models.AbstractModel):
    """A test order that counts as delivered, and the supplier's invoice for it.

    Only used where an adapter reads invoices; see the despatch advice.
    """

    _name = "trade.certification.cases.invoice"
    _inherit = "trade.certification.cases.purchase"
    _description = "Test Cases: Invoice"

    def _words(self, test):
        _ = self.env._
        said = {
            "accepted": _("Bill everything, as ordered."),
            "duplicate": _("Bill everything, as ordered, and send exactly the same file twice."),
        }
        return said.get(test.kind) or super()._words(test)

    def _stage(self, test, number, day):
        order = super()._stage(test, number, day)
        self._receive(order)
        return order

    def _receive(self, order):
        """Everything has come: by the receipt, where there is one, else as the buyer would enter it."""
        pickings = order.picking_ids if "picking_ids" in order._fields else ()
        for picking in pickings:
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        for line in order.order_line.filtered(lambda line: line.qty_received_method == "manual"):
            line.qty_received_manual = line.product_qty
