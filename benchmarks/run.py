"""Measure Tradelane beside its peers: `make bench`, or `make bench ONLY=pipeline`.

Each benchmark is a module here with ``run() -> Result``. Figures are compared within one run only, as
ratios; a missed goal is reported and does not fail the run. Tables go to the screen, JSON to `results/`.
"""

import importlib
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from figures import Result

NAMES = ("pipeline", "intake", "fanout", "formats", "large", "stock_feed", "catalogue", "cycle", "onboarding")
RESULTS = Path(__file__).parent / "results"


def main(arguments: list[str]) -> int:
    wanted = [name for name in " ".join(arguments).replace(",", " ").split() if name] or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    for name in wanted:
        print(f"\n== {name} ==", flush=True)
        started, load = time.monotonic(), os.getloadavg()[0]
        result = importlib.import_module(name).run()
        print(result.table())
        for goal in result.goals:
            print(goal)
        seconds = time.monotonic() - started
        if result.short:
            print(f"({seconds:.0f} s; a short run is not recorded)")
        else:
            _write(name, result, seconds, load)
    return 0


def _write(name: str, result: Result, seconds: float, load: float) -> None:
    """:param load: processes that wanted a core when it began: what else the machine did"""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(
        json.dumps(
            {
                "benchmark": name,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": load},
                "seconds": round(seconds, 1),
                **result.as_dict(),
            },
            indent=2,
        )
        + "\n"
    )
    print(f"({seconds:.0f} s; {path.relative_to(RESULTS.parent.parent)})")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
