"""PRICAT: what a supplier offers, and for how much."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, ClassVar

from ....canonical import CatalogueLine, CataloguePrice, Location, PriceCatalogue
from ....canonical.base import plain
from ....canonical.codes import COUNTRIES
from ..._draft import Path
from ..._edi.cutting import Lines
from ..._edi.reading import DEFERRED, Reading, Shape
from ..._edi.syntax import Segment
from ..._edi.texts import DESCRIPTION, joined, pieces
from ..._edi.values import exact, number, period, unit
from ..._edi.writing import Writing
from ._base import HEADER, SUMMARY, Group
from ._goods import read_origin, write_origin
from ._items import line_code, read_codes, write_codes, write_descriptions
from ._references import read_reference, write_reference
from ._reports import VALIDITY, ReportMessage, location, place_of, read_validity, write_span
from ._terms import (
    TAKES,
    priced,
    read_allowance,
    read_tax,
    write_allowances,
    write_currency,
    write_notes,
    write_tax,
)

#: 1225 of BGM → what becomes of the catalogue before it; of several the first is written
_PURPOSES = {"5": "replace", "4": "update", "2": "update", "3": "delete", "1": "delete"}
#: 1229 of LIN → what happens to the item
_ACTIONS = {"1": "add", "3": "update", "2": "delete", "4": "unchanged", "5": "unchanged"}
#: 5387 of prices that are recommended to those who sell on, which counts more than 5125
_RETAIL = frozenset({"SRP", "RTP", "MSR"})
_NET, _GROSS, _INFORMATION = "AAA", "AAB", "AAE"
#: 5375: a catalogue's price; so is one written that does not say what kind it is
_CATALOGUED = "CA"
#: 6063 of how much one pack holds; the first is written
_PACK = ("59", "52")
_MINIMUM, _MULTIPLE = "53", "165"
_QUANTITIES = {_MINIMUM: ("minimum_order_quantity",), **dict.fromkeys(_PACK, ("item", "pack_quantity"))}
#: 6167 of a range of quantities
_RANGE = "4"
#: 2005 of how long it takes, and 2379: days, weeks, hours; months differ in length
_LEAD_TIME = "169"
_DAYS = {"804": 1, "": 1, "803": 7}
#: 4451 of instructions for orders, and the code list (1131) of the unit that is ordered in
_ORDERING, _UNITS = "ORI", "6411"
#: 3227 of where a price holds: a place of sale, a whole country
_PLACE, _COUNTRY = "162", "28"
#: 7081 of what an item is like → what it is called in ``item.extensions["properties"]``
_PROPERTIES = {
    "BRN": "brand",
    "35": "colour",
    "98": "size",
    "38": "grade",
    "57": "quality",
    "13": "quality",
}
_PROPERTY_CODES = {name: code for code, name in reversed(_PROPERTIES.items())}
_PRICE_MEMBERS = "CUX APR RNG DTM PCD LOC"
#: the group of products that is none
_UNGROUPED = "2"


class Pricat(ReportMessage):
    """Lines may stand in groups of products (PGI).

    A group is kept as it stands in ``extensions["product_groups"]``, with the number of lines before it. Its
    currency, its prices and the time it holds for are those of its lines that say nothing else.
    """

    types: ClassVar = ("PRICAT",)
    documents: ClassVar = ("price_catalogue",)
    code: ClassVar = "9"
    field: ClassVar = "catalogue_lines"
    speaker: ClassVar = "seller"
    sender: ClassVar = "seller_supplier_party"
    receiver: ClassVar = "receiver_party"
    parties: ClassVar[Mapping[str, str]] = {
        "SU": "seller_supplier_party",
        "SE": "seller_supplier_party",
        "VN": "seller_supplier_party",
        "BY": "receiver_party",
        "MR": "receiver_party",
        "MF": "provider_party",
        "PR": "provider_party",
        "MS": "provider_party",
        "FR": "provider_party",
    }
    coarse: ClassVar = frozenset({"BGM", "LIN", "PRI"})
    cut: ClassVar = Lines("LIN", frozenset({"PGI"}), frozenset({"UNS", "CNT"}), ("BGM", 2))
    starts: ClassVar = {"LIN": "line", "PGI": "group"}
    takes: ClassVar = {
        **TAKES,
        "BGM": "1.1=9 2.1 2.3 3.1",
        "CUX": "1.1=2 1.2 1.3=8|4|9|10",
        "PRI": "1.1-2 1.3=CA 1.4=SRP|RTP|MSR 1.5-6",
        "RNG": "1=4 2.1-3",
        "FTX": "1 2 3.1 3.2=6411 4.1-5 5",
        "RFF": "1.1-4",
        "IMD": "1=F|A|E|B|D|S 2=DSC|BRN|35|98|38|57|13 3.4-5",
        "LOC": "1 2.1 2.2=162 2.3=9|16|10|5 2.4",
        "ALI": "1",
    }
    shapes: ClassVar = {
        "header": HEADER,
        "group": Shape(
            "PGI DTM QTY ALI FTX CUX PRI TAX ALC NAD PAT TDT TOD PAC",
            HEADER.groups_text | {"PRI": _PRICE_MEMBERS, "CUX": "DTM", "PAC": "MEA HAN"},
        ),
        "line": Shape(
            "LIN PIA IMD MEA QTY HAN ALI DTM NAD RFF LOC DOC FTX CCI TAX CUX PRI ALC PAC PAT TDT TOD",
            HEADER.groups_text
            | {"PRI": _PRICE_MEMBERS, "CUX": "DTM", "PAC": "MEA HAN", "CCI": "CAV MEA", "TDT": "LOC"},
        ),
        "summary": SUMMARY,
    }

    # -- header ------------------------------------------------------------------------------------
    def header_bgm(self, reading: Reading, group: Group) -> Group | None:
        bgm = group[0]
        left = super().header_bgm(reading, group)
        if left is None:
            reading.put("action_code", _PURPOSES.get(bgm(3)), bgm, 3)
        return left

    def beyond(self, segment: Segment) -> dict[str, str]:
        if segment.tag == "BGM" and segment(3) not in _TOLD["BGM"]:
            return {"3.1": segment(3)}
        if segment.tag == "LIN" and segment(2) not in _TOLD["LIN"]:
            return {"2.1": segment(2)}
        if segment.tag != "PRI":
            return {}
        retail = segment(1, 4) in _RETAIL
        found = {"1.1": segment(1)} if retail and segment(1) != _INFORMATION else {}
        if segment(1, 3) == _CATALOGUED and (retail or segment(1) != _NET):
            found["1.3"] = _CATALOGUED
        return found

    def header_dtm(self, reading: Reading, group: Group) -> Group | None:
        if read_validity(reading, ("validity_period",), group[0]):
            return None
        return super().header_dtm(reading, group)

    def header_rff(self, reading: Reading, group: Group) -> Group | None:
        if self.read_revision(reading, group[0]):
            return group[1:]
        if group[0](1) == "CT" and group[0](1, 2) and not reading.has("contract_reference"):
            return read_reference(reading, ("contract_reference",), group)
        return group

    # -- groups of products ------------------------------------------------------------------------
    def group_pgi(self, reading: Reading, group: Group) -> Group | None:
        index = reading.state["groups"] = reading.state.get("groups", -1) + 1
        lines = len(reading.draft.get((self.field,), ()))
        reading.begin((), self.shape("group"), "product_groups", index)
        reading.currency = reading.state.setdefault("usual", reading.currency)
        reading.state["group"] = {}
        reading.later(lambda: self._named(reading, ("extensions", "product_groups", index), lines))
        return group

    @staticmethod
    def _named(reading: Reading, path: Path, lines: int) -> None:
        """The group is complete: one before all lines that says nothing is not kept."""
        segments = [text for _rank, texts in reading.kept.found for text in texts]
        if not lines and segments == [f"PGI+{_UNGROUPED}"]:
            reading.kept.found.clear()
            reading.state["groups"] -= 1
        else:
            reading.draft.put((*path, "lines_before"), lines)

    def group_cux(self, reading: Reading, group: Group) -> Group | None:
        reading.currency = group[0](1, 2).upper() or reading.currency
        return group

    def group_pri(self, reading: Reading, group: Group) -> Group | None:
        price, _left = _price(reading, group)
        if price:
            reading.state["group"].setdefault("prices", []).append(price)
        return group

    def group_dtm(self, reading: Reading, group: Group) -> Group | None:
        dates = reading.state["group"].setdefault("dates", [])
        dates.append(group[0])
        return group

    # -- lines -------------------------------------------------------------------------------------
    def line_lin(self, reading: Reading, group: Group) -> Group | None:
        super().line_lin(reading, group)
        reading.put("action_code", _ACTIONS.get(group[0](2)), group[0], 2)
        reading.state["allowances"], reading.state["places"] = [], []
        reading.later(lambda: self._conclude(reading))
        return None

    def line_pia(self, reading: Reading, group: Group) -> Group | None:
        if group[0](1) == "4" and len(group[0]) > 1:
            read_codes(reading, (*reading.path, "replaced_item"), group[0], self.speaker)
            return None
        return super().line_pia(reading, group)

    def line_imd(self, reading: Reading, group: Group) -> Group | None:
        imd = group[0]
        name, kind = _PROPERTIES.get(imd(2)), imd(2)
        if name and imd(1) in ("F", "A", "E", "B", ""):
            text, path = (
                joined(imd.composite(3)[3:5], DESCRIPTION).strip(),
                ("item", "extensions", "properties"),
            )
            if kind != _PROPERTY_CODES[name] or not text or reading.has(*path, name):
                return group
            reading.put((*path, name), text, imd, 3, 4)
            return None
        return super().line_imd(reading, group)

    def line_qty(self, reading: Reading, group: Group) -> Group | None:
        qty, kind = group[0], group[0](1)
        field = {
            _MINIMUM: ("minimum_order_quantity",),
            **dict.fromkeys(_PACK, ("item", "pack_quantity")),
        }.get(kind)
        if kind == _MULTIPLE and qty(1, 2) and not reading.has("order_quantity_increment"):
            reading.put("order_quantity_increment", number(qty(1, 2)), qty, 1, 2)
            if qty(1, 3):
                reading.put("orderable_unit", unit(qty(1, 3), reading.units), qty, 1, 3)
            return None
        if not field or not qty(1, 2) or reading.has(*field):
            return group
        reading.put(field, reading.quantity(qty(1, 2), qty(1, 3)), qty, 1, 2)
        return None

    def line_ali(self, reading: Reading, group: Group) -> Group | None:
        return None if read_origin(reading, group[0]) else group

    def line_dtm(self, reading: Reading, group: Group) -> Group | None:
        dtm = group[0]
        if dtm(1) != _LEAD_TIME:
            return None if read_validity(reading, ("validity_period",), dtm) else group
        factor = _DAYS.get(dtm(1, 3))
        if not factor or not dtm(1, 2) or reading.has("lead_time_days"):
            return group
        days = exact(dtm(1, 2)) * factor
        reading.put("lead_time_days", plain(days) if days.is_finite() else dtm(1, 2), dtm, 1, 2)
        return None

    def line_tax(self, reading: Reading, group: Group) -> Group | None:
        tax = read_tax(group[0])
        if tax is None:
            return group
        reading.draft.append((*reading.path, "tax_category"), tax, (group[0],))
        return group[1:]

    def line_cux(self, reading: Reading, group: Group) -> Group | None:
        """The currency of the line's prices, which follow."""
        currency = group[0](1, 2).upper()
        if not currency or group[0](1) != "2" or len(group[0]) > 1:
            return group
        before = reading.currency
        reading.currency = currency
        reading.later(lambda: setattr(reading, "currency", before))
        return group[1:]

    def line_pri(self, reading: Reading, group: Group) -> Group | None:
        price, left = _price(reading, group)
        if price is None:
            return group
        index = len(reading.get("prices") or ())
        reading.put(("prices", index), price, group[0], 1, 2)
        return left

    def line_alc(self, reading: Reading, group: Group) -> Group | None:
        reading.state["allowances"].append(group)
        return DEFERRED

    def line_loc(self, reading: Reading, group: Group) -> Group | None:
        reading.state["places"].append(group)
        return DEFERRED

    def line_ftx(self, reading: Reading, group: Group) -> Group | None:
        ftx = group[0]
        if ftx(1) == _ORDERING and ftx(3, 2) == _UNITS and ftx(3) and not reading.has("orderable_unit"):
            reading.put("orderable_unit", unit(ftx(3), reading.units), ftx, 3)
            return None
        return super().line_ftx(reading, group)

    def _conclude(self, reading: Reading) -> None:
        """The line is complete: what the group says for it, and what belongs to its prices."""
        group = reading.state.get("group") or {}
        if not reading.has("prices"):
            reading.put_all({"prices": deepcopy(group.get("prices"))})
        if not reading.has("validity_period"):
            for dtm in group.get("dates") or ():
                read_validity(reading, ("validity_period",), dtm)
        prices = reading.get("prices") or []
        for places in reading.state["places"]:
            place = _place(places[0])
            without = [price for price in prices if "location" not in price]
            for price in without if place else ():
                price["location"] = place
            self.settle("line", reading, places, [] if place and without else places)
        applied = _reduced(prices)
        for allowance in reading.state["allowances"]:
            left = allowance
            if applied:
                left = read_allowance(reading, ("prices", applied[0], "allowance_charge"), allowance)
            self.settle("line", reading, allowance, left)
        for index in applied[1:]:
            if off := prices[applied[0]].get("allowance_charge"):
                prices[index]["allowance_charge"] = deepcopy(off)

    # -- writing -----------------------------------------------------------------------------------
    def write(self, document: PriceCatalogue, out: Writing) -> None:
        out.open(self.shape("header"), document.extensions)
        self.write_start(out, document, self.code, _written(_PURPOSES, document.action_code, "9"))
        write_reference(out, document.contract_reference, "CT")
        self.write_parties(out, document)
        if not out.kept("CUX"):
            write_currency(out, document.document_currency_code, "8")
        out.close()
        groups = _groups(document)
        if not groups.get(0) and out.profile.optional("PGI"):
            out.add("PGI", _UNGROUPED)
        usual = document.document_currency_code or str(out.profile.options.get("currency") or "XXX")
        for index, line in enumerate(document.catalogue_lines):
            for group in groups.pop(index, ()):
                out.open(self.shape("group"), group)
                out.close()
            self.write_line(out, line, usual)
        for group in (group for rest in groups.values() for group in rest):
            out.open(self.shape("group"), group)
            out.close()
        self.write_end(out, document)

    def write_dates(self, out: Writing, document: PriceCatalogue) -> None:
        super().write_dates(out, document)
        write_span(out, document.validity_period, "194", "206")

    def write_line(self, out: Writing, line: CatalogueLine, usual: str) -> None:
        """LIN and what follows it.

        :param usual: the currency of prices that name none.
        """
        item = line.item
        out.open(self.shape("line"), line.extensions)
        out.add("LIN", line.id, _written(_ACTIONS, line.action_code, ""), line_code(out, item))
        write_codes(out, item)
        if line.replaced_item:
            if line_code(out, line.replaced_item):
                out.add("PIA", "4", line_code(out, line.replaced_item))
            write_codes(out, line.replaced_item, "4", "4")
        write_descriptions(out, item)
        _write_properties(out, item.extensions.get("properties"))
        self._write_quantities(out, line)
        write_origin(out, item)
        write_span(out, line.validity_period, "194", "206")
        if line.lead_time_days is not None:
            out.add("DTM", (_LEAD_TIME, out.number(line.lead_time_days), "804"))
        write_notes(out, line.note)
        for tax in line.tax_category:
            write_tax(out, tax)
        for price in line.prices:
            _write_price(out, price, usual)
        said: list[Any] = []
        for price in line.prices:  # what comes off all gross prices is said once
            if price.allowance_charge not in said:
                said.append(price.allowance_charge)
                write_allowances(out, price.allowance_charge)
        out.close()

    @staticmethod
    def _write_quantities(out: Writing, line: CatalogueLine) -> None:
        for kind, quantity in ((_MINIMUM, line.minimum_order_quantity), (_PACK[0], line.item.pack_quantity)):
            if quantity:
                out.add("QTY", (kind, out.number(quantity.value), out.unit(quantity.unit_code)))
        if line.order_quantity_increment is not None:
            code = out.unit(line.orderable_unit) if line.orderable_unit else ""
            out.add("QTY", (_MULTIPLE, out.number(line.order_quantity_increment), code))
        elif line.orderable_unit:
            out.add("FTX", _ORDERING, "", (out.unit(line.orderable_unit), _UNITS))


