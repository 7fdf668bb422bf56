from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.trade_kernel.deviation import Action, Rule

ACTIONS = [
    ("accept", "Accept"),
    ("notify", "Accept and notify"),
    ("hold", "Hold for the buyer"),
    ("reject", "Reject"),
]
# Which limits mean something for which kind of difference; the kernel's Rule says how they are read.
_LIMITS = {
    "price": ("tolerance_percent", "tolerance_amount"),
    "quantity": ("tolerance_percent", "tolerance_amount"),
    "date": ("tolerance_days_early", "tolerance_days_late"),
    "split": ("tolerance_days_early", "tolerance_days_late"),
    "backorder": ("tolerance_percent", "tolerance_amount", "tolerance_days_late"),
}
_ALL_LIMITS = ("tolerance_percent", "tolerance_amount", "tolerance_days_early", "tolerance_days_late")


class TradeDeviationRule(models.Model):
    """What one kind of difference may amount to, and what happens within and beyond."""

    _name = "trade.deviation.rule"
    _description = "Deviation Rule"
    _order = "sequence, id"
    _rec_name = "dimension"

    policy_id = fields.Many2one("trade.deviation.policy", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    dimension = fields.Selection(
        [
            ("price", "Price"),
            ("quantity", "Quantity"),
            ("date", "Date"),
            ("split", "Split into several deliveries"),
            ("backorder", "Back-order"),
            ("rejected", "Line rejected"),
            ("substituted", "Another item offered"),
            ("added", "Line added by the supplier"),
            ("missing", "Line not answered"),
        ],
        "When this differs",
        required=True,
    )
    tolerance_percent = fields.Float("Up to %", digits=(16, 3), help="Of what was asked. 0: no such limit.")
    tolerance_amount = fields.Float(
        "Up to",
        digits=(16, 2),
        help="Price: difference on the whole line, in the order's currency. Quantity and back-order: in the"
        " line's unit. 0: no such limit. Every limit that is set must hold.",
    )
    tolerance_days_early = fields.Integer("Days early")
    tolerance_days_late = fields.Integer("Days late")
    within = fields.Selection(ACTIONS, "Within the limits", required=True, default="accept")
    beyond = fields.Selection(ACTIONS, required=True, default="hold")
    has_limits = fields.Boolean(compute="_compute_has_limits")

    _one_per_dimension = models.UniqueIndex(
        "(policy_id, dimension)", "There is already a rule for this difference. Change that one."
    )
    _positive = models.Constraint(
        "CHECK (tolerance_percent >= 0 AND tolerance_amount >= 0"
        " AND tolerance_days_early >= 0 AND tolerance_days_late >= 0)",
        "A limit cannot be below zero; zero means: no such limit.",
    )

    @api.depends("dimension")
    def _compute_has_limits(self):
        for rule in self:
            rule.has_limits = rule.dimension in _LIMITS

    @api.onchange("dimension")
    def _onchange_dimension(self):
        for name in set(_ALL_LIMITS) - set(_LIMITS.get(self.dimension, ())):
            self[name] = 0

    def _rule(self):
        """The rule as the kernel's engine takes it; limits that mean nothing for its kind are left out."""
        self.ensure_one()
        limits = {name: self[name] for name in _LIMITS.get(self.dimension, ())}
        for name in {"tolerance_percent", "tolerance_amount"} & limits.keys():
            limits[name] = Decimal(str(limits[name]))
        return Rule(self.dimension, within=Action(self.within), beyond=Action(self.beyond), **limits)
