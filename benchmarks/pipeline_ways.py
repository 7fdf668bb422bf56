# Run in Odoo's shell by pipeline.py, which appends the call. `env` is the shell's.
# ruff: noqa: F821
import json
import os
import time
from datetime import timedelta
from pathlib import Path

from odoo import fields, sql_db

BATCH = 50
TICKS = os.sysconf("SC_CLK_TCK")


def report(way, documents, postmaster):
    figures = way(documents) if way is prepare else measure(way, documents, postmaster)
    print("FIGURES " + json.dumps(figures), flush=True)


def measure(way, documents, postmaster):
    """Run one way over all answers; the first batch warms up and is not counted."""
    answers = [
        json.loads(text) for text in env["ir.config_parameter"].get_param("bench.answers").splitlines()
    ]
    work = way()
    for part in answers[:BATCH], answers[BATCH:documents]:
        work.arrive(part)
        queries, python, postgres = sql_db.sql_counter, time.process_time(), postgres_seconds(postmaster)
        started = time.perf_counter()
        work.apply(part)
        seconds = time.perf_counter() - started
        python, postgres = time.process_time() - python, postgres_seconds(postmaster) - postgres
    verify(answers[:documents])
    count = len(part)
    return {
        "documents": count,
        "seconds": seconds,
        "python_ms": python * 1000 / count,
        "postgres_ms": postgres * 1000 / count,
        "cpu_ms": (python + postgres) * 1000 / count,
        "queries": (sql_db.sql_counter - queries) / count,
    }


def postgres_seconds(postmaster):
    """CPU seconds of the server, its living and its ended processes."""
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    total = sum(_ticks(postmaster))
    for child in children:
        try:
            total += sum(_ticks(child)[:2])
        except FileNotFoundError:
            pass  # ended meanwhile: then it is in the postmaster's figures of its children
    return total / TICKS


def _ticks(pid):
    """utime, stime, cutime, cstime (proc(5))"""
    return [int(value) for value in Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:15]]


def verify(answers):
    """Every order stands where its answer says; otherwise the figures are worth nothing."""
    env.invalidate_all()
    orders = env["purchase.order"].search([("name", "in", [one["order_reference"]["id"] for one in answers])])
    assert len(orders) == len(answers)
    by_name = {order.name: order for order in orders}
    for answer in answers:
        order = by_name[answer["order_reference"]["id"]]
        days = {str(line.date_planned.date()) for line in order.order_line}
        assert days == {answer["order_lines"][0]["promised_delivery_period"]["end_date"]}, (order.name, days)
        assert order.acknowledged, order.name


# -- the ways ------------------------------------------------------------------------------------


class pipeline:
    """From stored bytes: what arrives is received before the clock starts, its lane is drained on it."""

    def __init__(self):
        self.route = env["trade.route"].search(
            [("direction", "=", "in"), ("trade_partner_id.name", "=", "Bench Supplier")]
        )

    def arrive(self, answers):
        for answer in answers:
            raw = json.dumps(answer).encode()
            env["trade.message"]._receive(raw, route=self.route, scope="bench", key=answer["id"])
        env.cr.postcommit.clear()  # nobody wakes lanes here
        env.cr.commit()

    def apply(self, answers):
        while env["trade.message"].search_count([("state", "=", "received")]):
            env.cr.commit()
            env["trade.lane"]._drain(f"in/{self.route.id}")
        env.cr.commit()


class orm_each:
    """Plain ORM calls on the parsed document, nothing else."""

    size = 1

    def arrive(self, answers):
        self.raw = [json.dumps(answer) for answer in answers]

    def apply(self, answers):
        handler = env["trade.bench.response"]
        for start in range(0, len(self.raw), self.size):
            handler._apply([json.loads(text) for text in self.raw[start : start + self.size]])
            env.cr.commit()


class orm_batch(orm_each):
    size = BATCH


