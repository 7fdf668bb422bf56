"""`make test`: all tests, in three suites, and one closing summary.

1. kernel: plain pytest, no database;
2. addons: pytest-odoo on a clone of the database with our addons, installed just before without a warning;
3. e2e: plain pytest; these tests start Odoo servers, suppliers and browsers of their own.

    setup/run_tests.py [kernel|addons|e2e]… [-- PYTEST ARGUMENTS]
"""

import os
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Sequence

import clusters
import databases
import harness
from clusters import DOT, ROOT, SetupError

#: Its own for every run: two may run at the same time.
DATABASE = f"test_addons_{os.getpid()}"
NO_TESTS = 5


def kernel(arguments: Sequence[str]) -> int:
    return harness.plain_pytest(["addons/trade_kernel", *arguments])


def addons(arguments: Sequence[str]) -> int:
    folders = [
        f"addons/{name}"
        for name in databases.our_addons()
        if name != "trade_kernel" and (ROOT / "addons" / name / "tests").is_dir()
    ]
    if not folders:
        return 0
    target = clusters.cluster("test")
    databases.clone_ready(DATABASE)
    try:
        return harness.pytest_odoo(target, DATABASE, [*folders, *arguments])
    finally:
        databases.drop(target, DATABASE)


def end_to_end(arguments: Sequence[str]) -> int:
    if not any((ROOT / "tests").rglob("test_*.py")):
        return 0
    databases.ready()
    return harness.plain_pytest(["tests", *arguments])


SUITES: dict[str, tuple[str, Callable[[Sequence[str]], int]]] = {
    "kernel": ("The kernel, without Odoo", kernel),
    "addons": ("The addons, inside Odoo", addons),
    "e2e": ("End to end: real servers, jobs, suppliers and browser", end_to_end),
}


def main(arguments: Sequence[str]) -> int:
    split = arguments.index("--") if "--" in arguments else len(arguments)
    chosen, extra = arguments[:split] or list(SUITES), arguments[split + 1 :]
    unknown = set(chosen) - set(SUITES)
    if unknown:
        raise SetupError(f"there is no suite {', '.join(unknown)}; the suites are {', '.join(SUITES)}.")
    if not harness.chromium():
        print("No Chromium found: the browser tests are skipped (Debian: apt-get install chromium).")
    started, counts = time.monotonic(), Counter()
    for name in chosen:
        counts.update(_run(name, extra))
    print(_summary(counts, time.monotonic() - started))
    return 1 if counts["failed"] or counts["errors"] else 0


def _run(name: str, extra: Sequence[str]) -> Counter:
    """Run one suite; returns how many tests passed, failed, were skipped, or could not run (errors)."""
    title, suite = SUITES[name]
    print(f"\n=== {title} ===", flush=True)
    report = DOT / "log" / f"tests-{name}.xml"
    report.unlink(missing_ok=True)
    try:
        status = suite([f"--junitxml={report}", *extra])
    except SetupError as error:
        print(f"Cannot run these tests: {error}")
        return Counter(errors=1)
    counts = _counts(report) if report.exists() else Counter()
    if status not in (0, NO_TESTS) and not counts["failed"] + counts["errors"]:
        counts["errors"] += 1  # pytest itself broke off: no report says so
    elif status == NO_TESTS and not extra:
        print("Cannot run these tests: pytest found none where there should be some.")
        counts["errors"] += 1
    return counts


def _counts(report) -> Counter:
    counts = Counter()
    for suite in ElementTree.parse(report).iter("testsuite"):
        total, failed, errors, skipped = (
            int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")
        )
        counts.update(failed=failed, errors=errors, skipped=skipped, passed=total - failed - errors - skipped)
    return counts


def _summary(counts: Counter, seconds: float) -> str:
    parts = [f"{counts['passed']} passed", f"{counts['failed']} failed", f"{counts['skipped']} skipped"]
    if counts["errors"]:
        parts.insert(2, f"{counts['errors']} errors")
    return f"\n===== {', '.join(parts)} in {seconds:.0f} s ====="


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        sys.exit(f"\nCannot continue: {error}")
