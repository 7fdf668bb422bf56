from odoo import models

from ..forms import Field, ids


class TradeOnboardingKindEligibility(models.AbstractModel):
    """Which products the partner may supply or buy."""

    _name = "trade.onboarding.kind.eligibility"
    _inherit = "trade.onboarding.kind"
    _description = "Product eligibility"

    _gate = "approved"
    _applies_at = "approved"

    def _form(self, step):
        return [
            self._record_field("categories", self.env._("Product categories"), "product.category", many=True),
            Field("note", self.env._("Further, for example a list of items"), ours=True),
        ]

    def _apply(self, step):
        values = step._values()
        self.env["trade.onboarding.effect"]._write_record(
            step,
            step.onboarding_id._profile(step),
            {
                "product_category_ids": [(6, 0, ids(values.get("categories")))],
                "eligibility_note": values.get("note"),
            },
        )
