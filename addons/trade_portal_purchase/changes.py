"""What changed of an order since the partner was told last, in words."""

from datetime import date
from decimal import Decimal

from odoo.tools import format_date

from odoo.addons.trade_purchase.models.trade_adapter_order_change import known_lines

_DELETED = "2"


def sentences(message, order):
    """One sentence for each line that changed, in the language of the order's environment.

    :param message: a prepared message that tells the order; the first one tells nothing that changed
    :return: list of texts
    """
    if message.document_type == "order_cancellation" or not message.canonical:
        return []
    before = known_lines(message, order)
    if not before:
        return []
    told, said = message.canonical, []
    now = {line["id"]: line for line in told["order_lines"] if line.get("line_status_code") != _DELETED}
    gone = [line["id"] for line in told["order_lines"] if line.get("line_status_code") == _DELETED]
    if told["document_type"] == "order":
        gone += [line_id for line_id in before if line_id not in now]
    ours = order._trade_lines_by_ref()
    nothing = order.order_line.browse()
    for line_id, line in now.items():
        our = ours.get(line_id, nothing)
        if words := _line_words(order, our, before.get(line_id), line):
            said.append(f"{line_id} · {our.product_id.name or line['item'].get('name')}: {words}")
    no_longer = order.env._("no longer wanted")
    for line_id in gone:
        name = ours.get(line_id, nothing).product_id.name or ""
        said.append(f"{line_id} · {name}: {no_longer}")
    return said


def _line_words(order, our, before, line):
    _, unit = order.env._, our.product_uom_id.name or ""
    words = [_("we say: %s", note) for note in line.get("note") or []]
    if before is None:
        return ", ".join([_("new"), *words])
    was, now = _quantity(before), _quantity(line)
    if was != now:
        words.append(_("%(new)s %(unit)s instead of %(old)s", new=now, old=was, unit=unit))
    was, now = _day(order, before), _day(order, line)
    if was != now:
        words.append(_("on %(new)s instead of %(old)s", new=now, old=was))
    was, now = _price(before), _price(line)
    if was != now:
        words.append(_("at %(new)s instead of %(old)s", new=now, old=was))
    return ", ".join(words)


def _quantity(line):
    return plain(Decimal(line["quantity"]["value"]))


def _day(order, line):
    day = (line.get("requested_delivery_period") or {}).get("end_date")
    return format_date(order.env, date.fromisoformat(day)) if day else "–"


def _price(line):
    amount = line["price"]["price_amount"]
    return f"{plain(Decimal(amount['value']))} {amount['currency_id']}"


def plain(number):
    """Digits without an exponent and without trailing zeros."""
    return format(number.normalize() if number else Decimal(0), "f")
