from odoo import fields, models

from .trade_route import EDI

#: syntax → the field of a company with its id in such files
COMPANY_IDS = {"edifact": "trade_edifact_id", "x12": "trade_x12_id"}
#: highest message reference: X12 takes 9 digits in ST02, EDIFACT 14 characters
_MOST = 999_999_999


class TradeMessage(models.Model):
    """Control references: by them a partner's system says which file it means."""

    _inherit = "trade.message"

    interchange_reference = fields.Char(
        readonly=True, copy=False, help="The file's control reference: UNB 0020, ISA13."
    )
    group_reference = fields.Char(readonly=True, copy=False, help="The group's: UNG 0048, GS06.")
    message_reference = fields.Char(readonly=True, copy=False, help="The document's: UNH 0062, ST02.")

    _interchange_idx = models.Index(
        "(trade_partner_id, interchange_reference)"
        " WHERE direction = 'out' AND interchange_reference IS NOT NULL"
    )

    layout_version_id = fields.Many2one(
        "trade.layout.version", "Read with", readonly=True, ondelete="restrict"
    )

    def _was_read(self, codec, parts):
        result = super()._was_read(codec, parts)
        if codec.name == "layout":
            self.layout_version_id = self.route_id.layout_id.current_id
        return result

    def _receiver(self, envelope):
        """Several of our companies may share a mailbox: the receiver's id says whose a document is."""
        company = super()._receiver(envelope)
        field = COMPANY_IDS.get(envelope.get("syntax"))
        receiver = envelope.get("receiver") or {}
        if not field or not receiver.get("id"):
            return company
        names = [receiver["id"], f"{receiver.get('qualifier') or ''}:{receiver['id']}"]
        known = self.env["res.company"].sudo().search([(field, "in", names)])
        return company if company in known else known[:1] or company

    def _write_options(self, parts=None):
        options = super()._write_options(parts)
        if self.codec not in EDI:
            return options
        numbers, route, x12 = self.env["trade.control.number"], self.route_id, self.codec == "x12"
        # A file that is written again is a new file to the partner's system.
        interchange = numbers._next(route.trade_partner_id, f"{self.codec} interchange")
        references = {  # as they stand in the file, and so in the answer: ISA13 has nine digits
            "interchange_reference": f"{interchange:09}" if x12 else str(interchange),
            "group_reference": str(interchange) if x12 else False,
        }
        if parts:
            self.write(references)
        for message in parts or self:
            reference = numbers._next(route.trade_partner_id, f"{self.codec} {message.document_type}", _MOST)
            message.write({**references, "message_reference": f"{reference:04}" if x12 else str(reference)})
        answered = (self.envelope or {}).get("options") or {}  # what is acknowledged goes back as it came
        return {
            **options,
            # Also over a live route a test is marked as one.
            "test": bool(options.get("test")) or self.mode == "test",
            **(answered or route._edi_parties(self.codec)),
            "interchange_reference": references["interchange_reference"],
            "group_reference": references["group_reference"] or None,
            "message_references": (parts or self).mapped("message_reference"),
            "prepared_at": fields.Datetime.now().isoformat() + "+00:00",
        }
