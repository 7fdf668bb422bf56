"""cXML 1.2: orders, confirmations, ship notices, invoices; carts and quotes; status updates."""

from .codec import Cxml, Status, status_of, with_secret

__all__ = ["Cxml", "Status", "status_of", "with_secret"]
