from datetime import date

from odoo import fields, models

from ..forms import Field, Finding


class TradeOnboardingKindDocument(models.AbstractModel):
    """A certificate or another document of the partner, looked at by one of us. One that expires is asked for
    again before it lapses."""

    _name = "trade.onboarding.kind.document"
    _inherit = "trade.onboarding.kind"
    _description = "Compliance document"

    _actor = "partner"
    _gate = "verified"
    _applies_at = "approved"
    _sensitive = True

    def _form(self, step):
        kept = step.template_step_id
        rows = [
            Field("file", kept.document_name or step.name, "file", required=True),
            Field("number", self.env._("Number of the document")),
            Field("issued_by", self.env._("Issued by")),
        ]
        if kept.document_expires:
            rows.append(Field("expires", self.env._("Valid until"), "date", required=True))
        return rows

    def _check(self, step):
        expires = step._values().get("expires")
        if expires and date.fromisoformat(expires) < fields.Date.context_today(step):
            words = self.env._("It was valid until %s.", expires)
            return [Finding("error", words, "expires", self.env._("Upload the one that is valid now."))]
        return []

    def _apply(self, step):
        step._keep_document()
