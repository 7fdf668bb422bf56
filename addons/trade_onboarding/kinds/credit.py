from odoo import models

from ..forms import Field, Finding


class TradeOnboardingKindCredit(models.AbstractModel):
    """What a bureau says of the company and how far we go: by hand, or from the bureau's file."""

    _name = "trade.onboarding.kind.credit"
    _inherit = "trade.onboarding.kind"
    _description = "Credit check and limit"

    _gate = "verified"
    _applies_at = "approved"

    def _form(self, step):
        currency = step.company_id.currency_id.name
        return [
            Field("score", self.env._("Score"), ours=True),
            Field("source", self.env._("Where from"), required=True, ours=True),
            Field("checked", self.env._("Checked on"), "date", required=True, ours=True),
            Field("proposed", self.env._("Limit the bureau proposes (%s)", currency), "float", ours=True),
            Field("limit", self.env._("Our limit (%s)", currency), "float", required=True, ours=True),
            Field("note", self.env._("Note"), "text", ours=True),
        ]

    def _prefill(self, step):
        return self._ask(step)

    def _ask(self, step):
        """What is known of the company's credit, by field name.

        Extension: ask another source and return ``super()`` where it knows nothing. It is called when the
        turn of the step comes, as the VAT number and the D-U-N-S are known; calls over the network belong
        into a job.
        """
        report = self.env["trade.credit.report"]._newest_for(step.onboarding_id)
        if not report:
            return {}
        return {
            "score": report.score or None,
            "source": report.source,
            "checked": report.checked_on.isoformat(),
            "proposed": report.limit,
            "limit": None,
        }

    def _check(self, step):
        values = step._values()
        limit, proposed = values.get("limit") or 0.0, values.get("proposed")
        if limit < 0:
            return [Finding("error", self.env._("A limit is not below zero."), "limit")]
        if proposed is not None and limit > proposed:
            words = self.env._("Our limit is above what the bureau proposes.")
            return [Finding("warning", words, "limit", self.env._("Say why in the note."))]
        return []

    def _apply(self, step):
        values, effects = step._values(), self.env["trade.onboarding.effect"]
        profile = step.onboarding_id._profile(step)
        effects._write_record(
            step,
            profile,
            {
                "credit_score": values.get("score"),
                "credit_limit": values.get("limit") or 0.0,
                "credit_checked_on": values.get("checked"),
            },
        )
        partner = profile.partner_id
        if "credit_limit" in partner._fields:  # it comes with accounting
            vals = {"use_partner_credit_limit": True, "credit_limit": values.get("limit") or 0.0}
            effects._write_record(step, partner.with_company(profile.company_id), vals)
