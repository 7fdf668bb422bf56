"""Mails without Odoo: what is in them, who says that the sender is genuine, and how one is sent."""
