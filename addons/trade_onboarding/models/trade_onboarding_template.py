from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_core.tools import sentences
from odoo.addons.trade_kernel import onboarding
from odoo.addons.trade_kernel.errors import TradeError

ROLES = [
    ("supplier", "Supplier"),
    ("customer", "Customer"),
    ("reseller", "Reseller"),
    ("franchise", "Franchise"),
    ("logistics", "Warehouse or carrier"),
    ("marketplace", "Marketplace"),
]
#: role of a case → the flag of the trading profile
FLAGS = {
    "supplier": "is_supplier",
    "customer": "is_customer",
    "reseller": "is_customer",
    "franchise": "is_customer",
    "logistics": "is_logistics",
    "marketplace": "is_marketplace",
}


class TradeOnboardingTemplate(models.Model):
    """The way partners of a role and tier are taken on: which steps, in what order, done by whom."""

    _name = "trade.onboarding.template"
    _description = "Onboarding Template"
    _inherit = ["mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", "Our company", index=True, help="Empty: for all companies.")
    role = fields.Selection(ROLES, required=True, default="supplier", tracking=True)
    tier = fields.Char(help="For example strategic, standard, one-off. For people and for reports.")
    step_ids = fields.One2many("trade.onboarding.template.step", "template_id", "Steps", copy=True)
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        check_company=True,
        help="The clocks of its cases run in these hours; empty: in those of our company.",
    )
    due_days = fields.Integer(
        "Live within (working days)", default=20, help="From the invitation; 0: no limit."
    )
    team_id = fields.Many2one(
        "trade.team", check_company=True, help="Its leader is told when a case is late."
    )
    connector_template = fields.Selection(
        "_selection_connector_template",
        help="What the connector and the routes of such partners look like at first.",
    )
    auto_live = fields.Boolean(
        "Goes live by itself", help="As soon as the last step is done. Otherwise somebody presses Go live."
    )
    case_count = fields.Integer("Open cases", compute="_compute_case_count")

    @api.model
    def _selection_connector_template(self):
        return self.env["trade.connector.new"]._selection_template()

    def _compute_case_count(self):
        counts = dict(
            self.env["trade.onboarding"]._read_group(
                [("template_id", "in", self.ids), ("is_open", "=", True)], ["template_id"], ["__count"]
            )
        )
        for template in self:
            template.case_count = counts.get(template, 0)

    @api.constrains("step_ids")
    def _check_steps(self):
        for template in self:
            try:
                onboarding.check_graph(template._needs(), self.env["trade.onboarding.template.step"]._name_of)
            except TradeError as error:
                raise ValidationError(sentences(error)) from error

    def _needs(self):
        """The steps as a graph: ``{id: Need}``."""
        return {
            step.id: onboarding.Need(
                gate=step.gate, blocking=step.blocking, after=frozenset(step.depends_ids.ids)
            )
            for step in self.step_ids
        }

    def copy(self, default=None):
        """Copied steps wait for each other, not for those they were copied from."""
        copies = super().copy(default)
        for old, new in zip(self, copies, strict=True):
            twin = dict(zip(old.step_ids.ids, new.step_ids, strict=True))
            for step in old.step_ids.filtered("depends_ids"):
                twin[step.id].depends_ids = [(6, 0, [twin[other.id].id for other in step.depends_ids])]
        return copies

    def action_open_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_onboarding.trade_onboarding_action")
        return {**action, "context": {"search_default_template_id": self.id, "search_default_open": 1}}
