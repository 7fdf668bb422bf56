from urllib.parse import quote, urlencode

from odoo import models

from odoo.addons.trade_kernel.errors import ValidationFailed

from ..connectors import auth, http, probe, rest


class TradeConnector(models.Model):
    """Transport "rest": documents are sent with POST, fetched with GET. See ``docs/connectors/rest.md``."""

    _inherit = "trade.connector"

    def _trade_send(self, message):
        if self.transport != "rest":
            return super()._trade_send(message)
        headers = {
            "Content-Type": message.content_type or "application/octet-stream",
            "Accept": "application/json, */*;q=0.5",
            "Idempotency-Key": message.idempotency_key,
            **rest.trace_headers(message.trace_id),
        }
        if message.mode == "test":
            headers["Trade-Mode"] = "test"
        return rest.Send(
            self._rest_line(message.idempotency_key),
            self._rest_url(message.route_id.endpoint, message.document_number),
            message._raw(),
            headers,
            repeated=bool(message.attempt_count or message.claimed_at),
        )

    def _check_ready(self):
        if self.transport != "rest":
            return super()._check_ready()
        self._rest_url(None)
        self._rest_line("ready")
        return None

    def _trade_poll(self, route):
        if self.transport != "rest":
            return super()._trade_poll(route)
        url = self._rest_url(route.endpoint)
        if route.poll_cursor:
            url = f"{url}?{urlencode({'after': route.poll_cursor})}"
        # With a signature, each question needs an id of its own.
        line = self._rest_line(f"poll-{route.id}-{rest.secrets.token_hex(8)}")
        return rest.Poll(line, url, {"Accept": "application/json"}, route.poll_etag or None)

    def _trade_test(self):
        if self.transport != "rest":
            return super()._trade_test()
        if not self.base_url:
            words = self.env._(
                "They call us, so there is nothing to call. Who may call is set up under API clients."
            )
            return lambda: [probe.Step("connect", probe.SKIPPED, words)]
        return probe.HttpTest(
            self._rest_line(f"test-{rest.secrets.token_hex(8)}"), self._rest_url(self.test_path)
        )

    def _rest_url(self, part, number=None):
        """The address of a call: the connector's, and the route's part below it.

        :raise ValidationFailed: ``connector.address_missing``
        """
        if not self.base_url:
            raise ValidationFailed(
                "connector.address_missing", connector=self.display_name, subject=f"connector:{self.id}"
            )
        part = (part or "").replace("{number}", quote(number or "", safe="")).lstrip("/")
        base = self.base_url.rstrip("/")
        return f"{base}/{part}" if part else self.base_url

    def _rest_line(self, call_id):
        """How this connector is called, with its secrets, for one call.

        :param str call_id: what a signature names the call by; the same for every try of a document
        :raise AuthenticationFailed: a credential is missing or cannot be opened
        """
        return http.Line(self._rest_auth(call_id), self.connect_timeout, self.read_timeout)

    def _rest_auth(self, call_id):
        if self.auth_method == "none":
            return auth.Auth()
        credential = self._needed_credential()
        secrets = credential._secrets()
        match credential.kind:
            case "api_key":
                return auth.HeaderAuth(credential.header or "X-API-Key", secrets[0])
            case "bearer":
                return auth.HeaderAuth("Authorization", secrets[0], prefix="Bearer ")
            case "basic":
                return auth.BasicAuth(credential.login or "", secrets[0])
            case "hmac_secret":
                return auth.WebhookAuth(secrets, call_id)
        client = auth.Client(
            credential.token_url, credential.login or "", secrets[0], credential.scope, credential.audience
        )
        return auth.OAuth2Auth(client, self.connect_timeout, self.read_timeout)
