from odoo import models

from odoo.addons.trade_kernel.errors import BusinessRefused

from ..forms import Field, Finding

#: names of the form → fields of res.partner
_PARTNER = {
    "name": "name",
    "street": "street",
    "street2": "street2",
    "zip": "zip",
    "city": "city",
    "registry": "company_registry",
    "phone": "phone",
    "email": "email",
    "website": "website",
}


class TradeOnboardingKindLegal(models.AbstractModel):
    """Who the company is: its legal name, seat and register number. Its contact in Odoo is made of it."""

    _name = "trade.onboarding.kind.legal"
    _inherit = "trade.onboarding.kind"
    _description = "Legal entity"

    _actor = "partner"
    _applies_at = "approved"

    def _form(self, step):
        countries = self.env["res.country"].sudo().search([("code", "!=", False)])
        return [
            Field("name", self.env._("Legal name"), required=True, group="legal"),
            Field("registry", self.env._("Register number"), group="legal"),
            Field("street", self.env._("Street and number"), required=True, group="addresses"),
            Field("street2", self.env._("Address, second line"), group="addresses"),
            Field("zip", self.env._("Postal code"), group="addresses"),
            Field("city", self.env._("City"), required=True, group="addresses"),
            Field(
                "country",
                self.env._("Country"),
                "selection",
                required=True,
                choices=tuple((country.code, country.name) for country in countries),
                group="addresses",
            ),
            Field("phone", self.env._("Telephone"), group="contacts"),
            Field("email", self.env._("E-mail"), "email", required=True, group="contacts"),
            Field("website", self.env._("Website"), group="contacts"),
        ]

    def _prefill(self, step):
        case = step.onboarding_id
        if partner := case.partner_id:
            known = {name: partner[field] or None for name, field in _PARTNER.items()}
            return {**known, "country": partner.country_id.code or None}
        return {"name": case.name, "email": case.email or None}

    def _check(self, step):
        country = self.env["res.country"].search([("code", "=", step._values().get("country"))], limit=1)
        if country.zip_required and not step._values().get("zip"):
            return [Finding("error", self.env._("%s needs a postal code.", country.name), "zip")]
        return []

    def _check_waive(self, step):
        """The contact is made of it."""
        if not step.onboarding_id.partner_id:
            raise BusinessRefused("onboarding.no_company", name=step.onboarding_id.name)

    def _apply(self, step):
        case, effects = step.onboarding_id, self.env["trade.onboarding.effect"]
        country = self.env["res.country"].search([("code", "=", step._values().get("country"))], limit=1)
        vals = {field: step._values().get(name) or False for name, field in _PARTNER.items()}
        vals["country_id"] = country.id
        if case.partner_id:
            effects._offer_record(step, case.partner_id, vals)
            return
        vals.update(is_company=True, lang=case.lang, company_id=False)
        case.partner_id = effects._create_record(step, "res.partner", vals)
        case._profile(step)
