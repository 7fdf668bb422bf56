"""How others sign what they push to us: signature schemes as data, verified over the raw bytes.

A :class:`Scheme` says where the signature stands, what is signed and how it is written. Most senders differ
only in that: GitHub, Shopify, Stripe, Slack and many more are each one line in ``hook_presets.py``. One
rule holds for all of them: every secret and every signature given is tried, in constant time, and who is not
let in learns nothing about why (``signature.invalid``, as for Standard Webhooks).
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qsl

from . import signatures
from .errors import AuthenticationFailed, ValidationFailed

KINDS = ("standard", "hmac", "basic", "token")
ALGORITHMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1, "sha512": hashlib.sha512}
ENCODINGS = ("hex", "base64")
SECRET_ENCODINGS = ("text", "base64", "hex")
TIMESTAMP_FORMATS = ("s", "ms", "iso")
#: more signatures than this in one header only make us compute
_MAX_SIGNATURES = 16
_MAX_PARAMS = 1_000
_PLACE = re.compile(r"\{(\w*)\}")
_PLACES = {"timestamp", "id", "body", "url", "params"}
_SEPARATORS = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way of proving that a request comes from who it says.

    Attributes:
        kind: ``standard`` (Standard Webhooks), ``hmac``, ``basic`` (user name and password) or ``token``
            (the secret itself in a header; anyone who sees one request can send others).
        header: carries the signature or the token.
        algorithm: of the HMAC.
        encoding: of the signature in the header.
        template: what is signed. ``{body}`` are the raw bytes, ``{timestamp}`` and ``{id}`` the headers as
            they came, ``{url}`` our own public address, ``{params}`` the fields of a form, sorted by name and
            written one after the other (Twilio).
        prefix: what stands before the signature or the token in the header: ``sha256=``, ``Bearer ``.
        item: the header is a list of ``name=value``, and the signatures are those of this name (Stripe's
            ``t=…,v1=…``).
        timestamp_header: the header with the instant of sending, or empty.
        timestamp_item: the instant is the item of this name in ``header``.
        timestamp_format: ``s`` or ``ms`` since 1970, or ``iso`` (ISO 8601).
        id_header: the header that ``{id}`` stands for.
        tolerance_seconds: how far the instant may be from now.
        secret_encoding: how the secret's text becomes the key's bytes.
        login: the user name of ``basic``.
    """

    kind: str = "hmac"
    header: str = ""
    algorithm: str = "sha256"
    encoding: str = "hex"
    template: str = "{body}"
    prefix: str = ""
    item: str = ""
    timestamp_header: str = ""
    timestamp_item: str = ""
    timestamp_format: str = "s"
    id_header: str = ""
    tolerance_seconds: float = float(signatures.TOLERANCE_SECONDS)
    secret_encoding: str = "text"
    login: str = ""

    @property
    def has_timestamp(self) -> bool:
        return self.kind == "standard" or bool(self.timestamp_header or self.timestamp_item)


class Finding(NamedTuple):
    """One step of looking at a request; says nothing about the secret itself."""

    step: str  # "secret" | "signature" | "timestamp" | "match"
    ok: bool
    words: str


def check_scheme(scheme: Scheme) -> None:
    """Make sure that a scheme somebody entered can work and holds what it promises.

    :raise ValidationFailed: ``hook.scheme`` with the reason.
    """
    reason = _scheme_fault(scheme)
    if reason:
        raise ValidationFailed("hook.scheme", reason=reason)


def check_secret(scheme: Scheme, secret: str) -> None:
    """Make sure that a secret somebody typed can be used with the scheme; the secret is not quoted.

    :raise ValidationFailed: ``secret.malformed`` or ``secret.short`` (Standard Webhooks), ``hook.secret``.
    """
    if scheme.kind == "standard":
        signatures.check_secret(secret)
    elif scheme.kind == "hmac" and not _key(scheme, secret):
        raise ValidationFailed("hook.secret", encoding=scheme.secret_encoding)


def verify(
    scheme: Scheme,
    secrets: Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    url: str = "",
) -> None:
    """Make sure that a request comes from who holds one of ``secrets``, and that it is not an old one.

    :param secrets: all that are valid now, two of them while rotating; without any, nothing passes.
    :param headers: names in any case.
    :param body: the raw bytes, before anything was parsed.
    :param url: the public address the sender was given, for schemes that sign it.
    :raise AuthenticationFailed: ``signature.invalid``, always the same, whatever was wrong.
    """
    findings = inspect(scheme, secrets, headers, body, now, url)
    if not all(finding.ok for finding in findings):
        raise AuthenticationFailed("signature.invalid")


