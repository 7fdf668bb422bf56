"""The onboarding board with 2,000 open cases, beside the same board with 200.

What the server answers when somebody opens the board: the columns with their sums, the first cards of each,
and the bars above; and, in Chromium, how long it takes from the click on the menu until the last card is
drawn. Cases are made from the delivered template for suppliers, spread over all states, with the activities
of their owners.

    ONBOARDING_SCALE=0.1 make bench ONLY=onboarding    a short one
"""

import os
import time

from figures import Goal, Result
from in_shell import Ways
from playwright.sync_api import sync_playwright

import databases
import harness

SCALE = float(os.environ.get("ONBOARDING_SCALE", "1"))
MANY, FEW = int(2_000 * SCALE), int(200 * SCALE)


def run() -> Result:
    ways = Ways("onboarding")
    with ways.prepared(f"prepare({MANY}, {FEW})", f"{MANY} cases"):
        measured = ways.measure("board()")
        with databases.progress("drawn in Chromium"):
            drawn = _drawn(ways.base)
    rows = [
        {
            "board": f"{found['cases']} open cases",
            "seconds": found["seconds"],
            "CPU s": found["cpu"],
            "queries": found["queries"],
            "KB": found["bytes"] / 1024,
        }
        for found in (measured["many"], measured["few"])
    ]
    many, few = measured["many"], measured["few"]
    goals = [
        Goal("onboarding.board_seconds", many["seconds"], "<", 1),
        Goal("onboarding.board_drawn_seconds", drawn["seconds"], "<", 1),
        Goal("onboarding.board_to_a_tenth_of_the_cases", many["seconds"] / few["seconds"], "<", 4),
    ]
    notes = [
        "The best of five, in one process, caches of records emptied before each; the answer as JSON.",
        f"In Chromium: {drawn['seconds']:.2f} s from the click to {drawn['cards']} cards; the best of five,"
        " in a client that is open already.",
    ]
    return Result(rows, goals, notes, short=SCALE < 1)


def _drawn(database: str) -> dict:
    """How soon the board of all cases is there for somebody who works in Odoo already."""
    with harness.Server(database, channels="") as odoo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=harness.chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(f"{odoo.url}/web/login")
        page.fill("input[name=login]", "admin")
        page.fill("input[name=password]", "admin")
        page.press("input[name=password]", "Enter")
        page.wait_for_selector(".o_main_navbar")
        best = None
        for _turn in range(5):
            page.goto(f"{odoo.url}/odoo/action-base.action_res_users")
            page.wait_for_selector(".o_list_view")
            started = time.perf_counter()
            page.evaluate(
                "odoo.__WOWL_DEBUG__.root.env.services.action"
                ".doAction('trade_onboarding.trade_onboarding_action', {clearBreadcrumbs: true})"
            )
            page.wait_for_selector(".o_kanban_record:not(.o_kanban_ghost)")
            # Cards are drawn in one go: the next frame shows all of them.
            cards = page.evaluate(
                "new Promise(done => requestAnimationFrame(() => setTimeout(() =>"
                " done(document.querySelectorAll('.o_kanban_record:not(.o_kanban_ghost)').length))))"
            )
            now = {"seconds": time.perf_counter() - started, "cards": cards}
            best = min(best or now, now, key=lambda one: one["seconds"])
        browser.close()
    return best
