from odoo import api, fields, models
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
    old = fields.Char("From state", readonly=True)
    new = fields.Char("To state", required=True, readonly=True)
    old_text = fields.Char("From", compute="_compute_texts")
    new_text = fields.Char("To", compute="_compute_texts")
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    who = fields.Char("Through", readonly=True, help="The partner's person and address, when it was theirs.")
    reason = fields.Text("Why", readonly=True)

    @api.depends("old", "new", "step_id")
    def _compute_texts(self):
        of = {
            name: dict(self.env[name]._fields["state"]._description_selection(self.env))
            for name in ("trade.onboarding", "trade.onboarding.step")
        }
        for move in self:
            words = of["trade.onboarding.step" if move.step_id else "trade.onboarding"]
            move.old_text, move.new_text = words.get(move.old), words.get(move.new)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What happened to a case is not changed afterwards."))