def inspect(
    scheme: Scheme,
    secrets: Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    url: str = "",
) -> list[Finding]:
    """What :func:`verify` looks at, step by step, for our own people; see there for the parameters."""
    headers = {name.lower(): value for name, value in headers.items()}
    secrets = tuple(secret for secret in secrets if _key(scheme, secret))
    findings = [
        Finding("secret", bool(secrets), f"Secrets that are valid now: {len(secrets)}."),
    ]
    given = headers.get(_header(scheme).lower(), "")
    words = (
        f"The header {_header(scheme)} is there." if given else f"The header {_header(scheme)} is missing."
    )
    findings.append(Finding("signature", bool(given), words))
    if scheme.has_timestamp:
        findings.append(_timeliness(scheme, headers, now))
    fits = _MATCHES[scheme.kind](scheme, secrets, headers, given, body, url)
    findings.append(Finding("match", any(fits), _match_words(fits)))
    return findings


def sign(
    scheme: Scheme,
    secret: str,
    body: bytes,
    *,
    moment: datetime | None = None,
    message_id: str = "",
    url: str = "",
) -> dict[str, str]:
    """The headers a sender would add: for tests, and to show an administrator what is expected.

    :param moment: when it is sent, aware; now, if not given.
    """
    moment = moment or datetime.now(UTC)
    if scheme.kind == "standard":
        return signatures.sign([secret], message_id, body, moment)
    if scheme.kind == "basic":
        pair = base64.b64encode(f"{scheme.login}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    if scheme.kind == "token":
        return {scheme.header: scheme.prefix + secret}
    stamp = _stamp(scheme, moment) if scheme.has_timestamp else ""
    signed = _signed(scheme, stamp, message_id, body, url)
    digest = hmac.digest(_key(scheme, secret), signed, ALGORITHMS[scheme.algorithm])
    text = digest.hex() if scheme.encoding == "hex" else base64.b64encode(digest).decode()
    value = f"{scheme.item}={scheme.prefix}{text}" if scheme.item else scheme.prefix + text
    headers = {scheme.header: value}
    if scheme.timestamp_item:
        headers[scheme.header] = f"{scheme.timestamp_item}={stamp},{value}"
    if scheme.timestamp_header:
        headers[scheme.timestamp_header] = stamp
    if scheme.id_header:
        headers[scheme.id_header] = message_id
    return headers


# -- what is wrong with a scheme -------------------------------------------------------------------


def _scheme_fault(scheme: Scheme) -> str | None:
    if scheme.kind not in KINDS:
        return f"there is no scheme {scheme.kind}"
    if scheme.kind == "basic":
        return None if scheme.login else "it needs a user name"
    if scheme.kind == "standard":
        return None
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", scheme.header):
        return "name the header that carries the signature"
    return _hmac_fault(scheme) if scheme.kind == "hmac" else None


def _hmac_fault(scheme: Scheme) -> str | None:
    known = (
        (scheme.algorithm, ALGORITHMS),
        (scheme.encoding, ENCODINGS),
        (scheme.secret_encoding, SECRET_ENCODINGS),
        (scheme.timestamp_format, TIMESTAMP_FORMATS),
    )
    for value, allowed in known:
        if value not in allowed:
            return f"{value} is none of {', '.join(allowed)}"
    places = _PLACE.findall(scheme.template)
    if strange := set(places) - _PLACES:
        return f"what is signed cannot hold {{{min(strange)}}}"
    if "body" not in places and "params" not in places:
        return "what is signed must hold {body}, or anyone could change it"
    if ("timestamp" in places) != scheme.has_timestamp:
        return (
            "what is signed holds {timestamp}, so say where it stands"
            if "timestamp" in places
            else "a time that is not signed can be changed by anyone: add {timestamp} to what is signed"
        )
    if "id" in places and not scheme.id_header:
        return "what is signed holds {id}, so name its header"
    if not scheme.tolerance_seconds > 0:
        return "the time may be off by a number of seconds above 0"
    return None


# -- the signature ---------------------------------------------------------------------------------


def _header(scheme: Scheme) -> str:
    return {"standard": "webhook-signature", "basic": "Authorization"}.get(scheme.kind, scheme.header)


def _match_standard(scheme, secrets, headers, _given_text, body, _url):
    """Standard Webhooks; the time was judged already, so here it only has to be the signed one."""
    stamp = headers.get("webhook-timestamp", "")
    moment = _moment(stamp, "s") or datetime.fromtimestamp(0, UTC)
    fits = []
    for secret in secrets:
        try:
            signatures.verify([secret], headers, body, moment)
            fits.append(True)
        except AuthenticationFailed:
            fits.append(False)
    return fits


def _match_hmac(scheme, secrets, headers, given_text, body, url):
    given = _given(scheme, given_text)
    signed = _signed(
        scheme,
        _timestamp_text(scheme, headers),
        headers.get(scheme.id_header.lower(), ""),
        body,
        url,
    )
    fits = []
    for secret in secrets:
        expected = hmac.digest(_key(scheme, secret), signed, ALGORITHMS[scheme.algorithm])
        fit = False
        for signature in given:
            # No early end: how long it takes tells nothing about which secret fits.
            fit |= hmac.compare_digest(expected, signature)
        fits.append(fit)
    return fits


def _match_basic(scheme, secrets, _headers, given_text, _body, _url):
    method, _blank, pair = given_text.partition(" ")
    try:
        given = base64.b64decode(pair.strip(), validate=True) if method.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        given = b""
    return [_same(f"{scheme.login}:{secret}".encode(), given) for secret in secrets]


def _match_token(scheme, secrets, _headers, given_text, _body, _url):
    given = _raw(given_text)
    return [_same(_raw(scheme.prefix + secret), given) for secret in secrets]


_MATCHES = {
    "standard": _match_standard,
    "hmac": _match_hmac,
    "basic": _match_basic,
    "token": _match_token,
}


def _match_words(fits):
    if not any(fits):
        return "It does not match what we compute with any secret that is valid now."
    return "It matches the current secret." if fits[0] else "It matches an earlier secret that still counts."


def _same(one: bytes, other: bytes) -> bool:
    """Digests are compared, so that not even the length shows."""
    return hmac.compare_digest(hashlib.sha256(one).digest(), hashlib.sha256(other).digest())


def _signed(scheme: Scheme, timestamp: str, message_id: str, body: bytes, url: str) -> bytes:
    """The bytes that are signed: the template with its places filled."""
    parts = _PLACE.split(scheme.template)
    filled = []
    for number, part in enumerate(parts):
        if not number % 2:
            filled.append(part.encode())
        elif part == "body":
            filled.append(body)
        elif part == "params":
            filled.append(_params(body))
        else:
            filled.append(_raw({"timestamp": timestamp, "id": message_id, "url": url}[part]))
    return b"".join(filled)


def _params(body: bytes) -> bytes:
    """The fields of a form, sorted by name, names and values written one after the other."""
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MAX_PARAMS)
    except ValueError:  # no text, or too many fields: signed by nobody we know
        return b"\0"
    return "".join(name + value for name, value in sorted(fields)).encode()


