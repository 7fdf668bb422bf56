"""Numbers as people write them: what they type into a form, and what stands in its fields."""

import re
from decimal import Decimal

_BLANKS = dict.fromkeys(map(ord, " \t\u00a0\u202f\u2009'’"))
_PLAIN = re.compile(r"[-+]?(?=[.,]?\d)\d*(?:[.,]\d*)?", re.ASCII)
#: thousands, each by the same mark, and maybe the other mark before the rest
_GROUPED = re.compile(r"[-+]?\d{1,3}([.,])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d*)?", re.ASCII)
#: a thousand, or one with three places
_EITHER = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


class Ambiguous(ValueError):
    """:ivar one: what it may mean, as it is to be written then
    :ivar other: what else it may mean
    """

    def __init__(self, one, other):
        super().__init__(one, other)
        self.one, self.other = one, other


def read(said, point):
    """
    :param str said: such as ``1.000,5``, ``1,000.5``, ``1 000,5`` or ``12``
    :param str point: the mark before the decimal places in the writer's language
    :raise Ambiguous: it is a thousand, or one with three places
    :raise ValueError: it is no number
    """
    text = said.translate(_BLANKS)
    marks = [letter for letter in text if letter in ".,"]
    if len(marks) == 1 and _EITHER.fullmatch(text) and (marks[0] != point or text.endswith("000")):
        one, other = text.replace(marks[0], ""), Decimal(text.replace(",", "."))
        raise Ambiguous(one, written(format(other.normalize(), "f"), point))
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    if grouped := _GROUPED.fullmatch(text):
        return Decimal(text.replace(grouped[1], "").replace(",", "."))
    raise ValueError(said)


def written(number, point):
    """Digits with a point, as a writer of the language has them."""
    return number.replace(".", point)


def point_of(env):
    """The mark before the decimal places in the environment's language."""
    return env["res.lang"]._get_data(code=env.lang or "en_US").decimal_point or "."
