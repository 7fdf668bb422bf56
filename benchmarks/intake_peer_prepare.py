# Run in Odoo's shell by intake.py, on the peer's database; `env` is the shell's.
# ruff: noqa: F821
import json
from datetime import timedelta

from odoo import fields

partner = env["res.partner"].create({"name": "Benchmark supplier", "is_company": True})
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
found = {"odoo_key": admin._generate("rpc", "Benchmark", tomorrow)}
env.cr.commit()
print("FOUND " + json.dumps(found), flush=True)
