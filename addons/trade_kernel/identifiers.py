"""GS1's numbers: what is one, what its check digit must be, and what stands in an element string.

GS1 General Specifications: GTIN and GLN 3.2, 3.8 and 7.9, SSCC 3.3.1 and 7.9, element strings 7.8.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from stdnum import ean

from .canonical.base import plain
from .errors import ValidationFailed, register
from .units import exact, ratio

register(
    "gs1.unreadable",
    "{value} is no GS1 element string: {reason}",
    "Ask the partner to send it as it is read from the label, or printed with brackets: (01)04012345678901.",
)

#: ISO 6523 schemes
GTIN, GLN = "0160", "0088"
#: a Serial Shipping Container Code; ISO 6523 has no scheme of its own for it
SSCC = "sscc"
#: how many digits they have, the last one checks the others
LENGTHS = {GTIN: (8, 12, 13, 14), GLN: (13,), SSCC: (18,)}
_NAMES = {GTIN: "GTIN", GLN: "GLN", SSCC: "SSCC"}


def check_digit(body: str) -> str:
    """The digit that belongs behind ``body``, which is all digits: modulo 10, weights 3 and 1."""
    return ean.calc_check_digit(body)


def right_digit(scheme: str, value: str) -> str | None:
    """The digit a number would have to end in; ``None`` when it does, or has not the shape of one."""
    if not _is_shaped(scheme, value):
        return None
    expected = check_digit(value[:-1])
    return None if expected == value[-1] else expected


def is_valid(scheme: str, value: str) -> bool:
    """Whether ``value`` has the length and the check digit of a number of this scheme."""
    return _is_shaped(scheme, value) and check_digit(value[:-1]) == value[-1]


def is_gtin(value: str) -> bool:
    """Whether the digits are a GTIN-8, -12, -13 or -14."""
    return is_valid(GTIN, value)


def wrong_digit(scheme: str, value: str) -> str | None:
    """A sentence about a wrong check digit; ``None`` when there is none to be told."""
    value = value.strip()
    expected = right_digit(scheme, value)
    if expected is None:
        return None
    return f"The last digit of the {_NAMES[scheme]} {value} is wrong: its check digit would be {expected}."


def _is_shaped(scheme: str, value: str) -> bool:
    return len(value) in LENGTHS.get(scheme, ()) and value.isascii() and value.isdecimal()


# -- GTINs of different lengths --------------------------------------------------------------------


def normal_gtin(value: str) -> str | None:
    """The 14 digits of a GTIN-8, -12, -13 or -14, whatever its check digit; ``None`` when it cannot be one.

    Leading zeros only fill the field: 036000291452, 0036000291452 and 00036000291452 are one article.
    """
    digits = value.strip()
    return digits.zfill(14) if _is_shaped(GTIN, digits) else None


def gtin_spellings(value: str) -> list[str]:
    """All the ways the same GTIN may stand on a product, ``value`` itself first."""
    given = value.strip()
    full = normal_gtin(given)
    if full is None:
        return [given]
    shorter = (full[-length:] for length in LENGTHS[GTIN] if full[:-length].strip("0") == "")
    return list(dict.fromkeys([given, full, *shorter]))


# -- all numbers of a document ---------------------------------------------------------------------


def wrong_digits(document: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every number in a canonical document whose check digit is wrong: its JSON pointer and the sentence.

    :param document: as JSON values
    """
    if isinstance(document, list):
        for index, one in enumerate(document):
            yield from wrong_digits(one, f"{place}/{index}")
    elif isinstance(document, Mapping):
        for name, value in document.items():
            yield from _wrong_in(name, value, f"{place}/{name}")


def _wrong_in(name: str, value: Any, place: str) -> Iterator[tuple[str, str]]:
    if name == "transport_handling_units":
        for index, unit in enumerate(value):
            if sentence := wrong_digit(SSCC, unit["id"]):
                yield f"{place}/{index}/id", sentence
    elif isinstance(value, Mapping) and isinstance(value.get("id"), str):
        scheme = value.get("scheme_id") or (GTIN if name == "standard_item_identification" else "")
        if sentence := wrong_digit(scheme, value["id"]):
            yield f"{place}/id", sentence
    yield from wrong_digits(value, place)


