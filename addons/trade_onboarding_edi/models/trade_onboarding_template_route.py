from odoo import api, fields, models


class TradeOnboardingTemplateRoute(models.Model):
    """How files of partners of a kind are read and written."""

    _inherit = "trade.onboarding.template.route"

    layout_id = fields.Many2one(
        "trade.layout",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('document_type', '=', document_type)]",
        help="How their files are read.",
    )
    edi_sender = fields.Char(
        "Our id in the file",
        help="Qualifier and id, such as 14:4012345000009. Empty: the company's, from the settings.",
    )
    edi_version = fields.Char("Version", help="EDIFACT: such as D.96A. X12: such as 004010.")
    edi_association = fields.Char("Subset", help="EDIFACT: such as EAN008 for EANCOM.")
    edi_charset = fields.Selection("_selection_edi_charset", "Character set")

    @api.model
    def _selection_edi_charset(self):
        return self._selection_of_routes("edi_charset")

    @api.model
    def _check_route(self, route):
        result = super()._check_route(route)
        route._check_layout()
        route._check_edi_ids()
        return result
