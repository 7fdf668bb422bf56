import base64
import json

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.tools import sentences
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.codecs import layout as kernel
from odoo.addons.trade_kernel.codecs._verify import differences
from odoo.addons.trade_kernel.codecs.layout.detect import guess, propose
from odoo.addons.trade_kernel.errors import TradeError, ValidationFailed

#: what of a version is told to the kernel under the same name
SETTINGS = (
    "format",
    "encoding",
    "delimiter",
    "header_row",
    "skip_rows",
    "skip_last",
    "comment",
    "sheet",
    "rows",
    "decimal",
    "thousands",
    "date_format",
    "timezone",
    "chunk_lines",
)
_ALSO = ("group_by", "columns", "namespaces", "sample", "rule_ids")
_OF_RULES = (
    "target",
    "source",
    "constant",
    "kind",
    "default",
    "words",
    "words_only",
    "required",
    "gs1",
    "strip_zeros",
    "factor",
    "date_format",
)
_MARKS = {"point": ".", "comma": ",", "blank": " ", "apostrophe": "'"}
_SHOWN_ROWS, _SHOWN_ERRORS = 15, 30
_COMPARED = 50  # messages a new version is tried on
#: what a column seems to be → the field of a line it then is, of documents that have it
_GUESSES = {
    "sellers_item": "item.sellers_item_identification.id",
    "buyers_item": "item.buyers_item_identification.id",
    "gtin": "item.standard_item_identification.id",
    "name": "item.name",
    "quantity": "quantity.value",
    "unit": "quantity.unit_code",
    "line": "id",
}


