import re
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.trade_kernel import circuit as circuit_policy
from odoo.addons.trade_kernel.errors import AuthenticationFailed, TradeError, ValidationFailed
from odoo.addons.trade_kernel.retry import RetryPolicy

from ..connectors import probe

#: which kinds of credentials serve an authentication method; other addons add theirs
KINDS = {
    "api_key": ("api_key", "bearer"),
    "basic": ("basic",),
    "oauth2": ("oauth2_client",),
    "hmac": ("hmac_secret",),
}
KEEP_CALLS_DAYS = 30  # how long attempts to poll and to test are kept, unless the settings say otherwise


class TradeConnector(models.Model):
    """One technical endpoint of a partner: how it is reached, how it may be called, and how it is doing."""

    _name = "trade.connector"
    _description = "Connector"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    trade_partner_id = fields.Many2one(
        "trade.partner",
        "Partner",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="Empty when several partners are reached over it.",
    )
    partner_image = fields.Binary(related="trade_partner_id.partner_id.avatar_128", string="Partner's logo")
    company_id = fields.Many2one(
        "res.company", "Our company", required=True, index=True, default=lambda self: self.env.company
    )
    transport = fields.Selection(
        [("rest", "REST (JSON over HTTP)"), ("manual", "Manual upload")],
        required=True,
        default="rest",
        tracking=True,
    )
    environment = fields.Selection(
        [("test", "Test"), ("live", "Live")],
        required=True,
        default="test",
        tracking=True,
        help="Which of the partner's systems is behind the address. A mark for people.",
    )
    paused = fields.Boolean(
        tracking=True, copy=False, help="Nothing is sent or fetched; documents wait and none is lost."
    )
    pause_reason = fields.Char(copy=False)

    # how it is reached
    base_url = fields.Char("Address", tracking=True, help="For example https://edi.example.com/v1")
    test_path = fields.Char(
        "Address part for tests",
        help="Asked with GET by the connection test: something that needs credentials and changes nothing.",
    )
    auth_method = fields.Selection(
        [
            ("none", "None"),
            ("api_key", "API key or bearer token"),
            ("basic", "User name and password"),
            ("oauth2", "OAuth 2 (client credentials)"),
            ("hmac", "Signature (Standard Webhooks)"),
        ],
        "Authentication",
        required=True,
        default="none",
        tracking=True,
    )
    credential_ids = fields.One2many(
        "trade.credential", "connector_id", "Credentials", groups="trade_core.group_trade_admin"
    )

    # how it may be called
    connect_timeout = fields.Float("Connect within (seconds)", default=5.0)
    read_timeout = fields.Float(
        "Answer within (seconds)", default=30.0, help="From asking to the answer's last byte."
    )
    rate_per_minute = fields.Float(
        "Calls per minute",
        digits=(8, 2),
        help="As many as the partner allows; 0: no limit. Counted over all workers.",
    )
    burst = fields.Integer("At once", default=10, help="How many calls may go at once after a quiet time.")
    max_tries = fields.Integer(
        "Tries per document", default=8, help="After that the document becomes a problem."
    )
    backoff_base = fields.Float("First wait (seconds)", default=10.0)
    backoff_factor = fields.Float("Each next wait times", default=3.0)
    backoff_max = fields.Float("Longest wait (hours)", default=4.0)
    circuit_threshold = fields.Integer(
        "Failures in a row",
        default=5,
        help="After so many the partner is left alone for a while: documents wait instead of failing.",
    )
    circuit_window = fields.Float("Counted within (seconds)", default=300.0)
    circuit_cooldown = fields.Float(
        "First rest (seconds)",
        default=60.0,
        help="Then one document is sent to see. Doubles each time it fails.",
    )
    circuit_cooldown_max = fields.Float("Longest rest (seconds)", default=3600.0)

    # how it is doing; written by _permit and _record_call alone
    circuit_state = fields.Selection(
        [("closed", "Answers"), ("open", "Does not answer, resting"), ("half_open", "Being probed")],
        "Circuit",
        required=True,
        default="closed",
        readonly=True,
        copy=False,
    )
    circuit_class = fields.Selection(
        [
            ("partner_down", "Does not answer"),
            ("authentication", "Refuses our credentials"),
            ("setup", "Not set up completely"),
        ],
        readonly=True,
        copy=False,
    )
    circuit_failures = fields.Json(readonly=True, copy=False)
    circuit_openings = fields.Integer(readonly=True, copy=False)
    circuit_opened_at = fields.Datetime("Resting since", readonly=True, copy=False)
    circuit_probe_at = fields.Datetime("Next probe", readonly=True, copy=False)
    circuit_reason = fields.Char("What happened", readonly=True, copy=False)
    wait_until = fields.Datetime("Partner asked to wait until", readonly=True, copy=False)

    _timeouts = models.Constraint(
        "CHECK (connect_timeout > 0 AND connect_timeout <= 60 AND read_timeout > 0 AND read_timeout <= 300)",
        "Every call needs a limit: connect within 60 seconds, answer within 300 seconds.",
    )
    _limits = models.Constraint(
        "CHECK (rate_per_minute >= 0 AND burst >= 1 AND max_tries BETWEEN 1 AND 50 AND backoff_base > 0"
        " AND backoff_factor >= 1 AND backoff_max > 0)",
        "Calls per minute: 0 or more; at once: 1 or more; tries: 1 to 50; waits: above 0; factor: 1 or more.",
    )
    _circuit_limits = models.Constraint(
        "CHECK (circuit_threshold BETWEEN 1 AND 100 AND circuit_window > 0 AND circuit_cooldown > 0"
        " AND circuit_cooldown_max >= circuit_cooldown)",
        "Failures in a row: 1 to 100; the longest rest cannot be shorter than the first one.",
    )

    @api.constrains("base_url")
    def _check_base_url(self):
        for connector in self.filtered("base_url"):
            self._check_address(connector.base_url)

    @api.model
    def _check_address(self, url):
        """Which hosts may be called is the administrator's decision, in-house ones are normal; what a web
        address is, is not."""
        try:
            parts = urlsplit(url)
            parts.port  # noqa: B018 - raises on a port that is none
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\\]", url):
            raise ValidationError(
                self.env._("The address must begin with https:// or http:// and name a server.")
            )
        if parts.username is not None or parts.password is not None:
            raise ValidationError(
                self.env._("Enter user name and password under Credentials, not in the address.")
            )
        if parts.query or parts.fragment:
            raise ValidationError(
                self.env._("Leave out what follows ? or # in the address. Keys belong under Credentials.")
            )

    @api.depends("name", "environment")
    def _compute_display_name(self):
        for connector in self:
            test = f" ({self.env._('test')})" if connector.environment == "test" else ""
            connector.display_name = f"{connector.name or ''}{test}"

    def write(self, vals):
        resumed = (
            self.filtered(lambda c: c.paused or not c.active)
            if {"paused", "active"} & vals.keys()
            else self.browse()
        )
        result = super().write(vals)
        resumed.filtered(lambda connector: connector.active and not connector.paused)._wake_lanes()
        if {"base_url", "auth_method", "transport"} & vals.keys():
            for connector in self.filtered(lambda connector: connector.circuit_class == "setup"):
                connector.sudo()._try_again()
        return result

    # -- what people press ---------------------------------------------------------------------

    def action_test_connection(self):
        """Try the connection step by step and show what happened. A connection that works again heals the
        connector at once."""
        self.ensure_one()
        self.check_access("write")
        return self._show_test(self._run_test())

    def action_go_live(self):
        """Test the connection and, when it works, put the connector to use."""
        self.ensure_one()
        self.check_access("write")
        steps = self._run_test()
        if any(step.outcome == probe.FAILED for step in steps):
            return self._show_test(steps)
        self.write({"paused": False, "pause_reason": False})
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_pause(self):
        """Stop calling: documents wait, nothing is lost."""
        self.check_access("write")
        self.write({"paused": True, "pause_reason": self.env._("Paused by %s", self.env.user.name)})

    def action_resume(self):
        """Call again, without a test."""
        self.check_access("write")
        self.write({"paused": False, "pause_reason": False})

    def action_open_messages(self):
        return self._open_list("trade.message", self.env._("Messages"))

    def action_open_problems(self):
        return self._open_list("trade.exception", self.env._("Problems"))

    def action_open_routes(self):
        return self._open_list("trade.route", self.env._("Routes"))

    def action_open_calls(self):
        return self._open_list("trade.attempt", self.env._("Calls"))

    def _open_list(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.name}: {name}",
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("connector_id", "=", self.id)],
            "context": {"default_connector_id": self.id},
        }

    # -- testing -------------------------------------------------------------------------------

    def _run_test(self):
        """Run the transport's test and keep what came of it.

        :return: list of :class:`~..connectors.probe.Step`
        """
        self.ensure_one()
        started_at = fields.Datetime.now()
        try:
            steps = self.sudo()._trade_test()()
        except TradeError as error:
            steps = [probe.Step("prepare", probe.FAILED, f"{error.message} {error.remedy}")]
        failed = next((step for step in steps if step.outcome == probe.FAILED), None)
        self.env["trade.attempt"].sudo().create(
            {
                "connector_id": self.id,
                "company_id": self.company_id.id,
                "kind": "test",
                "number": 1,
                "started_at": started_at,
                "duration_ms": sum(step.ms or 0 for step in steps),
                "outcome": "ok" if not failed else "auth" if failed.name == "authenticate" else "retry",
                "error": "\n".join(f"{step.name}: {step.outcome}. {step.words}" for step in steps),
            }
        )
        if not failed and any(step.name == "answer" and step.outcome == probe.OK for step in steps):
            self.sudo()._heal()
        return steps

    def _show_test(self, steps):
        wizard = self.env["trade.connector.test"].create(
            {"connector_id": self.id, "steps": [step._asdict() for step in steps]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Test connection"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    # -- what transports fill in -----------------------------------------------------------------

    def _trade_send(self, message):
        """Build the call that delivers ``message`` while the database is at hand.

        Extension: override, return ``super()`` for other transports.

        :return: a callable without arguments that touches no database and returns
            :class:`~..transport.SendResult`
        :raise TradeError: it cannot even be built; the message is held with that reason
        """
        raise self._missing()

    def _trade_sends(self, messages):
        """Build the calls of several messages, see :meth:`_trade_send`.

        Extension: a transport overrides it to open its secrets or its connection once for all of them.

        :return: ``[(message, callable or the TradeError that holds it), …]``, in the order of the messages
        """
        calls = []
        for message in messages:
            try:
                calls.append((message, self._trade_send(message)))
            except TradeError as error:
                calls.append((message, error))
        return calls

    def _trade_send_alone(self, message):
        """:meth:`_trade_send` of a transport whose :meth:`_trade_sends` does the work."""
        [(_message, call)] = self._trade_sends(message)
        if isinstance(call, TradeError):
            raise call
        return call

    def _trade_poll(self, route):
        """Build the call that fetches the documents of ``route``, see :meth:`_trade_send`.

        :return: a callable that returns :class:`~..transport.PollResult`
        """
        raise self._missing()

    def _trade_test(self):
        """Build the test of the connection, see :meth:`_trade_send`.

        :return: a callable that returns a list of :class:`~..connectors.probe.Step`
        """
        words = self.env._("Nothing to connect to: files are uploaded by hand.")
        return lambda: [probe.Step("connect", probe.SKIPPED, words)]

    def _check_ready(self):
        """Make sure that nothing a person must set up is missing for :meth:`_trade_send`.

        :raise TradeError: with the subject ``connector:<id>``; documents wait until it is put right
        """

    def _missing(self):
        transports = dict(self._fields["transport"]._description_selection(self.env))
        return ValidationFailed(
            "connector.transport_missing",
            connector=self.display_name,
            transport=transports.get(self.transport, self.transport),
            subject=f"connector:{self.id}",
        )

    # -- policies and credentials --------------------------------------------------------------------

    def _retry_policy(self):
        """How patiently a document is tried again, as the kernel reads it."""
        self.ensure_one()
        return RetryPolicy(
            max_attempts=self.max_tries,
            base_seconds=self.backoff_base,
            factor=self.backoff_factor,
            max_seconds=self.backoff_max * 3600,
        )

    def _circuit_policy(self):
        self.ensure_one()
        return circuit_policy.CircuitPolicy(
            failures=self.circuit_threshold,
            window_seconds=self.circuit_window,
            cooldown_seconds=self.circuit_cooldown,
            max_cooldown_seconds=self.circuit_cooldown_max,
        )

    def _credential(self):
        """The credential the authentication method asks for, empty when there is none."""
        self.ensure_one()
        kinds = KINDS.get(self.auth_method, ())
        return self.sudo().credential_ids.filtered(lambda credential: credential.kind in kinds)[:1]

    def _needed_credential(self):
        """:raise AuthenticationFailed: ``credential.missing``"""
        credential = self._credential()
        if not credential:
            methods = dict(self._fields["auth_method"]._description_selection(self.env))
            raise AuthenticationFailed(
                "credential.missing",
                connector=self.display_name,
                method=methods[self.auth_method],
                subject=f"connector:{self.id}",
            )
        return credential

    @api.autovacuum
    def _gc_calls(self):
        """Polls and tests are of no interest after a while; what happened to documents is kept."""
        days = int(
            self.env["ir.config_parameter"].sudo().get_param("trade_core.keep_calls_days", KEEP_CALLS_DAYS)
        )
        self.env["trade.attempt"].search(
            [
                ("message_id", "=", False),
                ("kind", "in", ("poll", "test")),
                ("started_at", "<", fields.Datetime.now() - timedelta(days=days)),
            ],
            limit=50_000,
        ).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if self.env["trade.message"].search_count([("connector_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Documents went over this connector. Archive it instead."))
