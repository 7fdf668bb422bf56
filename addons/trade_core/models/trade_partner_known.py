from odoo import SUPERUSER_ID, api, models

from ..mapping.companies import SCHEMES, key

_CODES = ("party.unknown", "party.ambiguous")


class TradePartner(models.Model):
    """Documents about a company nobody knew, or several companies had the number of, run again when that
    changes: by an identifier, the VAT number or our reference of the contact, or a new trading profile."""

    _inherit = "trade.partner"

    @api.model_create_multi
    def create(self, vals_list):
        profiles = super().create(vals_list)
        profiles._run_waiting(profiles._numbers())
        return profiles

    def write(self, vals):
        if not vals.keys() & {"partner_id", "active"}:
            return super().write(vals)
        before = self._numbers()
        result = super().write(vals)
        self._run_waiting(before | self._numbers())
        return result

    def _numbers(self):
        """By which numbers documents may name these: ``{(scheme of trade.identifier, key)}``."""
        profiles = self.sudo()
        told = [("vat", vat) for vat in profiles.partner_id.commercial_partner_id.mapped("vat")]
        told += [("own", ref) for ref in profiles.partner_id.mapped("ref")]
        numbers = {(scheme, key(scheme, number)) for scheme, number in told if number}
        return numbers | profiles.identifier_ids._numbers()

    def _run_waiting(self, numbers):
        """Run the documents again that are held because of one of these numbers in the companies of these.

        :param numbers: ``{(scheme of trade.identifier, key)}``, also those that are no longer theirs
        """
        if not numbers:
            return
        problems = (
            self.env["trade.exception"]
            .with_user(SUPERUSER_ID)
            .search(
                [
                    ("company_id", "in", self.company_id.ids),
                    ("exception_class", "=", "mapping"),
                    ("is_open", "=", True),
                    ("code", "in", _CODES),
                ]
            )
        )
        for problem in problems:
            told = {
                (SCHEMES[scheme], key(SCHEMES[scheme], number))
                for scheme, number in problem.params.get("identifiers", [])
                if scheme in SCHEMES
            }
            if told & numbers and problem.can_replay:
                problem._replay_waiting(self.env._("Whom it is about is known by other numbers now."))
