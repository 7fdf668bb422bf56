"""Writes an advice as the tree of HL that :mod:`._packing` reads."""

from collections.abc import Mapping
from typing import Any

from ....canonical import (
    DespatchAdvice,
    DespatchLine,
    OrderReference,
    PackedLine,
    TransportHandlingUnit,
)
from ..._edi.syntax import parse
from ..._edi.writing import Writing
from ._base import SUMMARY
from ._batches import write_batch
from ._dates import write_dtm, written_day, written_moment
from ._items import codes, write_codes, write_descriptions
from ._packing import FOLLOWS, LINE, PALLET, SALES_LINE, SALES_ORDER, marked, write_order
from ._shipping import WRITTEN_PACKAGES, measure
from ._texts import write_notes


# --- how a document is laid out as a tree -------------------------------------------------------------
class Layout:
    """Where the lines and packages of an advice stand when it is written."""

    def __init__(self, document: DespatchAdvice):
        self.units = {unit.id: unit for unit in document.transport_handling_units}
        self.packed: dict[str, list[tuple[TransportHandlingUnit, PackedLine]]] = {}
        for unit in document.transport_handling_units:
            for packed in unit.packed_line:
                self.packed.setdefault(packed.line_id, []).append((unit, packed))
        used = {unit.id for entries in self.packed.values() for unit, _packed in entries}
        for name in list(used):
            used |= {unit.id for unit in self.chain(self.units[name])}
        self.empty = [unit for unit in document.transport_handling_units if unit.id not in used]
        named = (line.order_line_reference for line in document.despatch_lines)
        orders = [one.order_reference for one in named if one and one.order_reference]
        #: whether the lines stand in their orders, or name them themselves
        themselves = any(
            "PRF" in extensions_of(line.extensions, "elements") for line in document.despatch_lines
        )
        several = len({order.id for order in orders}) > 1
        self.by_order = several and not document.order_reference and not themselves

    def chain(self, unit: TransportHandlingUnit | None) -> list[TransportHandlingUnit]:
        """A package and those it stands on, from the outside."""
        found: list[TransportHandlingUnit] = []
        while unit is not None and unit not in found:
            found.insert(0, unit)
            unit = self.units.get(unit.parent_id or "")
        return found

    def inside(self, line: DespatchLine) -> TransportHandlingUnit | None:
        """The package that holds the line whole."""
        entries = self.packed.get(line.id, ())
        if len(entries) != 1 or entries[0][1].quantity not in (None, line.delivered_quantity):
            return None
        return entries[0][0]

    def structure(self, document: DespatchAdvice) -> str:
        """Element 1005 (BSN05)."""
        if not self.units:
            return "0004"
        whole = all(self.inside(line) or line.id not in self.packed for line in document.despatch_lines)
        return "0001" if whole else "0002"


def level_of(unit: TransportHandlingUnit) -> str:
    """HL03 of a package."""
    return "T" if unit.transport_handling_unit_type_code == PALLET else "P"


def order_of(line: DespatchLine) -> OrderReference | None:
    """The order a line names itself."""
    return line.order_line_reference.order_reference if line.order_line_reference else None


