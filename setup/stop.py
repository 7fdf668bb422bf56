"""`make stop`: end what the demo left running, then the private PostgreSQL servers."""

import sys

import clusters
import processes


def main() -> None:
    stopped = processes.stop_all()
    for kind in clusters.PORTS:
        if clusters.stop(kind):
            stopped.append(f"PostgreSQL ({kind})")
    if "--forget" in sys.argv:
        clusters.remove_outside_folders()
    print("Stopped: " + ", ".join(stopped) if stopped else "Nothing was running.")


if __name__ == "__main__":
    main()
