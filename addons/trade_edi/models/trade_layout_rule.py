from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_kernel.codecs import layout as kernel


class TradeLayoutRule(models.Model):
    """Where one field comes from."""

    _name = "trade.layout.rule"
    _description = "Layout Rule"
    _order = "sequence, id"

    version_id = fields.Many2one("trade.layout.version", required=True, ondelete="cascade", index=True)
    state = fields.Selection(related="version_id.state")
    sequence = fields.Integer(default=10)
    target = fields.Char("Field", required=True)
    target_words = fields.Char("What it is", compute="_compute_target_words")
    source = fields.Char("Column or expression")
    constant = fields.Char("Always")
    kind = fields.Selection(
        [("text", "Text"), ("number", "Number"), ("date", "Date"), ("time", "Time"), ("yes_no", "Yes or no")],
        "Read as",
        required=True,
        default="text",
    )
    required = fields.Boolean("Needed")
    default = fields.Char("If empty")
    words = fields.Text(
        "Their words", help="One per line, theirs and ours with an equals sign between: ST = C62"
    )
    words_only = fields.Boolean(
        "No other words", help="Any other word is an error, instead of being taken as it is."
    )
    gs1 = fields.Selection(
        "_selection_gs1",
        "From a GS1 label",
        help="Take this out of a whole GS1 element string, such as (01)04012345678901(10)L7.",
    )
    strip_zeros = fields.Boolean("Without zeros in front")
    factor = fields.Char("Times", help="What a number is multiplied by, such as 0.01 for cents.")
    date_format = fields.Char(help="Such as %d.%m.%Y. Empty: as the layout says.")

    @api.model
    def _selection_gs1(self):
        return [
            ("gtin", self.env._("GTIN")),
            ("sscc", self.env._("SSCC")),
            ("lot", self.env._("Lot")),
            ("serial", self.env._("Serial number")),
            ("expiry_date", self.env._("Expiry date")),
            ("best_before_date", self.env._("Best before")),
            ("manufacture_date", self.env._("Made on")),
            ("count", self.env._("Count")),
            ("net_weight", self.env._("Net weight in kg")),
            ("gross_weight", self.env._("Gross weight in kg")),
        ]

    @api.depends("target", "version_id.layout_id.document_type")
    def _compute_target_words(self):
        for rule in self:
            kind = rule.version_id.layout_id.document_type
            rule.target_words = kernel.fields_of(kind).get(rule.target, "") if kind else ""

    @api.constrains("words")
    def _check_words(self):
        for rule in self:
            for number, line in enumerate((rule.words or "").splitlines(), 1):
                if line.strip() and "=" not in line:
                    raise ValidationError(
                        self.env._(
                            "Their words for %(field)s, line %(number)s: write theirs = ours.",
                            field=rule.target,
                            number=number,
                        )
                    )

    def _said(self):
        pairs = [line.rpartition("=") for line in (self.words or "").splitlines() if "=" in line]
        said = {
            "to": self.target,
            "source": self.source or "",
            "kind": self.kind,
            "default": self.default or "",
            "map": {theirs.strip(): ours.strip() for theirs, _equals, ours in pairs},
            "map_only": self.words_only,
            "required": self.required,
            "gs1": self.gs1 or "",
            "strip_zeros": self.strip_zeros,
            "factor": self.factor or "",
            "date_format": self.date_format or "",
        }
        return {**said, "constant": self.constant} if self.constant else said
