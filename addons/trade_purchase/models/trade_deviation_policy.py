from odoo import api, fields, models

from odoo.addons.trade_kernel.deviation import DIMENSIONS, Policy, default_policy


class TradeDeviationPolicy(models.Model):
    """How far an answer may be from what was asked before a person decides."""

    _name = "trade.deviation.policy"
    _description = "Deviation Policy"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", "Only for", index=True, help="Empty: for all our companies.")
    rule_ids = fields.One2many("trade.deviation.rule", "policy_id", "Rules", copy=True)
    route_ids = fields.One2many("trade.route", "deviation_policy_id", "Used by")
    unruled = fields.Char("Held without a rule", compute="_compute_unruled")

    @api.depends("rule_ids.dimension")
    def _compute_unruled(self):
        labels = dict(self.env["trade.deviation.rule"]._fields["dimension"]._description_selection(self.env))
        for policy in self:
            ruled = set(policy.rule_ids.mapped("dimension"))
            policy.unruled = ", ".join(labels[name] for name in DIMENSIONS if name not in ruled)

    def _rules(self):
        """:return: the kernel's ``Policy``; its careful default when there is none"""
        if not self:
            return default_policy()
        return Policy(tuple(rule._rule() for rule in self.rule_ids))
