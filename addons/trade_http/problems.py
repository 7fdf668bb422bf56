"""Problem details (RFC 9457): what a caller is told when a request is not taken, and what to do about it."""

import json
from typing import NamedTuple

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

MEDIA_TYPE = "application/problem+json"


class Problem(NamedTuple):
    """One kind of refusal; ``name`` never changes, so that a program can act on it."""

    name: str
    status: int
    title: str
    remedy: str


# One answer for every denial: which part was wrong is for our log, not for who is trying.
DENIED = Problem(
    "denied",
    403,
    "Access denied.",
    "Check the key, the token or the signature, the clock, the client id and the address you call from; ask"
    " us if all of them are right.",
)
FORBIDDEN = Problem(
    "forbidden",
    403,
    "Your client may not do this.",
    "Nothing was stored. Ask us to allow it, naming the scope.",
)
TOO_MANY = Problem(
    "too-many-requests",
    429,
    "More requests than we agreed on.",
    "Nothing was stored. Wait as many seconds as Retry-After says, then send it again with the same key.",
)
TOO_SLOW = Problem(
    "too-slow",
    408,
    "The request did not arrive in time.",
    "Nothing was stored. Send it again with the same key, over a faster line or in smaller files.",
)
RUNNING = Problem(
    "idempotency-key-in-use",
    409,
    "A request with this key is being worked on at this moment.",
    "Wait a few seconds, then send the same request with the same key again: you get the first one's answer.",
)
ENCODING_UNKNOWN = Problem(
    "content-encoding",
    415,
    "We do not read content encoded like this.",
    "Send it as it is, or compressed once with one of the encodings in the header Accept-Encoding.",
)
ENCODING_BROKEN = Problem(
    "content-encoding-broken",
    400,
    "The content is not what Content-Encoding says.",
    "Compress it anew, or send it as it is without Content-Encoding.",
)
INFLATED = Problem(
    "too-large-decompressed",
    413,
    "The content is too large, or too much larger than it was compressed.",
    "Send the documents in several smaller files.",
)
NOT_FOUND = Problem("not-found", 404, "There is nothing here.", "Check the address.")
NO_ROUTE = Problem(
    "no-route",
    404,
    "We have not agreed to exchange this kind of document with you.",
    "Nothing was stored. We have been told; ask us to set it up, then send the document again.",
)
WRONG_METHOD = Problem(
    "wrong-method", 405, "This address does not take that method.", "See the header Allow."
)
EMPTY = Problem(
    "empty-body", 400, "The request has no body.", "Send the document as the body of the request."
)
NO_KEY = Problem(
    "idempotency-key-missing",
    400,
    "The header Idempotency-Key is missing.",
    "Send a new random key, such as a UUID, with each new document, and the same key when you try again.",
)
BAD_KEY = Problem(
    "idempotency-key-malformed",
    400,
    "The idempotency key is longer than 255 characters or holds others than printable ASCII.",
    "Send a short random key, such as a UUID.",
)
KEY_REUSED = Problem(
    "idempotency-key-reused",
    422,
    "This key came before, with other content.",
    "Nothing was changed. Send the new document with a new key.",
)
TOO_LARGE = Problem(
    "too-large", 413, "The document is too large.", "Send the documents in several smaller files."
)
MEDIA_TYPE_UNKNOWN = Problem(
    "media-type",
    415,
    "We do not read this kind of content here.",
    "Send one of the media types in the header Accept, not compressed.",
)
BAD_REQUEST = Problem(
    "bad-request", 400, "The request cannot be read.", "Check it against the description and send it again."
)
BAD_PARAMETERS = Problem(
    "parameters-invalid",
    400,
    "The query has parameters that cannot be.",
    "Correct all that are listed under errors; the description says what there may be.",
)
INVALID = Problem(
    "document-invalid",
    422,
    "The document cannot be applied: it is not what its format says.",
    "Correct all that stands under errors, then send the document again with a new key. This one is kept and"
    " can be looked at under status_url.",
)
AMBIGUOUS = Problem(
    "document-type-ambiguous",
    409,
    "Several kinds of documents come to us in this format.",
    "Nothing was stored. Add ?type= and one of the choices to the address, to say which one it is.",
)
GONE = Problem(
    "gone",
    410,
    "This operation has ended.",
    "Use its successor; the description and the header Link say which one that is.",
)
INTERNAL = Problem(
    "internal",
    500,
    "Something went wrong on our side.",
    "Send the same request with the same key again in a few minutes; it cannot be stored twice.",
)

_BY_STATUS = {404: NOT_FOUND, 405: WRONG_METHOD, 413: TOO_LARGE, 415: MEDIA_TYPE_UNKNOWN}

#: where the pages say more about a problem
PAGE = "/trade/v1/docs#problem-{name}"


def answer(problem, headers=(), **extra):
    """The response for a problem.

    :param extra: further members, such as ``detail``: one sentence on this very case
    """
    return Response(
        json.dumps(body(problem, **extra)),
        status=problem.status,
        headers=[("Content-Type", MEDIA_TYPE), ("Cache-Control", "no-store"), *headers],
    )


def of(error):
    """The response for an error nobody made an answer of; what it says is for our log only."""
    status = (error.code or 500) if isinstance(error, HTTPException) else 500
    return answer(_BY_STATUS.get(status, BAD_REQUEST if status < 500 else INTERNAL))


def body(problem, **extra):
    """A problem as it is told."""
    return {
        "type": f"urn:tradelane:problem:{problem.name}",
        "title": problem.title,
        "status": problem.status,
        **extra,
        "remedy": problem.remedy,
        "help": PAGE.format(name=problem.name),
    }


def available():
    """All kinds of problems, by status and name."""
    found = {value for value in globals().values() if isinstance(value, Problem)}
    return sorted(found, key=lambda problem: (problem.status, problem.name))


class Refused(Exception):
    """The request is not taken; carries the answer."""

    def __init__(self, problem, headers=(), **extra):
        super().__init__(problem.title)
        self.response = answer(problem, headers, **extra)
