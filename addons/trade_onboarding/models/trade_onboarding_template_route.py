from odoo import api, fields, models

#: what says which route it is, and fields every model has: no settings
_NO_SETTINGS = {*models.MAGIC_COLUMNS, "display_name", "direction", "document_type", "mode"}


class TradeOnboardingTemplateRoute(models.Model):
    """How a route of partners of a kind is set, where it differs from what the connector template says.

    A field that is called like one of ``trade.route`` is a setting and ends there; addons add theirs by
    adding the field. An empty one changes nothing.
    """

    _name = "trade.onboarding.template.route"
    _description = "Route of an Onboarding Template"
    _order = "template_id, direction desc, document_type, id"

    template_id = fields.Many2one("trade.onboarding.template", required=True, ondelete="cascade", index=True)
    direction = fields.Selection(
        [("in", "From the partner"), ("out", "To the partner")], required=True, default="out"
    )
    document_type = fields.Selection("_selection_document_type", "Document", required=True)
    codec = fields.Selection("_selection_codec", "Format")
    mode = fields.Selection(
        [("live", "Goes live"), ("test", "Stays on trial"), ("stopped", "Is stopped")],
        "When the partner goes live",
        required=True,
        default="live",
        help="Until then it is on trial, or stopped.",
    )
    endpoint = fields.Char("Address part", help="For REST: the path below the address of the connector.")
    departures = fields.Char(
        "Leaves at", help="Times of the day, such as 11:00, 16:00, on the partner's working days."
    )
    bundle = fields.Boolean("All in one file", help="What leaves at the same time goes in one file.")
    ack_expected = fields.Selection("_selection_ack_expected", "Done when")
    ack_hours = fields.Float(
        "Answer within (hours)", help="No answer by then becomes a problem. 0: as usual."
    )
    team_id = fields.Many2one("trade.team", "Owner team", help="Gets the problems of this route.")

    _one_row = models.UniqueIndex(
        "(template_id, direction, document_type)",
        "The template has a row for this document already. Change that one instead.",
    )

    @api.model
    def _selection_document_type(self):
        return self.env["trade.route"]._selection_document_type()

    @api.model
    def _selection_codec(self):
        return self.env["trade.route"]._selection_codec()

    @api.model
    def _selection_ack_expected(self):
        return self._selection_of_routes("ack_expected")

    @api.model
    def _selection_of_routes(self, name):
        """The choices a field of routes has, with those that addons add."""
        return self.env["trade.route"]._fields[name]._description_selection(self.env)

    @api.model
    def _setting_names(self):
        return sorted(self._fields.keys() & self.env["trade.route"]._fields.keys() - _NO_SETTINGS)

    @api.constrains(lambda self: ("direction", "document_type", *self._setting_names()))
    def _check_settings(self):
        """What a route would refuse is refused here, before a partner waits for it."""
        for row in self:
            self._check_route(self.env["trade.route"].new(row._prepare_route()))

    @api.model
    def _check_route(self, route):
        """
        :param route: a new ``trade.route`` with the settings of a row
        :raise ValidationError: they do not go together. Extension: call ``super()``.
        """
        route._check_departures()
        route._check_interchange()

    def _prepare_settings(self):
        """What differs from how the route is set otherwise: values of ``trade.route``."""
        self.ensure_one()
        vals = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._setting_names()
            if self[name]
        }
        return {**vals, "mode": "stopped" if self.mode == "stopped" else "test"}

    def _prepare_route(self):
        self.ensure_one()
        return {
            "direction": self.direction,
            "document_type": self.document_type,
            **self._prepare_settings(),
        }

    @api.model
    def _prepare_as(self, route):
        """Values of a row by which other partners get a route like this one.

        :param route: ``trade.route``; what is set as in every new route is left out
        """
        names = self._setting_names()
        usual = route.default_get(names)
        vals = {
            name: route._fields[name].convert_to_write(route[name], route)
            for name in names
            if route[name] and (name == "codec" or route[name] != usual.get(name))
        }
        mode = route.mode if route.mode == "stopped" else "live"
        return {"direction": route.direction, "document_type": route.document_type, "mode": mode, **vals}


class TradeOnboardingTemplate(models.Model):
    _inherit = "trade.onboarding.template"

    route_ids = fields.One2many("trade.onboarding.template.route", "template_id", "Routes", copy=True)

    def _starting_routes(self, routes):
        """
        :param routes: of the connector template, a tuple of values of ``trade.route``
        :return: the same as this template wants them, and the routes it adds
        """
        rows = {(row.direction, row.document_type): row for row in self.route_ids}
        wanted = []
        for route in routes:
            row = rows.pop((route["direction"], route["document_type"]), None)
            wanted.append({**route, "mode": "test", **(row._prepare_settings() if row else {})})
        return (*wanted, *(row._prepare_route() for row in rows.values()))


class TradeOnboarding(models.Model):
    _inherit = "trade.onboarding"

    def _routes_going_live(self):
        """Those the template wants to stay on trial do."""
        stay = {
            (row.direction, row.document_type)
            for row in self.sudo().template_id.route_ids
            if row.mode == "test"
        }
        return (
            super()
            ._routes_going_live()
            .filtered(lambda route: (route.direction, route.document_type) not in stay)
        )
