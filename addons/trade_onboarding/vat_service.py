"""Asking an official register whether a VAT number is in force: the European Commission's VIES over REST."""

from typing import NamedTuple

import requests

TIMEOUT = (5, 15)  # seconds to connect, to answer
_DOWN = ("UNAVAILABLE", "TIMEOUT", "MAX_CONCURRENT", "BUSY")


class Unavailable(Exception):
    """The register does not answer now; that says nothing about the number."""


class Answer(NamedTuple):
    valid: bool
    name: str = ""
    address: str = ""
    consultation: str = ""  # the register's own number of the question, when it gives one


def ask(url, country, number):
    """
    :param url: of the service, up to before ``/ms/<country>/vat/<number>``
    :return: :class:`Answer`
    :raise Unavailable: it does not answer, or not in a way that can be understood
    """
    try:
        response = requests.get(f"{url.rstrip('/')}/ms/{country}/vat/{number}", timeout=TIMEOUT)
        said = response.json()
    except (requests.RequestException, ValueError) as error:
        raise Unavailable(str(error)) from error
    if response.status_code >= 400 or not isinstance(said, dict) or "isValid" not in said:
        raise Unavailable(f"HTTP {response.status_code}")
    state = str(said.get("userError") or "").upper()
    if not said["isValid"] and any(word in state for word in _DOWN):
        raise Unavailable(state)
    return Answer(
        bool(said["isValid"]),
        _text(said.get("name")),
        _text(said.get("address")),
        _text(said.get("requestIdentifier")),
    )


def _text(value):
    text = " ".join(str(value or "").split())
    return "" if text == "---" else text  # how the register says that it does not tell
