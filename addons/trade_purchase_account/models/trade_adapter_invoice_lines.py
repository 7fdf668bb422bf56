from fractions import Fraction

from odoo import models

from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.errors import MappingAmbiguous, MappingMissing, TradeErrors
from odoo.addons.trade_kernel.invoice_sums import Invoiced
from odoo.addons.trade_kernel.matching import Billed, Charge, Match, Matcher, Ordered
from odoo.addons.trade_kernel.sharing import portions

from ..bill_plan import LinePlan, Part
from ..bill_spread import Spread, agreed_price


class TradeAdapterInInvoice(models.AbstractModel):
    """The lines of an invoice: which order line, in its unit, beside what it stands at."""

    _inherit = "trade.adapter.in.invoice"

    def _prefetch(self, works, batch):
        """Look up items and units of all documents at once."""
        lines = [line for work in works for line in work.document.invoice_lines]
        batch.resolver.prefetch("product", [pair for line in lines for pair in line.item.identifiers])
        batch.resolver.factors.prefetch({code for line in lines for code in _unit_codes(line)})
        order_lines = self.env["purchase.order"].union(*batch.orders.values()).order_line
        batch.resolver.prefetch_codes("uom", order_lines.product_uom_id)

    def _match_lines(self, work, batch, known, comparable):
        """
        :return: ``(line plans, the document added up, the match)``
        :raise TradeErrors: codes and units nobody knows
        """
        document, decimals = work.document, work.currency.decimal_places
        if not comparable:
            invoiced = Invoiced(document, decimals=decimals)
            return [], invoiced, Match((), tuple(known))
        found, ratios, units, errors = [], {}, {}, []
        spread = Spread(self, work, batch)
        for index, line in enumerate(document.invoice_lines):
            try:
                referred, candidates, product = self._find_line(work, batch, line, index)
                by_unit = self._by_unit(batch, line, referred or candidates[:1], candidates, product, index)
            except (MappingMissing, MappingAmbiguous) as error:
                errors.append(error)
                continue
            shares = spread.of(line.quantity, by_unit, referred, candidates)
            unit = shares[0][0].product_uom_id or product.uom_id
            ratios[line.id], units[line.id] = by_unit[unit], unit.name or ""
            found.append((line, product, shares))
        if errors:
            raise errors[0] if len(errors) == 1 else TradeErrors(errors)
        invoiced = Invoiced(document, ratios, units, decimals=decimals)
        parts = [
            part
            for line, product, shares in found
            for part in self._parts(line, product, shares, ratios, invoiced)
        ]
        agreed = self._agreed_charges(work, parts, spread)
        parts = agreed.parts
        matcher = Matcher(
            lambda order_line: batch.policies(
                (order_line or self.env["purchase.order.line"]).product_id.categ_id
            ),
            work.currency.name,
            decimals=decimals,
            credit=self._is_credit,
        )
        match = matcher.match(
            agreed.without_receipt(
                self._ordered({part.order_line for part in parts if part.order_line}, work, batch)
            ),
            [part.billed for part in parts],
            agreed.others,
            invoiced.wrong,
            invoiced.figures.tax,
            known,
        )
        plans = [
            LinePlan(
                part.key, matched.deviations, part.line, part.order_line, part.product, matched, part.several
            )
            for part, matched in zip(parts, match.lines, strict=True)
        ]
        return plans, invoiced, match

    # -- which order line --------------------------------------------------------------------------

    def _find_line(self, work, batch, line, index):
        """
        :return: ``(the order line it names, those with the product, the product)``; without any order line
            the product that is billed, if a code names one
        :raise MappingMissing, MappingAmbiguous: neither the reference nor a code says what is billed
        """
        orders = batch.orders[work.message.id]
        nothing = orders.order_line.browse()
        referred = self._referred(work.document, orders, line) or nothing
        place = f"/invoice_lines/{index}/item"
        expected = referred.product_id
        try:
            product, evidence = batch.resolver.product(
                line.item.identifiers, expected, name=line.item.name, pointer=place
            )
            work.evidence.append({**evidence, "line": line.id})
        except (MappingMissing, MappingAmbiguous):
            if referred:  # the order line says it; no code contradicts
                return referred, self._with_product(orders, expected), expected
            if self._looks_like_charge(work, line):
                return nothing, nothing, self.env["product.product"]
            raise
        return referred, self._with_product(orders, product), product

    def _referred(self, document, orders, line):
        """The order line a line names by number, of the order it names or, unsaid, the document does."""
        reference = line.order_line_reference
        if not (reference and reference.line_id):
            return None
        named = reference.order_reference or document.order_reference
        own = orders.filtered(lambda order: named and order.name == named.id) or orders
        if len(own) != 1:
            return None  # a bare number says nothing about several orders
        return own._trade_lines_by_ref().get(reference.line_id)

    def _with_product(self, orders, product):
        """The lines of these orders with the product."""
        return orders.order_line.filtered(
            lambda one: one.product_id == product and not one.display_type and not one.is_downpayment
        )

    def _looks_like_charge(self, work, line):
        """A line without any code that is on no order: freight and the like, by its text alone."""
        return not line.item.identifiers and not line.order_line_reference

    # -- units -------------------------------------------------------------------------------------

    def _by_unit(self, batch, line, first, candidates, product, index):
        """``{our unit: how many of it each unit of the line is}`` for all order lines it may bill.

        :raise MappingMissing, MappingAmbiguous: its units cannot be converted to that of the first one
        """
        product, unit = first.product_id or product, first.product_uom_id or product.uom_id
        found = {unit: self._ratios(batch, line, unit, product, index)}
        for other in candidates.product_uom_id - unit:
            try:
                found[other] = self._ratios(batch, line, other, product, index)
            except (MappingMissing, MappingAmbiguous):
                continue  # lines in this unit are not meant
        return found

    def _ratios(self, batch, line, unit, product, index):
        """``{code: how many of our unit}`` of a line; without one, the line's own unit counts.

        :raise TradeErrors: units nobody can convert
        """
        codes, errors, ratios = _unit_codes(line), [], {}
        if not unit:
            return dict.fromkeys(codes, Fraction(1))
        for code in codes:
            try:
                ratios[code] = batch.resolver.factors.of(
                    code,
                    unit,
                    product,
                    pack=line.item.pack_quantity,
                    said=lambda: self._unknown_unit(line),
                    pointer=f"/invoice_lines/{index}/quantity/unit_code",
                ).ratio
            except (MappingMissing, MappingAmbiguous) as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return ratios

    def _unknown_unit(self, line):
        return self.env._(
            "Line %(line)s bills %(quantity)s for %(amount)s.",
            line=line.id,
            quantity=str(line.quantity or "–"),
            amount=str(line.line_extension_amount or "–"),
        )

    # -- what is compared --------------------------------------------------------------------------

    def _ordered(self, order_lines, work, batch):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        earlier = batch.replaces.get(work.message.id, self.env["trade.bill.match"])
        replaced = self._quantities_of(earlier.bill_id)
        several = len(batch.orders[work.message.id]) > 1
        numbers = {
            line: ref
            for order in batch.orders[work.message.id]
            for ref, line in order._trade_lines_by_ref().items()
        }

        def exact(value):
            return Fraction(decimal(value, digits))

        return {
            line: Ordered(
                label=f"{line.order_id.name}, line {numbers.get(line, '–')}"
                if several
                else self.env._(
                    "line %(line)s of %(order)s", line=numbers.get(line, "–"), order=line.order_id.name
                ),
                unit=line.product_uom_id.name,
                quantity=exact(line.product_qty),
                price=agreed_price(line),
                received=exact(line.qty_received),
                billed=exact(line.qty_invoiced) - replaced.get(line, 0) + batch.billed[line],
                billed_price=self._billed_price(line, earlier.bill_id, batch) if self._is_credit else None,
                rates=_rates(line.tax_ids),
                on_receipt=line.product_id.purchase_method == "receive",
                expecting=line._trade_expects_more(),
            )
            for line in order_lines
        }

    def _quantities_of(self, bill):
        """``{order line: how much of it a bill bills, in the order line's unit}``"""
        lines = bill.invoice_line_ids.filtered("purchase_line_id")
        return {
            order_line: sum(
                (Fraction(repr(_in_unit(line, order_line.product_uom_id))) for line in found), Fraction(0)
            )
            for order_line, found in lines.grouped("purchase_line_id").items()
        }

    def _billed_price(self, order_line, replaced, batch):
        """What one unit was billed at on average, less what was credited of its price alone; ``None`` when
        nothing was billed.

        :param replaced: the credit note that is corrected now: what it took back does not count
        """
        bills = order_line.invoice_lines.filtered(
            lambda line: line.move_id.move_type == "in_invoice" and line.parent_state != "cancel"
        )
        quantity = sum(_in_unit(line, order_line.product_uom_id) for line in bills)
        if not quantity:
            return None
        alone = order_line.trade_price_credit_ids.filtered(
            lambda line: line.parent_state != "cancel" and line.move_id != replaced
        )
        amount = sum(bills.mapped("price_subtotal")) - sum(alone.mapped("price_subtotal"))
        amount -= batch.taken_back[order_line]
        return Fraction(decimal(amount, 6)) / Fraction(decimal(quantity, 6))

    def _parts(self, line, product, shares, ratios, invoiced):
        """What a line bills of each of its order lines.

        :param shares: ``[(order line, quantity in its unit)]``; an amount without a quantity counts as one
        """
        amount = invoiced.figures.amounts[line.id]
        amount = invoiced.round(amount or 0) if amount is None else amount
        if len(shares) == 1:
            [(order_line, quantity)] = shares
            quantity = Fraction(1) if quantity is None else quantity
            if amount < 0 < quantity:
                quantity = -quantity  # the amount alone bears the sign
            billed = self._billed(line, order_line, product, quantity, amount)
            return [Part(line.id, line, order_line, product, billed)]
        quantities = [quantity for _order_line, quantity in shares]
        amounts = portions(amount, quantities, decimals=invoiced.decimals)
        each = Fraction(amount) / sum(quantities)
        return [
            Part(
                f"{line.id} ({number})",
                line,
                order_line,
                product,
                self._billed(line, order_line, product, quantity, part, each * quantity),
                several=True,
            )
            for number, ((order_line, quantity), part) in enumerate(zip(shares, amounts, strict=True), 1)
        ]

    def _billed(self, line, order_line, product, quantity, amount, exact=None):
        ordered = order_line.product_id
        other = product.display_name if ordered and product and product != ordered else ""
        return Billed(
            id=line.id,
            key=order_line or None,
            quantity=quantity,
            amount=amount,
            item=(ordered or product).display_name or line.item.name or line.id,
            rates=_said_rates(line.tax_category),
            other=other,
            charge=not order_line and (not product or product.type == "service"),
            exact=exact,
        )

    def _charges(self, work):
        """Freight, discounts and the like on the whole document, and its rounding."""
        document, found = work.document, []
        for part in document.allowance_charge:
            if part.amount and part.amount.value:
                name = part.allowance_charge_reason or (
                    self.env._("Charge") if part.charge_indicator else self.env._("Discount")
                )
                value = part.amount.value if part.charge_indicator else -part.amount.value
                found.append(Charge(name, value, _said_rates(part.tax_category)))
        return found


def _in_unit(line, unit):
    return line.product_uom_id._compute_quantity(line.quantity, unit, round=False)


def _unit_codes(line):
    quantities = (line.quantity, line.price and line.price.base_quantity)
    return {quantity.unit_code for quantity in quantities if quantity}


def _rates(taxes):
    """The rates of our taxes in percent; ``None`` when some are no percentages."""
    flat = taxes.flatten_taxes_hierarchy()
    if any(tax.amount_type != "percent" for tax in flat):
        return None
    return tuple(Fraction(decimal(tax.amount, 6)) for tax in flat)


def _said_rates(categories):
    """The rates a line names; ``None`` when it names none."""
    if not categories or any(category.percent is None for category in categories):
        return None
    return tuple(Fraction(category.percent) for category in categories)
