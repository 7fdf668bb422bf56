"""The form in which a partner says what it ships, as a canonical despatch advice."""

import re
from datetime import UTC, datetime

from odoo.addons.trade_kernel.identifiers import SSCC, wrong_digit

from .answering import FormRefused, Reader, checked

_MOST_PACKAGES = 200
_MOST_COUNTED = 100_000
_PARTS = re.compile(r"[\s,;]+")


def advice(env, order, form, lines, number):
    """
    :param lines: list of ``Line``
    :param str number: of the advice, unless the form names one
    :raise FormRefused:
    """
    reader = Reader(env, form)
    now = datetime.now(UTC)
    goods = [line for line in (_goods(reader, line) for line in lines) if line]
    arrives, shipped = reader.day("eta"), reader.day("shipped")
    if reader.emptied("shipped"):
        reader.errors.setdefault("shipped", env._("Enter the day."))
    if arrives and shipped and arrives < shipped:
        reader.errors["eta"] = env._("It cannot arrive before it is sent.")
    shipment = {
        "actual_despatch_date": (shipped or now.date()).isoformat(),
        "tracking_id": [said] if (said := reader.text("tracking")) else [],
    }
    if carrier := reader.text("carrier"):
        shipment["carrier_party"] = {"party_name": carrier}
    if arrives:
        shipment["estimated_delivery_period"] = {"end_date": arrives.isoformat()}
    count = reader.number("packages")
    if count and (count != count.to_integral_value() or count > _MOST_COUNTED):
        reader.errors["packages"] = env._("Write how many packages there are, such as 3.")
    elif count:
        shipment["total_transport_handling_unit_quantity"] = format(count, "f")
    units = _units(reader, goods)
    if not goods and not reader.errors:
        reader.errors[""] = env._("Enter how much you send of at least one line.")
    reader.check()
    return checked(
        env,
        {
            "document_type": "despatch_advice",
            "id": reader.text("number") or number,
            "issue_date": now.date().isoformat(),
            "issue_time": now.timetz().isoformat(),
            "order_reference": {"id": order.name},
            "shipment": shipment,
            "transport_handling_units": units,
            "despatch_lines": goods,
        },
    )


def _goods(reader, line):
    quantity = reader.number(f"ship_{line.ref}")
    if not quantity:
        return None
    item = {"name": line.name}
    lots = [lot for lot in _PARTS.split(reader.text(f"lot_{line.ref}", 1000)) if lot]
    if line.line.product_id.tracking == "serial" and lots:
        if len(lots) != quantity:
            reader.errors[f"lot_{line.ref}"] = reader.env._(
                "%(count)s serial numbers for %(quantity)s pieces: enter one for each.",
                count=len(lots),
                quantity=format(quantity, "f"),
            )
        one = {"value": "1", "unit_code": line.unit_code}
        item["item_instance"] = [{"serial_id": lot, "quantity": one} for lot in lots]
    elif len(lots) > 1:
        reader.errors[f"lot_{line.ref}"] = reader.env._("One lot for each shipment of a line, please.")
    elif lots:
        item["item_instance"] = [
            {"lot_number_id": lots[0], "quantity": _quantity(line, quantity)},
        ]
    return {
        "id": line.ref,
        "delivered_quantity": _quantity(line, quantity),
        "order_line_reference": {"line_id": line.ref},
        "item": item,
    }


def _quantity(line, quantity):
    return {"value": format(quantity, "f"), "unit_code": line.unit_code}


def _units(reader, goods):
    """Packages by their SSCC; of a single one we know what is in it."""
    names = [name for name in _PARTS.split(reader.text("sscc", 5000)) if name]
    names = [name.removeprefix("00") if len(name) == 20 else name for name in names]
    wrong = [name for name in names if not re.fullmatch(r"\d{18}", name) or wrong_digit(SSCC, name)]
    if wrong:
        reader.errors["sscc"] = reader.env._("No SSCC (18 digits with the right check digit): %s", wrong[0])
    elif len(set(names)) != len(names):
        reader.errors["sscc"] = reader.env._("The same SSCC stands there twice.")
    elif len(names) > _MOST_PACKAGES:
        reader.errors["sscc"] = reader.env._("At most %s packages on one page.", _MOST_PACKAGES)
    packed = [{"line_id": line["id"]} for line in goods] if len(names) == 1 else []
    return [{"id": name, "packed_line": packed} for name in names]


__all__ = ["FormRefused", "advice"]