def extensions_of(extensions: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """What was kept below these names."""
    found: Any = extensions
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def sorted_units(document: DespatchAdvice) -> DespatchAdvice:
    """Packages in the order of their numbers, each saying how much is in it: their order has no meaning."""
    quantities = {line.id: line.delivered_quantity for line in document.despatch_lines}
    layout = Layout(document)
    units = []
    for unit in document.transport_handling_units:
        packed = [
            one
            if one.quantity or len(layout.packed[one.line_id]) > 1
            else one.model_copy(update={"quantity": quantities[one.line_id]})
            for one in unit.packed_line
        ]
        packed.sort(key=lambda one: one.line_id)
        units.append(unit.model_copy(update={"packed_line": tuple(packed)}))
    units.sort(key=lambda unit: unit.id)
    return document.model_copy(update={"transport_handling_units": tuple(units)})


class AdviceWriter:
    """Writes one advice: the shipment, and in it orders, packages and items in the order of the lines."""

    def __init__(self, mapping: Any, document: DespatchAdvice, out: Writing):
        self.mapping, self.document, self.out = mapping, document, out
        self.shape = mapping.shape("line")
        self.layout = Layout(document)
        self.count = 0
        self.parent = ""
        self.order: OrderReference | None = None
        self.order_number = ""
        self.chain: list[tuple[str, str]] = []
        self.named: dict[str, int] = {}
        self.orders: dict[str, int] = {}
        self.waiting = list(self.layout.empty)
        #: what is kept of packages
        self.kept = dict(extensions_of(document.extensions, "units"))
        for line in document.despatch_lines:
            self.kept |= extensions_of(line.extensions, "units")
        self.position = {unit.id: index for index, unit in enumerate(document.transport_handling_units)}

    def write(self) -> None:
        document, out = self.document, self.out
        out.open(self.mapping.shape("header"), document.extensions)
        purpose = "01" if document.withdraws else "05" if document.sequence_number else "00"
        _on, at, zone = written_moment(document.issue_date, document.issue_time, out)
        at = "" if zone else at
        on = written_day(document.issue_date, out)
        out.add("BSN", purpose, document.id, on, at or "0000", self.layout.structure(document))
        if document.issue_time and not at:
            write_dtm(out, "097", document.issue_date, document.issue_time)
        out.close()
        self.mapping.write_shipment_level(out, document, self._next())
        self._levels(extensions_of(document.extensions, "shipment"), "1")
        if not self.layout.by_order and (document.order_reference or "orders" in document.extensions):
            self._order(document.order_reference)
        for line in document.despatch_lines:
            self._line(line)
        self._empty(len(self.position))
        out.open(self.mapping.shape(SUMMARY), document.extensions, SUMMARY)
        if out.profile.optional("CTT") or document.extensions.get(SUMMARY):
            out.add("CTT", str(self.count))
        out.close()

    def _levels(self, extensions: Mapping, parent: str) -> None:
        """Levels we do not know, behind the one they were read with."""
        numbers: list[str] = []
        for texts in extensions.get("levels") or ():
            segments = [parse(str(text), "x12") for text in texts]
            number_, within = self._next(), segments[0](2)
            known = within.isdecimal() and 0 < int(within) <= len(numbers)
            numbers.append(number_)
            for segment in segments:
                elements = segment.elements()
                if segment.tag == "HL":
                    elements[:2] = [number_, numbers[int(within) - 1] if known else parent]
                self.out.add(segment.tag, *elements)

    def _next(self) -> str:
        self.count += 1
        return str(self.count)

    def _order(self, order: OrderReference | None) -> None:
        out, name = self.out, order.id if order else ""
        count = self.orders[name] = self.orders.get(name, 0) + 1
        key = (name if count == 1 else f"{name}#{count}") or f"#{self.count + 1}"
        out.open(self.shape, self.document.extensions, "orders", key)
        self.order, self.order_number, self.chain = order, self._next(), []
        out.add("HL", self.order_number, "1", "O")
        kept = extensions_of(self.document.extensions, "orders", key)
        if order:
            write_order(out, order, kept)
            if order.sales_order_id:
                out.add("REF", SALES_ORDER, order.sales_order_id)
        out.close()
        self._levels(kept, self.order_number)

    def _line(self, line: DespatchLine) -> None:
        own = order_of(line)
        if self.layout.by_order and own != self.order:
            if own is None:
                self.order, self.order_number, self.chain = None, "", []
            else:
                self._order(own)
        entries = self.layout.packed.get(line.id, ())
        first = min((self.position[unit.id] for unit, _packed in entries), default=None)
        if first is not None:
            self._empty(first)
        whole = self.layout.inside(line)
        above = whole
        if not whole and entries:
            above = self.layout.units.get(entries[0][0].parent_id or "")
        self._stand(above)
        parent = self.chain[-1][1] if self.chain else self.order_number or "1"
        number_ = self._item(line, parent, own)
        if not whole:
            for unit, packed in entries:
                self._unit(unit, number_, packed.quantity)

    def _stand(self, unit: TransportHandlingUnit | None) -> None:
        """Go on in a package: those it stands on are begun where they are not."""
        wanted = self.layout.chain(unit)
        common = 0
        while common < min(len(wanted), len(self.chain)) and wanted[common].id == self.chain[common][0]:
            common += 1
        self.chain = self.chain[:common]
        for one in wanted[common:]:
            parent = self.chain[-1][1] if self.chain else self.order_number or "1"
            self.chain.append((one.id, self._unit(one, parent, None)))

    def _empty(self, before: int) -> None:
        """Packages with nothing in them, where they stand among the others."""
        while self.waiting and self.position[self.waiting[0].id] < before:
            self._stand(self.waiting.pop(0))

    def _unit(self, unit: TransportHandlingUnit, parent: str, quantity) -> str:
        out, number_ = self.out, self._next()
        count = self.named[unit.id] = self.named.get(unit.id, 0) + 1
        key = unit.id if count == 1 else f"{unit.id}#{count}"
        out.open(self.shape, extensions_of(self.kept, key))
        out.add("HL", number_, parent, level_of(unit))
        if quantity is not None:
            out.add("SN1", "", out.number(quantity.value), out.unit(quantity.unit_code))
        kind, weight = unit.transport_handling_unit_type_code, measure(out, unit.gross_weight_measure)
        if kind and kind != "PX" and kind not in WRITTEN_PACKAGES:
            raise self.mapping.cannot(f"a package of kind {kind}", "X12 has no code for it")
        if any(weight) or (kind and kind != "PX"):
            code = WRITTEN_PACKAGES.get(kind or "", "")
            out.add("TD1", code, "1" if code else "", "", "", "", "G" if weight[0] else "", *weight)
        out.add("MAN", *marked(unit.id))
        out.close()
        self._levels(extensions_of(self.kept, key), number_)
        return number_

    def _item(self, line: DespatchLine, parent: str, own: OrderReference | None) -> str:
        out, number_, item = self.out, self._next(), line.item
        out.open(self.shape, line.extensions)
        out.add("HL", number_, parent, "I")
        reference = line.order_line_reference
        ordered = (reference and reference.line_id) or ""
        counted = (LINE, ordered) if ordered and (own or self.layout.by_order) else ()
        out.add("LIN", ordered, *codes(out, item), *counted)
        write_codes(out, item)
        delivered, rest = line.delivered_quantity, line.outstanding_quantity
        amount, unit = out.number(delivered.value), out.unit(delivered.unit_code)
        follows = ("", out.number(delivered.value + rest.value), unit, "", FOLLOWS[0]) if rest else ()
        out.add("SN1", line.id, amount, unit, *follows)
        if own and not self.layout.by_order:
            write_order(out, own, line.extensions)
        write_descriptions(out, item)
        if reference and reference.sales_order_line_id:
            out.add("REF", SALES_LINE, reference.sales_order_line_id)
        write_batch(out, item)
        write_notes(out, line.note)
        out.close()
        self._levels(line.extensions, number_)
        return number_
