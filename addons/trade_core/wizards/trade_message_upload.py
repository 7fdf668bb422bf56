import base64
import hashlib

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import human_size

from ..models.trade_message import INTERACTIVE


class TradeMessageUpload(models.TransientModel):
    """Put a document that came by other means (mail, a portal's download) on the road by hand."""

    _name = "trade.message.upload"
    _description = "Upload a Document"

    route_id = fields.Many2one(
        "trade.route",
        "From",
        required=True,
        domain=[("direction", "=", "in")],
        ondelete="cascade",
        default=lambda self: self._default_route(),
        help="Which partner sent it, and what kind of document it is.",
    )
    file = fields.Binary("Document", required=True, attachment=False)
    filename = fields.Char()
    stop = fields.Char(compute="_compute_stop")
    preview_text = fields.Char(readonly=True)
    preview_html = fields.Html(readonly=True, sanitize=False)

    @api.model
    def _default_route(self):
        """The only route documents come in by, if there is only one."""
        routes = self.env["trade.route"].search([("direction", "=", "in")], limit=2)
        return routes if len(routes) == 1 else None

    @api.depends("route_id")
    def _compute_stop(self):
        for upload in self:
            waits = bool(upload.route_id) and not upload.route_id._is_running()
            upload.stop = waits and self.env._(
                "This route does not run at the moment. The document will be stored and wait until it does."
            )

    @api.onchange("file", "route_id")
    def _onchange_file(self):
        self.preview_text = self.preview_html = False

    def _raw(self):
        """The file's bytes.

        :raise UserError: it is too large
        """
        raw = base64.b64decode(self.with_context(bin_size=False).file)
        most = self.route_id._max_file_bytes()
        if len(raw) > most:
            raise UserError(
                self.env._(
                    "The file has %(size)s; at most %(limit)s are accepted. "
                    "Ask the partner for smaller files.",
                    size=human_size(len(raw)),
                    limit=human_size(most),
                )
            )
        return raw

    def action_preview(self):
        """Show what is in the file and what it would do; nothing is stored and nothing is changed."""
        self.ensure_one()
        self.env["trade.message"]._check_operator()
        self.route_id.check_access("read")
        tried, count = self.env["trade.lane"].sudo()._dry_run_file(self.route_id, self._raw(), self.filename)
        self.preview_text = (
            self.env._("1 document in this file. Nothing has been changed yet.")
            if count == 1
            else self.env._(
                "%(count)s documents in this file, the first %(tried)s tried. Nothing has been changed yet.",
                count=count,
                tried=len(tried),
            )
        )
        self.preview_html = Markup('<table class="table table-sm mb-0"><tbody>{}</tbody></table>').format(
            Markup().join(self._preview_row(one) for one in tried)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Upload a document"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _preview_row(self, one):
        outcome = one.outcome
        if outcome["state"] == "held":
            words, colour = self.env._("would be held: %s", outcome["reason"]), "text-danger"
        elif outcome["state"] == "ignored":
            words, colour = self.env._("would change nothing: %s", outcome["reason"]), "text-muted"
        else:
            changes = len(outcome["effects"])
            words, colour = self.env._("would be applied, changes: %s", changes), "text-success"
        error = outcome["error"] or {}
        places = [part["pointer"] for part in error.get("errors") or [error] if part.get("pointer")]
        detail = (
            Markup('<div class="text-muted small">{}</div>').format("; ".join(places[:10])) if places else ""
        )
        row = Markup('<tr><td>{}</td><td class="text-end">{}</td><td class="{}">{}{}</td></tr>')
        lines = self.env._("%s lines", one.lines) if one.lines else ""
        return row.format(one.document, lines, colour, words, detail)

    def action_upload(self):
        """Store the document, exactly as if it had come over the wire, and show it."""
        self.ensure_one()
        self.env["trade.message"]._check_operator()
        raw = self._raw()
        receipt = self.env["trade.message"]._receive(
            raw,
            route=self.route_id,
            scope=f"upload:{self.route_id.id}",
            key=f"{self.filename or ''}:{hashlib.sha256(raw).hexdigest()}",
            filename=self.filename,
            priority=INTERACTIVE,
        )
        action = self.env["trade.message"].browse(receipt.message_id).get_formview_action()
        if receipt.outcome == "stored":
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "This file was uploaded before. Here is what became of it; nothing was done twice."
                ),
                "next": action,
            },
        }
