from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.models.trade_message import ANSWERS

from ..tools import SENT_TYPES

EXCHANGE_STATES = [
    ("not_sent", "Not sent"),
    ("queued", "Waiting to be sent"),
    ("sent", "Sent"),
    ("received", "Received by supplier"),
    ("answered", "Answered"),
    ("overdue", "Answer overdue"),
    ("held", "Needs you"),
]
_ANSWER_TYPES = [answer for answer, asked in ANSWERS.items() if "order" in asked]


class PurchaseOrder(models.Model):
    """What the buyer sees of the exchange: where the order stands, what was answered, what to decide."""

    _inherit = "purchase.order"

    # Others who may read orders (accounting, the warehouse) may not read these.
    trade_message_ids = fields.One2many(
        "trade.message", "res_id", readonly=True, groups="trade_core.group_trade_user"
    )
    trade_answer_ids = fields.One2many(
        "trade.purchase.answer",
        "order_id",
        "Supplier's answers",
        readonly=True,
        groups="purchase.group_purchase_user,trade_core.group_trade_user",
    )
    trade_line_ids = fields.One2many(
        "purchase.order.line",
        "order_id",
        "Promises",
        domain=[("trade_line_ref", "!=", False)],
        readonly=True,
        groups="base.group_user",
    )
    trade_review_ids = fields.Many2many(
        "trade.purchase.answer",
        compute="_compute_trade_review",
        compute_sudo=True,
        string="To decide",
        groups="base.group_user",
    )
    trade_pending_count = fields.Integer(
        compute="_compute_trade_review", compute_sudo=True, groups="base.group_user"
    )
    trade_review_sentence = fields.Char(
        compute="_compute_trade_review", compute_sudo=True, groups="base.group_user"
    )
    trade_state = fields.Selection(
        EXCHANGE_STATES,
        "Exchange",
        compute="_compute_trade_state",
        compute_sudo=True,
        store=True,
        index=True,
        copy=False,
        help="Where the order stands between you and the supplier.",
        groups="base.group_user",
    )
    trade_can_send = fields.Boolean(
        compute="_compute_trade_can_send", compute_sudo=True, groups="base.group_user"
    )
    trade_message_count = fields.Integer(
        compute="_compute_trade_counts", compute_sudo=True, groups="base.group_user"
    )
    trade_problem_count = fields.Integer(
        compute="_compute_trade_counts", compute_sudo=True, groups="base.group_user"
    )

    # -- where it stands -------------------------------------------------------------------------

    @api.depends("trade_message_ids.state", "trade_message_ids.exception_id", "trade_message_ids.answer_id")
    def _compute_trade_state(self):
        threads = self._trade_threads()
        for order in self:
            order.trade_state = order._trade_standing(
                threads.get(order._origin.id, self.env["trade.message"])
            )

    def _trade_threads(self):
        """:return: ``{order id: its live messages, oldest first}``, in one query"""
        found = self.env["trade.message"].search_fetch(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("mode", "=", "live")],
            ["direction", "state", "document_type", "received_at", "receipt_at", "ack_deadline", "res_id"],
            order="id",
        )
        return found.grouped("res_id")

    def _trade_standing(self, messages):
        """The exchange state that ``messages``, oldest first, add up to."""
        out, answers = self._trade_talk(messages)
        if answers.filtered(lambda message: message.state == "held"):
            return "held"
        answers = answers.filtered(
            lambda answer: answer.state != "received" and not answer.trade_receipt_only
        )
        if not out:
            return "answered" if answers else "not_sent"
        if out.state in ("held", "rejected"):
            return "held"
        if out.state == "queued":
            return "queued"
        if answers.filtered(lambda answer: answer.id > out.id):
            return "answered"
        if out.state == "acknowledged" and not out.answer_id and out.route_id.ack_expected == "response":
            return "answered"  # by hand
        if out.ack_deadline and out.ack_deadline < fields.Datetime.now():
            return "overdue"
        return "received" if out.receipt_at else "sent"

    @staticmethod
    def _trade_talk(messages):
        """The message by which the order left last, and the answers to the order that were read."""
        out = messages.filtered(
            lambda message: (
                message.direction == "out"
                and message.document_type in SENT_TYPES
                and message.state != "cancelled"
            )
        )[-1:]
        answers = messages.filtered(
            lambda message: (
                message.direction == "in"
                and message.document_type in _ANSWER_TYPES
                and message.state in ("received", "applied", "rejected", "held")
            )
        )
        return out, answers

    # -- what can be opened ----------------------------------------------------------------------

    def action_trade_open(self, target):
        """Open what a step of the exchange line stands for.

        :param str target: ``review``, ``answers``, ``messages``, ``message/<id>`` or ``problem/<id>``
        """
        self.ensure_one()
        kind, _sep, record_id = target.partition("/")
        if kind == "review":
            return self.action_trade_review()
        if kind == "answers":
            return self.action_trade_answers()
        if kind == "messages":
            return self.action_trade_messages()
        model = {"message": "trade.message", "problem": "trade.exception"}[kind]
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": int(record_id),
            "views": [(False, "form")],
        }

    # -- buttons ---------------------------------------------------------------------------------

    @api.depends("partner_id", "company_id", "state")
    def _compute_trade_can_send(self):
        for order in self:
            order.trade_can_send = order.state == "purchase" and bool(order._trade_route())

    def _compute_trade_counts(self):
        exchanged = self._trade_exchanged()
        for order in self:
            total, problems = exchanged.get(order._origin.id, (0, ()))
            order.trade_message_count = total
            order.trade_problem_count = len(problems)

    def _trade_exchanged(self):
        """What was exchanged about these orders; extension: and about what belongs to them.

        :return: id of an order → (how many documents, the open ``trade.exception`` as superuser)
        """
        return self._trade_exchanged_about(self._name, self.ids)

    def _trade_exchanged_about(self, model, ids):
        """Of records of a model: the same."""
        return {
            res_id: (total, problems.filtered("is_open"))
            for res_id, total, problems in self.env["trade.message"]
            .sudo()
            ._read_group(
                [("res_model", "=", model), ("res_id", "in", ids)],
                ["res_id"],
                ["__count", "exception_id:recordset"],
            )
        }

    def action_trade_messages(self):
        return self.env["trade.message"]._action_about(self)

    def action_trade_problems(self):
        self.ensure_one()
        self.check_access("read")
        _total, problems = self._trade_exchanged().get(self.id, (0, self.env["trade.exception"]))
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Problems of %s", self.name),
            "res_model": "trade.exception",
            "view_mode": "list,form",
            "domain": [("id", "in", problems.ids)],
        }
        if len(problems) == 1:
            action.update(view_mode="form", res_id=problems.id)
        return action

    # -- the review ------------------------------------------------------------------------------

    def _trade_held_answers(self):
        """The answers to these orders that wait for somebody."""
        return self.env["trade.message"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("direction", "=", "in"),
                ("document_type", "in", _ANSWER_TYPES),
                ("state", "=", "held"),
            ]
        )  # fmt: skip

    @api.depends("trade_answer_ids.decision", "trade_message_ids.state")
    def _compute_trade_review(self):
        for order in self:
            held = order._trade_held_answers()[:1]  # the newest; older ones end when it is applied
            rows = order.trade_answer_ids.filtered(lambda row, held=held: row.message_id == held)
            pending = rows.filtered("is_pending")
            count = len(set(pending.mapped("key")))
            order.trade_review_ids = rows
            order.trade_pending_count = count
            order.trade_review_sentence = (
                self.env._("1 line needs your decision.")
                if count == 1
                else self.env._("%s lines need your decision.", count)
                if count
                else self.env._("Everything is decided; the answer is being applied.")
                if rows
                else self.env._("There is nothing to decide.")
            )

    def action_trade_review(self):
        """The page on which the buyer decides about an answer that differs."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer to %s", self.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("trade_purchase.purchase_order_view_form_review").id, "form")],
        }

    def action_trade_open_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("purchase.purchase_order_form").id, "form")],
            "target": "main",
        }

    def action_trade_answers(self):
        """Everything the supplier ever answered about this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answers to %s", self.name),
            "res_model": "trade.purchase.answer",
            "view_mode": "list,form",
            "domain": [("order_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_trade_accept_all(self):
        """Accept everything that can be accepted; what cannot be stays for a decision of its own."""
        self.ensure_one()
        pending = self.trade_review_ids.filtered("is_pending")
        ready = pending.filtered(lambda row: not row._why_not_acceptable())
        if not ready:
            raise UserError(
                "\n".join(row._why_not_acceptable() for row in pending) or self.trade_review_sentence
            )
        return ready._decide("accepted")

    def action_trade_reject_all(self):
        """Refuse everything that differs; the supplier gets the order again, as it was asked."""
        self.ensure_one()
        pending = self.trade_review_ids.filtered("is_pending")
        if not pending:
            raise UserError(self.trade_review_sentence)
        return pending._decide("rejected")
