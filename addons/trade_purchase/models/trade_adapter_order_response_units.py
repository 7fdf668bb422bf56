from decimal import Inexact
from fractions import Fraction

from odoo import models

from odoo.addons.trade_core.mapping.units import OTHER_UNIT
from odoo.addons.trade_kernel.answer import UNSAID_CURRENCY
from odoo.addons.trade_kernel.canonical.order_response import NOT_ACCEPTED
from odoo.addons.trade_kernel.errors import (
    MappingAmbiguous,
    MappingMissing,
    TradeError,
    TradeErrors,
    ValidationFailed,
)
from odoo.addons.trade_kernel.proof import Line, number, prove

from ..units import convert_line, inexact_words, unit_codes
from .trade_adapter_order_response import _with_lines


class TradeAdapterInOrderResponse(models.AbstractModel):
    """The answer in the units of the order: proven, or it waits with the arithmetic shown."""

    _inherit = "trade.adapter.in.order_response"

    def _in_ordered_units(self, work, document, lines, offered, resolver):
        """
        :return: ``(document, {line number: why a line has no exact value in the ordered unit})``; such a line
            is left as it is, and held by the engine
        :raise TradeErrors: units that nobody can convert, and lines whose amount is not proven
        """
        said, inexact, errors = [], {}, []
        for index, line in enumerate(document.order_lines):
            reference = line.order_line_reference and line.order_line_reference.line_id
            order_line = lines.get(reference)
            try:
                if order_line and line.line_status_code != NOT_ACCEPTED:
                    product = offered.get(reference) or order_line.product_id
                    line = self._line_in_ordered_unit(
                        work, line, order_line, product, resolver, f"/order_lines/{index}"
                    )
                elif not order_line and (product := offered.get(f"+{line.id}")):
                    line = self._added_in_our_unit(line, product, resolver)
            except _NoExactValue as error:
                inexact[reference] = str(error)
            except TradeError as error:
                errors.append(error)
            said.append(line)
        if errors:
            raise errors[0] if len(errors) == 1 else TradeErrors(errors)
        return _with_lines(document, said), inexact

    def _line_in_ordered_unit(self, work, line, order_line, product, resolver, place):
        asked = order_line.product_uom_id
        own = resolver.code_of("uom", asked) or OTHER_UNIT
        factors = self._factors(line, order_line, product, resolver, place)
        ratios = {code: factor.ratio for code, factor in factors.items()}
        self._prove(line, order_line, product, factors, ratios, resolver, place)
        for code, factor in factors.items():
            if code != own or factor.ratio != 1:
                work.evidence.append(_evidence(line, order_line, code, factor))
        try:
            return convert_line(line, ratios, own)
        except Inexact:
            raise _NoExactValue(
                self.env._(
                    "The answer is in another unit: %(arithmetic)s, which is no exact quantity or price.",
                    arithmetic=inexact_words(line, ratios, asked.name),
                )
            ) from None

    def _factors(self, line, order_line, product, resolver, place):
        """``{code: factor}`` of all units of the line.

        :raise TradeErrors: units that nobody can convert
        """
        pack = line.item and line.item.pack_quantity
        found, errors = {}, []
        for code in sorted(unit_codes(line)):
            try:
                found[code] = resolver.factors.of(
                    code,
                    order_line.product_uom_id,
                    product,
                    pack=pack,
                    said=lambda: self._said(line, order_line, found),
                    pointer=f"{place}/quantity/unit_code",
                )
            except (MappingMissing, MappingAmbiguous) as error:
                errors.append(error)
        if errors:
            raise errors[0] if len(errors) == 1 else TradeErrors(errors)
        return found

    def _said(self, line, order_line, factors):
        """The arithmetic of a line of which a unit is not known, as far as it goes."""
        asked, unit = order_line.product_qty, order_line.product_uom_id
        sentences = []
        if line.quantity:
            sentences.append(
                self.env._(
                    "Line %(line)s answers %(answered)s, ordered are %(asked)s %(unit)s.",
                    line=line.order_line_reference.line_id,
                    answered=f"{number(Fraction(line.quantity.value))} {line.quantity.unit_code}",
                    asked=number(Fraction(repr(asked))),
                    unit=unit.name,
                )
            )
        if proven := self._line(line, order_line):
            known = {code: factor.ratio for code, factor in factors.items()}
            proof = prove(proven, known, unit.name)
            if proof.implied:
                sentences.append(
                    self.env._(
                        "Its amount of %(amount)s would be right with %(number)s %(unit)s in one.",
                        amount=str(proven.amount),
                        number=number(proof.implied),
                        unit=unit.name,
                    )
                )
        return " ".join(sentences)

    def _line(self, line, order_line):
        """What can be proven of a line; ``None`` when it names no amount, price or quantity."""
        amount, price = line.line_extension_amount, line.price
        if not (amount and price and line.quantity):
            return None
        if amount.currency_id == UNSAID_CURRENCY:
            amount = amount.model_copy(update={"currency_id": order_line.currency_id.name})
        return Line(line.quantity, price, amount)

    def _prove(self, line, order_line, product, factors, ratios, resolver, place):
        """
        :raise MappingMissing: ``line.not_proven``: a factor that people said, or the packaging, is in doubt
        :raise ValidationFailed: ``line.amount_wrong``: only the partner can be wrong
        """
        proven, unit = self._line(line, order_line), order_line.product_uom_id
        if not proven:
            return
        currency = order_line.currency_id
        if proven.amount.currency_id != currency.name:  # held for that anyway
            currency = currency.search([("name", "=", proven.amount.currency_id)]) or currency
        proof = prove(proven, ratios, unit.name, decimals=currency.decimal_places)
        if proof.holds:
            return
        where = {"line": line.order_line_reference.line_id, "arithmetic": proof.words}
        doubted = [code for code in proven.units if factors[code] and not factors[code].is_defined]
        if doubted:
            about = resolver.factors.about(
                doubted[0], unit, product, pointer=f"{place}/line_extension_amount"
            )
            raise MappingMissing("line.not_proven", **about, **where)
        raise ValidationFailed(
            "line.amount_wrong",
            subject=order_line.order_id.name,
            pointer=f"{place}/line_extension_amount",
            **where,
        )

    def _added_in_our_unit(self, line, product, resolver):
        """A line nobody asked for, in the unit of its product; left as it is while nobody can convert it,
        because a person decides about it anyway."""
        own = resolver.code_of("uom", product.uom_id)
        pack = line.item and line.item.pack_quantity
        if not own:
            return line
        try:
            ratios = {
                code: resolver.factors.of(code, product.uom_id, product, pack=pack).ratio
                for code in unit_codes(line)
            }
            return convert_line(line, ratios, own)
        except (MappingMissing, MappingAmbiguous, Inexact):
            return line


class _NoExactValue(Exception):
    """Known how to convert, but the result would have to be rounded."""


def _evidence(line, order_line, code, factor):
    unit = order_line.product_uom_id
    return {
        "what": "uom",
        "scheme": "",
        "code": code,
        "by": factor.by,
        "mapping_id": factor.mapping_id,
        "model": unit._name,
        "id": unit.id,
        "name": f"{number(factor.ratio)} {unit.name}",
        "line": line.order_line_reference.line_id,
    }
