"""The keys that protect secrets at rest. They live outside the database: a copy of it reveals nothing.

The keys stand in the environment variable ``TRADE_SECRET_KEYS`` or, when that is not set, in odoo.conf::

    [trade]
    secret_keys = newest-key,earlier-key

The first one encrypts, all of them decrypt (Fernet: AES-128-CBC with HMAC-SHA256).
"""

import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken

from odoo.addons.trade_kernel.errors import AuthenticationFailed

from .. import server

ENVIRONMENT_VARIABLE = "TRADE_SECRET_KEYS"


class WrongKey(Exception):
    """None of the keys at hand opens this secret."""


class Keyring:
    """The keys of this server, newest first.

    :param str keys: Fernet keys separated by commas
    :raise AuthenticationFailed: ``credential.key_missing`` without a key, ``credential.key_malformed`` when
        one of them is none
    """

    def __init__(self, keys):
        self._fernets = {}
        for number, key in enumerate(filter(None, map(str.strip, keys.split(","))), 1):
            try:
                self._fernets[key_id(key)] = Fernet(key)
            except ValueError as error:
                raise AuthenticationFailed(
                    "credential.key_malformed", number=number, subject="server:secret_keys"
                ) from error
        if not self._fernets:
            raise AuthenticationFailed("credential.key_missing", subject="server:secret_keys")

    @property
    def key_ids(self):
        """What tells the keys apart without revealing them, newest first."""
        return list(self._fernets)

    def encrypt(self, secret):
        """:return: the encrypted text and the id of the key used"""
        [(newest, fernet), *_others] = self._fernets.items()
        return fernet.encrypt(secret.encode()).decode(), newest

    def decrypt(self, text):
        """:raise WrongKey: it was encrypted with a key that is not here, or was altered"""
        for fernet in self._fernets.values():
            try:
                return fernet.decrypt(text.encode()).decode()
            except InvalidToken:
                continue
        raise WrongKey


def keyring():
    """The keyring of this server as configured now.

    :raise AuthenticationFailed: see :class:`Keyring`
    """
    return _keyring(server.setting("secret_keys"))


def key_id(key):
    """Eight digits by which people tell keys apart; one cannot get from them to the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


@lru_cache(maxsize=4)
def _keyring(keys):
    return Keyring(keys)
