import re

from odoo import models

from ..forms import Field, Finding

_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


class TradeOnboardingKindShipping(models.AbstractModel):
    """Where, when and how deliveries come: our warehouses, days, smallest order, packing."""

    _name = "trade.onboarding.kind.shipping"
    _inherit = "trade.onboarding.kind"
    _description = "Warehouses and shipping rules"

    _actor = "partner"
    _gate = "approved"
    _applies_at = "approved"

    def _form(self, step):
        rows = [
            Field(f"day_{code}", self.env._("Deliveries on %s", name), "boolean")
            for code, name in self._days()
        ]
        return [
            *self._warehouses(step),
            *rows,
            Field("until", self.env._("Orders until (time)"), help=self.env._("Such as 15:00.")),
            Field("min_order", self.env._("Smallest order (%s)", step.company_id.currency_id.name), "float"),
            Field("note", self.env._("Packing, pallets, labels"), "text"),
        ]

    def _days(self):
        return [
            ("1", self.env._("Monday")),
            ("2", self.env._("Tuesday")),
            ("3", self.env._("Wednesday")),
            ("4", self.env._("Thursday")),
            ("5", self.env._("Friday")),
            ("6", self.env._("Saturday")),
        ]

    def _warehouses(self, step):
        """Our warehouses to choose from, where there are any."""
        if "stock.warehouse" not in self.env:
            return []
        domain = [("company_id", "=", step.company_id.id)]
        label = self.env._("Delivers to")
        return [self._record_field("warehouses", label, "stock.warehouse", domain, many=True)]

    def _check(self, step):
        until = step._values().get("until")
        if until and not _TIME.fullmatch(until):
            return [Finding("error", self.env._("Write the time like this: 15:00"), "until")]
        return []

    def _apply(self, step):
        values, form = step._values(), self._form(step)
        names = dict(self._days())
        days = [name for code, name in names.items() if values.get(f"day_{code}")]
        places = {field.name: step._value_words(field, values.get(field.name)) for field in form}
        self.env["trade.onboarding.effect"]._write_record(
            step,
            step.onboarding_id._profile(step),
            {
                "delivery_days": ", ".join(days) or False,
                "delivery_until": values.get("until"),
                "delivery_places": places.get("warehouses") or False,
                "min_order": values.get("min_order") or 0.0,
                "shipping_note": values.get("note"),
            },
        )
