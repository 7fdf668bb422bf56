"""Who a mail is from, and whether our own mail server could verify it (RFC 8601)."""

import re
from collections.abc import Iterable
from email.message import EmailMessage
from email.utils import parseaddr

_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*pass\b(?P<rest>[^;]*)", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(header\.d|header\.i|header\.from|smtp\.mailfrom)\s*=\s*([^\s;]+)", re.IGNORECASE)
#: which property of a result names the domain it is about
_ABOUT = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}


def address(text: str | None) -> str:
    """The address in ``Name <address>``, in lower case; empty when there is none."""
    return parseaddr(text or "")[1].strip().lower()


def domain(text: str) -> str:
    """What stands behind the last @."""
    return text.rpartition("@")[2].strip(".").lower()


def is_accepted(sender: str, accepted: Iterable[str]) -> bool:
    """Whether a sender is among addresses and domains (``@example.com``, with everything below it)."""
    where = domain(sender)
    for one in accepted:
        one = one.strip().lower()
        if one.startswith("@"):
            if where == one[1:] or where.endswith(f".{one[1:]}"):
                return True
        elif one and one == sender:
            return True
    return False


def is_verified(message: EmailMessage, server: str) -> bool:
    """Whether our own mail server vouches for the sender's domain.

    Only a header our server has added counts: everybody can write one. It removes such headers from what
    comes in (RFC 8601, section 5), and adds its own on top.

    :param server: how it calls itself there (authserv-id)
    """
    where = domain(address(str(message.get("From", ""))))
    if not (where and server):
        return False
    for header in message.get_all("Authentication-Results", ()):
        name, _semicolon, results = " ".join(str(header).split()).partition(";")
        if name.split()[:1] != [server]:
            continue
        return any(_aligned(found, where) for found in _RESULT.finditer(results))
    return False


def _aligned(found: re.Match, where: str) -> bool:
    """Whether a result that passed is about the domain the mail says it is from (RFC 7489, section 3.1)."""
    kind = found[1].lower()
    about = {name.lower(): domain(value) or value.lower() for name, value in _PROPERTY.findall(found["rest"])}
    named = [about[name] for name in _ABOUT[kind] if name in about]
    return any(where == one or where.endswith(f".{one}") or one.endswith(f".{where}") for one in named)
