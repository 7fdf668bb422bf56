from odoo import api, fields, models

# Which states of a part mean what to whoever waits for the whole file.
_DONE = ("applied", "ignored", "acknowledged", "cancelled")
_HELD = ("held", "rejected")


class TradeMessage(models.Model):
    """How far a file is that became several messages."""

    _inherit = "trade.message"

    part_count = fields.Integer(compute="_compute_parts")
    parts_done = fields.Float("Parts done (%)", compute="_compute_parts")
    parts_held = fields.Integer(compute="_compute_parts")
    parts_text = fields.Char("Progress", compute="_compute_parts")

    @api.depends("child_ids.state")
    def _compute_parts(self):
        """Counted, not loaded: a catalogue has thousands."""
        counts = {message.id: {} for message in self}
        rows = self.env["trade.message"]._read_group(
            [("parent_id", "in", self.ids)], ["parent_id", "state"], ["__count"]
        )
        for parent, state, count in rows:
            counts[parent.id][state] = count
        for message in self:
            states = counts.get(message.id, {})
            total = sum(states.values())
            done, held = (sum(states.get(state, 0) for state in group) for group in (_DONE, _HELD))
            message.part_count, message.parts_held = total, held
            message.parts_done = 100 * done / total if total else 0
            message.parts_text = total and message._parts_said(total, done, held)

    def _parts_said(self, total, done, held):
        _ = self.env._
        said = [_("%(done)s of %(total)s done", done=f"{done:,}", total=f"{total:,}")]
        if held:
            said.append(_("%s held", f"{held:,}"))
        if total > done + held:
            said.append(_("%s waiting for their turn", f"{total - done - held:,}"))
        return ", ".join(said) + "."

    def action_open_parts(self):
        """The messages this file became; those that need a person first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Parts of %s", self.display_name),
            "res_model": "trade.message",
            "view_mode": "list,form",
            "domain": [("parent_id", "=", self.id)],
            "context": {"search_default_person": bool(self.parts_held), "create": False},
        }
