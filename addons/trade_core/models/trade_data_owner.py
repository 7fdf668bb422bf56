from odoo import api, fields, models


class TradeDataOwner(models.Model):
    """Who is the master of a kind of data, and what happens when the other side writes it."""

    _name = "trade.data.owner"
    _description = "System of Record"
    _order = "domain, field_group"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    domain = fields.Selection(
        [
            ("order", "Purchase orders"),
            ("catalogue", "Catalogue and prices"),
            ("partner", "Partner master data"),
            ("stock", "Stock levels"),
        ],
        "Data",
        required=True,
    )
    field_group = fields.Char(
        "Fields", required=True, default="*", help="A group of fields, or * for all of them."
    )
    master = fields.Selection(
        [("odoo", "Odoo"), ("partner", "The partner"), ("external", "Another system")],
        required=True,
        default="odoo",
    )
    on_foreign_write = fields.Selection(
        [("ignore", "Ignore and note"), ("hold", "Hold for review"), ("accept", "Accept and notify")],
        "When the other side writes",
        required=True,
        default="hold",
    )

    _unique_rule = models.UniqueIndex(
        "(company_id, domain, field_group)", "There is already a rule for these fields. Change that one."
    )

    @api.model
    def _rule(self, domain, field_group, company):
        """The rule for a field group: its own, else the domain's ``*``; empty when nobody decided."""
        rules = self.search(
            [
                ("company_id", "=", company.id),
                ("domain", "=", domain),
                ("field_group", "in", (field_group, "*")),
            ]
        )
        return rules.filtered(lambda rule: rule.field_group == field_group) or rules
