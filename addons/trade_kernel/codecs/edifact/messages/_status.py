"""What a status of goods means: UN/ECE Recommendation 24, revision 6 of 2017, in 4405 (before D.00A: 9011).

Only what is certain has a meaning. Other codes, those of carriers among them, are kept as they came, as
*other*: such an event moves nothing. Carriers that put a word of their own into the type (UPS:
``STS+1:D2:21``, ``STS+1:E1:101``) mean what the code behind it says: 21 is delivered, 101 delayed in transit.
"""

_MEANINGS = {
    "announced": "68 6 50 64 71 321 322",
    "picked_up": "13",
    "departed": "24 27 127 365",
    "in_transit": (
        "31 15 16 26 28 29 35 39 41 44 46 47 48 59 70 74 75 76 79 88 91 92 93 94 98 99 100 346 355 356 357"
    ),
    "arrived": "1 40 45 67 364",
    "customs": "12 8 9 10 11 126 128",
    "out_for_delivery": "113 OFD",
    "delivered": "21 22 72",
    "delayed": "20 25 101 105 212 266 270 271 272 273 314",
    "exception": (
        "23 3 17 18 36 49 51 53 54 57 63 66 69 73 77 85 86 87 90 97 104 106 109 110 117 119 120 207 210 211"
        " 213 218 220 222 224 227 234 238 239 269 274 276 325 329 330 331 348"
    ),
    "returned": "82 80 81 313 323",
    "cancelled": "7",
    "other": "ZZZ",
}
#: code → the word of a canonical event
_KNOWN = {code: status for status, codes in _MEANINGS.items() for code in codes.split()}
#: word → the code it is written as
CODES = {status: codes.split()[0] for status, codes in _MEANINGS.items()}
#: 9011 of the directories D.9x has other meanings here (71 there is a full receipt, after EANCOM 1997)
_RENUMBERED = frozenset({"71", "72"})


def meaning(code: str, release: str) -> str:
    """The word for a code of a directory (``96A``); ``other`` where it is not certain."""
    if release.startswith("9") and code in _RENUMBERED:
        return "other"
    return _KNOWN.get(code, "other")
