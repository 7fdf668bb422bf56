"""856: the despatch advice (ship notice), in whichever order shipment, orders, packages and items stand."""

from collections.abc import Mapping
from typing import ClassVar

from ....canonical import DespatchAdvice
from ....canonical.base import plain
from ....canonical.despatch_advice import WITHDRAWS
from ..._draft import Path
from ..._edi.syntax import Segment
from ..._edi.values import exact, number
from ..._edi.writing import Writing
from ._advice import AdviceWriter
from ._base import DEFERRED, SUMMARY, Group, Shape, X12Reading
from ._batches import read_batch
from ._dates import read_issued, write_dtm, write_period
from ._items import pairs, read_codes
from ._lines import LineTransaction, another
from ._packing import (
    FOLLOWS,
    LEVELS,
    LINE,
    PALLET,
    SALES_LINE,
    SALES_ORDER,
    Tree,
    follow,
    marked,
    number_of,
    numbered,
    order_of,
    settle_extras,
    settle_orders,
    settle_packing,
)
from ._shipping import (
    OF_SHIPMENT,
    TAKES,
    WRITTEN_PACKAGES,
    Shipping,
    package_of,
    read_further,
    read_measure,
    write_despatch_dates,
    write_further,
    write_shipment,
)
from ._texts import read_notes, write_notes

#: element 235: the order
_ORDER = "PO"
#: element 353 (BSN01): taken back; a newer one
_WITHDRAWN, _REPLACES = "01", "05"
#: element 128: the label of a package
_LABEL = "LS"
_MEMBERS = {"N1": "N2 N3 N4 REF PER FOB", "CLD": "REF DTP", "N9": "DTM MSG", "SLN": "PID", "PID": "MEA"}
_ORDERED = (
    "HL LIN SN1 SLN PRF PO4 PID MEA PWK PKG TD1 TD5 TD3 TD4 TSD REF PER LH1 CLD MAN DTM FOB PAL N9 MSG NTE "
    "MTX N1 SDQ ETD CUR SAC"
)
_LEVEL = Shape(_ORDERED, _MEMBERS)