# -- element strings -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ElementString:
    """What a GS1-128, DataBar or DataMatrix symbol says.

    :param gtin: 14 digits, of the trade item itself (AI 01) or of what a logistic unit holds (AI 02).
    :param count: pieces in it (AI 30 or 37).
    :param net_weight: value and UN/ECE Recommendation 20 code; so is ``gross_weight``.
    :param elements: everything, by application identifier, as it stands there.
    :param wrong: sentences about check digits that are wrong; the numbers stay as they were.
    """

    gtin: str | None = None
    sscc: str | None = None
    lot: str | None = None
    serial: str | None = None
    expiry_date: date | None = None
    best_before_date: date | None = None
    manufacture_date: date | None = None
    count: int | None = None
    net_weight: tuple[Decimal, str] | None = None
    gross_weight: tuple[Decimal, str] | None = None
    elements: dict[str, str] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()

    def said(self, name: str) -> str:
        """One of :data:`LABEL_FIELDS` as text, empty when it is not there; weights in kg."""
        value = getattr(self, name)
        if isinstance(value, tuple):
            number, unit = value
            value = plain(exact(Fraction(number) * ratio(unit, "KGM")))
        return "" if value is None else str(value)


#: what :meth:`ElementString.said` knows
LABEL_FIELDS = (
    "gtin",
    "sscc",
    "lot",
    "serial",
    "expiry_date",
    "best_before_date",
    "manufacture_date",
    "count",
    "net_weight",
    "gross_weight",
)

#: application identifier → field; of two for one field the first that stands there counts
_TEXTS = {"00": "sscc", "01": "gtin", "02": "gtin", "10": "lot", "21": "serial"}
_DATES = {"17": "expiry_date", "15": "best_before_date", "11": "manufacture_date"}
_COUNTS = ("30", "37")
#: first three digits; the fourth says how many decimals the six digits have
_WEIGHTS = {
    "310": ("net_weight", "KGM"),
    "320": ("net_weight", "LBR"),
    "330": ("gross_weight", "KGM"),
    "340": ("gross_weight", "LBR"),
}
_CHECKED = {"00": SSCC, "01": GTIN, "02": GTIN}
#: AIM symbology identifiers scanners put in front: GS1-128, DataBar, DataMatrix, QR
_SYMBOLOGIES = ("]C1", "]e0", "]d2", "]Q3")
#: how the separator FNC1 is written where the control character GS cannot be
_SEPARATORS = ("<GS>", "<FNC1>", "{GS}", "\u241d")
_LONGEST = 1000


def element_string(text: str) -> ElementString:
    """Read an element string: with FNC1 as the control character GS, or printed with brackets.

    :raise ValidationFailed: ``gs1.unreadable``
    """
    elements = _elements(text)
    found: dict = {"elements": {one.ai.ai: one.value for one in elements}}
    wrong = []
    for one in elements:
        code = one.ai.ai
        if code in _CHECKED and (sentence := wrong_digit(_CHECKED[code], one.value)):
            wrong.append(sentence)
        if code in _TEXTS:
            found.setdefault(_TEXTS[code], one.value)
        elif code in _DATES:
            found.setdefault(_DATES[code], one.date)
        elif code in _COUNTS:
            found.setdefault("count", int(one.value))
        elif code[:3] in _WEIGHTS:
            name, unit = _WEIGHTS[code[:3]]
            found.setdefault(name, (one.decimal, unit))
    return ElementString(**found, wrong=tuple(wrong))


def _elements(text: str):
    # Its tables of all prefixes take half a second to load: only who meets a label waits for them.
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    plain = text.strip()
    for symbology in _SYMBOLOGIES:
        plain = plain.removeprefix(symbology)
    for separator in _SEPARATORS:
        plain = plain.replace(separator, "\x1d")
    printed = plain.lstrip("\x1d").startswith("(")
    try:
        if not plain or len(plain) > _LONGEST:
            raise ParseError(f"it has {len(plain)} characters.")
        message = GS1Message.parse_hri(plain) if printed else GS1Message.parse(plain)
    except (ParseError, ValueError) as error:
        raise ValidationFailed("gs1.unreadable", value=text[:80], reason=str(error)) from None
    if printed and message.as_hri() != "".join(plain.split()):
        raise ValidationFailed("gs1.unreadable", value=text[:80], reason="its brackets do not match.")
    return message.element_strings
