"""Small things several models need."""

from datetime import UTC, datetime
from decimal import Decimal


def iso_now():
    """The instant in UTC with milliseconds and offset, as it leaves the system (ARCHITECTURE rule 11)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


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
