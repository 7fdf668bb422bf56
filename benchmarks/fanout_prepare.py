# Run in Odoo's shell by fanout.py; `env` is the shell's. RECEIVERS, URL and DEAD_URL are set before.
# ruff: noqa: F821
env["ir.config_parameter"].set_param("trade_webhook.allowed_networks", "127.0.0.0/8")
systems = env["res.partner"].create([{"name": f"Receiver {number}"} for number in range(RECEIVERS)])
profiles = env["trade.partner"].create(
    [{"partner_id": system.id, "state": "live", "is_internal": True} for system in systems]
)
env["trade.event"].search([]).unlink()
activated = env["trade.event.type"].search([("name", "=", "tradelane.partner.activated.v1")])
for number, profile in enumerate(profiles):
    address = DEAD_URL if DEAD_URL and not number else f"{URL}/{number}"
    env["trade.webhook.new"].create(
        {
            "trade_partner_id": profile.id,
            "base_url": address,
            "event_type_ids": [(6, 0, activated.ids)],
        }
    ).action_create_webhook()
env.cr.commit()
