"""One delivery of an event, as Standard Webhooks 1.0 asks for it."""

from dataclasses import replace
from typing import NamedTuple

from odoo.addons.trade_core.connectors import http, rest

#: "Gone": the receiver wants nothing more, ever (RFC 9110, 15.5.11; Standard Webhooks, "Disabling")
GONE = 410


class Deliver(NamedTuple):
    """The call that tells a receiver one event; touches no database.

    Whatever is not 2xx is a failure that may pass: also a redirect, which is never followed, and a 4xx, for
    receivers answer these while they are being deployed.
    """

    line: http.Line
    url: str
    body: bytes
    headers: dict

    def __call__(self):
        """:return: :class:`~odoo.addons.trade_core.transport.SendResult`"""
        result, _reply = rest.call(self.line, "POST", self.url, body=self.body, headers=self.headers)
        if result.outcome == "ok":
            return result
        return replace(result, outcome="retry", stop=result.http_status == GONE)
