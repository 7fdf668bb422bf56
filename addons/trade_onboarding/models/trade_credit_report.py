from odoo import api, fields, models


class TradeCreditReport(models.Model):
    """What a credit bureau says of a company: entered by hand, or imported from the bureau's CSV file."""

    _name = "trade.credit.report"
    _description = "Credit Report"
    _order = "checked_on desc, id desc"
    _rec_name = "company_name"

    company_name = fields.Char("Company", required=True, index="trigram")
    vat = fields.Char("VAT number", index="btree_not_null")
    duns = fields.Char("D-U-N-S", index="btree_not_null")
    source = fields.Char("Bureau", required=True)
    score = fields.Char()
    limit = fields.Float("Proposed limit", digits=(16, 2))
    checked_on = fields.Date(required=True, default=fields.Date.context_today)

    @api.model
    def _newest_for(self, case):
        """The newest report about the company of a case; by its numbers, else by its exact name."""
        entered = {step.kind: step._values() for step in case.step_ids}
        partner = case.partner_id
        vat = entered.get("tax", {}).get("vat") or partner.vat
        duns = entered.get("identifiers", {}).get("duns")
        domain = fields.Domain("company_name", "=ilike", case.name)
        if vat:
            domain |= fields.Domain("vat", "=", vat)
        if duns:
            domain |= fields.Domain("duns", "=", duns)
        return self.sudo().search(domain, limit=1)
