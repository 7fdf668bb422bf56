from odoo import api, fields, models


class TradePartner(models.Model):
    """The trading profile of a company: who it is to us and how documents travel between us."""

    _name = "trade.partner"
    _description = "Trading Partner"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", "Company", required=True, ondelete="restrict", index=True, tracking=True
    )
    name = fields.Char(related="partner_id.complete_name", store=True, index="trigram", string="Name")
    company_id = fields.Many2one(
        "res.company", "Our company", required=True, index=True, default=lambda self: self.env.company
    )
    is_supplier = fields.Boolean("Supplier", default=True)
    is_customer = fields.Boolean("Customer")
    is_logistics = fields.Boolean("Warehouse or carrier")
    is_marketplace = fields.Boolean("Marketplace")
    state = fields.Selection(
        [("draft", "In preparation"), ("live", "Live"), ("suspended", "Suspended"), ("closed", "Closed")],
        "Status",
        default="draft",
        required=True,
        tracking=True,
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users", "Responsible", tracking=True, default=lambda self: self.env.user, index=True
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        check_company=True,
        help="Deadlines for this partner run in these hours; empty: around the clock.",
    )
    identifier_ids = fields.One2many("trade.identifier", "trade_partner_id", "Identifiers")
    connector_ids = fields.One2many("trade.connector", "trade_partner_id", "Connectors")
    route_ids = fields.One2many("trade.route", "trade_partner_id", "Routes")
    message_count = fields.Integer(compute="_compute_counts")
    mapping_count = fields.Integer("Codes", compute="_compute_mapping_count")
    problem_count = fields.Integer("Open problems", compute="_compute_counts")
    active = fields.Boolean(default=True)

    _unique_profile = models.UniqueIndex(
        "(partner_id, company_id)", "This company already has a trading profile. Open that one instead."
    )

    def _compute_counts(self):
        Message, Problem = self.env["trade.message"], self.env["trade.exception"]
        messages = dict(
            Message._read_group([("trade_partner_id", "in", self.ids)], ["trade_partner_id"], ["__count"])
        )
        problems = dict(
            Problem._read_group(
                [("trade_partner_id", "in", self.ids), ("is_open", "=", True)],
                ["trade_partner_id"],
                ["__count"],
            )
        )
        for profile in self:
            profile.message_count = messages.get(profile, 0)
            profile.problem_count = problems.get(profile, 0)

    def _compute_mapping_count(self):
        found = self.env["trade.mapping"]._read_group(
            [("trade_partner_id", "in", self.ids), ("state", "=", "confirmed")],
            ["trade_partner_id"],
            ["__count"],
        )
        counts = dict(found)
        for profile in self:
            profile.mapping_count = counts.get(profile, 0)

    def action_go_live(self):
        self.state = "live"

    def action_suspend(self):
        """Stop trading: what comes in is stored and held, what goes out waits. Nothing is lost."""
        self.state = "suspended"

    def action_resume(self):
        self.state = "live"
        self.env["trade.lane"]._wake_ready(self.route_ids)

    def _end_trading(self, reason):
        """Stop for good: nothing goes out and nobody is let in any more; what was exchanged stays.

        Extension: call ``super()`` and take back what your addon gave the partner.

        :param str reason: kept in the history of the partner
        """
        self.write({"state": "closed"})
        self.route_ids.filtered(lambda route: route.mode != "stopped").mode = "stopped"
        words = self.env._("Trading with this partner has ended: %s", reason)
        self.env["trade.subscription"].search([("trade_partner_id", "in", self.ids)])._disable(words)
        for profile in self:
            profile._message_log(body=words)

    @api.model
    def _for_partner(self, partner, company):
        """The profile of a contact or of the company it belongs to, empty when there is none."""
        return self.search(
            [
                ("partner_id", "in", (partner | partner.commercial_partner_id).ids),
                ("company_id", "=", company.id),
            ],
            limit=1,
        )

    @api.model
    def _for_partners(self, pairs):
        """The profiles of several contacts at once; a contact's own one counts before its company's.

        :param pairs: ``(contact, company)`` records
        :return: ``{(contact id, company id): profile}``, an empty profile where there is none
        """
        pairs = set(pairs)
        contacts = self.env["res.partner"].union(*(contact for contact, _company in pairs))
        found = self.search(
            [
                ("partner_id", "in", (contacts | contacts.commercial_partner_id).ids),
                ("company_id", "in", [company.id for _contact, company in pairs]),
            ]
        )
        profiles = {(profile.partner_id, profile.company_id): profile for profile in found}
        return {
            (contact.id, company.id): profiles.get((contact, company))
            or profiles.get((contact.commercial_partner_id, company), self.browse())
            for contact, company in pairs
        }
