from odoo import api, fields, models
from odoo.exceptions import UserError

BATCH = 1000  # events told again in one transaction
#: all that decides whether an event is told; its data, which is much, is read only when it is
_LOOKED_AT = ("type", "company_id", "trade_partner_id", "res_model", "res_id", "position")
_DONE = ("acknowledged", "sent", "rejected", "cancelled")


class TradeSubscriptionReplay(models.TransientModel):
    """Tell events once more from an instant on: what a receiver lost, it gets again, under the same ids."""

    _name = "trade.subscription.replay"
    _description = "Replay Events"

    subscription_id = fields.Many2one("trade.subscription", required=True, ondelete="cascade")
    since = fields.Datetime(
        "From", required=True, compute="_compute_since", store=True, readonly=False, precompute=True
    )
    only_missing = fields.Boolean(
        "Only what did not arrive", help="Leaves out what the receiver has confirmed with 2xx."
    )
    event_count = fields.Integer("Events", compute="_compute_estimate")
    delivered_count = fields.Integer("of which arrived before", compute="_compute_estimate")
    size = fields.Char(compute="_compute_estimate")
    duration = fields.Char("Takes about", compute="_compute_estimate")

    @api.depends("subscription_id")
    def _compute_since(self):
        """From when it was switched off; else from yesterday."""
        yesterday = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        for wizard in self.filtered(lambda wizard: not wizard.since):
            wizard.since = wizard.subscription_id.disabled_at or yesterday

    @api.depends("since", "only_missing", "subscription_id")
    def _compute_estimate(self):
        for wizard in self:
            wizard.event_count, wizard.delivered_count, total = wizard._estimate()
            wizard.size = wizard._size_words(total)
            wizard.duration = wizard._duration_words(wizard.event_count)

    def _estimate(self):
        """:return: events that would be told, how many of them arrived before, bytes in all"""
        events = told = size = 0
        after, until = 0, self._last_position()
        while batch := self._batch(after, until):
            after = batch[-1].position
            matching, arrived = self._matching(batch)
            events += len(matching)
            told += len(matching & arrived)
            if matching:  # their average is as good as their sum, and costs one of them
                size += len(matching) * matching[0]._telling(self.subscription_id.payload == "thin").size
        return events, told, size

    def _last_position(self):
        return self.env["trade.event"].sudo()._last_position()

    def _batch(self, after, until):
        """The next events after a place, whatever they are about."""
        if not self.since or not self.subscription_id:
            return self.env["trade.event"]
        return (
            self.env["trade.event"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", self.subscription_id.company_id.id),
                    ("time", ">=", self.since),
                    ("position", ">", after),
                    ("position", "<=", until),
                ],
                _LOOKED_AT,
                order="position",
                limit=BATCH,
            )
        )

    def _matching(self, events):
        """:return: events that would be told now, and those the receiver confirmed before"""
        subscription = self.subscription_id.sudo()
        events = subscription._matches(events)
        told = (
            self.env["trade.message"]
            .sudo()
            .search([("route_id", "=", subscription.route_id.id), ("event_id", "in", events.ids)])
        )
        waiting = told.filtered(lambda message: message.state not in _DONE).event_id
        arrived = told.filtered(lambda message: message.state == "acknowledged").event_id
        return events - waiting - (arrived if self.only_missing else arrived.browse()), arrived

    def _size_words(self, size):
        if size < 1000:
            return self.env._("%s bytes", size)
        return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"

    def _duration_words(self, count):
        """At the speed at which the receiver answers."""
        latency = self.subscription_id.latency_p50 or 100.0
        seconds = count * latency / 1000
        if seconds < 90:
            return self.env._("%s seconds", max(round(seconds), 1) if count else 0)
        if seconds < 5400:
            return self.env._("%s minutes", round(seconds / 60))
        return self.env._("%s hours", round(seconds / 3600))

    def action_replay(self):
        """Queue them, in batches in the background."""
        self.ensure_one()
        self.subscription_id.check_access("write")
        count = self.event_count
        if not count:
            raise UserError(self.env._("There is nothing to tell again. Choose an earlier instant."))
        self.subscription_id.message_post(
            body=self.env._("Replay of %(count)s events since %(since)s (UTC)", count=count, since=self.since)
        )
        self._queue_next(0, self._last_position())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("%s events are told again, in their order. See Messages.", count),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _queue_next(self, after, until):
        # The wizard itself may be cleaned away before the last batch: the job knows what it needs.
        subscription = self.subscription_id.sudo()
        subscription.with_delay(
            channel="root.trade.bulk", description=f"Replay events to {subscription.name}", max_retries=0
        )._replay_batch(fields.Datetime.to_string(self.since), self.only_missing, after, until)


class TradeSubscription(models.Model):
    _inherit = "trade.subscription"

    def _replay_batch(self, since, only_missing, after, until):
        """Job: tell the next events once more, and leave the rest to the next job.

        The batch and the job that follows are one transaction: killed before its end, it is done again.

        :param int after: place of the last event that was told
        :param int until: place of the last event to tell
        """
        wizard = self.env["trade.subscription.replay"].new(
            {"subscription_id": self.id, "since": since, "only_missing": only_missing}
        )
        events = wizard._batch(after, until)
        if not events:
            return "done"
        matching, _arrived = wizard._matching(events)
        self._enqueue(matching, again=True)
        wizard._queue_next(events[-1].position, until)
        return f"{len(matching)} events"
