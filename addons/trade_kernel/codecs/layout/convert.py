"""From the text in a cell to a canonical value, and back."""

from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ...errors import ValidationFailed, phrase, said
from ...identifiers import element_string
from .spec import Layout, Rule

NUMBER = phrase("layout.value.number", "a number")
DECIMAL_COMMA = phrase("layout.value.decimal_comma", "a number with a decimal comma")
TIME = phrase("layout.value.time", "a time like 14:30")
YES_NO = phrase("layout.value.yes_no", "yes or no")
phrase("layout.value.date", "a date like {example}")

_YES = {"true", "yes", "y", "1", "x", "ja", "j", "oui", "si", "sí"}
_NO = {"false", "no", "n", "0", "", "nein", "non"}


def zone_of(layout: Layout) -> tzinfo:
    """:raise ValidationFailed: ``layout.timezone``"""
    try:
        return UTC if layout.timezone == "UTC" else ZoneInfo(layout.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationFailed("layout.timezone", timezone=layout.timezone) from None


def value_of(text: str | None, rule: Rule, layout: Layout, zone: tzinfo) -> str | bool | None:
    """What a rule makes of the text in its place: canonical text, a truth, or ``None`` for nothing.

    :raise ValidationFailed: ``layout.value`` when it cannot be read as the rule says, ``gs1.unreadable``
        when it is no element string
    """
    text = rule.constant if rule.constant is not None else (text or "").strip()
    if rule.gs1 and text:
        text = _from_label(text, rule, layout)
    if rule.strip_zeros:
        text = text.lstrip("0") or ("0" if text else "")
    if rule.upper:
        text = text.upper()
    if rule.cut:
        text = text[rule.cut[0] - 1 : rule.cut[1]].strip()
    if rule.map and text in rule.map:
        text = rule.map[text]
    elif rule.map_only and text:
        raise ValidationFailed("layout.unmapped", value=text[:60], field=rule.to)
    text = text or rule.default
    if not text:
        return None
    return _READ[rule.kind](text, rule, layout, zone)


def whole_of(text: str) -> int | str:
    """The text of a number as a whole one; as it is when it is none, and the document says so."""
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else text


def _from_label(text: str, rule: Rule, layout: Layout) -> str:
    """What a GS1 element string says for the rule, written as the layout writes; empty when it does not."""
    value = element_string(text).said(rule.gs1)
    return value.replace(".", layout.decimal) if rule.kind == "number" else value


def _number(text: str, rule: Rule, layout: Layout, _zone: tzinfo) -> str:
    plain = text.replace("\u00a0", " ").replace("\u2212", "-")
    negative = plain.endswith("-") and not plain.startswith("-")
    plain = plain.rstrip("-") if negative else plain
    if layout.thousands:
        plain = plain.replace(layout.thousands, "")
    if layout.decimal == ",":
        if "." in plain:
            raise _wrong(text, rule, DECIMAL_COMMA)
        plain = plain.replace(",", ".")
    try:
        if not set(plain.strip()) <= set("+-.0123456789eE"):
            raise InvalidOperation
        number = Decimal(plain.strip())
        if rule.factor:
            number *= Decimal(rule.factor)
        if not number.is_finite() or abs(number.adjusted()) > 40:
            raise InvalidOperation
    except (ArithmeticError, ValueError):
        raise _wrong(text, rule, NUMBER) from None
    return format(-number if negative else number, "f")


def _date(text: str, rule: Rule, layout: Layout, _zone: tzinfo) -> str:
    form = rule.date_format or layout.date_format
    for one, given in ((form, text), ("%Y-%m-%d", text[:10])):  # spreadsheets give dates as such
        try:
            return datetime.strptime(given, one).date().isoformat()
        except ValueError:
            continue
    raise _wrong(text, rule, said("layout.value.date", example=_example(form)))


def _time(text: str, rule: Rule, _layout: Layout, zone: tzinfo) -> str:
    for form in filter(None, (rule.date_format, "%H:%M:%S", "%H:%M", "%H%M", "%H%M%S")):
        try:
            moment = datetime.strptime(text, form).time()
        except ValueError:
            continue
        # The zone's offset of a winter's day: a time alone belongs to no day.
        return datetime.combine(date(2000, 1, 1), moment, zone).timetz().replace(
            tzinfo=None
        ).isoformat() + _offset(zone)
    raise _wrong(text, rule, TIME)


def _offset(zone: tzinfo) -> str:
    return datetime.combine(date(2000, 1, 1), time(), zone).strftime("%z")[:3] + ":00"


def _yes_no(text: str, rule: Rule, _layout: Layout, _zone: tzinfo) -> bool:
    lower = text.strip().lower()
    if lower in _YES:
        return True
    if lower in _NO:
        return False
    raise _wrong(text, rule, YES_NO)


def _example(form: str) -> str:
    return date(2026, 3, 31).strftime(form)


def _wrong(text: str, rule: Rule, expected: dict) -> ValidationFailed:
    return ValidationFailed("layout.value", value=text[:60], expected=expected, field=rule.to)


_READ = {
    "text": lambda text, *_rest: text,
    "number": _number,
    "date": _date,
    "time": _time,
    "yes_no": _yes_no,
}


# -- back --------------------------------------------------------------------------------------


def written(value: object, rule: Rule, layout: Layout) -> str:
    """The text of a canonical value as the partner writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if rule.kind == "number":
        number = Decimal(str(value))
        if rule.factor:
            number /= Decimal(rule.factor)
        return format(number, "f").replace(".", layout.decimal)
    if rule.kind == "date":
        return date.fromisoformat(str(value)).strftime(rule.date_format or layout.date_format)
    if rule.kind == "time":
        return str(value)[:5] if str(value)[6:8] in ("00", "") else str(value)[:8]
    text = str(value)
    return next((theirs for theirs, ours in rule.map.items() if ours == text), text)
