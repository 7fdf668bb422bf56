# Run in Odoo's shell by intake.py; `env` is the shell's.
# ruff: noqa: F821
import json

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
found = {
    "client": client.public_id,
    "api_key": client.action_new_key()["params"]["secret"],
    "secret": client.action_new_signing_secret()["params"]["secret"],
}
env.cr.commit()
print("FOUND " + json.dumps(found), flush=True)
