"""`make test` leaves no test out: its parts are all files with tests, each once."""

from collections import Counter
from pathlib import Path

import suites
from clusters import ROOT


def test_every_file_with_tests_is_in_exactly_one_part():
    folders = [ROOT / "tests", *(ROOT / "addons").glob("*/tests")]
    found = [path for folder in folders for name in ("test_*.py", "*_test.py") for path in folder.rglob(name)]
    parts = [part for suite in suites.SUITES.values() for part in suite()]
    assert Counter(file for part in parts for file in part.files) == Counter(found)
    assert len({part.name for part in parts}) == len(parts), "two parts would write the same report"


def test_pieces_hold_everything_and_are_about_equally_large(tmp_path):
    sizes = (900, 500, 400, 300, 200, 100)
    files = [Path(tmp_path, f"test_{size}.py") for size in sizes]
    for file, size in zip(files, sizes, strict=True):
        file.write_text("#" * size)
    pieces = suites.pieces_of(files, 2)
    assert sorted(file for piece in pieces for file in piece) == sorted(files)
    assert [sum(file.stat().st_size for file in piece) for piece in pieces] == [1200, 1200]
    assert suites.pieces_of(files[:1], 3) == [files[:1]]
