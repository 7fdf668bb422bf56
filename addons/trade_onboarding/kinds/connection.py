from odoo import models

from odoo.addons.trade_kernel.errors import BusinessRefused

from ..forms import Field, Finding, ids


class TradeOnboardingKindConnection(models.AbstractModel):
    """The connector of the partner and its routes, from the connector template; they stay on trial until the
    case is live."""

    _name = "trade.onboarding.kind.connection"
    _inherit = "trade.onboarding.kind"
    _description = "Connector and routes"

    _gate = "connected"

    def _form(self, step):
        templates = self.env["trade.connector.new"]._selection_template()
        return [
            Field(
                "template",
                self.env._("How do you trade?"),
                "selection",
                required=True,
                choices=tuple(templates),
                ours=True,
            ),
            Field(
                "address",
                self.env._("Their address"),
                help=self.env._("For example https://edi.example.com/v1; empty when they only call us."),
            ),
            self._record_field(
                "codes_from",
                self.env._("Codes as of"),
                "trade.partner",
                [("company_id", "=", step.company_id.id), ("state", "in", ("live", "suspended"))],
                help=self.env._(
                    "A partner that speaks alike: its codes of units, taxes, reasons and the like are taken"
                    " over, not its product codes."
                ),
            ),
        ]

    def _prefill(self, step):
        return {"template": step.onboarding_id.template_id.connector_template or None}

    def _check(self, step):
        """Sets up connector and routes once, and then asks the connector itself."""
        case = step.onboarding_id
        if case.state not in ("approved", "connected", "certified"):
            raise BusinessRefused("onboarding.not_ready", step=step.name, steps=self.env._("the approval"))
        profile = case._profile(step)
        if not self._is_set_up(step, profile):
            self._set_up(step, profile)
            self._copy_codes(step, profile)
        paused = profile.connector_ids.filtered("paused")
        if paused:
            return [
                Finding(
                    "error",
                    self.env._("The connector %s is set up, but not in use yet.", paused[0].name),
                    "address",
                    self.env._("Open it, enter the secret, test the connection and press Start using it."),
                )
            ]
        names = ", ".join(self._routes(profile).mapped("name"))
        return [Finding("ok", self.env._("Routes on trial: %s", names))]

    def _is_set_up(self, step, profile):
        return bool(self._routes(profile))

    def _routes(self, profile):
        """The routes the step is about. Extension: leave out what the partner had before."""
        return profile.route_ids

    def _copy_codes(self, step, profile):
        """Codes of another partner, except those of products: each names its own."""
        for partner_id in ids(step._values().get("codes_from")):
            codes = (
                self.env["trade.mapping"]
                .sudo()
                .search(
                    [
                        ("trade_partner_id", "=", partner_id),
                        ("state", "=", "confirmed"),
                        ("kind", "!=", "product"),
                        ("for_product_id", "=", False),
                    ]
                )
            )
            for code in codes:
                vals = code.copy_data({"trade_partner_id": profile.id})[0]
                self.env["trade.onboarding.effect"]._create_record(step, "trade.mapping", vals)

    def _set_up(self, step, profile):
        """As the wizard for new connectors does it, noted as effects of the step."""
        new = (
            self.env["trade.connector.new"]
            .sudo()
            .create(
                {
                    "template": step._values()["template"],
                    "trade_partner_id": profile.id,
                    "company_id": profile.company_id.id,
                    "base_url": step._values().get("address"),
                    "environment": "test",
                }
            )
        )
        template = new._templates()[new.template]
        effects = self.env["trade.onboarding.effect"]
        vals = new._prepare_connector_vals(template)
        connector = effects._create_record(step, "trade.connector", vals)
        for route in new._prepare_route_vals(template, connector):
            effects._create_record(step, "trade.route", {**route, "mode": "test"})
