from datetime import UTC

from odoo import models

from odoo.addons.trade_kernel.events import decimal_text

from ..events import EXCEPTION_OPENED, EXCEPTION_RESOLVED, ProblemData, ProblemResolvedData

_SEVERITIES = {"0": "low", "1": "normal", "2": "high", "3": "urgent"}


class TradeException(models.Model):
    """What our own systems are told of problems."""

    _inherit = "trade.exception"

    def _create_new(self, vals_list):
        problems = super()._create_new(vals_list)
        problems._announce(EXCEPTION_OPENED, ProblemData)
        return problems

    def _reopen(self, vals, now):
        result = super()._reopen(vals, now)
        self._announce(EXCEPTION_OPENED, ProblemData)
        return result

    def _close(self, state, note, user):
        result = super()._close(state, note, user)
        self._announce(EXCEPTION_RESOLVED, ProblemResolvedData)
        return result

    def _announce(self, event_type, data_class):
        self.env["trade.event"]._emit_many(
            [
                (
                    event_type,
                    problem,
                    problem.trade_partner_id,
                    data_class(**problem.sudo()._event_data(data_class)),
                )
                for problem in self
            ]
        )

    def _event_data(self, data_class):
        data = {
            "number": self.id,
            "title": self.name,
            "kind": self.exception_class,
            "code": self.code,
            "about": self.subject or None,
            "remedy": self.remedy or None,
            "severity": _SEVERITIES[self.severity],
            "partner": self.trade_partner_id.name or None,
            "owner": self.user_id.name or None,
            "due": self.deadline.replace(tzinfo=UTC) if self.deadline else None,
        }
        if data_class is ProblemResolvedData:
            data |= {
                "outcome": self.state,
                "resolution": self.resolution or None,
                "closed_by": self.resolved_by.name or None,
                "times_seen": self.seen_count,
                "value_at_stake": decimal_text(self.value_at_stake, self.currency_id.decimal_places),
                "currency": self.currency_id.name,
            }
        return data
