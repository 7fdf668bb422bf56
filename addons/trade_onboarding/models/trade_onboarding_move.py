from odoo import fields, models
from odoo.exceptions import UserError


class TradeOnboardingMove(models.Model):
    """Every change of state of a case or of one of its steps: who, when, why. Never changed afterwards."""

    _name = "trade.onboarding.move"
    _description = "Move of an Onboarding Case"
    _order = "id desc"
    _log_access = False

    onboarding_id = fields.Many2one(
        "trade.onboarding", "Case", required=True, ondelete="cascade", index=True, readonly=True
    )
    step_id = fields.Many2one(
        "trade.onboarding.step", ondelete="cascade", index="btree_not_null", readonly=True
    )
    old = fields.Char("From", readonly=True)
    new = fields.Char("To", required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    who = fields.Char("Through", readonly=True, help="The partner's person and address, when it was theirs.")
    reason = fields.Text("Why", readonly=True)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What happened to a case is not changed afterwards."))
