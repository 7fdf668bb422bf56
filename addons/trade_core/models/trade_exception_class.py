from odoo import fields, models


class TradeExceptionClass(models.Model):
    """What kind of problem it is, and what that means: who looks after it, how soon, what to do."""

    _name = "trade.exception.class"
    _description = "Class of Problems"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        readonly=True,
        help="The class as errors carry it (trade_kernel.errors.EXCEPTION_CLASSES).",
    )
    sequence = fields.Integer(default=10)
    description = fields.Text("What it means", translate=True)
    remedy = fields.Text(
        "What to do", translate=True, help="Shown when the problem itself does not say better."
    )
    severity = fields.Selection(
        [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")], required=True, default="1"
    )
    sla_hours = fields.Float(
        "Solve within (hours)",
        default=8,
        help="The clock of a new problem; it runs in the partner's working hours when these are set, "
        "else around the clock. 0: no deadline.",
    )
    team_id = fields.Many2one(
        "trade.team", "Owner team", help="Gets the problems of this class, unless the route names a team."
    )
    color = fields.Integer()
    open_count = fields.Integer("Open problems", compute="_compute_open_count")

    _unique_code = models.UniqueIndex("(code)", "There is already a class with this code.")
    _sla_positive = models.Constraint(
        "CHECK (sla_hours >= 0)", "Hours cannot be negative. 0 means no deadline."
    )

    def _compute_open_count(self):
        counts = dict(
            self.env["trade.exception"]._read_group(
                [("class_id", "in", self.ids), ("is_open", "=", True)], ["class_id"], ["__count"]
            )
        )
        for record in self:
            record.open_count = counts.get(record, 0)

    def action_open_problems(self):
        """The open problems of this class."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_core.trade_exception_action")
        return {**action, "context": {"search_default_todo": 1, "search_default_class_id": self.id}}
