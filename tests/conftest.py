"""Real servers for tests that cross addons: Odoo with its job runner, a supplier, people."""

import pytest
from browsing import WAIT
from playwright.sync_api import expect, sync_playwright
from road import Road

import harness


@pytest.fixture(scope="module")
def road(request):
    """A database of the module's own, Odoo with two workers and its job runner, and a supplier over HTTP."""
    name = "e2e_" + request.module.__name__.removeprefix("test_")
    with harness.database(name) as database, harness.Server(database, workers=2) as odoo:
        with Road(odoo.wait_for_jobs()) as road:
            yield road


@pytest.fixture
def page():
    """A page in Chromium; the test fails when the page's own code does."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=harness.chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(WAIT)
        expect.set_options(timeout=WAIT)
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        browser.close()
    assert not errors, f"the page itself failed: {errors}"
