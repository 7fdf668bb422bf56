"""A token bucket as pure functions: how many calls per minute, with how large a burst."""

from dataclasses import dataclass

#: a caller who waited exactly as told must not be sent away over a rounding error
_DUST = 1e-6


@dataclass(frozen=True, slots=True)
class RatePolicy:
    """``per_minute`` calls on average, at most ``burst`` at once; 0 per minute means no limit."""

    per_minute: float = 0.0
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left: ``tokens`` at the instant ``at`` (seconds on any steady clock).

    A fresh bucket has no ``at`` and counts as full.
    """

    tokens: float = 0.0
    at: float | None = None


def take(bucket: Bucket, policy: RatePolicy, now: float, amount: int = 1) -> tuple[Bucket, float]:
    """Take ``amount`` tokens.

    :return: the bucket to store and the seconds to wait. When these are more than 0, nothing was taken
        and the call has to wait that long and ask again.
    """
    if policy.per_minute <= 0:
        return bucket, 0.0
    filled = refill(bucket, policy, now)
    missing = amount - filled.tokens
    # An amount larger than the burst can never be saved up: it goes when the bucket is full.
    if missing <= _DUST or filled.tokens >= _capacity(policy):
        return Bucket(filled.tokens - amount, now), 0.0
    return filled, min(missing, _capacity(policy) - filled.tokens) * 60.0 / policy.per_minute


def refill(bucket: Bucket, policy: RatePolicy, now: float) -> Bucket:
    """The bucket with the tokens that dripped into it until ``now``. A clock set back adds none."""
    if bucket.at is None:
        return Bucket(_capacity(policy), now)
    dripped = max(now - bucket.at, 0.0) * policy.per_minute / 60.0
    return Bucket(min(bucket.tokens + dripped, _capacity(policy)), now)


def _capacity(policy: RatePolicy) -> float:
    return float(max(policy.burst, 1))
