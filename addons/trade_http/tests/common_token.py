"""A partner's identity provider: its keys, its tokens, and what an attacker makes of them."""

import base64
import hashlib
import hmac
import json
import time
from functools import cache

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER = "https://login.woodcorner.example/v2.0"
AUDIENCE = "https://erp.example.com/trade"
SUBJECT = "wood-corner-sap"
_CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}


def private_key(algorithm, number=0, bits=2048):
    """A key for an algorithm, made once; ``number`` tells several apart."""
    return _made(algorithm, number, bits)


@cache
def _made(algorithm, _number, bits):
    if algorithm in _CURVES:
        return ec.generate_private_key(_CURVES[algorithm])
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def jwk(key, kid=None, **more):
    """A private or public key as JSON Web Key, with what else is to stand in it."""
    public = key.public_key() if hasattr(key, "public_key") else key
    kinds = {"RSA": jwt.algorithms.RSAAlgorithm, "EC": jwt.algorithms.ECAlgorithm}
    name = "RSA" if hasattr(public, "public_numbers") and hasattr(public.public_numbers(), "n") else "EC"
    kind = jwt.algorithms.OKPAlgorithm if isinstance(public, ed25519.Ed25519PublicKey) else kinds[name]
    values = json.loads(kind.to_jwk(key))
    values.pop("key_ops", None)
    return {**values, **({"kid": kid} if kid else {}), **more}


def jwks(*keys):
    return json.dumps({"keys": keys})


def public(algorithm, kid, number=0):
    """The public half of :func:`private_key` as JSON Web Key."""
    return jwk(private_key(algorithm, number).public_key(), kid)


def claims(**more):
    """What a good token says; ``None`` leaves a claim out."""
    now = int(time.time())
    said = {"iss": ISSUER, "aud": AUDIENCE, "client_id": SUBJECT, "iat": now, "exp": now + 3600, **more}
    return {name: value for name, value in said.items() if value is not None}


def token(algorithm="RS256", kid="one", number=0, headers=(), **more):
    """A token the provider signed, however odd what it says is."""
    head = {"alg": algorithm, "typ": "at+jwt", **({"kid": kid} if kid else {}), **dict(headers)}
    return signed(head, claims(**more), private_key(algorithm, number), algorithm)


def signed(head, said, key, algorithm):
    """Signed by hand: PyJWT would refuse to write some of what attackers write."""
    text = f"{part(head)}.{part(said)}"
    return f"{text}.{_b64(jwt.get_algorithm_by_name(algorithm).sign(text.encode(), key))}"


def forged(head, said, secret=None):
    """Without a signature, or with the HMAC that takes the public key for a secret."""
    text = f"{part(head)}.{part(said)}"
    return f"{text}.{_b64(hmac.digest(secret, text.encode(), hashlib.sha256)) if secret else ''}"


def pem(algorithm="RS256", number=0):
    """The public key as its owner publishes it, bytes."""
    return (
        private_key(algorithm, number)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def part(values):
    return _b64(json.dumps(values).encode())


def _b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
