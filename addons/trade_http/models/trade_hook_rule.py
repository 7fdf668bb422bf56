import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_core.tools import sentences
from odoo.addons.trade_kernel import hook_envelope
from odoo.addons.trade_kernel.errors import ValidationFailed


class TradeHookRule(models.Model):
    """What follows when a connector's partner tells us that something of one kind happened."""

    _name = "trade.hook.rule"
    _description = "Rule for Events of Others"
    _order = "connector_id, pattern, id"
    _rec_name = "pattern"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    connector_id = fields.Many2one(
        "trade.connector",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('transport', '=', 'hook')]",
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    pattern = fields.Char(
        "Event type",
        required=True,
        help="As the sender writes it. * stands for anything: order.* are all that begin with order. "
        "Of several rules that fit, the most exact one counts.",
    )
    action = fields.Selection(
        [
            ("process", "Hand on the document in it"),
            ("fetch", "Fetch the record it is about"),
            ("poll", "Fetch new documents now"),
            ("ignore", "Ignore"),
        ],
        "Then",
        required=True,
        default="process",
    )
    route_id = fields.Many2one(
        "trade.route",
        ondelete="restrict",
        check_company=True,
        domain="[('direction', '=', 'in')]",
        help="Says what kind of document it is, in which format, and whose.",
    )
    pointer = fields.Char(
        "Document at",
        help="Where in the event (or in the fetched answer) the document stands, for example /data/object. "
        "Empty: all of it.",
    )
    record_pointer = fields.Char(
        "Record's id at", help="Where in the event the id of the record stands. Empty: as the connector says."
    )
    fetch_connector_id = fields.Many2one(
        "trade.connector",
        "Ask over",
        ondelete="restrict",
        check_company=True,
        domain="[('transport', '=', 'rest'), ('base_url', '!=', False)]",
        help="The REST connector whose address, credentials and limits are used.",
    )
    fetch_path = fields.Char("Address part", help="Below the connector's address; {id} is the record's id.")
    reason = fields.Char("Why", help="Stands on every event that is ignored.")
    what = fields.Char("What follows", compute="_compute_what")
    seen_count = fields.Integer("Seen", compute="_compute_seen")
    last_seen = fields.Datetime("Last seen", compute="_compute_seen")

    _unique_pattern = models.UniqueIndex(
        "(connector_id, pattern) WHERE active",
        "There is a rule for this event type already. Change that one.",
    )

    @api.depends("action", "route_id.name", "fetch_path", "fetch_connector_id.name", "reason")
    def _compute_what(self):
        for rule in self:
            rule.what = rule._sentence()

    @api.depends("pattern", "connector_id.hook_type_ids.seen_count")
    def _compute_seen(self):
        for rule in self:
            types = rule.connector_id.hook_type_ids.filtered(lambda kind, r=rule: kind.rule_id == r)
            rule.seen_count = sum(types.mapped("seen_count"))
            rule.last_seen = max(types.mapped("last_seen"), default=False)

    @api.constrains("action", "route_id", "fetch_connector_id", "fetch_path", "pointer", "record_pointer")
    def _check_action(self):
        for rule in self:
            for pointer in (rule.pointer, rule.record_pointer):
                try:
                    hook_envelope.check_pointer(pointer or "")
                except ValidationFailed as error:
                    raise ValidationError(sentences(error)) from error
            if rule.action in ("process", "fetch", "poll") and not rule.route_id:
                raise ValidationError(self.env._("Choose the route: it says what kind of document comes."))
            if rule.route_id and rule.route_id.direction != "in":
                raise ValidationError(self.env._("Choose a route for documents from the partner."))
            if rule.action == "poll" and not rule.route_id.poll:
                raise ValidationError(self.env._("Switch on fetching by polling on the route first."))
            if rule.action == "fetch" and not (rule.fetch_connector_id and rule.fetch_path):
                raise ValidationError(
                    self.env._("Say over which connector, and at which address, the record is fetched.")
                )
            if rule.action == "fetch" and "{id}" not in rule.fetch_path:
                raise ValidationError(
                    self.env._("The address part needs {id} where the record's id belongs.")
                )

    @api.model
    def _decide(self, vals):
        """Make a rule, or change the one that is for the same pattern."""
        found = self.search([("connector_id", "=", vals["connector_id"]), ("pattern", "=", vals["pattern"])])
        if found:
            found.write(vals)
            return found
        return self.create(vals)

    def _fits(self, name):
        """Whether the rule is for events of this type."""
        parts = [re.escape(part) for part in self.pattern.split("*")]
        return bool(re.fullmatch(".*".join(parts), name))

    def _exactness(self):
        return ("*" not in self.pattern, len(self.pattern.replace("*", "")))

    def _sentence(self):
        """What follows, in words."""
        self.ensure_one()
        match self.action:
            case "process":
                return self.env._("handed on to %s", self.route_id.name)
            case "fetch":
                path, connector = self.fetch_path, self.fetch_connector_id.display_name
                return self.env._("%(path)s is fetched over %(connector)s", path=path, connector=connector)
            case "poll":
                return self.env._("new documents are fetched: %s", self.route_id.name)
        return self.env._("ignored: %s", self.reason) if self.reason else self.env._("ignored")
