from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from odoo.addons.trade_core.tools import take_turns
from odoo.addons.trade_kernel.errors import TradeError
from odoo.addons.trade_portal.words import Said


class TradeSubscription(models.Model):
    """What partners may do with their own webhooks, and how they are told about them.

    Called as superuser for a webhook that belongs to the partner; who did it is the environment's user.
    """

    _inherit = "trade.subscription"

    def _portal_said(self):
        """How it is doing, in the partner's words; what stands in the connector was written for us."""
        self.ensure_one()
        _ = self.env._
        if self.state == "disabled":
            return Said(
                "you",
                _(
                    "It was switched off on %s, because your address failed for days.",
                    self._day(self.disabled_at),
                ),
                _("Repair the address, then switch the webhook on again. What waits is sent then."),
            )
        if self.state == "paused":
            return Said("waiting", _("We paused it: events are collected and wait."))
        if self.failing_since:
            again = (
                _("We try again at %s.", self._day(self.next_attempt_at))
                if self.next_attempt_at
                else _("We try again with the next event.")
            )
            return Said("you", _("It has failed since %s.", self._day(self.failing_since)), again)
        if not self.last_sent_at:
            return Said("plain", _("No event was sent yet."))
        return Said("done", _("It works."))

    def _day(self, instant):
        return format_datetime(self.env, instant, dt_format="short") if instant else "?"

    def _portal_version(self):
        """The number of the newest signing secret, 0 for none."""
        return max(self.connector_id.credential_ids.version_ids.mapped("number"), default=0)

    def _portal_new_secret(self, version):
        """Make a signing secret; the one before stays valid for the overlap.

        :param int version: the newest one as the page showed it: a second click makes no second secret
        :return: the secret in clear, this once
        :raise UserError: it was changed meanwhile, or there is nothing to sign with on this server
        """
        self.ensure_one()
        self.trade_partner_id._portal_check_keys()
        take_turns(self)
        if self._portal_version() != version:
            raise UserError(
                self.env._(
                    "A secret was made a moment ago, and is shown only once. Make another one if it got lost."
                )
            )
        try:
            shown = self.connector_id._needed_credential().action_generate()
        except (TradeError, UserError):
            raise UserError(
                self.env._(
                    "No secret can be made at present, for a reason on our side. Ask your contact person."
                )
            ) from None
        self._portal_note(self.env._("The partner made a new signing secret, on its own page."))
        return shown["params"]["secret"]

    def _portal_resume(self):
        """Switch on again what was switched off; what waits is told.

        :raise UserError: it is not switched off: what we paused we resume
        """
        self.ensure_one()
        if self.state != "disabled":
            raise UserError(self.env._("This webhook is not switched off."))
        self.action_resume()
        self._portal_note(self.env._("The partner switched the webhook on again, on its own page."))

    def _portal_test(self):
        """Tell a test event, the way every event goes.

        :raise UserError: nothing leaves at present
        """
        self.ensure_one()
        if self.state != "active":
            raise UserError(self.env._("Nothing is told while the webhook is switched off or paused."))
        self._test_fire()
        self._portal_note(self.env._("The partner had a test event sent, on its own page."))

    def _portal_note(self, body):
        self.trade_partner_id._portal_tell(self, body)
