"""Files too large to be read at once: fetched, cut and acknowledged once, though workers are killed."""

import pytest
from file_road import FileRoad
from pydifact.segmentcollection import Interchange
from road import look_for_dead_jobs, until, workers_killed

import harness

THEM, US = "4012345000009", "4099999000006"
LINES, PIECE = 12_000, 1_000
WRONG = 7_777  # the line whose quantity is no number


def stock_report(reference, lines=LINES):
    """An INVRPT as a supplier's system writes it, of some megabytes."""
    head = (
        f"UNB+UNOC:3+{THEM}:14+{US}:14+260301:1200+{reference}'\r\n"
        "UNH+1+INVRPT:D:96A:UN:EAN004'\r\n"
        f"BGM+35+S-{reference}+9'\r\nDTM+137:20260301:102'\r\nNAD+SU+{THEM}::9'\r\n"
    )
    body = "".join(
        f"LIN+{number}++{4_000_000_000_000 + number}:EN'\r\nPIA+1+ITEM-{number}:SA'\r\n"
        f"IMD+F++:::A table with a name of some length, number {number}'\r\n"
        f"QTY+145:{'many' if number == WRONG else number % 977}:PCE'\r\n"
        for number in range(1, lines + 1)
    )
    count = 4 * lines + 5
    return f"{head}{body}UNT+{count}+1'\r\nUNZ+1+{reference}'\r\n"


class StockRoad(FileRoad):
    company = {"trade_edifact_id": f"14:{US}"}
    identifiers = {"edifact": f"14:{THEM}"}
    routes = (
        {"direction": "out", "document_type": "acknowledgement", "endpoint": "in", "codec": "edifact"},
        {
            "direction": "in",
            "document_type": "inventory_report",
            "codec": "edifact",
            "endpoint": "out",
            "poll": True,
        },
    )

    def file(self, reference):
        """The message of a file: it is no part of another."""
        found = self.admin.find(
            "trade.message",
            [("filename", "=", f"{reference}.edi"), ("parent_id", "=", False)],
            ["state", "part_count", "parts_done", "parts_held", "parts_text", "state_reason"],
        )
        assert len(found) <= 1, found
        return found[0] if found else None

    def parts(self, file):
        return self.admin.find(
            "trade.message",
            [("parent_id", "=", file["id"])],
            ["document_number", "state", "state_reason", "exception_id"],
        )

    def settled(self, reference):
        """The file, once none of its parts is on its way."""

        def look():
            file = self.file(reference)
            if not file or file["part_count"] != LINES // PIECE:
                return None
            waiting = [part for part in self.parts(file) if part["state"] in ("received", "decoded")]
            return not waiting and file

        return until(look, lambda: str(self.file(reference)), seconds=150)


@pytest.fixture(scope="module")
def road():
    with harness.database("e2e_large") as database, harness.Server(database, workers=2) as odoo:
        with StockRoad(odoo.wait_for_jobs()) as road:
            yield road


def test_every_line_is_in_one_part_and_what_is_wrong_holds_its_own(road):
    road.drop("901.edi", stock_report("901"))
    file = road.settled("901")
    assert file["state"] == "applied", file["state_reason"]
    parts = road.parts(file)
    numbers = ["S-901", *(f"S-901-{number}" for number in range(2, LINES // PIECE + 1))]
    wrong = numbers[(WRONG - 1) // PIECE]
    assert sorted(part["document_number"] or "?" for part in parts) == sorted(
        "?" if number == wrong else number for number in numbers
    )
    # Stock reports are applied by a later addon; until then they wait for it, all in one problem.
    reasons = {part["state_reason"] for part in parts if part["document_number"]}
    assert len(reasons) == 1
    [unread] = [part for part in parts if not part["document_number"]]
    assert "many" in unread["state_reason"]
    [first] = road.admin.read(
        "trade.message",
        next(part["id"] for part in parts if part["document_number"] == "S-901"),
        ["canonical"],
    )
    lines = first["canonical"]["inventory_lines"]
    assert [line["id"] for line in lines] == [str(number) for number in range(1, PIECE + 1)]


def test_the_file_is_acknowledged_once_and_not_its_parts(road):
    def contrls():
        texts = [path.read_text("latin-1") for path in sorted((road.root / "in").glob("*.edi"))]
        return [list(Interchange.from_str(text).get_messages())[0] for text in texts]

    found = until(contrls, lambda: "the file was not acknowledged")
    assert [(one.type, str(one.get_segment("UCI").elements[0])) for one in found] == [("CONTRL", "901")]
    # The message could be read; what is wrong in one of its parts is told by an APERAK.
    assert str(found[0].get_segment("UCM").elements[2]) == "7"


def test_the_same_file_again_adds_nothing(road):
    before = len(road.parts(road.file("901")))
    road.drop("901.edi", stock_report("901"))
    road.wait_fetched()
    assert len(road.parts(road.file("901"))) == before


def test_though_workers_are_killed_every_part_is_there_once(road):
    with workers_killed(road.odoo, every=0.7) as killed:
        road.drop("902.edi", stock_report("902"))
        until(lambda: len(killed) >= 6, lambda: f"{len(killed)} killed")
    look_for_dead_jobs(road.odoo)
    road.admin.press("trade.route", "action_poll_now", road.box)
    file = road.settled("902")
    numbers = [part["document_number"] for part in road.parts(file)]
    assert len(numbers) == len(set(numbers)) == LINES // PIECE
