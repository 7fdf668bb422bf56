"""Schemathesis against a running server: it makes up requests from the API's own description, and whatever
the answers are, the description must have said so."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from road import until

import clusters
import harness

#: what a supplier's system finds when it begins: a way in with all scopes, two orders, some events
SETUP = """
import json
partners = env["trade.partner"].create([
    {"partner_id": env["res.partner"].create({"name": name, "is_company": True}).id, "state": "live"}
    for name in ("Wood Corner", "Ready Mat")
])
partner = partners[0]
connector = env["trade.connector"].create({
    "name": "They fetch", "trade_partner_id": partner.id, "transport": "pull",
    "company_id": partner.company_id.id,
})
env["trade.route"].create([
    {"trade_partner_id": partner.id, "connector_id": connector.id,
     "direction": direction, "document_type": kind}
    for direction, kind in (("in", "order_response"), ("out", "order"))
])
products = env["product.product"].create([
    {"name": name, "default_code": name.upper(), "is_storable": True} for name in ("Table", "Chair")
])
orders = env["purchase.order"].create([
    {"partner_id": partner.partner_id.id,
     "order_line": [(0, 0, {"product_id": product.id, "product_qty": 5, "price_unit": 10})]}
    for product in products
])
orders.button_confirm()
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
places = {
    "location_id": warehouse.lot_stock_id.id,
    "location_dest_id": env.ref("stock.stock_location_customers").id,
}
for product in products:
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 12)
shipments = env["stock.picking"].create([
    {"picking_type_id": warehouse.out_type_id.id, "partner_id": partner.partner_id.id, **places,
     "move_ids": [(0, 0, {"product_id": product.id, "product_uom_qty": 1, **places})]}
    for product in products
])
shipments.action_confirm()
shipments.action_assign()
shipments.move_ids.picked = True
shipments._action_done()
bills = env["account.move"].create([
    {"move_type": "in_invoice", "partner_id": partner.partner_id.id, "ref": f"R-{number}",
     "invoice_date": "2026-03-01",
     "invoice_line_ids": [(0, 0, {"name": "Goods", "quantity": 2, "price_unit": 10, "tax_ids": []})]}
    for number in (1, 2)
])
bills[0].action_post()
client = env["trade.api.client"].create({
    "name": "Schema tests", "trade_partner_id": partner.id, "per_minute": 0,
    "scope_ids": [(6, 0, env["trade.api.scope"].search([]).ids)],
})
key = client.action_new_key()["params"]["secret"]
env.cr.commit()
print("FOUND " + json.dumps({
    "key": key,
    "known": {"orders": orders.mapped("name"), "shipments": shipments.mapped("name"),
              "invoice-status": bills.mapped("ref"),
              "availability": products.mapped("default_code"), "prices": products.mapped("default_code")},
}))
"""
HOOKS = Path(__file__).with_name("api_schema_hooks.py")
EXAMPLES = "15"  # requests made up for each operation, beside those that cover its description
SEED = "20260301"


#: what may be logged: who tried without a key, and who asked for more than an address can carry
EXPECTED = ("trade_http.intake: denied: ", "code 414, message Request-URI Too Long")
LISTS = ("orders", "events", "shipments", "availability", "prices", "invoice-status")


@pytest.fixture(scope="module")
def api():
    """A server, a supplier's key, and what it has: ``{list: [number or code]}``."""
    with harness.database("e2e_api_schema") as database:
        printed = harness.shell(clusters.cluster("test"), database, SETUP)
        found = json.loads(printed.rpartition("FOUND ")[2].splitlines()[0])
        with harness.Server(database, workers=2) as odoo:
            key, known = found["key"], found["known"]
            known["messages"] = [_pushed(odoo.wait_for_jobs(), key)]
            yield odoo, key, known


def test_the_api_is_what_it_says(api, tmp_path):
    odoo, key, known = api
    root = f"{odoo.url}/trade/v1"
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{root}/openapi.json"),
        *("--header", f"Authorization: Bearer {key}", "--checks", "all", "--mode", "all"),
        *("--max-examples", EXAMPLES),
        *("--seed", SEED, "--generation-deterministic", "--no-color"),
        *("--request-timeout", "30", "--continue-on-failure"),
        # What breaks a rule between fields is left out (the hooks); of documents with many rules that is most
        # of what is made up.
        *("--suppress-health-check", "filter_too_much"),
    ]
    there = json.dumps({"cursors": {name: _cursor(root, key, name) for name in LISTS}, "known": known})
    env = {**os.environ, "API_SCHEMA_KNOWN": there, "SCHEMATHESIS_HOOKS": str(HOOKS)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert not [line for line in odoo.trouble() if not any(words in line for words in EXPECTED)]


def _cursor(root, key, name):
    """Where a list goes on after its first element, once it has two."""

    def ask():
        answer = requests.get(
            f"{root}/{name}?limit=1", headers={"Authorization": f"Bearer {key}"}, timeout=30
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["next"]

    return until(ask, lambda: f"there is nothing under /{name}")


def _pushed(odoo, key):
    """The id of a message that was taken."""
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "first"}
    answer = requests.post(f"{odoo.url}/trade/v1/order-responses", json={}, headers=headers, timeout=30)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]
