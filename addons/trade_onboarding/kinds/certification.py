from odoo import models

from ..forms import Finding


class TradeOnboardingKindCertification(models.AbstractModel):
    """The test bench: what the partner sends is tried before it counts."""

    _name = "trade.onboarding.kind.certification"
    _inherit = "trade.onboarding.kind"
    _description = "Tests"

    _actor = "partner"
    _gate = "certified"

    def _prepare(self, step):
        """Make the tests of the case; without any there is nothing to wait for."""
        case = step.onboarding_id
        profile = case._known_profile()
        found = self.env["trade.certification"]._for_profile(profile, case)
        if step.state != "done" and not self._open(step):
            step._settle(self._check(step))
        return found

    def _open(self, step):
        """The certifications that are not passed."""
        return step.onboarding_id.sudo().certification_ids.filtered(lambda one: one.state != "passed")

    def _check(self, step):
        """Passed when all certifications are. Where there are no tests yet for what the partner sends,
        there is nothing to pass: the step says so and is done."""
        case = step.onboarding_id.sudo()
        certifications, findings = case.certification_ids, []
        untested = self.env["trade.certification.cases"].sudo()._untested(case.trade_partner_id)
        if untested:
            words = self.env._(
                "No tests yet for: %s. These documents count from the release on.", ", ".join(untested)
            )
            findings.append(Finding("warning", words))
        elif not certifications:
            words = self.env._("No tests yet for this role's documents: the partner sends us none.")
            findings.append(Finding("ok", words))
        for one in certifications:
            if one.state == "passed":
                words = self.env._(
                    "%(name)s: passed, proof %(digest)s", name=one.name, digest=one.proof_digest[:12]
                )
                findings.append(Finding("ok", words))
                continue
            words = self.env._("%(name)s: %(words)s tests passed.", name=one.name, words=one.progress_words)
            remedy = one.missing or self.env._("Open the tests, send them and answer them.")
            findings.append(Finding("error", words, None, remedy))
        return findings
