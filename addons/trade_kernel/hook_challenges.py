"""What a sender asks before it sends to a new address: handshakes as data.

None of them stores anything. What is answered is plain text or JSON made of the question's own token, and a
token is a short word of few characters: an answer that holds an HMAC of it must never be usable as the
signature of a document somebody makes up.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .hook_signatures import _same

#: a question is small; anything larger is an event
MAX_BYTES = 4_096
_TOKEN = re.compile(r"[A-Za-z0-9_.:/+-]{1,512}={0,2}")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One handshake.

    Attributes:
        name: its code.
        label: for people.
        method: of the request that asks, ``GET`` or ``POST``.
        signed: the question is signed like every event.
        when: a member of the JSON body (path of names) and its value, by which a question is known.
        token: where the token stands: a path of names in the JSON body, or the name in the query.
        verify: the query's name of a word we gave the sender, compared with the connector's verify token.
        ping: the whole body of a question without a token, as a pattern.
        answer: ``{token}``, ``{hex}`` and ``{base64}`` (HMAC-SHA256 of the token with our secret).
        content_type: of the answer.
    """

    name: str
    label: str
    method: str = "POST"
    signed: bool = True
    when: tuple[tuple[str, ...], str] | None = None
    token: tuple[str, ...] = ()
    verify: str = ""
    ping: str = ""
    answer: str = "{token}"
    content_type: str = "text/plain"

    def on_get(self, query, secrets, words):
        """See :func:`answer_get`."""
        return answer_get(self, query, secrets, words)

    def on_post(self, body, secrets, verified):
        """See :func:`answer_post`."""
        return answer_post(self, body, secrets, verified)


class Answer(NamedTuple):
    """What the sender is told."""

    body: str
    content_type: str


CHALLENGES = {
    challenge.name: challenge
    for challenge in (
        Challenge(
            "echo",
            "They send a challenge in JSON and want it back (Slack)",
            when=(("type",), "url_verification"),
            token=("challenge",),
        ),
        Challenge(
            "verify",
            "They ask with GET and a verify token (Meta)",
            method="GET",
            signed=False,
            token=("hub.challenge",),
            verify="hub.verify_token",
        ),
        Challenge(
            "crc",
            "They ask with GET for a signature (X)",
            method="GET",
            signed=False,
            token=("crc_token",),
            answer='{"response_token": "sha256={base64}"}',
            content_type="application/json",
        ),
        Challenge(
            "url_validation",
            "They send a token in JSON and want its signature (Zoom)",
            when=(("event",), "endpoint.url_validation"),
            token=("payload", "plainToken"),
            answer='{"plainToken": "{token}", "encryptedToken": "{hex}"}',
            content_type="application/json",
        ),
        Challenge(
            "ping",
            "They try the address without a signature (WooCommerce)",
            signed=False,
            ping=r"webhook_id=[0-9]{1,12}",
            answer="",
        ),
    )
}


def answer_get(
    challenge: Challenge, query: Mapping[str, str], secrets: tuple[str, ...], words: tuple[str, ...]
) -> Answer | None:
    """The answer to a question asked with GET.

    :param secrets: the connector's signing secrets, current first.
    :param words: the verify tokens that are valid now.
    :return: ``None`` when this is no question of that kind, or not from who was given the verify token.
    """
    if challenge.method != "GET":
        return None
    token = query.get(challenge.token[0], "")
    if challenge.verify:
        given = query.get(challenge.verify, "").encode()
        if not any([_same(word.encode(), given) for word in words if word]):
            return None
    return _answer(challenge, token, secrets)


def answer_post(challenge: Challenge, body: bytes, secrets: tuple[str, ...], verified: bool) -> Answer | None:
    """The answer to a question asked with POST; see :func:`answer_get`.

    :param verified: the request carries a good signature.
    """
    if challenge.method != "POST" or len(body) > MAX_BYTES or (challenge.signed and not verified):
        return None
    if challenge.ping:
        known = re.fullmatch(challenge.ping.encode(), body.strip())
        return Answer(challenge.answer, challenge.content_type) if known else None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    path, value = challenge.when
    if _member(document, path) != value:
        return None
    return _answer(challenge, _member(document, challenge.token), secrets)


def _answer(challenge, token, secrets):
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    places = {"token": token}
    if "{hex}" in challenge.answer or "{base64}" in challenge.answer:
        if not secrets:
            return None
        digest = hmac.digest(secrets[0].encode(), token.encode(), hashlib.sha256)
        places |= {"hex": digest.hex(), "base64": base64.b64encode(digest).decode()}
    text = re.sub(r"\{(token|hex|base64)\}", lambda place: places[place[1]], challenge.answer)
    return Answer(text, challenge.content_type)


def _member(document, path):
    for name in path:
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document
