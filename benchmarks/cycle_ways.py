# Run in Odoo's shell by cycle.py, which puts shell_clock.py before it and appends the call.
# ruff: noqa: F821
from datetime import date, timedelta

from odoo import Command, fields

VENDOR = "Bench Supplier"
LINES = 5
LOTS = (7, 5)  # of the 12 pieces of a line, where shipments are packed
DAY = date(2031, 3, 10)
KINDS = ("order_response", "despatch_advice", "invoice")
QUIET = {"tracking_disable": True, "skip_uom_conversion": True, "mail_notify_force_send": False}


def prepare(count, packed=False):
    """Confirmed orders of 5 lines of a supplier whose answers may be dearer by 10 %, and later by 5 days.

    :param packed: goods come in packages and lots
    """
    vendor = env["res.partner"].create({"name": VENDOR, "is_company": True})
    profile = env["trade.partner"].create({"partner_id": vendor.id, "state": "live"})
    connector = env["trade.connector"].create(
        {"name": "Bench", "trade_partner_id": profile.id, "transport": "manual"}
    )
    rules = [{"dimension": "price", "tolerance_percent": 10}, {"dimension": "date", "tolerance_days_late": 5}]
    policy = env["trade.deviation.policy"].create(
        {
            "name": "Bench",
            "rule_ids": [Command.create({**rule, "within": "accept", "beyond": "hold"}) for rule in rules],
        }
    )
    env["trade.route"].create(
        [
            {
                "trade_partner_id": profile.id,
                "connector_id": connector.id,
                "direction": "in",
                "document_type": kind,
                "deviation_policy_id": policy.id if kind == "order_response" else False,
            }
            for kind in KINDS
        ]
    )
    products = env["product.product"].create(
        [
            {
                "name": f"Article {number}",
                "default_code": f"B-{number}",
                "is_storable": True,
                "tracking": "lot" if packed else "none",
                "purchase_method": "receive",
                "supplier_taxes_id": [],
                "seller_ids": [
                    Command.create({"partner_id": vendor.id, "product_code": f"A-{number}", "price": 10})
                ],
            }
            for number in range(1, LINES + 1)
        ]
    )
    orders = env["purchase.order"].create(
        [
            {
                "partner_id": vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "name": product.name,
                            "product_qty": 12,
                            "product_uom_id": product.uom_id.id,
                            "price_unit": 10.0,
                            "tax_ids": [],
                            "date_planned": fields.Datetime.to_datetime(DAY) + timedelta(hours=11),
                        }
                    )
                    for product in products
                ],
            }
            for _number in range(count)
        ]
    )
    orders.button_confirm()
    env.cr.commit()
    return {}


def all_orders():
    return env["purchase.order"].search([("partner_id.name", "=", VENDOR)], order="id")


# -- the documents -----------------------------------------------------------------------------------


def money(value):
    return {"value": f"{value:.2f}", "currency_id": env.company.currency_id.name}


def line(number, **values):
    return {
        "id": str(number),
        "order_line_reference": {"line_id": str(number)},
        "item": {"name": f"Article {number}", "sellers_item_identification": {"id": f"A-{number}"}},
        **values,
    }


