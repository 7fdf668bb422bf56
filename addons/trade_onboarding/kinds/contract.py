import base64
import hashlib

from odoo import models

from ..forms import Field, Finding


class TradeOnboardingKindContract(models.AbstractModel):
    """A document the partner accepts: which version of it, who, when, from where."""

    _name = "trade.onboarding.kind.contract"
    _inherit = "trade.onboarding.kind"
    _description = "Contract acceptance"

    _actor = "partner"
    _gate = "approved"

    def _form(self, step):
        kept = step.template_step_id
        version = kept.contract_version or ""
        return [
            Field(
                "accepted",
                self.env._(
                    "We accept %(name)s, version %(version)s", name=kept.name or step.name, version=version
                ),
                "boolean",
                required=True,
            ),
            Field("signer", self.env._("Your name"), required=True),
            Field("position", self.env._("Your position"), required=True),
        ]

    def _document(self, step):
        """What is accepted: name and content; ``None`` when the template has lost it."""
        kept = step.template_step_id.sudo()
        return (kept.contract_name, base64.b64decode(kept.contract)) if kept.contract else None

    def _check(self, step):
        document = self._document(step)
        if not document:
            words = self.env._("There is no document to accept.")
            return [Finding("error", words, None, self.env._("Add it to the step of the template."))]
        name, content = document
        values = step._values()
        if not values.get("accepted"):
            return []
        digest = hashlib.sha256(content).hexdigest()
        if digest not in step.sudo().file_ids.mapped("description"):
            # The very document that was accepted stays with the case, whatever becomes of the template.
            step._attach("document", name, content).description = digest
        return [
            Finding(
                "ok",
                self.env._(
                    "%(signer)s, %(position)s, accepted version %(version)s of %(name)s (SHA-256"
                    " %(digest)s).",
                    signer=values.get("signer"),
                    position=values.get("position"),
                    version=step.template_step_id.contract_version,
                    name=name,
                    digest=digest,
                ),
            )
        ]
