"""PunchOutOrderMessage, the cart a buyer filled in the seller's shop; and QuoteMessage."""

from .._xml_reading import number_lines
from .._xml_table import Table, field, group, must
from .kinds import ISSUED, MONEY
from .parts import (
    ADDRESS,
    CONTACT,
    ITEM_DETAIL,
    ITEM_ID,
    give_contacts,
    give_header,
    give_item,
    give_ship_to,
    header,
    take_contacts,
    take_header,
    take_item,
    take_quantity,
    take_ship_to,
)

_BUYER, _SELLER = "buyer_customer_party", "seller_supplier_party"
_ROLES = {"buyerCorporate": _BUYER, "soldTo": _BUYER, "supplierCorporate": _SELLER}
_WRITTEN = {_BUYER: "buyerCorporate", _SELLER: "supplierCorporate"}


def _line(line, _reading):
    take_item(line)
    take_quantity(line)


def _line_before(line):
    give_item(line)


LINE = Table(
    field("@quantity", "quantity.value"),
    field("@lineNumber", "id"),
    group("ItemID", "", ITEM_ID),
    must("ItemID"),
    group("ItemDetail", "", ITEM_DETAIL),
    field("Comments*", "note"),
    extends=True,
    after=_line,
    before=_line_before,
)


def _charges(quote) -> None:
    """What shipping costs is a charge."""
    shipping = quote.pop("_shipping", None)
    if shipping and shipping.get("amount"):
        charge = {
            "charge_indicator": True,
            "allowance_charge_reason_code": "FC",
            "amount": shipping["amount"],
        }
        if shipping.get("text"):
            charge["allowance_charge_reason"] = shipping["text"]
        quote.setdefault("allowance_charge", []).append(charge)


def _charges_before(quote) -> None:
    for charge in quote.get("allowance_charge", ()):
        if (
            charge["charge_indicator"]
            and charge.get("allowance_charge_reason_code") == "FC"
            and charge.get("amount")
        ):
            quote["_shipping"] = {"amount": charge["amount"], "text": charge.get("allowance_charge_reason")}
            return


def _quote(quote, reading):
    quote.update(quote.pop("_issued", {}))
    if "id" not in quote:
        quote["id"] = quote.get("_envelope", {}).get("interchange_reference")
    take_header(quote, _SELLER, _BUYER)
    take_contacts(quote, _ROLES)
    take_ship_to(quote)
    _charges(quote)
    if reading.currency:
        quote.setdefault("document_currency_code", reading.currency)
    number_lines(quote.get("quotation_lines", ()))


def _cart_before(quote):
    give_header(quote, _SELLER, _BUYER)
    quote["_envelope"]["interchange_reference"] = quote["id"]
    give_contacts(quote, _WRITTEN)
    give_ship_to(quote)
    _charges_before(quote)
    quote["_operation"] = "create"


def _cart(quote, reading):
    if quote.get("_operation") == "create":
        del quote["_operation"]
    elif operation := quote.pop("_operation", None):
        quote.setdefault("extensions", {})["operation_allowed"] = operation
    _quote(quote, reading)


_MESSAGE = "Message/PunchOutOrderMessage"
_IN = f"{_MESSAGE}/PunchOutOrderMessageHeader"
#: an empty cart is a message too
CART = Table(
    *header(_MESSAGE),
    field(f"{_MESSAGE}/BuyerCookie", "buyer_cookie"),
    must(f"{_MESSAGE}/BuyerCookie"),
    field(f"{_IN}/@operationAllowed", "_operation"),
    field(f"{_IN}/Total/Money", "quoted_monetary_total.payable_amount", MONEY),
    group(f"{_IN}/ShipTo/Address", "_ship_to", ADDRESS),
    field(f"{_IN}/Shipping/Money", "_shipping.amount", MONEY),
    field(f"{_IN}/Shipping/Description", "_shipping.text"),
    group(f"{_IN}/Contact*", "_contacts", CONTACT),
    group(f"{_MESSAGE}/ItemIn*", "quotation_lines", LINE),
    after=_cart,
    before=_cart_before,
)
_QUOTE = "Message/QuoteMessage"
_HEAD = f"{_QUOTE}/QuoteMessageHeader"
#: only read: a quotation is written as a cart
QUOTE = Table(
    *header(_QUOTE),
    field(f"{_HEAD}/@quoteID", "id"),
    field(f"{_HEAD}/@quoteDate", "_issued", ISSUED),
    field(f"{_HEAD}/@currency", "document_currency_code"),
    field(f"{_HEAD}/Total/Money", "quoted_monetary_total.payable_amount", MONEY),
    group(f"{_HEAD}/ShipTo/Address", "_ship_to", ADDRESS),
    group(f"{_HEAD}/Contact*", "_contacts", CONTACT),
    field(f"{_HEAD}/Comments*", "note"),
    group(f"{_QUOTE}/QuoteItemIn*", "quotation_lines", LINE),
    after=_quote,
)
