from odoo import api, fields, models

from odoo.addons.trade_core.wizards.trade_connector_new import Template
from odoo.addons.trade_kernel.hook_presets import PRESETS


class TradeConnectorNew(models.TransientModel):
    _inherit = "trade.connector.new"

    hook_preset = fields.Selection(
        lambda self: [(name, preset.label) for name, preset in PRESETS.items()], "Sender", default="generic"
    )

    @api.model
    def _templates(self):
        hook = Template(
            self.env._("They push events in their own shape (webhooks)"),
            self.env._(
                "A portal, marketplace or carrier calls an address of ours whenever something happens."
            ),
            [
                self.env._("How the sender signs, and where type and id stand in its events"),
                self.env._("An event that comes twice counts once; kinds nobody knows wait for you"),
            ],
            [
                self.env._("The secret: enter theirs, or generate one and give it to them"),
                self.env._("What follows on each kind of event"),
            ],
            {"transport": "hook", "auth_method": "none"},
        )
        return {**super()._templates(), "hook": hook}

    def _prepare_connector_vals(self, template):
        vals = super()._prepare_connector_vals(template)
        if vals.get("transport") == "hook":
            vals |= self.env["trade.connector"]._hook_preset_vals(self.hook_preset or "generic")
        return vals
