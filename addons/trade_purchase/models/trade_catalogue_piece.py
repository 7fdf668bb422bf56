from odoo import fields, models


class TradeCataloguePiece(models.Model):
    """What one message said of a catalogue beyond its changes: how much of it stays as it is."""

    _name = "trade.catalogue.piece"
    _description = "Part of a Supplier's Catalogue"
    _log_access = False

    catalogue_id = fields.Many2one("trade.catalogue", required=True, index=True, ondelete="cascade")
    message_id = fields.Many2one("trade.message", required=True, ondelete="restrict")
    line_count = fields.Integer("Lines", required=True)
    unchanged_count = fields.Integer("Unchanged", required=True)
    first_day = fields.Date(help="The first day one of its prices holds.")
    seen = fields.Json("Vendor prices that stay", prefetch=False)

    _message_unique = models.UniqueIndex("(message_id)")
