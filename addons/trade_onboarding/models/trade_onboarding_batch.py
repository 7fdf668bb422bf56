import base64
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_core import limits
from odoo.addons.trade_core.tools import sentences
from odoo.addons.trade_kernel.codecs.layout import sheets
from odoo.addons.trade_kernel.errors import TradeError

_CHUNK = 50  # cases made in one transaction
MOST_ROWS = 5_000

#: columns of a list that are not fields of steps → what they fill
COLUMNS = {
    "company": "name",
    "email": "email",
    "contact": "contact_name",
    "language": "lang",
    "owner": "user_id",
}


class TradeOnboardingBatch(models.Model):
    """Many partners at once: a workbook becomes cases, after a preview that names what is wrong by row."""

    _name = "trade.onboarding.batch"
    _description = "Onboarding List"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", "Our company", required=True, index=True, default=lambda self: self.env.company
    )
    template_id = fields.Many2one("trade.onboarding.template", required=True, check_company=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        default=lambda self: self.env.user,
        help="Unless the column owner names another.",
    )
    invite = fields.Boolean("Send the invitations", help="As soon as a case is made.")
    file = fields.Binary("Workbook (XLSX)", attachment=True)
    filename = fields.Char()
    state = fields.Selection(
        [("draft", "To be read"), ("checked", "Preview"), ("running", "Being made"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
    )
    row_ids = fields.One2many("trade.onboarding.batch.row", "batch_id", "Rows", readonly=True)
    ready_count = fields.Integer(compute="_compute_counts")
    refused_count = fields.Integer(compute="_compute_counts")
    done_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer(compute="_compute_counts")
    progress = fields.Json(compute="_compute_counts")

    @api.depends("filename", "template_id")
    def _compute_name(self):
        for batch in self:
            batch.name = batch.filename or batch.template_id.name or self.env._("New list")

    @api.depends("row_ids.state")
    def _compute_counts(self):
        rows = self.env["trade.onboarding.batch.row"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"]
        )
        counts = {(batch.id, state): count for batch, state, count in rows}
        for batch in self:
            found = Counter({state: count for (key, state), count in counts.items() if key == batch.id})
            batch.ready_count, batch.refused_count = found["ready"], found["refused"]
            batch.done_count, batch.failed_count = found["done"], found["failed"]
            batch.progress = {
                "total": sum(found.values()) - found["refused"],
                "done": found["done"],
                "running": found["ready"],
            }

    # -- reading -------------------------------------------------------------------------------

    def action_sample(self):
        """A workbook with the columns of the template, to be filled in."""
        self.ensure_one()
        heads = [*COLUMNS, *self.template_id._list_columns()]
        content = sheets.written([heads], self.template_id.name)
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.template_id.name}.xlsx",
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {"type": "ir.actions.act_url", "url": f"/web/content/{attachment.id}?download=1"}

    def action_check(self):
        """Read the workbook and say of each row what is wrong with it; nothing is made."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a workbook first."))
        try:
            table = list(sheets.sheet_rows(base64.b64decode(self.file), "", limits.of(self.env)))
        except TradeError as error:
            raise UserError(sentences(error)) from error
        heads = self._heads(table)
        rows = [
            (number, dict(zip(heads, (cell.strip() for cell in cells), strict=False)))
            for number, cells in table[1:]
            if any(cell.strip() for cell in cells)
        ]
        if not rows:
            raise UserError(self.env._("There are no rows beneath the names of the columns."))
        if len(rows) > MOST_ROWS:
            raise UserError(self.env._("The workbook has more than %s rows. Cut it in pieces.", MOST_ROWS))
        self.row_ids.unlink()
        Row = self.env["trade.onboarding.batch.row"]
        Row.create([{"batch_id": self.id, "number": number, "cells": cells} for number, cells in rows])
        self.row_ids._check()
        self.state = "checked"

    def _heads(self, table):
        heads = [cell.strip().lower() for cell in table[0][1]] if table else []
        known = {*COLUMNS, *self.template_id._list_columns()}
        if "company" not in heads:
            raise UserError(self.env._("The first row must name the columns, and one of them “company”."))
        wrong = [head for head in heads if head and head not in known]
        if wrong:
            raise UserError(
                self.env._(
                    "Nothing is known of the columns %(wrong)s. There are: %(known)s.",
                    wrong=", ".join(wrong),
                    known=", ".join(sorted(known)),
                )
            )
        return heads

    # -- making --------------------------------------------------------------------------------

    def action_start(self):
        """Make the cases of all rows that are right, in jobs."""
        self.ensure_one()
        if not self.ready_count:
            raise UserError(self.env._("No row is right. Correct the workbook and read it again."))
        self.state = "running"
        self._later()

    def _later(self):
        self.with_delay(
            channel="root.trade.bulk",
            identity_key=f"trade.onboarding.batch:{self.id}:{self.done_count + self.failed_count}",
            description=self.env._("Onboarding list %s", self.name),
        )._make()

    def _make(self):
        """Job: make the next cases. A row and its case are one transaction, so it may be killed and run
        again at any time."""
        if not self.exists() or self.state != "running":
            return
        rows = self.row_ids.filtered(lambda row: row.state == "ready")
        rows[:_CHUNK]._make()
        if len(rows) > _CHUNK:
            self._later()
            return
        self.state = "done"
        self.message_post(
            body=self.env._(
                "%(done)s cases were made, %(failed)s could not be.",
                done=self.done_count,
                failed=self.failed_count,
            )
        )

    def action_open_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_onboarding.trade_onboarding_action")
        return {**action, "domain": [("id", "in", self.row_ids.onboarding_id.ids)], "context": {}}


class TradeOnboardingTemplate(models.Model):
    _inherit = "trade.onboarding.template"

    def _list_columns(self):
        """Columns of a list that fill steps: ``{"tax.vat": (template step, form field)}``."""
        self.ensure_one()
        columns = {}
        Step = self.env["trade.onboarding.step"]
        for kept in self.step_ids.filtered(lambda step: step.actor != "automatic"):
            step = Step.new({"kind": kept.kind, "template_step_id": kept.id, "name": kept.name})
            for field in step._kind()._form(step):
                if field.type != "file" and not field.ours:
                    columns.setdefault(f"{kept.kind}.{field.name}", (kept, field))
        return columns