class oca_edi:
    """The framework's own road from a received exchange record, with the same handler."""

    def __init__(self):
        kind = env["edi.backend.type"].create({"name": "Bench", "code": "bench"})
        self.backend = env["edi.backend"].create({"name": "Bench", "backend_type_id": kind.id})
        env["edi.exchange.type"].create(
            {
                "name": "Order response",
                "code": "order_response",
                "direction": "input",
                "backend_type_id": kind.id,
                "backend_id": self.backend.id,
                "process_model_id": env["ir.model"]._get_id("trade.bench.response"),
            }
        )

    def arrive(self, answers):
        self.records = []
        for answer in answers:
            record = self.backend.create_record("order_response", {"edi_exchange_state": "input_received"})
            record._set_file_content(json.dumps(answer))
            self.records.append(record.id)
        env.cr.commit()

    def apply(self, answers):
        for record in env["edi.exchange.record"].browse(self.records):
            record.action_exchange_process()
            env.cr.commit()


# -- the data ------------------------------------------------------------------------------------


def prepare(documents):
    """A supplier, its routes, and confirmed orders with an answer for each: all lines two days later."""
    vendor = env["res.partner"].create({"name": "Bench Supplier", "is_company": True})
    profile = env["trade.partner"].create({"partner_id": vendor.id, "state": "live"})
    connector = env["trade.connector"].create(
        {"name": "Bench", "trade_partner_id": profile.id, "transport": "manual"}
    )
    policy = env["trade.deviation.policy"].create(
        {
            "name": "Bench",
            "rule_ids": [
                fields.Command.create(
                    {"dimension": "date", "tolerance_days_late": 5, "tolerance_days_early": 5}
                )
            ],
        }
    )
    for direction, document_type in (("out", "order"), ("in", "order_response")):
        env["trade.route"].create(
            {
                "trade_partner_id": profile.id,
                "connector_id": connector.id,
                "direction": direction,
                "document_type": document_type,
                "deviation_policy_id": policy.id,
            }
        )
    products = env["product.product"].create(
        [
            {
                "name": f"Bench product {number}",
                "default_code": f"BENCH-{number}",
                "is_storable": True,
                "seller_ids": [
                    fields.Command.create(
                        {"partner_id": vendor.id, "product_code": f"V-{number}", "price": 10.0 + number}
                    )
                ],
            }
            for number in range(1, 6)
        ]
    )
    start = fields.Datetime.now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=20)
    for _chunk in range(0, documents, BATCH):
        orders = env["purchase.order"].create(
            [
                {
                    "partner_id": vendor.id,
                    "order_line": [
                        fields.Command.create(
                            {
                                "product_id": product.id,
                                "name": product.name,
                                "product_qty": 10,
                                "product_uom_id": product.uom_id.id,
                                "price_unit": 11.0,
                                "tax_ids": [],
                                "date_planned": start,
                            }
                        )
                        for product in products
                    ],
                }
                for _number in range(BATCH)
            ]
        )
        orders.button_confirm()
        env.cr.postcommit.clear()
        env.cr.commit()
    late = str((start + timedelta(days=2)).date())
    orders = env["purchase.order"].search([("partner_id", "=", vendor.id)], order="id")
    answers = [
        {
            "document_type": "order_response",
            "id": f"A-{order.name}",
            "issue_date": str(fields.Date.today()),
            "order_response_code": "CA",
            "order_reference": {"id": order.name},
            "order_lines": [
                {
                    "id": str(number),
                    "order_line_reference": {"line_id": str(number)},
                    "line_status_code": "3",
                    "item": {"sellers_item_identification": {"id": f"V-{number}"}},
                    "quantity": {"value": "10", "unit_code": "C62"},
                    "promised_delivery_period": {"start_date": late, "end_date": late},
                }
                for number in range(1, 6)
            ],
        }
        for order in orders
    ]
    env["ir.config_parameter"].set_param("bench.answers", "\n".join(json.dumps(answer) for answer in answers))
    env.cr.commit()
    return {"orders": len(orders)}
