"""The stage: Odoo with its job runner, and the suppliers' processes."""

import json
import os
import sys
import time
from collections.abc import Mapping

import requests

import harness
import processes

from .cast import Role

TIMEOUT = 5


class Stage:
    """Everything that runs. What is started here goes on after this program ends, until :meth:`close`
    or ``make stop``.

    :param kind: on which PostgreSQL server the database is, ``demo`` or ``test``.
    """

    def __init__(self, database: str, kind: str):
        self.database = database
        # Threaded, so that live screens (/websocket) work on the one printed address.
        self.odoo = harness.Server(database, kind=kind, workers=0)
        self.houses: dict[Role, House] = {}

    def house(self, role: Role) -> "House":
        """The supplier's house; its address is known before anybody is in."""
        if role not in self.houses:
            self.houses[role] = House(role, f"demo-{self.database}-{role.manner}")
        return self.houses[role]

    def close(self) -> None:
        """End everything that was started."""
        for house in self.houses.values():
            processes.stop(house.process, timeout=5)
        self.odoo.stop()


class House:
    """One supplier's server."""

    def __init__(self, role: Role, process: str):
        self.role, self.process = role, process
        self.port = harness.free_port()
        self.url = f"http://{harness.LOCAL}:{self.port}"

    def open(self, api_url: str = "", **secrets: str) -> None:
        """Start the supplier's program and wait until it listens.

        :raise TimeoutError: it does not.
        """
        settings = {
            "name": self.role.name,
            "prefix": self.role.prefix,
            "api_url": api_url,
            "secrets": secrets,
        }
        module = "odoo.addons.trade_demo.suppliers"
        command = [sys.executable, "-m", module, self.role.manner, "--port", str(self.port)]
        processes.start(self.process, command, os.environ | {"SUPPLIER_SETTINGS": json.dumps(settings)})
        deadline = time.monotonic() + 10
        while True:
            try:
                self.ledger()
                return
            except requests.ConnectionError:
                if time.monotonic() > deadline:
                    log = processes.log_path(self.process)
                    raise TimeoutError(f"{self.role.name} does not listen at {self.url}; see {log}") from None
            time.sleep(0.05)

    def ledger(self) -> Mapping:
        """The supplier's books, see :class:`..suppliers.ledger.Ledger`."""
        reply = requests.get(f"{self.url}/_demo/ledger", timeout=TIMEOUT)
        reply.raise_for_status()
        return reply.json()

    def issued(self, kind: str) -> list[dict]:
        """The supplier's own documents of a kind."""
        return [document for document in self.ledger()["issued"] if document["document_type"] == kind]

    def ask(self, what: str, *orders: str) -> str:
        """Call them about orders.

        :return: the number of the document they write, if any
        """
        reply = requests.post(f"{self.url}/_demo/{what}?order={','.join(orders)}", timeout=TIMEOUT)
        reply.raise_for_status()
        return (reply.json() if reply.content else {}).get("number", "")
