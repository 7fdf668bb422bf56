"""A buyer in Chromium: reviews a price list, and decides about what a supplier answered to orders.

Each step leaves a screenshot in `.odoo/screenshots/`.
"""

from datetime import date, timedelta

import buying
import pytest
from browsing import log_in, shot
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SETUP = """
lists, answers = route("in", "price_catalogue", catalogue_outlier_percent=20), route("in", "order_response")
route("out", "order", ack_expected="response")
lamp, rug = env["product.product"].create([
    {"name": name, "seller_ids": [
        Command.create({"partner_id": vendor.id, "product_code": code, "price": 40})]}
    for name, code in (("Lamp", "A-4"), ("Rug", "A-5"))
])
env["product.supplierinfo"].create(
    {"partner_id": other.id, "product_tmpl_id": shelf.product_tmpl_id.id, "price": 22, "delay": 3})

def price(code, value, start=None):
    said = {"price": {"price_amount": money(value)}}
    if start:
        said["validity_period"] = {"start_date": str(start)}
    return {"item": {"name": code, "sellers_item_identification": {"id": code}}, "prices": [said]}

later = today + timedelta(days=40)
lines = [price("A-1", 102), price("A-2", 20.4), price("A-3", 45), price("A-4", 41, later), price("A-5", 46)]
came(lists, {"id": "LIST-1", "document_currency_code": currency,
             "catalogue_lines": [{"id": str(at), **line} for at, line in enumerate(lines, 1)]})

def answer(number, order, second):
    return {"id": number, "order_response_code": "CA", "document_currency_code": currency,
            "order_reference": {"id": order.name}, "order_lines": [
                {"id": ref, "order_line_reference": {"line_id": ref}, **said}
                for ref, said in (("1", {"line_status_code": "5"}), ("2", second))]}

orders = [ordered((desk, 10, 100), (shelf, 5, 20)) for _each in range(3)]
for order, name in zip(orders, ("O-REJECTED", "O-OTHER", "O-DEAR")):
    order.partner_ref = name
came(answers,
     answer("AB-1", orders[0], {"line_status_code": "7", "note": ["The mill burnt down."]}),
     answer("AB-2", orders[1], {"line_status_code": "3", "quantity": {"value": "5", "unit_code": "C62"},
            "price": {"price_amount": money(21)},
            "seller_substituted_item": {"name": "Stool", "sellers_item_identification": {"id": "A-3"}}}),
     answer("AB-3", orders[2], {"line_status_code": "3", "price": {"price_amount": money(26)}}))
"""
LATER = str(date.today() + timedelta(days=40))


@pytest.fixture(scope="module")
def desk():
    with buying.desk("e2e_browser_purchase", SETUP) as found:
        yield found


# -- a price list ----------------------------------------------------------------------------------


def changes(desk):
    """``[(code, decision)]`` of the list, by line."""
    return desk.find("trade.catalogue.change", [], "code", "decision", order="line")


def prices(desk, code):
    return desk.find("product.supplierinfo", [("product_code", "=", code)], "price", "date_start", "date_end")


def test_a_price_list_is_reviewed(desk, page):
    desk.expect([("to_review",)], "trade.catalogue", [], "state")
    log_in(page, desk.odoo, "/odoo/action-trade_purchase.trade_catalogue_action")
    page.locator(".o_data_row", has_text="LIST-1").locator("td").nth(1).click()
    form = page.locator(".o_form_view.o_action")
    expect(form.locator(".alert-danger")).to_contain_text("Out of the ordinary: 1.")
    shot(page, "7-catalogue")

    # What is out of the ordinary says why; one that is too dear is refused, with one button.
    form.get_by_role("button", name="Review").first.click()
    row = page.locator(".o_data_row", has_text="A-3")
    expect(row).to_contain_text("More than 20 %")
    expect(row).to_contain_text("15.00")
    expect(row).to_contain_text("45.00")
    shot(page, "7-catalogue-review")
    for code in ("A-3", "A-5"):
        page.locator(".o_data_row", has_text=code).locator("button[name=action_reject]").click()
        expect(page.locator(".o_data_row", has_text=code)).to_have_count(0)

    # The rest at once; it says how many before it runs.
    page.get_by_role("button", name="Accept all within a limit").first.click()
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text("Will be accepted: 3. Stays to be decided: 0.")
    percent = dialog.locator("[name=percent] input")
    percent.fill("2")
    percent.blur()
    expect(dialog).to_contain_text("Will be accepted: 2. Stays to be decided: 1.")
    percent.fill("5")
    percent.blur()
    expect(dialog).to_contain_text("Will be accepted: 3.")
    shot(page, "8-catalogue-limit")
    dialog.get_by_role("button", name="Accept them").click()
    applied = [("A-1", "applied"), ("A-2", "applied"), ("A-3", "rejected"), ("A-4", "applied")]
    buying.until(lambda: changes(desk) == [*applied, ("A-5", "rejected")], lambda: changes(desk))

    assert [prices(desk, code)[0][0] for code in ("A-1", "A-2", "A-3", "A-5")] == [102, 20.4, 15, 40]
    # The future price waits for its day beside today's.
    day = str(date.fromisoformat(LATER) - timedelta(days=1))
    assert sorted(prices(desk, "A-4")) == [(40, False, day), (41, LATER, False)]
    [(lamp,)] = desk.find("product.product", [("seller_ids.product_code", "=", "A-4")], "id")
    ours = [("name", "=", "Wood Corner"), ("email", "=", "office@supplier.example")]
    [(vendor,)] = desk.find("res.partner", ours, "id")
    line = {"product_id": lamp, "product_qty": 1}
    order = desk.admin.create("purchase.order", {"partner_id": vendor, "order_line": [(0, 0, line)]})
    desk.expect([(40,)], "purchase.order.line", [("order_id", "=", order)], "price_unit")


