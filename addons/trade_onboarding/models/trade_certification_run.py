from odoo import api, fields, models
from odoo.exceptions import UserError


class TradeCertificationRun(models.Model):
    """One try of a test: what was sent, what came, what was found and what it would have changed.

    Tries are added and never changed.
    """

    _name = "trade.certification.run"
    _description = "Certification Run"
    _order = "id desc"

    test_id = fields.Many2one(
        "trade.certification.test", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="test_id.company_id", store=True, index=True)
    number = fields.Char("Test order", readonly=True)
    kind = fields.Selection(
        [
            ("sent", "We sent"),
            ("asked", "We asked for it"),
            ("message", "It came over the route"),
            ("upload", "It was uploaded"),
            ("broken", "Broken by us"),
        ],
        "How",
        required=True,
        readonly=True,
    )
    outcome = fields.Selection(
        [
            ("sent", "Sent"),
            ("waits", "One more to come"),
            ("passed", "Passed"),
            ("failed", "Not passed"),
            ("noted", "Changes nothing"),
        ],
        required=True,
        readonly=True,
    )
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", readonly=True, default=lambda self: self.env.user)
    who = fields.Char("Their person", readonly=True)
    message_id = fields.Many2one("trade.message", readonly=True, index="btree_not_null")
    filename = fields.Char(readonly=True)
    raw = fields.Binary("File", readonly=True, attachment=False)
    document = fields.Json(readonly=True, prefetch=False)
    digest = fields.Char("SHA-256", readonly=True)
    findings = fields.Json(readonly=True)
    effects = fields.Json("What would have changed", readonly=True)

    @api.depends("test_id", "number")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.test_id.name}, {run.number or ''}"

    def write(self, vals):
        if vals:
            raise UserError(self.env._("A try is kept as it was. Run the test again for another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Tries are the proof of the certification and cannot be deleted."))

    def _row(self):
        """For the partner's pages."""
        self.ensure_one()
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        return {
            "id": self.id,
            "at": self.at,
            "number": self.number,
            "outcome": self.outcome,
            "words": labels[self.outcome],
            "who": self.who or self.user_id.name,
            "findings": self.findings or [],
            "effects": self.effects or [],
        }
