from odoo import models


class TradeMessage(models.Model):
    """How a document that came stands with us, and how its sender is told.

    A standing is ``{"code": …, "reasons": [{"code", "text", "line_id"}, …], "action": …}``: the arguments of
    the kernel's ``codecs._told.Standing``, as JSON.
    """

    _inherit = "trade.message"

    def _tell_standing(self, standing):
        """Tell the sender of this document how it stands, as part of the business transaction.

        Extension: what can say it in the sender's format queues it. Once for one standing; what has not left
        is replaced.

        :return: the outgoing message that says it, or an empty recordset: there is no way
        """
        self.ensure_one()
        return self.browse()

    def _standing(self):
        """How this document stands, as its sender may know it.

        Extension: business addons in which people or limits decide about documents.

        :return: a standing, or ``None``: nothing is said beyond the message's state
        """
        self.ensure_one()
        return None

    def _sender_reads_standing(self):
        """Whether its sender looks for itself how it stands: it came by a way that shows it.

        Extension: ways that do.
        """
        self.ensure_one()
        return False

    def _standing_words(self):
        """How this document stands, in sentences for its sender; empty when nothing is said."""
        standing = self._standing() or {}
        return " ".join(
            f"Line {one['line_id']}: {one['text']}" if one["line_id"] else one["text"]
            for one in standing.get("reasons", ())
        )
