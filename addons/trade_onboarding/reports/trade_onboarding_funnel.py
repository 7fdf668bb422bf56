from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.trade_kernel.onboarding import ROAD

from ..models.trade_onboarding_template import ROLES


class TradeOnboardingFunnel(models.Model):
    """How far cases came: one row per case and state of the road it reached, with the time it took."""

    _name = "trade.onboarding.funnel"
    _description = "Onboarding Funnel"
    _auto = False
    _order = "place, id"

    onboarding_id = fields.Many2one("trade.onboarding", "Case", readonly=True)
    company_id = fields.Many2one("res.company", "Our company", readonly=True)
    template_id = fields.Many2one("trade.onboarding.template", readonly=True)
    role = fields.Selection(ROLES, readonly=True)
    tier = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", "Owner", readonly=True)
    invited_on = fields.Datetime("Invited", readonly=True)
    place = fields.Integer(readonly=True, aggregator=None)
    reached = fields.Selection(
        lambda self: [
            (state, f"{place}. {dict(self.env['trade.onboarding']._fields['state'].selection)[state]}")
            for place, state in enumerate(ROAD, 1)
        ],
        readonly=True,
    )
    reached_at = fields.Datetime(readonly=True)
    cases = fields.Integer(readonly=True, aggregator="sum")
    days = fields.Float("Days since the invitation", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            WITH reached AS (
                SELECT onboarding_id, new, min(id) AS id, min(at) AS at FROM trade_onboarding_move
                 WHERE step_id IS NULL AND new = ANY(%(road)s) GROUP BY onboarding_id, new)
            SELECT reached.id, kase.id AS onboarding_id, kase.company_id, kase.template_id, kase.role,
                   kase.tier, kase.user_id, kase.create_date AS invited_on,
                   array_position(%(road)s, reached.new) AS place, reached.new AS reached,
                   reached.at AS reached_at, 1 AS cases,
                   EXTRACT(EPOCH FROM reached.at - kase.create_date) / 86400 AS days
              FROM reached JOIN trade_onboarding kase ON kase.id = reached.onboarding_id""",
            road=list(ROAD),
        )
