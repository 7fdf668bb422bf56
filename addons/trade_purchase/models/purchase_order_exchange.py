from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.models.trade_message import ANSWERS

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
        "purchase.order.line", "order_id", "Promises", domain=[("trade_line_ref", "!=", False)], readonly=True
    )
    trade_review_ids = fields.Many2many(
        "trade.purchase.answer", compute="_compute_trade_review", compute_sudo=True, string="To decide"
    )
    trade_pending_count = fields.Integer(compute="_compute_trade_review", compute_sudo=True)
    trade_review_sentence = fields.Char(compute="_compute_trade_review", compute_sudo=True)
    trade_state = fields.Selection(
        EXCHANGE_STATES,
        "Exchange",
        compute="_compute_trade_state",
        compute_sudo=True,
        store=True,
        index=True,
        copy=False,
        help="Where the order stands between you and the supplier.",
    )
    trade_exchange = fields.Json(compute="_compute_trade_exchange", compute_sudo=True)
    trade_can_send = fields.Boolean(compute="_compute_trade_can_send", compute_sudo=True)
    trade_message_count = fields.Integer(compute="_compute_trade_counts", compute_sudo=True)
    trade_problem_count = fields.Integer(compute="_compute_trade_counts", compute_sudo=True)

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
                and message.document_type in ("order", "order_change")
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

    # -- the line under the status bar -----------------------------------------------------------

    @api.depends(
        "trade_message_ids.state", "trade_message_ids.exception_id", "order_line.product_qty", "state"
    )
    @api.depends_context("uid")
    def _compute_trade_exchange(self):
        threads = self._trade_threads()
        for order in self:
            messages = threads.get(order._origin.id, self.env["trade.message"])
            steps = order._trade_steps(messages)
            order.trade_exchange = {"steps": steps, "soon": self._trade_soon(messages)} if steps else False

    def _trade_soon(self, messages):
        """Whether something happens within seconds, so that it is worth looking again."""
        lately = fields.Datetime.now() - timedelta(minutes=2)
        out, _answers = self._trade_talk(messages)
        waits = out.state == "queued" and not out.exception_id.is_open and not out.not_before
        fresh = out.state == "sent" and out.sent_at and out.sent_at > lately
        return bool(waits or fresh or messages.filtered(lambda message: message.state == "received"))

    def _trade_steps(self, messages):
        """What happened between us and the supplier, one step after the other.

        :return: ``[{label, at (naive UTC or None), detail, tone, target}]``, read as "label at, detail"; tone
            is ``done``, ``wait``, ``bad`` or ``muted``, target what a click opens, see
            :meth:`action_trade_open`
        """
        out, answers = self._trade_talk(messages)
        links = self.env.user.has_group("trade_core.group_trade_user")

        def step(label, at=None, tone="done", message=None, target=None, detail=None):
            if links and message and not target:
                target = f"message/{message.id}"
            at = fields.Datetime.to_string(at) or None
            return {"label": label, "at": at, "detail": detail, "tone": tone, "target": target}

        steps = self._trade_steps_out(out, answers, step)
        answer = answers.filtered(lambda message: not message.trade_receipt_only)[-1:]
        if answer:
            said = self._trade_steps_answer(out, answer, step)
            steps = said + steps if answer.id < out.id else steps + said
        if self.state == "cancel" and out.state in ("sent", "acknowledged"):
            steps.append(step(self.env._("Cancelled in Odoo: tell the supplier"), tone="bad"))
        elif self.state == "purchase" and out.sent_at and self.order_line._trade_changed_since_asked():
            steps.append(step(self.env._("Changed since it was sent"), tone="wait"))
        return steps

    def _trade_steps_out(self, out, answers, step):
        _ = self.env._
        if not out:
            waits = self.state == "purchase" and self.trade_can_send
            return [step(_("Not sent yet"), tone="wait")] if waits else []
        problem = out.exception_id if out.exception_id.is_open else out.exception_id.browse()
        target = f"problem/{problem.id}" if problem else None
        steps = []
        if out.sent_at:
            label = _("Sent as revision %s", out.revision) if out.revision else _("Sent")
            steps.append(step(label, out.sent_at, message=out))
        if out.state == "queued":
            label = problem.name if problem else _("Waiting to be sent")
            steps.append(step(label, tone="wait", message=out, target=target))
        elif out.state in ("held", "rejected"):
            label = _("Could not be sent: %s", out.state_reason or problem.name)
            steps.append(step(label, tone="bad", message=out, target=target))
        receipt = answers.filtered(lambda m: m.trade_receipt_only and m.id > out.id)[-1:]
        received_at = receipt.received_at or (out.receipt_at if out.sent_at else None)
        if received_at:
            steps.append(step(_("Received by supplier"), received_at, message=receipt or out))
        if out.state == "sent" and out.ack_deadline:
            late = out.ack_deadline < fields.Datetime.now()
            label = _("No answer yet, it was due") if late else _("Answer due")
            steps.append(step(label, out.ack_deadline, "bad" if late else "muted", target=target))
        return steps

    def _trade_steps_answer(self, out, answer, step):
        _ = self.env._
        at, target, tone = answer.received_at, None, "done"
        if out and answer.id < out.id and answer.state in ("applied", "rejected"):
            return [step(_("Answered before"), at, "muted", target="answers")]
        if answer.state == "received":
            detail, tone = _("being applied"), "wait"
        elif answer.state == "held":
            count, tone = self.trade_pending_count, "bad"
            detail = _("1 line differs") if count == 1 else _("%s lines differ", count)
            if count:
                target = "review"
            else:
                detail = _("held: %s", answer.state_reason)
                target = f"problem/{answer.exception_id.id}" if answer.exception_id else None
        elif answer.state == "rejected":
            detail, tone = _("refused by us"), "wait"
        else:
            rows = self.trade_answer_ids.filtered(lambda row: row.message_id == answer and not row.part)
            count = len(rows.filtered("difference"))
            detail = _("1 difference settled") if count == 1 else _("%s differences settled", count)
            if count:
                target = "answers"
            else:
                detail = _("as ordered")
        return [step(_("Answered"), at, tone, answer, target, detail)]

    def action_trade_open(self, target):
        """Open what a step of the exchange line stands for.

        :param str target: ``review``, ``answers``, ``message/<id>`` or ``problem/<id>``
        """
        self.ensure_one()
        kind, _sep, record_id = target.partition("/")
        if kind == "review":
            return self.action_trade_review()
        if kind == "answers":
            return self.action_trade_answers()
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
        counts = {
            order_id: (total, problems)
            for order_id, total, problems in self.env["trade.message"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count", "exception_id:recordset"],
            )
        }
        for order in self:
            total, problems = counts.get(order._origin.id, (0, self.env["trade.exception"]))
            order.trade_message_count = total
            order.trade_problem_count = len(problems.filtered("is_open"))

    def action_trade_messages(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Messages of %s", self.name),
            "res_model": "trade.message",
            "view_mode": "list,form",
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_trade_problems(self):
        self.ensure_one()
        problems = self.sudo().trade_message_ids.exception_id.filtered("is_open")
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
