from odoo import models

from .trade_message import INTERACTIVE


class TradeMessage(models.Model):
    """Telling the partner the same once more."""

    _inherit = "trade.message"

    def _leave_again(self, what):
        """Let the last message about a record leave, or leave once more, where that needs no other message:
        under its own key, so that the partner can tell.

        :param str what: what a person calls it: "The order"
        :return: one sentence that says what happens now; ``None`` when the same can only be said as something
            new, for the partner has answered
        """
        self.ensure_one()
        _ = self.env._
        if self.state == "queued":
            if self.not_before and not self.exception_id.is_open:
                self.write({"not_before": False, "priority": INTERACTIVE})
                self.env["trade.lane"]._wake_after_commit([self.lane])
                return _("%s leaves now, as it is now.", what)
            return _("%s is already waiting to be sent; it leaves as it is now.", what)
        if self.state == "held":
            self._replay()
            return _("%s is sent again, as it is now.", what)
        if self.state == "sent":
            self._send_again()
            return _("The same document is sent again, under the same key.")
        return None

    def _said_leaving(self, what, changed=False):
        """Say what happens to a message that was just queued, where :meth:`_leave_again` was not enough.

        :param str what: what a person calls it: "The order"
        :param bool changed: it says something else than the one before
        """
        self.ensure_one()
        _ = self.env._
        if not self.revision:
            return _("%s is on its way.", what)
        if changed:
            return _(
                "%(what)s changed since it was sent; it leaves as revision %(revision)s.",
                what=what,
                revision=self.revision,
            )
        return _("%(what)s is sent again, as revision %(revision)s.", what=what, revision=self.revision)
