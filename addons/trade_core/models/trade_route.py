import json
from datetime import datetime, timedelta

import pytz
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import DOCUMENTS

from .. import limits

#: documents of any kind, from one or many senders: each goes on over the route it belongs to
INTERCHANGE = "interchange"
#: the format of such files, when it is not always the same one
AUTO = "auto"
#: documents whose lines are independent of each other: large files of them are read in pieces
_SOONEST_DAYS = 30  # a calendar without any working day in this time holds nothing back
CUT = frozenset({"price_catalogue", "inventory_report", "product_activity", INTERCHANGE})


class TradeRoute(models.Model):
    """With this partner, this document type, in this direction, goes over this connector in this format."""

    _name = "trade.route"
    _description = "Trading Route"
    _inherit = ["mail.thread"]
    _order = "trade_partner_id, direction, document_type, sequence, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", required=True, ondelete="cascade", index=True, check_company=True
    )
    company_id = fields.Many2one(related="trade_partner_id.company_id", store=True, index=True)
    document_type = fields.Selection("_selection_document_type", "Document", required=True, tracking=True)
    direction = fields.Selection(
        [("in", "From the partner"), ("out", "To the partner")], required=True, default="out", tracking=True
    )
    connector_id = fields.Many2one(
        "trade.connector",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        check_company=True,
    )
    codec = fields.Selection(
        "_selection_codec", "Format", required=True, default="canonical_json", tracking=True
    )
    codec_options = fields.Json("Format options")
    codec_options_text = fields.Text(
        "Options of the format",
        compute="_compute_codec_options_text",
        inverse="_inverse_codec_options_text",
        help='In JSON, such as {"timezone": "Europe/Brussels"}. What there is depends on the format: see its'
        " documentation.",
    )
    mode = fields.Selection(
        [("live", "Live"), ("test", "Test: preview only"), ("stopped", "Stopped: hold everything")],
        required=True,
        default="live",
        tracking=True,
        help="Test: what arrives is previewed and changes nothing, what leaves is marked as test.\n"
        "Stopped: what arrives is stored and waits, what leaves waits. Nothing is lost.",
    )
    # How the connector's address is extended for this document; meaning is the transport's.
    endpoint = fields.Char(
        "Address part",
        help="For REST: the path below the connector's address, for example /purchase-orders. "
        "{number} is replaced by the document's number.",
    )
    poll = fields.Boolean("Fetch by polling", help="Ask the partner regularly for new documents.")
    poll_interval = fields.Integer("Every (minutes)", default=15)
    poll_next = fields.Datetime("Next poll", copy=False)
    poll_cursor = fields.Char(copy=False, help="Where the last poll ended, as the partner said it.")
    ack_expected = fields.Selection(
        [("transport", "Their system took it (2xx)"), ("response", "They answered the document")],
        "Done when",
        required=True,
        default="transport",
        help="A message stays open until this has come.",
    )
    ack_hours = fields.Float(
        "Answer within (hours)", default=24, help="No answer by then becomes a problem. 0: never."
    )
    team_id = fields.Many2one(
        "trade.team",
        "Owner team",
        check_company=True,
        help="Gets the problems of this route; empty: the class's team.",
    )
    lanes = fields.Integer(
        default=1,
        help="How many documents may be sent at the same time. Documents of one order stay in order.",
    )

    departures = fields.Char(
        "Leaves at",
        tracking=True,
        help="Times of the day, such as 11:00, 16:00, on the partner's working days. What is queued leaves at"
        " the next one. Empty: at once.",
    )
    bundle = fields.Boolean(
        "All in one file",
        tracking=True,
        help="What leaves at the same time goes in one file (one interchange); each document keeps its own"
        " answer.",
    )

    owner_words = fields.Char("Systems of record", compute="_compute_owner_words")

    _unique_route = models.UniqueIndex(
        "(trade_partner_id, direction, document_type, connector_id, sequence) WHERE active",
        "There is already such a route. Change that one, or give this one another sequence.",
    )
    _lanes_range = models.Constraint("CHECK (lanes BETWEEN 1 AND 16)", "Lanes: 1 to 16.")

    @api.model
    def _selection_document_type(self):
        types = [(code, code.replace("_", " ").capitalize()) for code in DOCUMENTS]
        return [*types, (INTERCHANGE, self.env._("Files with documents of any kind"))]

    @api.model
    def _selection_codec(self):
        known = [(codec.name, codec.label) for codec in codecs.available()]
        return [*known, (AUTO, self.env._("Recognised by the content"))]

    @api.depends("trade_partner_id.name", "document_type", "direction")
    def _compute_name(self):
        types = dict(self._selection_document_type())
        for route in self:
            arrow = "→" if route.direction == "out" else "←"
            route.name = f"{types.get(route.document_type, '')} {arrow} {route.trade_partner_id.name or ''}"

    @api.depends("document_type", "direction", "trade_partner_id")
    def _compute_owner_words(self):
        Owner = self.env["trade.data.owner"]
        known = self._owned_groups()
        for route in self:
            domain, groups = known.get(route.document_type, (None, ()))
            told = groups and route.direction == "in" and route.trade_partner_id
            route.owner_words = told and Owner._told(route.trade_partner_id, domain, groups)

    @api.model
    def _owned_groups(self):
        """Documents whose contents are ruled by ``trade.data.owner``; other addons add theirs.

        :return: ``{document type: (domain, (group, …))}``
        """
        groups = ("legal", "tax", "banking", "contacts", "addresses", "identifiers")
        return {"party_update": ("partner", groups)}

    @api.depends("codec_options")
    def _compute_codec_options_text(self):
        for route in self:
            options = route.codec_options
            route.codec_options_text = options and json.dumps(options, indent=2, ensure_ascii=False)

    def _inverse_codec_options_text(self):
        for route in self:
            text = (route.codec_options_text or "").strip()
            try:
                options = json.loads(text) if text else False
            except ValueError as error:
                raise ValidationError(
                    self.env._("The options of the format are no JSON: %s", error)
                ) from error
            if text and not isinstance(options, dict):
                raise ValidationError(
                    self.env._(
                        'Write the options of the format by their names: {"timezone": "Europe/Brussels"}'
                    )
                )
            route.codec_options = options or False

    @api.constrains("poll", "direction")
    def _check_poll(self):
        if self.filtered(lambda route: route.poll and route.direction != "in"):
            raise ValidationError(
                self.env._("Only documents from the partner can be polled. Switch polling off.")
            )

    @api.constrains("document_type", "codec", "direction")
    def _check_interchange(self):
        for route in self:
            if route.document_type == INTERCHANGE and route.direction != "in":
                raise ValidationError(
                    self.env._("Files with documents of any kind only come in. Choose what kind you send.")
                )
            if route.codec == AUTO and route.direction != "in":
                raise ValidationError(self.env._("Choose the format in which documents leave."))

    @api.constrains("departures")
    def _check_departures(self):
        for route in self:
            route._departure_times()

    def write(self, vals):
        result = super().write(vals)
        if vals.get("mode") == "live" or vals.get("active"):
            self.env["trade.lane"]._wake_ready(self)
        return result

    def _settings_changed(self):
        """What documents of these routes look like, or the way they take, may have changed.

        Extension: for those who rely on a route being as it was; called also when a layout or a connector it
        uses is changed.
        """

    def _codec_options(self):
        """What the codec is told when it reads or writes documents of this route; other addons add theirs."""
        self.ensure_one()
        options = self.codec_options or {}
        return {**options, "limits": limits.option(self.env, options.get("limits"))}

    def _may_be_cut(self):
        """Whether large files of this route are read in pieces."""
        self.ensure_one()
        return self.document_type in CUT

    def _max_file_bytes(self):
        """The most bytes a file of this route may have."""
        if self._may_be_cut():
            return limits.of_file(self.env, "max_file_bytes")
        return limits.of(self.env).max_bytes

    def _adapter(self):
        """The adapter of this route's documents: the only code that touches business models for them.

        :raise TradeError: ``route.no_adapter`` when no installed addon handles the document.
        """
        self.ensure_one()
        return self.env["trade.adapter"]._for(self.direction, self.document_type)

    def _departure_times(self):
        """
        :return: the times of day at which documents leave, in order; empty: at once
        :raise ValidationError: a time that is none
        """
        self.ensure_one()
        try:
            words = (self.departures or "").replace(",", " ").split()
            return sorted(datetime.strptime(word, "%H:%M").time() for word in words)
        except ValueError as error:
            raise ValidationError(
                self.env._("Write the times like this: 11:00, 16:00. Found: %s", self.departures)
            ) from error

    def _next_departure(self, now=None):
        """When what is queued now leaves: naive UTC, or ``False`` for at once."""
        times = self._departure_times()
        if not times:
            return False
        calendar = self.trade_partner_id.resource_calendar_id
        zone = pytz.timezone(calendar.tz or self.company_id.partner_id.tz or "UTC")
        local = pytz.utc.localize(now or fields.Datetime.now()).astimezone(zone)
        for days in range(_SOONEST_DAYS):
            day = local.date() + timedelta(days=days)
            if calendar and not calendar._works_on_date(day):
                continue
            for time in times:
                leaves = zone.localize(datetime.combine(day, time))
                if leaves > local:
                    return leaves.astimezone(pytz.utc).replace(tzinfo=None)
        return False

    def _is_running(self):
        """Whether documents move on this route now; when not, what comes in and what shall go out waits."""
        self.ensure_one()
        ready = self.trade_partner_id.state == "live" or (
            self.mode == "test" and self.trade_partner_id.state == "draft"
        )
        return self.active and self.mode != "stopped" and ready

    @api.model
    def _find(self, trade_partner, direction, document_type):
        """The route for a document of this partner; empty when none is set up."""
        return self.search(
            [
                ("trade_partner_id", "=", trade_partner.id),
                ("direction", "=", direction),
                ("document_type", "=", document_type),
            ],
            limit=1,
        )
