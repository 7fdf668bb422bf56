from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from odoo import api, models

from odoo.addons.trade_kernel.canonical import Document, canonical_digest
from odoo.addons.trade_kernel.errors import BusinessRefused, TradeError


@dataclass
class Work:
    """One message on its way through one run of the pipeline."""

    message: models.BaseModel
    document: Document | None = None
    plan: Any = None  # what the adapter resolved, its own shape
    record: models.BaseModel | None = None  # the Odoo record the document is about
    error: TradeError | None = None  # held with this
    ignored: TradeError | None = None  # ignored with this reason
    outcome: str = "applied"  # or "rejected": understood, and the partner is told no
    notes: list[str] = field(default_factory=list)  # "accept and notify": shown to the buyer
    evidence: list[dict] = field(default_factory=list)  # how each code was resolved
    effects: list[dict] = field(default_factory=list)  # filled by the pipeline
    amount: float | None = None  # value at stake, in ``currency``
    currency: models.BaseModel | None = None
    steps: list[dict] = field(default_factory=list)  # timeline entries of this run

    @property
    def open(self):
        return self.error is None and self.ignored is None

    @cached_property
    def digest(self):
        """SHA-256 of the document's content, whatever format it came in."""
        return canonical_digest(self.document)


class TradeAdapter(models.AbstractModel):
    """The contract of an adapter, the only code that touches business models.

    There is one per document type and direction: ``trade.adapter.in.<document_type>`` and
    ``trade.adapter.out.<document_type>``.
    """

    _name = "trade.adapter"
    _description = "Trade Document Adapter"

    @api.model
    def _for(self, direction, document_type):
        """:raise BusinessRefused: ``route.no_adapter``"""
        name = f"trade.adapter.{direction}.{document_type}"
        if name not in self.env:
            raise BusinessRefused("route.no_adapter", document=document_type, subject=name)
        return self.env[name]

    # -- inbound ---------------------------------------------------------------------------------

    def _plan(self, works):
        """Resolve documents to records; read only. For each open work set ``record``, ``plan``, ``amount``
        and ``evidence``, or ``error`` / ``ignored``. Look up everything for all works at once.

        :param list[Work] works: never two about the same order
        """
        raise NotImplementedError

    def _apply(self, works):
        """Write the plans of the open works. Runs in a savepoint: whatever it raises undoes all of them,
        and the pipeline goes on one work at a time.

        :raise TradeError: this one work cannot be applied (only meaningful when it is alone)
        """
        raise NotImplementedError

    def _watched(self, work):
        """What the effects of a work are read from: ``[(records, [field, …]), …]``, the same call before and
        after applying; a record that appears is shown as created."""
        raise NotImplementedError

    def _is_copy(self, work, other):
        """Whether a document says the same as one of its number and revision that came by another route: two
        formats never carry the very same content. By default it does not, and a person looks at it.

        :param other: the message of the one that came before
        """
        return False

    def _held(self, works):
        """Keep what a person has to decide about held works (their documents could be read). Optional."""

    def _is_answer(self, message, asked=None):
        """Whether an applied or held message is the answer its sender owes; a mere confirmation of receipt is
        not, and the wait goes on.

        :param asked: the message that waits, when it has to be the answer to this very one
        """
        return True

    def _decisions(self, message):
        """What was decided about the lines of a settled message, for its sender.

        :return: ``[{"line": …, "decision": "pending" | "accepted" | "countered" | "rejected",
            "decided_at": naive UTC or ``False``, "reason": in words (optional)}, …]``
        """
        return []

    # -- outbound --------------------------------------------------------------------------------

    def _collect(self, message, record):
        """The canonical document of a record.

        :raise TradeError: something the partner needs is missing; the message is held with it
        """
        raise NotImplementedError
