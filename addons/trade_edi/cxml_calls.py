"""cXML over HTTP: the secret in the document, the outcome in the answer (cXML 1.2, Response)."""

from dataclasses import replace

from odoo.addons.trade_core.connectors.auth import Auth
from odoo.addons.trade_core.connectors.rest import Send
from odoo.addons.trade_kernel import retry
from odoo.addons.trade_kernel.codecs import cxml


class SecretInDocument(Auth):
    """The secret both sides share stands in the Sender's credential; no stored document has it."""

    def __init__(self, secret):
        self._secret = secret

    def __call__(self, request):
        if request.body:
            request.body = cxml.with_secret(request.body, self._secret)
            request.prepare_content_length(request.body)
        return request

    def secrets(self):
        return (self._secret,)


class SendCxml(Send):
    """The call that delivers one document. Its answer is a cXML document as well: HTTP says 200 to a document
    that was refused."""

    def _judged(self, result, reply):
        if reply is None or result.outcome != "ok":
            return result
        status = cxml.status_of(reply.body)
        if status is None:
            words = "Their answer is not the cXML Response expected here. Ask the partner for the address."
            return replace(result, outcome="refused", detail=f"{words} {result.detail}".strip())
        said = self.line.conceal(f"cXML {status.code} {status.text}".strip())
        return replace(result, outcome=retry.classify_status(status.code), detail=said)
