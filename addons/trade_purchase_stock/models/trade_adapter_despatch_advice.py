from fractions import Fraction

from odoo import models

from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.errors import (
    BusinessRefused,
    DeviationHeld,
    OutOfSequence,
    TradeError,
    TradeErrors,
)
from odoo.addons.trade_kernel.proof import number
from odoo.addons.trade_purchase.tools import plain

from ..despatch_plan import Plan, cut
from .trade_despatch import OPEN


class TradeAdapterInDespatchAdvice(models.AbstractModel):
    """What a supplier says is on its way: found in our orders, compared with what is still to come, and
    prepared as a receipt. How it is applied is in ``trade_adapter_despatch_advice_apply.py``.
    """

    _name = "trade.adapter.in.despatch_advice"
    _inherit = ["trade.adapter"]
    _description = "Despatch Advice, from the Supplier"

    def _watched(self, work):
        """See :meth:`trade.adapter._watched`."""
        despatch = work.plan.despatch
        orders = self.env["purchase.order"].union(*(line.order_id for line in work.plan.totals))
        moves = (orders.order_line | despatch.line_ids.order_line_id)._trade_open_moves()
        return [
            (despatch, ["state", "eta", "carrier", "tracking", "revision"]),
            (moves, ["product_uom_qty", "date", "picking_id"]),
        ]

    # -- plan ------------------------------------------------------------------------------------

    def _plan(self, works):
        """See :meth:`trade.adapter._plan`."""
        message = works[0].message
        partner, company = message.trade_partner_id, message.company_id
        names = {name for work in works for name in _order_names(work.document)}
        orders = self.env["purchase.order"]._trade_named(names, partner, company)
        despatches = self._known(works, partner, company)
        resolver = self.env["trade.mapping"]._resolver(partner, company)
        found = [order for order in orders.values() if not isinstance(order, TradeError)]
        self._read_ahead(self.env["purchase.order"].union(*found))
        self._prefetch(works, resolver)
        packages = self._packages(works, partner, company)
        for work in works:
            despatch = despatches.get(work.document.document_number, self.env["trade.despatch"])
            work.plan = Plan(despatch, packages=packages)
            try:
                self._plan_one(work, orders, resolver)
            except TradeError as error:
                work.error = error

    def _known(self, works, partner, company):
        found = self.env["trade.despatch"].search(
            [
                ("trade_partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("number", "in", [work.document.document_number for work in works]),
            ]
        )
        return found.grouped("number")

    def _packages(self, works, partner, company):
        """``{SSCC: packages}`` of open shipments that have packages of the same numbers."""
        units = [unit for work in works for unit in work.document.transport_handling_units]
        names = [unit.id for unit in units if _is_sscc(unit.id)]
        if not names:
            return {}
        found = self.env["trade.despatch.unit"].search(
            [
                ("name", "in", names),
                ("company_id", "=", company.id),
                ("despatch_id.trade_partner_id", "=", partner.id),
                ("despatch_id.state", "in", OPEN),
            ]
        )
        return found.grouped("name")

    def _read_ahead(self, orders):
        """Read what is needed of all orders at once: cut into works it would be read order by order."""
        lines = orders.order_line
        lines.product_id.mapped("uom_id")
        lines.trade_despatch_line_ids.despatch_id.mapped("state")
        moves = lines.move_ids
        moves.move_line_ids.mapped("quantity")
        moves.picking_id.mapped("state")
        moves.picking_id.move_ids.mapped("state")

    def _prefetch(self, works, resolver):
        lines = [line for work in works for line in work.document.despatch_lines]
        resolver.prefetch("product", [pair for line in lines for pair in line.item.identifiers])
        resolver.factors.prefetch({line.delivered_quantity.unit_code for line in lines})

    def _plan_one(self, work, orders, resolver):
        plan, document = work.plan, work.document
        if plan.despatch:
            work.record = plan.despatch
            self._check_untouched(work)
        if document.withdraws:
            plan.withdraws = True
            if not plan.despatch:
                raise OutOfSequence(
                    "despatch.nothing_to_cancel",
                    number=document.document_number,
                    subject=f"shipment:{document.document_number}",
                )
            return
        errors, ends = [], self.env["purchase.order.line"]
        for index, line in enumerate(document.despatch_lines):
            try:
                order_line = self._plan_line(work, line, orders, resolver, f"/despatch_lines/{index}")
                left = line.outstanding_quantity
                if left is not None and not left.value:
                    ends |= order_line
            except TradeError as error:
                errors.append(error)
        if errors:
            raise errors[0] if len(errors) == 1 else TradeErrors(errors)
        plan.ends = ends
        self._check_packages(work)
        self._check_serials(work)
        self._check_quantities(work)

    def _check_untouched(self, work):
        """
        :raise BusinessRefused: what it replaces is being received
        """
        if receipts := work.plan.despatch._is_touched():
            raise BusinessRefused(
                "despatch.being_received",
                number=work.document.document_number,
                receipt=", ".join(receipts.mapped("name")),
                subject=work.document.document_number,
            )

    def _plan_line(self, work, line, orders, resolver, place):
        """Find the order line of a line and add its parts to the plan."""
        document = work.document
        order = self._order_of(work, line, orders)
        work.record = work.record or order
        hint, product = self._line_of(work.plan, line, order), None
        if line.item.identifiers or not hint:
            expected = hint.product_id if hint else order.order_line.product_id[:0]
            product, evidence = resolver.product(
                line.item.identifiers, expected, name=line.item.name, pointer=f"{place}/item"
            )
            work.evidence.append({**evidence, "line": line.id})
        order_line = hint or self._line_by_product(line, order, product)
        if product and product != order_line.product_id:
            raise BusinessRefused(
                "despatch.wrong_item",
                line=line.id,
                product=product.display_name,
                reference=order_line.trade_line_ref or line.order_line_reference.line_id,
                order=order.name,
                ordered=order_line.product_id.display_name,
                subject=order.name,
                pointer=f"{place}/item",
            )

        def convert(quantity):
            return self._in_ordered_unit(line, quantity, order_line, resolver, place)

        work.plan.parts += cut(document, line, order_line, convert(line.delivered_quantity), convert)
        return order_line

    def _order_of(self, work, line, orders):
        reference = line.order_line_reference and line.order_line_reference.order_reference
        reference = reference or work.document.order_reference
        if not reference:
            raise BusinessRefused(
                "despatch.no_order",
                number=work.document.document_number,
                line=line.id,
                subject=work.document.document_number,
            )
        order = orders[reference.id]
        if isinstance(order, TradeError):
            raise order
        if order.state != "purchase":
            state = dict(order._fields["state"]._description_selection(self.env))[order.state]
            code = "order.closed" if order.state == "cancel" else "order.not_placed"
            raise BusinessRefused(code, order=order.name, state=state, subject=order.name)
        return order

    def _line_of(self, plan, line, order):
        """The order line a line names by its number; empty when it names none.

        :raise BusinessRefused: the order has no such line
        """
        reference = line.order_line_reference and line.order_line_reference.line_id
        if not reference:
            return order.order_line.browse()
        refs = plan.refs.get(order)
        if refs is None:
            refs = plan.refs[order] = order._trade_lines_by_ref()
        found = refs.get(reference)
        if not found:
            raise BusinessRefused(
                "despatch.unknown_line",
                line=line.id,
                reference=reference,
                order=order.name,
                subject=order.name,
            )
        return found

    def _line_by_product(self, line, order, product):
        """The one order line of a product; of several the ones still open count."""
        found = order.order_line.filtered(lambda one: one.product_id == product)
        if len(found) > 1:
            found = found.filtered(lambda one: one.product_uom_id.compare(_to_come(one), 0.0) > 0) or found
        if len(found) == 1:
            return found
        about = {"line": line.id, "product": product.display_name, "order": order.name}
        if not found:
            raise BusinessRefused("despatch.not_ordered", **about, subject=order.name)
        refs = ", ".join(one.trade_line_ref or str(one.sequence) for one in found)
        raise BusinessRefused("despatch.several_lines", **about, lines=refs, subject=order.name)

    def _in_ordered_unit(self, line, quantity, order_line, resolver, place):
        """
        :raise BusinessRefused: no exact quantity of the order line's unit
        """
        unit = order_line.product_uom_id
        factor = resolver.factors.of(
            quantity.unit_code,
            unit,
            order_line.product_id,
            pack=line.item.pack_quantity,
            pointer=f"{place}/delivered_quantity/unit_code",
        )
        found = Fraction(quantity.value) * factor.ratio
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        if (found * 10**digits).denominator != 1:
            words = f"{quantity} × {number(factor.ratio)} = {number(found)} {unit.name}"
            raise BusinessRefused(
                "despatch.inexact", line=line.id, arithmetic=words, subject=order_line.order_id.name
            )
        return found

    # -- checks ----------------------------------------------------------------------------------

    def _check_packages(self, work):
        """
        :raise DeviationHeld: a package was announced with another advice already
        """
        plan = work.plan
        for unit in work.document.transport_handling_units:
            known = plan.packages.get(unit.id, ())
            again = next((one for one in known if one.despatch_id != plan.despatch), None)
            if again:
                raise BusinessRefused(
                    "despatch.package_again",
                    package=again.name,
                    other=again.despatch_id.number,
                    number=work.document.document_number,
                    subject=again.name,
                )

    def _check_serials(self, work):
        """
        :raise BusinessRefused: one serial number for several pieces: nobody could receive them
        """
        pieces = {}
        for part in work.plan.parts:
            product, unit = part.order_line.product_id, part.order_line.product_uom_id
            if part.lot and product.tracking == "serial":
                size = unit._compute_quantity(float(part.quantity), product.uom_id, round=False)
                pieces[product, part.lot] = pieces.get((product, part.lot), 0) + size
        for (product, serial), count in pieces.items():
            if product.uom_id.compare(count, 1) > 0:
                raise BusinessRefused(
                    "despatch.serial_again",
                    number=work.document.document_number,
                    serial=serial,
                    count=f"{count:g}",
                    product=product.display_name,
                    subject=work.document.document_number,
                )

    def _check_quantities(self, work):
        """
        :raise BusinessRefused: a line was received completely
        :raise DeviationHeld: a person has to decide about what is too much
        """
        plan, route = work.plan, work.message.route_id
        decided = {row.order_line_id: row for row in work.message.trade_excess_ids}
        for order_line, announced in plan.totals.items():
            row = self._excess(work, order_line, announced, route.despatch_over_percent)
            if not row:
                continue
            kept = decided.get(order_line)
            same = kept and kept._key() == kept.new(row)._key()
            if not same or kept.decision == "pending":
                plan.excess.append(row)
            elif kept.decision == "refused":
                plan.refused[order_line] = kept.excess
        if plan.excess:
            raise DeviationHeld(
                "despatch.too_much",
                number=work.document.document_number,
                summary=" ".join(self._excess_words(row) for row in plan.excess),
                subject=work.document.document_number,
            )

    def _excess(self, work, order_line, announced, percent):
        unit, announced = order_line.product_uom_id, float(announced)
        received, ordered = order_line.qty_received, order_line.product_qty
        if unit.compare(received, ordered) >= 0:
            raise BusinessRefused(
                "despatch.line_complete",
                line=order_line.trade_line_ref or order_line.display_name,
                order=order_line.order_id.name,
                received=plain(decimal(received, 6)),
                unit=unit.name,
                number=work.document.document_number,
                subject=order_line.order_id.name,
            )
        elsewhere = self._elsewhere(order_line, work.plan.despatch)
        total = received + elsewhere + announced
        if unit.compare(total, ordered * (1 + percent / 100)) <= 0:
            return None
        return {
            "order_line_id": order_line.id,
            "ordered": ordered,
            "received": received,
            "elsewhere": elsewhere,
            "announced": announced,
            "excess": min(total - ordered, announced),
        }

    def _elsewhere(self, order_line, despatch):
        """What other open shipments bring of an order line."""
        others = order_line.trade_despatch_line_ids.filtered(
            lambda one: one.despatch_id != despatch and one.despatch_id.state in OPEN and not one.received
        )
        return sum(others.mapped("expected"))

    def _excess_words(self, row):
        line = self.env["purchase.order.line"].browse(row["order_line_id"])
        figures = {name: plain(decimal(row[name], 6)) for name in ("ordered", "announced", "excess")}
        before = plain(decimal(row["received"] + row["elsewhere"], 6))
        return self.env._(
            "%(product)s of %(order)s: ordered %(ordered)s, received or announced before %(before)s, now "
            "%(announced)s: %(excess)s %(unit)s too much.",
            product=line.product_id.display_name,
            order=line.order_id.name,
            before=before,
            unit=line.product_uom_id.name,
            **figures,
        )

    def _held(self, works):
        """See :meth:`trade.adapter._held`: what is too much, for a person to decide."""
        for work in works:
            if isinstance(work.error, DeviationHeld) and work.plan and work.plan.excess:
                self.env["trade.despatch.excess"].sudo()._keep(work.message, work.plan.excess)


def _order_names(document):
    references = [document.order_reference]
    references += [
        line.order_line_reference.order_reference
        for line in document.despatch_lines
        if line.order_line_reference
    ]
    return {reference.id for reference in references if reference}


def _to_come(order_line):
    return order_line.product_qty - order_line.qty_received


def _is_sscc(name):
    return len(name) == 18 and name.isdecimal()
