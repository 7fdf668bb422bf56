from odoo import models

from odoo.addons.trade_onboarding.forms import Field


class TradeOnboardingKindSystem(models.AbstractModel):
    """What the partner wants to connect, and who does it there: whoever sets up the connection reads it."""

    _name = "trade.onboarding.kind.system"
    _inherit = "trade.onboarding.kind"
    _description = "Their system"

    _actor = "partner"

    def _form(self, step):
        _ = self.env._
        ways = (
            ("api", _("Our programs call yours, or yours ours (JSON)")),
            ("edi", _("EDI messages (EDIFACT, X12)")),
            ("xml", _("Electronic documents (UBL, Peppol, cXML)")),
            ("files", _("Tables (CSV, Excel)")),
            ("other", _("We do not know yet: let us talk about it")),
        )
        return [
            Field("way", _("What does your system speak?"), "selection", required=True, choices=ways),
            Field(
                "system", _("Which system is it?"), help=_("For example its maker, or who looks after it.")
            ),
            Field("name", _("Who sets it up: name"), required=True),
            Field("email", _("Who sets it up: e-mail"), "email", required=True),
            Field("phone", _("Who sets it up: phone")),
            Field("note", _("Anything else"), "text"),
        ]

    def _prefill(self, step):
        case = step.onboarding_id
        return {"name": case.contact_name or None, "email": case.email or None}
