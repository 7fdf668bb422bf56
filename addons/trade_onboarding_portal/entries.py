"""What a page sent for a step: read field by field, and merged with what another window kept meanwhile."""

from typing import NamedTuple

from odoo.addons.trade_onboarding import forms
from odoo.addons.trade_onboarding.forms import Finding

#: the most characters of an entry, by the type of its field
LONGEST = {"text": 5_000}
LONGEST_LINE = 250
#: stands before the name of a field for what the page showed in it at first
WAS = "was-"


class Sent(NamedTuple):
    """:ivar values: what this page changed, as text, by the name of the field
    :ivar texts: all it held, to be shown again
    :ivar problems: :class:`Finding` about entries that are not even kept
    :ivar overtaken: labels of fields that another window changed meanwhile
    """

    values: dict
    texts: dict
    problems: list
    overtaken: list


def fields_of(step):
    """The fields the partner sees; names from a page count only when they are among them."""
    return [field for field in step._kind()._form(step) if not field.ours]


def text_of(field, value):
    """A kept value as the page holds it."""
    if field.type == "boolean":
        return "1" if value else ""
    return "" if value is None else str(value)


def read(step, form):
    """
    :param dict form: fields of the page, each with what it showed at first; others are left as they are
    """
    kept, sent = step._values(), Sent({}, {}, [], [])
    for field in fields_of(step):
        if field.type != "file" and f"{WAS}{field.name}" in form:
            now = _clean(field, text_of(field, kept.get(field.name)))
            _read_one(step, field, form, now, sent)
    return sent


def _read_one(step, field, form, now, sent):
    text = _clean(field, form.get(field.name, ""))
    was = _clean(field, form[f"{WAS}{field.name}"])
    most = LONGEST.get(field.type, LONGEST_LINE)
    sent.texts[field.name] = text
    if len(text) > most:
        words = step.env._(
            "%(label)s is too long: at most %(most)s characters.", label=field.label, most=most
        )
        sent.problems.append(Finding("error", words, field.name))
        return
    if _same(field, text, now):
        return
    if not _same(field, was, now):  # another window kept something else
        sent.overtaken.append(field.label)
        if _same(field, text, was):  # and this one did not touch it: theirs is newer
            sent.texts[field.name] = now
            return
    sent.values[field.name] = text


def _same(field, one, other):
    if one == other:
        return True
    try:
        return forms.coerce(field, one) == forms.coerce(field, other)
    except (TypeError, ValueError):
        return False


def _clean(field, text):
    """Without what no keyboard types and no database keeps; lines only where there are several."""
    if not isinstance(text, str):
        return ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if field.type != "text":
        text = text.replace("\n", " ")
    return "".join(char for char in text if char.isprintable() or char == "\n").strip()
