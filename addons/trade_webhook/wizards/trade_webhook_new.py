from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.connectors import probe

from ..models.trade_connector import WEBHOOK


class TradeWebhookNew(models.TransientModel):
    """A new webhook: address, connector, signing secret and subscription in one step."""

    _name = "trade.webhook.new"
    _description = "New Webhook"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    trade_partner_id = fields.Many2one("trade.partner", "Who is told", required=True, check_company=True)
    is_internal = fields.Boolean(related="trade_partner_id.is_internal")
    name = fields.Char(required=True, compute="_compute_name", store=True, readonly=False, precompute=True)
    base_url = fields.Char("Address", required=True)
    environment = fields.Selection(
        [("test", "Test"), ("live", "Live")], "Which of their systems", required=True, default="live"
    )
    all_types = fields.Boolean("All events")
    event_type_ids = fields.Many2many("trade.event.type", string="Events")
    payload = fields.Selection(
        lambda self: self.env["trade.subscription"]._fields["payload"]._description_selection(self.env),
        "Content",
        required=True,
        default="full",
    )

    @api.depends("trade_partner_id")
    def _compute_name(self):
        for wizard in self:
            if not wizard.name:
                wizard.name = wizard.trade_partner_id.name

    def action_create_webhook(self):
        """Make everything, and show the signing secret this once. Events are told from now on.

        :raise UserError: the address cannot be reached, or leads where webhooks may not go
        """
        self.ensure_one()
        if not self.all_types and not self.event_type_ids:
            raise UserError(self.env._("Choose the events that shall be told, or all of them."))
        connector = self.env["trade.connector"].create(
            {
                "name": self.env._("%s, webhook", self.name),
                "trade_partner_id": self.trade_partner_id.id,
                "company_id": self.company_id.id,
                "transport": WEBHOOK,
                "auth_method": "hmac",
                "environment": self.environment,
                "base_url": self.base_url.strip(),
                "read_timeout": 15,
            }
        )
        self._check_reachable(connector)
        credential = self.env["trade.credential"].create(
            {"connector_id": connector.id, "kind": "hmac_secret", "overlap_hours": 24}
        )
        subscription = self.env["trade.subscription"].create(
            {
                "name": self.name,
                "trade_partner_id": self.trade_partner_id.id,
                "connector_id": connector.id,
                "all_types": self.all_types,
                "event_type_ids": [fields.Command.set(self.event_type_ids.ids)],
                "payload": self.payload,
            }
        )
        shown = credential.action_generate()
        shown["params"]["next"] = {
            "type": "ir.actions.act_window",
            "res_model": subscription._name,
            "res_id": subscription.id,
            "views": [(False, "form")],
        }
        return shown

    def _check_reachable(self, connector):
        """Connect before saving: resolve, connect and TLS must work; what they answer cannot be judged yet,
        because they do not know the secret."""
        steps = connector._webhook_reach()()
        failed = next((step for step in steps if step.outcome == probe.FAILED), None)
        if failed:
            raise UserError(
                self.env._("Nothing was saved, because the address does not work: %s", failed.words)
            )
