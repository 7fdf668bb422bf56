"""mock-edi as the supplier: a system of somebody else's that takes our orders and answers them."""

import time
from itertools import count
from pathlib import Path
from sys import executable

from mockedi.testing import Mock

import harness
import processes


class Counterparty:
    """The program in a process of its own, and the way between its HTTP and the folders Odoo knows.

    :param ident: its id in interchanges
    :ivar mock: mock-edi's own client
    """

    def __init__(self, ident):
        self.ident = ident

    def __enter__(self):
        port = harness.free_port()
        self.name = f"mock-edi-{port}"
        program = Path(executable).parent / "mock-edi"
        command = [str(program), "--port", str(port), "--as2-id", self.ident, "--name", "Wood Corner", "-q"]
        process = processes.start(self.name, command)
        self.mock = Mock(f"http://{harness.LOCAL}:{port}")
        deadline = time.monotonic() + 30
        while not self._answers():
            assert process.poll() is None and time.monotonic() < deadline, processes.log_path(self.name)
            time.sleep(0.1)
        return self

    def __exit__(self, *exception):
        self.mock.close()
        processes.stop(self.name)

    def _answers(self):
        try:
            return self.mock.get("/_mock/health").status == 200
        except OSError:
            return False


class Customer:
    """One customer of the counterparty: we, in one format.

    :param road: whose folders the files go through
    :param values: what it knows of us: ``id``, ``qualifier``, ``dialect``, ``version``
    """

    def __init__(self, counterparty, road, values):
        self.mock, self.road, self.id = counterparty.mock, road, values["id"]
        self.numbers = count(1)
        (road.root / "taken").mkdir()
        self.mock.expect("POST", "/_mock/partners", {"test": 0, **values}, status=201)

    def behave(self, behaviour="accept"):
        """From now on it answers so: one of mock-edi's behaviours."""
        self.mock.behaviour(self.id, behaviour)

    def take(self):
        """It takes what Odoo put into the folder; returns what it says to each file."""
        said = []
        for path in sorted((self.road.root / "in").glob("*.*")):
            if path.name.startswith("."):
                continue  # still being written
            said.append(self.mock.send(path.read_text("latin-1")))
            path.rename(self.road.root / "taken" / path.name)
        return said

    def answers(self):
        """What it has to say, whenever it would have said it: kind → the interchange."""
        self.mock.advance(everything=True)
        rows = self.mock.mailbox(partner=self.id, leave=False)
        found = {row["kind"]: row["payload"] for row in rows}
        assert len(found) == len(rows), f"several of a kind: {[row['kind'] for row in rows]}"
        return found

    def hand_over(self, payload):
        """It puts an interchange into the folder Odoo fetches from."""
        self.road.drop(f"{self.id}-{next(self.numbers):04}.edi", payload)
