"""Calling partners: everything here works without a database and without Odoo's environment."""

from . import errors
