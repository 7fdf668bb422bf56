from odoo import SUPERUSER_ID, api, fields, models
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
        identifiers._run_waiting()
        return identifiers

    def write(self, vals):
        result = super().write(vals)
        self._run_waiting()
        return result

    def _run_waiting(self):
        """Documents about a company that nobody knew by these identifiers are run again."""
        known = {(one.scheme, key(one.scheme, one.value)) for one in self if one.scheme in SCHEMES.values()}
        if not known:
            return
        problems = (
            self.env["trade.exception"]
            .with_user(SUPERUSER_ID)
            .search(
                [
                    ("company_id", "in", self.company_id.ids),
                    ("exception_class", "=", "mapping"),
                    ("is_open", "=", True),
                    ("code", "in", ("party.unknown", "party.ambiguous")),
                ]
            )
        )
        for problem in problems:
            told = {
                (SCHEMES[scheme], key(SCHEMES[scheme], number))
                for scheme, number in problem.params.get("identifiers", [])
                if scheme in SCHEMES
            }
            held = problem._waiting().filtered(lambda message: message.state == "held")
            if held and told & known:
                problem._replay_waiting(self.env._("Its identifier is known now."))

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
