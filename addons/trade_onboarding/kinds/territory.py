from odoo import models

from ..forms import Field, ids


class TradeOnboardingKindTerritory(models.AbstractModel):
    """Where the partner sells or delivers."""

    _name = "trade.onboarding.kind.territory"
    _inherit = "trade.onboarding.kind"
    _description = "Sales territory"

    _gate = "approved"
    _applies_at = "approved"

    def _form(self, step):
        return [
            self._record_field("countries", self.env._("Countries"), "res.country", many=True),
            Field("note", self.env._("Regions, exceptions"), ours=True),
        ]

    def _apply(self, step):
        values = step._values()
        self.env["trade.onboarding.effect"]._write_record(
            step,
            step.onboarding_id._profile(step),
            {
                "territory_country_ids": [(6, 0, ids(values.get("countries")))],
                "territory_note": values.get("note"),
            },
        )
