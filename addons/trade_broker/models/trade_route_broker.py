import hashlib
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.trade_kernel.errors import DuplicateContent

from .trade_connector_broker import BROKER


class TradeRoute(models.Model):
    """Queues are read every few seconds, and what is in them is not offered twice."""

    _inherit = "trade.route"

    @api.constrains("endpoint", "direction", "connector_id")
    def _check_broker_endpoint(self):
        for route in self:
            if route.transport == BROKER and route.direction == "out" and route.endpoint:
                self.env["trade.connector"]._check_routing_key(route.endpoint)

    def _next_regular(self):
        if self.transport != BROKER:
            return super()._next_regular()
        return fields.Datetime.now() + timedelta(seconds=self.connector_id.broker_pause or 10)

    def _poll_once(self):
        """The same job looks again after the pause, instead of one new job every few seconds; meanwhile it
        takes up no worker. Whatever ends it, the scheduler sees within a minute that the queue is due."""
        said = super()._poll_once()
        if self.transport == BROKER and not self.poll_failures:
            wait = (self.poll_next - fields.Datetime.now()).total_seconds()
            if wait >= 1:
                raise RetryableJobError(said, seconds=wait, ignore_retry=True)
        return said

    def _store(self, document):
        receipt = super()._store(document)
        if self.transport == BROKER and receipt.outcome == "conflict":
            self._keep_conflict(document)
        return receipt

    def _keep_conflict(self, document):
        """Another message under a name that was used: the broker forgets it when we take it, so it is kept,
        and held for a person to decide."""
        digest = hashlib.sha256(document.raw).hexdigest()
        # By the usual way, not by ours: it is not known under this name.
        receipt = super()._store(  # pylint: disable=super-method-mismatch
            replace(document, key=f"{document.key}#{digest}")
        )
        if receipt.outcome == "stored":
            message = self.env["trade.message"].browse(receipt.message_id)
            error = DuplicateContent(
                "poll.conflict",
                connector=self.connector_id.display_name,
                key=document.key,
                subject=f"poll:{self.id}:{document.key}",
            )
            message._set_state("held", error.message)
            self.env["trade.exception"]._report([(message, error)])
        return receipt
