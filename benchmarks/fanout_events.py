# Run in Odoo's shell by fanout.py; `env` is the shell's. EVENTS is set before.
# ruff: noqa: F821
import json
import time

from odoo.addons.trade_core.events import PARTNER_ACTIVATED, PartnerData

AT_ONCE = 250  # events of one transaction
profiles = env["trade.partner"].search([])
written = {}
for first in range(0, EVENTS, AT_ONCE):
    events = env["trade.event"]._emit_many(
        [
            (
                PARTNER_ACTIVATED,
                profiles[number % len(profiles)],
                None,
                PartnerData(
                    name=f"Partner {number}",
                    state="live",
                    roles=("supplier", "customer"),
                    identifiers=[{"scheme": "gln", "value": f"{4012345000000 + n}"} for n in range(8)],
                ),
            )
            for number in range(first, min(first + AT_ONCE, EVENTS))
        ]
    )
    uids = events.mapped("uid")
    env.cr.commit()
    written.update(dict.fromkeys(uids, time.time()))
print("FOUND " + json.dumps(written), flush=True)
