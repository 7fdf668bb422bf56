from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_kernel.errors import ValidationFailed

#: formats with interchanges → the scheme of the ids in their envelopes
EDI = ("edifact", "x12")
# Qualifiers of GLN and D-U-N-S number (UN/EDIFACT 0007, X12 I05).
_GLN = {"edifact": "14", "x12": "08"}
_DUNS = {"edifact": "1", "x12": "01"}


class TradeRoute(models.Model):
    """What a partner expects of our interchanges."""

    _inherit = "trade.route"

    edi_sender = fields.Char(
        "Our id in the file",
        help="Qualifier and id, such as 14:4012345000009. Empty: the company's, from the settings.",
    )
    edi_receiver = fields.Char(
        "Their id in the file",
        help="Qualifier and id, such as 14:4012345000009. Empty: the partner's identifier for this format.",
    )
    edi_version = fields.Char(
        "Version", help="EDIFACT: the directory, such as D.96A or D.01B. X12: the release, such as 004010."
    )
    edi_association = fields.Char(
        "Subset", help="EDIFACT: the association assigned code in UNH, such as EAN008 for EANCOM."
    )
    edi_charset = fields.Selection(
        [
            ("UNOA", "UNOA: capital letters, digits"),
            ("UNOB", "UNOB: ASCII"),
            ("UNOC", "UNOC: Western European (ISO 8859-1)"),
            ("UNOD", "UNOD: Central European (ISO 8859-2)"),
            ("UNOY", "UNOY: Unicode (UTF-8)"),
        ],
        "Character set",
        help="EDIFACT only. Empty: UNOC.",
    )
    edi_line_ends = fields.Boolean("A line per segment", help="Easier to read; some partners do not take it.")
    edi_acknowledge = fields.Selection(
        [("always", "Every file"), ("asked", "Files that ask for it")],
        "Acknowledge",
        default="always",
        help="What we answer with CONTRL, 997 or 999.",
    )
    edi_tell_errors = fields.Boolean(
        "Tell them what is wrong in their documents",
        default=True,
        help="By APERAK, 824 or ApplicationResponse, when its sender has to correct something.",
    )
    edi_tell_standing = fields.Boolean(
        "Tell them how their invoices stand",
        default=True,
        help="When an invoice is disputed, a credit note is expected, or it is refused; and when that is"
        " settled: by APERAK, 824 or invoice response.",
    )
    ack_expected = fields.Selection(
        selection_add=[("functional", "Their system could read it (CONTRL, 997, 999)")],
        ondelete={"functional": "set default"},
    )

    @api.constrains("edi_sender", "edi_receiver")
    def _check_edi_ids(self):
        for route in self:
            for value in (route.edi_sender, route.edi_receiver):
                if value and not _split(value)["id"]:
                    raise ValidationError(
                        self.env._(
                            "%s is no id: enter qualifier and id with a colon between: 14:4012345000009",
                            value,
                        )
                    )

    layout_id = fields.Many2one(
        "trade.layout",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        domain="[('document_type', '=', document_type)]",
        help="How this partner's files are read.",
    )

    @api.constrains("codec", "layout_id", "document_type")
    def _check_layout(self):
        for route in self.filtered(lambda route: route.codec == "layout"):
            if not route.layout_id:
                raise ValidationError(self.env._("Choose the layout by which these files are read."))
            if route.layout_id.document_type != route.document_type:
                raise ValidationError(
                    self.env._("The layout %s is for another kind of document.", route.layout_id.name)
                )

    def _codec_options(self):
        options = super()._codec_options()
        if self.codec == "layout":
            return {**options, "layout": self.layout_id._said()}
        if self.codec not in EDI:
            return options
        more = {"line_ends": "crlf" if self.edi_line_ends else "none", "test": self.mode == "test"}
        if self.edi_version:
            version, _dot, release = self.edi_version.rpartition(".")
            more |= {"version": version, "release": release} if version else {"version": self.edi_version}
        if self.edi_association:
            more["association"] = self.edi_association
        if self.edi_charset and self.codec == "edifact":
            more["charset"] = self.edi_charset
        if self.direction == "out" and self.ack_expected == "functional":
            more["acknowledgement_requested"] = True
        return {**more, **options}

    def _edi_parties(self, codec):
        """Who sends to whom, as the envelope names them.

        :param str codec: ``edifact`` or ``x12``
        :raise ValidationFailed: ``edi.no_sender`` or ``edi.no_receiver``
        """
        self.ensure_one()
        sender = self.edi_sender or self.company_id[f"trade_{codec}_id"]
        if not sender:
            raise ValidationFailed(
                "edi.no_sender", subject=f"company:{self.company_id.id}:{codec}", company=self.company_id.name
            )
        receiver = self.edi_receiver or self._edi_partner_id(codec)
        if not receiver:
            raise ValidationFailed(
                "edi.no_receiver",
                subject=f"{self.trade_partner_id.id}:{codec}",
                partner=self.trade_partner_id.name,
                format=codec.upper(),
            )
        return {"sender": _split(sender), "receiver": _split(receiver)}

    def _edi_partner_id(self, codec):
        found = self.env["trade.identifier"].search(
            [("trade_partner_id", "=", self.trade_partner_id.id), ("scheme", "in", (codec, "gln", "duns"))]
        )
        for scheme, qualifier in ((codec, ""), ("gln", _GLN[codec]), ("duns", _DUNS[codec])):
            for identifier in found.filtered(lambda one, scheme=scheme: one.scheme == scheme):
                return f"{qualifier}:{identifier.value}" if qualifier else identifier.value
        return None


def _split(text):
    """``14:4012345000009`` → ``{"id", "qualifier"}``"""
    qualifier, _colon, value = text.strip().rpartition(":")
    return {"id": value.strip(), "qualifier": qualifier.strip() or None}
