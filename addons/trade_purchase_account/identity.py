"""When two numbers are the same invoice, however it was written and by whatever way it came."""

from odoo.addons.trade_kernel.document_numbers import number_key


def identity(kind, number, day):
    """What makes two documents of one supplier the same: numbers may begin again every year.

    :param str kind: ``invoice`` or ``credit_note``
    :param date day: of issue
    """
    return f"{kind}:{number_key(number)}:{day.year}"
