"""Play the scenario on a database that has our addons; ``make demo`` calls it.

python -m odoo.addons.trade_demo.scenario --database NAME [--exit]
"""

import argparse
import sys

import requests

from clusters import SetupError

from . import cast, cycle, joining, report
from .checks import checks
from .narrator import Narrator, NotYet, StepFailed
from .person import OdooRefused
from .play import Play
from .stage import Stage


def main() -> int:
    parser = argparse.ArgumentParser(prog="scenario", description="Play the scenario of make demo.")
    parser.add_argument("--database", required=True, help="a fresh database with all our addons")
    parser.add_argument("--kind", default="demo", choices=("demo", "test"), help="on which PostgreSQL server")
    parser.add_argument("--exit", action="store_true", help="stop everything after the closing table")
    arguments = parser.parse_args()
    stage, tell = Stage(arguments.database, arguments.kind), Narrator()
    play = Play(stage, tell)
    stay = False
    try:
        held = _perform(play, tell)
        stay = bool(play.buyer) and not arguments.exit
        if stay:
            held = held and _encore(play)
            _farewell(play, held)
        return 0 if held else 1
    except KeyboardInterrupt:
        print("\nStopped by you.")
        return 130
    finally:
        if not stay:
            stage.close()


def _perform(play: Play, tell: Narrator) -> bool:
    """Play, show the closing tables, and check.

    :return: whether every step happened and every check holds
    """
    failure = None
    try:
        play.perform()
    except (StepFailed, NotYet, OdooRefused, requests.RequestException, SetupError) as error:
        failure = error
    if play.buyer and play.orders:
        records = report.Records(play.buyer, play.orders)
        tell.act("What went out, what came back")
        report.show(report.orders_table(records))
        if records.documents:
            report.show(report.documents_table(records))
        report.show(report.problems_table(records))
        if play.case:
            report.show(joining.table(play))
        print(report.counts(records))
    if failure:
        print(f"\nThe play broke off after {tell.done} steps: {failure}")
        return False
    return _check(play, records, tell)


def _check(play: Play, records: report.Records, tell: Narrator) -> bool:
    tell.act("Is everything where it should be?")
    found = checks(play, records) + cycle.checks(play, records) + joining.checks(play)
    for sentence, failures in found:
        tell.check(sentence, failures)
    failed = sum(bool(failures) for _sentence, failures in found)
    verdict = f"Checks that do not hold: {failed}." if failed else "Nothing was lost, nothing was doubled."
    print(f"\n{verdict} {tell.done} steps in {tell.elapsed:.0f} s.", flush=True)
    return not failed


def _encore(play: Play) -> bool:
    """Leave something on the desk to try; returns whether it worked."""
    try:
        play.encore()
    except (StepFailed, NotYet, OdooRefused, requests.RequestException) as error:
        print(f"\nThis did not work: {error}")
        return False
    return True


def _farewell(play: Play, held: bool) -> None:
    """Say where to look."""
    print(f"\nOdoo runs on at {play.stage.odoo.url}")
    rows = [["Who", "Login", "Password"], ["Administrator", *cast.ADMIN]]
    rows += [
        ["Maria, buyer", "maria", cast.PASSWORDS["maria"]],
        ["Marc, trading manager", "marc", cast.PASSWORDS["marc"]],
    ]
    report.show(rows)
    if held:
        print(
            "For you to try: two answers of Wood Corner name a code Odoo does not know. Log in as Maria,\n"
            "open the problem you see, choose the product, press Fix and replay, and watch both orders heal."
        )
    print("\nmake stop ends it; make demo begins afresh.", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        sys.exit(f"\nCannot continue: {error}")
