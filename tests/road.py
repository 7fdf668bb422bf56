"""One supplier's road into a running Odoo: what the fault tests need to set up, wait for and look at."""

import contextlib
import itertools
import os
import signal
import threading
import time
from datetime import date, timedelta

import psycopg2
import requests

from odoo.addons.trade_demo.scenario.person import Person
from odoo.addons.trade_demo.suppliers.server import Reply, Settings, Supplier

# Seconds anything may take before a test says it did not happen. A lane whose worker was killed wakes
# within a minute.
DEADLINE = 120


class TestSupplier(Supplier):
    """Takes every order; a test may look over its shoulder while a call is under way."""

    __test__ = False  # for pytest, which would collect it for its name

    def __init__(self):
        super().__init__(Settings("Test supplier", "TS"))
        self.during = lambda order: None

    def check(self, headers, raw):
        pass

    def ordered(self, order):
        self.during(order)

    def get(self, path, query):
        return Reply(200, {"service": "test"})


class Road:
    """:ivar odoo: the running :class:`harness.Server`
    :ivar admin: a logged-in administrator
    """

    def __init__(self, odoo):
        self.odoo = odoo
        self.numbers = itertools.count(1)

    def __enter__(self):
        self.supplier = TestSupplier().__enter__()
        self.login()
        self._set_up()
        return self

    def __exit__(self, *exception):
        self.supplier.__exit__(*exception)

    def login(self):
        """Log in; again after a restart of the server."""
        self.admin = Person(self.odoo.url, self.odoo.database, "admin", "admin")

    def _set_up(self):
        admin = self.admin
        self.vendor = admin.create("res.partner", {"name": "Test supplier", "is_company": True})
        profile = admin.create("trade.partner", {"partner_id": self.vendor, "state": "live"})
        self.connector = admin.create(
            "trade.connector",
            {
                "name": "Test supplier",
                "trade_partner_id": profile,
                "transport": "rest",
                "base_url": self.supplier.url,
                "auth_method": "none",
                "backoff_base": 1,
                "circuit_cooldown": 2,
            },
        )
        routes = [
            {"direction": "out", "document_type": "order", "endpoint": "/orders", "ack_expected": "response"},
            {"direction": "in", "document_type": "order_response"},
        ]
        for values in routes:
            admin.create(
                "trade.route", {"trade_partner_id": profile, "connector_id": self.connector, **values}
            )
        self.product = admin.create(
            "product.product",
            {
                "name": "Test product",
                "is_storable": True,
                "seller_ids": [(0, 0, {"partner_id": self.vendor, "product_code": "TP-1", "price": 10.0})],
            },
        )
        client = admin.create(
            "trade.api.client", {"name": "Test system", "trade_partner_id": profile, "per_minute": 0}
        )
        shown = admin.press("trade.api.client", "action_new_key", client)
        self.api_key = shown["params"]["secret"]

    # -- what happens on the road ------------------------------------------------------------

    def confirm_order(self, quantity=10):
        """A confirmed purchase order of one line, on its way to the supplier.

        :return: ``(id, number)``
        """
        return self.confirm_lines([(self.product, quantity, 10.0)])

    def confirm_lines(self, lines):
        """The same with lines of ``(product, quantity, price)``."""
        values = [
            (0, 0, {"product_id": product, "product_qty": quantity, "price_unit": price})
            for product, quantity, price in lines
        ]
        order = self.admin.create("purchase.order", {"partner_id": self.vendor, "order_line": values})
        self.admin.press("purchase.order", "button_confirm", order)
        [values] = self.admin.read("purchase.order", order, ["name"])
        return order, values["name"]

    def sent_order(self):
        """The number of an order the supplier has taken."""
        order, number = self.confirm_order()
        until(
            lambda: self.order_message(order)["state"] == "sent",
            lambda: f"{number} was not sent: {self.order_message(order)}",
        )
        return number

    def answer(self, number, days=1, document=None, code=None):
        """An answer to an order: all of it, ``days`` later than asked (the policy accepts two)."""
        [line] = self.admin.find(
            "purchase.order.line", [("order_id.name", "=", number)], ["trade_asked_date"]
        )
        day = str(date.fromisoformat(line["trade_asked_date"]) + timedelta(days=days))
        return {
            "document_type": "order_response",
            "id": document or f"R-{number}",
            "issue_date": str(date.today()),
            "order_response_code": "CA",
            "order_reference": {"id": number},
            "order_lines": [
                {
                    "id": "1",
                    "order_line_reference": {"line_id": "1"},
                    "line_status_code": "3",
                    "item": {"sellers_item_identification": {"id": code or "TP-1"}},
                    "promised_delivery_period": {"start_date": day, "end_date": day},
                }
            ],
        }

    def push(self, document, key=None, session=requests):
        """Send an answer as the supplier's system does; returns the HTTP response."""
        headers = {
            "Authorization": f"Bearer {self.api_key}",
            "Idempotency-Key": key or f"key-{next(self.numbers)}",
        }
        url = f"{self.odoo.url}/trade/v1/order-responses"
        return session.post(url, json=document, headers=headers, timeout=30)

    def pushed(self, document, **options):
        """Push and return the id of the message that was accepted."""
        response = self.push(document, **options)
        assert response.status_code == 202, response.text
        return response.json()["id"]

    # -- waiting and looking -----------------------------------------------------------------

    def message(self, message_id, *names):
        [values] = self.admin.read("trade.message", message_id, ["state", "state_reason", *names])
        return values

    def wait_state(self, message_id, *states):
        """Wait until a message is in one of these states; returns its values."""
        return until(
            lambda: (found := self.message(message_id))["state"] in states and found,
            lambda: f"message {message_id} is {self.message(message_id)}, not {' or '.join(states)}",
        )

    def order_message(self, order):
        """The message by which an order left."""
        [message] = self.admin.find(
            "trade.message",
            [("res_model", "=", "purchase.order"), ("res_id", "=", order), ("direction", "=", "out")],
            ["state", "attempt_count", "idempotency_key"],
        )
        return message

    def promised_day(self, number):
        [line] = self.admin.find("purchase.order.line", [("order_id.name", "=", number)], ["date_planned"])
        return line["date_planned"][:10]

    def requests_for(self, number):
        """What the supplier noted of an order: ``{"deliveries", "doubled", …}``, or ``None``."""
        return self.supplier.ledger.as_dict()["orders"].get(number)

    def connect(self):
        """A database connection of the test's own, to stop the server at a chosen line."""
        cluster = self.odoo.cluster
        return psycopg2.connect(
            dbname=self.odoo.database, host=cluster.host, port=cluster.port, user=cluster.user
        )

    def restart(self):
        """Start Odoo again after it was killed, and let the scheduler wake the lanes now instead of within a
        minute."""
        self.odoo.start()
        self.login()
        [cron] = self.admin.find("ir.cron", [("code", "=", "model._cron_wake()")], ["id"])
        self.admin.press("ir.cron", "method_direct_trigger", cron["id"])


