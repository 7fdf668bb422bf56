from datetime import UTC

from odoo import fields, models

from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.canonical import (
    DocumentReference,
    ItemInstance,
    OrderLineReference,
    OrderReference,
    Quantity,
    ReceiptAdvice,
    ReceiptLine,
    canonical_digest,
)
from odoo.addons.trade_kernel.errors import BusinessRefused


class TradeAdapterOutReceiptAdvice(models.AbstractModel):
    """What arrived of a delivery, and what of it was short, too much or not accepted."""

    _name = "trade.adapter.out.receipt_advice"
    _inherit = ["trade.adapter.out.order"]
    _description = "Receipt Advice, to the Supplier"

    def _collect(self, message, record):
        """See :meth:`trade.adapter._collect`."""
        picking = record.with_company(record.company_id)
        if picking.state != "done" or not picking._trade_told_lines():
            raise BusinessRefused("receipt.not_done", receipt=picking.name, subject=picking.name)
        document = self._document(message, picking)
        picking.trade_discrepancy_ids.filtered(lambda one: one.state == "open").write({"state": "told"})
        return document

    def _digest(self, message, picking):
        """The digest of what the message would say if it were collected now."""
        return canonical_digest(self._document(message, picking.with_company(picking.company_id)))

    def _document(self, message, picking):
        moves, profile = picking._trade_received_moves(), message.trade_partner_id
        told = picking._trade_told_lines()
        orders = told.order_id
        resolver = self.env["trade.mapping"]._resolver(profile, picking.company_id)
        resolver.prefetch_codes("product", moves.product_id | told.product_id, scheme="seller")
        resolver.prefetch_codes("uom", told.product_uom_id)
        issued = message.received_at.replace(tzinfo=UTC)
        advice = picking._trade_advice_number()
        came = moves.grouped("purchase_line_id")
        one = len(orders) == 1
        return ReceiptAdvice(
            id=picking.name,
            sequence_number=message.revision,
            issue_date=issued.date(),
            issue_time=issued.timetz(),
            order_reference=OrderReference(id=orders.name) if one else None,
            despatch_document_reference=DocumentReference(id=advice) if advice else None,
            delivery_customer_party=self._buyer(orders[0], profile),
            despatch_supplier_party=self._seller(orders[0], profile),
            receipt_lines=tuple(
                self._receipt_line(number, picking, line, came.get(line, moves.browse()), resolver, one)
                for number, line in enumerate(told, 1)
            ),
        )

    def _receipt_line(self, number, picking, line, moves, resolver, one_order):
        place = f"/receipt_lines/{number - 1}"
        code = resolver.unit_code(line.product_uom_id, pointer=f"{place}/received_quantity/unit_code")
        digits = self.env["decimal.precision"].precision_get("Product Unit")

        def quantity(value):
            return Quantity(value=decimal(value, digits), unit_code=code) if value > 0 else None

        wrong = picking.trade_discrepancy_ids.filtered(lambda one: one.order_line_id == line)
        received = picking._trade_quantity(moves, line)
        missing = sum(wrong.filtered(lambda one: one.kind == "missing").mapped("quantity"))
        rejected = sum(wrong.filtered(lambda one: one.kind != "missing").mapped("quantity"))
        order = None if one_order else OrderReference(id=line.order_id.name)
        return ReceiptLine(
            id=str(number),
            note=tuple(one._words() for one in wrong.sorted("id")),
            received_quantity=Quantity(value=decimal(received - missing, digits), unit_code=code),
            short_quantity=quantity(picking._trade_short(line) + missing),
            oversupply_quantity=quantity(picking._trade_over(line, received)),
            rejected_quantity=quantity(rejected),
            received_date=fields.Date.context_today(picking, picking.date_done) if moves else None,
            order_line_reference=OrderLineReference(line_id=line.trade_line_ref, order_reference=order),
            item=self._received_item(line, moves, resolver, place),
        )

    def _received_item(self, line, moves, resolver, place):
        """The ordered item, with the lots that came."""
        item = self._item(line, resolver, place)
        lots = moves.move_line_ids.lot_id
        if not lots:
            return item
        serial = line.product_id.tracking == "serial"
        instances = tuple(
            ItemInstance(serial_id=lot.name) if serial else ItemInstance(lot_number_id=lot.name)
            for lot in lots
        )
        return item.model_copy(update={"item_instance": instances})
