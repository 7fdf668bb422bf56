from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.trade_connector import KINDS


class Template(NamedTuple):
    """A manner of trading many partners share: what it sets, what only the user can supply."""

    name: str
    summary: str
    sets: list[str]
    supply: list[str]
    values: dict  # of the connector
    routes: tuple[dict, ...] = ()  # of the routes, when a partner is given


class TradeConnectorNew(models.TransientModel):
    """A new connector from a template. It stays out of use until its connection was tested."""

    _name = "trade.connector.new"
    _description = "New Connector"

    template = fields.Selection(
        "_selection_template", "How do you trade?", required=True, default="rest_poll"
    )
    summary = fields.Char(compute="_compute_template")
    sets = fields.Html("What is set for you", compute="_compute_template", sanitize=False)
    supply = fields.Html("What you must supply", compute="_compute_template", sanitize=False)
    transport = fields.Char(compute="_compute_template")
    name = fields.Char(required=True, compute="_compute_name", store=True, readonly=False, precompute=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    trade_partner_id = fields.Many2one(
        "trade.partner",
        "Partner",
        check_company=True,
        help="Empty when several partners are reached over it.",
    )
    environment = fields.Selection(
        [("test", "Test"), ("live", "Live")], "Which of their systems", required=True, default="test"
    )
    base_url = fields.Char("Their address", help="For example https://edi.example.com/v1")
    auth_method = fields.Selection(
        lambda self: self.env["trade.connector"]._fields["auth_method"]._description_selection(self.env),
        "Authentication",
        compute="_compute_auth_method",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    create_routes = fields.Boolean("Set up the routes for purchase orders and their answers", default=True)

    @api.model
    def _templates(self):
        """Templates by code; other addons add theirs.

        :return: dict of :class:`Template`
        """
        patience = self.env._("Time limits, 8 tries with growing waits, and a rest when they do not answer")
        order_out = {
            "direction": "out",
            "document_type": "order",
            "endpoint": "/orders",
            "ack_expected": "response",
        }
        answer_in = {"direction": "in", "document_type": "order_response"}
        return {
            "rest_poll": Template(
                self.env._("JSON over HTTP, they take our orders and we poll answers"),
                self.env._("We send each order to their address and ask there every 15 minutes for answers."),
                [self.env._("Orders go to /orders, answers are fetched from /order-responses"), patience],
                [self.env._("Their address"), self.env._("The API key or the password they gave you")],
                {"transport": "rest", "auth_method": "api_key"},
                (order_out, {**answer_in, "endpoint": "/order-responses", "poll": True}),
            ),
            "rest_push": Template(
                self.env._("JSON over HTTP, they call us"),
                self.env._("We send each order to their address; they send their answers to ours."),
                [self.env._("What we send is signed (Standard Webhooks)"), patience],
                [
                    self.env._("Their address; leave it empty when they only call us"),
                    self.env._("The secret we sign with: generate it and give it to them, or enter theirs"),
                    self.env._("Their access to us, under API clients"),
                ],
                {"transport": "rest", "auth_method": "hmac"},
                (order_out, answer_in),
            ),
            "manual": Template(
                self.env._("Manual upload"),
                self.env._("You upload the files they send you, for example by mail."),
                [self.env._("Nothing is called, nobody has to be online")],
                [self.env._("The files")],
                {"transport": "manual", "auth_method": "none"},
                (answer_in,),
            ),
        }

    @api.model
    def _selection_template(self):
        return [(code, template.name) for code, template in self._templates().items()]

    @api.depends("template")
    def _compute_template(self):
        templates = self._templates()
        for new in self:
            template = templates[new.template]
            new.summary = template.summary
            new.sets = self._as_list(template.sets, "fa-check text-success")
            new.supply = self._as_list(template.supply, "fa-arrow-right text-warning")
            new.transport = template.values["transport"]

    def _as_list(self, texts, icon):
        return self.env["ir.qweb"]._render(
            "trade_core.trade_connector_new_list", {"texts": texts, "icon": icon}
        )

    @api.depends("template")
    def _compute_auth_method(self):
        templates = self._templates()
        for new in self:
            new.auth_method = templates[new.template].values["auth_method"]

    @api.depends("trade_partner_id", "environment")
    def _compute_name(self):
        for new in self:
            new.name = new.trade_partner_id.name or new.name

    @api.onchange("base_url")
    def _onchange_base_url(self):
        if self.base_url:
            self.env["trade.connector"]._check_address(self.base_url)

    def action_create(self):
        """Create the connector, out of use until it was tested, and open it."""
        self.ensure_one()
        template = self._templates()[self.template]
        if self.template == "rest_poll" and not self.base_url:
            raise UserError(self.env._("Enter their address: orders are sent to it."))
        connector = self.env["trade.connector"].create(self._prepare_connector_vals(template))
        if self.trade_partner_id and self.create_routes:
            self.env["trade.route"].create(self._prepare_route_vals(template, connector))
        return {
            "type": "ir.actions.act_window",
            "res_model": connector._name,
            "res_id": connector.id,
            "view_mode": "form",
        }

    def _prepare_connector_vals(self, template):
        vals = {
            **template.values,
            "name": self.name,
            "company_id": self.company_id.id,
            "trade_partner_id": self.trade_partner_id.id,
            "environment": self.environment,
            "auth_method": "none",
        }
        if self.base_url and template.values["transport"] != "manual":  # there is something to call, to test
            vals.update(
                base_url=self.base_url,
                auth_method=self.auth_method,
                paused=True,
                pause_reason=self.env._("Being set up: test the connection, then start using it"),
                credential_ids=self._prepare_credentials(),
            )
        return vals

    def _prepare_credentials(self):
        """An empty credential of the right kind, so that only its secret has to be entered."""
        kinds = KINDS.get(self.auth_method, ())
        return [(0, 0, {"kind": kind, "company_id": self.company_id.id}) for kind in kinds[:1]]

    def _prepare_route_vals(self, template, connector):
        """Without their address nothing can be sent, so only what comes in gets a route."""
        reachable = connector.transport != "rest" or connector.base_url
        return [
            {**route, "trade_partner_id": self.trade_partner_id.id, "connector_id": connector.id}
            for route in template.routes
            if reachable or route["direction"] == "in"
        ]
