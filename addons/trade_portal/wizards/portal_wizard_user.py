from odoo import models


class PortalWizardUser(models.TransientModel):
    _inherit = "portal.wizard.user"

    def _send_email(self):
        """The invitation to an account that our pages give goes out with the other mails of the queue: not
        before what gave the account is kept for good."""
        if not self.env.context.get("trade_portal_queue"):
            return super()._send_email()
        self.ensure_one()
        user = self.user_id.sudo()
        user.partner_id.signup_prepare()
        template = self.env.ref("auth_signup.portal_set_password_email").sudo()
        template.with_context(lang=user.lang, medium="portalinvite", dbname=self.env.cr.dbname).send_mail(
            user.id
        )
        return True
