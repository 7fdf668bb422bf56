"""The part of a link that proves it: made once, mailed, and kept nowhere in clear.

A token is a public name of the link, a random secret, and a signature over both with the database's own
secret. Made-up ones fall at the signature before anything is looked up. What is stored is a digest that binds
the secret to what the link is for: whoever could change the row could not make another link of it.
"""

import re
import secrets
import string
from typing import NamedTuple

from odoo.tools import consteq
from odoo.tools.misc import hmac

_SCOPE = "trade_portal.link"
_BOUND = "trade_portal.link.bound"
_NAMES = string.ascii_lowercase + string.digits
_SECRETS = string.ascii_letters + string.digits
_NAME_LENGTH = 12
_SECRET_LENGTH = 32  # log2(62**32) = 190 bits
_SIGNATURE_LENGTH = 32  # hexadecimal: 128 bits
_TOKEN = re.compile(
    f"([a-z0-9]{{{_NAME_LENGTH}}})([A-Za-z0-9]{{{_SECRET_LENGTH}}})([0-9a-f]{{{_SIGNATURE_LENGTH}}})"
)


class LinkRefused(Exception):
    """A link does not open its page.

    :ivar reason: ``forged``, ``gone``, ``unopened``, ``expired``, ``used_up``, ``revoked``,
        ``wrong_purpose``, ``no_record``, ``suspended`` or ``closed``; the words are in ``trade.portal.link``
    :ivar link: the link, when its holder proved to have it; None otherwise
    """

    def __init__(self, reason, link=None):
        super().__init__(reason)
        self.reason = reason
        self.link = link


class Token(NamedTuple):
    """:ivar ref: the link's public name"""

    ref: str
    secret: str


def new():
    """A name and a secret nobody can guess."""
    return Token(_random(_NAMES, _NAME_LENGTH), _random(_SECRETS, _SECRET_LENGTH))


def write(env, token):
    """The token as it stands in the address."""
    return f"{token.ref}{token.secret}{_signature(env, token)}"


def read(env, text):
    """
    :raise LinkRefused: ``forged``; not made here, or cut off in the mail
    """
    found = _TOKEN.fullmatch(text or "")
    if not found:
        raise LinkRefused("forged")
    token = Token(*found.group(1, 2))
    if not consteq(found.group(3), _signature(env, token)):
        raise LinkRefused("forged")
    return token


def bind(env, secret, facts):
    """What is stored: a digest of the secret together with what the link is for.

    :param facts: a tuple of texts and numbers
    """
    return hmac(env(su=True), _BOUND, (secret, *facts))


def _signature(env, token):
    return hmac(env(su=True), _SCOPE, tuple(token))[:_SIGNATURE_LENGTH]


def _random(alphabet, length):
    return "".join(secrets.choice(alphabet) for _ in range(length))
