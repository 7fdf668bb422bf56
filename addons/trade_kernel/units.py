"""Units of measure: which codes have an exact factor to each other, and which only name a package.

UN/ECE Recommendation 20 (units of measure) and 21 (packages). Only factors that are exact by definition
stand here, as fractions; a gallon is 231 cubic inches and not 3.785 litres. Working days, loads and other
units whose size is a matter of agreement do not.
"""

from decimal import Decimal, DivisionByZero, Inexact, InvalidOperation, localcontext
from fractions import Fraction

#: decimals an exact value may have in a document
DECIMALS = 12

_POUND = Fraction(45359237, 100000)  # grams; international avoirdupois pound, 1959
_INCH = Fraction(254, 100)  # centimetres
_FOOT, _YARD = 12 * _INCH, 36 * _INCH
_GALLON = 231 * _INCH**3  # cubic centimetres; US liquid gallon
_IMPERIAL = Fraction(454609, 100)  # cubic centimetres; UK gallon

#: what is measured → code → how many of the first code of the table one of it is
TABLES: dict[str, dict[str, Fraction]] = {
    "count": {
        "C62": Fraction(1),  # one
        "H87": Fraction(1),  # piece
        "EA": Fraction(1),  # each
        "NAR": Fraction(1),  # number of articles
        "PCE": Fraction(1),  # piece; withdrawn from Recommendation 20, still usual in EDIFACT
        "PR": Fraction(2),  # pair
        "NPR": Fraction(2),  # number of pairs
        "DZN": Fraction(12),  # dozen
        "SCO": Fraction(20),  # score
        "DPR": Fraction(24),  # dozen pair
        "CEN": Fraction(100),  # hundred
        "GRO": Fraction(144),  # gross
        "MIL": Fraction(1000),  # thousand
        "GGR": Fraction(1728),  # great gross
        "MIO": Fraction(10**6),  # million
    },
    "mass": {
        "GRM": Fraction(1),
        "MC": Fraction(1, 10**6),  # microgram
        "MGM": Fraction(1, 1000),
        "HGM": Fraction(100),
        "KGM": Fraction(1000),
        "DTN": Fraction(10**5),  # decitonne
        "TNE": Fraction(10**6),  # metric ton
        "GRN": _POUND / 7000,  # grain
        "ONZ": _POUND / 16,
        "LBR": _POUND,
        "STI": 14 * _POUND,  # stone
        "CWA": 100 * _POUND,  # US hundredweight
        "CWI": 112 * _POUND,  # UK hundredweight
        "STN": 2000 * _POUND,  # US short ton
        "LTN": 2240 * _POUND,  # UK long ton
        "APZ": 480 * _POUND / 7000,  # troy ounce
    },
    "length": {
        "CMT": Fraction(1),
        "4H": Fraction(1, 10**4),  # micrometre
        "MMT": Fraction(1, 10),
        "DMT": Fraction(10),
        "MTR": Fraction(100),
        "HMT": Fraction(10**4),
        "KMT": Fraction(10**5),
        "INH": _INCH,
        "FOT": _FOOT,
        "YRD": _YARD,
        "SMI": 1760 * _YARD,  # statute mile
        "NMI": Fraction(185200),  # nautical mile
    },
    "area": {
        "CMK": Fraction(1),
        "MMK": Fraction(1, 100),
        "DMK": Fraction(100),
        "MTK": Fraction(10**4),
        "ARE": Fraction(10**6),
        "HAR": Fraction(10**8),
        "KMK": Fraction(10**10),
        "INK": _INCH**2,
        "FTK": _FOOT**2,
        "YDK": _YARD**2,
    },
    "volume": {
        "CMQ": Fraction(1),
        "MMQ": Fraction(1, 1000),
        "MLT": Fraction(1),
        "CLT": Fraction(10),
        "DLT": Fraction(100),
        "LTR": Fraction(1000),
        "DMQ": Fraction(1000),
        "HLT": Fraction(10**5),
        "MTQ": Fraction(10**6),
        "INQ": _INCH**3,
        "FTQ": _FOOT**3,
        "YDQ": _YARD**3,
        "BFT": _FOOT**2 * _INCH,  # board foot
        "OZA": _GALLON / 128,  # US fluid ounce
        "PTL": _GALLON / 8,  # US liquid pint
        "QTL": _GALLON / 4,  # US liquid quart
        "GLL": _GALLON,
        "BLL": 42 * _GALLON,  # barrel of petroleum
        "OZI": _IMPERIAL / 160,
        "PTI": _IMPERIAL / 8,
        "QTI": _IMPERIAL / 4,
        "GLI": _IMPERIAL,
    },
    "time": {"SEC": Fraction(1), "MIN": Fraction(60), "HUR": Fraction(3600)},
    "energy": {"KWH": Fraction(1), "WHR": Fraction(1, 1000), "MWH": Fraction(1000)},
}

_PLACES = {code: (measured, factor) for measured, table in TABLES.items() for code, factor in table.items()}

#: package code of Recommendation 21 → what people call it, the usual word first. Recommendation 20 lists the
#: same codes with an X in front; without it they are deprecated there and yet what is sent
PACKAGES = {
    "BA": ("barrel",),
    "BE": ("bundle",),
    "BG": ("bag",),
    "BJ": ("bucket",),
    "BL": ("bale",),
    "BO": ("bottle",),
    "BX": ("box",),
    "CA": ("can", "tin"),
    "CR": ("crate",),
    "CS": ("case",),
    "CT": ("carton",),
    "CX": ("can", "tin"),
    "DR": ("drum",),
    "JR": ("jar",),
    "PA": ("packet",),
    "PF": ("pallet",),
    "PK": ("pack", "package"),
    "PL": ("pail",),
    "PX": ("pallet",),
    "RL": ("reel",),
    "RO": ("roll",),
    "SA": ("sack",),
    "TB": ("tub",),
    "TU": ("tube",),
    "TY": ("tray",),
}


def ratio(code: str, other: str) -> Fraction | None:
    """How many ``other`` one ``code`` is, exactly; ``None`` when that is not known by definition."""
    if code == other:
        return Fraction(1)
    measured, factor = _PLACES.get(code, (None, None))
    also, by = _PLACES.get(other, (None, None))
    return factor / by if measured and measured == also else None


def package_words(code: str) -> tuple[str, ...]:
    """What people call a package code of Recommendation 21, with or without its X; empty for other codes.

    How much is in one differs from product to product: no package has a factor of its own.
    """
    bare = code[1:] if len(code) == 3 and code.startswith("X") else code
    return PACKAGES.get(bare, ())


def exact(number: Fraction) -> Decimal:
    """``number`` in decimals.

    :raise Inexact: it has no exact decimal notation that a document may carry
    """
    with localcontext() as context:
        context.prec = 27
        context.traps[Inexact] = context.traps[InvalidOperation] = context.traps[DivisionByZero] = True
        value = Decimal(number.numerator) / Decimal(number.denominator)
    if value.as_tuple().exponent < -DECIMALS:
        raise Inexact
    return value
