from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import bulk_update, local_day, net_price

# Written in one statement per batch by _trade_write_ledger and _trade_note_asked, by nothing else.
LEDGER = frozenset(
    {
        "trade_line_ref",
        "trade_asked_qty",
        "trade_asked_price",
        "trade_asked_date",
        "trade_asked_item",
        "trade_answered",
        "trade_first_promised_qty",
        "trade_first_promised_date",
        "trade_promised_qty",
        "trade_promised_price",
        "trade_promised_date",
        "trade_schedule",
    }
)


class PurchaseOrderLine(models.Model):
    """What was asked of the supplier, first promised and promised now, beside what Odoo plans."""

    _inherit = "purchase.order.line"

    trade_line_ref = fields.Char(
        "Line no.",
        readonly=True,
        copy=False,
        help="The line's number in every document about the order; never reused.",
        groups="base.group_user",
    )
    trade_asked_qty = fields.Float(
        "Asked quantity",
        digits="Product Unit",
        readonly=True,
        copy=False,
        aggregator=None,
        groups="base.group_user",
    )
    trade_asked_price = fields.Float(
        "Asked price", min_display_digits="Product Price", readonly=True, copy=False, aggregator=None,
        help="Net price of one unit, as it was sent.",
        groups="base.group_user",
    )  # fmt: skip
    trade_asked_date = fields.Date("Asked for", readonly=True, copy=False, groups="base.group_user")
    trade_asked_item = fields.Json(
        readonly=True,
        copy=False,
        help="What was asked for: {product, unit: ids, text}.",
        groups="base.group_user",
    )
    trade_answered = fields.Boolean(
        "Answered by the supplier", readonly=True, copy=False, groups="base.group_user"
    )
    trade_first_promised_qty = fields.Float(
        "First promised quantity", digits="Product Unit", readonly=True, copy=False, aggregator=None,
        help="What the supplier promised in the first answer that was applied. It never changes.",
        groups="base.group_user",
    )  # fmt: skip
    trade_first_promised_date = fields.Date(
        "First promised", readonly=True, copy=False,
        help="The day the supplier promised in the first answer that was applied. It never changes.",
        groups="base.group_user",
    )  # fmt: skip
    trade_promised_qty = fields.Float(
        "Promised quantity",
        digits="Product Unit",
        readonly=True,
        copy=False,
        aggregator=None,
        groups="base.group_user",
    )
    trade_promised_price = fields.Float(
        "Promised price",
        min_display_digits="Product Price",
        readonly=True,
        copy=False,
        aggregator=None,
        groups="base.group_user",
    )
    trade_promised_date = fields.Date(
        "Promised",
        readonly=True,
        copy=False,
        help="The day the line is complete.",
        groups="base.group_user",
    )
    trade_schedule = fields.Json(
        readonly=True,
        copy=False,
        help="The promised deliveries: [{qty, date (day or null), backorder}].",
        groups="base.group_user",
    )
    trade_replaces_id = fields.Many2one(
        "purchase.order.line", "Replaces", readonly=True, copy=False, index="btree_not_null",
        help="The line whose item the supplier replaced with this one.",
        groups="base.group_user",
    )  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._trade_check_ledger(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._trade_check_ledger(vals)
        if vals.get("order_id"):
            self.filtered(lambda line: line.order_id.id != vals["order_id"])._trade_start_anew()
        return super().write(vals)

    def _trade_start_anew(self):
        """Lines that move to another order (merged requests): nothing was asked or promised there. What was
        stays in the promise ledger."""
        empty = {name: False for name in LEDGER}
        known = self.filtered("trade_line_ref")
        bulk_update(known, {line.id: empty for line in known})

    def _trade_check_ledger(self, vals):
        if LEDGER & vals.keys():
            raise UserError(
                self.env._(
                    "What the supplier was asked and promised is a record of facts and cannot be edited."
                )
            )

    def _trade_sendable(self):
        """The lines a supplier is asked for: with a product and a quantity."""
        return self.filtered(
            lambda line: (
                not line.display_type and not line.is_downpayment and line.product_id and line.product_qty
            )
        )

    # -- the ledger ------------------------------------------------------------------------------

    def _trade_asked_values(self):
        """What this line asks for now, as the ledger keeps it."""
        self.ensure_one()
        return {
            "trade_asked_qty": self.product_qty,
            "trade_asked_price": float(net_price(self)),
            "trade_asked_date": local_day(self.order_id, self.date_planned),
        }

    def _trade_item_asked(self):
        """What this line asks for, beside how much, at what price and when."""
        self.ensure_one()
        unit, text = self.product_uom_id.id, (self.name or "").strip()
        return {"product": self.product_id.id, "unit": unit, "text": text}

    def _trade_number(self):
        """Give the lines that have none their number; a number is never given twice within an order."""
        rows = {}
        for order, lines in self.filtered(lambda line: not line.trade_line_ref).grouped("order_id").items():
            first = order.trade_last_ref + 1
            rows |= {line.id: {"trade_line_ref": str(ref)} for ref, line in enumerate(lines, first)}
            bulk_update(order, {order.id: {"trade_last_ref": order.trade_last_ref + len(lines)}})
        bulk_update(self, rows)

    def _trade_note_asked(self, message=None):
        """Note what is asked of the supplier from now on.

        :param message: the document that asks
        """
        self._trade_number()
        rows = {
            line.id: {**line._trade_asked_values(), "trade_asked_item": line._trade_item_asked()}
            for line in self
        }
        changed = self.filtered(
            lambda line: any(line[name] != value for name, value in rows[line.id].items())
        )
        noted = changed.filtered(lambda line: _facts(line) != _facts(rows[line.id]))
        bulk_update(self, {line.id: rows[line.id] for line in changed})
        self.env["trade.promise"]._note(
            "asked",
            [
                {
                    "order_line": line,
                    "quantity": rows[line.id]["trade_asked_qty"],
                    "price": rows[line.id]["trade_asked_price"],
                    "date": rows[line.id]["trade_asked_date"],
                    "message": message,
                    "source": line.order_id,
                }
                for line in noted
            ],
        )

    def _trade_write_ledger(self, promises):
        """Note what the supplier promised; the first promise only where there is none yet.

        :param dict promises: ``{line id: {"qty", "price", "date", "schedule", "message"}}``
        """
        self._trade_note_promised(promises)
        rows = {
            line_id: {
                "trade_answered": True,
                "trade_promised_qty": promise["qty"],
                "trade_promised_price": promise["price"],
                "trade_promised_date": promise["date"],
                "trade_schedule": promise["schedule"],
            }
            for line_id, promise in promises.items()
        }
        first = "CASE WHEN t.trade_answered THEN t.%s ELSE v.%s END"
        bulk_update(
            self,
            rows,
            {
                f"trade_first_promised_{what}": SQL(
                    first,
                    SQL.identifier(f"trade_first_promised_{what}"),
                    SQL.identifier(f"trade_promised_{what}"),
                )
                for what in ("qty", "date")
            },
        )

    def _trade_changed_since_asked(self):
        """Lines that ask for something else than what was sent or promised: somebody changed them in Odoo."""

        def changed(line):
            if not line.trade_line_ref:
                return bool(line.product_qty)
            known = ("asked", "promised") if line.trade_answered else ("asked",)
            item, now = line.trade_asked_item, line._trade_asked_values()
            if item and line.product_qty and item != line._trade_item_asked():
                return True
            return any(
                now[f"trade_asked_{what}"] not in [line[f"trade_{when}_{what}"] for when in known]
                for what in ("qty", "price", "date")
            )

        goods = self.filtered(
            lambda line: line.product_id and not line.display_type and not line.is_downpayment
        )
        return goods.filtered(changed)


def _facts(asked):
    """What the ledger keeps of what was asked: everything but the text of the line."""
    unit = (asked["trade_asked_item"] or {}).get("unit")
    return asked["trade_asked_qty"], asked["trade_asked_price"], asked["trade_asked_date"], unit
