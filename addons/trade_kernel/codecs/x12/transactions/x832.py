"""832: what a supplier offers, and for how much."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import CatalogueLine, PriceCatalogue
from ....canonical.base import plain
from ..._edi.cutting import Lines
from ..._edi.values import exact, number
from ..._edi.writing import Writing
from ._base import DEFERRED, SUMMARY, Group, Shape, X12Reading
from ._batches import write_batch
from ._catalogue_prices import END, START, VALIDITY, read_prices, write_prices
from ._dates import gather, write_period
from ._lines import LineTransaction
from ._prices import PricedLines
from ._reports import REPORT_GROUPS, ReportTransaction, write_made
from ._terms import read_reference, read_tax, write_currency, write_references, write_tax
from ._texts import write_notes

#: element 353 (BCT10) → what becomes of the catalogue before it; of several, the first is written
_PURPOSES = {"05": "replace", "04": "update", "02": "update", "03": "delete", "01": "delete"}
_WRITTEN_PURPOSES = {ours: code for code, ours in reversed(_PURPOSES.items())}
#: element 875 (G5301) ⇄ what happens to the item
_ACTIONS = {"021": "add", "001": "update", "002": "delete"}
_WRITTEN_ACTIONS = {ours: code for code, ours in _ACTIONS.items()}
#: element 750 of a PID: colour and size → what they are called in ``item.extensions["properties"]``
_PROPERTIES = {"73": "colour", "74": "size"}
#: CTB: restrictions of orders, and in element 673 the least that can be ordered and its multiples
_ORDERS, _LEAST, _MULTIPLES = "OR", "57", "69"
#: element 344 (LDT03) → days
_DAYS = {"DA": 1, "CD": 1, "WK": 7, "WW": 7}
_PLAIN_DAYS, _LEAD = "DA", "AF"
_CONTRACT = "CT"


class Catalogue(PricedLines, ReportTransaction):
    """LIN begins an item; CTP are its prices."""

    sets: ClassVar = ("832",)
    group: ClassVar = "SC"
    documents: ClassVar = ("price_catalogue",)
    beginning: ClassVar = "BCT"
    field: ClassVar = "catalogue_lines"
    owner: ClassVar = "seller"
    sender: ClassVar = "seller_supplier_party"
    receiver: ClassVar = "receiver_party"
    parties: ClassVar[Mapping[str, str]] = {
        "SE": "seller_supplier_party",
        "SU": "seller_supplier_party",
        "VN": "seller_supplier_party",
        "DS": "seller_supplier_party",
        "BY": "receiver_party",
        "TO": "receiver_party",
        "MF": "provider_party",
        "FR": "provider_party",
    }
    cut: ClassVar = Lines("LIN", frozenset(), frozenset({"CTT"}), ("BCT", 2))
    takes: ClassVar[Mapping[str, str]] = {
        "BCT": "1=PC 2 4 10=00|05|04|03",
        "G53": "1",
        "CTB": "1=OR 3 4",
        "LDT": "1=AF 2 3=DA",
        "UIT": "1",
        "PO4": "1",
        "PID": "1 2=08|GEN|73|74 5",
        "CUR": "1=SE 2",
    }
    shapes: ClassVar[Mapping[str, Shape]] = {
        "header": Shape("BCT CUR REF PER DTM ITD FOB SAC CTB PID N9 MSG NTE MTX N1 LM", REPORT_GROUPS),
        "line": Shape(
            "LIN G53 DTM REF CTB PID MEA PKG PO4 UIT LDT PER SAC TD4 TXI CUR CTP PKL N9 MSG NTE MTX SLN N1 "
            "LM",
            REPORT_GROUPS
            | {
                "CTP": "CUR SAC DTM",
                "PKL": "CTP DTM REF MEA PID PO4 SAC CUR",
                "SLN": "PID PO4 CTP DTM MEA SAC CUR N9",
            },
        ),
        SUMMARY: Shape("CTT", {}),
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bct(self, reading: X12Reading, group: Group) -> Group | None:
        bct = group[0]
        if reading.has("id"):
            return group
        reading.put("id", bct(2) or reading.envelope.get("message_reference", ""), bct, 2)
        if bct(4).isdecimal():
            reading.put("sequence_number", int(bct(4)[:9]), bct, 4)
        action = _PURPOSES.get(bct(10))
        reading.put("action_code", action, bct, 10)
        extras = self._takes["BCT"].extras(bct)
        if action and _WRITTEN_PURPOSES[action] != bct(10):
            extras["10.1"] = bct(10)
        if bct(4) and not (bct(4).isdecimal() and str(int(bct(4)[:9])) == bct(4) != "0"):
            extras["4.1"] = bct(4)
        if extras:
            reading.kept.elements[reading.kept.key("BCT", "")] = extras
        return DEFERRED

    header_cur = LineTransaction.header_cur

    def header_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        if gather(self, reading, "header", ("validity_period",), group, VALIDITY):
            return DEFERRED
        return super().header_dtm(reading, group)

    def header_ref(self, reading: X12Reading, group: Group) -> Group | None:
        ref = group[0]
        if ref(1) == _CONTRACT and ref(2) and not reading.has("contract_reference"):
            read_reference(reading, ("contract_reference",), ref)
            return group[1:]
        return super().header_ref(reading, group)

    # -- lines -------------------------------------------------------------------------------------
    def line_g53(self, reading: X12Reading, group: Group) -> Group | None:
        action = _ACTIONS.get(group[0](1))
        if not action or reading.has("action_code"):
            return group
        reading.put("action_code", action, group[0], 1)
        return group[1:]

    def line_dtm(self, reading: X12Reading, group: Group) -> Group | None:
        if gather(self, reading, "line", ("validity_period",), group, VALIDITY):
            return DEFERRED
        return super().line_dtm(reading, group)

    def line_pid(self, reading: X12Reading, group: Group) -> Group | None:
        """F: words; S: a code with its words, the name where nothing else is said."""
        pid = group[0]
        name, text = _PROPERTIES.get(pid(2)), pid(5)
        path = ("item", "extensions", "properties", name)
        if name and text and pid(1) == "F" and len(pid) == 5 and not pid(3) and not reading.has(*path):
            reading.put(path, text, pid, 5)
            return group[1:]
        if pid(1) in ("S", "X") and not pid(2) and text:
            reading.gathered.setdefault("named", (text, pid))
        return super().line_pid(reading, group)

    def line_po4(self, reading: X12Reading, group: Group) -> Group | None:
        po4 = group[0]
        if not po4(1) or reading.has("item", "pack_quantity"):
            return group
        reading.put(("item", "pack_quantity"), reading.quantity(po4(1)), po4, 1)
        return group[1:]

    def line_uit(self, reading: X12Reading, group: Group) -> Group | None:
        """The unit it is ordered in; a price that stands with it is left."""
        uit = group[0]
        if not uit(1) or len(uit) > 1 or reading.has("orderable_unit"):
            return group
        reading.put("orderable_unit", reading.unit_of(uit(1)), uit, 1)
        return group[1:]

    def line_ldt(self, reading: X12Reading, group: Group) -> Group | None:
        ldt = group[0]
        factor = _DAYS.get(ldt(3))
        if not factor or not ldt(2) or reading.has("lead_time_days"):
            return group
        days = exact(number(ldt(2))) * factor
        reading.put("lead_time_days", plain(days) if days.is_finite() else ldt(2), ldt, 2)
        key = reading.kept.key("LDT", "")
        extras = {"1.1": ldt(1)} if ldt(1) != _LEAD else {}
        extras |= {f"{place}.1": ldt(place) for place in range(4, len(ldt) + 1) if ldt(place)}
        if extras:
            reading.kept.elements[key] = extras
        if group[1:]:
            reading.kept.groups.setdefault(key, []).extend(one.portable for one in group[1:])
        return DEFERRED

    def line_ctb(self, reading: X12Reading, group: Group) -> Group | None:
        """What restricts an order; its unit is known when the line is complete."""
        ctb = group[0]
        if ctb(1) != _ORDERS or ctb(3) not in (_LEAST, _MULTIPLES) or not ctb(4) or len(ctb) > 4 or ctb(2):
            return group
        if ctb(3) in (found := reading.gathered.setdefault("orders", {})):
            return group
        found[ctb(3)] = ctb
        return DEFERRED

    def line_txi(self, reading: X12Reading, group: Group) -> Group | None:
        tax = read_tax(reading, group[0])
        if tax is None or group[0](2):
            return group
        reading.draft.append((*reading.path, "tax_category"), tax, (group[0],))
        return None

    def complete(self, reading: X12Reading) -> None:
        prices: list[Group] = reading.gathered.get("prices", [])
        read_prices(reading, prices, reading.kept.keep)
        for kind, ctb in reading.gathered.get("orders", {}).items():
            reading.kept.key("CTB", "")
            if kind == _LEAST:
                value = {"value": number(ctb(4)), "unit_code": _unit(reading.get, reading.unit)}
                reading.put("minimum_order_quantity", value, ctb, 4)
            else:
                reading.put("order_quantity_increment", number(ctb(4)), ctb, 4)
        text, pid = reading.gathered.get("named", ("", None))
        words = reading.gathered.get(("words", (*reading.path, "item")), ())
        if pid is not None and "name" not in words:
            reading.put(("item", "name"), text, pid, 5)

    def finish(self, reading: X12Reading) -> None:
        super().finish(reading)
        self.in_currency(reading, reading.draft.get(("document_currency_code",)))

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: PriceCatalogue, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        purpose = _WRITTEN_PURPOSES.get(document.action_code or "", "00")
        revision = str(document.sequence_number) if document.sequence_number else ""
        out.add("BCT", "PC", document.id, "", revision, "", "", "", "", "", purpose)
        write_currency(out, document.document_currency_code, "SE")
        write_references(out, _CONTRACT, [document.contract_reference])
        write_made(out, document)
        _write_validity(out, document.validity_period)
        write_notes(out, document.note)
        self.write_parties(out, document)
        out.close()
        usual = document.document_currency_code or str(out.profile.options.get("currency") or "XXX")
        for line in document.catalogue_lines:
            self._write_line(out, line, usual)
        self.close(out, document, len(document.catalogue_lines))

    def _write_line(self, out: Writing, line: CatalogueLine, usual: str) -> None:
        item = line.item
        out.open(self.shape("line"), line.extensions)
        self.write_item(out, line.id, item)
        if line.action_code:
            if line.action_code not in _WRITTEN_ACTIONS:
                raise self.cannot(f"an item that is {line.action_code}", "X12 has no code for it")
            out.add("G53", _WRITTEN_ACTIONS[line.action_code])
        _write_validity(out, line.validity_period)
        write_batch(out, item)
        self._write_orders(out, line)
        properties = item.extensions.get("properties")
        for code, name in _PROPERTIES.items() if isinstance(properties, Mapping) else ():
            if properties.get(name):
                out.add("PID", "F", code, "", "", str(properties[name]))
        if item.pack_quantity:
            out.add("PO4", out.number(item.pack_quantity.value))
        for tax in line.tax_category:
            write_tax(out, tax)
        write_prices(out, line.prices, usual)
        write_notes(out, line.note)
        out.close()

    def _write_orders(self, out: Writing, line: CatalogueLine) -> None:
        if line.minimum_order_quantity:
            out.add("CTB", _ORDERS, "", _LEAST, out.number(line.minimum_order_quantity.value))
        if line.order_quantity_increment is not None:
            out.add("CTB", _ORDERS, "", _MULTIPLES, out.number(line.order_quantity_increment))
        if line.orderable_unit:
            out.add("UIT", out.unit(line.orderable_unit))
        if line.lead_time_days is not None:
            out.add("LDT", _LEAD, out.number(line.lead_time_days), _PLAIN_DAYS)


def _unit(get: Any, default: str) -> str:
    """The unit of a quantity that names none: the one of orders, else the one of the first price."""
    for price in get("prices") or ():
        for quantity in (price["price"].get("base_quantity"), price.get("minimum_quantity")):
            if quantity and not get("orderable_unit"):
                return quantity["unit_code"]
    return get("orderable_unit") or default


def _write_validity(out: Writing, period: Any) -> None:
    if period and not period.start_date:
        write_period(out, period, END)
    else:
        write_period(out, period, START, START, END)
