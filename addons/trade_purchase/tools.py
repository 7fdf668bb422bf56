"""Small things several models of this addon need."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytz
from odoo.tools import SQL

from odoo.addons.trade_core.tools import decimal

#: decimals of a net price as it is told to the supplier
PRICE_DECIMALS = 6
#: the documents by which an order, what changes of it and its end leave
SENT_TYPES = ("order", "order_change", "order_cancellation")


def plain(number):
    """``number`` in digits, without an exponent and without trailing zeros."""
    return format(number.normalize() if number else Decimal(0), "f")


def net_price(line):
    """What one unit of an order line costs after its discount, exactly as it is told to the supplier."""
    gross = Decimal(repr(line.price_unit))
    net = gross * (100 - Decimal(repr(line.discount or 0.0))) / 100
    return decimal(net, PRICE_DECIMALS)


def local_time(order, instant):
    """A naive UTC instant of Odoo as its buyer sees it, aware, with a fixed offset."""
    local = pytz.utc.localize(instant).astimezone(order.get_order_timezone())
    return local.replace(tzinfo=timezone(local.utcoffset()))


def local_day(order, instant) -> date:
    """The calendar day the buyer sees for a naive UTC instant of Odoo."""
    return local_time(order, instant).date()


def at_day(order, day, like) -> datetime:
    """``day`` as a naive UTC instant of Odoo, at the buyer's local time of the instant ``like``."""
    zone = order.get_order_timezone()
    local = zone.localize(datetime.combine(day, local_time(order, like).time()))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def bulk_update(records, rows, expressions=None):
    """Write different values to many records in one statement, past the ORM: for columns nobody else writes
    and nothing is computed from.

    :param dict rows: ``{record id: {field name: value}}``, every row with the same fields
    :param dict expressions: further columns ``{field name: SQL}`` of ``t`` (the row) and ``v`` (the values)
    """
    if not rows:
        return
    names = list(next(iter(rows.values())))
    columns = [records._fields[name] for name in names]
    values = [
        SQL(
            "(%s, %s)",
            record_id,
            SQL(", ").join(
                SQL(
                    "%s::" + field.column_type[1],
                    field.convert_to_column(row[name], records),
                )
                for name, field in zip(names, columns, strict=True)
            ),
        )
        for record_id, row in rows.items()
    ]
    assignments = [SQL("%s = v.%s", SQL.identifier(name), SQL.identifier(name)) for name in names]
    assignments += [SQL("%s = %s", SQL.identifier(name), sql) for name, sql in (expressions or {}).items()]
    records.env.execute_query(
        SQL(
            "UPDATE %s AS t SET %s FROM (VALUES %s) AS v(id, %s) WHERE t.id = v.id RETURNING t.id",
            SQL.identifier(records._table),
            SQL(", ").join(assignments),
            SQL(", ").join(values),
            SQL(", ").join(map(SQL.identifier, names)),
        )
    )
    touched = records.browse(rows)
    touched.invalidate_recordset([*names, *(expressions or {})], flush=False)
