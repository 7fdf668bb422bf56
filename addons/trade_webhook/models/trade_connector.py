import json
import secrets
from datetime import UTC, datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_core.connectors import auth, http, probe, rest
from odoo.addons.trade_core.connectors.networks import Networks
from odoo.addons.trade_core.events import SUBSCRIPTION_TESTED, TestData
from odoo.addons.trade_kernel import events as catalogue
from odoo.addons.trade_kernel.errors import TradeError
from odoo.addons.trade_kernel.retry import RetryPolicy

from ..deliver import GONE, Deliver

WEBHOOK = "webhook"
#: seconds before try 2, 3, …: about 28 hours in all, the schedule Standard Webhooks recommends
SCHEDULE = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 36_000.0)
JITTER = 0.1
DISABLE_DAYS = 5


class TradeConnector(models.Model):
    """Transport "webhook": events are told to an address, signed. See ``docs/connectors/webhook.md``."""

    _inherit = "trade.connector"

    transport = fields.Selection(
        selection_add=[(WEBHOOK, "Webhook (signed events)")], ondelete={WEBHOOK: "set default"}
    )
    subscription_ids = fields.One2many("trade.subscription", "connector_id", "Subscriptions")
    failing_since = fields.Datetime(
        readonly=True, copy=False, help="Since then every call to this address has failed."
    )

    @api.constrains("transport", "auth_method")
    def _check_webhook_auth(self):
        if self.filtered(
            lambda connector: connector.transport == WEBHOOK and connector.auth_method != "hmac"
        ):
            raise ValidationError(
                self.env._("Webhooks are signed. Choose the authentication Signature (Standard Webhooks).")
            )

    # -- sending ---------------------------------------------------------------------------------

    def _trade_send(self, message):
        if self.transport != WEBHOOK:
            return super()._trade_send(message)
        return self._trade_send_alone(message)

    def _trade_sends(self, messages):
        if self.transport != WEBHOOK:
            return super()._trade_sends(messages)
        try:
            url, keys = self._rest_url(None), self._needed_credential()._secrets()
        except TradeError as error:
            return [(message, error) for message in messages]
        networks = self._webhook_networks()
        return [
            (
                message,
                Deliver(
                    self._webhook_line(keys, self._webhook_id(message), networks),
                    url,
                    message._raw(),
                    {
                        "Content-Type": message.content_type or catalogue.MEDIA_TYPE,
                        **rest.trace_headers(message.trace_id),
                    },
                ),
            )
            for message in messages
        ]

    def _check_ready(self):
        if self.transport != WEBHOOK:
            return super()._check_ready()
        self._rest_url(None)
        self._needed_credential()._secrets()
        return None

    def _trade_test(self):
        """Tell the address a test event: nothing else shows that it verifies signatures and takes events."""
        if self.transport != WEBHOOK:
            return super()._trade_test()
        uid = f"test-{secrets.token_hex(12)}"
        event = catalogue.envelope(
            id=uid,
            type=SUBSCRIPTION_TESTED,
            source=f"/{self.env.cr.dbname}/{self._name}",
            time=datetime.now(UTC),
            subject=self.name,
            data=TestData(message=self.env._("This is a test of the connection.")).model_dump(),
        )
        line = self._webhook_line(self._needed_credential()._secrets(), uid, self._webhook_networks())
        headers = {"Content-Type": catalogue.MEDIA_TYPE}
        return probe.HttpTest(line, self._rest_url(None), json.dumps(event).encode(), headers)

    def _webhook_reach(self):
        """Only whether the address can be reached: the steps before anything is told."""
        line = http.Line(auth.Auth(), self.connect_timeout, self.read_timeout, self._webhook_networks())
        return probe.HttpTest(line, self._rest_url(None), reach_only=True)

    def _webhook_line(self, keys, webhook_id, networks):
        return http.Line(
            auth.WebhookAuth(keys, webhook_id), self.connect_timeout, self.read_timeout, networks
        )

    @api.model
    def _webhook_networks(self):
        """Where webhooks may lead: receivers choose their addresses, so not into our own network."""
        return Networks.parse(
            self.env["ir.config_parameter"].sudo().get_param("trade_webhook.allowed_networks", "")
        )

    @staticmethod
    def _webhook_id(message):
        """The same for every try and every replay of an event: by it the receiver knows what it has."""
        return message.idempotency_key.partition("/")[0]

    def _retry_policy(self):
        if self.transport != WEBHOOK:
            return super()._retry_policy()
        return RetryPolicy(schedule=SCHEDULE, jitter=JITTER)

    # -- how it is doing -------------------------------------------------------------------------

    @api.depends("subscription_ids.state", "subscription_ids.disabled_reason")
    def _compute_health(self):
        return super()._compute_health()

    def _health(self, answered):
        told = self.subscription_ids
        if self.transport == WEBHOOK and set(told.mapped("state")) == {"disabled"}:
            return "down", self.env._("Switched off: %s", told[0].disabled_reason)
        return super()._health(answered)

    # -- giving up -------------------------------------------------------------------------------

    def _record_call(self, result):
        problem = super()._record_call(result)
        if self.transport == WEBHOOK:
            self.sudo()._note_failing(result)
        return problem

    def _note_failing(self, result):
        """Remember since when nothing succeeds; switch off what is gone, or fails for days."""
        now = fields.Datetime.now()
        if result.outcome == "ok":
            if self.failing_since:
                self.failing_since = False
            return
        if not self.failing_since:
            self.failing_since = now
        days = int(
            self.env["ir.config_parameter"].sudo().get_param("trade_webhook.disable_days", DISABLE_DAYS)
        )
        if result.http_status == GONE:
            self._disable_webhooks(self.env._("the address says that it is gone for good (HTTP 410)."))
        elif days and now - self.failing_since >= timedelta(days=days):
            said = (result.detail or "").rstrip(".")[:300]
            self._disable_webhooks(
                self.env._(
                    "it has failed for %(days)s days without a break. Last: %(said)s.", days=days, said=said
                )
            )

    def _disable_webhooks(self, reason):
        self.env["trade.subscription"].sudo().search(
            [("connector_id", "=", self.id), ("state", "!=", "disabled")]
        )._switch_off(reason)
