# Run in Odoo's shell by stock_feed.py, which puts shell_clock.py before it and appends the call.
# ruff: noqa: F821
import os
import uuid
from datetime import timedelta

from odoo import fields

from odoo.addons.trade_core.models.trade_adapter import Work
from odoo.addons.trade_kernel.canonical import InventoryReport

ITEMS, KNOWN, PIECE, BATCH = 100_000, 20_000, 1_000, 50
LAYOUT = {
    "format": "csv",
    "document_type": "inventory_report",
    "delimiter": ";",
    "rules": [
        {"to": "id", "source": "Report"},
        {"to": "issue_date", "source": "Day", "kind": "date"},
        {"to": "inventory_lines.item.sellers_item_identification.id", "source": "Item"},
        {"to": "inventory_lines.item.name", "source": "Name"},
        {"to": "inventory_lines.inventory_location.id.id", "source": "Place"},
        {"to": "inventory_lines.quantity.value", "source": "Free", "kind": "number"},
        {"to": "inventory_lines.quantity.unit_code", "constant": "C62"},
        {"to": "inventory_lines.quantity_type_code", "constant": "available"},
    ],
}


# -- the data ------------------------------------------------------------------------------------


def prepare():
    """A supplier with a route, and products that know its codes."""
    vendor = env["res.partner"].create({"name": "Bench Supplier", "is_company": True})
    profile = env["trade.partner"].create({"partner_id": vendor.id, "state": "live"})
    connector = env["trade.connector"].create(
        {"name": "Bench", "trade_partner_id": profile.id, "transport": "manual"}
    )
    layout = env["trade.layout"].create({"name": "Bench", "document_type": LAYOUT["document_type"]})
    rules = [{"target": rule["to"], **rule} for rule in LAYOUT["rules"]]
    layout.draft_id.write(
        {
            "delimiter": LAYOUT["delimiter"],
            "rule_ids": [(0, 0, {name: rule[name] for name in rule if name != "to"}) for rule in rules],
        }
    )
    layout.draft_id.action_use()
    env["trade.route"].create(
        {
            "trade_partner_id": profile.id,
            "connector_id": connector.id,
            "direction": "in",
            "document_type": LAYOUT["document_type"],
            "codec": "layout",
            "layout_id": layout.id,
        }
    )
    step = ITEMS // KNOWN
    for start in range(0, KNOWN, 1_000):
        products = env["product.product"].create(
            [{"name": f"Bench {number}", "is_storable": True} for number in range(start, start + 1_000)]
        )
        env["product.supplierinfo"].create(
            [
                {
                    "partner_id": vendor.id,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "product_code": f"ACME-{step * number}",
                }
                for number, product in enumerate(products, start)
            ]
        )
        env.cr.commit()
        env.invalidate_all()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    return {}


def route():
    return env["trade.route"].search([("trade_partner_id.name", "=", "Bench Supplier")])


def line(number, turn):
    """``(item, name, place, quantity)`` of one line of a report."""
    item = number % ITEMS
    return f"ACME-{item}", f"Bolt M8 x {item % 90}, zinc plated", f"W{number // ITEMS}", (number + turn) % 977


def document(piece, lines, turn, at):
    first = piece * PIECE
    return InventoryReport.model_validate(
        {
            "id": f"S{turn}" if not piece else f"S{turn}-{piece + 1}",
            "issue_date": at.date(),
            "issue_time": f"{at:%H:%M:%S}+00:00",
            "report_scope": "snapshot",
            "inventory_lines": [
                {
                    "id": str(number - first + 1),
                    "quantity": {"value": str(quantity), "unit_code": "C62"},
                    "quantity_type_code": "available",
                    "inventory_location": {"id": {"id": place}},
                    "item": {"name": name, "sellers_item_identification": {"id": code}},
                }
                for number in range(first, min(first + PIECE, lines))
                for code, name, place, quantity in [line(number, turn)]
            ],
        }
    )


# -- the ways ------------------------------------------------------------------------------------


COLUMNS = (
    "trade_partner_id, company_id, item_code, item_scheme, location, kind, order_ref, line_ref, unit_code,"
    " available_from, quantity, product_qty, item_name, gtin, product_id, report_id, message_id, as_of"
)


