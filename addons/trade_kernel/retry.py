"""When to try again: exponential backoff with jitter and an end, obeying ``Retry-After``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

#: statuses below 500 that pass by themselves: timeout, too early, too many requests
_RETRIED = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_AUTH = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently a failed call is repeated.

    The wait after attempt ``n`` (1-based) is ``base_seconds * factor ** (n - 1)``, at most
    ``max_seconds``, of which the share ``jitter`` (0 to 1) is random so that messages which failed
    together do not come back together. ``max_retry_after_seconds`` bounds what a partner may ask for.

    A ``schedule`` says the waits itself: before try 2, 3, and so on. It takes the place of ``base_seconds``,
    ``factor``, ``max_seconds`` and ``max_attempts``: there is one try more than it has waits.
    """

    max_attempts: int = 8
    base_seconds: float = 10.0
    factor: float = 3.0
    max_seconds: float = 4 * 3600.0
    jitter: float = 0.5
    max_retry_after_seconds: float = 24 * 3600.0
    schedule: tuple[float, ...] = ()

    @property
    def tries(self) -> int:
        """How many attempts there are at most."""
        return len(self.schedule) + 1 if self.schedule else self.max_attempts


def next_delay(
    policy: RetryPolicy, attempt: int, retry_after: float | None, random: Callable[[], float]
) -> float | None:
    """Seconds to wait after a failed attempt, or ``None`` to give up.

    :param attempt: how many attempts were made, the failed one included (1 for the first).
    :param retry_after: seconds the partner asked to wait; the answer is never shorter than that,
        within ``policy.max_retry_after_seconds``.
    :param random: returns a number from 0 to 1, such as :func:`random.random`.
    """
    if attempt >= policy.tries:
        return None
    made = max(attempt, 1) - 1
    if policy.schedule:
        backoff = policy.schedule[made]
    else:
        # Beyond 64 doublings every real policy is at its maximum; the bound keeps the power finite.
        backoff = min(policy.base_seconds * policy.factor ** min(made, 64), policy.max_seconds)
    delay = backoff * (1 - policy.jitter * random())
    if retry_after is not None:
        asked = min(max(retry_after, 0.0), policy.max_retry_after_seconds)
        # The jitter goes on top: nobody comes back before the time that was asked for.
        delay = max(delay, asked * (1 + 0.1 * policy.jitter * random()))
    return delay


def parse_retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds to wait according to a ``Retry-After`` header (RFC 9110, 10.2.3).

    :param header: whole seconds or an HTTP date; anything else counts as absent.
    :param now: aware; only used with a date. A date in the past means 0.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def classify_status(status: int) -> str:
    """What an HTTP status means for the message.

    :return: ``ok`` (2xx), ``retry`` (408, 425, 429, 5xx), ``auth`` (401, 403) or ``refused`` (other
        4xx, and 1xx/3xx: a redirect is not followed, so the document has not arrived).
    """
    if 200 <= status < 300:
        return "ok"
    if status in _RETRIED or 500 <= status < 600:
        return "retry"
    if status in _AUTH:
        return "auth"
    return "refused"
