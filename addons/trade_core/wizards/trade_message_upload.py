import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import human_size

from odoo.addons.trade_kernel.limits import DEFAULT as LIMITS

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

    def action_upload(self):
        """Store the document, exactly as if it had come over the wire, and show it."""
        self.ensure_one()
        self.env["trade.message"]._check_operator()
        raw = base64.b64decode(self.with_context(bin_size=False).file)
        if len(raw) > LIMITS.max_bytes:
            raise UserError(
                self.env._(
                    "The file has %(size)s; at most %(limit)s are accepted. "
                    "Ask the partner for smaller files.",
                    size=human_size(len(raw)),
                    limit=human_size(LIMITS.max_bytes),
                )
            )
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
