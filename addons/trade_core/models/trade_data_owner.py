from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..data_rules import SENSITIVE, Rulebook, ruling_of

#: all groups of a domain
ALL = "*"
ROLES = [
    ("supplier", "Suppliers"),
    ("customer", "Customers"),
    ("logistics", "Warehouses and carriers"),
    ("marketplace", "Marketplaces"),
]


class TradeDataOwner(models.Model):
    """Who is the master of a kind of data, and what happens when the other side writes it.

    The narrowest rule counts: one for a partner before one for its role before one for everybody, one of a
    company before one of all, one for a group of fields before one for all (docs/data-ownership.md).
    """

    _name = "trade.data.owner"
    _description = "System of Record"
    _order = "domain, field_group, id"
    _rec_name = "field_group"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        "Only for",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        index=True,
        help="Empty: for all our companies.",
    )
    domain = fields.Selection([("partner", "Partner master data")], "Data", required=True, default="partner")
    field_group = fields.Selection(
        [
            (ALL, "All fields"),
            ("legal", "Legal entity"),
            ("tax", "Tax numbers"),
            ("banking", "Bank accounts"),
            ("contacts", "People, phone and e-mail"),
            ("addresses", "Addresses"),
            ("identifiers", "Identifiers (GLN, D-U-N-S, EDI)"),
            ("terms", "Payment terms and currency"),
        ],
        "Fields",
        required=True,
        default=ALL,
    )
    trade_partner_id = fields.Many2one(
        "trade.partner",
        "Only this partner",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
    )
    role = fields.Selection(ROLES, "Only these partners")
    master = fields.Selection(
        [
            ("odoo", "Odoo"),
            ("partner", "The partner"),
            ("crm", "CRM"),
            ("finance", "Finance system"),
            ("external", "Another system"),
        ],
        required=True,
        default="odoo",
        help="Whose word counts. What the master says is written at once; bank accounts and tax numbers are"
        " looked at all the same. A CRM or finance system is a trading partner marked as our own system.",
    )
    on_foreign_write = fields.Selection(
        [("ignore", "Ignore and note"), ("hold", "Hold for review"), ("accept", "Accept and notify")],
        "When somebody else writes it",
        help="What is written over a route or a page by the partner, or by a system of ours, that is not the"
        " master. What people change in Odoo itself is not asked about.",
        required=True,
        default="hold",
    )
    what_happens = fields.Char("What the partner writes is", compute="_compute_what_happens")

    _unique_rule = models.UniqueIndex(
        "(COALESCE(company_id, 0), domain, field_group, COALESCE(trade_partner_id, 0), COALESCE(role, ''))",
        "There is already a rule for these fields. Change that one.",
    )

    # -- computed ----------------------------------------------------------------------------------

    @api.depends("trade_partner_id")
    def _compute_company_id(self):
        """A partner is one company's."""
        for rule in self:
            rule.company_id = rule.trade_partner_id.company_id or rule.company_id

    @api.depends("domain", "field_group", "master", "on_foreign_write")
    def _compute_what_happens(self):
        for rule in self:
            said = self._words_of(rule.domain)
            rule.what_happens = said[ruling_of(rule.master, rule.on_foreign_write, rule.field_group)]

    @api.depends("domain", "field_group")
    def _compute_display_name(self):
        domains = dict(self._fields["domain"]._description_selection(self.env))
        groups = dict(self._fields["field_group"]._description_selection(self.env))
        for rule in self:
            words = (domains.get(rule.domain), groups.get(rule.field_group))
            rule.display_name = ": ".join(word for word in words if word)

    @api.onchange("field_group")
    def _onchange_field_group(self):
        """A group belongs to one kind of data."""
        for domain, groups in self._groups_of_domains().items():
            if self.field_group in groups:
                self.domain = domain

    # -- constraints -------------------------------------------------------------------------------

    @api.constrains("domain", "field_group")
    def _check_group(self):
        known = self._groups_of_domains()
        for rule in self:
            if rule.field_group != ALL and rule.field_group not in known.get(rule.domain, ()):
                raise ValidationError(
                    self.env._(
                        "%(group)s: not a part of %(domain)s. Choose the data they belong to, or all fields.",
                        group=dict(self._fields["field_group"]._description_selection(self.env)).get(
                            rule.field_group
                        ),
                        domain=dict(self._fields["domain"]._description_selection(self.env)).get(rule.domain),
                    )
                )

    @api.constrains("field_group", "on_foreign_write")
    def _check_sensitive(self):
        for rule in self:
            if rule.field_group in SENSITIVE and rule.on_foreign_write == "accept":
                raise ValidationError(
                    self.env._(
                        "Bank accounts and tax numbers are never changed without somebody looking: whoever"
                        " can write them without being asked can have your payments sent elsewhere. Choose to"
                        " hold them for review, or to ignore them."
                    )
                )

    @api.constrains("trade_partner_id", "role")
    def _check_scope(self):
        if self.filtered(lambda rule: rule.trade_partner_id and rule.role):
            raise ValidationError(
                self.env._(
                    "A rule is for one partner, or for all partners of a kind. Leave one of both empty."
                )
            )

    # -- what is ruled -----------------------------------------------------------------------------

    @api.model
    def _groups_of_domains(self):
        """The groups of each kind of data, also those that are ruled elsewhere than at the gate; other addons
        add theirs.

        :return: ``{domain: {group, …}}``
        """
        partner = {"legal", "tax", "banking", "contacts", "addresses", "identifiers", "terms"}
        return {"partner": partner}

    @api.model
    def _words_of(self, domain):
        """What each ruling means for a kind of data, in words."""
        return {
            "write": self.env._("written at once"),
            "accept": self.env._("written, and the responsible is told"),
            "hold": self.env._("held until a person decides"),
            "ignore": self.env._("not taken; it is noted"),
        }

    @api.model
    def _told(self, trade_partner, domain, groups):
        """What happens with what a partner writes, in one sentence: groups by what becomes of them.

        Of a system of ours: as far as nothing else is said for the partner it writes about.
        """
        rules, writer = self._rulebook(trade_partner, domain), trade_partner.sudo().system_kind or "partner"
        labels = dict(self._fields["field_group"]._description_selection(self.env))
        said = self._words_of(domain)
        found = {}
        for group in groups:
            found.setdefault(rules.ruling(domain, group, writer)[0], []).append(labels[group])
        return "; ".join(f"{', '.join(names)}: {said[ruling]}" for ruling, names in found.items())

    @api.model
    def _rulebook(self, trade_partner, domain=None):
        """The rules that concern one partner, in one query.

        :return: :class:`~..data_rules.Rulebook`
        """
        return self._rulebooks(trade_partner, domain)[trade_partner]

    @api.model
    def _rulebooks(self, trade_partners, domain=None):
        """As :meth:`_rulebook`, for several partners in one query.

        :return: ``{trade.partner: Rulebook}``
        """
        profiles = trade_partners.sudo()
        conditions = [
            ("company_id", "in", [False, *profiles.company_id.ids]),
            ("trade_partner_id", "in", [False, *profiles.ids]),
        ]
        if domain:
            conditions.append(("domain", "=", domain))
        rules = self.sudo().search_fetch(
            conditions,
            ["domain", "field_group", "company_id", "trade_partner_id", "role", "master", "on_foreign_write"],
        )
        return {
            trade_partner: Rulebook(rules.filtered(profile._is_ruled_by))
            for trade_partner, profile in zip(trade_partners, profiles, strict=True)
        }
