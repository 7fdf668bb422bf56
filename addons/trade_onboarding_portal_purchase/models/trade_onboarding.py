from datetime import timedelta

from odoo import fields, models

TEMPLATE = "trade_onboarding_portal_purchase.template_system"


class TradeOnboarding(models.Model):
    """A case that connects a system of a partner who trades already."""

    _inherit = "trade.onboarding"

    def _connects_system(self):
        """Whether the partner traded by pages when the case began."""
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        return bool(template) and self.sudo().template_id == template

    def _entered(self, old, new, reason):
        result = super()._entered(old, new, reason)
        if new == "live" and old != "suspended" and self._connects_system():
            self._retire_pages()
        return result

    def _retire_pages(self):
        """The system takes over what it has routes for; what is said by links comes in by these."""
        routes = self.trade_partner_id.route_ids
        systems = routes._of_systems().filtered(lambda route: route.mode == "live")
        taken = {(route.direction, route.document_type) for route in systems}
        step = self.step_ids.filtered(lambda step: step.kind == "connection")[:1]
        for route in routes - routes._of_systems():
            if (route.direction, route.document_type) in taken:
                self.env["trade.onboarding.effect"]._write_record(step, route, {"active": False})

    def _mail_way_on(self):
        """Mail the link to the partner's pages; not again within the hour.

        :return: whether there is such a mail
        """
        case = self.sudo()
        if not case.email:
            return False
        now = fields.Datetime.now()
        last = max(filter(None, (case.invited_at, case.reminded_at)), default=None)
        if not last or last < now - timedelta(hours=1):
            case._mail(
                "trade_onboarding.mail_template_reminder"
                if case._partner_steps()
                else "trade_onboarding.mail_template_invitation"
            )
            case.write({"reminded_at": now} if case.invited_at else {"invited_at": now})
        return True
