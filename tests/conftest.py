"""Real servers for tests that cross addons: Odoo with its job runner, a supplier, people."""

import pytest
from road import Road

import harness


@pytest.fixture(scope="module")
def road(request):
    """A database of the module's own, Odoo with two workers and its job runner, and a supplier over HTTP."""
    name = "e2e_" + request.module.__name__.removeprefix("test_")
    with harness.database(name) as database, harness.Server(database, workers=2) as odoo:
        with Road(odoo.wait_for_jobs()) as road:
            yield road
