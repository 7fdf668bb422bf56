from odoo import api, fields, models

from odoo.addons.trade_core.data_values import key_of


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

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._written_alike(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._written_alike(vals))

    @api.model
    def _written_alike(self, vals):
        """Bureaus write numbers with and without blanks."""
        return {**vals, **{name: key_of(vals[name]) for name in ("vat", "duns") if vals.get(name)}}

    @api.model
    def _newest_for(self, case):
        """The newest report about the company of a case; by its numbers, else by its exact name."""
        entered = {step.kind: step._values() for step in case.step_ids}
        partner = case.partner_id
        vat = key_of(entered.get("tax", {}).get("vat") or partner.vat or "")
        duns = key_of(entered.get("identifiers", {}).get("duns") or "")
        domain = fields.Domain("company_name", "=ilike", case.name)
        if vat:
            domain |= fields.Domain("vat", "=", vat)
        if duns:
            domain |= fields.Domain("duns", "=", duns)
        return self.sudo().search(domain, limit=1)