def test_who_approved_a_price_can_be_read(desk, page):
    log_in(page, desk.odoo, "/odoo/action-trade_purchase.trade_catalogue_change_action_history")
    page.locator(".o_data_row", has_text="A-1").locator("td").nth(1).click()
    form = page.locator(".o_form_view.o_action")
    for words in ("100.00", "102.00", "2.00", "Applied"):
        expect(form).to_contain_text(words)
    expect(form.locator("[name=decided_by_id]")).to_contain_text("Administrator")
    expect(form.locator("[name=decided_at]")).not_to_be_empty()
    shot(page, "8-catalogue-approved")


# -- answers to orders -----------------------------------------------------------------------------


def review(desk, page, number):
    """Open the review from the order; returns the form."""
    [(order,)] = desk.find("purchase.order", [("partner_ref", "=", number)], "id")
    desk.expect([("held",)], "purchase.order", [("id", "=", order)], "trade_state")
    log_in(page, desk.odoo, f"/odoo/purchase/{order}")
    page.locator(".o_form_view.o_action").get_by_role("link", name="Answered").or_(
        page.locator(".o_trade_exchange a, .o_trade_exchange button", has_text="Answered")
    ).first.click()
    form = page.locator(".o_form_view.o_action")
    expect(form).to_contain_text("Answer to")
    return form


def lines(desk, number):
    """``[(product, quantity, price)]`` of an order."""
    domain = [("order_id.partner_ref", "=", number)]
    return desk.find("purchase.order.line", domain, "product_id", "product_qty", "price_unit")


def expect_lines(desk, number, *wanted):
    buying.until(lambda: lines(desk, number) == [*wanted], lambda: lines(desk, number))


def test_a_rejected_line_is_asked_of_another_vendor(desk, page):
    form = review(desk, page, "O-REJECTED")
    row = form.locator(".o_data_row", has_text="Shelf")
    expect(row).to_contain_text("Nothing")
    shot(page, "11-answer-rejected")
    row.get_by_role("button", name="Other vendors").click()
    dialog = page.locator(".modal-dialog")
    offer = dialog.locator(".o_data_row", has_text="Ready Mat")
    expect(offer).to_contain_text("22.00")
    expect(offer).to_contain_text("10")  # per cent above
    shot(page, "12-answer-vendors")
    offer.get_by_role("button", name="Ask this vendor").click()
    expect(page.locator(".o_purchase_order [name=partner_id] input")).to_have_value("Ready Mat")

    desk.expect([("answered",)], "purchase.order", [("partner_ref", "=", "O-REJECTED")], "trade_state")
    expect_lines(desk, "O-REJECTED", ("Desk", 10, 100), ("Shelf", 0, 20))
    domain = [("order_id.partner_id.name", "=", "Ready Mat")]
    names = ("product_id", "product_qty", "price_unit", "state")
    assert desk.find("purchase.order.line", domain, *names) == [("Shelf", 5, 22, "draft")]


def test_another_item_is_swapped_when_it_is_accepted(desk, page):
    form = review(desk, page, "O-OTHER")
    row = form.locator(".o_data_row", has_text="Shelf")
    expect(row).to_contain_text("Stool: 5 Units")
    expect_lines(desk, "O-OTHER", ("Desk", 10, 100), ("Shelf", 5, 20))  # not before
    shot(page, "13-answer-other-item")
    row.locator("button[name=action_accept]").click()
    expect_lines(desk, "O-OTHER", ("Desk", 10, 100), ("Shelf", 0, 20), ("Stool", 5, 21))
    domain = [("order_id.partner_ref", "=", "O-OTHER"), ("trade_replaces_id", "!=", False)]
    desk.expect([("Stool", True)], "purchase.order.line", domain, "product_id", "trade_answered")


def test_too_dear_an_answer_is_countered(desk, page):
    form = review(desk, page, "O-DEAR")
    row = form.locator(".o_data_row", has_text="Shelf")
    expect(row).to_contain_text("26.00")
    row.locator("button[name=action_counter]").click()
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text("Propose something else")
    dialog.locator("[name=counter_price] input").fill("22.5")
    note = dialog.locator("[name=counter_note] textarea, [name=counter_note] input").first
    note.fill("As in spring?")
    shot(page, "14-answer-counter")
    dialog.get_by_role("button", name="Propose this").click()

    # It leaves as the order's next revision.
    [(number,)] = desk.find("purchase.order", [("partner_ref", "=", "O-DEAR")], "name")
    text = desk.left(f'"{number}"', "22.5", "As in spring?")
    assert '"sequence_number": 1' in text or '"sequence_number":1' in text
    desk.expect([(1,)], "purchase.order", [("partner_ref", "=", "O-DEAR")], "trade_revision")
    expect_lines(desk, "O-DEAR", ("Desk", 10, 100), ("Shelf", 5, 22.5))
    domain = [("order_id.name", "=", number), ("decision", "=", "countered")]
    desk.expect([("Administrator", 22.5)], "trade.purchase.answer", domain, "decided_by_id", "counter_price")
    page.reload()
    shot(page, "15-answer-countered")