def _given(scheme: Scheme, text: str) -> list[bytes]:
    """The signatures in the header; what is none is passed over."""
    parts = [part for part in _SEPARATORS.split(text.strip()) if part]
    if scheme.item:
        pairs = [part.partition("=") for part in parts]
        parts = [value for name, _equals, value in pairs if name == scheme.item]
    found = []
    for part in parts[:_MAX_SIGNATURES]:
        if not part.startswith(scheme.prefix):
            continue
        part = part[len(scheme.prefix) :]
        try:
            decoded = (
                bytes.fromhex(part) if scheme.encoding == "hex" else base64.b64decode(part, validate=True)
            )
        except (binascii.Error, ValueError):
            continue
        found.append(decoded)
    return found


def _key(scheme: Scheme, secret: str) -> bytes:
    """The key's bytes; empty when the secret cannot be one, and an empty key never fits."""
    if scheme.kind == "standard":
        text, encoding = secret.removeprefix(signatures.PREFIX) + "==", "base64"
    else:
        text, encoding = secret, scheme.secret_encoding if scheme.kind == "hmac" else "text"
    try:
        if encoding == "base64":
            return base64.b64decode(text)
        return bytes.fromhex(text) if encoding == "hex" else text.encode()
    except (binascii.Error, ValueError):
        return b""


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


# -- the time --------------------------------------------------------------------------------------


def _timestamp_text(scheme: Scheme, headers: Mapping[str, str]) -> str:
    if scheme.kind == "standard":
        return headers.get("webhook-timestamp", "")
    if scheme.timestamp_item:
        for part in _SEPARATORS.split(headers.get(scheme.header.lower(), "")):
            name, _equals, value = part.partition("=")
            if name == scheme.timestamp_item:
                return value
        return ""
    return headers.get(scheme.timestamp_header.lower(), "")


def _timeliness(scheme: Scheme, headers: Mapping[str, str], now: datetime) -> Finding:
    text = _timestamp_text(scheme, headers)
    if not text:
        return Finding("timestamp", False, "The time of sending is missing.")
    moment = _moment(text, "s" if scheme.kind == "standard" else scheme.timestamp_format)
    if moment is None:
        return Finding("timestamp", False, "The time of sending cannot be read.")
    seconds = abs((now - moment).total_seconds())
    if seconds > scheme.tolerance_seconds:
        words = (
            f"It was sent {seconds:.0f} seconds from now; at most {scheme.tolerance_seconds:g} are accepted."
        )
        return Finding("timestamp", False, words)
    return Finding("timestamp", True, f"It was sent {seconds:.0f} seconds from now.")


def _moment(text: str, style: str) -> datetime | None:
    try:
        if style == "iso":
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if not (text.isascii() and text.isdigit() and len(text) <= 15):
            return None
        return datetime.fromtimestamp(int(text) / (1000 if style == "ms" else 1), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _stamp(scheme: Scheme, moment: datetime) -> str:
    if scheme.timestamp_format == "iso":
        return moment.isoformat()
    factor = 1000 if scheme.timestamp_format == "ms" else 1
    return str(int(moment.timestamp() * factor))
