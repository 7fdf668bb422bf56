from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..events import PARTNER_ACTIVATED, PARTNER_ENDED, PARTNER_SUSPENDED, PartnerData, PartyIdentifier

_ROLES = ("supplier", "customer", "logistics", "marketplace")


class TradePartner(models.Model):
    """What is announced of a trading partner, and which partners are ourselves."""

    _inherit = "trade.partner"

    is_internal = fields.Boolean(
        "Our own system",
        tracking=True,
        help="A system of our own, such as a shop or a data warehouse: it is told of everything that happens"
        " in this company, whichever partner it concerns.",
    )
    system_kind = fields.Selection(
        [("crm", "Our CRM"), ("finance", "Our finance system"), ("external", "Another system")],
        "Speaks about partners as",
        tracking=True,
        help="What it sends about partners (party updates) is judged by the systems of record, as the word of"
        " this system. Empty: it may say nothing about partners.",
    )

    @api.onchange("is_internal", "system_kind")
    def _onchange_system_kind(self):
        """A system trades nothing."""
        if not self.is_internal:
            self.system_kind = False
        elif self.system_kind:
            self.update({f"is_{role}": False for role in _ROLES})

    @api.constrains("is_internal", "system_kind", *(f"is_{role}" for role in _ROLES))
    def _check_system_kind(self):
        for profile in self.filtered("system_kind"):
            if not profile.is_internal or any(profile[f"is_{role}"] for role in _ROLES):
                raise ValidationError(
                    self.env._(
                        "%s speaks about partners, so it has to be a system of our own and nothing else: no"
                        " supplier, customer, carrier or marketplace may say anything about another company.",
                        profile.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        profiles = super().create(vals_list)
        profiles.filtered(lambda profile: profile.state == "live")._announce(PARTNER_ACTIVATED)
        return profiles

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        live = self.filtered(lambda profile: profile.state == "live")
        closed = self.filtered(lambda profile: profile.state == "closed")
        result = super().write(vals)
        (self - live).filtered(lambda profile: profile.state == "live")._announce(PARTNER_ACTIVATED)
        live.filtered(lambda profile: profile.state not in ("live", "closed"))._announce(PARTNER_SUSPENDED)
        (self - closed).filtered(lambda profile: profile.state == "closed")._announce(PARTNER_ENDED)
        return result

    def _announce(self, event_type):
        self.env["trade.event"]._emit_many(
            [(event_type, profile, profile, profile.sudo()._event_data()) for profile in self]
        )

    def _event_data(self):
        return PartnerData(
            name=self.name or self.partner_id.display_name,
            state=self.state,
            roles=tuple(role for role in _ROLES if self[f"is_{role}"]),
            identifiers=tuple(
                PartyIdentifier(scheme=identifier.scheme, value=identifier.value)
                for identifier in self.identifier_ids
            ),
        )