class Blocked:
    """Holds writers of a table, so that a worker stops at exactly that line until it is killed."""

    def __init__(self, road, table):
        self.road, self.table = road, table

    def __enter__(self):
        self.connection = self.road.connect()
        self.cursor = self.connection.cursor()
        self.cursor.execute(f'LOCK TABLE "{self.table}" IN SHARE MODE')
        return self

    def wait_for_worker(self):
        """Wait until somebody stands in front of the table."""

        def waiting():
            self.cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted", [self.table]
            )
            return self.cursor.fetchone()[0]

        until(waiting, lambda: f"no worker came to write {self.table}")

    def __exit__(self, *exception):
        self.connection.close()


@contextlib.contextmanager
def workers_killed(odoo, every=0.5):
    """While the block runs, the oldest of the server's processes is killed again and again.

    :return: a list that grows by the id of each that was
    """
    killed, done = [], threading.Event()

    def kill():
        while not done.wait(every):
            [oldest, *_more] = odoo.workers()
            os.kill(oldest, signal.SIGKILL)
            killed.append(oldest)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        done.set()
        killer.join()


def look_for_dead_jobs(odoo):
    """Let the job runner look for jobs whose worker was killed: it does whenever it is told of a job, this or
    any other, and else within a minute. A job is taken for dead ten seconds after it was given out."""
    odoo.cluster.sql("NOTIFY queue_job, 'none'", odoo.database)


def until(condition, why, seconds=DEADLINE):
    """Wait for a condition; returns its value.

    :param why: called for the message when it does not come true
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, why()
        time.sleep(0.1)
    return value


def at_once(calls):
    """Run callables at the same instant, each in its thread; returns their results in order."""
    results, barrier = [None] * len(calls), threading.Barrier(len(calls))

    def run(index, call):
        barrier.wait()
        results[index] = call()

    threads = [threading.Thread(target=run, args=(index, call)) for index, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
