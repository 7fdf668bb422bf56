from odoo import api, models

from odoo.addons.trade_core.event_parts import money

from ..reads import Account


class TradeApiReadAccount(models.AbstractModel):
    """The caller's own account. Nothing real is shown to a client that is only being tried out."""

    _name = "trade.api.read.account"
    _inherit = ["trade.api.read"]
    _description = "Account in the API"

    @api.model
    def _one(self, door, key):
        profile = self.env["trade.partner"].browse(door.trade_partner_id).exists()
        if door.test or not profile:
            return None
        company = profile.company_id
        contact, currency = (
            profile.partner_id.commercial_partner_id.with_company(company),
            company.currency_id,
        )
        used = contact.credit + contact.credit_to_invoice
        limit = contact.credit_limit if company.account_use_credit_limit else 0.0
        return Account(
            name=profile.name,
            status=profile.state,
            open_amount=money(used, currency),
            credit_limit=money(limit, currency) if limit else None,
            credit_available=money(max(limit - used, 0.0), currency) if limit else None,
        )
