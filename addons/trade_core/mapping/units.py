"""UN/ECE Recommendation 20 unit codes and Odoo's own units of measure."""

from fractions import Fraction

#: "mutually defined": of a unit that has no code, nor is made of one that has
OTHER_UNIT = "ZZ"

#: code → external id; of several codes for one unit the first is the one we send
REC20 = {
    "C62": "uom.product_uom_unit",  # one
    "EA": "uom.product_uom_unit",  # each
    "H87": "uom.product_uom_unit",  # piece
    "NAR": "uom.product_uom_unit",  # number of articles
    "PCE": "uom.product_uom_unit",  # piece; withdrawn from Rec 20, still the usual code in EDIFACT 6411
    "DZN": "uom.product_uom_dozen",
    "HUR": "uom.product_uom_hour",
    "DAY": "uom.product_uom_day",
    "MIN": "uom.product_uom_minute",
    "MMT": "uom.product_uom_millimeter",
    "CMT": "uom.product_uom_cm",
    "MTR": "uom.product_uom_meter",
    "KMT": "uom.product_uom_km",
    "INH": "uom.product_uom_inch",
    "FOT": "uom.product_uom_foot",
    "YRD": "uom.product_uom_yard",
    "SMI": "uom.product_uom_mile",
    "MTK": "uom.product_uom_square_meter",
    "FTK": "uom.product_uom_square_foot",
    "MLT": "uom.product_uom_milliliter",
    "LTR": "uom.product_uom_litre",
    "MTQ": "uom.product_uom_cubic_meter",
    "OZA": "uom.product_uom_floz",
    "QTL": "uom.product_uom_qt",
    "GLL": "uom.product_uom_gal",
    "INQ": "uom.product_uom_cubic_inch",
    "FTQ": "uom.product_uom_cubic_foot",
    "GRM": "uom.product_uom_gram",
    "KGM": "uom.product_uom_kgm",
    "TNE": "uom.product_uom_ton",
    "ONZ": "uom.product_uom_oz",
    "LBR": "uom.product_uom_lb",
    "KWH": "uom.product_uom_kwh",
}


def record(env, code):
    """The unit of a Rec 20 code, also when it is archived; an empty record when Odoo has none."""
    xmlid = REC20.get(code)
    return (xmlid and env.ref(xmlid, raise_if_not_found=False)) or env["uom.uom"]


def as_fraction(number):
    """Exactly the decimal that a float of Odoo shows."""
    return Fraction(repr(number))


def chain(uom):
    """``uom`` and what it is made of, each with how many of it one ``uom`` is; exact, step by step, as the
    factors were entered."""
    found, ratio = [(uom, Fraction(1))], Fraction(1)
    while uom.relative_uom_id:
        ratio *= as_fraction(uom.relative_factor)
        uom = uom.relative_uom_id
        found.append((uom, ratio))
    return found


def ratio(uom, other):
    """How many ``other`` one ``uom`` is, by Odoo's factors; ``None`` when they measure different things."""
    (root, size), (other_root, other_size) = chain(uom)[-1], chain(other)[-1]
    return size / other_size if root == other_root else None


def codes(uoms):
    """``{uom id: Rec 20 code}`` of those of ``uoms`` that have one; one query."""
    wanted = {}
    for code, xmlid in REC20.items():
        wanted.setdefault(xmlid, code)
    names = (
        uoms.env["ir.model.data"]
        .sudo()
        .search_fetch(
            [("model", "=", "uom.uom"), ("module", "=", "uom"), ("res_id", "in", uoms.ids)],
            ["name", "res_id"],
        )
    )
    return {data.res_id: wanted[f"uom.{data.name}"] for data in names if f"uom.{data.name}" in wanted}
