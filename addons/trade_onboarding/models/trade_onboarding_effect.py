import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from psycopg2 import OperationalError

_logger = logging.getLogger(__name__)


class TradeOnboardingEffect(models.Model):
    """What a case has set up in Odoo, record by record, so that it can be taken back."""

    _name = "trade.onboarding.effect"
    _description = "Effect of an Onboarding Case"
    _order = "id"

    onboarding_id = fields.Many2one(
        "trade.onboarding", "Case", required=True, ondelete="cascade", index=True, readonly=True
    )
    step_id = fields.Many2one(
        "trade.onboarding.step", ondelete="cascade", index="btree_not_null", readonly=True
    )
    kind = fields.Selection([("created", "Created"), ("changed", "Changed")], required=True, readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True, readonly=True)
    record_name = fields.Char("Name", readonly=True)
    old = fields.Json(readonly=True)
    new = fields.Json(readonly=True)
    changes = fields.Char("What", compute="_compute_changes")
    state = fields.Selection(
        [("done", "In place"), ("undone", "Taken back"), ("kept", "Kept")],
        required=True,
        default="done",
        readonly=True,
    )
    note = fields.Char("Why", readonly=True)

    @api.depends("old", "new")
    def _compute_changes(self):
        for effect in self:
            names = effect.env[effect.res_model]._fields if effect.res_model in effect.env else {}
            effect.changes = ", ".join(
                f"{names[name].string if name in names else name}: {self._words(value)}"
                for name, value in (effect.new or {}).items()
            )

    @api.model
    def _words(self, value):
        return "–" if value in (None, False, "", []) else str(value)

    @api.model
    def _create_record(self, step, model, vals, case=None):
        """Create a record as an effect of a step.

        :param case: when there is no step: what the partner asked for outside one
        :return: the record, with our rights
        """
        return self._create_records(step, model, [vals], case)

    @api.model
    def _create_records(self, step, model, vals_list, case=None):
        """Create several records at once, see :meth:`_create_record`."""
        records = self.env[model].sudo().create(vals_list)
        self.sudo().create(
            [
                self._prepare_note(step, record, "created", None, self._readable(vals), case)
                for record, vals in zip(records, vals_list, strict=True)
            ]
        )
        return records

    @api.model
    def _write_record(self, step, record, vals):
        """Change a record as an effect of a step; values that are there already are no effect."""
        record = record.sudo()
        old = record.read(list(vals), load=None)[0]
        changed = {
            name: value for name, value in vals.items() if self._plain(old[name]) != self._plain(value)
        }
        if changed:
            record.write(changed)
            self._note(
                step,
                record,
                "changed",
                self._readable({name: old[name] for name in changed}),
                self._readable(changed),
            )
        return record

    @api.model
    def _created(self, case, record):
        """Whether the case itself has made this record."""
        return bool(
            case.sudo().effect_ids.filtered(
                lambda effect: (
                    effect.kind == "created"
                    and effect.state == "done"
                    and (effect.res_model, effect.res_id) == (record._name, record.id)
                )
            )
        )

    @api.model
    def _offer_record(self, step, record, vals):
        """What the partner says of a contact there was before goes through the gate of ``trade.data.owner``:
        what it is not the master of becomes a proposed change, old → new, for a person to decide."""
        record, case = record.sudo(), step.onboarding_id
        old = record.read(list(vals), load=None)[0]
        outcomes = (
            self.env["trade.data.owner"]
            .sudo()
            ._offer(record, vals, trade_partner=case._profile(step), source=step.sudo())
        )
        written = [outcome.field for outcome in outcomes if outcome.outcome == "written"]
        if written:
            before = self._readable({name: old[name] for name in written})
            after = self._readable({name: vals[name] for name in written})
            self._note(step, record, "changed", before, after)
        held = [outcome for outcome in outcomes if outcome.outcome == "held"]
        if held:
            case.message_post(
                body=self.env._(
                    "%(count)s changes to %(name)s are proposed: decide under Partners ▸ Proposed changes.",
                    count=len(held),
                    name=record.display_name,
                )
            )

    @api.model
    def _note(self, step, record, kind, old, new, case=None):
        self.sudo().create(self._prepare_note(step, record, kind, old, new, case))

    @api.model
    def _prepare_note(self, step, record, kind, old, new, case=None):
        return {
            "onboarding_id": (case or step.onboarding_id).id,
            "step_id": step.id,
            "kind": kind,
            "res_model": record._name,
            "res_id": record.id,
            "record_name": record.display_name,
            "old": old,
            "new": new,
        }

    def _undo(self, why):
        """Take effects back, the last one first. What cannot be taken back is kept and says why.

        A created record is deleted, or archived where something refers to it; a changed field gets its old
        value, unless somebody changed it meanwhile.
        """
        for effect in self.filtered(lambda effect: effect.state == "done").sorted("id", reverse=True):
            record = effect.env[effect.res_model].sudo().browse(effect.res_id).exists()
            if not record:
                effect.write({"state": "undone", "note": why})
                continue
            try:
                with self.env.cr.savepoint():
                    kept = effect._undo_one(record)
            except OperationalError:
                raise  # Odoo tries the whole again
            except UserError as error:
                kept = str(error)
            except Exception:
                _logger.warning("effect %s of onboarding kept", effect.id, exc_info=True)
                kept = self.env._(
                    "Odoo could not take it back; the server's log says why. Take it back by hand."
                )
            effect.write({"state": "kept", "note": kept} if kept else {"state": "undone", "note": why})

    def _undo_one(self, record):
        """:return: why it was kept, or ``None``"""
        if self.kind == "created":
            return self._remove(record)
        now = record.read(list(self.new), load=None)[0]
        changed = [name for name, value in self.new.items() if self._plain(now[name]) != self._plain(value)]
        record.write(
            {
                name: [(6, 0, value or [])] if record._fields[name].type.endswith("2many") else value
                for name, value in (self.old or {}).items()
                if name not in changed
            }
        )
        if changed:
            labels = ", ".join(record._fields[name].string for name in changed)
            return self.env._("Changed by somebody meanwhile: %s", labels)
        return None

    def _remove(self, record):
        try:
            with self.env.cr.savepoint():
                record.unlink()
        except Exception:
            if record._active_name not in record._fields:
                raise
            record.write({record._active_name: False})
            record.flush_recordset()
        return None

    @api.model
    def _readable(self, vals):
        return {name: self._plain(value) for name, value in vals.items() if not isinstance(value, bytes)}

    @api.model
    def _plain(self, value):
        """A value of a field as JSON keeps it; ids of x2many in order."""
        if isinstance(value, models.BaseModel):
            value = value.ids
        if isinstance(value, list | tuple):
            commands = [one for one in value if isinstance(one, list | tuple)]
            if len(commands) == 1 and commands[0][0] == 6:
                value = commands[0][2]
            return sorted(value) if all(isinstance(one, int) for one in value) else str(value)
        if hasattr(value, "isoformat"):
            return fields.Datetime.to_string(value) if hasattr(value, "hour") else value.isoformat()
        return value or None
