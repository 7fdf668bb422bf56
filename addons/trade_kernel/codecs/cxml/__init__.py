"""cXML 1.2: orders, confirmations, ship notices, invoices; carts and quotes; status updates."""

from .codec import Cxml, with_secret

__all__ = ["Cxml", "with_secret"]