def document(kind, name, packed=False):
    """The supplier's document about an order: dearer, two days later, all of it sent and billed."""
    quantity, numbers = {"value": "12", "unit_code": "C62"}, range(1, LINES + 1)
    price = {"price_amount": money(10.5)}
    head = {"document_type": kind, "id": f"{kind[:2].upper()}-{name}", "issue_date": "2031-01-05"}
    if kind == "order_response":
        period = {"end_date": (DAY + timedelta(days=2)).isoformat()}
        said = {"line_status_code": "3", "quantity": quantity, "price": price}
        said["promised_delivery_period"] = period
        return head | {
            "order_response_code": "CA",
            "document_currency_code": env.company.currency_id.name,
            "order_reference": {"id": name},
            "order_lines": [line(number, **said) for number in numbers],
        }
    if kind == "despatch_advice":
        return head | {
            "order_reference": {"id": name},
            "shipment": {"estimated_delivery_period": {"end_date": (DAY + timedelta(days=2)).isoformat()}},
            "despatch_lines": [line(number, delivered_quantity=quantity) for number in numbers],
            **(packing(name) if packed else {}),
        }
    total = 12 * 10.5 * LINES
    billed = {"quantity": quantity, "price": price, "line_extension_amount": money(126)}
    return head | {
        "document_currency_code": env.company.currency_id.name,
        "order_reference": {"id": name},
        "accounting_supplier_party": {"party_name": VENDOR},
        "accounting_customer_party": {"party_name": "Us"},
        "legal_monetary_total": {
            "line_extension_amount": money(total),
            "tax_exclusive_amount": money(total),
            "tax_inclusive_amount": money(total),
            "payable_amount": money(total),
        },
        "invoice_lines": [line(number, **billed) for number in numbers],
    }


def packing(name):
    """A pallet with a carton for each line, and what the lines say of their lots."""
    pallet, *cartons = [f"34{int(name.lstrip('P')):014d}{part:02d}" for part in range(LINES + 1)]
    packed = [
        {"id": carton, "parent_id": pallet, "packed_line": [{"line_id": str(number)}]}
        for number, carton in enumerate(cartons, 1)
    ]
    lines = []
    for number in range(1, LINES + 1):
        said = line(number, delivered_quantity={"value": "12", "unit_code": "C62"})
        said["item"]["item_instance"] = [
            {"lot_number_id": f"{name}-{number}-{lot}", "quantity": {"value": str(size), "unit_code": "C62"}}
            for lot, size in enumerate(LOTS)
        ]
        lines.append(said)
    return {"transport_handling_units": [{"id": pallet}, *packed], "despatch_lines": lines}


# -- the ways ----------------------------------------------------------------------------------------


class pipeline:
    """From stored bytes: what arrives is received before the clock starts, its lane is drained on it."""

    def __init__(self, packed):
        self.packed = packed

    def arrive(self, kind, orders):
        self.route = env["trade.route"].search(
            [("document_type", "=", kind), ("trade_partner_id.name", "=", VENDOR)]
        )
        for name in orders.mapped("name"):
            raw = json.dumps(document(kind, name, self.packed)).encode()
            env["trade.message"]._receive(raw, route=self.route, scope="bench", key=f"{kind}:{name}")
        env.cr.postcommit.clear()  # nobody wakes lanes here
        env.cr.commit()

    def apply(self, kind, orders):
        while env["trade.message"].search_count([("state", "=", "received")]):
            env.cr.commit()
            env["trade.lane"]._drain(f"in/{self.route.id}")
        env.cr.commit()


