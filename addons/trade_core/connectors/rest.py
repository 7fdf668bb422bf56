"""Documents over HTTP: what one call to send or to fetch comes to. See ``docs/connectors/rest.md``."""

import hashlib
import json
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from odoo.addons.trade_kernel import retry

from ..transport import Fetched, PollResult, SendResult
from . import http
from .auth import AuthRefused

#: bytes of one answer to "anything new?"; documents themselves are bounded by the codecs
POLL_LIMIT = 20_000_000
JSON = "application/json"


class Send(NamedTuple):
    """The call that delivers one document; touches no database."""

    line: http.Line
    url: str
    body: bytes
    headers: dict
    repeated: bool  # it may have arrived before: then "409 Conflict" says that it is still being worked on

    def __call__(self):
        """:return: :class:`~..transport.SendResult`"""
        result, reply = call(self.line, "POST", self.url, body=self.body, headers=self.headers)
        if self.repeated and result.http_status == 409:
            return replace(result, outcome="retry")
        return self._judged(result, reply)

    def _judged(self, result, reply):
        """What the call came to, the answer's text taken into account.

        Extension: for formats whose answers say more than their HTTP status.

        :param reply: :class:`http.Reply`, or ``None`` when none came
        """
        return result


class Poll(NamedTuple):
    """The call that asks for new documents; touches no database."""

    line: http.Line
    url: str
    headers: dict
    etag: str | None

    def __call__(self):
        """:return: :class:`~..transport.PollResult`"""
        headers = {**self.headers, **({"If-None-Match": self.etag} if self.etag else {})}
        result, reply = call(self.line, "GET", self.url, headers=headers, limit=POLL_LIMIT, fine=(304,))
        if result.outcome != "ok" or reply.status in (204, 304):
            return PollResult(result)
        try:
            documents, cursor = read_documents(reply)
        except ValueError as error:
            said = self.line.conceal(f"{error} {http.say(reply)}")
            return PollResult(replace(result, outcome="refused", detail=said))
        result = replace(result, detail=f"HTTP {reply.status}: {len(documents)} documents")
        return PollResult(result, documents, cursor, etag=reply.headers.get("ETag"))


def call(line, method, url, *, fine=(), **settings):
    """Call and judge the answer.

    :param fine: statuses that are a success here, besides 2xx
    :return: ``(SendResult, Reply)``; the reply is ``None`` when none came
    """
    try:
        reply = line.call(method, url, **settings)
    except AuthRefused as error:
        return SendResult("auth", http_status=error.status, detail=line.conceal(str(error))), None
    except http.CallFailed as error:
        return SendResult("retry", detail=line.conceal(str(error))), None
    outcome = "ok" if reply.status in fine else retry.classify_status(reply.status)
    detail = "" if outcome == "ok" and not reply.body else line.conceal(_explain(reply))
    wait = retry.parse_retry_after(reply.headers.get("Retry-After"), datetime.now(UTC))
    return SendResult(outcome, reply.status, wait if outcome == "retry" else None, detail, reply.ms), reply


def _explain(reply):
    said = http.say(reply)
    if 300 <= reply.status < 400 and reply.status != 304:
        target = reply.headers.get("Location", "another address")
        return (
            f"{said}. They point to {target}. Nothing is sent to an address nobody entered: "
            "check it with the partner and correct the connector."
        )
    return said


def trace_headers(trace_id):
    """``traceparent`` (W3C Trace Context) of a call; nothing for a trace id of another shape."""
    if len(trace_id) != 32 or set(trace_id) - set("0123456789abcdef") or set(trace_id) == {"0"}:
        return {}
    return {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"}


# -- what a poll brings ------------------------------------------------------------------------


def read_documents(reply):
    """The documents of an answer, each with exactly the text the partner wrote, and the cursor that follows.

    ``{"documents": [...], "next": "cursor"}`` or just ``[...]``; an element is a document as an object, or
    the text of one in another format as a string.

    :raise ValueError: the answer is something else; the text is for people
    """
    if not reply.whole:
        raise ValueError(f"The answer has more than {POLL_LIMIT} bytes; ask the partner for smaller pages.")
    try:
        text = reply.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("The answer is not text in UTF-8.") from None
    scanner = _Scanner(text)
    try:
        parts, cursor = scanner.answer()
    except (ValueError, RecursionError):
        raise ValueError("The answer is not the JSON that is expected here.") from None
    return tuple(_fetched(part, value) for part, value in parts), cursor


def _fetched(part, value):
    raw = (value if isinstance(value, str) else part).encode()
    # The digest is the key: a corrected document of the same number is another document, and it is the
    # pipeline that knows what a number and its revision mean.
    return Fetched(raw, hashlib.sha256(raw).hexdigest(), JSON if isinstance(value, dict) else None)


class _Scanner:
    """Finds the documents in a JSON text without changing a character of them: ``12.50`` stays ``12.50``."""

    def __init__(self, text):
        self.text = text
        self.decoder = json.JSONDecoder()

    def answer(self):
        """:return: ``([(text, value), …], cursor or None)``"""
        at = self._skip(0)
        if self.text[at : at + 1] == "[":
            parts, at = self._elements(at)
            cursor = None
        else:
            parts, cursor, at = self._envelope(at)
        if self._skip(at) != len(self.text):
            raise ValueError
        return parts, cursor

    def _envelope(self, at):
        parts, cursor = None, None
        at = self._expect(at, "{")
        while True:
            name, at = self.decoder.raw_decode(self.text, self._skip(at))
            at = self._skip(self._expect(at, ":"))
            if name == "documents":
                parts, at = self._elements(at)
            else:
                value, at = self.decoder.raw_decode(self.text, at)
                if name == "next" and value not in (None, ""):
                    cursor = str(value)
            at = self._skip(at)
            if self.text[at : at + 1] != ",":
                break
            at += 1
        if parts is None:
            raise ValueError
        return parts, cursor, self._expect(at, "}")

    def _elements(self, at):
        parts = []
        at = self._skip(self._expect(at, "["))
        if self.text[at : at + 1] == "]":
            return parts, at + 1
        while True:
            start = self._skip(at)
            value, at = self.decoder.raw_decode(self.text, start)
            if not isinstance(value, (dict, str)):
                raise ValueError
            parts.append((self.text[start:at], value))
            at = self._skip(at)
            if self.text[at : at + 1] != ",":
                return parts, self._expect(at, "]")
            at += 1

    def _expect(self, at, sign):
        at = self._skip(at)
        if self.text[at : at + 1] != sign:
            raise ValueError
        return at + 1

    def _skip(self, at):
        while self.text[at : at + 1] in (" ", "\t", "\r", "\n"):
            at += 1
        return at
