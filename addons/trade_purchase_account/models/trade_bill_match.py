import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from psycopg2.errors import UniqueViolation

from odoo.addons.trade_core.pipeline.step import Conflict
from odoo.addons.trade_core.tools import notice

STATES = [
    ("to_decide", "To decide"),
    ("disputed", "Disputed"),
    ("waiting", "Waiting"),
    ("matched", "Matched"),
    ("credit_requested", "Credit note expected"),
    ("billed", "Billed"),
    ("rejected", "Refused"),
    ("ended", "Ended"),
]
_ENDED = ("rejected", "ended")
_EDITABLE = frozenset({"chosen_order_ids", "note"})
# What may come as an attachment of an invoice (EN 16931, BT-125) and is kept with the bill.
_FILES = {
    "application/pdf": (b"%PDF-", ".pdf"),
    "image/png": (b"\x89PNG", ".png"),
    "image/jpeg": (b"\xff\xd8\xff", ".jpg"),
}


class TradeBillMatch(models.Model):
    """A supplier's invoice or credit note beside what was ordered, received and billed before; whatever way
    it came, there is one of it."""

    _name = "trade.bill.match"
    _description = "Invoice Match"
    _inherit = ["mail.thread.main.attachment", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "number"

    trade_message_id = fields.Many2one(
        "trade.message",
        "Document",
        required=True,
        readonly=True,
        ondelete="restrict",
        groups="trade_core.group_trade_user",
    )
    trade_partner_id = fields.Many2one(
        "trade.partner",
        readonly=True,
        required=True,
        ondelete="restrict",
        index=True,
        groups="trade_core.group_trade_user",
    )
    partner_id = fields.Many2one("res.partner", "Supplier", readonly=True, required=True, index=True)
    company_id = fields.Many2one("res.company", "Our company", readonly=True, required=True, index=True)
    kind = fields.Selection(
        [("invoice", "Invoice"), ("credit_note", "Credit note")],
        "Document type",
        readonly=True,
        required=True,
    )
    number = fields.Char(readonly=True, required=True, index="trigram")
    revision = fields.Integer(readonly=True, aggregator=None)
    identity = fields.Char(readonly=True, required=True)
    issue_date = fields.Date("Issued", readonly=True)
    date_due = fields.Date("Due", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, required=True)
    amount_untaxed = fields.Monetary("Without tax", readonly=True, aggregator=None)
    amount_tax = fields.Monetary("Tax", readonly=True, aggregator=None)
    amount_total = fields.Monetary("Total", readonly=True, aggregator=None)
    order_ids = fields.Many2many(
        "purchase.order", "trade_bill_match_order_rel", "match_id", "order_id", readonly=True
    )
    chosen_order_ids = fields.Many2many(
        "purchase.order", "trade_bill_match_chosen_rel", "match_id", "order_id", "It is about",
        domain="[('state', '=', 'purchase'), ('company_id', '=', company_id),"
        " ('partner_id', 'child_of', partner_id)]",
        help="The orders this invoice is for, when it does not say so itself.",
    )  # fmt: skip
    asks_for_orders = fields.Boolean(readonly=True)
    bill_id = fields.Many2one("account.move", readonly=True, index="btree_not_null", copy=False)
    credited_bill_id = fields.Many2one(
        "account.move",
        "Credits",
        readonly=True,
        index="btree_not_null",
        help="The bill this credit note is about.",
    )
    other_bill_id = fields.Many2one("account.move", "Looks like", readonly=True, index="btree_not_null")
    waits_for = fields.Char(readonly=True, index="btree_not_null", help="The document that must come first.")
    line_ids = fields.One2many("trade.bill.match.line", "match_id", readonly=True)
    difference = fields.Monetary(
        "Too much", readonly=True, aggregator=None, help="Billed too much, without tax."
    )
    sentence = fields.Char(compute="_compute_sentence")
    note = fields.Text()
    state = fields.Selection(
        STATES, compute="_compute_state", store=True, index=True, tracking=True, compute_sudo=True
    )
    is_open = fields.Boolean(compute="_compute_is_open", compute_sudo=True)
    pending_count = fields.Integer(compute="_compute_is_open", compute_sudo=True)
    can_wait = fields.Boolean(compute="_compute_is_open", compute_sudo=True)
    can_book_again = fields.Boolean(compute="_compute_is_open", compute_sudo=True)

    _unique_message = models.UniqueIndex("(trade_message_id)")
    # One invoice, one bill, whatever way it came and however its number was written.
    _unique_identity = models.UniqueIndex(
        "(company_id, partner_id, identity) WHERE state NOT IN ('rejected', 'ended')",
        "This invoice was booked again meanwhile: keep one of the two bills.",
    )
    _list_idx = models.Index("(company_id, state, id DESC)")

    # -- computed ------------------------------------------------------------------------------

    @api.depends(
        "trade_message_id.state",
        "line_ids.decision",
        "line_ids.credit_open",
        "bill_id.state",
        "waits_for",
    )
    def _compute_state(self):
        for match in self:
            match.state = match._standing()

    def _standing(self):
        message = self.trade_message_id.state
        decisions = set(self.line_ids.mapped("decision"))
        if message in ("ignored", "cancelled") or self.bill_id.state == "cancel":
            return "ended"
        if message == "rejected":
            return "rejected"
        if self.bill_id:
            owed = self.line_ids.filtered(lambda row: row.decision == "request_credit" and row.credit_open)
            return "credit_requested" if owed else "billed"
        for decision, state in (("pending", "to_decide"), ("dispute", "disputed"), ("wait", "waiting")):
            if decision in decisions:
                return state
        return "waiting" if self.waits_for else "matched"

    @api.depends("state", "trade_message_id.state", "line_ids.decision", "bill_id.state")
    def _compute_is_open(self):
        for match in self:
            message = match.trade_message_id.state
            match.can_book_again = message == "applied" and match.bill_id.state == "cancel"
            match.is_open = message == "held"
            pending = match.line_ids.filtered(lambda row: row.decision == "pending")
            match.pending_count = len(pending)
            match.can_wait = any(pending.mapped("may_wait"))

    @api.depends("state", "line_ids.decision", "bill_id.name", "difference")
    def _compute_sentence(self):
        for match in self:
            match.sentence = match._say()

    def _say(self):
        _ = self.env._
        if self.state == "to_decide":
            count = self.pending_count
            return (
                _("1 line needs your decision.") if count == 1 else _("%s lines need your decision.", count)
            )
        if self.state == "waiting" and self.waits_for:
            return _("Waits for the %s.", self.waits_for.replace(":", " "))
        if self.can_book_again:
            return _("No longer counts: its bill was cancelled.")
        says = {
            "disputed": _("Disputed. It is not booked until you decide otherwise, or refuse it."),
            "waiting": _("Waits until the goods are received; then it goes on by itself."),
            "matched": _("Everything is decided; the bill is being made."),
            "credit_requested": _("Booked as billed. A credit note from the supplier is expected."),
            "billed": _("Booked."),
            "rejected": _("Refused; it is not booked."),
            "ended": _("No longer counts: a duplicate, ignored, or replaced by a correction."),
        }
        return says.get(self.state)

    # -- CRUD ----------------------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and vals.keys() - self._by_hand():
            raise AccessError(
                self.env._("What was billed is a record of facts; only decisions can be added.")
            )
        return super().write(vals)

    def _by_hand(self):
        return (
            _EDITABLE
            | self.env["mail.thread.main.attachment"]._fields.keys()
            | self.env["mail.activity.mixin"]._fields.keys()
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Invoices that came are kept as a record. Refuse the invoice instead."))

    # -- what people press ---------------------------------------------------------------------

    def action_accept_all(self):
        """Accept everything that can be accepted."""
        self.ensure_one()
        pending = self._pending()
        ready = pending.filtered(lambda row: not row._why_not_acceptable())
        if not ready:
            raise UserError("\n".join(row._why_not_acceptable() for row in pending))
        return ready._decide("accept")

    def action_dispute_all(self):
        self.ensure_one()
        return self._pending().action_dispute()

    def action_request_credit_all(self):
        self.ensure_one()
        return self._pending().action_request_credit()

    def action_wait_all(self):
        self.ensure_one()
        return self._pending().filtered("may_wait").action_wait()

    def _pending(self):
        rows = self.line_ids.filtered(
            lambda row: row.is_open and row.decision in ("pending", "wait", "dispute")
        )
        if not rows:
            raise UserError(self.env._("There is nothing left to decide. Reload the page."))
        return rows

    def action_refuse(self):
        """Refuse the whole invoice: it is not booked, and the supplier is told."""
        self.ensure_one()
        rows = self._pending()
        return rows._decide("reject")

    def action_match_orders(self):
        """Match the invoice with the orders that were chosen."""
        self.ensure_one()
        self._check_may()
        if not self.chosen_order_ids:
            raise UserError(self.env._("Choose the orders first, in the field above."))
        self.sudo().trade_message_id._log(
            "decided", note=f"{self.env.user.name}: {', '.join(self.chosen_order_ids.mapped('name'))}"
        )
        self.sudo().trade_message_id._replay()
        return notice(self.env._("The invoice is matched with these orders in a moment."), "success")

    def action_run_again(self):
        """Compare again with what was received and billed meanwhile."""
        self._check_may()
        self.sudo().trade_message_id._replay()
        return notice(self.env._("The invoice is compared again in a moment."), "success")

    def action_book_again(self):
        """The bill was cancelled by mistake: it is a draft again."""
        self.ensure_one()
        self.check_access("write")
        if not self.can_book_again:
            raise UserError(self.env._("This invoice is booked, or is to be decided. Reload the page."))
        self.bill_id.button_draft()
        return self.action_open_bill()

    def action_open_bill(self):
        self.ensure_one()
        return self.bill_id._get_records_action()

    def action_open_orders(self):
        self.ensure_one()
        return self.order_ids._get_records_action(name=self.env._("Orders of %s", self.number))

    def action_open_message(self):
        self.ensure_one()
        return self.trade_message_id._get_records_action()

    def _check_may(self):
        self.check_access("write")
        if self.filtered(lambda match: not match.is_open):
            raise UserError(self.env._("This invoice was decided already. Reload the page."))

    def _settle(self):
        """Run invoices again of which every line is decided."""
        ready = self.sudo().filtered(lambda match: match.is_open and not match.pending_count)
        ready.trade_message_id._replay()
        if ready:
            return notice(self.env._("Decided. The invoice goes on in a moment."), "success")
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # -- keeping -------------------------------------------------------------------------------

    @api.model
    def _keep(self, works):
        """Keep what these documents say beside order and receipt, and what was decided about them.

        :param works: works of the invoice adapters that have a plan
        """
        self = self.sudo()
        new = [work for work in works if not work.plan.kept]
        try:
            with self.env.cr.savepoint():
                created = self.create([self._prepare(work) for work in new])
        except UniqueViolation as error:
            raise Conflict from error  # the same invoice by another way at this instant: look again
        for work, match in zip(new, created, strict=True):
            work.plan.kept = match
            match._attach(work)
        for work in works:
            match = work.plan.kept
            if work not in new:
                match.write(self._prepare(work))
            self.env["trade.bill.match.line"]._keep(match, work.plan)

    def _prepare(self, work):
        plan, document = work.plan, work.document
        figures, sequence = plan.invoiced.figures, getattr(work.error, "exception_class", None) == "sequence"
        subject = work.error.subject if sequence else None
        return {
            "trade_message_id": work.message.id,
            "trade_partner_id": work.message.trade_partner_id.id,
            "partner_id": plan.partner.commercial_partner_id.id,
            "company_id": work.message.company_id.id,
            "kind": document.document_type,
            "number": document.document_number,
            "revision": document.revision,
            "identity": plan.identity,
            "issue_date": document.issue_date,
            "date_due": document.due_date,
            "currency_id": work.currency.id,
            "amount_untaxed": float(figures.net),
            "amount_tax": float(figures.tax or 0),
            "amount_total": float(figures.gross),
            "order_ids": [fields.Command.set(plan.orders.ids)],
            "asks_for_orders": any(line.key.startswith("header:order") for line in plan.lines),
            "credited_bill_id": plan.credited.id,
            "other_bill_id": plan.other_bill.id,
            "bill_id": plan.bill.id if plan.bill else False,
            "waits_for": subject if subject and subject.startswith("invoice:") else False,
            "difference": float(sum(line.owed for line in plan.lines)),
        }

    def _attach(self, work):
        """Keep the files that came within the document or beside it; the picture of it is shown beside."""
        vals_list = []
        for reference in work.document.additional_document_reference:
            file = reference.attachment
            if not (file and file.content):
                continue
            magic, extension = _FILES.get((file.mime_code or "").lower(), (None, None))
            raw = base64.b64decode(file.content)
            if not magic or not raw.startswith(magic):
                continue
            name = (file.filename or reference.id).replace("\\", "/").rsplit("/", 1)[-1]
            name = name if name.lower().endswith(extension) else name + extension
            vals_list.append(
                {
                    "name": name,
                    "raw": raw,
                    "mimetype": file.mime_code.lower(),
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        files = self.env["ir.attachment"].create(vals_list)
        beside = work.message.beside_ids.filtered(lambda file: file.checksum not in files.mapped("checksum"))
        files += beside.copy({"res_model": self._name, "res_id": self.id})
        if files:
            self._message_set_main_attachment_id(files)

    def _attachments(self):
        return self.env["ir.attachment"].search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
