from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

from ..identity import number_key

_BILLS = {"in_invoice": "invoice", "in_refund": "credit_note"}


class AccountMove(models.Model):
    """Bills are known by the supplier's number, however somebody wrote it."""

    _inherit = "account.move"

    trade_ref_key = fields.Char(
        compute="_compute_trade_ref_key", store=True, readonly=True, copy=False, groups="base.group_user"
    )
    trade_match_ids = fields.One2many(
        "trade.bill.match", "bill_id", "Invoice matches", readonly=True, groups="base.group_user"
    )
    trade_match_count = fields.Integer(
        compute="_compute_trade_match_count", compute_sudo=True, groups="base.group_user"
    )

    _trade_ref_key_idx = models.Index(
        "(commercial_partner_id, trade_ref_key) WHERE trade_ref_key IS NOT NULL"
    )

    @api.depends("ref", "move_type")
    def _compute_trade_ref_key(self):
        for move in self:
            move.trade_ref_key = (number_key(move.ref) or False) if move.move_type in _BILLS else False

    @api.depends("trade_match_ids")
    def _compute_trade_match_count(self):
        for move in self:
            move.trade_match_count = len(move.trade_match_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_matched(self):
        """A document is booked once: without its bill nobody would see that it is not booked any more."""
        if match := self.sudo().trade_match_ids[:1]:
            raise UserError(
                self.env._(
                    "This bill is the supplier's invoice %(number)s, which came as a document. Cancel it"
                    " instead of deleting it; then it can be booked again.",
                    number=match.number,
                )
            )

    def _post(self, soft=True):
        """Credit notes that came before their invoice go on when that is entered by hand, too."""
        posted = super()._post(soft=soft)
        posted.filtered(lambda move: move.move_type in _BILLS)._trade_set_off()
        bills = posted.filtered(lambda move: move.move_type == "in_invoice" and move.trade_ref_key)
        if bills:
            profiles = (
                self.env["trade.partner"]
                .sudo()
                ._for_partners((move.commercial_partner_id, move.company_id) for move in bills)
            )
            for profile, moves in groupby(
                bills, lambda move: profiles[move.commercial_partner_id.id, move.company_id.id]
            ):
                if profile:
                    numbers = [f"invoice:{move.ref}" for move in moves]
                    self.env["trade.exception"]._arrived(profile, numbers)
        return posted

    def _trade_set_off(self):
        """Credit notes are set off against the invoices they are about as soon as both are posted."""
        if not self:
            return
        matches = self.env["trade.bill.match"].sudo().search(
            [
                ("kind", "=", "credit_note"),
                ("bill_id", "!=", False),
                ("credited_bill_id", "!=", False),
                "|",
                ("bill_id", "in", self.ids),
                ("credited_bill_id", "in", self.ids),
            ]
        )  # fmt: skip
        for match in matches:
            pair = match.bill_id | match.credited_bill_id
            if set(pair.mapped("state")) == {"posted"}:
                pair.line_ids.filtered(
                    lambda line: line.account_id.account_type == "liability_payable" and not line.reconciled
                ).reconcile()

    def action_trade_matches(self):
        self.ensure_one()
        return self.trade_match_ids._get_records_action(name=self.env._("Match of %s", self.display_name))
