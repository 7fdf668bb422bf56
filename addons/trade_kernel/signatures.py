"""Webhook signatures as Standard Webhooks 1.0 defines them, over the raw bytes.

The library's own ``Webhook`` class decodes the body as UTF-8 and reads the clock itself; partners also sign
EDIFACT in Latin-1, and tests need a clock. So the library signs (``hmac_data``), and what surrounds the
signature is here; a test holds both against each other.
"""

import base64
import binascii
import hmac
import secrets as random_source
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from standardwebhooks.webhooks import hmac_data

from .errors import AuthenticationFailed, ValidationFailed

PREFIX = "whsec_"
#: a signature is accepted this long before and after its own time (Standard Webhooks' recommendation)
TOLERANCE_SECONDS = 300
#: more signatures than this in one header only make us compute
_MAX_SIGNATURES = 16
#: Standard Webhooks asks for 24 to 64 bytes; shorter than 16 can be guessed
_MIN_SECRET_BYTES = 16


def new_secret() -> str:
    """A fresh secret of 32 random bytes, ``whsec_…``."""
    return PREFIX + base64.b64encode(random_source.token_bytes(32)).decode()


def check_secret(secret: str) -> None:
    """Make sure that a secret somebody typed can be used.

    :raise ValidationFailed: ``secret.malformed`` or ``secret.short``; the secret is not quoted.
    """
    try:
        text = secret.removeprefix(PREFIX).rstrip("=")
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValidationFailed("secret.malformed") from error
    if len(key) < _MIN_SECRET_BYTES:
        raise ValidationFailed("secret.short", least=_MIN_SECRET_BYTES)


def sign(
    secrets: Iterable[str], message_id: str, body: bytes, moment: datetime | None = None
) -> dict[str, str]:
    """The headers that carry the signature.

    :param secrets: one signature is made with each, so that the receiver may still have the old one.
    :param message_id: the same for every attempt to deliver the same message.
    :param moment: when this attempt is made, aware; now, if not given.
    :raise ValidationFailed: when there is no usable secret, or ``message_id`` cannot be a header.
    """
    if not message_id.isascii() or not message_id.isprintable() or not message_id:
        raise ValidationFailed("signature.message_id")
    timestamp = str(int((moment or datetime.now(UTC)).timestamp()))
    keys = [_key(secret) for secret in secrets]
    if not keys or not all(keys):
        raise ValidationFailed("secret.malformed")
    signatures = (base64.b64encode(_signature(key, message_id, timestamp, body)).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def verify(
    secrets: Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    tolerance_seconds: float = TOLERANCE_SECONDS,
) -> str:
    """Make sure that ``body`` was signed with one of ``secrets`` not long ago.

    :param secrets: all that are valid now, two of them while rotating; without any, nothing passes.
    :param headers: names in any case.
    :param body: the raw bytes, before anything was parsed.
    :return: the ``webhook-id``, the same for every attempt of the same message.
    :raise AuthenticationFailed: ``signature.invalid``, always the same, whatever was wrong.
    """
    headers = {name.lower(): value for name, value in headers.items()}
    message_id = headers.get("webhook-id") or ""
    timestamp = headers.get("webhook-timestamp") or ""
    given = _given(headers.get("webhook-signature") or "")
    matched = False
    for secret in secrets:
        key = _key(secret)
        if not key:
            continue
        expected = _signature(key, message_id, timestamp, body)
        for signature in given:
            # No early end: how long it takes tells nothing about which secret fits.
            matched |= hmac.compare_digest(expected, signature)
    if not (matched and message_id and _recent(timestamp, now, tolerance_seconds)):
        raise AuthenticationFailed("signature.invalid")
    return message_id


def _key(secret: str) -> bytes:
    """The bytes of a secret, empty when it has none. Read as leniently as the library reads it."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX) + "==")
    except (binascii.Error, ValueError):
        return b""


def _signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> bytes:
    head = f"{message_id}.{timestamp}.".encode("utf-8", "surrogateescape")
    return hmac_data(key, head + body)


def _given(header: str) -> list[bytes]:
    """The signatures of version 1 in a header; others, and what is no signature, are passed over."""
    found = []
    for part in header.split()[:_MAX_SIGNATURES]:
        version, _comma, signature = part.partition(",")
        try:
            if version == "v1":
                found.append(base64.b64decode(signature, validate=True))
        except (binascii.Error, ValueError):
            continue
    return found


def _recent(timestamp: str, now: datetime, tolerance_seconds: float) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    now = now if now.tzinfo else now.replace(tzinfo=UTC)
    return abs(now.timestamp() - int(timestamp)) <= tolerance_seconds
