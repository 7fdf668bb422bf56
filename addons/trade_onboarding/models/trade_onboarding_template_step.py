from odoo import api, fields, models

ACTORS = [("us", "We"), ("partner", "The partner"), ("automatic", "Automatic")]
GATES = [
    ("profiled", "Profiled"),
    ("verified", "Verified"),
    ("approved", "Approved"),
    ("connected", "Connected"),
    ("certified", "Certified"),
    ("live", "Live"),
]


class TradeOnboardingTemplateStep(models.Model):
    """A step of a template. What it does is the business of its kind."""

    _name = "trade.onboarding.template.step"
    _description = "Step of an Onboarding Template"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one("trade.onboarding.template", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        "For whoever does it", translate=True, help="What is asked for and why. The partner reads this too."
    )
    kind = fields.Selection("_selection_kind", required=True, default="task")
    actor = fields.Selection(ACTORS, "Done by", required=True, default="us")
    gate = fields.Selection(
        GATES, "Needed to become", required=True, default="profiled", help="Without it the case stays before."
    )
    depends_ids = fields.Many2many(
        "trade.onboarding.template.step",
        "trade_onboarding_template_step_rel",
        "step_id",
        "depends_id",
        "Waits for",
        domain="[('template_id', '=', template_id), ('id', '!=', id)]",
        copy=False,
        help="Steps that wait for nothing run side by side.",
    )
    due_hours = fields.Float(
        "Due after (working hours)", default=16, help="From the moment it can be done; 0: no limit."
    )
    blocking = fields.Boolean(default=True, help="Off: the case goes on without it.")
    group_id = fields.Many2one(
        "res.groups", "Done and waived by", help="Who may do it and who may waive it; empty: managers."
    )
    document_name = fields.Char(
        "Document", translate=True, help="What it is called, for example: Certificate of insurance."
    )
    document_expires = fields.Boolean("It expires", help="The date is asked for.")
    renew_days = fields.Integer("Ask again before (days)", default=30)
    contract = fields.Binary("Document to accept", attachment=True)
    contract_name = fields.Char()
    contract_version = fields.Char("Version", help="Changing it does not ask those who accepted before.")

    @api.model
    def _selection_kind(self):
        return self.env["trade.onboarding.kind"]._selection()

    @api.depends("name", "template_id.name")
    @api.depends_context("trade_step_of_template")
    def _compute_display_name(self):
        """Templates have steps of the same name: reports over all of them say whose it is."""
        if not self.env.context.get("trade_step_of_template"):
            return super()._compute_display_name()
        for step in self:
            step.display_name = f"{step.template_id.name}: {step.name}"
        return None

    @api.onchange("kind")
    def _onchange_kind(self):
        kind = self.env["trade.onboarding.kind"]._of(self.kind)
        self.actor, self.gate = kind._actor, kind._gate
        labels = dict(self._selection_kind())
        if not self.name or self.name in labels.values():
            self.name = labels.get(self.kind)

    @api.model
    def _name_of(self, step_id):
        return self.browse(step_id).name

    def _prepare_step(self):
        """The step of a case, in all languages."""
        self.ensure_one()
        return {
            "template_step_id": self.id,
            "name": self.name,
            "description": self.description,
            "kind": self.kind,
            "actor": self.actor,
            "gate": self.gate,
            "blocking": self.blocking,
            "group_id": self.group_id.id,
        }
