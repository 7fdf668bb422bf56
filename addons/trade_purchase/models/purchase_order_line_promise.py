from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models

from ..tools import local_day

_MANUAL = {"qty_received", "qty_received_manual"}
RECEIVING = "trade_receiving"  # in the context: somebody outside notes what is received


class PurchaseOrderLine(models.Model):
    """What happens to order lines, as the promise ledger notes it."""

    _inherit = "purchase.order.line"

    trade_promise_ids = fields.One2many(
        "trade.promise",
        "order_line_id",
        "Promise ledger",
        readonly=True,
        groups="purchase.group_purchase_user,trade_core.group_trade_user",
    )

    trade_despatched_qty = fields.Float(
        "Despatched quantity",
        compute="_compute_trade_despatched_qty",
        digits="Product Unit",
        groups="purchase.group_purchase_user,trade_core.group_trade_user",
    )

    def _compute_trade_despatched_qty(self):
        found = self.env["trade.promise"]._read_group(
            [("order_line_id", "in", self.ids), ("kind", "=", "despatched")],
            ["order_line_id"],
            ["quantity:sum"],
        )
        quantities = dict(found)
        for line in self:
            line.trade_despatched_qty = quantities.get(line._origin, 0.0)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if any(_MANUAL & vals.keys() for vals in vals_list) and not self.env.context.get(RECEIVING):
            lines._trade_note_received(lines._trade_received_since({}))
        return lines

    def write(self, vals):
        if _MANUAL.isdisjoint(vals):
            return super().write(vals)
        with self._trade_receiving() as lines:
            return super(PurchaseOrderLine, lines).write(vals)

    # -- promised ------------------------------------------------------------------------------------

    def _trade_note_promised(self, promises):
        """Add to the promise ledger what is new: one entry per delivery. Who repeats a promise makes none.

        :param dict promises: see :meth:`_trade_write_ledger`
        """
        lines = self.browse(promises)
        new = lines.filtered(lambda line: not line._trade_is_promised(promises[line.id]))
        self.env["trade.promise"]._note(
            "promised",
            [
                {
                    "order_line": line,
                    "quantity": part["qty"],
                    "price": promises[line.id]["price"],
                    "date": part["date"],
                    "message": promises[line.id]["message"],
                    "source": line.order_id,
                }
                for line in new
                for part in promises[line.id]["schedule"] or [promises[line.id]]
            ],
        )

    def _trade_is_promised(self, promise):
        """Whether this is what the supplier promised last."""
        return self.trade_answered and (
            (self.trade_promised_qty, self.trade_promised_price, self.trade_promised_date or None)
            == (promise["qty"], promise["price"] or 0.0, promise["date"])
            and (self.trade_schedule or []) == promise["schedule"]
        )

    # -- received ------------------------------------------------------------------------------------

    @contextmanager
    def _trade_receiving(self, records=None):
        """Note what is received of these lines meanwhile. What happens within one that happens already is
        noted by the outer one.

        :param records: the records by which it happens, in whose environment it goes on; by default the lines
        """
        records = self if records is None else records
        if self.env.context.get(RECEIVING) or not self:
            yield records
            return
        before = self._trade_received_now()
        yield records.with_context(**{RECEIVING: True})
        self._trade_note_received(self._trade_received_since(before))

    def _trade_received_now(self):
        """``{line: quantity}`` as Odoo itself counts it."""
        return {line: line.qty_received for line in self.sudo()}

    def _trade_received_since(self, before):
        """``{line: what was added}``; returns and corrections are negative."""
        return {line: line.qty_received - before.get(line, 0.0) for line in self.sudo().exists()}

    def _trade_note_received(self, received, sources=None):
        """Note what was received, on the buyer's day, and let documents go on that waited for it.

        :param dict received: ``{line: what was added, in its unit}``
        :param dict sources: ``{line: {record: part of that}}``; by default the order
        """
        now = fields.Datetime.now()
        rows = [
            {
                "order_line": line,
                "quantity": quantity,
                "date": local_day(line.order_id, now),
                "source": source,
            }
            for line, added in received.items()
            for source, quantity in line._trade_shares(added, (sources or {}).get(line, {}))
        ]
        self.env["trade.promise"]._note("received", rows)
        arrived = [line for line, added in received.items() if line.product_uom_id.compare(added, 0.0) > 0]
        self.browse([line.id for line in arrived]).order_id._trade_receipt_arrived()

    def _trade_shares(self, added, sources):
        """``(record, quantity)``: ``added`` by where it came from. A return that is to be replaced takes
        nothing back, a kit is not the sum of its parts: then it stands with the first source as a whole."""
        unit = self.product_uom_id
        if sources and not unit.compare(sum(sources.values()), added):
            shares = sources.items()
        else:
            shares = [(next(iter(sources), self.order_id), added)]
        return [(source, quantity) for source, quantity in shares if not unit.is_zero(quantity)]

    # -- planned -------------------------------------------------------------------------------------

    @api.model
    def _get_date_planned(self, seller, po=False):
        """A vendor that is planned with the measured lead time is expected when it used to come."""
        more = seller._trade_more_days() if seller else 0
        return super()._get_date_planned(seller, po=po) + timedelta(days=more)
