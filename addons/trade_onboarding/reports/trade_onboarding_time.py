from odoo import fields, models
from odoo.tools import SQL

from ..models.trade_onboarding_template import ROLES
from ..models.trade_onboarding_template_step import ACTORS, GATES


class TradeOnboardingTime(models.Model):
    """How long steps take and where cases stand: one row per step that could be done, in working hours.

    Steps nobody will do any more, because their case was rejected or ended, are left out.
    """

    _name = "trade.onboarding.time"
    _description = "Onboarding Lead Times"
    _auto = False
    _order = "ready_at desc, id"

    onboarding_id = fields.Many2one("trade.onboarding", "Case", readonly=True)
    company_id = fields.Many2one("res.company", "Our company", readonly=True)
    template_id = fields.Many2one("trade.onboarding.template", readonly=True)
    template_step_id = fields.Many2one("trade.onboarding.template.step", "Step", readonly=True)
    kind = fields.Selection(lambda self: self.env["trade.onboarding.kind"]._selection(), readonly=True)
    role = fields.Selection(ROLES, readonly=True)
    tier = fields.Char(readonly=True)
    actor = fields.Selection(ACTORS, "Done by", readonly=True)
    gate = fields.Selection(GATES, "Needed to become", readonly=True)
    user_id = fields.Many2one("res.users", "Who does it", readonly=True)
    state = fields.Selection(
        lambda self: self.env["trade.onboarding.step"]._fields["state"].selection, "Status", readonly=True
    )
    ready_at = fields.Datetime("Could be done since", readonly=True)
    settled_at = fields.Datetime("Done at", readonly=True)
    our_hours = fields.Float("Our hours", readonly=True, aggregator="avg")
    their_hours = fields.Float("Their hours", readonly=True, aggregator="avg")
    days = fields.Float("Days in all", readonly=True, aggregator="avg")
    late = fields.Float("Late (%)", readonly=True, aggregator="avg")
    turn = fields.Selection(
        [("us", "Us"), ("partner", "The partner"), ("failed", "It failed")], "Whose turn it is", readonly=True
    )
    is_open = fields.Boolean("Still open", readonly=True)

    @property
    def _table_query(self):
        """An open step counts with the days it has taken so far; its hours are those of its past turns."""
        return SQL(
            """
            SELECT step.id, step.onboarding_id, step.company_id, kase.template_id, step.template_step_id,
                   kase.role, kase.tier, step.actor, step.gate, step.kind,
                   COALESCE(step.user_id, kase.user_id) AS user_id, step.state,
                   CASE step.state WHEN 'done' THEN NULL WHEN 'waiting' THEN 'partner'
                                   WHEN 'failed' THEN 'failed' ELSE 'us' END AS turn,
                   step.ready_at, step.settled_at, step.our_hours, step.their_hours,
                   EXTRACT(EPOCH FROM COALESCE(step.settled_at, now() AT TIME ZONE 'UTC') - step.ready_at)
                       / 86400 AS days,
                   CASE WHEN step.due_at < COALESCE(step.settled_at, now() AT TIME ZONE 'UTC')
                        THEN 100.0 ELSE 0.0 END AS late,
                   step.state <> 'done' AS is_open
              FROM trade_onboarding_step step
              JOIN trade_onboarding kase ON kase.id = step.onboarding_id
             WHERE step.ready_at IS NOT NULL AND step.state <> 'waived'
               AND (step.state = 'done' OR kase.state NOT IN ('rejected', 'suspended', 'offboarded'))"""
        )
