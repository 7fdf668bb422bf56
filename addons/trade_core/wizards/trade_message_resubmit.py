import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.trade_kernel.redaction import redact_body

from .. import payload_text


class TradeMessageResubmit(models.TransientModel):
    """Correct a document that arrived: edit a copy, try it, send the copy down the road."""

    _name = "trade.message.resubmit"
    _description = "Resubmit an Edited Copy"

    message_id = fields.Many2one("trade.message", required=True, readonly=True, ondelete="cascade")
    text = fields.Text("Document")
    is_text = fields.Boolean(readonly=True)
    file = fields.Binary("Corrected file", attachment=False, help="Used instead of the text.")
    filename = fields.Char()
    reason = fields.Char("Why", help="Kept with the copy, for whoever looks at it later.")
    preview_id = fields.Many2one("trade.preview", readonly=True)
    preview_state = fields.Selection(related="preview_id.state", string="Outcome")
    preview_reason = fields.Text(related="preview_id.reason", string="Because")
    preview_effects = fields.Json(related="preview_id.effects", string="What would change")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        message = self.env["trade.message"].browse(values.get("message_id"))
        if message:
            message.check_access("read")
            reading = payload_text.read(message._raw(), redact_body)
            values.update(
                is_text=reading.syntax != "binary" and reading.whole,
                text="\n".join(line.text for line in reading.lines),
            )
        return values

    def action_preview(self):
        """Try the copy as it stands, and show on the same page what it would do."""
        message = self._checked()
        raw = self._corrected()

        def exchange(env):
            # Rolled back with everything else of the dry run: what came is never edited.
            env.cr.execute(
                SQL(
                    "UPDATE trade_message SET payload = %s, payload_digest = %s WHERE id = %s",
                    base64.b64encode(raw),
                    hashlib.sha256(raw).hexdigest(),
                    message.id,
                )
            )

        [outcome] = self.env["trade.lane"]._dry_run(message.ids, exchange)
        self.preview_id = self.env["trade.preview"].create({"message_id": message.id, "outcome": outcome})
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("trade_core.trade_message_resubmit_action"),
            "res_id": self.id,
            "context": {"dialog_size": "extra-large"},
        }

    def action_resubmit(self):
        message = self._checked()
        if not (self.reason or "").strip():
            raise UserError(
                self.env._("Say why you changed it: whoever looks at the copy later will want to know.")
            )
        copy = message.sudo()._resubmit(self._corrected(), self.reason)
        return copy.sudo(False).get_formview_action()

    def _checked(self):
        self.ensure_one()
        self.message_id.check_access("read")
        self.message_id._check_operator()
        return self.message_id

    def _corrected(self):
        """The bytes to send down the road, in the encoding they came in."""
        if self.file:
            return base64.b64decode(self.with_context(bin_size=False).file)
        if not (self.text or "").strip():
            raise UserError(self.env._("The copy is empty. Write the corrected document, or choose a file."))
        raw = self.message_id._raw()
        hidden, encoding = _hidden_lines(raw)
        text = "\n".join(hidden.get(line, line) for line in self.text.splitlines())
        try:
            return text.encode(encoding or "utf-8")
        except UnicodeEncodeError as error:
            raise UserError(
                self.env._(
                    "The document came in the encoding %(encoding)s, which has no %(character)s. "
                    "Write it another way.",
                    encoding=encoding,
                    character=text[error.start],
                )
            ) from error


def _hidden_lines(raw):
    """What stood where a secret is shown as •••, by the line as shown, so that lines nobody touched come back
    as they were; one that could stand for several stays as shown. And the payload's encoding."""
    shown, original = payload_text.read(raw, redact_body), payload_text.read(raw)
    found = {}
    if len(shown.lines) == len(original.lines):
        for masked, line in zip(shown.lines, original.lines, strict=True):
            found.setdefault(masked.text, set()).add(line.text)
    return {masked: lines.pop() for masked, lines in found.items() if len(lines) == 1}, original.encoding