def compare(lines, path):
    """Read documents to rows by the adapter; then the same rows, as they stood, by the raw way."""
    figures = {"adapter": {}, "raw": {}}
    for turn, name in enumerate(("first", "second"), 1):
        figures["adapter"][name] = adapter(turn, lines)
        with open(f"{path}.{name}", "w") as file:
            env.cr.copy_expert(
                f"COPY (SELECT {COLUMNS} FROM trade_supplier_stock ORDER BY message_id, id)"
                " TO STDOUT (FORMAT csv)",
                file,
            )
    env.cr.execute("TRUNCATE trade_supplier_stock")
    env.cr.commit()
    for turn, name in enumerate(("first", "second"), 1):
        figures["raw"][name] = raw(f"{path}.{name}")
        _verify(lines, turn)
        os.unlink(f"{path}.{name}")
    return figures


def adapter(turn, lines):
    way = env["trade.adapter.in.inventory_report"]
    at = fields.Datetime.now() - timedelta(hours=3 - turn)
    pieces = [env["trade.message"].browse(one) for one in _messages(turn, -(-lines // PIECE))]
    clock, before = Clock(backend()), memory()
    for start in range(0, len(pieces), BATCH):
        works = [
            Work(pieces[piece], document(piece, lines, turn, at))
            for piece in range(start, min(start + BATCH, len(pieces)))
        ]
        clock.start()
        way._plan(works)
        way._apply(works)
        env.flush_all()
        env.cr.commit()
        clock.stop()
        assert all(work.open for work in works)
        env.invalidate_all()
    _verify(lines, turn)
    return clock.figures(lines, before)


def _messages(turn, count):
    """The messages of a file in pieces, as the pipeline has stored them."""
    Message = env["trade.message"]
    key = uuid.uuid4().hex
    whole = Message._receive(b"{}", route=route(), scope="bench", key=key).message_id
    ids = [
        Message._receive(
            b"{}", route=route(), scope=f"part:{whole}", key=str(piece), parent=Message.browse(whole)
        ).message_id
        for piece in range(count)
    ]
    env.cr.postcommit.clear()  # nobody wakes lanes here
    env.cr.commit()
    return ids


def _verify(lines, turn):
    """Every row is there, with its quantity and its product; otherwise the figures are worth nothing."""
    env.cr.execute(
        "SELECT count(*), sum(quantity), count(product_id) FROM trade_supplier_stock WHERE kind = 'available'"
    )
    [found] = env.cr.fetchall()
    said = [line(number, turn) for number in range(lines)]
    known = sum(int(one[0][5:]) % (ITEMS // KNOWN) == 0 for one in said)
    expected = (lines, sum(one[3] for one in said), known)
    assert tuple(map(int, found)) == expected, (found, expected)


def raw(path):
    """COPY into a temporary table, and one upsert; the file holds the rows as they are stored."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", ")[-8:])
    clock, before = Clock(backend()), memory()
    clock.start()
    env.cr.execute(
        f"CREATE TEMP TABLE said ON COMMIT DROP AS SELECT {COLUMNS} FROM trade_supplier_stock LIMIT 0"
    )
    with open(path) as file:
        env.cr.copy_expert(
            "COPY said FROM STDIN (FORMAT csv, FORCE_NOT_NULL (location, order_ref, line_ref))", file
        )
    env.cr.execute(
        f"INSERT INTO trade_supplier_stock ({COLUMNS}) SELECT {COLUMNS} FROM said"
        " ON CONFLICT (trade_partner_id, item_code, item_scheme, location, kind, order_ref, line_ref,"
        f" unit_code, COALESCE(available_from, '0001-01-01'::date)) DO UPDATE SET {updates}"
    )
    rows = env.cr.rowcount
    env.cr.commit()
    clock.stop()
    return clock.figures(rows, before)


def file(lines):
    """From stored bytes: the file is received before the clock starts, its lane is drained on it."""
    text = ["Report;Day;Item;Name;Place;Free"]
    today = fields.Date.today()
    for number in range(lines):
        code, name, place, quantity = line(number, 1)
        text.append(f"S1;{today};{code};{name};{place};{quantity}")
    env["trade.message"]._receive("\n".join(text).encode(), route=route(), scope="bench", key="file")
    env.cr.postcommit.clear()  # nobody wakes lanes here
    env.cr.commit()
    clock, before = Clock(), memory()
    clock.start()
    while env["trade.message"].search_count([("state", "=", "received")]):
        env.cr.commit()
        env["trade.lane"]._drain(f"in/{route().id}")
    env.cr.commit()
    clock.stop()
    assert not env["trade.message"].search_count([("state", "=", "held")])
    _verify(lines, 1)
    return {"first": clock.figures(lines, before)}
