"""A buyer in Chromium: reviews a price list and decides about an invoice that bills too much.

Each step leaves a screenshot in `.odoo/screenshots/`.
"""

import json
import re

import pytest
from browsing import log_in, shot
from playwright.sync_api import expect
from road import until

import clusters
import harness

pytestmark = pytest.mark.browser

SETUP = """
import json
vendor = env["res.partner"].create({"name": "Wood Corner", "is_company": True})
profile = env["trade.partner"].create({"partner_id": vendor.id, "state": "live"})
connector = env["trade.connector"].create(
    {"name": "Wood Corner", "trade_partner_id": profile.id, "transport": "manual"}
)
routes = env["trade.route"].create([
    {"trade_partner_id": profile.id, "connector_id": connector.id, "direction": "in", "document_type": kind}
    for kind in ("price_catalogue", "invoice")
])
routes[0].catalogue_outlier_percent = 20
products = env["product.product"].create([
    {"name": name, "is_storable": True, "purchase_method": "receive", "supplier_taxes_id": [],
     "seller_ids": [(0, 0, {"partner_id": vendor.id, "product_code": code, "price": price})]}
    for name, code, price in (("Desk", "A-1", 100), ("Shelf", "A-2", 20), ("Stool", "A-3", 15))
])
order = env["purchase.order"].create({"partner_id": vendor.id, "order_line": [(0, 0, {
    "product_id": products[0].id, "product_qty": 12, "price_unit": 10, "tax_ids": []})]})
order.button_confirm()
moves = order.picking_ids.move_ids
moves.quantity = 12
moves.picked = True
order.picking_ids.button_validate()
currency = env.company.currency_id.name
money = lambda value: {"value": f"{value:.2f}", "currency_id": currency}
catalogue = {
    "document_type": "price_catalogue", "id": "LIST-1", "issue_date": "2026-03-01",
    "document_currency_code": currency,
    "catalogue_lines": [
        {"id": str(number), "item": {"name": code, "sellers_item_identification": {"id": code}},
         "prices": [{"price": {"price_amount": money(price)}}]}
        for number, (code, price) in enumerate((("A-1", 102), ("A-2", 20.4), ("A-3", 45)), 1)
    ],
}
invoice = {
    "document_type": "invoice", "id": "R-1", "issue_date": "2026-03-02", "document_currency_code": currency,
    "order_reference": {"id": order.name},
    "accounting_supplier_party": {"party_name": "Wood Corner"},
    "accounting_customer_party": {"party_name": "Us"},
    "legal_monetary_total": {name: money(144) for name in (
        "line_extension_amount", "tax_exclusive_amount", "tax_inclusive_amount", "payable_amount")},
    "invoice_lines": [{"id": "1", "order_line_reference": {"line_id": "1"}, "item": {"name": "Desk"},
                       "quantity": {"value": "12", "unit_code": "C62"}, "price": {"price_amount": money(12)},
                       "line_extension_amount": money(144)}],
}
for route, document in zip(routes, (catalogue, invoice)):
    raw = json.dumps(document).encode()
    env["trade.message"]._receive(raw, route=route, scope="test", key=document["id"])
env["trade.lane"]._wake_ready(routes)
env.cr.commit()
"""


@pytest.fixture(scope="module")
def odoo():
    if not harness.chromium():
        pytest.skip("no Chromium found (Debian: apt-get install chromium)")
    with harness.database("e2e_browser_purchase") as name:
        harness.shell(clusters.cluster("test"), name, SETUP)
        with harness.Server(name) as odoo:
            yield odoo.wait_for_jobs()


def found(odoo, script):
    """What a line of Python in Odoo's shell finds, as JSON."""
    printed = harness.shell(odoo.cluster, odoo.database, f"import json\nprint('FOUND', json.dumps({script}))")
    return json.loads(printed.rpartition("FOUND ")[2].splitlines()[0])


def test_a_price_list_is_accepted_within_a_limit(odoo, page):
    states = "env['trade.catalogue'].search([]).mapped('state')"
    until(lambda: found(odoo, states) == ["to_review"], lambda: found(odoo, states))
    log_in(page, odoo, "/odoo/action-trade_purchase.trade_catalogue_action")
    page.locator(".o_data_row", has_text="LIST-1").locator("td").nth(1).click()
    form = page.locator(".o_form_view.o_action")
    expect(form).to_contain_text("LIST-1")
    shot(page, "7-catalogue")
    page.get_by_role("button", name="Accept all within a limit").first.click()
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text("2")  # it says how many before it runs
    shot(page, "8-catalogue-limit")
    dialog.get_by_role("button", name="Accept them").click()
    prices = (
        "env['product.supplierinfo'].search([('product_code', 'like', 'A-_')], order='id').mapped('price')"
    )
    until(lambda: found(odoo, prices) == [102.0, 20.4, 15.0], lambda: found(odoo, prices))


def test_too_high_a_price_on_an_invoice_is_decided_with_its_arithmetic(odoo, page):
    log_in(page, odoo, "/odoo/action-trade_purchase_account.trade_bill_match_action")
    page.locator(".o_data_row", has_text="R-1").locator("td").nth(1).click()
    form = page.locator(".o_form_view.o_action")
    expect(form).to_contain_text(re.compile("12.00"))
    expect(form).to_contain_text(re.compile("10.00"))
    shot(page, "9-invoice")
    page.get_by_role("button", name="Accept all").first.click()
    bills = "env['account.move'].search([('ref', '=', 'R-1')]).mapped('amount_total')"
    until(lambda: found(odoo, bills) == [144.0], lambda: found(odoo, bills))
    shot(page, "10-invoice-accepted")
