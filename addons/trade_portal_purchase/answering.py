"""The form of an order's page, read: what its partner answers, as a canonical order response."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from odoo.addons.trade_kernel.canonical import parse
from odoo.addons.trade_kernel.errors import TradeError
from odoo.addons.trade_portal import words

from . import numbers

#: how long what is typed into a field may be
LONGEST, LONGEST_NOTE = 80, 1000
_FIELDS = ("qty", "day", "price", "qty2", "day2", "item", "itemname", "cannot", "note")


class FormRefused(Exception):
    """:ivar errors: ``{field name: what is wrong with it and what to do}``; ``""``: with the whole of it"""

    def __init__(self, errors):
        super().__init__("\n".join(errors.values()))
        self.errors = errors


class Reader:
    """Reads the fields of a form, and collects everything that is wrong with them."""

    def __init__(self, env, form):
        self.env, self.form, self.errors = env, form, {}

    def emptied(self, name):
        """Whether nothing stands in a field of the form; browsers send days they cannot read like that."""
        return name in self.form and not self.text(name)

    def text(self, name, longest=LONGEST):
        said = self.form.get(name)
        said = " ".join(said.split("\r")).strip() if isinstance(said, str) else ""
        said = "".join(letter for letter in said if letter.isprintable() or letter in "\n\t")
        if len(said) > longest:
            self.errors[name] = self.env._("At most %s characters.", longest)
        return said[:longest]

    def number(self, name, above=None):
        """A number as people write it, ``None`` when nothing stands there."""
        said = self.text(name)
        if not said:
            return None
        try:
            number = numbers.read(said, numbers.point_of(self.env))
        except numbers.Ambiguous as either:
            self.errors[name] = self.env._(
                "Do you mean %(one)s or %(other)s? Write it like that.", one=either.one, other=either.other
            )
            return None
        except ValueError:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) >= 10**12 or number != round(number, 6):
            self.errors[name] = self.env._("Write a number, such as 12 or 12.5.")
            return None
        if number < 0 or (above is not None and number <= above):
            self.errors[name] = self.env._("It has to be more than 0.")
            return None
        return number

    def day(self, name):
        said = self.text(name)
        if not said:
            return None
        try:
            day = date.fromisoformat(said)
        except ValueError:
            day = None
        if not day or not 2000 <= day.year <= 2100:
            self.errors[name] = self.env._("Write a day as year-month-day, such as 2030-03-12.")
            return None
        return day

    def check(self):
        """
        :raise FormRefused: something was wrong
        """
        if self.errors:
            raise FormRefused(self.errors)


class Answered(NamedTuple):
    """What a form says: the lines as the canonical document takes them, and whether any is different."""

    lines: list
    different: list  # line numbers


def read(env, form, lines, currency):
    """What the form says about each line.

    :param lines: list of ``Line``, as the page shows them
    :raise FormRefused:
    """
    reader = Reader(env, form)
    read_lines = [_line(reader, line, currency) for line in lines]
    reader.check()
    return Answered(
        [said for said in read_lines if said],
        [line.ref for line, said in zip(lines, read_lines, strict=True) if said["line_status_code"] != "5"],
    )


def is_touched(line, form, point):
    """Whether a form says anything else about a line than what it was filled in with."""
    first = {"qty": numbers.written(line.quantity, point), "price": numbers.written(line.price, point)}
    first["day"] = line.day
    return any(form.get(f"{name}_{line.ref}", first.get(name, "")) != first.get(name, "") for name in _FIELDS)


def _line(reader, line, currency):
    said = {"id": line.ref, "order_line_reference": {"line_id": line.ref}, "line_status_code": "5"}
    field = {name: f"{name}_{line.ref}" for name in _FIELDS}
    note = reader.text(field["note"], LONGEST_NOTE)
    if note:
        said["note"] = [note]
    if reader.form.get(field["cannot"]):
        if not note:
            reader.errors[field["note"]] = reader.env._("Say why you cannot deliver it.")
        return {**said, "line_status_code": "7"}
    _nothing_emptied(reader, line, field)
    changes = {
        **_quantity(reader, line, field),
        **_price(reader, line, field, currency),
        **_item(reader, field),
    }
    if changes or note:
        return {**said, **changes, "line_status_code": "3"}
    return said


def _nothing_emptied(reader, line, field):
    """What was emptied is no answer: neither "as asked" nor "not at all"."""
    env = reader.env
    wanted = {
        "qty": (line.quantity, env._("Enter the quantity, or tick “We cannot deliver this line”.")),
        "day": (line.day, env._("Enter the day.")),
        "price": (line.price, env._("Enter the price.")),
    }
    for name, (asked, text) in wanted.items():
        if asked and reader.emptied(field[name]):
            reader.errors[field[name]] = text


def _quantity(reader, line, field):
    """Quantity and day, or two deliveries; only what is not as asked."""
    quantity, day = reader.number(field["qty"], above=0), reader.day(field["day"])
    second, later = reader.number(field["qty2"], above=0), reader.day(field["day2"])
    quantity = Decimal(line.quantity) if quantity is None else quantity
    day = day or (date.fromisoformat(line.day) if line.day else None)
    if second or later:
        if not second:
            reader.errors[field["qty2"]] = reader.env._("How much comes later?")
        if not later:
            reader.errors[field["day2"]] = reader.env._("When does the rest come?")
        if not (second and later):
            return {}
        parts = [(quantity, day), (second, later)]
        return {
            "quantity": _amount_of(line, quantity + second),
            "deliveries": [
                {
                    "quantity": _amount_of(line, much),
                    "promised_delivery_period": {"end_date": when.isoformat()},
                }
                for much, when in parts
                if when
            ],
        }
    changes = {}
    if quantity != Decimal(line.quantity):
        changes["quantity"] = _amount_of(line, quantity)
    if day and day.isoformat() != line.day:
        changes["promised_delivery_period"] = {"end_date": day.isoformat()}
    return changes


def _price(reader, line, field, currency):
    price = reader.number(field["price"])
    if price is None or price == Decimal(line.price):
        return {}
    return {"price": {"price_amount": {"value": format(price, "f"), "currency_id": currency}}}


def _item(reader, field):
    code, name = reader.text(field["item"]), reader.text(field["itemname"])
    if not (code or name):
        return {}
    item = {"name": name or code}
    if code:
        item["sellers_item_identification"] = {"id": code}
    return {"seller_substituted_item": item}


def _amount_of(line, quantity):
    return {"value": format(quantity, "f"), "unit_code": line.unit_code}


def response(env, order, code, revision, *, lines=(), note="", number=""):
    """The canonical answer.

    :param str code: ``AP``, ``CA`` or ``RE``
    :param int revision: counts the answers given on the page
    :param str number: theirs for the order
    :raise FormRefused: it contradicts itself
    """
    now = datetime.now(UTC)
    values = {
        "document_type": "order_response",
        "id": f"WEB-{order.name}",
        "sequence_number": revision,
        "issue_date": now.date().isoformat(),
        "issue_time": now.timetz().isoformat(),
        "order_response_code": code,
        "document_currency_code": order.currency_id.name,
        "order_reference": {"id": order.name, "sequence_number": order.trade_revision},
        "order_lines": list(lines),
        "note": [note] if note else [],
    }
    if number:
        values["order_reference"]["sales_order_id"] = number
    return checked(env, values)


def checked(env, values):
    """The canonical document of these values.

    :raise FormRefused: it contradicts itself
    """
    try:
        return parse(values)
    except TradeError as error:
        raise FormRefused({"": words.of_errors(env, error.errors)}) from error
