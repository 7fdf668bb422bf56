import json

from odoo import api, fields, models

from odoo.addons.trade_core.pipeline import inbound
from odoo.addons.trade_kernel.errors import TradeError

from .. import pipeline_hook


class TradeMessage(models.Model):
    """Events of others: what is known of them beside what every message has."""

    _inherit = "trade.message"

    hook_headers = fields.Json("Headers kept", readonly=True, prefetch=False)
    hook_type = fields.Char("Event type", readonly=True)
    hook_event = fields.Char("Their event id", readonly=True)
    hook_record = fields.Char("Their record", readonly=True, help="The id of the record that is fetched.")
    hook_rule_id = fields.Many2one("trade.hook.rule", "Rule", readonly=True, ondelete="set null")
    hook_tries = fields.Integer(readonly=True)

    _hook_event_idx = models.Index("(connector_id, hook_event) WHERE hook_event IS NOT NULL")
    _hook_type_idx = models.Index("(connector_id, hook_type) WHERE hook_type IS NOT NULL")
    _hook_record_idx = models.Index("(hook_rule_id, hook_record) WHERE hook_record IS NOT NULL")

    hook_child_name = fields.Char("What became of it", compute="_compute_hook_child_name")

    def _is_hook(self):
        """Whether this is an event of others, which has no route of its own."""
        return self.direction == "in" and not self.route_id

    @api.depends("hook_type")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for message in self.filtered(lambda message: message._is_hook()):
            what = message.hook_type or f"#{message.id}"
            sender = message.trade_partner_id.name or message.connector_id.name or ""
            message.display_name = f"{self.env._('Event')} {what} ← {sender}".strip()
        return result

    @api.depends("hook_type")
    def _compute_about(self):
        result = super()._compute_about()
        for message in self.filtered(lambda message: message._is_hook()):
            message.about = message.hook_type
        return result

    def _compute_hook_child_name(self):
        for message in self:
            message.hook_child_name = message._hook_child().display_name

    def _hook_child(self):
        """The document this event became: the part of it, or what was fetched for it and others with it."""
        if not self._is_hook() or self.state != "applied":
            return self.browse()
        fetched = [
            ("hook_rule_id", "=", self.hook_rule_id.id),
            ("hook_record", "=", self.hook_record),
            ("route_id", "!=", False),
            ("id", ">", self.id),
        ]
        return (
            self.child_ids[:1]
            or (self.hook_record and self.search(fetched, order="id", limit=1))
            or self.browse()
        )

    def action_open_hook_child(self):
        """Open the document this event became."""
        self.ensure_one()
        return self._hook_child().get_formview_action()

    @api.model
    def _stage_labels(self):
        labels = {
            "understood": self.env._("Understood"),
            "fetch asked": self.env._("To be fetched"),
            "fetched": self.env._("Fetched"),
        }
        return {**super()._stage_labels(), **labels}

    @api.model
    def _failed_labels(self):
        labels = {"understood": self.env._("Not understood"), "fetched": self.env._("Not fetched")}
        return {**super()._failed_labels(), **labels}

    def _stop_reason(self):
        if not self._is_hook():
            return super()._stop_reason()
        connector = self.connector_id
        if self.lane.startswith("fetch/"):
            connector = self.hook_rule_id.fetch_connector_id
        if connector.paused:
            reason = connector.pause_reason or self.env._("no reason given")
            return self.env._("The connector is paused: %(reason)s", reason=reason)
        return None

    def _same_way(self):
        if not self._is_hook():
            return super()._same_way()
        door = self.connector_id._hook_door(self.connector_id.hook_public_id)
        headers = json.dumps(self.hook_headers) if self.hook_headers else None
        return {"route": door.way, "lane": door.lane, "more": {"hook_headers": headers}}

    def _dry_run_hook(self):
        """What working these events off would do; the caller rolls everything back.

        :return: a dict per message, as :func:`~odoo.addons.trade_core.pipeline.inbound.dry_run` returns them
        """
        ids = self.ids
        self.env.cr.execute(
            "UPDATE trade_message SET state = 'received', lane = 'hook/' || connector_id WHERE id = ANY(%s)",
            [ids],
        )
        self.invalidate_recordset(["state", "lane"])
        return [self._hook_outcome(look) for message in self for look in pipeline_hook.process(message)]

    def _hook_outcome(self, look):
        problem = look.error or look.ignored
        outcome = {
            "message_id": look.message.id,
            "state": "held" if look.error else "ignored" if look.ignored else "applied",
            "reason": problem.message if problem else None,
            "error": problem.as_dict() if problem else None,
            "effects": [],
            "notes": [look.note] if look.note else [],
        }
        if look.open and look.record:
            outcome["notes"] = [self.env._("%s would be fetched.", look.record)]
        if look.open and look.child_id:
            outcome |= self._hook_document_outcome(look)
        return outcome

    def _hook_document_outcome(self, look):
        """What the document in it would do, had it come by itself."""
        route = look.rule.route_id
        try:
            route._adapter()
        except TradeError as error:
            return {"state": "held", "reason": error.message, "error": error.as_dict()}
        [child] = inbound.dry_run(self.browse(look.child_id))
        return {key: child[key] for key in ("state", "reason", "error", "effects", "notes")}
