from odoo import models

from ..forms import ids

#: name in the form → field of the contact and the model of its choices; they come with other addons
_TERMS = {
    "supplier_payment_term": ("property_supplier_payment_term_id", "account.payment.term"),
    "customer_payment_term": ("property_payment_term_id", "account.payment.term"),
    "purchase_currency": ("property_purchase_currency_id", "res.currency"),
    "pricelist": ("property_product_pricelist", "product.pricelist"),
    "incoterm": ("property_incoterm_id", "account.incoterms"),
}


class TradeOnboardingKindTerms(models.AbstractModel):
    """How they are paid or pay, in which currency, by which price list. Asks what the installed addons know
    of a contact."""

    _name = "trade.onboarding.kind.terms"
    _inherit = "trade.onboarding.kind"
    _description = "Payment terms, currency, price list"

    _gate = "approved"
    _applies_at = "approved"

    def _terms(self, step):
        supplies = step.onboarding_id.role in ("supplier", "logistics")
        left_out = (
            {"customer_payment_term", "pricelist"}
            if supplies
            else {"supplier_payment_term", "purchase_currency"}
        )
        known = self.env["res.partner"]._fields
        return {
            name: (field, model)
            for name, (field, model) in _TERMS.items()
            if field in known and model in self.env and name not in left_out
        }

    def _form(self, step):
        company = step.company_id
        rows = []
        for name, (field, model) in self._terms(step).items():
            domain = (
                [("company_id", "in", [False, company.id])] if "company_id" in self.env[model]._fields else []
            )
            label = self.env["res.partner"]._fields[field]._description_string(self.env)
            rows.append(self._record_field(name, label, model, domain))
        return rows

    def _prefill(self, step):
        partner = step.onboarding_id.partner_id.with_company(step.company_id)
        return {
            name: str(partner[field].id)
            for name, (field, _model) in self._terms(step).items()
            if partner and partner[field]
        }

    def _apply(self, step):
        case, values = step.onboarding_id, step._values()
        vals = {
            field: ids(values[name])[0]
            for name, (field, _model) in self._terms(step).items()
            if values.get(name)
        }
        if vals:
            partner = case.partner_id.with_company(case.company_id)
            self.env["trade.onboarding.effect"]._write_record(step, partner, vals)
