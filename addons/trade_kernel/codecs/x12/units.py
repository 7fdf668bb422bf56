"""Units of measure: X12 element 355 ⇄ UN/ECE Recommendations 20 and 21.

Only codes that are mapped stand here. A code that means the same in both is not listed; an unknown one is
kept as it is, so that a person can say what it means.
"""

#: element 355 → Recommendation 20, or 21 after X; of several for one, the first is written
TO_REC20 = {
    # pieces
    "UN": "C62",
    "PC": "H87",
    "DZ": "DZN",
    "GS": "GRO",
    "HU": "CEN",
    "TH": "MIL",
    "ST": "SET",
    # packages
    "BX": "XBX",
    "CA": "XCS",
    "CS": "XCS",
    "CT": "XCT",
    "PK": "XPK",
    "PL": "XPX",
    "BG": "XBG",
    "BO": "XBO",
    "CN": "XCX",
    "DR": "XDR",
    "JR": "XJR",
    "RL": "XRO",
    "TB": "XTU",
    "BD": "XBE",
    "BA": "XBL",
    "CR": "XCR",
    "SH": "XST",
    "PA": "XPL",
    # weights
    "LB": "LBR",
    "OZ": "ONZ",
    "KG": "KGM",
    "GR": "GRM",
    "ME": "MGM",
    "MP": "TNE",
    "TN": "STN",
    "CW": "CWA",
    # lengths
    "FT": "FOT",
    "IN": "INH",
    "YD": "YRD",
    "MR": "MTR",
    "CM": "CMT",
    "MM": "MMT",
    # areas
    "SF": "FTK",
    "SI": "INK",
    "SY": "YDK",
    "SM": "MTK",
    # volumes
    "CF": "FTQ",
    "CI": "INQ",
    "CY": "YDQ",
    "CC": "CMQ",
    "GA": "GLL",
    "QT": "QTL",
    "PT": "PTL",
    "FO": "OZA",
    "LT": "LTR",
    "ML": "MLT",
    "BF": "BFT",
    "BU": "BUA",
    "BR": "BLL",
    # time and energy
    "MN": "MIN",
    "HR": "HUR",
    "DA": "DAY",
    "WK": "WEE",
    "MO": "MON",
    "YR": "ANN",
    "KH": "KWH",
}
#: Recommendation 20 → element 355
FROM_REC20: dict[str, str] = {}
for _code, _ours in TO_REC20.items():
    FROM_REC20.setdefault(_ours, _code)


def to_rec20(code: str, known: dict[str, str] | None = None, default: str = "C62") -> str:
    """The unit of a code of element 355.

    :param known: the partner's own codes, upper case.
    :param default: without a code.
    """
    code = code.upper()
    if not code:
        return default
    if known and code in known:
        return known[code]
    return TO_REC20.get(code, code)
