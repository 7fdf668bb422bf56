# Run in Odoo's shell by intake.py; `env` is the shell's.
# ruff: noqa: F821
import json
from datetime import timedelta

from odoo import fields

partner = env["res.partner"].create({"name": "Benchmark supplier", "is_company": True})
profile = env["trade.partner"].create({"partner_id": partner.id, "state": "live"})
connector = env["trade.connector"].create(
    {"name": "Benchmark supplier", "trade_partner_id": profile.id, "transport": "manual"}
)
env["trade.route"].create(
    {
        "trade_partner_id": profile.id,
        "connector_id": connector.id,
        "direction": "in",
        "document_type": "order_response",
        "mode": "stopped",  # what comes is stored and waits: intake is measured, not what follows
    }
)
client = env["trade.api.client"].create(
    # The limit is on, and far away: what it costs is measured, not whom it stops.
    {"name": "Benchmark", "trade_partner_id": profile.id, "per_minute": 120_000, "burst": 20_000}
)
endpoints = env["endpoint.endpoint"].create(
    [
        {
            "name": f"Benchmark {auth}",
            "route": f"/trade_bench/endpoint/{auth}",
            "request_method": "POST",
            "request_content_type": "application/json",
            "auth_type": auth,
            "exec_mode": "code",
            "exec_as_user_id": env.ref("base.user_admin").id,
            "code_snippet": "record = env['trade.bench.document'].create({\n"
            "    'name': request.httprequest.headers.get('Idempotency-Key'),\n"
            f"    'partner_id': {partner.id},\n"
            "    'payload': request.httprequest.get_data(as_text=True),\n"
            "})\n"
            "result = {'payload': {'id': record.id}, 'status_code': 202}\n",
        }
        for auth in ("public", "bearer")
    ]
)
endpoints.registry_sync = True  # only a change of it makes the routes known, once committed
admin = env["res.users.apikeys"].with_user(env.ref("base.user_admin"))
tomorrow = fields.Datetime.now() + timedelta(days=1)
found = {
    "client": client.public_id,
    "api_key": client.action_new_key()["context"]["default_value"],
    "odoo_key": admin._generate("rpc", "Benchmark", tomorrow),
    "secret": client.action_new_signing_secret()["context"]["default_value"],
}
env.cr.commit()
print("FOUND " + json.dumps(found), flush=True)
