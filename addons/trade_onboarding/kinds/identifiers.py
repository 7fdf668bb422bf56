from odoo import models

from odoo.addons.trade_kernel.errors import BusinessRefused
from odoo.addons.trade_kernel.identifiers import GLN, is_valid, right_digit

from ..forms import Field, Finding

_SCHEMES = ("gln", "duns", "edifact", "x12", "peppol", "scac", "as2")


class TradeOnboardingKindIdentifiers(models.AbstractModel):
    """The numbers by which the partner is known in documents and envelopes."""

    _name = "trade.onboarding.kind.identifiers"
    _inherit = "trade.onboarding.kind"
    _description = "Identifiers (GLN, D-U-N-S, EDI ids)"

    _actor = "partner"
    _applies_at = "approved"

    def _form(self, step):
        labels = dict(self.env["trade.identifier"]._selection_scheme())
        return [Field(scheme, labels[scheme], group="identifiers") for scheme in _SCHEMES]

    def _prefill(self, step):
        profile = step.onboarding_id._known_profile()
        return {
            identifier.scheme: identifier.value
            for identifier in profile.identifier_ids
            if identifier.scheme in _SCHEMES
        }

    def _check(self, step):
        return [*self._check_gln(step), *self._check_taken(step)]

    def _check_gln(self, step):
        gln = step._values().get("gln")
        if not gln or is_valid(GLN, gln):
            return []
        digit = right_digit(GLN, gln)
        text = (
            self.env._("%(gln)s is no GLN: its last digit would have to be %(digit)s.", gln=gln, digit=digit)
            if digit
            else self.env._("%s is no GLN: it must have 13 digits.", gln)
        )
        return [Finding("error", text, "gln", self.env._("Enter the number as registered with GS1."))]

    def _check_taken(self, step):
        """That another partner has a number is a hint that it may be the same company, no mistake: who it is
        is decided in the check for duplicates."""
        return [
            Finding(
                "warning",
                self.env._("%s is a number of another partner too; it may be the same company:", taken.value),
                taken.scheme,
                self.env._("Compare the two before you go on."),
                (taken.trade_partner_id._name, taken.trade_partner_id.id, taken.trade_partner_id.name),
            )
            for taken in self._taken(step)
        ]

    def _taken(self, step):
        """Identifiers of other partners that are the same as those entered."""
        case = step.onboarding_id
        entered = {(scheme, value) for scheme, value in step._values().items() if value}
        found = (
            self.env["trade.identifier"]
            .sudo()
            .search(
                [
                    ("company_id", "=", case.company_id.id),
                    ("scheme", "in", [scheme for scheme, _value in entered]),
                    ("value", "in", [value for _scheme, value in entered]),
                    ("trade_partner_id", "!=", case._known_profile().id),
                ]
            )
        )
        return found.filtered(lambda one: (one.scheme, one.value) in entered)

    def _needs_review(self, step):
        return bool(self._taken(step))

    def _apply(self, step):
        for taken in self._taken(step)[:1]:
            raise BusinessRefused(
                "onboarding.identifier_taken",
                scheme=dict(taken._selection_scheme())[taken.scheme],
                value=taken.value,
                partner=taken.trade_partner_id.name,
            )
        profile = step.onboarding_id._profile(step)
        known = {identifier.scheme: identifier for identifier in profile.identifier_ids}
        effects = self.env["trade.onboarding.effect"]
        for scheme in _SCHEMES:
            value = step._values().get(scheme)
            if value and scheme in known:
                effects._write_record(step, known[scheme], {"value": value})
            elif value:
                vals = {"trade_partner_id": profile.id, "scheme": scheme, "value": value}
                effects._create_record(step, "trade.identifier", vals)