class TradeLayoutVersion(models.Model):
    """One version of a layout: a draft that is edited beside a sample, the one in use, or a former one."""

    _name = "trade.layout.version"
    _description = "Layout Version"
    _order = "layout_id, number desc"
    _rec_name = "number"

    layout_id = fields.Many2one("trade.layout", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="layout_id.company_id", store=True, index=True)
    document_type = fields.Selection(related="layout_id.document_type")
    number = fields.Integer("Version", required=True, readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("used", "In use"), ("former", "Former")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    approved_by_id = fields.Many2one("res.users", "Taken into use by", readonly=True, copy=False)
    approved_at = fields.Datetime("On", readonly=True, copy=False)
    format = fields.Selection(
        [
            ("csv", "CSV"),
            ("xlsx", "Excel (XLSX)"),
            ("fixed", "Columns of fixed width"),
            ("json", "JSON"),
            ("xml", "XML"),
        ],
        "File",
        required=True,
        default="csv",
    )
    encoding = fields.Char(help="Such as utf-8 or cp1252. Empty: told by the file.")
    delimiter = fields.Char(help="What separates columns; \\t is a tab. Empty: told by the file.")
    header_row = fields.Integer("Names are in row", default=1, help="0: there are none; columns are #1, #2 …")
    skip_rows = fields.Integer("Rows to skip after the names")
    skip_last = fields.Integer("Rows to skip at the end")
    comment = fields.Char("Rows to skip begin with")
    sheet = fields.Char(help="Name or number. Empty: the first.")
    rows = fields.Char(
        "Where the rows are", help="JSON: JMESPath, such as data.items. XML: XPath, such as /stock/row."
    )
    decimal = fields.Selection(
        [("point", "12.50"), ("comma", "12,50")], "Decimals", required=True, default="point"
    )
    thousands = fields.Selection(
        [("point", "1.000"), ("comma", "1,000"), ("blank", "1 000"), ("apostrophe", "1'000")],
        help="Empty: nothing stands between.",
    )
    date_format = fields.Char("Dates", required=True, default="%Y-%m-%d", help="%d.%m.%Y is 31.03.2026")
    timezone = fields.Char("Time zone", required=True, default="UTC", help="Such as Europe/Berlin.")
    group_by = fields.Char(
        "Rows of one document share",
        help="Columns, separated by semicolons, such as Order. Empty: all rows are one.",
    )
    chunk_lines = fields.Integer("At most so many lines per document", help="0: as many as there are.")
    columns = fields.Text(help="Of fixed width, one per line: name, first character, length.")
    namespaces = fields.Text(help="Prefixes used in XPaths, one per line: prefix = address")
    rule_ids = fields.One2many("trade.layout.rule", "version_id", "Fields", copy=True)

    sample = fields.Binary(attachment=True, copy=True)
    sample_name = fields.Char()
    sample_columns = fields.Char("Columns in the sample", compute="_compute_preview")
    preview = fields.Html("What is read", compute="_compute_preview", sanitize=False)
    preview_ok = fields.Boolean(compute="_compute_preview")
    comparison = fields.Html("Compared with the version in use", readonly=True, sanitize=False, copy=False)

    _unique_number = models.UniqueIndex("(layout_id, number)")
    _one_used = models.UniqueIndex("(layout_id) WHERE state = 'used'")
    _one_draft = models.UniqueIndex(
        "(layout_id) WHERE state = 'draft'", "There is a draft already: go on with that one."
    )

    @api.depends("layout_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(layout)s, version %(number)s", layout=version.layout_id.name or "", number=version.number
            )

    def write(self, vals):
        free = {"state", "approved_by_id", "approved_at", "comparison", "sample", "sample_name"}
        if vals.keys() - free and any(version.state != "draft" for version in self):
            raise UserError(
                self.env._(
                    "Messages were read with this version, so it is kept as it is. Press Edit for a new one."
                )
            )
        return super().write(vals)

    # -- as the kernel takes it ------------------------------------------------------------------

    def _said(self):
        self.ensure_one()
        said = {name: self[name] or type(self[name] or "")() for name in SETTINGS}
        for name in ("header_row", "skip_rows", "skip_last", "chunk_lines"):
            said[name] = self[name] or 0
        for name in ("decimal", "thousands"):
            said[name] = _MARKS.get(self[name], "")
        said["document_type"] = self.layout_id.document_type
        said["group_by"] = [name.strip() for name in (self.group_by or "").split(";") if name.strip()]
        said["columns"] = [self._column(line) for line in (self.columns or "").splitlines() if line.strip()]
        pairs = [line.partition("=") for line in (self.namespaces or "").splitlines() if "=" in line]
        said["namespaces"] = {prefix.strip(): address.strip() for prefix, _equals, address in pairs}
        said["rules"] = [rule._said() for rule in self.rule_ids if rule.target]
        return said

    @staticmethod
    def _column(line):
        parts = [part.strip() for part in line.replace("\t", ",").replace(";", ",").split(",")]
        try:
            return {"name": parts[0], "start": int(parts[1]), "length": int(parts[2])}
        except (IndexError, ValueError):
            raise ValidationFailed("layout.column", line=line.strip()[:60]) from None

    # -- beside the sample -----------------------------------------------------------------------

    def _sample_raw(self):
        return base64.b64decode(self.with_context(bin_size=False).sample or b"")

    @api.depends(*SETTINGS, *_ALSO, *(f"rule_ids.{name}" for name in _OF_RULES))
    def _compute_preview(self):
        for version in self:
            raw = version._sample_raw()
            version.preview_ok, version.sample_columns = False, False
            if not raw:
                version.preview = Markup("<p class='text-muted'>{}</p>").format(
                    self.env._("Upload a sample: what is read of it is shown here while you edit.")
                )
                continue
            try:
                version.sample_columns = ", ".join(propose(raw, version.sample_name or "").get("names", ()))
                parts = list(codecs.get("layout").decode(raw, {"layout": version._said()}))
            except TradeError as error:
                version.preview = version._error_row([error])
                continue
            version.preview_ok = bool(parts) and not any(part.errors for part in parts)
            version.preview = version._preview(parts)

    def _preview(self, parts):
        documents = [part.document for part in parts if part.document]
        errors = [error for part in parts for error in part.errors]
        lines = sum(len(document.lines) for document in documents)
        words = self.env._(
            "Documents: %(documents)s, lines: %(lines)s, errors: %(errors)s",
            documents=len(documents),
            lines=lines,
            errors=len(errors),
        )
        shown = [
            (
                document.document_number,
                _flat(line.model_dump(mode="json", exclude_defaults=True, exclude_none=True)),
            )
            for document in documents
            for line in document.lines
        ][:_SHOWN_ROWS]
        names = list(dict.fromkeys(name for _number, line in shown for name in line))
        cell, head = Markup("<td>{}</td>"), Markup("<th>{}</th>")
        table = Markup(
            "<table class='table table-sm table-striped'><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
        ).format(
            Markup().join(head.format(name) for name in [self.env._("Document"), *names]),
            Markup().join(
                Markup("<tr>{}</tr>").format(
                    Markup().join(
                        cell.format(value) for value in [number, *(line.get(name, "") for name in names)]
                    )
                )
                for number, line in shown
            ),
        )
        colour = "alert-danger" if errors else "alert-success"
        top = Markup("<div class='alert {} py-2'>{}</div>").format(colour, words)
        return top + self._error_row(errors) + (table if shown else Markup())

    def _error_row(self, errors):
        items = [
            Markup("<li><b>{}</b> {} <span class='text-muted'>{}</span></li>").format(
                error.pointer or "", error.message, error.remedy
            )
            for error in errors[:_SHOWN_ERRORS]
        ]
        return (
            Markup("<ul class='text-danger mb-2'>{}</ul>").format(Markup().join(items)) if items else Markup()
        )

    def action_detect(self):
        """Take over how the sample is written, and propose the fields its columns seem to be."""
        self.ensure_one()
        raw = self._sample_raw()
        if not raw:
            raise UserError(self.env._("Upload a sample first."))
        try:
            found = propose(raw, self.sample_name or "")
        except TradeError as error:
            raise UserError(sentences(error)) from None
        names = found.pop("names", [])
        vals = {name: value for name, value in found.items() if name in self._fields}
        named = {mark: name for name, mark in _MARKS.items()}
        vals |= {name: named.get(vals.get(name), False) for name in ("decimal", "thousands") if name in vals}
        if not self.rule_ids:
            vals["rule_ids"] = [(0, 0, rule) for rule in self._guessed(names)]
        self.write(vals)

    def _guessed(self, names):
        known = kernel.fields_of(self.document_type)
        field = next(iter({path.partition(".")[0] for path in known if path.endswith(".item.name")}), None)
        found, taken = [], set()
        for name in names:
            meaning = guess(name)
            target = field and meaning in _GUESSES and f"{field}.{_GUESSES[meaning]}"
            if target and target in known and target not in taken:
                taken.add(target)
                kind = "number" if target.endswith(".value") else "text"
                found.append({"target": target, "source": name, "kind": kind})
        return found

    # -- taking over -----------------------------------------------------------------------------

    def action_compare(self):
        """Read the last messages with this version beside the one in use, and show what differs."""
        self.ensure_one()
        used = self.layout_id.current_id
        messages = self.env["trade.message"].search(
            [
                ("route_id", "in", self.layout_id.route_ids.ids),
                ("direction", "=", "in"),
                ("parent_id", "=", False),
            ],
            order="id desc",
            limit=_COMPARED,
        )
        if not used or not messages:
            self.comparison = Markup("<p class='text-muted'>{}</p>").format(
                self.env._("There is nothing to compare with: no message was read with this layout yet.")
            )
            return
        try:
            old, new = {"layout": used._said()}, {"layout": self._said()}
        except TradeError as error:
            raise UserError(sentences(error)) from None
        rows = []
        for message in messages:
            rows += [(message, *row) for row in _compared(message._raw(), old, new)]
        same = len(messages) - len({row[0] for row in rows})
        self.comparison = self._comparison(len(messages), same, rows)

    def _comparison(self, count, same, rows):
        words = self.env._(
            "%(same)s of the last %(count)s messages are read the same. Differences: %(rows)s.",
            same=same,
            count=count,
            rows=len(rows),
        )
        line = Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>")
        head = Markup("<tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>").format(
            self.env._("Message"), self.env._("Place"), self.env._("In use"), self.env._("This version")
        )
        body = Markup().join(
            line.format(message.display_name, place, before, after)
            for message, place, before, after in rows[:200]
        )
        top = Markup("<div class='alert {} py-2'>{}</div>").format(
            "alert-warning" if rows else "alert-success", words
        )
        return top + (
            Markup("<table class='table table-sm'>{}{}</table>").format(head, body) if rows else Markup()
        )

    def action_use(self):
        """Read with this version from now on."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("trade_core.group_trade_manager"):
            raise UserError(self.env._("Trading managers take layouts into use. Ask one."))
        if self.state == "used":
            return
        try:
            kernel.read(self._said())
        except TradeError as error:
            raise UserError(sentences(error)) from None
        if self.sample and not self.preview_ok:
            raise UserError(
                self.env._("The sample cannot be read without errors yet. Correct the layout first.")
            )
        self.layout_id.current_id.sudo().state = "former"
        self.env.flush_all()
        self.write({"state": "used", "approved_by_id": self.env.uid, "approved_at": fields.Datetime.now()})
        self.layout_id.message_post(body=self.env._("Version %s is in use.", self.number))
        self.layout_id.sudo().route_ids._settings_changed()


def _flat(values, prefix=""):
    """A line's values by their path, for a table."""
    found = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            for index, one in enumerate(value):
                label = f"{prefix}{name}" if len(value) == 1 else f"{prefix}{name}[{index}]"
                found |= _flat(one, f"{label}.") if isinstance(one, dict) else {label: one}
        else:
            found[f"{prefix}{name}"] = value
    return found


def _compared(raw, old, new):
    """``(place, before, after)`` for everything two layouts read differently in one file."""
    codec = codecs.get("layout")
    before, after = list(codec.decode(raw, old)), list(codec.decode(raw, new))
    for index in range(max(len(before), len(after))):
        pair = [_as_values(parts[index]) if index < len(parts) else {} for parts in (before, after)]
        for pointer, one, other in differences(*pair):
            yield f"{index + 1}{pointer}", _short(one), _short(other)


def _as_values(part):
    return part.document.as_dict() if part.document else {"errors": [error.message for error in part.errors]}


def _short(value):
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}…"
