"""A buyer in Chromium: decides about invoices that bill something else than was ordered and received.

Each step leaves a screenshot in `.odoo/screenshots/`.
"""

import buying
import pytest
from browsing import log_in, shot
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SETUP = """
invoices = route("in", "invoice")
route("out", "acknowledgement", codec="ubl", codec_options={"profile": "peppol_invoice_response"},
      ack_expected="transport")

def invoice(number, order, price, quantity=12):
    whole = money(quantity * price)
    return {
        "id": number, "document_currency_code": currency, "order_reference": {"id": order.name},
        "accounting_supplier_party": {"party_name": "Wood Corner"},
        "accounting_customer_party": {"party_name": "Us"},
        "legal_monetary_total": {name: whole for name in (
            "line_extension_amount", "tax_exclusive_amount", "tax_inclusive_amount", "payable_amount")},
        "invoice_lines": [{"id": "1", "order_line_reference": {"line_id": "1"}, "item": {"name": "Desk"},
                           "quantity": {"value": str(quantity), "unit_code": "C62"},
                           "price": {"price_amount": money(price)}, "line_extension_amount": whole}]}

orders = [ordered((desk, 12, 10)) for _each in range(4)]
for order, quantity in zip(orders, (12, 12, 12, 5)):
    receive(order, quantity)
came(invoices, *(invoice(f"R-{at}", order, price) for at, (order, price) in enumerate(
    zip(orders, (12, 12, 11, 10)), 1)))
"""


@pytest.fixture(scope="module")
def desk():
    with buying.desk("e2e_browser_invoice", SETUP) as found:
        yield found


def match(desk, page, number, state="to_decide"):
    """Open an invoice from the list; returns the form."""
    expect_match(desk, number, state)
    log_in(page, desk.odoo, "/odoo/action-trade_purchase_account.trade_bill_match_action")
    page.locator(".o_data_row", has_text=number).locator("td").nth(1).click()
    form = page.locator(".o_form_view.o_action")
    expect(form.locator("h1")).to_contain_text(number)
    return form


def expect_match(desk, number, state):
    desk.expect([(state,)], "trade.bill.match", [("number", "=", number)], "state")


def bills(desk, number):
    """``[(total, quantity billed on the order)]``"""
    domain = [("move_id.ref", "=", number), ("purchase_line_id", "!=", False)]
    return desk.find("account.move.line", domain, "price_subtotal", "quantity")


def receive_rest(desk, number, quantity):
    """The rest of what is billed arrives."""
    [(orders,)] = desk.find("trade.bill.match", [("number", "=", number)], "order_ids")
    domain = [("picking_id.purchase_id", "in", orders), ("state", "not in", ("done", "cancel"))]
    [(move,)] = desk.find("stock.move", domain, "id")
    desk.admin.write("stock.move", move, {"quantity": quantity, "picked": True})
    [picking] = desk.admin.read("stock.move", move, ["picking_id"])
    desk.admin.press("stock.picking", "button_validate", picking["picking_id"][0])


def test_a_difference_is_accepted_with_its_arithmetic_on_the_screen(desk, page):
    form = match(desk, page, "R-1")
    row = form.locator(".o_data_row", has_text="Desk")
    expect(row).to_contain_text("12 × 12.00 = 144.00 USD billed, 12 × 10.00 = 120.00 USD agreed")
    expect(row).to_contain_text("24.00 USD (20 %) more")
    shot(page, "9-invoice")
    form.get_by_role("button", name="Accept all").first.click()
    expect_match(desk, "R-1", "billed")
    assert bills(desk, "R-1") == [(144, 12)]
    page.reload()
    expect(page.locator(".o_form_view.o_action")).to_contain_text("Booked.")
    shot(page, "10-invoice-accepted")


def test_an_invoice_is_disputed_and_the_supplier_reads_why(desk, page):
    form = match(desk, page, "R-2")
    form.get_by_role("button", name="Dispute…").first.click()
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text("12 × 12.00 = 144.00 USD billed")
    dialog.locator("[name=reason] textarea").fill("10.00 was agreed on the phone.")
    shot(page, "10-invoice-dispute")
    dialog.get_by_role("button", name="Dispute").click()
    expect_match(desk, "R-2", "disputed")
    assert not bills(desk, "R-2")
    answer = desk.left("R-2", "10.00 was agreed on the phone.")
    assert ">UQ<" in answer  # under query
    page.reload()
    form = page.locator(".o_form_view.o_action")
    expect(form).to_contain_text("Disputed. It is not booked until you decide otherwise")
    expect(form).to_contain_text("was told on")
    shot(page, "10-invoice-disputed")


def test_a_credit_note_is_requested_over_the_amount(desk, page):
    form = match(desk, page, "R-3")
    expect(form.locator("[name=difference]").first).to_contain_text("12.00")
    form.get_by_role("button", name="Ask for a credit note").first.click()
    expect_match(desk, "R-3", "credit_requested")
    assert bills(desk, "R-3") == [(132, 12)]
    domain = [("match_id.number", "=", "R-3")]
    desk.expect([(12, True)], "trade.bill.match.line", domain, "credit_due", "credit_open")
    assert "We expect a credit note over" in desk.left("R-3", "12.00")
    page.reload()
    form = page.locator(".o_form_view.o_action")
    expect(form).to_contain_text("A credit note from the supplier is expected.")
    shot(page, "10-invoice-credit")


def test_what_is_not_received_waits_and_goes_on_by_itself(desk, page):
    form = match(desk, page, "R-4", state="waiting")
    expect(form).to_contain_text("Waits until the goods are received")
    expect(form.locator(".o_data_row")).to_contain_text(
        "12 Units billed, 5 Units received: 7 Units not received"
    )
    shot(page, "10-invoice-waits")
    assert not bills(desk, "R-4")
    receive_rest(desk, "R-4", 7)
    expect_match(desk, "R-4", "billed")
    assert bills(desk, "R-4") == [(120, 12)]
