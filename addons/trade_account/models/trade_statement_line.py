from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date

from ..statement_compare import GOOD


class TradeStatementLine(models.Model):
    """One row of a statement: what the supplier has, what we have, and what is between them."""

    _name = "trade.statement.line"
    _description = "Line of a Statement of Account"
    _order = "statement_id desc, sequence, id"
    _rec_name = "document"

    statement_id = fields.Many2one(
        "trade.statement", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="statement_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="statement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="statement_id.currency_id")
    sequence = fields.Integer(readonly=True, aggregator=None)
    key = fields.Char(required=True, readonly=True)
    kind = fields.Selection(
        [
            ("invoice", "Invoice"),
            ("credit_note", "Credit note"),
            ("payment", "Payment"),
            ("other", "Other"),
        ],
        readonly=True,
    )
    document = fields.Char(compute="_compute_document")
    number = fields.Char("Supplier's number", readonly=True)
    day = fields.Date("Date", readonly=True)
    date_due = fields.Date("Due", readonly=True)
    their_amount = fields.Monetary("Theirs", readonly=True, aggregator=None)
    our_amount = fields.Monetary("Ours", readonly=True, aggregator=None)
    difference = fields.Monetary(readonly=True, aggregator=None)
    move_id = fields.Many2one("account.move", "Our document", readonly=True, index="btree_not_null")
    our_number = fields.Char("Our number", readonly=True)
    verdict = fields.Selection(
        [
            ("agrees", "Agrees"),
            ("brought_forward", "Brought forward"),
            ("proposed", "Probably this one"),
            ("draft", "Not posted yet"),
            ("differs", "Amount differs"),
            ("paid", "Paid already"),
            ("unknown", "Unknown here"),
            ("not_listed", "Not listed by them"),
            ("opening", "Opening balance differs"),
            ("arithmetic", "Does not add up"),
        ],
        "Result",
        required=True,
        readonly=True,
    )
    evidence = fields.Char(readonly=True)
    reason = fields.Char("Explanation", readonly=True)
    explained_by = fields.Many2one("res.users", readonly=True)
    remark = fields.Char(compute="_compute_document", help="The explanation, else what was found.")
    is_open = fields.Boolean("To look at", compute="_compute_is_open", store=True)

    _unique_key = models.UniqueIndex("(statement_id, key)")

    @api.depends("verdict", "reason")
    def _compute_is_open(self):
        for line in self:
            line.is_open = line.verdict not in GOOD and not line.reason

    @api.depends("number", "our_number", "verdict", "reason", "evidence")
    def _compute_document(self):
        for line in self:
            line.document = line.number or line.our_number or line._word()
            line.remark = line.reason or line.evidence

    # -- what people press ---------------------------------------------------------------------

    def action_open(self):
        """Open our document: the bill, or the payment it belongs to."""
        self.ensure_one()
        if not self.move_id:
            raise UserError(self.env._("There is no document of ours for this row."))
        return (self.move_id.origin_payment_id or self.move_id)._get_records_action()

    def action_explain(self):
        """Ask for the reason why these rows are as they are."""
        if not self:
            raise UserError(self.env._("There is nothing left to explain. Reload the page."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Explain"),
            "res_model": "trade.statement.explain",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_line_ids": self.ids},
        }

    def action_reopen(self):
        """Take an explanation back."""
        self._check_may()
        self._set_reason(False)

    def _explain(self, reason):
        """Keep why these rows are as they are.

        :raise AccessError: the user may not
        """
        self._check_may()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why, so that nobody has to look at it again."))
        self.filtered(lambda line: line.verdict not in GOOD)._set_reason(reason.strip())

    def _check_may(self):
        self.check_access("read")
        self.statement_id.check_access("write")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only who may enter bills can explain lines of a statement."))

    def _set_reason(self, reason):
        user = self.env.user
        self.sudo().write({"reason": reason, "explained_by": user.id if reason else False})
        said = reason or self.env._("explanation taken back")
        for statement, lines in self.grouped("statement_id").items():
            names = ", ".join(lines.mapped("document"))
            body = self.env._("%(rows)s: %(reason)s", rows=names, reason=said)
            statement.sudo().message_post(body=body, author_id=user.partner_id.id)
            statement.sudo()._tell()

    def _word(self):
        return dict(self._fields["verdict"]._description_selection(self.env))[self.verdict]

    def _ask(self):
        """What differs, as the supplier reads it."""
        _ = self.env._
        says = {
            "unknown": _("We do not have this document."),
            "not_listed": _("You do not list this document."),
            "paid": _("This is settled in our books. %s", self.evidence or ""),
            "draft": _("We have received it and not approved it yet."),
            "proposed": _("We have this amount as %s.", self.our_number or ""),
            "opening": _("The opening balances differ."),
            "arithmetic": _("Your balance is not the sum of its lines."),
        }
        return says.get(self.verdict) or _("The amounts differ. %s", self.evidence or "")

    # -- keeping -------------------------------------------------------------------------------

    def _keep(self, statement, rows):
        """Bring the rows of a statement in line with a comparison.

        :param rows: list of :class:`~..statement_compare.Row`
        """
        known = {line.key: line for line in self}
        names = self._names(rows)
        new = []
        for sequence, row in enumerate(rows, 1):
            vals = {"sequence": sequence, **self._prepare(row, names, statement)}
            line = known.pop(row.key, None)
            if not line:
                new.append({"statement_id": statement.id, "key": row.key, **vals})
                continue
            if line.reason and not line._says_the_same(vals):
                vals |= {"reason": False, "explained_by": False}
            line.write(vals)
        self.browse().union(*known.values()).unlink()
        self.create(new)

    def _says_the_same(self, vals):
        """Whether what was explained is still what is there."""
        same = all(
            not self.currency_id.compare_amounts(self[name], vals[name])
            for name in ("their_amount", "our_amount")
        )
        return same and self.verdict == vals["verdict"] and self.move_id.id == vals["move_id"]

    def _names(self, rows):
        """``{move id: name}`` of what is named in the evidence."""
        ids = {move_id for row in rows if row.evidence for move_id in row.evidence[1].get("moves", ())}
        return {move.id: (move.name, move.date) for move in self.env["account.move"].browse(ids).exists()}

    def _prepare(self, row, names, statement):
        line, item = row.line, row.item
        kind = line.kind if line else item.kind if item else None
        return {
            "kind": kind or (item.kind if item else False),
            "number": line.number if line else False,
            "day": (line.day if line else item.day if item else False) or False,
            "date_due": (line.due if line else item.due if item else False) or False,
            "their_amount": float(row.theirs),
            "our_amount": float(row.ours),
            "difference": float(row.difference),
            "move_id": item.move_id if item else False,
            "our_number": item.number if item else False,
            "verdict": row.verdict,
            "evidence": self._say(row, names, statement),
        }

    def _say(self, row, names, statement):
        """The evidence in words."""
        _ = self.env._
        code, params = row.evidence or (row.verdict, {})
        settled = [names[move_id] for move_id in params.get("moves", ()) if move_id in names]
        by = ", ".join(f"{name} ({format_date(self.env, day)})" for name, day in settled)
        days = params.get("days")
        if code == "settled":
            return _("Settled with %s.", by)
        if code == "partly":
            amount = format_amount(self.env, float(params["amount"]), statement.currency_id)
            return _("%(amount)s of it settled with %(by)s.", amount=amount, by=by)
        if code == "alike":
            return (
                _("Same amount, same day, another number.")
                if not days
                else _("Same amount, days apart: %s, another number.", days)
            )
        if code == "twice":
            return _("Listed in line %s, too.", params["line"])
        if code == "sum":
            told = format_amount(self.env, float(params["told"]), statement.currency_id)
            return _("Opening balance and lines come to %s.", told)
        says = {
            "unknown": _("We have no document of this number, nor one of this amount."),
            "not_listed": _("Open in our books."),
            "draft": _("It counts when it is posted."),
            "opening": _("What was before the first day of the statement."),
            "brought_forward": _("What was before the first day of the statement."),
        }
        return says.get(code, False)
