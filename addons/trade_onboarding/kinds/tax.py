from odoo import models
from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

from ..forms import Field, Finding


class TradeOnboardingKindTax(models.AbstractModel):
    """The VAT number: right in form and check digits by the rules of its country (python-stdnum)."""

    _name = "trade.onboarding.kind.tax"
    _inherit = "trade.onboarding.kind"
    _description = "Tax registration"

    _actor = "partner"
    _applies_at = "approved"

    def _form(self, step):
        return [
            Field(
                "vat",
                self.env._("VAT number"),
                help=self.env._("With the letters of the country, for example BE0477472701."),
                group="tax",
            ),
            Field("none", self.env._("We have no VAT number"), "boolean", group="tax"),
            Field("why", self.env._("Why not"), group="tax"),
        ]

    def _prefill(self, step):
        return {"vat": step.onboarding_id.partner_id.vat or None}

    def _check(self, step):
        values = step._values()
        if not values.get("vat"):
            if values.get("none") and values.get("why"):
                return [Finding("warning", self.env._("No VAT number: %s", values["why"]), "vat")]
            return [
                Finding(
                    "error",
                    self.env._("The VAT number is missing."),
                    "vat",
                    self.env._("Enter it, or say that you have none and why."),
                )
            ]
        country = self._country(step)
        number, problem = self._number(values["vat"], country)
        if problem:
            return [Finding("error", problem, "vat", self.env._("Check it on an invoice of yours."))]
        findings = [
            Finding("ok", self.env._("%s is well formed, its check digits are right.", number), "vat")
        ]
        if country and not number.startswith(_prefix(country)):
            words = self.env._("The number is not of the country of the company (%s).", country)
            findings.append(Finding("warning", words, "vat"))
        return findings

    def _number(self, entered, country):
        """The number as it is written officially.

        :return: number and ``None``, or ``None`` and what is wrong with it
        """
        text = entered.upper().replace(" ", "").replace(".", "").replace("-", "")
        code = text[:2] if text[:2].isalpha() else country
        module = eu_vat if _prefix(code) in _eu() else get_cc_module(code, "vat")
        if module is None:
            return text, None  # nobody publishes rules for this country
        try:
            number = module.validate(text if text[:2].isalpha() else f"{_prefix(code)}{text}")
        except InvalidLength:
            return None, self.env._("%s has too few or too many characters for a VAT number.", entered)
        except InvalidChecksum:
            return None, self.env._("%s is no VAT number: its check digits do not fit.", entered)
        except (InvalidFormat, ValidationError):
            return None, self.env._("%s does not look like a VAT number of its country.", entered)
        return number if number[:2].isalpha() else f"{_prefix(code)}{number}", None

    def _country(self, step):
        """The country of the company, as far as it is known."""
        case = step.onboarding_id
        legal = case.step_ids.filtered(lambda other: other.kind == "legal")[:1]
        return (legal and legal._values().get("country")) or case.partner_id.country_id.code or ""

    def _apply(self, step):
        case = step.onboarding_id
        vat = step._values().get("vat")
        if vat and case.partner_id:
            number, _problem = self._number(vat, self._country(step))
            effects = self.env["trade.onboarding.effect"]
            if effects._created(case, case.partner_id):
                effects._write_record(step, case.partner_id, {"vat": number})
            else:
                effects._offer_record(step, case.partner_id, {"vat": number})


def _prefix(country):
    """The letters before a VAT number; Greece and Northern Ireland have their own."""
    return {"GR": "EL"}.get(country, country)


def _eu():
    return {*(code.upper() for code in eu_vat.MEMBER_STATES), "EL", "XI"}
