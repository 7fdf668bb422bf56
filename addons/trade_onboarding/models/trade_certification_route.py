from odoo import api, fields, models

#: options that say nothing about what documents look like
_NO_FORMAT = ("limits", "test")
#: of the connector: where documents go and how the partner knows us
CONNECTOR = (
    "transport",
    "base_url",
    "auth_method",
    "sftp_host_key",
    "mail_from",
    "broker_exchange",
    "broker_routing_key",
    "broker_queue",
    "broker_mode",
)
_ROUTE = ("document_type", "direction", "codec", "endpoint", "ack_expected", "bundle")
#: changes of these happen all the time and mean nothing here
_IDLE = {
    "mode",
    "sequence",
    "poll_next",
    "poll_cursor",
    "poll_etag",
    "team_id",
    "lanes",
    "departures",
    "name",
}


class TradeRoute(models.Model):
    """What of a route is certified, and the mark on one whose certification no longer holds."""

    _inherit = "trade.route"

    certification_count = fields.Integer(compute="_compute_certification", compute_sudo=True)
    certification_state = fields.Selection(
        [("open", "Being certified"), ("passed", "Certified"), ("stale", "To be certified again")],
        "Certification",
        compute="_compute_certification",
        compute_sudo=True,
    )

    def _compute_certification(self):
        found = self._certifications()
        for route in self:
            mine = found.filtered(lambda one, route=route: route in (one.route_out_id, one.route_in_id))
            states = set(mine.mapped("state"))
            route.certification_count = len(mine)
            route.certification_state = next(
                (one for one in ("stale", "open", "passed") if one in states), False
            )

    def _certifications(self):
        return self.env["trade.certification"].sudo().search(
            ["|", ("route_out_id", "in", self.ids), ("route_in_id", "in", self.ids)]
        )  # fmt: skip

    def _certified_settings(self):
        """Everything on which a passed test relies, JSON-able, by name. The options of the codec are there as
        the codec gets them, and so with the layout by which files are read."""
        self.ensure_one()
        route = self.sudo()
        options = {name: value for name, value in route._codec_options().items() if name not in _NO_FORMAT}
        return {
            **{name: route[name] or False for name in _ROUTE},
            "connector_id": route.connector_id.id,
            **{
                name: route.connector_id[name] or False
                for name in CONNECTOR
                if name in route.connector_id._fields
            },
            "codec_options": options,
        }

    @api.model
    def _certified_labels(self):
        """What the settings are called."""
        labels = {"codec_options": self.env._("Format options or layout")}
        for model, names in ((self, (*_ROUTE, "connector_id")), (self.env["trade.connector"], CONNECTOR)):
            labels |= {
                name: model._fields[name]._description_string(self.env)
                for name in names
                if name in model._fields
            }
        return labels

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - _IDLE:
            self._settings_changed()
        return result

    def _settings_changed(self):
        result = super()._settings_changed()
        if self:
            self._certifications()._check_current()
        return result

    def action_open_certifications(self):
        self.ensure_one()
        found = self._certifications()
        if not found:
            found = self.env["trade.certification"]._for_profile(self.trade_partner_id)
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_onboarding.trade_certification_action")
        return {**action, "domain": [("id", "in", found.ids)], "context": {}}
