from datetime import UTC, datetime

from odoo import fields, models

from odoo.addons.trade_core import limits
from odoo.addons.trade_core.connectors import probe
from odoo.addons.trade_kernel import hook_envelope, hook_signatures
from odoo.addons.trade_kernel.errors import ValidationFailed


class TradeHookTest(models.TransientModel):
    """A request pasted by an administrator: which step of verifying and understanding it fails, and why.

    It never says anything about the secret, and nothing is stored.
    """

    _name = "trade.hook.test"
    _description = "Try a Webhook Request"

    connector_id = fields.Many2one("trade.connector", required=True, readonly=True, ondelete="cascade")
    headers = fields.Text(help="One per line, name: value, as the sender's log shows them.")
    body = fields.Text(help="Exactly as it was sent: one blank more, and the signature does not match.")
    steps = fields.Json(readonly=True)

    def action_try(self):
        """Go through the request step by step."""
        self.ensure_one()
        self.connector_id.check_access("write")
        headers = self._headers()
        raw, remark = self._raw(headers)
        self.steps = [
            step._asdict() for step in [*self._proof(headers, raw, remark), *self._content(headers, raw)]
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try a request"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _headers(self):
        found = {}
        for line in (self.headers or "").splitlines():
            name, colon, value = line.partition(":")
            if colon and name.strip():
                found[name.strip().lower()] = value.strip()
        return found

    def _raw(self, headers):
        """The body as bytes. Browsers send line ends as CR LF, and pasting adds one: what fits counts."""
        text = self.body or ""
        candidates = [
            text,
            text.replace("\r\n", "\n"),
            text.rstrip("\r\n"),
            text.replace("\r\n", "\n").rstrip("\n"),
        ]
        for candidate in candidates:
            if self._inspect(headers, candidate.encode())[-1].ok:
                remark = self.env._(" Line ends were adjusted.") if candidate != text else ""
                return candidate.encode(), remark
        return candidates[1].encode(), ""

    def _inspect(self, headers, raw):
        door = self.connector_id.sudo()._hook_door(self.connector_id.hook_public_id)
        return hook_signatures.inspect(door.scheme, door.secrets, headers, raw, datetime.now(UTC), door.url)

    def _proof(self, headers, raw, remark):
        names = {
            "secret": self.env._("Our secret"),
            "signature": self.env._("Their proof"),
            "timestamp": self.env._("Its time"),
            "match": self.env._("Does it match?"),
        }
        for finding in self._inspect(headers, raw):
            words = finding.words + (remark if finding.step == "match" and finding.ok else "")
            yield probe.Step(names[finding.step], probe.OK if finding.ok else probe.FAILED, words)

    def _content(self, headers, raw):
        connector = self.connector_id
        try:
            envelope = hook_envelope.read(raw, headers.get("content-type"), limits.of(self.env))
        except ValidationFailed as error:
            return [probe.Step(self.env._("The body"), probe.FAILED, f"{error.message} {error.remedy}")]
        name = connector._hook_name(envelope, headers, "type")
        event_id = connector._hook_name(envelope, headers, "id")
        rule = connector._hook_rule(name) if name else connector.hook_rule_ids.browse()
        return [
            probe.Step(
                self.env._("Event type"),
                probe.OK if name else probe.WARNING,
                name or self.env._("It says none."),
            ),
            probe.Step(
                self.env._("Event's id"),
                probe.OK if event_id else probe.WARNING,
                event_id or self.env._("It has none: what comes twice is known by its content only."),
            ),
            probe.Step(
                self.env._("What follows"),
                probe.OK if rule else probe.WARNING,
                rule._sentence()
                if rule
                else self.env._("Nobody has said yet: it would wait, and one problem would open."),
            ),
        ]
