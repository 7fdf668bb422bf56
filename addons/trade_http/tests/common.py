"""A partner that may push order responses, and its system, which knows how."""

import json
import os
import uuid
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.tests import HttpCase, tagged

from odoo.addons.trade_core.connectors.keyring import ENVIRONMENT_VARIABLE
from odoo.addons.trade_kernel import signatures

URL = "/trade/v1/order-responses"
KEY = Fernet.generate_key().decode()


def make_partner(env, name):
    """A live trading partner with a route for its order responses.

    :return: ``(trade.partner, trade.route)``
    """
    partner = env["trade.partner"].create(
        {"partner_id": env["res.partner"].create({"name": name, "is_company": True}).id, "state": "live"}
    )
    connector = env["trade.connector"].create(
        {
            "name": name,
            "trade_partner_id": partner.id,
            "transport": "manual",
            "company_id": partner.company_id.id,
        }
    )
    route = env["trade.route"].create(
        {
            "trade_partner_id": partner.id,
            "connector_id": connector.id,
            "direction": "in",
            "document_type": "order_response",
        }
    )
    return partner, route


def make_client(env, partner, name="SAP"):
    return env["trade.api.client"].create({"name": name, "trade_partner_id": partner.id})


def shown(action):
    """The key or secret a button shows, this once."""
    return action["params"]["secret"]


@tagged("post_install", "-at_install")
class PushCase(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, {ENVIRONMENT_VARIABLE: KEY}))
        cls.partner, cls.route = make_partner(cls.env, "Wood Corner")
        cls.client = make_client(cls.env, cls.partner)
        cls.api_key = shown(cls.client.action_new_key())
        cls.secret = shown(cls.client.action_new_signing_secret())

    # -- what the partner's system does --------------------------------------------------------

    def document(self, order="PO1", **values):
        return json.dumps({"document_type": "order_response", "id": f"R-{order}", **values}).encode()

    def headers(self, api_key=None, key=None):
        return {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {api_key or self.api_key}",
            "Idempotency-Key": key or uuid.uuid4().hex,
        }

    def signed_headers(self, raw, secret=None, client=None, key=None, moment=None):
        return {
            "Content-Type": "application/json",
            "Trade-Client": (client or self.client).public_id,
            **signatures.sign([secret or self.secret], key or uuid.uuid4().hex, raw, moment=moment),
        }

    def post(self, raw, headers, url=URL):
        return self.url_open(url, data=raw, headers=headers, method="POST", timeout=30)

    def push(self, raw=None, url=URL, **options):
        """Push with the API key."""
        return self.post(self.document() if raw is None else raw, self.headers(**options), url)

    def push_signed(self, raw=None, **options):
        raw = self.document() if raw is None else raw
        return self.post(raw, self.signed_headers(raw, **options))

    # -- what came of it -----------------------------------------------------------------------

    def messages(self, client=None):
        scope = f"client:{(client or self.client).id}"
        return self.env["trade.message"].search([("idempotency_scope", "=", scope)])

    def problems(self, code):
        return self.env["trade.exception"].search(
            [("code", "=", code), ("trade_partner_id", "=", self.partner.id)]
        )

    def assertProblem(self, response, status, name):
        """A refusal is a problem detail (RFC 9457) that says what to do."""
        self.assertEqual(response.status_code, status, response.text)
        self.assertEqual(response.headers["Content-Type"], "application/problem+json")
        body = response.json()
        self.assertEqual(body["type"], f"urn:tradelane:problem:{name}")
        self.assertEqual(body["status"], status)
        self.assertTrue(body["title"].endswith(".") and body["remedy"].endswith("."), body)
        return body

    def assertTaken(self, response):
        self.assertEqual(response.status_code, 202, response.text)
        return self.env["trade.message"].browse(response.json()["id"])
