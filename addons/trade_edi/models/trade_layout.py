from odoo import api, fields, models

from odoo.addons.trade_kernel.canonical import DOCUMENTS
from odoo.addons.trade_kernel.errors import ValidationFailed


class TradeLayout(models.Model):
    """How a partner's own table or tree is read: which column is which field; made beside a sample.

    What is in use is a version; a new one is tried beside it before it takes over.
    """

    _name = "trade.layout"
    _description = "Layout"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", check_company=True, help="Empty: several partners write like this."
    )
    document_type = fields.Selection("_selection_document_type", "Document", required=True, tracking=True)
    version_ids = fields.One2many("trade.layout.version", "layout_id", "Versions")
    current_id = fields.Many2one("trade.layout.version", "In use", compute="_compute_current_id")
    draft_id = fields.Many2one("trade.layout.version", compute="_compute_current_id")
    route_ids = fields.One2many("trade.route", "layout_id", "Routes")
    route_count = fields.Integer(compute="_compute_route_count")

    @api.model
    def _selection_document_type(self):
        return [
            (code, code.replace("_", " ").capitalize()) for code in DOCUMENTS if code != "acknowledgement"
        ]

    @api.depends("version_ids.state")
    def _compute_current_id(self):
        for layout in self:
            layout.current_id = layout.version_ids.filtered(lambda version: version.state == "used")[:1]
            layout.draft_id = layout.version_ids.filtered(lambda version: version.state == "draft")[:1]

    def _compute_route_count(self):
        counts = dict(
            self.env["trade.route"]._read_group([("layout_id", "in", self.ids)], ["layout_id"], ["__count"])
        )
        for layout in self:
            layout.route_count = counts.get(layout, 0)

    @api.model_create_multi
    def create(self, vals_list):
        layouts = super().create(vals_list)
        self.env["trade.layout.version"].create(
            [{"layout_id": layout.id, "number": 1} for layout in layouts if not layout.version_ids]
        )
        return layouts

    def action_edit(self):
        """Open the draft; the version in use is copied when there is none."""
        self.ensure_one()
        self.check_access("write")
        draft = self.draft_id or self.current_id.copy({"number": max(self.version_ids.mapped("number")) + 1})
        return {
            "type": "ir.actions.act_window",
            "name": draft.display_name,
            "res_model": draft._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    def action_open_routes(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Routes"),
            "res_model": "trade.route",
            "view_mode": "list,form",
            "domain": [("layout_id", "=", self.id)],
            "context": {"default_layout_id": self.id, "default_codec": "layout", "default_direction": "in"},
        }

    def _said(self):
        """The version in use, as the kernel takes it.

        :raise ValidationFailed: ``layout.not_used``
        """
        self.ensure_one()
        if not self.current_id:
            raise ValidationFailed("layout.not_used", subject=f"layout:{self.id}", layout=self.name)
        return self.current_id._said()
