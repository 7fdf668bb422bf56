from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_datetime

from odoo.addons.trade_core.announcing import at_commit

#: kind of difference → the reason in OpenPeppol's list OPStatusReason, see trade_kernel/codecs/_told.py
_REASONS = {
    "price": "PRI",
    "charges": "PRI",
    "quantity": "QTY",
    "receipt": "DEL",
    "item": "ITM",
    "unknown_line": "UNR",
    "order": "REF",
    "bank": "PAY",
    "currency": "FIN",
}
_OTHER = "OTH"
_CREDIT_PARTIALLY = "CNP"


class TradeBillMatch(models.Model):
    """What the supplier is told of its invoice: when lines are disputed, a credit note is expected, or it is
    refused; and once it heard such, when that is settled."""

    _inherit = "trade.bill.match"

    standing = fields.Json(
        readonly=True,
        prefetch=False,
        copy=False,
        help="What the supplier has to know, see trade_message_standing.py in trade_core.",
    )
    told_message_id = fields.Many2one(
        "trade.message", "Told with", readonly=True, copy=False, groups="trade_core.group_trade_user"
    )
    told_at = fields.Datetime(readonly=True, copy=False, help="By a person.")
    told_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    must_tell = fields.Boolean("To tell by hand", readonly=True, copy=False)
    told_words = fields.Char("The supplier", compute="_compute_told_words", compute_sudo=True)

    _must_tell_idx = models.Index("(company_id) WHERE must_tell")

    @api.depends("standing", "must_tell", "told_at", "told_message_id.state")
    def _compute_told_words(self):
        for match in self:
            match.told_words = match._told_in_words() if match.standing else False

    def _told_in_words(self):
        _ = self.env._
        message = self.told_message_id
        if self.must_tell:
            return _("is to be told by hand: there is no route by which it would hear of it.")
        if self.told_at:
            return _(
                "was told by %(name)s on %(day)s.",
                name=self.told_by_id.name,
                day=format_datetime(self.env, self.told_at, dt_format="short"),
            )
        if not message:
            return _("reads in our API how the invoice stands.")
        if message.sent_at:
            return _("was told on %s.", format_datetime(self.env, message.sent_at, dt_format="short"))
        if message.state == "held":
            return _("could not be told yet: %s", message.state_reason)
        return _("is being told.")

    # -- what is told --------------------------------------------------------------------------

    def _standing_now(self):
        """What the supplier has to know; what it was told before, when nothing is decided anew."""
        self.ensure_one()
        rows = self.line_ids
        disputed = rows.filtered(lambda row: row.decision == "dispute")
        credits = rows.filtered("credit_open")
        if self.state == "ended":
            return self.standing or None
        if self.state == "rejected":
            refused = rows.filtered(lambda row: row.decision in ("reject", "dispute"))
            return _as_standing("rejected", refused._reasons())
        if self.state == "disputed":
            return _as_standing("under_query", disputed._reasons() + credits._reasons(), credits)
        if rows.filtered(lambda row: row.decision == "pending"):
            return self.standing or None
        if credits:
            return _as_standing("accepted_with_errors", credits._reasons(), credits)
        if self.bill_id and self.standing:
            return _as_standing("accepted", [])
        return self.standing or None

    def _standing_changed(self):
        """Look at these before the commit: what the supplier has to know may be something else now."""
        at_commit(self, "_tell_supplier", dict.fromkeys(self.ids))

    def _tell_supplier(self, _notes):
        """See :func:`~odoo.addons.trade_core.announcing.at_commit`."""
        for match in self:
            theirs = match.with_context(lang=match.partner_id.lang or self.env.lang)
            standing = theirs._standing_now()
            if not standing or standing == match.standing:
                continue
            unheard = match.must_tell and standing["code"] == "accepted"
            source = match.trade_message_id
            told = source._tell_standing(standing)
            match.write(
                {
                    "standing": False if unheard and not told else standing,
                    "told_message_id": told.id,
                    "told_at": False,
                    "told_by_id": False,
                    "must_tell": not (told or unheard or source._sender_reads_standing()),
                }
            )
        return {}

    # -- what people press ---------------------------------------------------------------------

    def action_write_supplier(self):
        """Tell the supplier by mail, with what is wrong filled in."""
        self.ensure_one()
        self._check_to_tell()
        theirs = self.with_context(lang=self.partner_id.lang or self.env.lang)
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "name": self.env._("Tell the supplier"),
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": self.partner_id.ids,
                "default_subject": theirs._mail_subject(),
                "default_body": theirs._mail_text(),
                "trade_supplier_told": True,
            },
        }

    def action_told(self):
        """The supplier knows it already, from a call or a letter."""
        self._check_to_tell()
        self._was_told()
        for match in self:
            match.message_post(
                body=self.env._("The supplier was told."), author_id=self.env.user.partner_id.id
            )

    def _check_to_tell(self):
        self.check_access("write")
        if self.filtered(lambda match: not match.must_tell):
            raise UserError(self.env._("There is nothing to tell by hand any more. Reload the page."))

    def _was_told(self):
        self.sudo().write(
            {"must_tell": False, "told_at": fields.Datetime.now(), "told_by_id": self.env.user.id}
        )

    def message_post(self, **kwargs):
        if self.env.context.get("trade_supplier_told"):
            self.filtered("must_tell")._was_told()
        return super().message_post(**kwargs)

    def _mail_subject(self):
        subjects = {
            "under_query": self.env._("Your invoice %s: we have a question", self.number),
            "accepted_with_errors": self.env._("Your invoice %s: please send us a credit note", self.number),
            "rejected": self.env._("Your invoice %s is refused", self.number),
        }
        return subjects.get(self.standing["code"], self.env._("Your invoice %s is settled", self.number))

    def _mail_text(self):
        """What is wrong, as the supplier reads it."""
        _ = self.env._
        beginnings = {
            "under_query": _("We cannot accept your invoice %s yet:", self.number),
            "accepted_with_errors": _("We book your invoice %s, and expect a credit note:", self.number),
            "rejected": _("We refuse your invoice %s:", self.number),
        }
        settled = _("What we asked about your invoice %s is settled.", self.number)
        beginning = beginnings.get(self.standing["code"], settled)
        items = Markup().join(Markup("<li>%s</li>") % _words(one) for one in self.standing["reasons"])
        return Markup("<p>%s</p><ul>%s</ul>") % (beginning, items)