def _written(codes: Mapping[str, str], meaning: str | None, none: str) -> str:
    return next((code for code, known in codes.items() if known == meaning), none)


#: the codes that are written as they are read
_TOLD = {
    "BGM": frozenset({"", "9", *(_written(_PURPOSES, meaning, "") for meaning in _PURPOSES.values())}),
    "LIN": frozenset({"", *(_written(_ACTIONS, meaning, "") for meaning in _ACTIONS.values())}),
}


# --- prices ---------------------------------------------------------------------------------------
def _price(reading: Reading, group: Group) -> tuple[dict[str, Any] | None, Group]:
    """The price in a PRI group, and what is left of the group."""
    pri, currency = group[0], reading.currency
    for segment in group[1:]:
        if segment.tag == "CUX" and segment(1, 2):
            reading.currency = segment(1, 2).upper()
    price = priced(reading, pri)
    reading.currency = currency
    if price is None:
        return None, group
    found: dict[str, Any] = {"price": price}
    if kind := _kind(pri):
        found["price_type_code"] = kind
    return found, [one for one in group[1:] if not _qualified(reading, found, one)]


def _kind(pri: Segment) -> str:
    """What kind of price it is; one of a catalogue that is not named further has none."""
    if pri(1, 4) in _RETAIL:
        return pri(1, 4)
    return "" if pri(1) == _NET and pri(1, 3) == _CATALOGUED else pri(1)


