from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.trade_catalogue import DECIDABLE


class TradeCatalogueAccept(models.TransientModel):
    """Accept all changes of a catalogue within a limit; says how many before it does."""

    _name = "trade.catalogue.accept"
    _description = "Accept Changes within a Limit"

    catalogue_id = fields.Many2one("trade.catalogue", required=True, readonly=True, ondelete="cascade")
    percent = fields.Float("Within (%)", digits=(16, 2), required=True, default=5.0)
    with_new = fields.Boolean("Also new prices")
    with_ended = fields.Boolean("Also what has ended")
    with_flagged = fields.Boolean("Also what is out of the ordinary")
    count = fields.Integer(compute="_compute_count")
    left = fields.Integer(compute="_compute_count")
    said = fields.Char(compute="_compute_count")

    @api.depends("catalogue_id", "percent", "with_new", "with_ended", "with_flagged")
    def _compute_count(self):
        for wizard in self:
            [(count, total)] = self.env.execute_query(
                SQL(
                    "SELECT COUNT(*) FILTER (WHERE NOT blocked AND (%s)), COUNT(*)"
                    "  FROM trade_catalogue_change WHERE catalogue_id = %s AND %s",
                    wizard._condition(),
                    wizard.catalogue_id.id or None,
                    DECIDABLE,
                )
            )
            wizard.count, wizard.left = count, total - count
            wizard.said = self.env._(
                "Will be accepted: %(count)s. Stays to be decided: %(left)s.",
                count=f"{count:,}",
                left=f"{total - count:,}",
            )

    def _condition(self):
        kinds = [SQL("(kind IN ('price', 'other') AND abs(percent) <= %s)", max(self.percent, 0))]
        if self.with_new:
            kinds.append(SQL("kind = 'new'"))
        if self.with_ended:
            kinds.append(SQL("kind = 'ended'"))
        condition = SQL("(%s)", SQL(" OR ").join(kinds))
        return condition if self.with_flagged else SQL("flag IS NULL AND %s", condition)

    def action_accept(self):
        self.ensure_one()
        if not self.count:
            raise UserError(self.env._("No change is within this limit. Raise it, or decide line by line."))
        self.catalogue_id._decide("accepted", self._condition())
        return {"type": "ir.actions.act_window_close"}
