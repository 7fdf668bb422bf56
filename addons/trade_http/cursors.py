"""Cursors of lists: opaque, the same for the same place, and worth nothing to anybody else.

A cursor is sealed for one caller and one list. What somebody changed, made up or took from another partner
does not open, so it cannot be told from one that never was.
"""

import base64
import binascii
import hashlib
import hmac

_TAG = 8  # bytes


def seal(secret: str, owner: str, place: str) -> str:
    """The cursor for a place.

    :param secret: the database's
    :param owner: whose it is, and of which list
    :param place: where the list goes on, at most 200 bytes; nothing secret
    """
    plain = place.encode()
    tag = _tag(secret, owner, plain)
    return base64.urlsafe_b64encode(tag + _mixed(secret, tag, plain)).rstrip(b"=").decode()


def unseal(secret: str, owner: str, cursor: str) -> str:
    """The place a cursor stands for.

    :raise ValueError: it is none of this owner's
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("this is no cursor") from None
    tag, mixed = raw[:_TAG], raw[_TAG:]
    plain = _mixed(secret, tag, mixed)
    if (
        not hmac.compare_digest(tag, _tag(secret, owner, plain))
        or seal(secret, owner, plain.decode()) != cursor
    ):
        raise ValueError("this is no cursor")
    return plain.decode()


def _tag(secret, owner, plain):
    head = f"{owner}\0".encode()
    return hashlib.blake2b(head + plain, key=_key(secret), digest_size=_TAG).digest()


def _mixed(secret, tag, text):
    """``text`` and a stream of bytes that only the secret and the tag give (and back again)."""
    stream = b"".join(
        hashlib.blake2b(tag + bytes([block]), key=_key(secret)).digest()
        for block in range(len(text) // 64 + 1)
    )
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))


def _key(secret):
    return hashlib.blake2b(b"trade_http cursor " + secret.encode(), digest_size=32).digest()