def _qualified(reading: Reading, price: dict[str, Any], segment: Segment) -> bool:
    """Put where, when or for how much a price holds, if a segment says so."""
    if (
        segment.tag == "RNG"
        and segment(1) == _RANGE
        and not price.keys() & {"minimum_quantity", "maximum_quantity"}
    ):
        for component, field in ((2, "minimum_quantity"), (3, "maximum_quantity")):
            if quantity := reading.quantity(segment(2, component), segment(2)):
                price[field] = quantity
        return bool(segment(2, 2) or segment(2, 3))
    if segment.tag == "LOC" and "location" not in price and (place := _place(segment)):
        price["location"] = place
        return True
    if segment.tag == "CUX":
        return segment(1) == "2" and bool(segment(1, 2)) and len(segment) == 1
    return segment.tag == "DTM" and _held(reading, price, segment)


def _held(reading: Reading, price: dict[str, Any], dtm: Segment) -> bool:
    side, found = VALIDITY.get(dtm(1)), price.get("validity_period") or {}
    dates = period(dtm(1, 2), dtm(1, 3), reading.where) if side and dtm(1, 2) else {}
    if "start_date" not in dates and side == "start":
        dates = {name.replace("end", "start"): value for name, value in dates.items()}
    if not dates or found.keys() & dates.keys():
        return False
    price["validity_period"] = found | dates
    return True


