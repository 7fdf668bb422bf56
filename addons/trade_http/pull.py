"""The road of documents the partner fetches: they are prepared and wait. Nobody is called, so there are no
tries, no circuit and no claim; a document leaves when the partner's client reads it (``_fetched``)."""

import sys
from functools import partial

from odoo.tools import SQL

from odoo.addons.trade_core.models import trade_lane
from odoo.addons.trade_core.pipeline import failures, outbound
from odoo.addons.trade_core.pipeline.step import Step

ROAD = "pull"


def ready(env, lane, limit):
    """Ids of the lane's documents that are not prepared yet, in order."""
    rows = env.execute_query(
        SQL(
            "SELECT id FROM trade_message WHERE lane = %s AND state = 'queued' AND payload_digest IS NULL"
            " ORDER BY priority, id LIMIT %s",
            lane,
            limit,
        )
    )
    return [message_id for (message_id,) in rows]


def step(env, lane, limit):
    """Prepare one batch in the current transaction; the caller commits."""
    messages = env["trade.message"].browse(ready(env, lane, limit))
    if not messages:
        return Step(0)
    route = messages[0].route_id
    if not route._is_running():
        return Step(0, blocked=True)
    messages = messages.with_company(route.company_id)
    outbound.prepare(messages)
    messages.filtered(lambda message: message.state == "queued")._offer()
    return Step(len(messages))


trade_lane.ROADS[ROAD] = trade_lane.Road(
    sys.modules[__name__], "root.trade.send", partial(failures.quarantine, ready), seconds=5.0
)
