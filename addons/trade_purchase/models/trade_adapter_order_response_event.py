from odoo import models

from odoo.addons.trade_core.event_parts import Units, product

from .. import events
from ..answer_plan import schedule


class TradeAdapterInOrderResponse(models.AbstractModel):
    """What is announced of an answer that was applied."""

    _inherit = "trade.adapter.in.order_response"

    def _announce(self, works):
        """One event for each answer, whatever became of it; all units are looked up at once."""
        uoms = self.env["uom.uom"].union(
            *(_order_line(work.plan, line).product_uom_id for work in works for line in work.plan.lines)
        )
        units = Units(uoms)
        self.env["trade.event"]._emit_many(
            [
                (
                    events.RESPONSE_APPLIED,
                    work.record,
                    work.message.trade_partner_id,
                    self._event_data(work, units),
                )
                for work in works
            ]
        )

    def _event_data(self, work, units):
        order, plan = work.record, work.plan
        return events.OrderResponseData(
            order=order.name,
            revision=order.trade_revision,
            response=work.document.document_number,
            supplier=order.partner_id.commercial_partner_id.name,
            supplier_order=work.document.order_reference.sales_order_id or None,
            outcome="received" if plan.receipt_only else work.outcome,
            lines=tuple(self._event_line(plan, line, units) for line in plan.lines if line.says_something),
        )

    def _event_line(self, plan, line_plan, units):
        line = _order_line(plan, line_plan)
        promised = []
        if line and line_plan.decision == "accepted" and line_plan.kind != "missing":
            promised = [
                events.PromiseData(quantity=units.measure(part["qty"], line.product_uom_id), on=part["date"])
                for part in schedule(line_plan.answer)
            ]
        return events.AnsweredLineData(
            number=line.trade_line_ref or None,
            decision=line_plan.decision,
            differences=tuple(line_plan.sentences),
            product=product(line.product_id) if line else None,
            promised=tuple(promised),
        )


def _order_line(plan, line_plan):
    """The order line an answered line is about now, empty when there is none."""
    return plan.created.get(line_plan.key) or line_plan.line
