from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_kernel.identifiers import GLN, is_valid, right_digit

from ..mapping.companies import SCHEMES, key


class TradeIdentifier(models.Model):
    """An id by which a partner is known in documents and envelopes."""

    _name = "trade.identifier"
    _description = "Trading Partner Identifier"
    _order = "scheme, value"

    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="trade_partner_id.company_id", store=True)
    scheme = fields.Selection("_selection_scheme", required=True, default="gln")
    value = fields.Char("Identifier", required=True)

    _unique_value = models.UniqueIndex(
        "(company_id, scheme, value) WHERE scheme <> 'theirs'",  # two partners may give us the same number
        "Another trading partner already has this identifier. An id must name exactly one partner.",
    )

    @api.model
    def _selection_scheme(self):
        _ = self.env._
        return [
            ("gln", "GLN (GS1, ISO 6523 0088)"),
            ("duns", "D-U-N-S (ISO 6523 0060)"),
            ("vat", _("VAT number")),
            ("edifact", _("EDIFACT interchange id (UNB)")),
            ("x12", _("X12 interchange qualifier and id (ISA)")),
            ("as2", _("AS2 id")),
            ("scac", _("SCAC (carrier)")),
            ("peppol", _("Peppol participant id")),
            ("own", _("Our number for them")),
            ("theirs", _("Their number for us")),
        ]

    @api.model_create_multi
    def create(self, vals_list):
        identifiers = super().create(vals_list)
        identifiers.trade_partner_id._run_waiting(identifiers._numbers())
        return identifiers

    def write(self, vals):
        before, profiles = self._numbers(), self.trade_partner_id
        result = super().write(vals)
        (profiles | self.trade_partner_id)._run_waiting(before | self._numbers())
        return result

    def unlink(self):
        before, profiles = self._numbers(), self.trade_partner_id
        result = super().unlink()
        profiles._run_waiting(before)
        return result

    def _numbers(self):
        """Those of these by which documents name companies: ``{(scheme, key)}``."""
        return {(one.scheme, key(one.scheme, one.value)) for one in self if one.scheme in SCHEMES.values()}

    @api.constrains("scheme", "value")
    def _check_value(self):
        """A GLN's check digit proves a typing error before a partner does (GS1 General Spec. 7.9)."""
        for identifier in self.filtered(lambda i: i.scheme == "gln"):
            if digit := right_digit(GLN, identifier.value):
                raise ValidationError(
                    self.env._(
                        "%(value)s is not a valid GLN: its check digit, the last one, would have to be "
                        "%(digit)s. Ask the partner for the number as registered with GS1.",
                        value=identifier.value,
                        digit=digit,
                    )
                )
            if not is_valid(GLN, identifier.value):
                raise ValidationError(
                    self.env._(
                        "%(value)s is not a valid GLN: it must have 13 digits. "
                        "Ask the partner for the number as registered with GS1.",
                        value=identifier.value,
                    )
                )
