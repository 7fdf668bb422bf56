from odoo import models
from odoo.exceptions import UserError

from odoo.addons.trade_core.tools import sentences
from odoo.addons.trade_kernel.errors import BusinessRefused, TradeError

from ..forms import Field, Finding, ids


class TradeOnboardingKindConnection(models.AbstractModel):
    """The connector of the partner, its routes and the codes it starts with, from the connector template and
    the onboarding template. Routes stay on trial until the case is live."""

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
                    " over before those of the template, not its product codes."
                ),
            ),
        ]

    def _prefill(self, step):
        return {"template": step.onboarding_id.template_id.connector_template or None}

    def _check(self, step):
        """Sets up connector, routes and codes once, all or nothing, and then asks the connector itself."""
        case = step.onboarding_id
        if case.state not in ("approved", "connected", "certified"):
            raise BusinessRefused("onboarding.not_ready", step=step.name, steps=self.env._("the approval"))
        profile = case._profile(step)
        try:
            with self.env.cr.savepoint():
                self._set_up(step, profile)
        except (TradeError, UserError) as error:
            words = sentences(error) if isinstance(error, TradeError) else str(error)
            return [
                Finding(
                    "error",
                    self.env._("The connection could not be set up: %s", words),
                    "template",
                    self.env._(
                        "Correct it here, or in the template on the page Connection. Nothing was kept."
                    ),
                )
            ]
        kept = self._kept(step, profile)
        paused = profile.connector_ids.filtered("paused")
        if paused:
            return [
                Finding(
                    "error",
                    self.env._("The connector %s is set up, but not in use yet.", paused[0].name),
                    "address",
                    self.env._("Open it, enter the secret, test the connection and press Start using it."),
                    (paused._name, paused[0].id, self.env._("Open the connector")),
                ),
                *kept,
            ]
        names = ", ".join(self._routes(profile).mapped("name"))
        found = [Finding("ok", self.env._("Routes on trial: %s", names))]
        if given := self._given(step):
            found.append(Finding("ok", self.env._("Codes set up: %s", len(given))))
        return [*found, *kept]

    def _is_set_up(self, step, profile):
        return bool(self._routes(profile))

    def _routes(self, profile):
        """The routes the step is about. Extension: leave out what the partner had before."""
        return profile.route_ids

    def _set_up(self, step, profile):
        if not self._is_set_up(step, profile):
            self._set_up_routes(step, profile)
        if not self._given(step):
            self._set_up_codes(step, profile)

    def _set_up_routes(self, step, profile):
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
        wanted = step.sudo().onboarding_id.template_id._starting_routes(template.routes)
        effects = self.env["trade.onboarding.effect"]
        connector = effects._create_record(step, "trade.connector", new._prepare_connector_vals(template))
        routes = new._prepare_route_vals(template._replace(routes=wanted), connector)
        effects._create_records(step, "trade.route", routes)

    # -- codes ---------------------------------------------------------------------------------

    def _set_up_codes(self, step, profile):
        """What the partner does not say itself already; documents that waited for it go on."""
        known, missing = self._known_codes(profile), {}
        for code in self._codes(step):
            if code._code_name() not in known and not self._useless(code, profile):
                missing.setdefault(code._code_name(), code)
        case = step.onboarding_id
        vals = {
            "company_id": profile.company_id.id,
            "trade_partner_id": profile.id,
            "origin": self.env._("Onboarding, template %s", case.template_id.name),
        }
        codes = self.env["trade.onboarding.effect"]._create_records(
            step, "trade.mapping", [{**code._prepare_same(), **vals} for code in missing.values()]
        )
        waiting = codes._problems().filtered("can_replay")
        if waiting:
            waiting._replay_waiting(self.env._("The code was set up in the onboarding of %s.", case.name))

    def _codes(self, step):
        """What the partner shall start with: ``trade.mapping.meaning``, the codes of the partner that was
        chosen before those of the template."""
        chosen = self.env["trade.mapping"].sudo()
        for partner_id in ids(step._values().get("codes_from")):
            chosen = chosen._shareable(self.env["trade.partner"].browse(partner_id))
        return [*chosen, *step.sudo().onboarding_id.template_id.code_ids]

    def _known_codes(self, profile):
        """What the partner says itself, also what has ended: that was so for a reason."""
        mappings = (
            self.env["trade.mapping"]
            .sudo()
            .search(
                [
                    ("trade_partner_id", "=", profile.id),
                    ("state", "=", "confirmed"),
                    ("for_product_id", "=", False),
                ]
            )
        )
        return {mapping._code_name(): mapping for mapping in mappings}

    def _useless(self, code, profile):
        """Why a code cannot be given to the partner, in words; ``None``: it can."""
        record = code._record()
        if not record:
            return self.env._("what it means is gone")
        if not isinstance(record, str) and "company_id" in record._fields:
            if record.company_id.id not in (False, profile.company_id.id):
                return self.env._("%s belongs to another company", record.display_name)
        return None

    def _given(self, step):
        """The codes this step has set up."""
        return step.sudo().onboarding_id.effect_ids.filtered(
            lambda effect: (
                effect.step_id == step and effect.res_model == "trade.mapping" and effect.state == "done"
            )
        )

    def _kept(self, step, profile):
        """Where the partner says something else than it should start with, its own meaning stays."""
        known, findings = self._known_codes(profile), []
        for code in self._codes(step):
            own = known.get(code._code_name())
            if own and own._says() != code._says():
                words = self.env._(
                    "%(code)s stays %(own)s, as the partner has it; here it would be %(other)s.",
                    code=code.code,
                    own=own.target,
                    other=code.target,
                )
                remedy = self.env._("Change it under the partner's codes if that is wrong.")
                findings.append(
                    Finding("warning", words, None, remedy, (own._name, own.id, self.env._("Open it")))
                )
            elif not own and (why := self._useless(code, profile)):
                words = self.env._("%(code)s was left out: %(why)s.", code=code.code, why=why)
                remedy = self.env._("Correct it in the template on the page Connection.")
                findings.append(Finding("warning", words, None, remedy))
        return findings
