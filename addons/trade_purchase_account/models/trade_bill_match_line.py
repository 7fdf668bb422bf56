from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ..bill_plan import NOT_ACCEPTABLE

DECISIONS = [
    ("matched", "Agrees"),
    ("pending", "To decide"),
    ("accept", "Accepted"),
    ("dispute", "Disputed"),
    ("request_credit", "Credit note requested"),
    ("wait", "Waits"),
    ("reject", "Refused"),
]
_EDITABLE = frozenset({"reason"})


class TradeBillMatchLine(models.Model):
    """One line of an invoice beside what was ordered, received and billed, or a difference of the whole
    invoice; and who decided what about it."""

    _name = "trade.bill.match.line"
    _description = "Invoice Match Line"
    _order = "match_id desc, sequence, id"
    _rec_name = "title"

    match_id = fields.Many2one(
        "trade.bill.match", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="match_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="match_id.currency_id")
    key = fields.Char(required=True, readonly=True, help="The line's number, or header and the difference.")
    document_line = fields.Char(readonly=True, help="The line's number; the same for all its parts.")
    sequence = fields.Integer(readonly=True)
    title = fields.Char("Line", readonly=True)
    order_line_id = fields.Many2one(
        "purchase.order.line", "Order line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null")
    unit = fields.Char(readonly=True)
    ordered_qty = fields.Float("Ordered", digits="Product Unit", readonly=True, aggregator=None)
    received_qty = fields.Float("Received", digits="Product Unit", readonly=True, aggregator=None)
    before_qty = fields.Float("Billed before", digits="Product Unit", readonly=True, aggregator=None)
    billed_qty = fields.Float("This invoice", digits="Product Unit", readonly=True, aggregator=None)
    agreed_price = fields.Float(min_display_digits="Product Price", readonly=True, aggregator=None)
    billed_price = fields.Float(min_display_digits="Product Price", readonly=True, aggregator=None)
    amount = fields.Monetary("Amount billed", readonly=True, aggregator=None)
    ordered_words = fields.Char("Ordered ", compute="_compute_words", help="Quantity × agreed net price.")
    billed_words = fields.Char("This invoice ", compute="_compute_words", help="Quantity × price billed.")
    dimensions = fields.Char(readonly=True)
    difference = fields.Text(readonly=True)
    arithmetic = fields.Char(readonly=True)
    limit = fields.Char(readonly=True)
    owed = fields.Monetary("Too much", readonly=True, aggregator=None, help="Without tax.")
    digest = fields.Char(readonly=True, help="What was compared; a decision counts for exactly this.")

    decision = fields.Selection(DECISIONS, required=True, readonly=True, default="pending", index=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, help="Empty: the limits.")
    decided_at = fields.Datetime(readonly=True)
    reason = fields.Text("Text to the supplier")
    credit_due = fields.Monetary("Credit expected", readonly=True, aggregator=None)
    credit_received = fields.Monetary("Credited", readonly=True, aggregator=None)
    credit_open = fields.Boolean(compute="_compute_credit_open", store=True)
    is_open = fields.Boolean(compute="_compute_is_open", compute_sudo=True)
    is_pending = fields.Boolean(compute="_compute_is_open", compute_sudo=True)
    may_wait = fields.Boolean(compute="_compute_is_open", compute_sudo=True)

    _credit_idx = models.Index("(order_line_id) WHERE decision = 'request_credit'")

    @api.depends("credit_due", "credit_received", "decision")
    def _compute_credit_open(self):
        for row in self:
            left = row.credit_due - row.credit_received
            row.credit_open = (
                row.decision == "request_credit" and row.currency_id.compare_amounts(left, 0) > 0
            )

    @api.depends("ordered_qty", "agreed_price", "billed_qty", "billed_price")
    def _compute_words(self):
        for row in self:
            ordered, billed = bool(row.order_line_id), bool(row.amount)
            row.ordered_words = row._times(row.ordered_qty, row.agreed_price) if ordered else False
            row.billed_words = row._times(row.billed_qty, row.billed_price) if billed else False

    def _times(self, quantity, price):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        number = formatLang(self.env, quantity, digits=digits)
        point = self.env["res.lang"]._get_data(code=self.env.lang or "en_US").decimal_point or "."
        if point in number:
            number = number.rstrip("0").rstrip(point)
        return f"{number} × {formatLang(self.env, price, dp='Product Price')}"

    @api.depends("match_id.trade_message_id.state", "decision", "dimensions")
    def _compute_is_open(self):
        for row in self:
            row.is_open = row.match_id.trade_message_id.state == "held" and bool(row.difference)
            row.is_pending = row.is_open and row.decision == "pending"
            row.may_wait = row.is_open and "receipt" in (row.dimensions or "").split(",")

    def write(self, vals):
        if not self.env.su and vals.keys() - _EDITABLE:
            raise AccessError(
                self.env._("What was billed is a record of facts; only decisions can be added.")
            )
        return super().write(vals)

    # -- what people press ---------------------------------------------------------------------

    def action_accept(self):
        return self._decide("accept")

    def action_wait(self):
        if self.filtered(lambda row: not row.may_wait):
            raise UserError(self.env._("Only lines that are not received yet can wait for a receipt."))
        return self._decide("wait")

    def action_request_credit(self):
        """Book the line as billed, and expect a credit note for what is too much."""
        rows = self.filtered(lambda row: row.owed > 0)
        if not rows or rows.filtered(lambda row: row._why_not_acceptable()):
            raise UserError(
                self.env._(
                    "Nothing too much is billed here that a credit note could bring back. Dispute it instead."
                )
            )
        return rows._decide("request_credit")

    def action_dispute(self):
        """Ask for the reason, which is what the supplier reads."""
        self.match_id._check_may()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispute"),
            "res_model": "trade.bill.dispute",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_ids": self.ids},
        }

    def _why_not_acceptable(self):
        """Why this line cannot be accepted as it is, or an empty text."""
        self.ensure_one()
        if set((self.dimensions or "").split(",")) & set(NOT_ACCEPTABLE):
            return self.env._("It is not clear what would be accepted: %s", self.difference)
        return ""

    def _decide(self, decision, reason=None):
        """Record a decision; once all lines of an invoice are decided, it runs again and is booked so.

        :raise UserError: it was decided already, or cannot be accepted as it is
        """
        self.match_id._check_may()
        rows = self.filtered("is_open")
        if decision in ("accept", "request_credit"):
            if reasons := list(filter(None, (row._why_not_acceptable() for row in rows))):
                raise UserError("\n".join(reasons))
        vals = {"decision": decision, "decided_by_id": self.env.user.id, "decided_at": fields.Datetime.now()}
        if reason is not None:
            vals["reason"] = reason
        for row in rows.sudo():
            row.write({**vals, "credit_due": row.owed if decision == "request_credit" else 0.0})
        words = dict(self._fields["decision"]._description_selection(self.env))[decision]
        for match, lines in rows.sudo().grouped("match_id").items():
            titles = ", ".join(lines.mapped("title"))
            match.trade_message_id._log("decided", note=f"{self.env.user.name}: {words} ({titles})")
            match.message_post(
                body=f"{words}: {titles}. {reason or ''}".strip(), author_id=self.env.user.partner_id.id
            )
        rows.match_id._standing_changed()
        return rows.match_id._settle()

    # -- keeping -------------------------------------------------------------------------------

    @api.model
    def _keep(self, match, plan):
        """Keep the lines of a plan; what people decided about exactly the same difference stays."""
        decided = {line.key: line for line in plan.lines if line.row}
        (match.line_ids - self.union(*(line.row for line in decided.values()))).unlink()
        vals_list = []
        for sequence, line in enumerate(plan.lines):
            vals = self._prepare(line) | {"match_id": match.id, "sequence": sequence}
            if line.row:
                line.row.write({**vals, "decision": line.decision})
            else:
                vals_list.append(vals | {"decision": line.decision})
        self.create(vals_list)

    def _prepare(self, line):
        vals = {
            "key": line.key,
            "title": self._title(line),
            "dimensions": ",".join(one.dimension for one in line.deviations),
            "difference": "\n".join(one.sentence for one in line.deviations),
            "limit": ", ".join(dict.fromkeys(one.limit for one in line.deviations if one.limit)),
            "owed": float(line.owed),
            "digest": line.digest,
        }
        if not line.match:
            return vals
        billed, ordered = line.match.billed, line.match.ordered
        vals |= {
            "document_line": line.line.id if line.line else False,
            "order_line_id": line.order_line.id,
            "product_id": (line.product or line.order_line.product_id).id,
            "billed_qty": float(billed.quantity),
            "amount": float(billed.amount),
            "billed_price": float(billed.amount) / float(billed.quantity or 1),
            "arithmetic": line.match.arithmetic,
        }
        if ordered:
            vals |= {
                "unit": ordered.unit,
                "ordered_qty": float(ordered.quantity),
                "received_qty": float(ordered.received),
                "before_qty": float(line.match.before),
                "agreed_price": float(ordered.price),
            }
        return vals

    def _title(self, line):
        if line.match:
            item = line.match.billed.item
            title = f"{line.key} · {item}" if line.line else item
            return f"{title} · {line.match.ordered.label}" if line.several else title
        return {
            "charges": self.env._("Freight and charges"),
            "tax": self.env._("Tax"),
            "total": self.env._("It does not add up"),
            "currency": self.env._("Currency"),
            "bank": self.env._("Bank account"),
            "duplicate": self.env._("The same number"),
            "self_billing": self.env._("Self-billing"),
            "order": self.env._("Which order"),
        }.get(line.key.split(":")[1], line.key)