def _place(loc: Segment) -> dict[str, Any] | None:
    """Where a price holds."""
    if loc(1) == _COUNTRY and loc(2).upper() in COUNTRIES and not loc(2, 4):
        return {"address": {"country_code": loc(2).upper()}}
    return location(loc) if loc(1) == _PLACE else None


def _reduced(prices: Sequence[dict[str, Any]]) -> list[int]:
    """Which prices allowances are taken off: the gross ones, or the first."""
    gross = [index for index, price in enumerate(prices) if price.get("price_type_code") == _GROSS]
    return gross or [0][: len(prices)]


def _write_price(out: Writing, price: CataloguePrice, usual: str) -> None:
    kind, amount = price.price_type_code, price.price.price_amount
    base = price.price.base_quantity
    basis = (out.number(base.value), out.unit(base.unit_code)) if base else ()
    said = (_INFORMATION, kind) if kind in _RETAIL else (kind or _NET, "")
    out.add("PRI", (said[0], out.number(amount.value), "" if kind else _CATALOGUED, said[1], *basis))
    if amount.currency_id != usual:
        out.add("CUX", ("2", amount.currency_id, "8"))
    _write_range(out, price)
    write_span(out, price.validity_period, "194", "206")
    if price.location:
        _write_place(out, price.location)


