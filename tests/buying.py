"""What a buyer's browser tests need: one supplier whose documents come and go as files, and a look into the
records."""

import contextlib
import tempfile
from pathlib import Path

import pytest
from road import until

import clusters
import harness
from odoo.addons.trade_demo.scenario.person import Person

#: begins what a test runs in Odoo's shell: a supplier with three products it knows by its own codes
SETUP = """
import json
from datetime import date, timedelta
from odoo import Command, fields

def contact(name):
    return env["res.partner"].create({"name": name, "is_company": True, "email": "office@supplier.example"})

vendor, other = contact("Wood Corner"), contact("Ready Mat")
profile = env["trade.partner"].create({"partner_id": vendor.id, "state": "live"})
connector = env["trade.connector"].create(
    {"name": "Wood Corner", "trade_partner_id": profile.id, "transport": "folder", "base_url": FOLDER}
)

def route(direction, kind, **vals):
    return env["trade.route"].create({
        "trade_partner_id": profile.id, "connector_id": connector.id, "direction": direction,
        "document_type": kind, **vals})

products = env["product.product"].create([
    {"name": name, "is_storable": True, "purchase_method": "receive", "supplier_taxes_id": [],
     "seller_ids": [Command.create({"partner_id": vendor.id, "product_code": code, "price": price})]}
    for name, code, price in (("Desk", "A-1", 100), ("Shelf", "A-2", 20), ("Stool", "A-3", 15))
])
desk, shelf, stool = products
currency = env.company.currency_id.name
today = fields.Date.today()

def money(value):
    return {"value": f"{value:.2f}", "currency_id": currency}

def ordered(*lines):
    order = env["purchase.order"].create({"partner_id": vendor.id, "order_line": [
        Command.create({"product_id": product.id, "product_qty": quantity, "price_unit": price, "tax_ids": [],
                        "date_planned": fields.Datetime.now() + timedelta(days=30)})
        for product, quantity, price in lines]})
    order.button_confirm()
    return order

def receive(order, quantity):
    moves = order.picking_ids.move_ids
    moves.quantity = quantity
    moves.picked = True
    order.picking_ids.with_context(skip_backorder=True).button_validate()

def came(route, *documents):
    for document in documents:
        said = {"document_type": route.document_type, "issue_date": str(today), **document}
        env["trade.message"]._receive(
            json.dumps(said).encode(), route=route, scope="test", key=document["id"])
    env["trade.lane"]._wake_ready(route)
"""


class Desk:
    """
    :ivar odoo: the running :class:`harness.Server`
    :ivar folder: where the supplier's files are put
    """

    def __init__(self, odoo, folder):
        self.odoo, self.folder = odoo, folder
        self.admin = Person(odoo.url, odoo.database, "admin", "admin")

    def find(self, model, domain, *names, **more):
        """``[(value, …)]`` in the order of their making; links are their names, more than one their ids."""
        found = self.admin.find(model, domain, names, **{"order": "id", **more})
        return [tuple(_plain(record[name]) for name in names) for record in found]

    def expect(self, wanted, model, domain, *names):
        """Wait until the records say so."""
        until(
            lambda: self.find(model, domain, *names) == wanted,
            lambda: f"{self.find(model, domain, *names)} instead of {wanted}",
        )

    def left(self, *words):
        """Wait for the one file that left for the supplier with all these words; returns its text."""

        def found():
            texts = [file.read_text() for file in self.folder.iterdir() if file.is_file()]
            return [text for text in texts if all(word in text for word in words)]

        [text] = until(found, lambda: f"nothing with {words} left: {list(self.folder.iterdir())}")
        return text


def _plain(value):
    return value[1] if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str) else value


@contextlib.contextmanager
def desk(name, script):
    """Odoo with what ``script`` makes after :data:`SETUP`, one for all tests of a file."""
    if not harness.chromium():
        pytest.skip("no Chromium found (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as folder, harness.database(name) as database:
        env = {"TRADE_FOLDERS": folder}
        begin = f"FOLDER = {folder!r}\n"
        harness.shell(clusters.cluster("test"), database, begin + SETUP + script + "\nenv.cr.commit()\n")
        with harness.Server(database, env=env) as odoo:
            yield Desk(odoo.wait_for_jobs(), Path(folder))
