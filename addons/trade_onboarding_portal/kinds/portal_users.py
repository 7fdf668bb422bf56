from odoo import models
from odoo.tools import email_normalize

from odoo.addons.trade_onboarding.forms import Field, Finding

_MOST = 5


class TradeOnboardingKindPortalUsers(models.AbstractModel):
    """Who at the partner gets an account for its pages."""

    _name = "trade.onboarding.kind.portal_users"
    _inherit = "trade.onboarding.kind"
    _description = "People with access"

    _actor = "partner"
    _gate = "connected"
    _applies_at = "connected"

    def _form(self, step):
        rows = []
        for number in range(1, _MOST + 1):
            first = number == 1
            name = self.env._("Person %s: name", number)
            email = self.env._("Person %s: e-mail", number)
            rows.append(Field(f"name{number}", name, required=first, group="contacts"))
            rows.append(Field(f"email{number}", email, "email", required=first, group="contacts"))
        return rows

    def _prefill(self, step):
        case = step.onboarding_id
        return {"name1": case.contact_name or None, "email1": case.email or None}

    def _people(self, step):
        """``[(number, name, e-mail)]`` as entered; either may be missing."""
        values = step._values()
        found = (
            (n, values.get(f"name{n}") or "", values.get(f"email{n}") or "") for n in range(1, _MOST + 1)
        )
        return [one for one in found if one[1] or one[2]]

    def _check(self, step):
        findings, seen = [], set()
        for number, name, entered in self._people(step):
            email, field = email_normalize(entered), f"email{number}"
            if not name:
                words = self.env._("Whose address is %s?", entered)
                findings.append(Finding("error", words, f"name{number}"))
            if not email:
                words = self.env._("%s needs one e-mail address, such as ann@example.com.", name or number)
                findings.append(Finding("error", words, field))
            elif email in seen:
                words = self.env._("%s stands here twice. Everybody needs an own address.", email)
                findings.append(Finding("error", words, field))
            seen.add(email)
        return findings + self._check_taken(step)

    def _check_taken(self, step):
        """For us alone: the partner is not told who has an account somewhere else."""
        emails = [
            email for _number, _name, entered in self._people(step) if (email := email_normalize(entered))
        ]
        users = self.env["res.users"].sudo().with_context(active_test=False).search([("login", "in", emails)])
        case = step.onboarding_id
        return [
            Finding(
                "warning",
                self.env._(
                    "There is an account for %s already, and it is not one of this partner.", user.login
                ),
                None,
                self.env._("Send the step back and ask for another address."),
            )
            for user in users
            if not case.partner_id._trade_portal_is_theirs(user)
        ]

    def _needs_review(self, step):
        return super()._needs_review(step) or bool(self._check_taken(step))

    def _apply(self, step):
        for _number, name, email in self._people(step):
            step.onboarding_id._grant_access(name, email, step)
