from decimal import Decimal

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date

from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.canonical import parse

from ..statement_books import items
from ..statement_compare import Line, compare

_EDITABLE = frozenset({"user_id", "note"})
_TODO = "mail.mail_activity_data_todo"


class TradeStatement(models.Model):
    """A supplier's statement of account beside our books. It changes nothing in them."""

    _name = "trade.statement"
    _description = "Statement of Account"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "as_of desc, id desc"

    name = fields.Char("Number", required=True, readonly=True, index="trigram")
    trade_message_id = fields.Many2one(
        "trade.message",
        "Document",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        groups="trade_core.group_trade_user",
    )
    trade_partner_id = fields.Many2one(
        "trade.partner",
        required=True,
        readonly=True,
        ondelete="restrict",
        groups="trade_core.group_trade_user",
    )
    partner_id = fields.Many2one("res.partner", "Supplier", required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", "Our company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    revision = fields.Integer(readonly=True, aggregator=None)
    issue_date = fields.Date("Issued", required=True, readonly=True)
    date_from = fields.Date("From", readonly=True)
    as_of = fields.Date("Balance of", required=True, readonly=True, help="The day the balances are of.")
    their_balance = fields.Monetary("Supplier's balance", readonly=True, aggregator=None)
    our_balance = fields.Monetary(
        "Our balance",
        readonly=True,
        aggregator=None,
        help="What we owed on that day by our books, with what the supplier lists and we dated later.",
    )
    difference = fields.Monetary(
        readonly=True, aggregator=None, help="Above zero: they say we owe more than we have."
    )
    line_ids = fields.One2many("trade.statement.line", "statement_id", readonly=True)
    open_count = fields.Integer("Open differences", compute="_compute_state", store=True)
    explained_count = fields.Integer("Explained", compute="_compute_state", store=True)
    newer_id = fields.Many2one(
        "trade.statement", "Replaced by", readonly=True, index="btree_not_null", help="The newer statement."
    )
    compared_at = fields.Datetime("Compared", readonly=True, help="With our books as they were then.")
    asked_at = fields.Datetime("Supplier asked", readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", tracking=True, index=True)
    note = fields.Text()
    sentence = fields.Char(compute="_compute_sentence")
    state = fields.Selection(
        [
            ("differs", "Differences"),
            ("asked", "Supplier asked"),
            ("explained", "Explained"),
            ("agrees", "Agrees"),
            ("superseded", "Superseded"),
        ],
        "Status",
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )

    _unique_number = models.UniqueIndex("(trade_partner_id, name)")
    _list_idx = models.Index("(company_id, state, as_of DESC, id DESC)")

    # -- computed ------------------------------------------------------------------------------

    @api.depends("line_ids.is_open", "line_ids.reason", "newer_id", "asked_at")
    def _compute_state(self):
        for statement in self:
            lines = statement.line_ids
            statement.open_count = len(lines.filtered("is_open"))
            statement.explained_count = len(lines.filtered("reason"))
            if statement.newer_id:
                statement.state = "superseded"
            elif statement.open_count:
                statement.state = "asked" if statement.asked_at else "differs"
            else:
                statement.state = "explained" if statement.explained_count else "agrees"

    @api.depends("state", "open_count", "difference")
    def _compute_sentence(self):
        _ = self.env._
        for statement in self:
            amount = format_amount(self.env, abs(statement.difference), statement.currency_id)
            count = statement.open_count
            if statement.state == "superseded":
                statement.sentence = _(
                    "A newer statement has replaced this one: %s.", statement.newer_id.name
                )
            elif not count and statement.difference:
                statement.sentence = _("The difference of %s is explained.", amount)
            elif not count:
                statement.sentence = _("Both balances are the same, line by line.")
            elif not statement.difference:
                statement.sentence = _("The balances are the same, but %s rows need a look at them.", count)
            elif statement.difference > 0:
                statement.sentence = _(
                    "They say we owe %(amount)s more than our books do. Rows to look at: %(count)s.",
                    amount=amount,
                    count=count,
                )
            else:
                statement.sentence = _(
                    "They say we owe %(amount)s less than our books do. Rows to look at: %(count)s.",
                    amount=amount,
                    count=count,
                )

    # -- CRUD ----------------------------------------------------------------------------------

    def write(self, vals):
        by_hand = _EDITABLE | self._fields.keys() & (
            self.env["mail.thread"]._fields.keys() | self.env["mail.activity.mixin"]._fields.keys()
        )
        if not self.env.su and vals.keys() - by_hand:
            raise AccessError(
                self.env._("What the supplier said is a record of facts; explain its lines instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Statements that came are kept as a record. Explain their lines instead."))

    # -- what people press ---------------------------------------------------------------------

    def action_compare(self):
        """Compare again with what was booked meanwhile."""
        self.check_access("write")
        if self.newer_id:
            raise UserError(self.env._("A newer statement has replaced this one. Open that one instead."))
        self.sudo()._compare()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_explain_all(self):
        """Explain all open rows at once."""
        self.ensure_one()
        return self.line_ids.filtered("is_open").action_explain()

    def action_ask(self):
        """Write to the supplier, with the differences."""
        self.ensure_one()
        self.check_access("write")
        lines = self.line_ids.filtered("is_open")
        if not lines:
            raise UserError(self.env._("There is nothing left to ask. Reload the page."))
        theirs = self.with_context(lang=self.partner_id.lang or self.env.lang)
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "name": self.env._("Ask the supplier"),
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": self.partner_id.ids,
                "default_subject": theirs.env._("Your statement of account %s", self.name),
                "default_body": theirs._ask_text(lines.with_env(theirs.env)),
                "trade_statement_asked": True,
            },
        }

    def _ask_text(self, lines):
        """The differences as the supplier reads them."""
        _ = self.env._

        def money(amount):
            return format_amount(self.env, amount, self.currency_id)

        rows = Markup().join(
            Markup("<tr>%s</tr>")
            % Markup().join(
                Markup("<td style='padding: 2px 8px'>%s</td>") % text
                for text in (
                    line.number or line.our_number or "",
                    format_date(self.env, line.day) if line.day else "",
                    money(line.their_amount),
                    money(line.our_amount),
                    line._ask(),
                )
            )
            for line in lines
        )
        head = Markup().join(
            Markup("<th style='padding: 2px 8px; text-align: left'>%s</th>") % text
            for text in (_("Document"), _("Date"), _("You"), _("We"), _("What differs"))
        )
        return Markup("<p>%s</p><p>%s</p><table><tr>%s</tr>%s</table><p>%s</p>") % (
            _("Good day,"),
            _(
                "we compared your statement of account %(number)s of %(day)s: your balance is %(theirs)s,"
                " ours is %(ours)s. This is what differs:",
                number=self.name,
                day=format_date(self.env, self.as_of),
                theirs=money(self.their_balance),
                ours=money(self.our_balance),
            ),
            head,
            rows,
            _("Please send us copies of what we do not have, or tell us what we should correct."),
        )

    def message_post(self, **kwargs):
        """A message sent with the differences: the supplier was asked."""
        message = super().message_post(**kwargs)
        if self.env.context.get("trade_statement_asked"):
            self.sudo().asked_at = fields.Datetime.now()
        return message

    def action_open_message(self):
        self.ensure_one()
        return self.trade_message_id._get_records_action()

    def action_open_newer(self):
        self.ensure_one()
        return self.newer_id._get_records_action()

    # -- keeping -------------------------------------------------------------------------------

    @api.model
    def _prepare(self, work):
        """Values of a statement that came."""
        document, message = work.document, work.message
        period = document.statement_period
        return {
            "name": document.document_number,
            "trade_message_id": message.id,
            "trade_partner_id": message.trade_partner_id.id,
            "partner_id": message.trade_partner_id.partner_id.commercial_partner_id.id,
            "company_id": message.company_id.id,
            "currency_id": work.currency.id,
            "revision": document.revision,
            "issue_date": document.issue_date,
            "date_from": period.start_date if period else False,
            "as_of": document.as_of,
            "newer_id": False,
            "asked_at": False,
            "user_id": work.record.user_id.id
            if work.record
            else self._responsible(message.trade_partner_id).id,
        }

    @api.model
    def _responsible(self, trade_partner):
        """Who looks after the supplier, when that person may see statements."""
        user = trade_partner.user_id
        may = user.active and user.has_groups(
            "account.group_account_readonly,account.group_account_invoice,trade_core.group_trade_user"
        )
        return user if may and trade_partner.company_id in user.company_ids else user.browse()

    def _replace_older(self, newest):
        """Statements of the same account that this one makes pointless."""
        older = self.search(
            [
                ("trade_partner_id", "=", newest.trade_partner_id.id),
                ("currency_id", "=", newest.currency_id.id),
                ("id", "!=", newest.id),
                ("newer_id", "=", False),
            ]
        )
        older.newer_id = newest
        older.activity_unlink([_TODO])

    # -- comparing -----------------------------------------------------------------------------

    def _compare(self, documents=None):
        """Compare with our books as they are now; what was explained stays so while it says the same.

        :param dict documents: ``{statement: its canonical document}``, when its message does not hold it yet
        """
        for statement in self:
            document = (documents or {}).get(statement) or parse(statement.trade_message_id.canonical)
            comparison = statement._compared(document)
            statement.line_ids._keep(statement, comparison.rows)
            statement.write(
                {
                    "their_balance": float(comparison.theirs),
                    "our_balance": float(comparison.ours),
                    "difference": float(comparison.theirs - comparison.ours),
                    "compared_at": fields.Datetime.now(),
                }
            )
            statement._tell()

    def _compared(self, document):
        digits = self.currency_id.decimal_places
        carried = [line for line in document.lines if line.line_type_code == "balance_forward"]
        lines = [
            Line(
                line.id,
                line.line_type_code,
                line.document_reference.id if line.document_reference else None,
                line.document_reference.issue_date if line.document_reference else None,
                line.amount,
                line.due_date,
            )
            for line in document.lines
            if line.line_type_code != "balance_forward"
        ]
        opening = document.opening_balance.value if document.opening_balance else None
        if opening is None and carried:
            opening = sum((line.amount for line in carried), Decimal(0))
        days = [line.day for line in lines if line.day]
        oldest = min([*days, self.as_of])
        ours = items(self.env, self.partner_id, self.company_id, self.currency_id, self.as_of, oldest)
        return compare(
            lines,
            ours,
            self.as_of,
            opening=None if opening is None else decimal(opening, digits),
            closing=document.balance,
            since=self.date_from or oldest,
        )

    def _tell(self):
        """Whoever is responsible is told of differences, once, and no longer when there are none."""
        self.ensure_one()
        if not self.open_count:
            self.activity_unlink([_TODO])
        elif self.user_id and not self.activity_search([_TODO]):
            self.activity_schedule(
                _TODO,
                user_id=self.user_id.id,
                summary=self.env._("The supplier's statement differs from our books"),
                note=self.sentence,
            )
