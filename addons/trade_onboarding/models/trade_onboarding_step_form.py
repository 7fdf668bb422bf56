import base64

from odoo import api, fields, models

from odoo.addons.trade_kernel import onboarding

from .. import forms


class TradeOnboardingStep(models.Model):
    """What a step asks for, as our screens and the partner's pages show it, and what is kept of it."""

    _inherit = "trade.onboarding.step"

    form = fields.Json(compute="_compute_form")
    entered = fields.Json("Entered now", compute="_compute_entered", inverse="_inverse_entered")
    shown = fields.Json(compute="_compute_form")
    can_edit = fields.Boolean(compute="_compute_can")
    can_do = fields.Boolean(compute="_compute_can")

    @api.depends("kind", "data", "findings", "state")
    def _compute_form(self):
        for step in self:
            step.form = rows = step._form_rows()  # an empty list reads as False
            step.shown = [{"label": row["label"], "value": row["words"]} for row in rows if row["words"]]

    @api.depends("state", "ready_at", "actor")
    def _compute_can(self):
        for step in self:
            open_ = step.state not in onboarding.SETTLED
            step.can_edit = open_ and bool(step.ready_at)
            step.can_do = step.can_edit and step.actor != "automatic" and not step.waits_for_text

    @api.depends("data")
    def _compute_entered(self):
        for step in self:
            step.entered = step._values()

    def _inverse_entered(self):
        for step in self:
            step._save(step.entered or {})

    def _form_rows(self, for_partner=False):
        """What the step asks for: ``[{name, label, type, required, help, choices, value, words, problem}]``.

        :param for_partner: without what only we see
        """
        self.ensure_one()
        # All findings stand above the form, with their links; at its field only what is not accepted.
        wrong = [one for one in self.findings or [] if one["level"] == "error" and not one.get("record")]
        problems = {one["field"]: one for one in wrong}
        data, rows = self._values(), []
        files = {file.id: file.name for file in self.file_ids.sudo()}
        for field in self._kind()._form(self):
            if for_partner and field.ours:
                continue
            value = data.get(field.name)
            rows.append(
                {
                    "name": field.name,
                    "label": field.label,
                    "type": field.type,
                    "required": field.required,
                    "help": field.help,
                    "choices": [list(choice) for choice in field.choices],
                    "value": value,
                    "words": files.get(value, "")
                    if field.type == "file"
                    else self._value_words(field, value),
                    "problem": problems.get(field.name),
                }
            )
        return rows

    def _value_words(self, field, value):
        if field.type == "boolean":
            return self.env._("Yes") if value else ""
        return forms.words(field, value)

    def _save(self, values, for_partner=False, form=None):
        """Keep what was entered so far; nothing has to be complete.

        Who entered it is noted for four-eyes checks; nobody, where the partner did.

        :param form: the fields of the form, where the caller has them for many steps alike
        :return: list of :class:`~..forms.Finding` about values that are none; those are not kept
        """
        self.ensure_one()
        findings, data, theirs = [], self._values(), False
        for field in form or self._kind()._form(self):
            if field.name not in values or (for_partner and field.ours):
                continue
            try:
                value = forms.coerce(field, values[field.name])
            except (TypeError, ValueError):
                findings.append(self._no_such_value(field, values[field.name]))
                continue
            if field.type == "file" and value and value not in self.file_ids.ids:
                continue  # files are attached to the step first; a number from elsewhere is none of its
            theirs |= not field.ours and data.get(field.name) != value
            data[field.name] = value
        if data != self._values():
            entered_by = {"entered_by_id": False if for_partner else self.env.uid} if theirs else {}
            self.sudo().write({"data": data, **entered_by})
        return findings

    def _no_such_value(self, field, value):
        expected = {
            "date": self.env._("a date, such as 2026-12-31"),
            "integer": self.env._("a whole number"),
            "float": self.env._("a number"),
            "email": self.env._("an e-mail address, such as orders@example.com"),
            "selection": self.env._("one of the choices"),
        }.get(field.type, self.env._("a text"))
        return forms.Finding(
            "error",
            self.env._(
                "%(label)s: “%(value)s” is not %(expected)s.",
                label=field.label,
                value=value,
                expected=expected,
            ),
            field.name,
        )

    def attach_file(self, name, filename, content):
        """A file chosen on our screen, in base64; see :meth:`_attach`."""
        self.check_access("write")
        return self._attach(name, filename, base64.b64decode(content)).id

    def _attach(self, name, filename, content, mimetype=None, for_partner=False):
        """Keep a file for the field ``name``; the one before stays with the step.

        :param bytes content: limits are the caller's business
        :return: the attachment
        """
        self.ensure_one()
        step = self.sudo()
        file = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": filename,
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                    **({"mimetype": mimetype} if mimetype else {}),
                }
            )
        )
        step.file_ids = [(4, file.id)]
        step._save({name: file.id}, for_partner)
        return file
