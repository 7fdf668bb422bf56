from odoo import models
from odoo.fields import Domain

from odoo.addons.trade_kernel.identifiers import gtin_spellings

from ..forms import Field, Finding, ids

_SHOWN = 10  # of the codes that nobody knows


class TradeOnboardingKindEligibility(models.AbstractModel):
    """Which products the partner may supply or buy: whole categories, and a list of products."""

    _name = "trade.onboarding.kind.eligibility"
    _inherit = "trade.onboarding.kind"
    _description = "Product eligibility"

    _gate = "approved"
    _applies_at = "approved"

    def _form(self, step):
        return [
            self._record_field("categories", self.env._("Product categories"), "product.category", many=True),
            Field(
                "codes",
                self.env._("And these products"),
                "text",
                ours=True,
                help=self.env._("Our codes or barcodes, one per line; a column of a sheet can be pasted."),
            ),
            Field("note", self.env._("Further"), ours=True),
        ]

    def _codes(self, step):
        """The codes that were entered, each once, in their order."""
        lines = (step._values().get("codes") or "").splitlines()
        return list(dict.fromkeys(code for line in lines if (code := line.strip())))

    def _found(self, step):
        """``{code: products}`` in one query."""
        codes = self._codes(step)
        spelled = {code: {code, *gtin_spellings(code)} for code in codes}
        barcodes = list(set().union(*spelled.values()))
        products = (
            self.env["product.product"]
            .sudo()
            .search(
                (Domain("default_code", "in", codes) | Domain("barcode", "in", barcodes))
                & Domain("company_id", "in", [False, step.company_id.id])
            )
        )
        named = {name: products.grouped(name) for name in ("default_code", "barcode")}
        nothing = products.browse()
        return {
            code: named["default_code"]
            .get(code, nothing)
            .union(*(named["barcode"].get(barcode, nothing) for barcode in spelled[code]))
            for code in codes
        }

    def _check(self, step):
        unknown = [code for code, products in self._found(step).items() if not products]
        if not unknown:
            return []
        more = ", …" if len(unknown) > _SHOWN else ""
        words = self.env._(
            "%(count)s codes are of no product: %(codes)s",
            count=len(unknown),
            codes=", ".join(unknown[:_SHOWN]) + more,
        )
        remedy = self.env._("Correct them, or leave them out.")
        return [Finding("error", words, "codes", remedy)]

    def _apply(self, step):
        values = step._values()
        products = self.env["product.product"].union(*self._found(step).values())
        self.env["trade.onboarding.effect"]._write_record(
            step,
            step.onboarding_id._profile(step),
            {
                "product_category_ids": [(6, 0, ids(values.get("categories")))],
                "product_ids": [(6, 0, products.ids)],
                "eligibility_note": values.get("note"),
            },
        )
