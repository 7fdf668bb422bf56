"""What an API client may be allowed to do, one name each (OAuth 2 scopes).

A scope never reaches beyond the client's own partner: it says *what* of its own documents a system may read
or send, never *whose*. Addons that bring addresses of a new kind register their scopes here and call
``trade.api.scope._sync()`` in their data.
"""

from typing import NamedTuple


class Scope(NamedTuple):
    """:ivar title: what it allows, as one reads it on the client
    :ivar help: one sentence on what that means, and when to give it
    """

    title: str
    help: str


#: name → what it means
SCOPES: dict[str, Scope] = {}


def register(name: str, title: str, help: str) -> None:  # noqa: A002 - the word people know
    """Add a scope.

    :raise ValueError: the name means something else already
    """
    scope = Scope(title, help)
    if SCOPES.setdefault(name, scope) != scope:
        raise ValueError(f"The scope {name} is registered already, with another meaning.")


register("orders:read", "Read orders", "The orders exchanged with this partner, and the events about them.")
register(
    "orders:respond", "Answer orders", "Send order responses: confirm, change or refuse what we ordered."
)
register(
    "orders:submit", "Place orders", "Send orders and changes of orders. For customers and marketplaces."
)
register("despatch:write", "Announce deliveries", "Send despatch advices: what is on its way, packed how.")
register("invoices:read", "Read invoices", "The invoices and payments exchanged with this partner.")
register("invoices:write", "Send invoices", "Send invoices and credit notes for what we ordered.")
register("inventory:read", "Read availability", "How much of what this partner may buy is available.")
register("inventory:write", "Report stock", "Send inventory reports: what lies in the partner's warehouse.")
register("prices:read", "Read prices", "This partner's own prices, and nobody else's.")
register("prices:write", "Send prices", "Send price catalogues: what the partner charges us.")
register("shipments:read", "Read shipments", "Deliveries to or by this partner and where they are.")
register("shipments:write", "Report shipments", "Send shipment statuses: picked up, delayed, delivered.")
register(
    "account:write",
    "Send master data",
    "Names, addresses, people and bank accounts; what is written is ruled here.",
)
register("account:read", "Read the account", "This partner's status, credit and open amounts.")
register("events:read", "Read the feed of events", "What happened that concerns this partner, in order.")

#: role of a trading partner (its field) → what a new client of such a partner may do, unless one says
#: otherwise
BY_ROLE = {
    "is_supplier": (
        "orders:read",
        "orders:respond",
        "despatch:write",
        "invoices:read",
        "invoices:write",
        "inventory:write",
        "prices:write",
        "shipments:write",
        "account:write",
        "events:read",
    ),
    "is_customer": (
        "orders:read",
        "orders:submit",
        "invoices:read",
        "inventory:read",
        "prices:read",
        "shipments:read",
        "account:read",
        "account:write",
        "events:read",
    ),
    "is_logistics": ("inventory:write", "shipments:read", "shipments:write", "despatch:write", "events:read"),
    "is_marketplace": (
        "orders:read",
        "orders:submit",
        "inventory:read",
        "prices:read",
        "shipments:read",
        "events:read",
    ),
}
#: what every client could do before there were scopes
BEFORE_SCOPES = tuple(name for name in SCOPES if not name.endswith(":read"))
