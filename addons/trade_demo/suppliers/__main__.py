"""Run one supplier, or the listener, until the process is ended.

Its settings come as JSON in the environment variable SUPPLIER_SETTINGS: command lines can be read by
everybody on the machine and hold no secrets.
"""

import argparse
import json
import os

from .flaky import Flaky
from .listener import Listener
from .portal import Portal
from .server import Settings
from .webhook import Webhooks

MANNERS = {"portal": Portal, "webhook": Webhooks, "flaky": Flaky, "listener": Listener}


def main() -> None:
    parser = argparse.ArgumentParser(prog="suppliers", description=__doc__)
    parser.add_argument("manner", choices=MANNERS)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    settings = Settings(**json.loads(os.environ["SUPPLIER_SETTINGS"]))
    supplier = MANNERS[arguments.manner](settings, arguments.port)
    print(f"{settings.name} listens at {supplier.url}", flush=True)
    supplier.serve()


if __name__ == "__main__":
    main()
