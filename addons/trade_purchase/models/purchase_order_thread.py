from datetime import timedelta

from odoo import api, fields, models

from ..tools import SENT_TYPES

_EARLIER = 4  # steps before the last revision that are shown


class PurchaseOrder(models.Model):
    """The line under the status bar: order → answer → our reply → agreed."""

    _inherit = "purchase.order"

    trade_exchange = fields.Json(
        compute="_compute_trade_exchange", compute_sudo=True, groups="base.group_user"
    )

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

        answers_read = answers.filtered(lambda message: not message.trade_receipt_only)
        steps = self._trade_steps_before(messages, out, answers_read, step)
        steps += self._trade_steps_out(out, answers, step)
        answer = answers_read[-1:]
        if answer and (not out or answer.id > out.id):
            steps += self._trade_steps_answer(answer, step)
        told = out.document_type == "order_cancellation"
        if self.state == "cancel" and out.state in ("sent", "acknowledged") and not told:
            steps.append(step(self.env._("Cancelled in Odoo: tell the supplier"), tone="bad"))
        elif self.state == "purchase" and out.sent_at and self._trade_changed_since_asked():
            steps.append(step(self.env._("Changed since it was sent"), tone="wait"))
        elif answer.state == "applied" and answer.id > out.id and self.state == "purchase":
            steps.append(step(self.env._("Agreed"), target="answers"))
        return steps

    def _trade_steps_before(self, messages, out, answers, step):
        """What both sides said before the order left last; only the latest of it, the rest on one page."""
        said = messages.filtered(
            lambda message: (
                message.id < out.id
                and (message in answers or (message.sent_at and message.document_type in SENT_TYPES))
            )
        )
        steps = []
        for message in said[-_EARLIER:]:
            if message.direction == "out":
                steps.append(step(self._trade_words_sent(message), message.sent_at, message=message))
            else:
                steps.append(self._trade_step_answered_before(message, step))
        if len(said) > _EARLIER:
            more = self.env._("%s steps before", len(said) - _EARLIER)
            steps.insert(0, step(more, tone="muted", target="messages"))
        return steps

    def _trade_words_sent(self, message):
        """How a message that left is called."""
        _ = self.env._
        if message.document_type == "order_cancellation":
            return _("Cancellation sent")
        if (message.trade_said or {}).get("answer"):
            return _("Our reply sent as revision %s", message.revision)
        if message.document_type == "order_change":
            return _("Change sent as revision %s", message.revision)
        return _("Sent as revision %s", message.revision) if message.revision else _("Sent")

    def _trade_step_answered_before(self, answer, step):
        """An answer that we replied to, with what was decided about it."""
        _ = self.env._
        rows = self.trade_answer_ids.filtered(
            lambda row: row.message_id == answer and not row.part and row.difference
        )
        decided = [
            (rows.filtered(lambda row: row.decision == "countered"), _("%s countered")),
            (rows.filtered(lambda row: row.decision == "rejected"), _("%s refused")),
            (rows.filtered(lambda row: row.decision == "accepted"), _("%s accepted")),
        ]
        words = [text % len(found) for found, text in decided if found]
        detail = ", ".join(words) or (_("no longer counts") if answer.state == "held" else _("as ordered"))
        return step(_("Answered"), answer.received_at, "muted", target="answers", detail=detail)

    def _trade_steps_out(self, out, answers, step):
        _ = self.env._
        if not out:
            waits = self.state == "purchase" and self.trade_can_send
            return [step(_("Not sent yet"), tone="wait")] if waits else []
        problem = (out.exception_id | out.parent_id.exception_id).filtered("is_open")[:1]
        target = f"problem/{problem.id}" if problem else None
        steps = []
        if out.sent_at:
            steps.append(step(self._trade_words_sent(out), out.sent_at, message=out))
        if out.state == "queued":
            planned = out.not_before if not problem and not out.attempt_count else None
            label = problem.name if problem else _("Waiting to be sent")
            if planned:
                label = _("The change leaves") if out.revision else _("Leaves")
            steps.append(step(label, planned, tone="wait", message=out, target=target))
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

    def _trade_steps_answer(self, answer, step):
        _ = self.env._
        at, target, tone = answer.received_at, None, "done"
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
