"""A buyer in Chromium: finds what is wrong, maps the unknown code once, watches the orders heal.

Each step leaves a screenshot in `.odoo/screenshots/`.
"""

import re

import pytest
from browsing import log_in, shot
from playwright.sync_api import expect
from road import Road, until

import harness

WAITING_ORDERS = 4

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk():
    """Four orders whose answers name an item code nobody knows, and a buyer's browser at the desk.

    Threaded, so that the page and its live updates come from one address.
    """
    if not harness.chromium():
        pytest.skip("no Chromium found (Debian: apt-get install chromium)")
    with harness.database("e2e_browser") as name, harness.Server(name) as odoo:
        with Road(odoo.wait_for_jobs()) as road:
            road.numbers_waiting = _blocked_orders(road)
            yield road


def _blocked_orders(road):
    numbers = [road.sent_order() for _ in range(WAITING_ORDERS)]
    for number in numbers:
        message = road.pushed(road.answer(number, code="NEW-4711"))
        road.wait_state(message, "held")
    return numbers


def test_a_buyer_maps_the_code_once_and_all_orders_heal(desk, page):
    log_in(page, desk.odoo, "/odoo/action-trade_core.trade_exception_action")

    # The desk says what is wrong, in one line for all four.
    row = page.locator(".o_data_row", has_text="NEW-4711")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(str(WAITING_ORDERS))
    shot(page, "1-problems")

    row.locator("td").nth(1).click()
    form = page.locator(".o_form_view.o_action")
    expect(form).to_contain_text("NEW-4711")
    expect(form).to_contain_text("Test product")  # what was ordered is offered
    shot(page, "2-problem")

    # One field to choose, then the preview says what will happen before it does.
    field = page.locator("div[name=fix_product_id] input")
    field.click()
    field.fill("Test product")
    page.locator(".o-autocomplete--dropdown-item", has_text="Test product").first.click()
    page.get_by_role("button", name=re.compile(r"^Fix and replay")).first.click()
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text(f"{WAITING_ORDERS} would apply, 0 would still wait")
    shot(page, "3-preview")
    dialog.get_by_role("button", name=re.compile(r"^Fix and replay")).click()

    # The page follows by itself.
    expect(form).to_contain_text(f"{WAITING_ORDERS} documents applied, 0 left")
    shot(page, "4-healed")
    for number in desk.numbers_waiting:
        until(lambda number=number: _answered(desk, number), lambda number=number: f"{number} was not healed")


def test_the_order_shows_what_was_exchanged(desk, page):
    number = desk.numbers_waiting[0]
    [order] = desk.admin.find("purchase.order", [("name", "=", number)], ["id"])
    log_in(page, desk.odoo, f"/odoo/purchase/{order['id']}")
    form = page.locator(".o_form_view.o_action")
    expect(form).to_contain_text("Sent")
    expect(form).to_contain_text("Answered")
    expect(form.locator(".oe_stat_button", has_text="Messages")).to_be_visible()
    shot(page, "5-order")
    form.locator(".oe_stat_button", has_text="Messages").click()
    page.locator(".o_data_row", has_text="Order response").first.locator("td").nth(1).click()
    expect(page.locator(".o_form_view.o_action")).to_contain_text("Applied")
    shot(page, "6-message")


def _answered(road, number):
    [line] = road.admin.find("purchase.order.line", [("order_id.name", "=", number)], ["trade_answered"])
    return line["trade_answered"]
