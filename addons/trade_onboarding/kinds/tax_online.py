from odoo import models

from odoo.addons.trade_core.mapping.candidates import similarity

from .. import vat_service
from ..forms import Finding

_TRIES = 5
_ALIKE = 60  # percent; names that have less in common are worth a look


class TradeOnboardingKindTaxOnline(models.AbstractModel):
    """Asks the register of VAT numbers, in a job. When the register is down nothing waits for it: the step
    ends with a remark."""

    _name = "trade.onboarding.kind.tax_online"
    _inherit = "trade.onboarding.kind"
    _description = "VAT number in the register"

    _actor = "automatic"
    _gate = "verified"

    def _service(self):
        """The address of the register, empty when none is to be asked. Another register: override
        :meth:`_ask`."""
        return self.env["ir.config_parameter"].sudo().get_param("trade_onboarding.vat_service", "")

    def _ask(self, country, number):
        """:raise vat_service.Unavailable:"""
        return vat_service.ask(self._service(), country, number)

    def _number_of(self, step):
        kind = self.env["trade.onboarding.kind.tax"]
        tax = step.onboarding_id.step_ids.filtered(lambda other: other.kind == "tax")[:1]
        entered = tax and tax._values().get("vat")
        return kind._number(entered, kind._country(step))[0] if entered else None

    def _run(self, step):
        number = self._number_of(step)
        if not number:
            step._settle([Finding("warning", self.env._("There is no VAT number to ask about."))])
        elif not self._service():
            step._settle(
                [Finding("warning", self.env._("Not asked: no register is set up in the settings."))]
            )
        else:
            step._look_up_later(0)

    def _look_up(self, step, tries):
        """Called by the job."""
        number = self._number_of(step)
        try:
            answer = self._ask(number[:2], number[2:])
        except vat_service.Unavailable as error:
            if tries + 1 < _TRIES:
                step._look_up_later(tries + 1)
            else:
                words = self.env._(
                    "The register did not answer %(tries)s times: %(error)s", tries=_TRIES, error=error
                )
                remedy = self.env._("Ask it by hand when it is back; nothing waits for it.")
                step._settle([Finding("warning", words, None, remedy)])
            return
        if not answer.valid:
            step._fail(self.env._("The register does not know %s, or it is not in force.", number))
            return
        findings = [Finding("ok", self._words(number, answer))]
        name = step.onboarding_id.name
        if answer.name and similarity(answer.name, name) < _ALIKE:
            words = self.env._(
                "In the register it is called %(there)s, here %(here)s.", there=answer.name, here=name
            )
            findings.append(Finding("warning", words))
        step._settle(findings)

    def _words(self, number, answer):
        words = [self.env._("%s is in force.", number), answer.name, answer.address]
        if answer.consultation:
            words.append(self.env._("Consultation %s", answer.consultation))
        return " · ".join(word for word in words if word)
