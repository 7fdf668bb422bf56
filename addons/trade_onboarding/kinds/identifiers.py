from odoo import models

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
        return [
            Finding(
                "error",
                self.env._("%s belongs to another partner already.", identifier.value),
                identifier.scheme,
                self.env._("Check the number. If it is right, tell us: the partner may be known already."),
            )
            for identifier in found
            if (identifier.scheme, identifier.value) in entered
        ]

    def _apply(self, step):
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
