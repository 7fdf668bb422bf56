from odoo import api, fields, models

from ..remittance import REGISTERED, is_paid_out

TOLD_STATES = [
    ("not_sent", "Not told"),
    ("queued", "Waiting to be sent"),
    ("sent", "Sent"),
    ("acknowledged", "Told"),
    ("held", "Needs you"),
]
#: what is shown of a message that partners said no to
STANDING = {"rejected": "held"}


class AccountPayment(models.Model):
    """What the accountant sees of it: whether the supplier was told, and what is in the way."""

    _name = "account.payment"
    _inherit = ["account.payment", "trade.told"]

    # Others who may read payments may not read these.
    trade_message_ids = fields.One2many(
        "trade.message", "res_id", readonly=True, groups="trade_core.group_trade_user"
    )
    trade_state = fields.Selection(
        TOLD_STATES,
        "Supplier told",
        compute="_compute_trade_state",
        compute_sudo=True,
        store=True,
        index=True,
        copy=False,
        help="Where the remittance advice stands: what the supplier was told of this payment.",
        groups="base.group_user",
    )
    trade_can_send = fields.Boolean(
        compute="_compute_trade_can_send", compute_sudo=True, groups="base.group_user"
    )

    @api.depends("trade_message_ids.state")
    def _compute_trade_state(self):
        told = self._trade_live_told()
        for payment in self:
            state = told.get(payment._origin.id, self.env["trade.message"])[-1:].state
            payment.trade_state = STANDING.get(state, state) or "not_sent"

    # -- the line under the status bar -----------------------------------------------------------

    @api.depends("trade_message_ids.state", "trade_message_ids.exception_id", "state")
    @api.depends_context("uid")
    def _compute_trade_exchange(self):
        return super()._compute_trade_exchange()

    def _trade_told_words(self):
        """See :meth:`trade.told._trade_told_words`."""
        _ = self.env._
        return {
            "told": _("Supplier told"),
            "again": lambda revision: _("Supplier told again, revision %s", revision),
            "waits": _("Remittance advice waits to be sent"),
            "failed": lambda reason: _("The supplier could not be told: %s", reason),
        }

    # -- buttons ---------------------------------------------------------------------------------

    @api.depends("partner_id", "company_id", "state", "payment_type", "partner_type")
    def _compute_trade_can_send(self):
        paid = self.filtered(lambda payment: is_paid_out(payment) and payment.state in REGISTERED)
        routes = paid._origin._trade_routes()
        for payment in self:
            payment.trade_can_send = payment in paid and payment._origin.id in routes
