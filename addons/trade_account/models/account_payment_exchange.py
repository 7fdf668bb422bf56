from datetime import timedelta

from odoo import api, fields, models

from ..remittance import REGISTERED, is_paid_out

TOLD_STATES = [
    ("not_sent", "Not told"),
    ("queued", "Waiting to be sent"),
    ("sent", "Sent"),
    ("acknowledged", "Told"),
    ("held", "Needs you"),
]
_STANDING = {"rejected": "held"}


class AccountPayment(models.Model):
    """What the accountant sees of it: whether the supplier was told, and what is in the way."""

    _inherit = "account.payment"

    # Others who may read payments may not read these.
    trade_message_ids = fields.One2many(
        "trade.message", "res_id", readonly=True, groups="trade_core.group_trade_user"
    )
    trade_state = fields.Selection(
        TOLD_STATES,
        "Supplier told",
        compute="_compute_trade_state",
        compute_sudo=True,
        store=True,
        index=True,
        copy=False,
        help="Where the remittance advice stands: what the supplier was told of this payment.",
    )
    trade_exchange = fields.Json(compute="_compute_trade_exchange", compute_sudo=True)
    trade_can_send = fields.Boolean(compute="_compute_trade_can_send", compute_sudo=True)
    trade_message_count = fields.Integer(compute="_compute_trade_message_count", compute_sudo=True)

    @api.depends("trade_message_ids.state")
    def _compute_trade_state(self):
        told = self._trade_live_advices()
        for payment in self:
            state = told.get(payment._origin.id, self.env["trade.message"])[-1:].state
            payment.trade_state = _STANDING.get(state, state) or "not_sent"

    def _trade_live_advices(self):
        found = self._trade_told()
        live = {
            key: messages.filtered(lambda message: message.mode == "live") for key, messages in found.items()
        }
        return {key: messages for key, messages in live.items() if messages}

    # -- the line under the status bar -----------------------------------------------------------

    @api.depends("trade_message_ids.state", "trade_message_ids.exception_id", "state")
    @api.depends_context("uid")
    def _compute_trade_exchange(self):
        told = self._trade_live_advices()
        for payment in self:
            messages = told.get(payment._origin.id)
            steps = payment._trade_steps(messages) if messages else []
            payment.trade_exchange = (
                {"steps": steps, "soon": self._trade_soon(messages[-1:])} if steps else False
            )

    @staticmethod
    def _trade_soon(last):
        """Whether something happens within seconds, so that it is worth looking again."""
        lately = fields.Datetime.now() - timedelta(minutes=2)
        waits = last.state == "queued" and not last.exception_id.is_open and not last.not_before
        return bool(waits or (last.state == "sent" and last.sent_at and last.sent_at > lately))

    def _trade_steps(self, messages):
        """The last advice that left, and the one that is about to; see ``purchase.order``'s for the shape."""
        _, links = self.env._, self.env.user.has_group("trade_core.group_trade_user")
        last, left = messages[-1:], messages.filtered("sent_at")[-1:]

        def step(label, message, at=None, tone="done", target=None):
            target = (target or f"message/{message.id}") if links else None
            at = fields.Datetime.to_string(at) or None
            return {"label": label, "at": at, "detail": None, "tone": tone, "target": target}

        steps = []
        if left:
            label = (
                _("Supplier told again, revision %s", left.revision) if left.revision else _("Supplier told")
            )
            steps.append(step(label, left, left.sent_at))
            if left.state == "acknowledged" and left.route_id.ack_expected != "transport":
                steps.append(step(_("Acknowledged"), left, left.done_at))
        problem = last.exception_id if last.exception_id.is_open else last.exception_id.browse()
        target = f"problem/{problem.id}" if problem else None
        if last.state == "queued":
            label = problem.name if problem else _("Remittance advice waits to be sent")
            steps.append(step(label, last, tone="wait", target=target))
        elif last.state in ("held", "rejected"):
            label = _("The supplier could not be told: %s", last.state_reason or problem.name)
            steps.append(step(label, last, tone="bad", target=target))
        return steps

    def action_trade_open(self, target):
        """Open what a step of the exchange line stands for.

        :param str target: ``message/<id>`` or ``problem/<id>``
        """
        self.ensure_one()
        kind, _sep, record_id = target.partition("/")
        return {
            "type": "ir.actions.act_window",
            "res_model": {"message": "trade.message", "problem": "trade.exception"}[kind],
            "res_id": int(record_id),
            "views": [(False, "form")],
        }

    # -- buttons ---------------------------------------------------------------------------------

    @api.depends("partner_id", "company_id", "state", "payment_type", "partner_type")
    def _compute_trade_can_send(self):
        paid = self.filtered(lambda payment: is_paid_out(payment) and payment.state in REGISTERED)
        routes = paid._origin._trade_routes()
        for payment in self:
            payment.trade_can_send = payment in paid and payment._origin.id in routes

    def _compute_trade_message_count(self):
        counts = dict(
            self.env["trade.message"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
            )
        )
        for payment in self:
            payment.trade_message_count = counts.get(payment._origin.id, 0)

    def action_trade_messages(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Messages of %s", self.display_name),
            "res_model": "trade.message",
            "view_mode": "list,form",
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
            "context": {"create": False},
        }
