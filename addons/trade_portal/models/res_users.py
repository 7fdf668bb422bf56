from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _trade_portal_partners(self):
        """The trading partners this portal user acts for: those of the company the user belongs to, one for
        each of our companies that trades with it, and a profile of the user's own contact.

        The one place that decides it. Portal users have no rights on any of our models: pages read as
        superuser, and only what belongs to one of these.

        :return: ``trade.partner`` as superuser
        """
        self.ensure_one()
        user = self.sudo()
        partners = user.env["trade.partner"].with_context(allowed_company_ids=None)
        if not user._is_portal() or not user.active:
            return partners.browse()
        contacts = user.partner_id | user.partner_id.commercial_partner_id
        return partners.search([("partner_id", "in", contacts.ids), ("is_internal", "=", False)], order="id")
