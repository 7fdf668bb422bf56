import base64
from collections import Counter
from contextlib import suppress

import psycopg2
from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .. import limits
from ..mapping import table
from ..mapping.targets import Targets

_SHOWN = {"refused": 200, "changed": 100, "new": 50, "same": 0}
_COLOURS = {"refused": "text-danger", "changed": "text-warning", "new": "text-success"}


class _Undo(Exception):
    """Ends a trial."""


class TradeMappingImport(models.TransientModel):
    """A list of codes from a CSV file: what it would change is shown first, then done. And the way out."""

    _name = "trade.mapping.import"
    _description = "Import Codes"

    company_id = fields.Many2one(
        "res.company", "Our company", required=True, default=lambda self: self.env.company
    )
    trade_partner_id = fields.Many2one(
        "trade.partner",
        "Partner",
        domain="[('company_id', '=', company_id)]",
        ondelete="cascade",
        help="Whose codes these are. Empty: as the column partner says; if that is empty too, all partners'.",
    )
    kind = fields.Selection(
        "_selection_kind", "What", help="What the codes are about, where the column kind does not say it."
    )
    file = fields.Binary("CSV file", attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("choose", "Choose"), ("tried", "Preview"), ("done", "Imported")], required=True, default="choose"
    )
    outcomes = fields.Json(
        readonly=True, help="Of each row: [{row, outcome, code, meaning, reason, cells, id}]."
    )
    summary = fields.Char(compute="_compute_summary")
    summary_html = fields.Html(compute="_compute_summary", sanitize=False)
    change_count = fields.Integer(compute="_compute_summary")
    refused_count = fields.Integer(compute="_compute_summary")
    waiting_count = fields.Integer("Documents waiting", compute="_compute_waiting_count")
    download = fields.Binary(compute="_compute_download")

    @api.model
    def _selection_kind(self):
        return self.env["trade.mapping"]._selection_kind()

    # -- what is shown -------------------------------------------------------------------------

    @api.depends("outcomes", "state")
    def _compute_summary(self):
        for wizard in self:
            outcomes = wizard.outcomes or []
            counts = Counter(one["outcome"] for one in outcomes)
            wizard.change_count = counts["new"] + counts["changed"]
            wizard.refused_count = counts["refused"]
            wizard.summary = outcomes and self.env._(
                "%(new)s new, %(changed)s changed, %(same)s as they are, %(refused)s refused.",
                new=counts["new"],
                changed=counts["changed"],
                same=counts["same"],
                refused=counts["refused"],
            )
            wizard.summary_html = wizard._summary_table(outcomes) if outcomes else False

    def _summary_table(self, outcomes):
        words = {
            "new": self.env._("new"),
            "changed": self.env._("changed"),
            "refused": self.env._("refused"),
        }
        rows = []
        for outcome, most in _SHOWN.items():
            some = [one for one in outcomes if one["outcome"] == outcome]
            for one in some[:most]:
                rows.append(
                    Markup(
                        '<tr><td>{}</td><td class="{}">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>'
                    ).format(
                        one["row"],
                        _COLOURS[outcome],
                        words[outcome],
                        one["code"],
                        one["meaning"],
                        one["reason"],
                    )
                )
            if most and len(some) > most:
                more = self.env._("and %s more", len(some) - most)
                rows.append(Markup('<tr><td/><td colspan="4" class="text-muted">{}</td></tr>').format(more))
        if not rows:
            return False
        heads = (self.env._("Row"), "", self.env._("Code"), self.env._("Means"), self.env._("Why"))
        return Markup(
            '<table class="table table-sm mb-0"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        ).format(Markup().join(Markup("<th>{}</th>").format(head) for head in heads), Markup().join(rows))

    @api.depends("outcomes", "state")
    def _compute_waiting_count(self):
        for wizard in self:
            wizard.waiting_count = sum(wizard._problems().mapped("waiting_count"))

    def _problems(self):
        """Open problems that the imported mappings solve."""
        if self.state != "done":
            return self.env["trade.exception"]
        return self._imported()._problems()

    def _imported(self):
        ids = [one["id"] for one in self.outcomes or [] if one["outcome"] in ("new", "changed")]
        return self.env["trade.mapping"].browse(ids).exists()

    # -- actions -------------------------------------------------------------------------------

    def action_preview(self):
        """Try the file and roll everything back."""
        self.ensure_one()
        rows = self._rows()
        outcomes = []
        with suppress(_Undo), self.env.cr.savepoint():
            outcomes = self._import(rows)
            raise _Undo
        self.write({"outcomes": outcomes, "state": "tried"})
        return self._again()

    def action_apply(self):
        """Import every row that is not refused."""
        self.ensure_one()
        self.write({"outcomes": self._import(self._rows()), "state": "done"})
        return self._again()

    def action_replay(self):
        """Run the documents that waited for these codes again."""
        self.ensure_one()
        self._problems()._replay_waiting(self.env._("Codes imported from %s", self.filename or "CSV"))
        return self._again()

    def action_other_file(self):
        self.ensure_one()
        self.write({"file": False, "filename": False, "outcomes": False, "state": "choose"})
        return self._again()

    def action_download(self):
        """The codes there are, as a table that can be changed and imported again."""
        self.ensure_one()
        name = self.trade_partner_id.name or self.env._("all partners")
        return self._download(f"codes {name}.csv")

    def action_download_refused(self):
        """The rows that were refused, each with its reason, to be corrected and imported again."""
        self.ensure_one()
        return self._download("refused.csv")

    def _download(self, filename):
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/download/{filename}?download=true",
            "target": "download",
        }

    def _again(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import codes"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.depends("outcomes", "kind", "trade_partner_id", "company_id")
    def _compute_download(self):
        for wizard in self:
            refused = [one for one in wizard.outcomes or [] if one["outcome"] == "refused"]
            if refused:
                rows = [{**one["cells"], table.REASON: one["reason"]} for one in refused]
                data = table.write(rows, (*table.COLUMNS, table.REASON))
            else:
                data = wizard._export()
            wizard.download = base64.b64encode(data)

    def _export(self):
        domain = [("company_id", "=", self.company_id.id), ("state", "=", "confirmed")]
        if self.kind:
            domain.append(("kind", "=", self.kind))
        if self.trade_partner_id:
            domain.append(("trade_partner_id", "=", self.trade_partner_id.id))
        mappings = self.env["trade.mapping"].search(domain, order="kind, code, id")
        return table.write(table.rows_of(mappings, Targets(self.env, self.company_id)))

    # -- importing -----------------------------------------------------------------------------

    def _rows(self):
        """The rows of the file.

        :raise UserError: there is no file, it is too large, or no table
        """
        data = base64.b64decode(self.with_context(bin_size=False).file or b"")
        if not data:
            raise UserError(self.env._("Choose a CSV file first."))
        if len(data) > limits.of(self.env).max_bytes:
            raise UserError(self.env._("The file is too large. Cut it in pieces."))
        return table.read(self.env, data)

    def _import(self, rows):
        """Create and change the mappings of these rows.

        :return: the outcomes, see the field
        """
        read = _Rows(self, rows)
        known, seen, outcomes = read.known(), {}, []
        for number, cells in rows:
            outcome = {
                "row": number,
                "code": cells.get("code", ""),
                "meaning": cells.get("meaning", ""),
                "reason": "",
                "cells": {name: text for name, text in cells.items() if name},
                "id": False,
            }
            try:
                vals = read.values(cells)
                key = self.env["trade.mapping"]._identity(vals)
                if key in seen:
                    raise ValidationError(self.env._("Row %s says already what this code means.", seen[key]))
                seen[key] = number
                outcome |= self._keep(known.get(key), vals)
            except (ValidationError, AccessError, UserError) as error:
                outcome |= {"outcome": "refused", "reason": str(error.args[0])}
            except psycopg2.IntegrityError:
                reason = self.env._("It contradicts a mapping that is there: look at their dates.")
                outcome |= {"outcome": "refused", "reason": reason}
            outcomes.append(outcome)
        return outcomes

    def _keep(self, mapping, vals):
        """One mapping: new, changed, or as it is."""
        if not mapping:
            with self.env.cr.savepoint():
                origin = self.env._("Imported from %s", self.filename or "CSV")
                mapping = self.env["trade.mapping"].create({**vals, "origin": origin})
            return {"outcome": "new", "id": mapping.id, "meaning": mapping.target}
        before = mapping.target
        changes = {name: value for name, value in vals.items() if mapping._differs(name, value)}
        if not changes:
            return {"outcome": "same", "id": mapping.id}
        with self.env.cr.savepoint():
            mapping.write(changes)
        reason = self.env._("was %s", before) if mapping.target != before else self.env._("dates or note")
        return {"outcome": "changed", "id": mapping.id, "meaning": mapping.target, "reason": reason}


class _Rows:
    """Reads the rows of one file: their words become values of mappings."""

    def __init__(self, wizard, rows):
        self.env, self.company = wizard.env, wizard.company_id
        self.partner, self.kind = wizard.trade_partner_id, wizard.kind
        self.rows = [cells for _number, cells in rows]
        self.kinds = {}
        for kind, label in wizard._selection_kind():
            self.kinds |= {kind: kind, label.lower(): kind}
        self.models = {kind: model for kind, (_label, model) in self.env["trade.mapping"]._kinds().items()}
        self.found = self._look_up()

    def _look_up(self):
        """``{model: {text: records}}`` of everything the rows name."""
        wanted = {"product.product": {cells.get("only_for") for cells in self.rows}}
        for cells in self.rows:
            model = self.models.get(self._kind_of(cells))
            if model:
                wanted.setdefault(model, set()).add(cells.get("meaning"))
        targets = Targets(self.env, self.company)
        found = {model: targets.find(model, texts) for model, texts in wanted.items()}
        names = {cells.get("partner") for cells in self.rows} - {None, ""}
        partners = self.env["trade.partner"].search([("company_id", "=", self.company.id)]) if names else []
        found["trade.partner"] = {
            name: self.env["trade.partner"].union(*(one for one in partners if one.name == name))
            for name in names
        }
        return found

    def known(self):
        """``{identity: mapping}`` of the mappings that are there."""
        Mapping = self.env["trade.mapping"]
        keys = {Mapping._key(cells.get("scheme"), cells["code"]) for cells in self.rows if cells.get("code")}
        there = Mapping.search(
            [
                ("company_id", "=", self.company.id),
                ("code_key", "in", list(keys)),
                ("state", "=", "confirmed"),
            ]
        )
        return {mapping._identity(): mapping for mapping in there}

    def _kind_of(self, cells):
        return self.kinds.get((cells.get("kind") or self.kind or "").lower())

    def values(self, cells):
        """
        :raise ValidationError: something in the row is missing, not known, or names several records
        """
        if None in cells:
            self._refuse(self.env._("The row has more cells than there are columns."))
        kind = self._kind_of(cells)
        if not kind:
            known = ", ".join(sorted(set(self.kinds.values())))
            self._refuse(self.env._("Say in the column kind what it is; known are %s.", known))
        for name in ("code", "meaning"):
            if not cells.get(name):
                self._refuse(self.env._("The column %s is empty.", name))
        product = self._record("product.product", cells.get("only_for"), "only_for")
        first, last = self._day(cells, "valid_from"), self._day(cells, "valid_to")
        if first and last and last < first:
            self._refuse(self.env._("A mapping cannot end before it begins."))
        return {
            "company_id": self.company.id,
            "trade_partner_id": self._partner(cells).id or False,
            "kind": kind,
            "scheme": cells.get("scheme") or False,
            "code": cells["code"],
            "for_product_id": product.id if product else False,
            "valid_from": first,
            "valid_to": last,
            "factor": self._factor(cells),
            "note": cells.get("note") or False,
            **self._meaning(kind, cells["meaning"]),
        }

    def _meaning(self, kind, text):
        model = self.models[kind]
        if not model:
            return {"value": text}
        record = self._record(model, text, "meaning")
        return {{"product": "product_id", "uom": "uom_id"}.get(kind, "res_id"): record.id}

    def _partner(self, cells):
        name = cells.get("partner")
        if not name:
            return self.partner
        found = self._record("trade.partner", name, "partner")
        if self.partner and found != self.partner:
            self._refuse(self.env._("This code is of %s, not of the partner chosen.", name))
        return found

    def _record(self, model, text, column):
        if not text:
            return None
        found = self.found[model][text]
        if not found:
            self._refuse(
                self.env._("Nothing here is called %(text)s (%(column)s).", text=text, column=column)
            )
        if len(found) > 1:
            names = ", ".join(found[:3].mapped("display_name"))
            self._refuse(self.env._("%(text)s could be several: %(names)s.", text=text, names=names))
        return found

    def _day(self, cells, column):
        try:
            return table.day_of(cells.get(column))
        except ValueError:
            self._refuse(self.env._("%s is no day; write 2026-12-31.", cells[column]))

    def _factor(self, cells):
        try:
            return table.factor_of(cells.get("contains"))
        except ValueError:
            self._refuse(self.env._("%s is no number above zero (contains).", cells["contains"]))

    def _refuse(self, reason):
        raise ValidationError(reason)
