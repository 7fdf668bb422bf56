import re

from odoo import api, fields, models

from odoo.addons.trade_kernel.errors import MappingMissing
from odoo.addons.trade_kernel.identifiers import GLN, wrong_digit

#: qualifier of an interchange id → the scheme it is an id of (UN/EDIFACT 0007, X12 I05)
QUALIFIERS = {
    "edifact": {"14": "gln", "1": "duns"},
    "x12": {"01": "duns"},
}
#: a participant as Peppol's envelopes name one: 0088:4012345000009
_ACTOR = re.compile(r"(\d{4}):(\S+)")
#: ISO 6523 scheme → the scheme of our identifiers
ISO_6523 = {"0088": "gln", "0060": "duns"}


class TradeMessage(models.Model):
    """What surrounds a document: sender, receiver, references; and who that sender is."""

    _inherit = "trade.message"

    envelope = fields.Json(readonly=True, prefetch=False, help="Sender, receiver and references of the file.")

    def _was_read(self, codec, parts):
        """A file was read; its parts are not handled yet. Done again when it is replayed.

        Extension: to acknowledge it in its own format.

        :param codec: what read it
        :param parts: list of ``codecs.Decoded``, at least one
        """
        self.ensure_one()
        envelope = {name: value for name, value in parts[0].envelope.items() if name != "segments"}
        if envelope != self.envelope:
            self.envelope = envelope

    def _held_with(self, error):
        """This document was held.

        Extension: to tell its sender.

        :param error: the ``TradeError``, perhaps several in one
        """

    @api.model
    def _take_tests(self, works):
        """Works that are about a test and not about business: whoever takes one sets its ``ignored``.

        Extension: for a test bench.

        :param list works: :class:`~.trade_adapter.Work`, read as far as they could be
        """

    def _write_options(self, parts=None):
        """What the codec is told when it writes this message.

        :param parts: the messages whose documents go into this file, in their order; without: its own

        Extension: for numbers that are given to each message, such as control references.
        """
        self.ensure_one()
        return self.route_id._codec_options()

    def _sender(self, envelope):
        """The trading partner who sent a document of this file.

        :param dict envelope: of the document; without a sender in it, the file's own partner is meant
        :raise MappingMissing: ``file.sender_unknown``
        """
        self.ensure_one()
        names = self._sender_names(envelope)
        if not names:
            return self.trade_partner_id
        any_name = fields.Domain.OR(
            [("scheme", "=", scheme), ("value", "=", value)] for scheme, value in names
        )
        found = self.env["trade.identifier"].search(
            fields.Domain("company_id", "=", self._receiver(envelope).id) & any_name
        )
        by_name = {(identifier.scheme, identifier.value): identifier for identifier in found}
        for name in names:  # the most exact one first
            if name in by_name:
                return by_name[name].trade_partner_id
        scheme, value = names[0]
        label = dict(self.env["trade.identifier"]._selection_scheme())[scheme]
        raise MappingMissing(
            "file.sender_unknown",
            subject=f"{scheme}:{value}",
            scheme=label,
            value=value,
            also=wrong_digit(GLN, value) if scheme == "gln" else None,
        )

    def _receiver(self, envelope):
        """The company of ours that a document of this file is for.

        Extension: to look at the receiver in the envelope.
        """
        self.ensure_one()
        return self.company_id

    @api.model
    def _sender_names(self, envelope):
        """``[(scheme, value), …]`` under which the sender may be known, the most exact first."""
        sender, syntax = envelope.get("sender") or {}, envelope.get("syntax")
        value, qualifier = sender.get("id"), sender.get("qualifier")
        if not value:
            return []
        if syntax in QUALIFIERS:
            names = [(syntax, f"{qualifier}:{value}")] if qualifier else []
            names.append((syntax, value))
            if scheme := QUALIFIERS[syntax].get(qualifier):
                names.append((scheme, value))
            return names
        scheme_id = sender.get("scheme_id")
        if not scheme_id and (match := _ACTOR.fullmatch(value)):
            scheme_id, value = match.groups()
        names = [("peppol", f"{scheme_id}:{value}")] if scheme_id else []
        names.append((ISO_6523.get(scheme_id, "own"), value))
        return names
