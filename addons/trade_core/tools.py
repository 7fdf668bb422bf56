"""Small things several models need."""

from datetime import UTC, datetime
from decimal import Decimal

from odoo.tools import SQL


def iso_now():
    """The instant in UTC with milliseconds and offset, as it leaves the system (ARCHITECTURE rule 11)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def take_turns(records):
    """Let two who are about to change the same records come one after the other.

    Whoever comes second waits, is ended by PostgreSQL (serialization failure), and Odoo runs the request or
    job again: it sees what the first did, also in other tables, and says in words what that means. Odoo's
    own ``lock_for_update`` refuses at once instead, sometimes both, and says only that there was a lock.
    """
    if records:
        table = SQL.identifier(records._table)
        ids = list(records.ids)
        records.env.cr.execute(SQL("UPDATE %s SET write_date = write_date WHERE id = ANY(%s)", table, ids))


def sentences(error):
    """What a ``TradeError`` says to a person at a screen: what is wrong and what to do."""
    return f"{error.message} {error.remedy}".strip()


def decimal(value, digits):
    """An Odoo float as the exact number a person sees, without trailing zeros.

    :param int digits: decimals that mean something
    """
    number = round(Decimal(repr(float(value or 0.0))), digits)
    return number.normalize() if number else Decimal(0)


def is_picture(raw):
    """Whether a file is a PDF: what people read, not what systems do."""
    return raw.startswith(b"%PDF-")


def notice(message, kind="info"):
    """The action that says something to the person who pressed a button, and shows the record again.

    :param str kind: ``info``, ``success``, ``warning`` or ``danger``
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "message": message,
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
