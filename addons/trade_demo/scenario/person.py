"""A user of Odoo, at the door the web client uses: own login, own rights, only what a browser may call."""

from collections.abc import Sequence
from typing import Any

import requests

TIMEOUT = (5, 60)


class OdooRefused(Exception):
    """Odoo answered with an error; the text is what a user would read."""


class Person:
    """Somebody who logged in.

    :raise OdooRefused: the password is wrong.
    """

    def __init__(self, url: str, database: str, login: str, password: str):
        self.url, self.login, self.password = url, login, password
        self._session = requests.Session()
        session = self._post(
            "/web/session/authenticate", {"db": database, "login": login, "password": password}
        )
        self.uid, self.name = session["uid"], session["name"]

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a public method of a model."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def press(self, model: str, button: str, ids: Sequence[int] | int, context: dict | None = None) -> Any:
        """Press a button of a form; returns the action it opens, or False.

        :param context: what the action that opened the form put there.
        """
        return self._post(
            f"/web/dataset/call_button/{model}/{button}",
            {"model": model, "method": button, "args": [_list(ids)], "kwargs": {"context": context or {}}},
        )

    def create(self, model: str, vals: dict, **kwargs: Any) -> int:
        return self.call(model, "create", [vals], **kwargs)[0]

    def write(self, model: str, ids: Sequence[int] | int, vals: dict) -> None:
        self.call(model, "write", _list(ids), vals)

    def read(self, model: str, ids: Sequence[int] | int, fields: Sequence[str]) -> list[dict]:
        return self.call(model, "read", _list(ids), list(fields))

    def find(self, model: str, domain: list, fields: Sequence[str], **kwargs: Any) -> list[dict]:
        """Records that fit, with these fields."""
        return self.call(model, "search_read", domain, list(fields), **kwargs)

    def _post(self, path: str, params: dict) -> Any:
        reply = self._session.post(
            self.url + path, json={"jsonrpc": "2.0", "params": params}, timeout=TIMEOUT
        )
        reply.raise_for_status()
        answer = reply.json()
        if "error" in answer:
            raise OdooRefused(answer["error"]["data"]["message"])
        return answer["result"]


def _list(ids: Sequence[int] | int) -> list[int]:
    return [ids] if isinstance(ids, int) else list(ids)
