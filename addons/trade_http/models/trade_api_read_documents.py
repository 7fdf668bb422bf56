from datetime import UTC
from urllib.parse import quote

from odoo import api, models
from odoo.fields import Domain

from .. import reads
from ..parameters import naive_utc
from ..resources import ROOT

SHOWN = ("queued", "sent", "acknowledged", "rejected")
#: documents given their place in one request; the rest follow with the next page
_PLACED_AT_ONCE = 1000


class TradeApiReadDocuments(models.AbstractModel):
    """The documents we sent a partner, or hold ready for it to fetch, from the message log.

    A document has no place in the list until somebody looks. Places are given then, by one request at a time,
    to whatever is ready, after everything that has one. So what becomes ready late (it was held, or its
    transaction took long) comes at the end of the list and not where a reader has passed already.
    """

    _name = "trade.api.read.documents"
    _inherit = ["trade.api.read"]
    _description = "Sent Documents in the API"

    @api.model
    def _read_page(self, read, door, params, after, limit, peek=False):
        mine = self._domain(read, door)
        self._place(mine & Domain("api_position", "=", False), door)
        domain = mine & Domain("api_position", ">", int(after or 0))
        if params.since:
            since = naive_utc(params.since)
            domain &= Domain("state", "=", "queued") | Domain("sent_at", ">=", since)
        messages = self.env["trade.message"].search(domain, order="api_position", limit=limit)
        if not peek:
            messages._fetched()
        place = str(messages[-1].api_position) if messages else after
        return [self._item(read, message) for message in messages], place

    @api.model
    def _read_one(self, read, door, key, peek=False):
        domain = self._domain(read, door) & Domain("document_number", "=", key)
        messages = self.env["trade.message"].search(domain, order="revision desc, id desc", limit=1)
        if not messages:
            return None
        if not peek:
            messages._fetched()
        return self._item(read, messages)

    @api.model
    def _domain(self, read, door):
        """What this caller may see: its partner's own, live or test as the caller is, that has left or is
        ready to."""
        left = Domain("sent_at", "!=", False)
        partner_runs = Domain("trade_partner_id.state", "=", "draft" if door.test else "live")
        if door.test:
            partner_runs |= Domain("trade_partner_id.state", "=", "live")
        ready = (
            Domain("state", "=", "queued")
            & Domain("connector_id.transport", "=", "pull")
            & Domain("connector_id.active", "=", True)
            & Domain("connector_id.paused", "=", False)
            & Domain("route_id.active", "=", True)
            & Domain("route_id.mode", "!=", "stopped")
            & partner_runs
        )
        domain = (
            Domain("company_id", "=", door.company_id)
            & Domain("direction", "=", "out")
            & Domain("document_type", "in", read.document_types)
            & Domain("mode", "=", "test" if door.test else "live")
            & Domain("canonical_digest", "!=", False)
            & Domain("state", "in", SHOWN)
            & (left | ready)
        )
        if not door.internal:
            domain &= Domain("trade_partner_id", "=", door.trade_partner_id)
        return domain

    @api.model
    def _place(self, unplaced, door):
        """Give what is ready its place at the end of the list, one request after the other."""
        if not self.env["trade.message"].search_count(unplaced, limit=1):
            return
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [f"trade_http/places/{door.company_id}"]
        )
        # In READ COMMITTED: what the one before us has placed is seen now.
        found = self.env["trade.message"].search(unplaced, order="id", limit=_PLACED_AT_ONCE)
        found._give_api_positions()

    # -- one of them -----------------------------------------------------------------------------

    @api.model
    def _item(self, read, message):
        item = {
            "number": message.document_number,
            "revision": message.revision,
            "state": message.state,
            "mode": message.mode,
            "sent_at": message.sent_at.replace(tzinfo=UTC).isoformat() if message.sent_at else None,
            "url": f"{ROOT}/{read.name}/{quote(message.document_number, safe='')}",
            "document": message.canonical,
        }
        return {"etag": reads.etag(reads.as_json(item)), **item}
