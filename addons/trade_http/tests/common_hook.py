"""A carrier that pushes events in its own shape, and knows how to sign them."""

import json
import os
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.trade_core.connectors.keyring import ENVIRONMENT_VARIABLE
from odoo.addons.trade_kernel import hook_signatures

from .. import pipeline_hook
from .common import KEY, make_partner

SECRET = "It's a secret to everybody"


def make_hook(env, partner, preset="generic", secret=SECRET, **vals):
    """A connector for webhooks with its secret set."""
    Connector = env["trade.connector"]
    connector = Connector.create(
        {
            "name": "Fast Parcels",
            "trade_partner_id": partner.id,
            "transport": "hook",
            "environment": "live",
            **Connector._hook_preset_vals(preset),
            **vals,
        }
    )
    if secret:
        from ..models.trade_connector_hook import CREDENTIALS

        connector._hook_make(CREDENTIALS[connector.hook_kind]).secret = secret
    return connector


@tagged("post_install", "-at_install")
class HookCase(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, {ENVIRONMENT_VARIABLE: KEY}))
        cls.partner, cls.route = make_partner(cls.env, "Wood Corner")
        cls.hook = make_hook(cls.env, cls.partner)

    # -- what the sender does ------------------------------------------------------------------

    def event(self, name="order.answered", event_id="e1", data=None):
        return json.dumps({"id": event_id, "type": name, "data": data or {"id": "A-1"}}).encode()

    def answer(self, number="R-1"):
        return {"document_type": "order_response", "id": number}

    def sign(self, raw, hook=None, secret=SECRET, age=0, **settings):
        hook = hook or self.hook
        moment = datetime.now(UTC) - timedelta(seconds=age)
        return hook_signatures.sign(
            hook._hook_scheme(), secret, raw, moment=moment, url=hook.hook_url, **settings
        )

    def push(self, raw, hook=None, headers=None, method="POST", content_type="application/json", **settings):
        hook = hook or self.hook
        signed = self.sign(raw, hook, **settings) if headers is None else headers
        url = f"/trade/hooks/{hook.hook_public_id}"
        return self.url_open(
            url, data=raw, headers={"Content-Type": content_type, **signed}, method=method, timeout=30
        )

    # -- what came of it -----------------------------------------------------------------------

    def messages(self, hook=None):
        domain = [("idempotency_scope", "=", f"hook:{(hook or self.hook).id}")]
        return self.env["trade.message"].search(domain, order="id")

    def work(self, hook=None):
        """What the lane's job does, in this transaction."""
        hook = hook or self.hook
        while True:
            done = pipeline_hook.step(self.env, f"hook/{hook.id}", 50)
            self.env.flush_all()
            if not done.count:
                return

    def rule(self, pattern, action="process", hook=None, **vals):
        vals = {"route_id": self.route.id} | vals if action == "process" else vals
        return self.env["trade.hook.rule"].create(
            {"connector_id": (hook or self.hook).id, "pattern": pattern, "action": action, **vals}
        )

    def problems(self, code="hook.type_unknown"):
        return self.env["trade.exception"].search([("code", "=", code), ("is_open", "=", True)])
