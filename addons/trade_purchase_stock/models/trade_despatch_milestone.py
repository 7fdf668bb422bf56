from odoo import api, fields, models

from odoo.addons.trade_kernel.canonical.shipment_status import STATUSES

from .trade_despatch import OPEN

#: what a status makes of an open shipment
STANDING = {
    "announced": "announced",
    "picked_up": "in_transit",
    "departed": "in_transit",
    "in_transit": "in_transit",
    "customs": "in_transit",
    "out_for_delivery": "in_transit",
    "arrived": "arrived",
    "delivered": "delivered",
}
TROUBLES = ("delayed", "exception", "returned", "cancelled")


class TradeDespatchMilestone(models.Model):
    """Something that happened to a shipment on its way."""

    _name = "trade.despatch.milestone"
    _description = "Milestone of a Shipment"
    _order = "occurred_at desc, id desc"
    _rec_name = "status"

    despatch_id = fields.Many2one(
        "trade.despatch", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="despatch_id.company_id", store=True)
    status = fields.Selection("_selection_status", required=True, readonly=True)
    code = fields.Char("Carrier's code", readonly=True)
    description = fields.Char(readonly=True)
    occurred_at = fields.Datetime("When", required=True, readonly=True)
    location = fields.Char("Where", readonly=True)
    signed_by = fields.Char(readonly=True)
    eta = fields.Date("Arrives", readonly=True, help="The arrival as it was said with it.")
    message_id = fields.Many2one(
        "trade.message", "Document", readonly=True, index="btree_not_null", ondelete="set null",
        groups="trade_core.group_trade_user",
    )  # fmt: skip

    @api.model
    def _selection_status(self):
        words = {
            "announced": self.env._("Announced"),
            "picked_up": self.env._("Picked up"),
            "departed": self.env._("Departed"),
            "in_transit": self.env._("On its way"),
            "arrived": self.env._("Arrived"),
            "customs": self.env._("In customs"),
            "out_for_delivery": self.env._("Out for delivery"),
            "delivered": self.env._("Delivered"),
            "delayed": self.env._("Delayed"),
            "exception": self.env._("Something is wrong"),
            "returned": self.env._("Returned"),
            "cancelled": self.env._("Cancelled"),
        }
        return [(code, words.get(code, self.env._("Other"))) for code in STATUSES]

    def _words(self):
        self.ensure_one()
        label = dict(self._fields["status"]._description_selection(self.env))[self.status]
        return ": ".join(filter(None, (label, self.description)))


class TradeDespatch(models.Model):
    _inherit = "trade.despatch"

    milestone_ids = fields.One2many("trade.despatch.milestone", "despatch_id", "Milestones", readonly=True)

    def _follow_milestones(self):
        """State and trouble as the latest milestone has them, whenever each became known."""
        for despatch in self.filtered(lambda one: one.state in OPEN):
            milestones = despatch.milestone_ids.sorted(lambda one: (one.occurred_at, one.id), reverse=True)
            telling = milestones.filtered(lambda one: one.status in STANDING)[:1]
            latest = milestones.filtered(lambda one: one.status in STANDING or one.status in TROUBLES)[:1]
            trouble = latest._words() if latest.status in TROUBLES else False
            state = STANDING.get(telling.status, despatch.state)
            despatch.write({"state": state, "trouble": trouble})
