import re

from odoo import api, fields, models


class TradeCertificateType(models.Model):
    """What kind of paper it is, and how suppliers call it in their documents."""

    _name = "trade.certificate.type"
    _description = "Type of Certificate"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    codes = fields.Char(
        "Known as",
        help="Codes (UNTDID 1001) and words, separated by commas, by which a file of a document is"
        " recognised.",
    )
    active = fields.Boolean(default=True)

    @api.model
    def _named(self):
        """``{code or word in lower case: type}``"""
        found = {}
        for kind in self.search([("active", "=", True)]):
            for word in [kind.name, *re.split(r"[,;]", kind.codes or "")]:
                if word.strip():
                    found.setdefault(word.strip().lower(), kind)
        return found
