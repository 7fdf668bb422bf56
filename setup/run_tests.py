"""`make test`: all tests, in parts, as many at once as there are processors, and one closing summary.

    setup/run_tests.py [kernel|addons|e2e]… [-- PYTEST ARGUMENTS]

`JOBS` in the environment says how many parts run at once. What a part prints is shown when it ends, and is in
`.odoo/log/tests-<part>.log`.
"""

import os
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import databases
import harness
import suites
from clusters import DOT, SetupError
from suites import Part

NO_TESTS = 5


@dataclass
class Outcome:
    """:ivar counts: how many tests passed, failed, were skipped, or could not run (errors)
    :ivar text: what was printed, unless it was printed already
    """

    part: Part
    seconds: float = 0.0
    counts: Counter = field(default_factory=Counter)
    text: str = ""

    @property
    def failed(self) -> bool:
        return bool(self.counts["failed"] or self.counts["errors"])


def main(arguments: Sequence[str]) -> int:
    split = arguments.index("--") if "--" in arguments else len(arguments)
    chosen, extra = arguments[:split] or list(suites.SUITES), arguments[split + 1 :]
    unknown = set(chosen) - set(suites.SUITES)
    if unknown:
        raise SetupError(
            f"there is no suite {', '.join(unknown)}; the suites are {', '.join(suites.SUITES)}."
        )
    if not harness.chromium():
        print("No Chromium found: the browser tests are skipped (Debian: apt-get install chromium).")
    started, counts, failed = time.monotonic(), Counter(), []
    for outcome in _outcomes([part for name in chosen for part in suites.SUITES[name]()], extra):
        print(f"\n=== {outcome.part.title}: {outcome.seconds:.0f} s ===\n{outcome.text}", flush=True)
        counts.update(outcome.counts)
        failed += [outcome.part.title] * outcome.failed
    print(_summary(counts, failed, time.monotonic() - started))
    return 1 if failed else 0


def _outcomes(parts: Sequence[Part], extra: Sequence[str]) -> Iterator[Outcome]:
    """Run parts, some of them at the same time, those that must be alone at the end; each one's outcome when
    it ends."""
    jobs, quiet = int(os.environ.get("JOBS") or os.cpu_count() or 1), len(parts) > 1
    together, alone = ([part for part in parts if part.alone is choice] for choice in (False, True))
    yield from _at_once(together, extra, jobs, quiet)
    yield from _at_once(alone, extra, 1, quiet)


def _at_once(parts: Sequence[Part], extra: Sequence[str], jobs: int, quiet: bool) -> Iterator[Outcome]:
    """Run parts, ``jobs`` of them at the same time."""
    early = [part for part in parts if not part.needs_database]
    later = [part for part in parts if part.needs_database]
    with ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(_run, part, extra, quiet) for part in early]
        if later:
            running += _when_ready(pool, later, extra, quiet)
        for future in as_completed(running):
            yield future.result()


def _when_ready(
    pool: ThreadPoolExecutor, parts: Sequence[Part], extra: Sequence[str], quiet: bool
) -> list[Future]:
    """Build the database these parts need, and begin them."""
    try:
        databases.ready()
    except SetupError as error:
        why = f"Cannot run these tests: {error}"
        return [pool.submit(Outcome, part, counts=Counter(errors=1), text=why) for part in parts]
    return [pool.submit(_run, part, extra, quiet) for part in parts]


def _run(part: Part, extra: Sequence[str], quiet: bool) -> Outcome:
    """Run one part.

    :param quiet: keep what it prints for later, as others print at the same time
    """
    report, log = (DOT / "log" / f"tests-{part.name}.{kind}" for kind in ("xml", "log"))
    report.unlink(missing_ok=True)
    begun, text = time.monotonic(), ""
    print(f"· {part.title}", flush=True)
    try:
        if quiet:
            with log.open("w") as output:
                status = part.run([f"--junitxml={report}", *extra], output)
            text = log.read_text(errors="replace")
        else:
            status = part.run([f"--junitxml={report}", *extra], None)
    except SetupError as error:
        text = f"Cannot run these tests: {error}"
        return Outcome(part, time.monotonic() - begun, Counter(errors=1), text)
    counts = _counts(report) if report.exists() else Counter()
    if status not in (0, NO_TESTS) and not counts["failed"] + counts["errors"]:
        counts["errors"] += 1  # pytest itself broke off: no report says so
    elif status == NO_TESTS and not extra:
        text += "Cannot run these tests: pytest found none where there should be some."
        counts["errors"] += 1
    return Outcome(part, time.monotonic() - begun, counts, text)


def _counts(report: Path) -> Counter:
    counts = Counter()
    for suite in ElementTree.parse(report).iter("testsuite"):
        total, failed, errors, skipped = (
            int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")
        )
        counts.update(failed=failed, errors=errors, skipped=skipped, passed=total - failed - errors - skipped)
    return counts


def _summary(counts: Counter, failed: Sequence[str], seconds: float) -> str:
    parts = [f"{counts['passed']} passed", f"{counts['failed']} failed", f"{counts['skipped']} skipped"]
    if counts["errors"]:
        parts.insert(2, f"{counts['errors']} errors")
    where = "".join(f"\nFailed: {title}" for title in failed)
    return f"{where}\n===== {', '.join(parts)} in {seconds:.0f} s ====="


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        sys.exit(f"\nCannot continue: {error}")
