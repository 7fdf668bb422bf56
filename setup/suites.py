"""What `make test` runs, cut into parts that can run at the same time: each is one pytest process.

1. kernel: plain pytest, no database;
2. addons: pytest-odoo, each part on a clone of the database with our addons;
3. e2e: plain pytest, a part for each file; these start Odoo servers, suppliers and browsers of their own, on
   databases of their own.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import clusters
import databases
import harness
from clusters import ROOT

#: More parts than are run at once, so that nobody waits long for the last one; each costs the start of Odoo.
ADDONS_PARTS = 6
KERNEL_PARTS = 2
#: The files that take longest, begun first.
LONGEST = ("test_demo_data.py", "test_api_schema.py", "test_fuzz.py")
#: The files about how soon something happens, or what happens at the same instant: nothing runs beside them.
ALONE = ("test_events.py", "test_intake_concurrency.py", "test_slow_callers.py", "test_waiting.py")


@dataclass(frozen=True)
class Part:
    """:ivar name: of its log and report in `.odoo/log`
    :ivar title: for people
    :ivar files: the test files that are in it
    :ivar run: runs it with further arguments for pytest; its output goes to a file, or to the screen for
        `None`; returns pytest's exit status
    :ivar needs_database: whether `databases.ready` has to be there
    :ivar alone: whether nothing may run beside it
    """

    name: str
    title: str
    files: Sequence[Path]
    run: Callable[[Sequence[str], TextIO | None], int]
    needs_database: bool = True
    alone: bool = False


def kernel() -> list[Part]:
    pieces = pieces_of(_test_files([ROOT / "addons" / "trade_kernel" / "tests"]), KERNEL_PARTS)
    return [
        Part(
            f"kernel-{number}",
            _title("The kernel, without Odoo", number, pieces),
            files,
            _plain(files),
            False,
        )
        for number, files in enumerate(pieces, 1)
    ]


def addons() -> list[Part]:
    folders = [ROOT / "addons" / name / "tests" for name in databases.our_addons() if name != "trade_kernel"]
    pieces = pieces_of(_test_files(folders), ADDONS_PARTS)
    return [
        Part(
            f"addons-{number}",
            _title("The addons, inside Odoo", number, pieces),
            files,
            _inside(number, files),
        )
        for number, files in enumerate(pieces, 1)
    ]


def end_to_end() -> list[Part]:
    files = sorted(_test_files([ROOT / "tests"]), key=lambda file: (file.name not in LONGEST, file))
    return [
        Part(
            f"e2e-{file.stem}",
            f"End to end: {file.relative_to(ROOT)}",
            [file],
            _plain([file]),
            alone=file.name in ALONE,
        )
        for file in files
    ]


#: by the name that `SUITE=` chooses
SUITES: dict[str, Callable[[], list[Part]]] = {"kernel": kernel, "addons": addons, "e2e": end_to_end}


def pieces_of(files: Sequence[Path], count: int) -> list[list[Path]]:
    """Divide files into pieces of about the same size; how much is in a file is how long it may take."""
    pieces = [[] for _ in range(count)]
    sizes = [0] * count
    for file in sorted(files, key=lambda file: (-file.stat().st_size, file)):
        smallest = sizes.index(min(sizes))
        pieces[smallest].append(file)
        sizes[smallest] += file.stat().st_size
    return [sorted(piece) for piece in pieces if piece]


def _title(what: str, number: int, pieces: Sequence) -> str:
    return f"{what} ({number} of {len(pieces)})"


def _test_files(folders: Sequence[Path]) -> list[Path]:
    return [file for folder in folders for file in sorted(folder.rglob("test_*.py"))]


def _plain(files: Sequence[Path]) -> Callable[[Sequence[str], TextIO | None], int]:
    return lambda arguments, output: harness.plain_pytest([*_named(files), *arguments], output)


def _inside(number: int, files: Sequence[Path]) -> Callable[[Sequence[str], TextIO | None], int]:
    def run(arguments: Sequence[str], output: TextIO | None) -> int:
        target, name = clusters.cluster("test"), f"test_addons_{os.getpid()}_{number}"
        databases.clone_ready(name)
        try:
            return harness.pytest_odoo(target, name, [*_named(files), *arguments], output)
        finally:
            databases.drop(target, name)

    return run


def _named(files: Sequence[Path]) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in files]
