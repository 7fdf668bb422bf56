from odoo import fields, models


class TradeOnboardingTemplateCode(models.Model):
    """A code that partners of a kind use, known from the first day on: each gets it as a mapping."""

    _name = "trade.onboarding.template.code"
    _inherit = "trade.mapping.meaning"
    _description = "Code of an Onboarding Template"
    _order = "template_id, kind, code, id"

    template_id = fields.Many2one("trade.onboarding.template", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(default="uom")

    _one_meaning = models.UniqueIndex(
        "(template_id, kind, COALESCE(scheme, ''), code_key)",
        "The template says what this code means already. Change that row instead.",
    )


class TradeOnboardingTemplate(models.Model):
    _inherit = "trade.onboarding.template"

    code_ids = fields.One2many("trade.onboarding.template.code", "template_id", "Codes", copy=True)