class orm:
    """The same effects by plain ORM calls on the parsed document, committed in batches as the lanes do."""

    def __init__(self, packed):
        self.packed = packed

    def arrive(self, kind, orders):
        self.raw = [json.dumps(document(kind, name, self.packed)) for name in orders.mapped("name")]

    def apply(self, kind, orders):
        for start in range(0, len(orders), 50):
            for order, text in zip(orders[start : start + 50], self.raw[start : start + 50], strict=True):
                getattr(self, kind)(order.with_context(**QUIET), json.loads(text))
            env.cr.commit()

    def order_response(self, order, said):
        for order_line, answer in zip(order.order_line, said["order_lines"], strict=True):
            day = date.fromisoformat(answer["promised_delivery_period"]["end_date"])
            order_line.write(
                {
                    "price_unit": float(answer["price"]["price_amount"]["value"]),
                    "date_planned": datetime_of(day, order_line.date_planned),
                }
            )
        order.acknowledged = True

    def despatch_advice(self, order, said):
        day = date.fromisoformat(said["shipment"]["estimated_delivery_period"]["end_date"])
        picking = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        picking.write({"origin": f"{order.name}, {said['id']}"})
        picking.move_ids.date = datetime_of(day, picking.move_ids[0].date)
        if said.get("transport_handling_units"):
            self.pack(picking, said)

    def pack(self, picking, said):
        """The receipt as the goods will be found: packages in their pallet, lots and quantities."""
        units = said["transport_handling_units"]
        records = env["stock.package"].create([{"name": unit["id"]} for unit in units])
        packages = dict(zip([unit["id"] for unit in units], records, strict=True))
        within, cartons = {}, {}
        for unit in units:
            if unit.get("parent_id"):
                within.setdefault(unit["parent_id"], env["stock.package"])
                within[unit["parent_id"]] |= packages[unit["id"]]
            for content in unit.get("packed_line", ()):
                cartons[content["line_id"]] = packages[unit["id"]]
        for name, packed in within.items():
            packed.package_dest_id = packages[name]
        picking.move_line_ids.unlink()
        env["stock.move.line"].create(
            [
                {
                    "move_id": move.id,
                    "picking_id": picking.id,
                    "product_id": move.product_id.id,
                    "product_uom_id": move.product_uom.id,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                    "quantity": float(instance["quantity"]["value"]),
                    "lot_name": instance["lot_number_id"],
                    "result_package_id": cartons[goods["id"]].id,
                }
                for move, goods in zip(picking.move_ids, said["despatch_lines"], strict=True)
                for instance in goods["item"]["item_instance"]
            ]
        )

    def invoice(self, order, said):
        order.action_create_invoice()
        order.invoice_ids.write({"ref": said["id"], "invoice_date": said["issue_date"]})


def datetime_of(day, like):
    return like.replace(year=day.year, month=day.month, day=day.day)


def cycle(way, count, warm, packed=False):
    """Run one way over all orders, stage by stage; the first orders warm up and are not counted."""
    work, spent = way(packed), {}
    orders = all_orders()
    for part, counted in ((orders[:warm], False), (orders[warm : warm + count], True)):
        for kind in ("order_response", "despatch_advice", "receipt", "invoice"):
            clock, before = Clock(database=env.cr.dbname), memory()
            if kind == "receipt":  # by people, the same for both
                clock.start()
                receive(part)
            else:
                work.arrive(kind, part)
                env.invalidate_all()
                clock.start()
                work.apply(kind, part)
            clock.stop()
            if counted:
                spent[kind] = clock.figures(len(part), before)
    return {**spent, "outcome": outcome(orders[: warm + count])}


def receive(orders):
    pickings = orders.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
    for move in pickings.move_ids:
        if move.quantity != move.product_uom_qty:
            move.quantity = move.product_uom_qty
    pickings.move_ids.picked = True
    pickings.with_context(skip_backorder=True).button_validate()
    env.cr.commit()


def outcome(orders):
    """What must be the same whatever way was taken: prices, days, goods, packages, lots and bills."""
    env.invalidate_all()
    found = set()
    for order in orders:
        lines = order.order_line
        found.add(
            json.dumps(
                [
                    lines.mapped("price_unit"),
                    [str(day.date()) for day in lines.mapped("date_planned")],
                    lines.mapped("qty_received"),
                    lines.mapped("qty_invoiced"),
                    sorted(order.invoice_ids.mapped("amount_total")),
                    sorted(received(order)),
                ]
            )
        )
    return sorted(found)


def received(order):
    """``[product, quantity, lot, package, pallet]`` of what was received, without what names the order."""
    for found in order.picking_ids.move_line_ids.filtered(lambda one: one.state == "done"):
        package = found.result_package_id
        yield [
            found.product_id.name,
            found.quantity,
            (found.lot_id.name or "").replace(order.name, ""),
            (package.name or "")[-2:],
            (package.parent_package_id.name or "")[-2:],
        ]
