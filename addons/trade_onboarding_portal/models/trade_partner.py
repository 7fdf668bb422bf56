from odoo import models

from .. import checklist
from .trade_onboarding import ENDED


class TradePartner(models.Model):
    _inherit = "trade.partner"

    def _portal_cases(self):
        """The cases the partner's people see, the newest first."""
        self.ensure_one()
        domain = [
            ("company_id", "=", self.company_id.id),
            ("state", "not in", ENDED),
            "|",
            ("trade_partner_id", "=", self.id),
            "&",
            ("trade_partner_id", "=", False),
            ("partner_id", "=", self.partner_id.id),
        ]
        return self.env["trade.onboarding"].search(domain, order="id desc")

    def _trade_portal_nav(self):
        pages = super()._trade_portal_nav()
        if self._portal_cases():
            pages.insert(1, ("onboarding", self.env._("Checklist"), "/onboarding"))
        return pages

    def _trade_portal_cards(self):
        cards = [
            card
            for case in self._portal_cases()
            for card in checklist.cards(case, f"/my/trading/onboarding/{case.id}")
        ]
        return [*super()._trade_portal_cards(), *cards]
