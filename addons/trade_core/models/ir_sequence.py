import uuid

from odoo import models


class IrSequence(models.Model):
    """What is only tried out uses up no number: PostgreSQL's sequences are not rolled back with the rest."""

    _inherit = "ir.sequence"

    def _next(self, sequence_date=None):
        if self.env.context.get("trade_dry_run"):
            return f"TEST-{uuid.uuid4().hex[:12].upper()}"
        return super()._next(sequence_date=sequence_date)
