"""From a partner's codes to Odoo's records and back; read-only, batch by batch."""

from .resolver import Resolver

__all__ = ["Resolver"]
