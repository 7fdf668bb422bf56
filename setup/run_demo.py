"""`make demo`: prepare the demo database, then play the scenario of trade_demo on it.

The scenario is `python -m odoo.addons.trade_demo.scenario --database NAME [--exit]`: it starts Odoo and the
suppliers itself (harness.Server with kind="demo"), and exits non-zero when a step did not happen. `--exit`
(make demo DEMO_EXIT=1) stops everything after the closing table.
"""

import os
import sys

import databases
import processes
from clusters import ROOT, SetupError

DATABASE = "trade_demo"


def main() -> None:
    if not (ROOT / "addons" / "trade_demo" / "scenario" / "__main__.py").exists():
        raise SetupError("there is no scenario to play: addons/trade_demo/scenario/__main__.py is missing.")
    left_over = processes.stop_all("server-trade_demo-") + processes.stop_all("demo-")
    if left_over:
        print(f"· Stopped what an earlier demo left running: {', '.join(left_over)}", flush=True)
    databases.clone_ready(DATABASE, "demo")
    command = [sys.executable, "-m", "odoo.addons.trade_demo.scenario", "--database", DATABASE]
    if os.environ.get("DEMO_EXIT", "") not in ("", "0"):
        command.append("--exit")
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(command[0], command)


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        sys.exit(f"\nCannot continue: {error}")
