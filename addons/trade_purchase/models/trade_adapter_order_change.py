from datetime import UTC

from odoo import models

from odoo.addons.trade_kernel.canonical import (
    OrderCancellation,
    OrderChange,
    OrderChangeLine,
    OrderReference,
    canonical_digest,
)
from odoo.addons.trade_kernel.errors import BusinessRefused

_ADDED, _DELETED, _CHANGED, _UNCHANGED = "1", "2", "3", "5"  # UNTDID 1229


class TradeAdapterOutOrderChange(models.AbstractModel):
    """What changed of a purchase order since the supplier was told last."""

    _name = "trade.adapter.out.order_change"
    _inherit = ["trade.adapter.out.order"]
    _description = "Change of a Purchase Order, to the Supplier"

    def _collect_lines(self, message, order):
        """See the order's; one of which nothing is left is changed too: every line is deleted."""
        lines = order.order_line._trade_sendable()
        return lines if known_lines(message, order) else super()._collect_lines(message, order)

    def _document(self, message, order):
        values, known = self._values(message, order), known_lines(message, order)
        lines = [_line(line, known.pop(line.id, None)) for line in values.pop("order_lines")]
        lines += [OrderChangeLine(id=line_id, line_status_code=_DELETED) for line_id in known]
        if message.route_id.change_scope == "changed":
            lines = [line for line in lines if line.line_status_code != _UNCHANGED] or lines
        return OrderChange(**values, order_reference=OrderReference(id=order.name), order_lines=tuple(lines))


class TradeAdapterOutOrderCancellation(models.AbstractModel):
    """The end of a purchase order that the supplier has."""

    _name = "trade.adapter.out.order_cancellation"
    _inherit = ["trade.adapter.out.order"]
    _description = "Cancellation of a Purchase Order, to the Supplier"

    def _collect(self, message, record):
        """See :meth:`trade.adapter._collect`."""
        order = record.with_company(record.company_id)
        if order.state != "cancel":
            raise BusinessRefused("order.not_cancelled", order=order.name, subject=order.name)
        return self._document(message, order)

    def _digest(self, message, order):
        return canonical_digest(self._document(message, order.with_company(order.company_id)))

    def _document(self, message, order):
        profile, issued = message.trade_partner_id, message.received_at.replace(tzinfo=UTC)
        return OrderCancellation(
            id=order.name,
            sequence_number=message.revision,
            issue_date=issued.date(),
            issue_time=issued.timetz(),
            order_reference=OrderReference(id=order.name),
            buyer_customer_party=self._buyer(order, profile),
            seller_supplier_party=self._seller(order, profile),
        )


def known_lines(message, order):
    """The lines as the supplier was told last before this message: ``{number: line as JSON values}``."""
    known = {}
    for earlier in order._trade_sent_messages():
        told = earlier.id < message.id and (earlier.sent_at or earlier.claimed_at) and earlier.canonical
        if not told or earlier.document_type == "order_cancellation":
            continue
        if earlier.document_type == "order":
            known = {}
        for line in told["order_lines"]:
            if line.get("line_status_code") == _DELETED:
                known.pop(line["id"], None)
            else:
                known[line["id"]] = _content(line)
    return known


def _line(line, before):
    """The line with what happened to it; a note makes it a changed one, so that it is read."""
    status = _ADDED if before is None else _CHANGED
    if (
        before is not None
        and not line.note
        and _content(line.model_dump(mode="json", exclude_none=True)) == before
    ):
        status = _UNCHANGED
    values = {name: getattr(line, name) for name in type(line).model_fields}
    return OrderChangeLine(**values, line_status_code=status)


def _content(line):
    return {name: value for name, value in line.items() if name not in ("note", "line_status_code")}
