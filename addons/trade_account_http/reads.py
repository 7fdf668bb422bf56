"""What partners read about their account, see ``trade_http/resources.py``."""

from typing import Literal

from odoo.addons.trade_core.event_parts import Money
from odoo.addons.trade_http.items import Item
from odoo.addons.trade_http.parameters import Params
from odoo.addons.trade_http.resources import Read, register_read


class Account(Item):
    """How the partner stands with us."""

    name: str
    status: Literal["draft", "live", "suspended", "closed"]
    """`live`: we trade. `draft`: being prepared. `suspended`: documents wait. `closed`: ended."""
    open_amount: Money
    """Invoices that are not paid, and what was ordered and is not invoiced."""
    credit_limit: Money | None = None
    """Without one, no limit is set."""
    credit_available: Money | None = None
    """What is left of the limit; never below zero."""


register_read(
    Read(
        name="account",
        title="Account",
        summary="Your status with us, what is open and the credit you have left.",
        scope="account:read",
        item=Account,
        params=Params,
        kind="one",
    )
)
