"""A partner's way in to a running Odoo: a route, and a client with a key and a signing secret."""

import json
import time
from functools import cached_property

import requests

import harness
from odoo.addons.trade_demo.scenario.person import Person
from odoo.addons.trade_kernel import signatures

PATH = "/trade/v1/order-responses"
SET_UP = """
import json
partner = env["res.partner"].create({"name": "Many callers", "is_company": True})
profile = env["trade.partner"].create({"partner_id": partner.id, "state": "live"})
connector = env["trade.connector"].create(
    {"name": "Many callers", "trade_partner_id": profile.id, "transport": "manual"})
route = env["trade.route"].create({"trade_partner_id": profile.id, "connector_id": connector.id,
    "direction": "in", "document_type": "order_response", "mode": "stopped"})
client = env["trade.api.client"].create(
    {"name": "Many callers", "trade_partner_id": profile.id, "per_minute": 0})
found = {"id": client.id, "route": route.id, "client": client.public_id,
    "key": client.action_new_key()["params"]["secret"],
    "secret": client.action_new_signing_secret()["params"]["secret"]}
env.cr.commit()
print("FOUND " + json.dumps(found))
"""


class Door:
    """A running server and one client of it.

    :ivar found: ``{id, route, client, key, secret}``
    """

    def __init__(self, odoo):
        self.odoo = odoo
        printed = self.shell(SET_UP)
        self.found = json.loads(printed.rpartition("FOUND ")[2].splitlines()[0])

    @cached_property
    def admin(self):
        """A logged-in administrator."""
        return Person(self.odoo.url, self.odoo.database, "admin", "admin")

    def shell(self, script):
        return harness.shell(self.odoo.cluster, self.odoo.database, script)

    def sql(self, query):
        return self.odoo.cluster.sql(query, self.odoo.database)

    def post_once(self, raw, headers):
        headers = {"Content-Type": "application/json", **headers}
        return requests.post(self.odoo.url + PATH, data=raw, headers=headers, timeout=120)

    def post(self, raw, headers):
        """As every sender should: again, under the same key, when there was no answer at all. Two workers
        have a short queue for connections and hang up on callers that are slow to speak."""
        deadline = time.monotonic() + 120
        while True:
            try:
                return self.post_once(raw, headers)
            except requests.ConnectionError:
                assert time.monotonic() < deadline, "no answer for two minutes"
                time.sleep(0.2)

    def keyed(self, key):
        return {"Authorization": f"Bearer {self.found['key']}", "Idempotency-Key": key}

    @property
    def client(self):
        """The header that names who signs."""
        return {"Trade-Client": self.found["client"]}

    def signed(self, raw, key, moment=None):
        return {**signatures.sign([self.found["secret"]], key, raw, moment), **self.client}

    def messages(self, key):
        return int(self.sql(f"SELECT count(*) FROM trade_message WHERE idempotency_key = '{key}'")[0])