def _write_range(out: Writing, price: CataloguePrice) -> None:
    limits = [price.minimum_quantity, price.maximum_quantity]
    units = {limit.unit_code for limit in limits if limit}
    if len(units) == 1:
        numbers = [out.number(limit.value) if limit else "" for limit in limits]
        out.add("RNG", _RANGE, (out.unit(units.pop()), *numbers))


def _write_place(out: Writing, place: Location) -> None:
    if place.address and place.address.country_code and not (place.id or place.name):
        out.add("LOC", _COUNTRY, (place.address.country_code, "162", "5"))
        return
    out.add("LOC", _PLACE, place_of(place))


def _groups(document: PriceCatalogue) -> dict[int, list[dict[str, Any]]]:
    """The groups of products by how many lines come before them."""
    found: dict[int, list[dict[str, Any]]] = {}
    groups = document.extensions.get("product_groups")
    for group in groups if isinstance(groups, list | tuple) else ():
        if isinstance(group, Mapping) and isinstance(group.get("lines_before"), int):
            found.setdefault(group["lines_before"], []).append(dict(group))
    return found


def _write_properties(out: Writing, properties: Any) -> None:
    for name, text in properties.items() if isinstance(properties, Mapping) else ():
        if name in _PROPERTY_CODES:
            out.add("IMD", "F", _PROPERTY_CODES[name], ("", "", "", *pieces(str(text), DESCRIPTION, 2)))
