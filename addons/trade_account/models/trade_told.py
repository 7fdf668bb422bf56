from datetime import timedelta

from odoo import fields, models


class TradeTold(models.AbstractModel):
    """A record the supplier is told of: where that stands, in one line, and what is in the way."""

    _name = "trade.told"
    _description = "Told the Supplier"

    trade_exchange = fields.Json(
        compute="_compute_trade_exchange", compute_sudo=True, groups="base.group_user"
    )
    trade_message_count = fields.Integer(
        compute="_compute_trade_message_count", compute_sudo=True, groups="base.group_user"
    )

    def _trade_told(self):
        """``{record id: what left about it or is about to, oldest first}``"""
        raise NotImplementedError

    def _trade_told_words(self):
        """What the steps are called: ``told``, ``again`` (with the revision), ``waits``, ``failed`` (with the
        reason)."""
        raise NotImplementedError

    def _trade_live_told(self):
        found = self._trade_told()
        live = {
            key: messages.filtered(lambda message: message.mode == "live") for key, messages in found.items()
        }
        return {key: messages for key, messages in live.items() if messages}

    def _compute_trade_message_count(self):
        counts = dict(
            self.env["trade.message"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
            )
        )
        for record in self:
            record.trade_message_count = counts.get(record._origin.id, 0)

    # -- the line under the status bar -----------------------------------------------------------

    def _compute_trade_exchange(self):
        told = self._trade_live_told()
        for record in self:
            messages = told.get(record._origin.id)
            steps = record._trade_steps(messages) if messages else []
            record.trade_exchange = (
                {"steps": steps, "soon": self._trade_soon(messages[-1:])} if steps else False
            )

    @staticmethod
    def _trade_soon(last):
        """Whether something happens within seconds, so that it is worth looking again."""
        lately = fields.Datetime.now() - timedelta(minutes=2)
        waits = last.state == "queued" and not last.exception_id.is_open and not last.not_before
        return bool(waits or (last.state == "sent" and last.sent_at and last.sent_at > lately))

    def _trade_steps(self, messages):
        """The last document that left, and the one that is about to; the shape is ``purchase.order``'s."""
        words, links = self._trade_told_words(), self.env.user.has_group("trade_core.group_trade_user")
        last, left = messages[-1:], messages.filtered("sent_at")[-1:]

        def step(label, message, at=None, tone="done", target=None):
            target = (target or f"message/{message.id}") if links else None
            at = fields.Datetime.to_string(at) or None
            return {"label": label, "at": at, "detail": None, "tone": tone, "target": target}

        steps = []
        if left:
            label = words["again"](left.revision) if left.revision else words["told"]
            steps.append(step(label, left, left.sent_at))
            if left.state == "acknowledged" and left.route_id.ack_expected != "transport":
                steps.append(step(self.env._("Acknowledged"), left, left.done_at))
        problem = last.exception_id if last.exception_id.is_open else last.exception_id.browse()
        target = f"problem/{problem.id}" if problem else None
        if last.state == "queued":
            label = problem.name if problem else words["waits"]
            steps.append(step(label, last, tone="wait", target=target))
        elif last.state in ("held", "rejected"):
            label = words["failed"](last.state_reason or problem.name)
            steps.append(step(label, last, tone="bad", target=target))
        return steps

    # -- buttons ---------------------------------------------------------------------------------

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

    def action_trade_messages(self):
        return self.env["trade.message"]._action_about(self)
