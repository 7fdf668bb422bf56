"""When two numbers of documents are the same, however somebody wrote them."""

import re
import unicodedata

_RUN = re.compile(r"[0-9]+|[^\W\d_]+")


def number_key(number):
    """``number`` without what people write differently: case, spaces, punctuation, leading zeros.

    Two runs of digits stay apart: 1-23 and 12-3 are different numbers.

    >>> number_key("re 000123/24"), number_key("RE-123-24")
    ('RE123-24', 'RE123-24')
    """
    text = unicodedata.normalize("NFKC", number or "").upper()
    key, digits = "", False
    for run in _RUN.findall(text):
        if run[0].isdecimal():
            key += ("-" if digits else "") + (run.lstrip("0") or "0")
            digits = True
        else:
            key, digits = key + run, False
    return key
