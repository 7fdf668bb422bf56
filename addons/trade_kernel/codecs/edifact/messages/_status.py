"""What a status of goods means: UN/EDIFACT 9011, later 4405, as UN/ECE Recommendation 24 has them."""

_MEANINGS = {
    "announced": "68 6 50 64 71",
    "picked_up": "13 43",
    "departed": "24 27",
    "in_transit": "31 15 16 26 28 29 35 39 41 44 46 47 48 59 70 74 75 76 79 88 91 92 93 94 98 99 100",
    "arrived": "1 40 45 67",
    "customs": "12 8 9 10 11",
    "out_for_delivery": "OFD",
    "delivered": "21 22 42 72",
    "delayed": "20 25 101",
    "exception": "23 3 17 18 36 49 51 52 53 54 55 56 57 63 66 69 73 77 85 86 87 90 97",
    "returned": "82 80 81",
    "cancelled": "7",
    "other": "ZZZ",
}
#: code → the word of a canonical event
KNOWN = {code: status for status, codes in _MEANINGS.items() for code in codes.split()}
#: word → the code it is written as; for goods out for delivery there is none that everybody knows
CODES = {status: codes.split()[0] for status, codes in _MEANINGS.items()}