class DespatchAdviceSet(Shipping, LineTransaction):
    """HL begins a scope; what stands in what is decided when all of them are read."""

    sets: ClassVar = ("856",)
    group: ClassVar = "SH"
    documents: ClassVar = ("despatch_advice",)
    field: ClassVar = "despatch_lines"
    owner: ClassVar = "seller"
    sender: ClassVar = "despatch_supplier_party"
    receiver: ClassVar = "delivery_customer_party"
    scopes: ClassVar = ("shipment", "order", "unit", "line", "level")
    parties: ClassVar[Mapping[str, str]] = {
        "SF": "despatch_supplier_party",
        "SH": "despatch_supplier_party",
        **LineTransaction.parties,
        "OB": "buyer_customer_party",
        "CN": "delivery_customer_party",
    }
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": Shape("BSN DTM", _MEMBERS),
        "line": _LEVEL,
        # A level we do not know: with everything in it, and kept as it stands.
        "level": Shape(_ORDERED, {"HL": _ORDERED.removeprefix("HL ") + " N2 N3 N4"}),
        SUMMARY: Shape("CTT", {}),
    }
    takes: ClassVar[Mapping[str, str]] = TAKES | {
        "BSN": "1=00|01|05|14 2 3 4 5=0001|0002|0004",
        "HL": "1 2 3 4",
        "PRF": "1 3 4",
        "LIN": " ".join(map(str, range(1, 32))),
        "SN1": "1 2 3",
        "MAN": "1=GM|SM 2",
    }

    def enters(self, segment: Segment) -> str | None:
        if segment.tag == "HL":
            return LEVELS.get(segment(3).upper(), "level")
        return super().enters(segment)

    # -- header ------------------------------------------------------------------------------------
    def begin(self, reading: X12Reading) -> None:
        reading.state |= {"tree": Tree(), "numbers": {}, "parties": []}

    def header_bsn(self, reading: X12Reading, group: Group) -> Group | None:
        bsn = group[0]
        if reading.has("id"):
            return group
        if bsn(1) == _WITHDRAWN:
            reading.put("purpose_code", WITHDRAWS, bsn, 1)
        if bsn(1) == _REPLACES:
            reading.put("sequence_number", 1, bsn, 1)
        number_ = bsn(2) or reading.envelope.get("message_reference", "").lstrip("0")
        reading.put("id", number_, bsn, 2)
        if bsn(3):
            read_issued(reading, (bsn, 3), bsn(3), bsn(4))
        return None

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        left = self.take_dtm(reading, group)
        return super().header_dtm(reading, group) if left is group else left

    # -- shipment ----------------------------------------------------------------------------------
    def shipment_hl(self, reading: X12Reading, group: Group) -> Group | None:
        tree = self._enter(reading, group[0], "shipment")
        first = sum(node.level == "S" for node in tree.nodes)
        reading.begin((), self.shape("line"), "shipment" if first == 1 else f"shipment#{first}")
        return None

    def shipment_n1(self, reading: X12Reading, group: Group) -> Group | None:
        # Some put the shipment's numbers behind a party.
        others = [one for one in group[1:] if one.tag == "REF" and one(1).upper() in OF_SHIPMENT]
        left = super().header_n1(reading, [one for one in group if one not in others])
        return group if left else others

    def shipment_n9(self, reading: X12Reading, group: Group) -> Group | None:
        return read_notes(reading, "shipment", group)

    shipment_td1 = Shipping.take_td1
    shipment_mea = Shipping.take_mea
    shipment_td5 = Shipping.take_td5
    shipment_td3 = Shipping.take_td3
    shipment_ref = Shipping.take_ref
    shipment_dtm = Shipping.take_dtm

    # -- order -------------------------------------------------------------------------------------
    def order_hl(self, reading: X12Reading, group: Group) -> Group | None:
        tree = self._enter(reading, group[0], "order")
        reading.begin((), self.shape("line"), "orders", f"#{len(tree.nodes)}")
        return None

    def order_prf(self, reading: X12Reading, group: Group) -> Group | None:
        node = reading.state["tree"].last
        if node.order or not group[0](1):
            return group
        node.order |= order_of(group[0])
        names = reading.state.setdefault("orders", {})
        name = node.order["id"]
        count = names[name] = names.get(name, 0) + 1
        reading.inside("orders", name if count == 1 else f"{name}#{count}")
        return None

    def order_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref, node = group[0], reading.state["tree"].last
        if ref(1) == SALES_ORDER and ref(2) and "sales_order_id" not in node.order:
            node.order["sales_order_id"] = ref(2)
            return group[1:]
        if ref(1) == "IV" and ref(2):
            read_further(reading, ref, "380")
            return DEFERRED
        return group

    def order_n1(self, reading: X12Reading, group: Group) -> Group | None:
        """A party of the order; when there is one order only, it is the document's too."""
        reading.state["parties"].append(group)
        return group

    # -- packages ----------------------------------------------------------------------------------
    def unit_hl(self, reading: X12Reading, group: Group) -> Group | None:
        hl = group[0]
        self._enter(reading, hl, "unit")
        reading.begin((), self.shape("line"), "units")
        mans: list[Segment] = []
        reading.gathered["mans"] = mans
        node = reading.state["tree"].last
        reading.later(lambda: self._unit(reading, node, hl, mans))
        return None

    def unit_man(self, reading: X12Reading, group: Group) -> Group | None:
        reading.gathered["mans"].append(group[0])
        return DEFERRED

    def unit_td1(self, reading: X12Reading, group: Group) -> Group | None:
        td1 = group[0]
        kind = package_of(td1(1))
        if "td1" in reading.gathered or td1(6) not in ("G", "") or not (kind or td1(7)):
            return group
        reading.gathered["td1"] = td1
        extras = {"1.1": td1(1)} if td1(1) not in ("", WRITTEN_PACKAGES.get(kind)) else {}
        extras |= {"2.1": td1(2)} if td1(2) not in ("", "1") else {}
        extras |= {f"{place}.1": td1(place) for place in (3, 4, 5, 9, 10) if td1(place)}
        if extras:
            reading.kept.elements[reading.kept.key("TD1", "")] = extras
        return DEFERRED

    def unit_sn1(self, reading: X12Reading, group: Group) -> Group | None:
        """How much of the item is in the package."""
        sn1, node = group[0], reading.state["tree"].last
        if (
            node.quantity
            or not node.in_line
            or not sn1(2)
            or any(sn1(place) for place in range(4, len(sn1) + 1))
        ):
            return group
        node.quantity = reading.quantity(sn1(2), sn1(3))
        return DEFERRED

    def _unit(self, reading: X12Reading, node, hl: Segment, mans: list[Segment]) -> None:
        """The package is complete: its number, its kind, its weight."""
        tree: Tree = reading.state["tree"]
        named = numbered(mans)[:1]
        number_ = number_of(named[0](1).upper(), named[0](2)) if named else tree.free()
        index, name = tree.unit(reading, number_, named[0] if named else hl)
        node.units.append(index)
        reading.inside("units", name)
        self._marks(reading, mans, named)
        td1 = reading.gathered.get("td1")
        kind = (package_of(td1(1)) if td1 else "") or (PALLET if hl(3).upper() == "T" else "")
        path: Path = ("transport_handling_units", index)
        for field, value in (
            ("transport_handling_unit_type_code", kind),
            ("gross_weight_measure", read_measure(reading, td1(7), td1(8)) if td1 else None),
        ):
            if reading.draft.get((*path, field)) is None:
                reading.draft.put((*path, field), value, (td1 or hl,))

    def _marks(self, reading: X12Reading, mans: list[Segment], named: list[Segment]) -> None:
        """Numbers of packages are understood, others kept; those to follow it by are the shipment's too."""
        for man in [*named, *(one for one in mans if one not in named)]:
            follow(reading, man)
            if man not in named:
                reading.kept.keep([man])
                continue
            usual = marked(number_of(man(1).upper(), man(2)))
            extras = {f"{place}.1": man(place) for place in range(3, len(man) + 1) if man(place)}
            extras |= {"1.1": man(1)} if man(1) != usual[0] else {}
            extras |= {"2.1": man(2)} if man(2) != usual[1] else {}
            key = reading.kept.key("MAN", "")
            if extras:
                reading.kept.elements[key] = extras

    # -- lines -------------------------------------------------------------------------------------
    def line_hl(self, reading: X12Reading, group: Group) -> Group | None:
        hl = group[0]
        tree = self._enter(reading, hl, "line")
        index = len(reading.draft.values.get(self.field, ()))
        tree.last.line = index
        reading.begin((self.field, index), self.shape("line"))
        reading.draft.line(self.field, (hl,))
        reading.gathered["mans"] = []
        node, gathered = tree.last, reading.gathered
        reading.later(lambda: self._line(reading, node, gathered))
        return None

    def line_lin(self, reading: X12Reading, group: Group) -> Group | None:
        lin = group[0]
        if "lin" in reading.gathered:
            return super().line_lin(reading, group)
        reading.gathered["lin"] = lin
        read_codes(reading, (*reading.path, "item"), lin, 2, self.owner, frozenset({LINE, _ORDER}))
        reading.kept.key("LIN", "")
        for element, kind, value in pairs(lin, 2):
            if kind == LINE:
                reading.put(("order_line_reference", "line_id"), value, lin, element)
            elif kind == _ORDER:
                reading.state["tree"].last.order |= {"id": value}
        return DEFERRED

    def line_sn1(self, reading: X12Reading, group: Group) -> Group | None:
        sn1 = group[0]
        if reading.has("delivered_quantity") or not sn1(2):
            return group
        reading.gathered["sn1"] = sn1
        reading.put("delivered_quantity", reading.quantity(sn1(2), sn1(3)), sn1, 2)
        ordered = reading.quantity(sn1(5), sn1(6) or sn1(3))
        if sn1(8) not in FOLLOWS or not ordered or number(sn1(4)).strip("0."):
            return None
        rest = exact(ordered["value"]) - exact(sn1(2))
        if rest.is_finite() and rest > 0 and ordered["unit_code"] == reading.unit_of(sn1(3)):
            rest_ = {"value": plain(rest), "unit_code": ordered["unit_code"]}
            reading.put("outstanding_quantity", rest_, sn1, 5)
            extras = {f"{place}.1": sn1(place) for place in (4, 7, *range(9, len(sn1) + 1)) if sn1(place)}
            extras |= {"8.1": sn1(8)} if sn1(8) != FOLLOWS[0] else {}
            key = reading.kept.key("SN1", "")
            if extras:
                reading.kept.elements[key] = extras
            return DEFERRED
        return None

    def line_prf(self, reading: X12Reading, group: Group) -> Group | None:
        prf, node = group[0], reading.state["tree"].last
        if node.order or not prf(1):
            return group
        node.order |= order_of(prf)
        if prf(5) and not reading.has("order_line_reference", "line_id"):
            reading.put(("order_line_reference", "line_id"), prf(5), prf, 5)
        return None

    def line_man(self, reading: X12Reading, group: Group) -> Group | None:
        reading.gathered["mans"].append(group[0])
        return DEFERRED

    def line_cld(self, reading: X12Reading, group: Group) -> Group | None:
        """So many packages of so many each, when every one has its label (REF LS)."""
        cld, refs = group[0], group[1:]
        labels = [one(2) for one in refs if one.tag == "REF" and one(1) == _LABEL and len(one) == 2]
        named: set[str] = reading.gathered.setdefault("labels", set())
        index = reading.state["tree"].index
        plain = len(labels) == len(refs) == len(set(labels)) and cld(1) == str(len(labels)) and len(cld) < 4
        if not plain or not cld(2) or any(not one or one in named or one in index for one in labels):
            return group
        if cld(3) and not package_of(cld(3)):
            return group
        named.update(labels)
        reading.gathered.setdefault("loads", []).append((cld, labels))
        return DEFERRED

    def line_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        if not ref(2) or any(ref(place) for place in range(3, len(ref) + 1)):
            return group
        if ref(1) == SALES_LINE and not reading.has("order_line_reference", "sales_order_line_id"):
            reading.put(("order_line_reference", "sales_order_line_id"), ref(2), ref, 2)
            return group[1:]
        return DEFERRED if read_batch(reading, group) else group

    def line_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        return DEFERRED if read_batch(reading, group) else group

    def _line(self, reading: X12Reading, node, gathered: Mapping) -> None:
        """The line is complete: its number, the order's, and the packages it names itself."""
        lin, sn1 = gathered.get("lin"), gathered.get("sn1")
        known: set[str] = reading.state.setdefault("lines", set())
        own = [one for one in (sn1 and sn1(1), lin and lin(1)) if one] or [str(node.line + 1)]
        number_ = next((one for one in own if one not in known), "") or another(reading, own[0], known)
        known.add(number_)
        reading.put("id", number_, sn1 or lin or node.segment, 1)
        if lin and lin(1):
            reading.state["numbers"][node.line] = (lin(1), lin)
        named = numbered(gathered["mans"])
        tree: Tree = reading.state["tree"]
        for man in named:
            index, _name = tree.unit(reading, number_of(man(1).upper(), man(2)), man)
            node.units.append(index)
        for man in gathered["mans"]:
            follow(reading, man)
            if man not in named:
                reading.kept.keep([man])
        for cld, labels in gathered.get("loads", ()):
            for label in labels:
                self._load(reading, node, cld, label)

    def _load(self, reading: X12Reading, node, cld: Segment, label: str) -> None:
        """One of the packages of a CLD."""
        index, name = reading.state["tree"].unit(reading, label, cld)
        node.units.append(index)
        unit = (reading.get("delivered_quantity") or {}).get("unit_code") or reading.unit
        node.portions[index] = {"value": number(cld(2)), "unit_code": unit}
        if kind := package_of(cld(3)):
            path = ("transport_handling_units", index, "transport_handling_unit_type_code")
            reading.draft.put(path, kind, (cld, 3))
            if cld(3) != WRITTEN_PACKAGES[kind]:
                extras = {"elements": {"TD1": {"1.1": cld(3)}}}
                reading.draft.put((*reading.path, "extensions", "units", name), extras)

    # -- other levels ------------------------------------------------------------------------------
    def level_hl(self, reading: X12Reading, group: Group) -> Group | None:
        """A level we do not know, kept with the one it stands behind."""
        hl, levels = group[0], reading.gathered.setdefault("levels", [])
        node = reading.state["tree"].add(hl)
        nodes = reading.gathered.setdefault("nodes", [])
        within = str(nodes.index(node.parent) + 1) if node.parent in nodes else ""
        rest = [hl(element) for element in range(4, len(hl) + 1)]
        levels.append(["*".join(["HL", "", within, hl(3), *rest]), *(one.portable for one in group[1:])])
        nodes.append(node)
        if len(levels) == 1:
            reading.later(lambda: reading.draft.put((*reading.left_over, "levels"), levels))
        return DEFERRED

    def _enter(self, reading: X12Reading, hl: Segment, scope: str) -> Tree:
        reading.state["scope"] = scope
        tree: Tree = reading.state["tree"]
        reading.end()
        tree.add(hl)
        return tree

    # -- after the last segment --------------------------------------------------------------------
    def summary_ctt(self, reading: X12Reading, group: Group) -> Group | None:
        """CTT counts the HL, or the items; written again, they are counted again."""
        ctt, tree = group[0], reading.state["tree"]
        lines = len(reading.draft.get((self.field,), ()))
        if ctt(1).lstrip("0") not in (str(len(tree.nodes)), str(lines)):
            reading.miscounted(ctt, "parts", len(tree.nodes))
        return group[1:]

    def finish(self, reading: X12Reading) -> None:
        tree: Tree = reading.state["tree"]
        settle_orders(reading, tree)
        settle_packing(reading, tree)
        settle_extras(reading, tree)
        if len({str(node.order) for node in tree.nodes if node.level == "O"}) == 1:
            self._document_parties(reading)
        if reading.draft.get(("purpose_code",)) and not reading.draft.get((self.field,)):
            reading.draft.put((self.field,), [])
        super().finish(reading)

    def _document_parties(self, reading: X12Reading) -> None:
        reading.path = ()
        reading.begin((), self.shape("line"), "parties")
        kept = reading.kept
        for group in reading.state["parties"]:
            super().header_n1(reading, group)
        kept.found.clear()

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: DespatchAdvice, out: Writing) -> None:
        if document.despatch_advice_type_code not in (None, "351"):
            what = f"a despatch advice of type {document.despatch_advice_type_code}"
            raise self.cannot(what, "X12 has no code for it")
        AdviceWriter(self, document, out).write()

    def write_shipment_level(self, out: Writing, document: DespatchAdvice, number_: str) -> None:
        """HL S and what is said of the shipment as a whole."""
        out.open(self.shape("line"), document.extensions, "shipment")
        out.add("HL", number_, "", "S")
        write_shipment(self, out, document.shipment)
        write_further(self, out, document.additional_document_reference)
        write_despatch_dates(out, document.shipment)
        delivery = document.delivery
        if delivery:
            write_period(out, delivery.requested_delivery_period, "002")
            if delivery.actual_delivery_date:
                write_dtm(out, "035", delivery.actual_delivery_date)
        write_notes(out, document.note)
        self.write_parties(out, document)
        out.close()
