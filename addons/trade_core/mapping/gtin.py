"""GTINs of different lengths that name the same article (GS1 General Specifications, 3.2 and 7.9)."""

LENGTHS = (8, 12, 13, 14)


def normal(code):
    """The 14 digits of a GTIN-8, -12, -13 or -14; ``None`` when ``code`` cannot be one.

    Leading zeros only fill the field: 036000291452, 0036000291452 and 00036000291452 are one article.
    """
    digits = code.strip()
    return digits.zfill(14) if digits.isascii() and digits.isdigit() and len(digits) in LENGTHS else None


def spellings(code):
    """All the ways the same GTIN may stand on a product, ``code`` itself first."""
    full = normal(code)
    if full is None:
        return [code.strip()]
    shorter = (full[-length:] for length in LENGTHS if full[:-length].strip("0") == "")
    return list(dict.fromkeys([code.strip(), full, *shorter]))
