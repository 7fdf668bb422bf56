"""Which cXML message is which canonical document."""

from functools import cache

from lxml import etree

from .._xml_table import Node, Table, compiled
from .answers import CONFIRMATION, RESPONSE, STATUS_UPDATE
from .invoices import INVOICE
from .kinds import LANG
from .orders import ORDER, ORDER_DELETE, ORDER_UPDATE
from .quotes import CART, QUOTE
from .shipping import SHIP_NOTICE

_NAMESPACES = {"xml": LANG[1 : LANG.index("}")]}
_ORDER = "Request/OrderRequest/OrderRequestHeader"
_INVOICE = "Request/InvoiceDetailRequest/InvoiceDetailRequestHeader"
#: name → document type, table, where an extrinsic may stand
NAMES: dict[str, tuple[str, Table, str]] = {
    "OrderRequest": ("order", ORDER, _ORDER),
    "OrderRequest:update": ("order_change", ORDER_UPDATE, _ORDER),
    "OrderRequest:delete": ("order_cancellation", ORDER_DELETE, _ORDER),
    "ConfirmationRequest": ("order_response", CONFIRMATION, "Request/ConfirmationRequest/ConfirmationHeader"),
    "ShipNoticeRequest": ("despatch_advice", SHIP_NOTICE, "Request/ShipNoticeRequest/ShipNoticeHeader"),
    "InvoiceDetailRequest": ("invoice", INVOICE, _INVOICE),
    "InvoiceDetailRequest:credit": ("credit_note", INVOICE, _INVOICE),
    "PunchOutOrderMessage": (
        "quotation",
        CART,
        "Message/PunchOutOrderMessage/PunchOutOrderMessageHeader",
    ),
    "QuoteMessage": ("quotation", QUOTE, "Message/QuoteMessage/QuoteMessageHeader"),
    "StatusUpdateRequest": ("acknowledgement", STATUS_UPDATE, "Request/StatusUpdateRequest"),
    "Response": ("acknowledgement", RESPONSE, "Response"),
}
#: what people call the messages
KNOWN = tuple(dict.fromkeys(_name.partition(":")[0] for _name in NAMES))
#: document type → the message it is written as
WRITTEN: dict[str, str] = {}
for _name, (_type, _table, _place) in NAMES.items():
    WRITTEN.setdefault(_type, _name)


def definition(root: etree._Element) -> str | None:
    """The name of the message below a ``cXML`` element; ``None`` for one that is not read."""
    if root.tag != "cXML":
        return None
    for around in root.iterchildren("Request", "Message"):
        for message in around:
            if (name := _kind(message)) in NAMES:
                return name
    return "Response" if root.find("Response/Status") is not None else None


def _kind(message: etree._Element) -> str:
    """A message's name, with what makes it another document."""
    name = message.tag
    if name == "OrderRequest":
        kind = _attribute(message, "OrderRequestHeader", "type").lower()
        return f"{name}:{kind}" if kind in ("update", "delete") else name
    if name == "InvoiceDetailRequest":
        purpose = _attribute(message, "InvoiceDetailRequestHeader", "purpose")
        return f"{name}:credit" if purpose.lower().endswith("creditmemo") else name
    return name


def _attribute(message: etree._Element, path: str, name: str) -> str:
    element = message.find(path)
    return element.get(name, "") if element is not None else ""


@cache
def node_of(name: str) -> Node:
    """The elements of a message."""
    return compiled("cXML", NAMES[name][1], _NAMESPACES)
