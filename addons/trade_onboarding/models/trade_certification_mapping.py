from odoo import api, models

from odoo.addons.trade_kernel.identifiers import GTIN

_MEANING = ("kind", "scheme", "res_id", "value", "factor", "for_product_id", "valid_from", "valid_to")
#: fields that say what a code means, and whose
_MATTERS = {
    *_MEANING,
    "company_id",
    "trade_partner_id",
    "code",
    "product_id",
    "uom_id",
    "record_ref",
    "state",
    "active",
}


class TradeMapping(models.Model):
    """A code that was tested and means something else now was not tested."""

    _inherit = "trade.mapping"

    @api.model
    def _certified_meanings(self, profile, codes):
        """What codes mean for a partner, one by one or for everybody: ``{code: values}``, JSON-able.

        :param codes: as they stood in documents
        """
        found = self.sudo().search(
            [
                ("company_id", "=", profile.company_id.id),
                ("trade_partner_id", "in", [profile.id, False]),
                ("code_key", "in", list(self._keys_of(codes))),
                ("state", "=", "confirmed"),
            ],
            order="id",
        )
        return {
            code: [[str(one[name] or "") for name in _MEANING] for one in mappings]
            for code, mappings in found.grouped("code_key").items()
        }

    def _certified(self):
        """The passed certifications whose tests used these codes."""
        domain = [("company_id", "in", self.company_id.ids), ("state", "=", "passed")]
        if all(mapping.trade_partner_id for mapping in self):
            domain.append(("trade_partner_id", "in", self.trade_partner_id.ids))
        keys = set(self.mapped("code_key"))
        passed = self.env["trade.certification"].sudo().search(domain) if keys else []
        return self.env["trade.certification"].union(
            *(one for one in passed if keys & self._keys_of(one.proof["codes"]))
        )

    @api.model
    def _keys_of(self, codes):
        """Everything by which codes of unknown schemes may be kept."""
        return {self._key(scheme, code) for code in codes for scheme in (False, GTIN)}

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._certified()._check_current()
        return mappings

    def write(self, vals):
        if not vals.keys() & _MATTERS:
            return super().write(vals)
        before = self._certified()
        result = super().write(vals)
        (before | self._certified())._check_current()
        return result

    def unlink(self):
        before = self._certified()
        result = super().unlink()
        before._check_current()
        return result
