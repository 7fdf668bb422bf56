from odoo import api, fields, models

from odoo.addons.trade_kernel.errors import Silence

_BATCH = 500


class TradeMessage(models.Model):
    _inherit = "trade.message"

    @api.model
    def _cron_silence(self):
        """Answers that did not come in time become problems, one per route (cron, every few minutes).

        The messages stay ``sent`` (ADR 3): an answer that comes late closes them and the problem.
        """
        unreported = [
            ("state", "=", "sent"),
            ("ack_deadline", "<=", fields.Datetime.now()),
            "|",
            ("exception_id", "=", False),
            "|",
            ("exception_id.is_open", "=", False),
            ("exception_id.exception_class", "!=", "silence"),
        ]
        remaining = self.search_count(unreported)
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        while messages := self.search(unreported, order="id", limit=_BATCH):
            self.env["trade.exception"]._report([(message, message._silence()) for message in messages])
            if not self.env["ir.cron"]._commit_progress(len(messages)):
                break

    def _silence(self):
        return Silence("answer.missing", partner=self.trade_partner_id.name)
