"""What partners read about prices, see ``trade_http/resources.py``."""

from pydantic import Field

from odoo.addons.trade_core.event_parts import Product, UnitPrice
from odoo.addons.trade_http.items import Item
from odoo.addons.trade_http.parameters import Instant, PageParams, Whole
from odoo.addons.trade_http.resources import Read, register_read
from odoo.addons.trade_kernel.canonical.base import Id

MAX_CODES = 100


class ProductPrice(Item):
    """The price of one product."""

    product: Product
    price: UnitPrice
    """Of one unit, as your price list has it."""
    unit_code: str
    """The unit, UN/ECE Recommendation 20."""


class PriceParams(PageParams):
    """Parameters of prices."""

    code: list[Id] = Field(
        [],
        max_length=MAX_CODES,
        description="Only the products with these codes, ours or GTINs; may be given several times.",
    )
    quantity: Whole = Field(
        1, ge=1, le=1_000_000, description="The price of one unit when so many are ordered."
    )
    at: Instant | None = Field(None, description="The price at this instant; now when it is not given.")


register_read(
    Read(
        name="prices",
        title="Prices",
        summary="Your own prices of the products we sell. To hear when they change, read the events.",
        scope="prices:read",
        item=ProductPrice,
        params=PriceParams,
        key="code",
    )
)
