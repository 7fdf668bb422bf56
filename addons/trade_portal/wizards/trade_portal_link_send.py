from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .. import purposes


class TradePortalLinkSend(models.TransientModel):
    """Mail somebody at a partner a link about the partner, such as how its connection is doing."""

    _name = "trade.portal.link.send"
    _description = "Send a Portal Link"

    trade_partner_id = fields.Many2one("trade.partner", "Partner", required=True, ondelete="cascade")
    purpose = fields.Selection(
        "_selection_purpose", "For", required=True, default=lambda self: self._selection_purpose()[0][0]
    )
    email = fields.Char(
        "E-mail",
        required=True,
        compute="_compute_email",
        store=True,
        readonly=False,
        precompute=True,
        help="Who is asked. Whoever reads this mail can open the page.",
    )
    text = fields.Char("A sentence above the button")

    @api.model
    def _selection_purpose(self):
        Link = self.env["trade.portal.link"]
        return [
            (purpose.code, Link._words(purpose.title))
            for purpose in purposes.PURPOSES.values()
            if "trade.partner" in purpose.models
        ]

    @api.depends("trade_partner_id")
    def _compute_email(self):
        for wizard in self:
            wizard.email = wizard.email or wizard.trade_partner_id.partner_id.email

    def action_send(self):
        """Mail it; the partner's history says who sent which link to whom."""
        self.ensure_one()
        partner = self.trade_partner_id
        partner.check_access("write")
        if not email_normalize(self.email):
            raise UserError(self.env._("%s is not one e-mail address. Correct it.", self.email))
        link = self.env["trade.portal.link"]._send(
            self.purpose, partner, partner, email=self.email, text=self.text
        )
        title = dict(self._selection_purpose())[self.purpose]
        partner.message_post(
            body=self.env._("Link sent to %(email)s: %(what)s", email=link.email, what=title)
        )
        return {"type": "ir.actions.act_window_close"}
