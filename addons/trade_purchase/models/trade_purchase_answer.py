from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formatLang

from odoo.addons.trade_core.tools import decimal

from ..answer_plan import answer_rows
from ..tools import PRICE_DECIMALS
from .trade_deviation_rule import ACTIONS

KINDS = [
    ("accepted", "As ordered"),
    ("changed", "Changed"),
    ("split", "Split"),
    ("backorder", "Back-order"),
    ("substituted", "Another item"),
    ("added", "Added line"),
    ("missing", "Not answered"),
    ("rejected", "Rejected"),
    ("header", "Contradiction"),
]
DECISIONS = [
    ("pending", "To decide"),
    ("accepted", "Accepted"),
    ("countered", "Countered"),
    ("rejected", "Refused"),
]
# Differences nobody can accept, because it is not clear what would be accepted.
NOT_ACCEPTABLE = ("unit", "currency", "unknown_line", "answered_twice")
_EDITABLE = {"answered_product_id", "counter_qty", "counter_price", "counter_date", "counter_note"}


class TradePurchaseAnswer(models.Model):
    """What a supplier answered about one delivery of one order line, beside what was asked, and who decided.

    Kept for every answer, also those accepted without anybody looking: the history of the promise. The rows
    of one line share its ``key``; the first one (``part`` 0) carries what was asked and the difference.
    """

    _name = "trade.purchase.answer"
    _description = "Supplier's Answer to an Order Line"
    _order = "message_id desc, sequence, part, id"
    _rec_name = "difference"

    message_id = fields.Many2one(
        "trade.message", required=True, readonly=True, index=True, ondelete="restrict"
    )
    order_id = fields.Many2one("purchase.order", required=True, readonly=True, index=True, ondelete="cascade")
    order_line_id = fields.Many2one(
        "purchase.order.line", "Order line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    key = fields.Char(
        required=True, readonly=True, help="Which line: its number, + and the answer's line, or header."
    )
    sequence = fields.Integer(readonly=True)
    part = fields.Integer("Delivery", readonly=True, aggregator=None)
    digest = fields.Char(readonly=True, help="What was compared; a decision counts for exactly this.")
    kind = fields.Selection(KINDS, "Answer", readonly=True, required=True)
    dimensions = fields.Char(readonly=True)
    backorder = fields.Boolean(readonly=True)
    product_id = fields.Many2one(related="order_line_id.product_id", string="Product")

    unit = fields.Char(readonly=True)
    asked_qty = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    asked_price = fields.Float(min_display_digits="Product Price", readonly=True, aggregator=None)
    asked_date = fields.Date("Asked for", readonly=True)
    answered_qty = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    answered_price = fields.Float(min_display_digits="Product Price", readonly=True, aggregator=None)
    answered_date = fields.Date("Promised", readonly=True)
    answered_item = fields.Char("Item offered", readonly=True)
    answered_product_id = fields.Many2one(
        "product.product", "Product offered", help="Which of your products the offered item is."
    )
    note = fields.Text("The supplier says", readonly=True)
    difference = fields.Text(readonly=True)
    limit = fields.Char(readonly=True)
    action = fields.Selection(ACTIONS, "The policy says", readonly=True)
    title = fields.Char("Line", compute="_compute_words")
    asked = fields.Char(compute="_compute_words")
    answered = fields.Char(compute="_compute_words")

    decision = fields.Selection(DECISIONS, readonly=True, required=True, default="pending", index=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, help="Empty: the policy.")
    decided_at = fields.Datetime(readonly=True)
    is_pending = fields.Boolean(compute="_compute_is_open")
    is_short = fields.Boolean(compute="_compute_is_short", help="Less is promised than was asked for.")
    is_open = fields.Boolean(
        compute="_compute_is_open", help="The answer is held, so the decision can still change."
    )
    standing = fields.Char(compute="_compute_is_open", string="Decision ")

    counter_qty = fields.Float("Quantity we propose", digits="Product Unit")
    counter_price = fields.Float("Price we propose", min_display_digits="Product Price")
    counter_date = fields.Date("Date we propose")
    counter_note = fields.Text("Note to the supplier")

    _line_idx = models.Index("(order_line_id, id) WHERE order_line_id IS NOT NULL")

    @api.depends("decision", "message_id.state")
    def _compute_is_open(self):
        labels = dict(self._fields["decision"]._description_selection(self.env))
        for row in self:
            state = row.sudo().message_id.state
            row.is_open = state == "held"
            row.is_pending = row.is_open and row.decision == "pending" and not row.part
            row.standing = self.env._("No longer counts") if state == "ignored" else labels.get(row.decision)
            if row.part:
                row.standing = False

    @api.depends("kind", "asked_qty", "answered_qty")
    def _compute_is_short(self):
        for row in self:
            split = row.kind in ("split", "changed", "accepted") and row.answered_qty >= row.asked_qty
            row.is_short = bool(row.order_line_id) and not split and row._trade_missing() > 0

    @api.depends(
        "asked_qty", "asked_price", "asked_date", "answered_qty", "answered_price", "answered_date", "unit"
    )
    def _compute_words(self):
        for row in self:
            row.title = row._title()
            row.asked = (
                row._words(row.asked_qty, row.asked_price, row.asked_date) if row._was_asked() else False
            )
            row.answered = row._answered_words()

    def _title(self):
        if self.kind == "header":
            return self.env._("The answer as a whole")
        if self.part:
            return self.env._("… delivery %s", self.part + 1)
        product = self.product_id.display_name or self.answered_item or ""
        return self.env._("Added: %s", product) if self.key.startswith("+") else f"{self.key} · {product}"

    def _was_asked(self):
        return self.kind != "header" and bool(self.asked_qty) and not self.part

    def _answered_words(self):
        if self.kind in ("header", "missing"):
            return False
        if self.kind == "rejected":
            return self.env._("Nothing")
        words = self._words(self.answered_qty, self.answered_price, self.answered_date)
        if self.backorder:
            words = self.env._("%s later", words)
        product = self.answered_product_id.display_name or self.answered_item
        return f"{product}: {words}" if product and self.kind in ("substituted", "added") else words

    def _words(self, quantity, price, date):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        number = formatLang(self.env, quantity, digits=digits)
        point = self.env["res.lang"]._get_data(code=self.env.lang or "en_US").decimal_point or "."
        if point in number:
            number = number.rstrip("0").rstrip(point)
        parts = [f"{number} {self._unit_words()}".strip()]
        if price:
            parts.append(self._price_words(price))
        if date:
            parts.append(format_date(self.env, date))
        return " · ".join(parts)

    def _unit_words(self):
        """The unit in the reader's language, as long as it is still that of the line; else as it was kept."""
        ours = self.order_line_id.product_uom_id
        return ours.name if ours.with_context(lang="en_US").name == self.unit else self.unit or ""

    def _price_words(self, price):
        """A price with all its places: one for many pieces has more than its currency."""
        currency = self.currency_id
        exponent = decimal(price, PRICE_DECIMALS).normalize().as_tuple().exponent
        number = formatLang(self.env, price, digits=max(-exponent, currency.decimal_places))
        parts = (currency.symbol, number) if currency.position == "before" else (number, currency.symbol)
        return "\N{NO-BREAK SPACE}".join(part for part in parts if part)

    # -- CRUD --------------------------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and vals.keys() - _EDITABLE:
            raise AccessError(
                self.env._("What was asked and answered is a record of facts; only decisions can be added.")
            )
        return super().write(vals)

    # -- deciding ----------------------------------------------------------------------------------

    def action_accept(self):
        return self._decide("accepted")

    def action_reject(self):
        return self._decide("rejected")

    def action_counter(self):
        """Ask what to propose instead."""
        self.ensure_one()
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose something else"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("trade_purchase.trade_purchase_answer_view_form_counter").id, "form")],
            "target": "new",
        }

    def action_choose_product(self):
        """Ask which of our products the offered item is."""
        self.ensure_one()
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which product is it?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("trade_purchase.trade_purchase_answer_view_form_product").id, "form")],
            "target": "new",
        }

    def _trade_missing(self):
        """How much of what was asked is not promised on time: rejected, less, or later without a day."""
        self.ensure_one()
        if self.part or not self.order_line_id or not self.asked_qty:
            return 0.0
        if self.kind == "rejected":
            return self.asked_qty
        rows = self.search([("message_id", "=", self.message_id.id), ("key", "=", self.key)])
        promised = sum(rows.filtered(lambda row: not row.backorder).mapped("answered_qty"))
        return max(self.asked_qty - promised, 0.0)

    def action_other_vendors(self):
        """Who else delivers what this supplier does not."""
        self.ensure_one()
        self.order_id.check_access("write")
        return self.env["trade.purchase.source"]._open(self)

    def action_send_counter(self):
        self.ensure_one()
        same = (
            self.counter_qty == self.asked_qty
            and self.counter_price == self.asked_price
            and self.counter_date == self.asked_date
        )
        if same and not (self.counter_note or "").strip():
            raise UserError(
                self.env._(
                    "This is what you asked for already. Change quantity, price or date, or write a note."
                )
            )
        if self.counter_qty <= 0:
            raise UserError(
                self.env._(
                    "Propose more than zero. To do without the line, accept or refuse the answer instead."
                )
            )
        if not self.order_line_id:
            raise UserError(
                self.env._("There is no order line to propose something for. Refuse it, with a note.")
            )
        return self._decide("countered")

    def _check_open(self):
        self.order_id.check_access("write")
        if self.filtered(lambda row: not row.is_open):
            raise UserError(
                self.env._("This answer was decided already, or a newer one replaced it. Reload the page.")
            )

    def _why_not_acceptable(self):
        """Why this line cannot be accepted as it is, or an empty text."""
        self.ensure_one()
        if set((self.dimensions or "").split(",")) & set(NOT_ACCEPTABLE):
            return self.env._(
                "It is not clear what would be accepted: %s Refuse it, and ask for a correct answer.",
                self.difference,
            )
        if self.kind in ("substituted", "added") and not self.answered_product_id:
            return self.env._(
                "Choose first which of your products %s is.",
                self.answered_item or self.env._("the offered item"),
            )
        return ""

    def _decide(self, decision):
        """Record a decision for all rows of these lines; once all lines of an answer are decided, it is run
        again and applied accordingly.

        :raise UserError: it was decided already, or cannot be accepted as it is
        """
        self._check_open()
        if decision == "accepted":
            if reasons := list(filter(None, (row._why_not_acceptable() for row in self))):
                raise UserError("\n".join(reasons))
        rows = self.sudo().search(
            [("message_id", "in", self.message_id.ids), ("key", "in", self.mapped("key"))]
        )
        rows.write(
            {"decision": decision, "decided_by_id": self.env.user.id, "decided_at": fields.Datetime.now()}
        )
        for message, lines in self.sudo().grouped("message_id").items():
            words = dict(self._fields["decision"]._description_selection(self.env))[decision]
            message._log(
                "decided",
                note=f"{self.env.user.name}: {words} ({', '.join(sorted(set(lines.mapped('key'))))})",
            )
        return self.message_id._trade_settle()

    def _is_decided(self):
        return all(row.decision != "pending" for row in self)

    # -- keeping -----------------------------------------------------------------------------------

    @api.model
    def _keep(self, pairs):
        """Keep what these answers say and what was decided; decisions of people are never overwritten.

        :param pairs: ``[(message, Plan), …]``
        """
        stale, new = self.browse(), []
        for message, plan in pairs:
            decided = {line.key: line for line in plan.lines if line.row}
            stale |= plan.rows.filtered(lambda row, decided=decided: row.key not in decided)
            new += [row for row in answer_rows(message, plan) if row["key"] not in decided]
            for line in decided.values():
                if line.row.decision != line.decision:  # the header was refused, and every line with it
                    line.row.decision = line.decision
        stale.unlink()
        self.create(new)
