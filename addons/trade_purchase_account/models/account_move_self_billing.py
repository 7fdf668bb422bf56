from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from odoo.addons.trade_account.models.account_payment_exchange import STANDING, TOLD_STATES
from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.tools import notice

_BILLS = {"in_invoice": "invoice", "in_refund": "credit_note"}
_SENT = [(key, "Sent" if key == "acknowledged" else label) for key, label in TOLD_STATES]
_SENT = [("not_sent", "Not sent"), *_SENT[1:]]


class AccountMove(models.Model):
    """Bills we make in the name of a supplier: numbered and sent when they are posted."""

    _name = "account.move"
    _inherit = ["account.move", "trade.told"]

    trade_self_billed = fields.Boolean(
        compute="_compute_trade_self_billed", compute_sudo=True, groups="base.group_user"
    )
    trade_self_state = fields.Selection(
        _SENT,
        "Sent to the supplier",
        compute="_compute_trade_self_state",
        search="_search_trade_self_state",
        compute_sudo=True,
        help="Where a self-billed invoice or credit note stands on its way to the supplier.",
        groups="base.group_user",
    )
    trade_can_send = fields.Boolean(
        compute="_compute_trade_self_billed", compute_sudo=True, groups="base.group_user"
    )

    @api.depends("move_type", "journal_id.is_self_billing", "state", "partner_id")
    def _compute_trade_self_billed(self):
        own = self.filtered(lambda move: move._trade_is_self_billed())
        routes = own._origin._trade_self_routes()
        for move in self:
            move.trade_self_billed = move in own
            move.trade_can_send = move.state == "posted" and move._origin.id in routes

    def _compute_trade_self_state(self):
        told = self.filtered(lambda move: move._trade_is_self_billed())._trade_live_told()
        for move in self:
            state = told.get(move._origin.id, self.env["trade.message"])[-1:].state
            move.trade_self_state = STANDING.get(state, state) or "not_sent"

    def _compute_show_reset_to_draft_button(self):
        result = super()._compute_show_reset_to_draft_button()
        for move in self.filtered("show_reset_to_draft_button"):
            move.show_reset_to_draft_button = move.trade_self_state not in ("sent", "acknowledged")
        return result

    def _search_trade_self_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        states = {message for state in value if state for message in (state, *_said_as(state))}
        live = SQL(
            """SELECT DISTINCT ON (res_id) res_id, state FROM trade_message
                WHERE res_model = %s AND direction = 'out' AND document_type IN %s
                  AND mode = 'live' AND state <> 'cancelled'
                ORDER BY res_id, id DESC""",
            self._name,
            tuple(_BILLS.values()),
        )
        found = [("id", "in", SQL("(SELECT res_id FROM (%s) told WHERE state IN %s)", live, tuple(states)))]
        if "not_sent" not in value:
            return found
        never = [("id", "not in", SQL("(SELECT res_id FROM (%s) told)", live))]
        return fields.Domain.OR([found, never]) & fields.Domain(
            [("journal_id.is_self_billing", "=", True), ("move_type", "in", list(_BILLS))]
        )

    def _trade_is_self_billed(self):
        """Whether we made it in the name of the supplier."""
        return self.move_type in _BILLS and self.journal_id.is_self_billing

    def _trade_self_profiles(self):
        """``{move: profile}`` of the suppliers that agreed that we bill in their name, today or earlier."""
        moves = self.filtered(lambda move: move._trade_is_self_billed() and move.partner_id)
        pairs = [(move.partner_id, move.company_id) for move in moves]
        profiles = self.env["trade.partner"].sudo()._for_partners(pairs)
        found = {move: profiles[move.partner_id.id, move.company_id.id] for move in moves}
        return {move: profile for move, profile in found.items() if profile.trade_self_billing}

    # -- posting -------------------------------------------------------------------------------------

    def _post(self, soft=True):
        self._trade_check_agreement()
        posted = super()._post(soft=soft)
        own = posted.filtered(lambda move: move._trade_is_self_billed())
        for move in own.filtered(lambda move: move.ref != move.name):
            paid_by = move.payment_reference if move.payment_reference not in (False, move.ref) else move.name
            move.write({"ref": move.name, "payment_reference": paid_by})
        at_commit(own, "_trade_tell_self_billed", dict.fromkeys(own.ids))
        return posted

    def _trade_check_agreement(self):
        """
        :raise UserError: the agreement with the supplier does not hold on the day of the bill
        """
        for move, profile in self._trade_self_profiles().items():
            day = move.invoice_date or fields.Date.context_today(move)
            if profile._self_bills_on(day):
                continue
            first, last = profile.trade_self_billing_from, profile.trade_self_billing_until
            raise UserError(
                self.env._(
                    "The agreement %(agreement)s to bill in the name of %(partner)s does not hold on %(day)s"
                    " (it holds from %(first)s to %(last)s). Extend it on the trading partner, or choose"
                    " another journal and wait for the supplier's own invoice.",
                    agreement=profile.trade_self_billing_agreement,
                    partner=profile.name,
                    day=format_date(self.env, day),
                    first=format_date(self.env, first) if first else "…",
                    last=format_date(self.env, last) if last else "…",
                )
            )

    def button_draft(self):
        """What the supplier has in its books is corrected by a credit note, not behind its back."""
        own = self.filtered(lambda move: move._trade_is_self_billed())
        told = own._trade_live_told()
        for move in own:
            messages = told.get(move.id, self.env["trade.message"])
            if messages[-1:].state != "rejected" and any(
                message._may_have_left() for message in messages if message.state != "rejected"
            ):
                raise UserError(
                    self.env._(
                        "%s was sent to the supplier already. Make a credit note of it instead, which is sent"
                        " as well.",
                        move.name,
                    )
                )
        result = super().button_draft()
        waiting = self.env["trade.message"].sudo().union(*told.values())
        waiting.filtered(lambda message: message.state in ("queued", "held"))._withdraw(
            self.env._("It was reset to draft before this left.")
        )
        return result

    # -- sending -------------------------------------------------------------------------------------

    def _trade_tell_self_billed(self, _notes):
        """Queue what was posted, once, see :func:`~odoo.addons.trade_core.announcing.at_commit`."""
        moves = self.filtered(lambda move: move._trade_is_self_billed() and move.state == "posted")
        routes, told = moves._trade_self_routes(), moves._trade_told()
        for move in moves:
            messages = told.get(move.id, self.env["trade.message"])
            if move.id in routes and (not messages or messages[-1:].state == "rejected"):
                move._trade_queue_self_billed(routes[move.id], messages)
        return {}

    def _trade_self_routes(self):
        """``{move id: the route by which it reaches the supplier}``, without those that have none."""
        profiles = {
            move: profile
            for move, profile in self._trade_self_profiles().items()
            if profile.state != "closed"
        }
        if not profiles:
            return {}
        found = self.env["trade.route"].sudo().search(
            [
                ("trade_partner_id", "in", [profile.id for profile in profiles.values()]),
                ("direction", "=", "out"),
                ("document_type", "in", list(_BILLS.values())),
            ],
            order="id desc",
        )  # fmt: skip
        known = {(route.trade_partner_id, route.document_type): route for route in found}
        routes = {move.id: known.get((profile, _BILLS[move.move_type])) for move, profile in profiles.items()}
        return {move_id: route for move_id, route in routes.items() if route}

    def _trade_told(self):
        """See :meth:`trade.told._trade_told`."""
        messages = self.env["trade.message"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("direction", "=", "out"),
                ("document_type", "in", list(_BILLS.values())),
                ("state", "!=", "cancelled"),
            ],
            order="id",
        )  # fmt: skip
        return messages.grouped("res_id")

    def _trade_queue_self_billed(self, route, left):
        """:param left: the documents of this bill the supplier has"""
        return self.env["trade.message"]._queue(
            route,
            self,
            document_number=self.name,
            revision=max(left.mapped("revision")) + 1 if left else 0,
            amount=self.amount_total,
            currency=self.currency_id,
        )

    def _trade_told_words(self):
        """See :meth:`trade.told._trade_told_words`."""
        _ = self.env._
        return {
            "told": _("Sent to the supplier"),
            "again": lambda revision: _("Sent to the supplier again, revision %s", revision),
            "waits": _("Waits to be sent to the supplier"),
            "failed": lambda reason: _("Not with the supplier: %s", reason),
        }

    # -- what people press ---------------------------------------------------------------------------

    def action_trade_send_again(self):
        """Send it again: the very same document while nobody took it, else as its next revision."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "posted" or not self._trade_is_self_billed():
            raise UserError(self.env._("Confirm the self-billed invoice first; it is sent then."))
        route = self._trade_self_routes().get(self.id)
        if not route:
            raise UserError(
                self.env._(
                    "There is no route by which %(vendor)s gets what we bill in its name. Ask a trading"
                    " manager to set one up under Trading Partners, Configuration, Routes: out,"
                    " %(document)s.",
                    vendor=self.partner_id.display_name,
                    document=_BILLS[self.move_type].replace("_", " ").capitalize(),
                )
            )
        return notice(self.sudo()._trade_send_again(route))

    def _trade_send_again(self, route):
        """:return: one sentence that says what happens now"""
        messages = self._trade_told().get(self.id, self.env["trade.message"].sudo())
        last = messages[-1:]
        if last and (said := last._leave_again(self.name)):
            return said
        return self._trade_queue_self_billed(route, messages)._said_leaving(self.name)


def _said_as(state):
    """States of messages that are shown as this one."""
    return [said for said, shown in STANDING.items() if shown == state]
