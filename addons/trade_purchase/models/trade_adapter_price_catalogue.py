from odoo import models

from odoo.addons.trade_core.pipeline.files import CUT_FROM
from odoo.addons.trade_kernel.errors import TradeError

from ..catalogue_compare import Comparer, today_of


class TradeAdapterInPriceCatalogue(models.AbstractModel):
    """A supplier's catalogue: compared with the vendor prices, and kept for whoever decides about it.

    Applying such a message changes no price; that is done by ``trade.catalogue`` when it is decided.
    """

    _name = "trade.adapter.in.price_catalogue"
    _inherit = ["trade.adapter"]
    _description = "Price Catalogue, from the Supplier"

    def _watched(self, work):
        """See :meth:`trade.adapter._watched`."""
        return [(work.record, ["line_count", "state"])] if work.record else []

    def _plan(self, works):
        """See :meth:`trade.adapter._plan`: a handful of queries for all lines of all documents."""
        message = works[0].message
        resolver = self.env["trade.mapping"]._resolver(message.trade_partner_id, message.company_id)
        comparer = Comparer(resolver, today_of(message.company_id))
        comparer.prefetch([line for work in works for line in work.document.catalogue_lines])
        for work in works:
            try:
                work.plan = comparer.compare(work.document)
            except TradeError as error:
                work.error = error

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`."""
        Catalogue = self.env["trade.catalogue"]
        found = Catalogue._of([(work.message, work.document, number_of(work)) for work in works])
        for work in works:
            work.record = found[work.message.id]
        Catalogue._keep([(work.record, work.message, work.document, work.plan) for work in works])
        self.env["trade.lane"]._wake_after_commit({work.record._lane() for work in works})


def number_of(work):
    """The number of the catalogue a message is a part of: pieces of one file carry it with theirs behind."""
    number, message = work.document.document_number, work.message
    piece = message if message.parent_id else message.original_id  # the edited copy of a piece
    file = piece.parent_id
    head, dash, last = number.rpartition("-")
    if not (file and dash and last.isdecimal() and (file.payload_size or 0) > CUT_FROM):
        return number
    place = piece.idempotency_key
    return head if place.isdecimal() and 2 <= int(last) <= int(place) else number
