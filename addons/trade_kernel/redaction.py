"""Take secrets out of what people and logs see. Nothing here raises: in doubt, less is shown."""

import base64
import functools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

#: what stands where a secret was
MASK = "•••"

_WORDS = (
    "authorization|cookie|apikey|accesskey|privatekey|token|secret|password|passwd|passphrase|passcode"
    "|credential|signature|sessionid|assertion|pwd"
)
_SENSITIVE = re.compile(f"{_WORDS}|^(?:auth|sid|pass|sig)$")
# The same words inside a longer name as it stands in text.
_NAME = (
    r"[\w.:-]{0,64}?(?:api[-_]?key|access[-_]?key|private[-_]?key|token|secret|password|passwd|passphrase|passcode"
    r"|credential|signature|session[-_]?id|assertion|pwd|authorization|cookie)[\w.:-]{0,64}"
)
_IN_JSON = re.compile(rf'("{_NAME}"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s,}}\]]+)', re.IGNORECASE | re.DOTALL)
_IN_XML = re.compile(
    rf"(<(?:[\w-]+:)?({_NAME})(?:\s[^<>]*)?>\s*)(<!\[CDATA\[.*?(?:\]\]>|\Z)|[^<\s][^<]*)",
    re.IGNORECASE | re.DOTALL,
)
_IN_PAIRS = re.compile(rf"((?:^|[\s?&;,])({_NAME})=)([^\s&;,\"'<>]*)", re.IGNORECASE)
_IN_HEADERS = re.compile(rf"(^[ \t]*{_NAME}[ \t]*:[ \t]*)(\S[^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest|Token|ApiKey|HMAC)(\s+)[\w.~+/=:-]{6,}", re.IGNORECASE)
_WHSEC = re.compile(r"\bwhsec_[\w+/=-]+")
_USERINFO = re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^/?#\s@\"'<>]*@", re.IGNORECASE)
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
# What PostgreSQL's text cannot hold (NUL) and UTF-8 cannot say (halves of surrogate pairs): a partner's
# garbage must not keep anybody from writing down that it was garbage.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _safely(function: Callable) -> Callable:
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Exception:  # a page that cannot be shown is better than a secret that is
            return MASK

    return wrapper


@_safely
def is_sensitive(name: str) -> bool:
    """Whether a field, header or parameter of this name holds a secret."""
    return bool(_SENSITIVE.search(re.sub(r"[^a-z0-9]", "", str(name).lower())))


@_safely
def redact_text(value: str | bytes, secrets: Iterable[str] = ()) -> str:
    """Any text, such as an error, a log line or a payload, fit to be stored and shown. Its lines stay where
    they are.

    :param secrets: known ones, taken out wherever they stand, also percent- and JSON-encoded.
    """
    shown = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    for form in sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True):
        shown = shown.replace(form, _masked(form))
    shown = _KEY_BLOCK.sub(lambda match: _masked(match[0]), shown)
    shown = _USERINFO.sub(rf"\1{MASK}@", shown)
    shown = _IN_JSON.sub(lambda match: f'{match[1]}"{_masked(match[2])}"', shown)
    shown = _IN_XML.sub(lambda match: match[1] + _masked(match[3]), shown)
    shown = _SCHEME.sub(rf"\1\2{MASK}", shown)
    shown = _IN_HEADERS.sub(_header_line, shown)
    shown = _IN_PAIRS.sub(rf"\1{MASK}", shown)
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", _WHSEC.sub(MASK, shown))


@_safely
def redact_headers(values: Mapping[str, Any], secrets: Iterable[str] = ()) -> dict[str, str]:
    """HTTP headers; of ``Authorization`` the scheme stays."""
    secrets = tuple(secrets)
    return {
        str(name): _value(value) if is_sensitive(name) else redact_text(str(value), secrets)
        for name, value in values.items()
    }


@_safely
def redact_url(value: str, secrets: Iterable[str] = ()) -> str:
    """An address: user and password, and the values of sensitive parameters, are taken out."""
    return redact_text(value, secrets)


@_safely
def redact_json(value: Any, secrets: Iterable[str] = ()) -> Any:
    """Parsed JSON: everything beneath a sensitive name is taken out."""
    secrets = tuple(secrets)
    if isinstance(value, Mapping):
        return {
            key: MASK if is_sensitive(key) and part not in (None, "") else redact_json(part, secrets)
            for key, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact_json(part, secrets) for part in value]
    if isinstance(value, str) and not isinstance(value, _Literal):
        return redact_text(value, secrets)
    return value


@_safely
def redact_body(value: str | bytes, secrets: Iterable[str] = ()) -> str:
    """A request's or response's body of any kind; JSON is understood, everything else treated as text."""
    shown = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if shown.lstrip()[:1] in ("{", "["):
        try:
            # Numbers stay as they were written; what is not sensitive must not change.
            parsed = json.loads(shown, parse_float=_Literal, parse_int=_Literal, parse_constant=_Literal)
        except (ValueError, RecursionError):
            return redact_text(shown, secrets)
        if _has_sensitive(parsed):
            return _dumped(redact_json(parsed, secrets))
    return redact_text(shown, secrets)


class _Literal(str):
    """A number's own digits."""

    __slots__ = ()


def _dumped(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_dumped(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_dumped, value)) + "]"
    return str(value) if isinstance(value, _Literal) else json.dumps(value, ensure_ascii=False)


def _has_sensitive(value: Any) -> bool:
    if isinstance(value, dict):
        return any(is_sensitive(key) or _has_sensitive(part) for key, part in value.items())
    return isinstance(value, list) and any(map(_has_sensitive, value))


def _masked(secret: str) -> str:
    """The mask, over as many lines as the secret had."""
    return MASK + "\n" * (len(f"{secret}.".splitlines()) - 1)


def _value(value: Any) -> str:
    scheme, blank, rest = str(value).partition(" ")
    return f"{scheme} {MASK}" if blank and rest and scheme.isalnum() and len(scheme) <= 12 else MASK


def _header_line(match: re.Match) -> str:
    return match.group(1) + (match.group(2) if MASK in match.group(2) else _value(match.group(2)))


def _forms(secret: str) -> set[str]:
    """How a secret may be written; very short ones would take out innocent text."""
    if not secret or len(secret) < 4:
        return set()
    encoded = base64.b64encode(secret.encode()).decode()
    return {
        secret,
        encoded,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
    }
