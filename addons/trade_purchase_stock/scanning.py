"""What a scanner reads off a package."""

from odoo.addons.trade_kernel.errors import ValidationFailed
from odoo.addons.trade_kernel.identifiers import element_string

_DIGITS = 18


def sscc_of(text):
    """The SSCC in what was scanned or typed: 18 digits, or a GS1 element string such as ``(00)…``.

    :return: 18 digits, or the text itself when it is no such thing: packages may have the sender's own number
    """
    plain = "".join(text.split())
    if plain.isdecimal() and len(plain) == _DIGITS:
        return plain
    try:
        return element_string(plain).sscc or plain
    except ValidationFailed:
        return plain
