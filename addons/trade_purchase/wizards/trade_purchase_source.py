from datetime import datetime, time, timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools import at_day


class TradePurchaseSource(models.TransientModel):
    """What a supplier does not deliver, and who else does: price, least quantity and day of each vendor."""

    _name = "trade.purchase.source"
    _description = "Other Vendors for an Order Line"

    answer_id = fields.Many2one("trade.purchase.answer", required=True, readonly=True, ondelete="cascade")
    order_id = fields.Many2one(related="answer_id.order_id")
    product_id = fields.Many2one(related="answer_id.product_id")
    currency_id = fields.Many2one(related="answer_id.currency_id")
    unit = fields.Char(related="answer_id.unit")
    asked_date = fields.Date(related="answer_id.asked_date")
    asked_price = fields.Float(related="answer_id.asked_price")
    quantity = fields.Float("Missing", digits="Product Unit", required=True)
    line_ids = fields.One2many("trade.purchase.source.line", "source_id", "Vendors")

    @api.model
    def _open(self, answer):
        """The page with the other vendors of what ``answer`` (a row of the first delivery) leaves open."""
        order_line = answer.order_line_id
        missing = answer._trade_missing()
        if not order_line or missing <= 0:
            raise UserError(
                self.env._("Nothing of this line is missing: there is nothing to order elsewhere.")
            )
        source = self.create({"answer_id": answer.id, "quantity": missing})
        source.line_ids = [Command.create(vals) for vals in source._offers()]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Other vendors of %s", order_line.product_id.display_name),
            "res_model": self._name,
            "res_id": source.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _offers(self):
        """The best price of every other vendor, the cheapest first."""
        order, product = self.order_id, self.product_id
        own, today = order.partner_id.commercial_partner_id, fields.Date.context_today(self)
        found = {}
        for seller in product._prepare_sellers().filtered(
            lambda seller: (
                seller.partner_id.commercial_partner_id != own
                and (not seller.product_id or seller.product_id == product)
                and (not seller.date_start or seller.date_start <= today)
                and (not seller.date_end or seller.date_end >= today)
                and seller.company_id in (order.company_id, order.company_id.browse())
            )
        ):
            offer = self._offer(seller, today)
            vendor = seller.partner_id.commercial_partner_id
            better = found.get(vendor)
            if not better or _rank(offer) < _rank(better):
                found[vendor] = offer
        return sorted(found.values(), key=_rank)

    def _offer(self, seller, today):
        order, line = self.order_id, self.answer_id.order_line_id
        price = seller.currency_id._convert(
            seller.price_discounted, order.currency_id, order.company_id, today, round=False
        )
        price = seller.product_uom_id._compute_price(price, line.product_uom_id)
        least = seller.product_uom_id._compute_quantity(seller.min_qty, line.product_uom_id, round=False)
        return {
            "seller_id": seller.id,
            "price": price,
            "percent": (price / self.asked_price - 1) if self.asked_price else 0.0,
            "least": least,
            "arrival": today + timedelta(days=seller.delay),
            "enough": self.quantity >= least,
        }


def _rank(offer):
    return not offer["enough"], offer["price"], offer["seller_id"]


class TradePurchaseSourceLine(models.TransientModel):
    _name = "trade.purchase.source.line"
    _description = "Another Vendor for an Order Line"
    _order = "enough desc, price, id"

    source_id = fields.Many2one("trade.purchase.source", required=True, ondelete="cascade")
    seller_id = fields.Many2one("product.supplierinfo", required=True, readonly=True)
    partner_id = fields.Many2one(related="seller_id.partner_id", string="Vendor")
    currency_id = fields.Many2one(related="source_id.currency_id")
    price = fields.Float(min_display_digits="Product Price", readonly=True)
    percent = fields.Float("Above yours", readonly=True, help="More or less than the price you asked for.")
    least = fields.Float("At least", digits="Product Unit", readonly=True)
    enough = fields.Boolean(readonly=True)
    delay = fields.Integer(related="seller_id.delay", string="Days")
    arrival = fields.Date("Can be here", readonly=True)
    late = fields.Boolean(compute="_compute_late")

    @api.depends("arrival", "source_id.asked_date")
    def _compute_late(self):
        for line in self:
            asked = line.source_id.asked_date
            line.late = bool(asked and line.arrival and line.arrival > asked)

    def action_order(self):
        """Write a request for quotation to this vendor, and accept what the first one said about the line."""
        self.ensure_one()
        source = self.source_id
        new = self.env["purchase.order"].create(self._prepare_order())
        order = source.order_id
        order.message_post(
            body=self.env._(
                "%(quantity)s %(unit)s of %(product)s are asked of %(vendor)s instead: %(new)s",
                quantity=source.quantity,
                unit=source.unit or "",
                product=source.product_id.display_name,
                vendor=self.partner_id.display_name,
                new=new.name,
            )
        )
        if source.answer_id.is_pending:
            source.answer_id._decide("accepted")
        return {
            "type": "ir.actions.act_window",
            "res_model": "purchase.order",
            "res_id": new.id,
            "views": [(False, "form")],
        }

    def _prepare_order(self):
        source, line = self.source_id, self.source_id.answer_id.order_line_id
        order = line.order_id.with_company(line.company_id)
        wanted = datetime.combine(self.arrival, time(12))
        if source.asked_date and not self.late:
            wanted = at_day(order, source.asked_date, line.date_planned)
        return {
            "partner_id": self.partner_id.id,
            "company_id": order.company_id.id,
            "user_id": order.user_id.id or self.env.uid,
            "origin": order.name,
            "currency_id": self.seller_id.currency_id.id,
            "dest_address_id": order.dest_address_id.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "product_qty": max(source.quantity, self.least),
                        "product_uom_id": line.product_uom_id.id,
                        "date_planned": wanted,
                    }
                )
            ],
        }