class TradeBillMatchLine(models.Model):
    _inherit = "trade.bill.match.line"

    def _reasons(self):
        """Why these lines are not accepted as they are, as the supplier may know it: our limits are ours."""
        return [
            {
                "code": _REASONS.get((row.dimensions or "").split(",")[0], _OTHER),
                "text": row._said_to_supplier(),
                "line_id": row.document_line or None,
            }
            for row in self
        ]

    def _said_to_supplier(self):
        parts = [self.reason.strip() if self.reason else None, self._facts()]
        if self.decision == "request_credit":
            amount = format_amount(self.env, self.credit_due, self.currency_id)
            parts.insert(0, self.env._("We expect a credit note over %s without tax.", amount))
        return " ".join(filter(None, parts))

    def _facts(self):
        """What was billed beside what was ordered and received."""
        if not self.order_line_id:
            return self.title
        return self.env._(
            "Billed %(billed)s; ordered %(ordered)s, received %(received)g, billed before %(before)g"
            " (%(order)s).",
            billed=self.billed_words,
            ordered=self.ordered_words,
            received=self.received_qty,
            before=self.before_qty,
            order=self.order_line_id.order_id.name,
        )


def _words(reason):
    return f"{reason['line_id']}: {reason['text']}" if reason["line_id"] else reason["text"]


def _as_standing(code, reasons, credits=None):
    return {"code": code, "reasons": reasons, "action": _CREDIT_PARTIALLY if credits else None}
