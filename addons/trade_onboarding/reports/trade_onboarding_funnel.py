from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.trade_kernel.onboarding import ROAD

from ..models.trade_onboarding import STATES
from ..models.trade_onboarding_template import ROLES


class TradeOnboardingFunnel(models.Model):
    """How far cases came: one row per case and state of the road, whether it was ever there and when.

    The keys of ``reached`` begin with their place on the road, so that groups stand in its order; states
    nobody has reached are there too, with zero.
    """

    _name = "trade.onboarding.funnel"
    _description = "Onboarding Funnel"
    _auto = False
    _order = "cases desc, reached_at desc, id"

    onboarding_id = fields.Many2one("trade.onboarding", "Case", readonly=True)
    company_id = fields.Many2one("res.company", "Our company", readonly=True)
    template_id = fields.Many2one("trade.onboarding.template", readonly=True)
    role = fields.Selection(ROLES, readonly=True)
    tier = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", "Owner", readonly=True)
    invited_on = fields.Datetime("Invited", readonly=True)
    state = fields.Selection(STATES, "Now", readonly=True)
    reached = fields.Selection("_selection_reached", readonly=True)
    reached_at = fields.Datetime(readonly=True)
    cases = fields.Integer("Cases that came so far", readonly=True, aggregator="sum")
    share = fields.Float("Of those invited (%)", readonly=True, aggregator="avg")
    days = fields.Float("Days since the invitation", readonly=True, aggregator="avg")

    @api.model
    def _selection_reached(self):
        labels = dict(self.env["trade.onboarding"]._fields["state"]._description_selection(self.env))
        return [(f"{place}_{state}", f"{place}. {labels[state]}") for place, state in enumerate(ROAD, 1)]

    @property
    def _table_query(self):
        return SQL(
            """
            WITH reached AS (
                SELECT onboarding_id, new, min(at) AS at FROM trade_onboarding_move
                 WHERE step_id IS NULL AND new = ANY(%(road)s) GROUP BY onboarding_id, new)
            SELECT kase.id * 10 + road.place AS id, kase.id AS onboarding_id, kase.company_id,
                   kase.template_id, kase.role, kase.tier, kase.user_id, kase.create_date AS invited_on,
                   kase.state, road.place || '_' || road.state AS reached, reached.at AS reached_at,
                   CASE WHEN reached.at IS NULL THEN 0 ELSE 1 END AS cases,
                   CASE WHEN reached.at IS NULL THEN 0.0 ELSE 100.0 END AS share,
                   EXTRACT(EPOCH FROM reached.at - kase.create_date) / 86400 AS days
              FROM trade_onboarding kase
             CROSS JOIN unnest(%(road)s) WITH ORDINALITY AS road (state, place)
              LEFT JOIN reached ON reached.onboarding_id = kase.id AND reached.new = road.state""",
            road=list(ROAD),
        )
