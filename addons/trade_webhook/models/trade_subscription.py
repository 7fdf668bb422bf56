from markupsafe import Markup
from odoo import api, fields, models

from odoo.addons.trade_kernel.errors import PartnerDown

from .trade_connector import WEBHOOK

_OFF_ACTIVITY = "mail.mail_activity_data_warning"


class TradeSubscription(models.Model):
    """A subscription whose events go to an address: how that is doing, and what people can do about it."""

    _inherit = "trade.subscription"

    base_url = fields.Char(related="connector_id.base_url", string="Address")
    health = fields.Selection(related="connector_id.health")
    health_reason = fields.Char(related="connector_id.health_reason", string="How it is doing")
    sparkline = fields.Json(related="connector_id.sparkline")
    delivered_day = fields.Integer(related="connector_id.delivered_day")
    failed_day = fields.Integer(related="connector_id.failed_day")
    success_day = fields.Float(related="connector_id.success_day")
    success_week = fields.Float(related="connector_id.success_week")
    latency_p50 = fields.Float(related="connector_id.latency_p50")
    latency_p95 = fields.Float(related="connector_id.latency_p95")
    last_failure_at = fields.Datetime(related="connector_id.last_failure_at")
    last_failure = fields.Text(related="connector_id.last_failure")
    next_attempt_at = fields.Datetime(related="connector_id.next_attempt_at")
    failing_since = fields.Datetime(related="connector_id.failing_since")
    secret_status = fields.Char("Signing secret", compute="_compute_secret_status")

    @api.depends("connector_id.credential_ids.status")
    def _compute_secret_status(self):
        for subscription in self.sudo():
            subscription.secret_status = subscription.connector_id._credential().status

    # -- what people press -----------------------------------------------------------------------

    def action_test_connection(self):
        """Tell the address a signed test event now, and show each step with what came of it."""
        self.ensure_one()
        return self.connector_id.action_test_connection()

    def action_rotate_secret(self):
        """Make a new signing secret and show it once. For the overlap every call carries a signature with
        each, so that the receiver can change over without losing one."""
        self.ensure_one()
        return self.connector_id._needed_credential().with_user(self.env.user).action_generate()

    def action_replay(self):
        """Ask from when on events shall be told again; says first how many that are."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replay events"),
            "res_model": "trade.subscription.replay",
            "view_mode": "form",
            "target": "new",
            "context": {"default_subscription_id": self.id},
        }

    def action_open_calls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_core.trade_attempt_action")
        return {
            **action,
            "name": self.env._("%s: Calls", self.name),
            "domain": [("connector_id", "=", self.connector_id.id)],
            "context": {},
        }

    def action_resume(self):
        """Go on; what waits is tried at once, with all its tries."""
        result = super().action_resume()
        connectors = self.connector_id.sudo().filtered(lambda connector: connector.transport == WEBHOOK)
        connectors.filtered("failing_since").write({"failing_since": False})
        for connector in connectors:
            connector._try_again()
        done = self.env._("Resumed by %s.", self.env.user.name)
        self._off_problems()._auto_resolve(done)
        self.activity_feedback([_OFF_ACTIVITY], feedback=done)
        return result

    def action_resume_from_now(self):
        """Go on with what happens from now on; what waits is withdrawn. It can still be replayed."""
        self.check_access("write")
        waiting = (
            self.env["trade.message"]
            .sudo()
            .search(
                [
                    ("route_id", "in", self.sudo().route_id.ids),
                    ("state", "=", "queued"),
                    ("claimed_at", "=", False),
                ]
            )
        )
        problems = waiting.exception_id
        waiting._set_state("cancelled", self.env._("Left out by %s on resuming", self.env.user.name))
        problems._refresh()
        return self.action_resume()

    # -- switching off ---------------------------------------------------------------------------

    def _switch_off(self, reason):
        """Switch off with a problem on the desk and an activity for whoever owns the subscription.

        :param str reason: a sentence that goes on after a colon
        """
        for subscription in self:
            subscription._disable(reason)
            error = PartnerDown(
                "webhook.disabled",
                subscription=subscription.name,
                reason=reason,
                subject=f"subscription:{subscription.id}",
            )
            self.env["trade.exception"].sudo()._open(
                error,
                company=subscription.company_id,
                trade_partner=subscription.trade_partner_id,
                route=subscription.route_id,
                connector=subscription.connector_id,
            )
            waiting = (
                self.env["trade.message"]
                .sudo()
                .search_count([("route_id", "=", subscription.route_id.id), ("state", "=", "queued")])
            )
            note = self.env._("Events that wait and are kept: %(count)s.", count=waiting)
            subscription.activity_schedule(
                _OFF_ACTIVITY,
                summary=self.env._("The webhook was switched off"),
                note=Markup("<p>%s</p><p>%s %s</p>") % (error.message, error.remedy, note),
                user_id=subscription._owner().id,
            )

    def _owner(self):
        """Who looks after this subscription."""
        Team = self.env["trade.team"]
        owner = self.trade_partner_id.user_id
        return owner if Team._can_own(owner, self.company_id) else self.create_uid

    def _off_problems(self):
        return (
            self.env["trade.exception"]
            .sudo()
            .search(
                [
                    ("code", "=", "webhook.disabled"),
                    ("subject", "in", [f"subscription:{subscription.id}" for subscription in self]),
                    ("is_open", "=", True),
                ]
            )
        )
