import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from ..mapping import Resolver

_logger = logging.getLogger(__name__)


class TradeMapping(models.Model):
    """What a code of a partner means in Odoo: their code ⇄ our record or value.

    Only confirmed mappings are used; a suggestion is confirmed by a person first, and who did is kept.
    """

    _name = "trade.mapping"
    _description = "Mapping of Codes"
    _inherit = ["mail.thread", "trade.mapping.meaning"]
    _order = "kind, code, trade_partner_id, id"
    _rec_name = "code"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", "Our company", required=True, index=True, default=lambda self: self.env.company
    )
    trade_partner_id = fields.Many2one(
        "trade.partner",
        "Partner",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Who uses this code. Empty: it holds for all partners that have none of their own.",
    )
    code = fields.Char(tracking=True)
    product_id = fields.Many2one(tracking=True)
    uom_id = fields.Many2one(tracking=True)
    factor = fields.Float(tracking=True)
    value = fields.Char(tracking=True)
    for_product_id = fields.Many2one(
        "product.product",
        "Only for",
        ondelete="cascade",
        index="btree_not_null",
        tracking=True,
        help="The product of which the unit means this. Empty: of all.",
    )
    valid_from = fields.Date(tracking=True)
    valid_to = fields.Date(tracking=True)
    state = fields.Selection(
        [("suggested", "Suggested"), ("confirmed", "Confirmed")],
        required=True,
        default="confirmed",
        tracking=True,
        copy=False,
    )
    origin = fields.Char(
        help="Where it comes from: a problem that was solved, an import, a suggestion and its evidence."
    )
    confirmed_by = fields.Many2one("res.users", "Confirmed by", readonly=True, copy=False)
    confirmed_at = fields.Datetime("Confirmed", readonly=True, copy=False)
    hit_count = fields.Integer(
        "Used", readonly=True, copy=False, help="How often it resolved a code. An estimate."
    )
    last_hit = fields.Datetime("Last used", readonly=True, copy=False)
    waiting_count = fields.Integer("Documents waiting", compute="_compute_waiting_count")
    active = fields.Boolean(default=True, tracking=True)

    _lookup_idx = models.Index("(company_id, kind, code_key)")
    _record_idx = models.Index("(company_id, kind, res_id) WHERE res_id IS NOT NULL")
    _unique_code = models.UniqueIndex(
        "(company_id, COALESCE(trade_partner_id, 0), kind, COALESCE(scheme, ''), code_key,"
        " COALESCE(for_product_id, 0), COALESCE(valid_from, '0001-01-01'::date))"
        " WHERE state = 'confirmed' AND active",
        "This code has a meaning already. Change that mapping, or end it with a date first.",
    )
    _period = models.Constraint(
        "CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)",
        "A mapping cannot end before it begins. Correct one of the dates.",
    )

    # -- computed ------------------------------------------------------------------------------

    @api.depends("for_product_id")
    def _compute_target(self):
        result = super()._compute_target()
        for mapping in self.filtered("for_product_id"):
            mapping.target += f" ({mapping.for_product_id.display_name})"
        return result

    def _compute_waiting_count(self):
        for mapping in self:
            mapping.waiting_count = sum(mapping._problems().mapped("waiting_count"))

    # -- constraints ---------------------------------------------------------------------------

    @api.constrains("kind", "factor", "for_product_id")
    def _check_factor(self):
        result = super()._check_factor()
        if self.filtered(lambda mapping: mapping.kind != "uom" and mapping.for_product_id):
            raise ValidationError(self.env._("Only a unit is for one product."))
        return result

    @api.constrains(
        "company_id",
        "trade_partner_id",
        "kind",
        "scheme",
        "code",
        "for_product_id",
        "valid_from",
        "valid_to",
        "state",
        "active",
    )
    def _check_overlap(self):
        """A code means one thing at a time."""
        for mapping in self.filtered(lambda one: one.state == "confirmed" and one.active):
            others = self.search(
                [
                    ("id", "!=", mapping.id),
                    ("company_id", "=", mapping.company_id.id),
                    ("trade_partner_id", "=", mapping.trade_partner_id.id),
                    ("kind", "=", mapping.kind),
                    ("scheme", "in", [mapping.scheme] if mapping.scheme else [False, ""]),
                    ("code_key", "=", mapping.code_key),
                    ("for_product_id", "=", mapping.for_product_id.id),
                    ("state", "=", "confirmed"),
                ]
            )
            if any(mapping._overlaps(other) for other in others):
                raise ValidationError(
                    self.env._(
                        "%(code)s already means %(target)s. "
                        "Change that mapping, or end it with a date first.",
                        code=mapping.code,
                        target=others[0].target,
                    )
                )

    def _overlaps(self, other):
        first, last = fields.Date.from_string("0001-01-01"), fields.Date.from_string("9999-12-31")
        return (self.valid_from or first) <= (other.valid_to or last) and (other.valid_from or first) <= (
            self.valid_to or last
        )

    # -- CRUD ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "confirmed") == "confirmed":
                vals.setdefault("confirmed_by", self.env.uid)
                vals.setdefault("confirmed_at", fields.Datetime.now())
        mappings = super().create(vals_list)
        mappings._check_shared()
        return mappings

    def write(self, vals):
        vals = dict(vals)
        if vals.get("state") == "confirmed":
            vals = {"confirmed_by": self.env.uid, "confirmed_at": fields.Datetime.now(), **vals}
        self._check_shared()
        result = super().write(vals)
        self._check_shared()
        return result

    def _check_shared(self):
        """What a code means for everybody is not for one person to say.

        :raise AccessError: a user who is no manager wrote a mapping for all partners
        """
        if self.env.su or self.env.user.has_group("trade_core.group_trade_manager"):
            return
        if self.filtered(lambda mapping: not mapping.trade_partner_id):
            raise AccessError(
                self.env._(
                    "Only trading managers may say what a code means for all partners. Name the partner."
                )
            )

    # -- actions -------------------------------------------------------------------------------

    def action_confirm(self):
        """Use these suggestions from now on."""
        self.write({"state": "confirmed"})

    def action_refuse(self):
        """These suggestions are wrong; they are kept, archived, so that they are not made again."""
        if self.filtered(lambda mapping: mapping.state != "suggested"):
            raise UserError(
                self.env._("Only suggestions can be refused. Archive a confirmed mapping instead.")
            )
        self.active = False

    def action_replay_waiting(self):
        """Open the problem that waits for this code, or run its documents again when there is only one."""
        self.ensure_one()
        problems = self._problems()
        if not problems:
            raise UserError(self.env._("No document waits for this code."))
        return problems._replay_waiting(self.env._("Replayed from the mapping of %s", self.code))

    def _problems(self):
        """Open problems about these codes that the mappings may solve."""
        domain = [
            ("company_id", "in", self.company_id.ids),
            ("exception_class", "=", "mapping"),
            ("is_open", "=", True),
        ]
        if all(mapping.trade_partner_id for mapping in self):
            domain.append(("trade_partner_id", "in", self.trade_partner_id.ids))
        by_kind = self.grouped("kind")
        return (
            self.env["trade.exception"]
            .search(domain)
            .filtered(
                lambda problem: any(
                    mapping.company_id == problem.company_id
                    and mapping.trade_partner_id.id in (False, problem.trade_partner_id.id)
                    and mapping._answers(problem)
                    for mapping in by_kind.get(problem.mapping_kind, ())
                )
            )
        )

    def _answers(self, problem):
        """Whether this mapping says what the problem asks."""
        if problem.mapping_kind != self.kind:
            return False
        if problem.fix_kind == "code":
            return problem.params["record_id"] == self.res_id
        if self.for_product_id and self.for_product_id.id != problem.params.get("product_id"):
            return False
        asked = {tuple(pair) for pair in [problem.params["key"], *problem.params.get("identifiers", [])]}
        return any(
            self.scheme in (scheme, False, "") and self._key(self.scheme, code) == self.code_key
            for scheme, code in asked
        )

    @api.model
    def _identity(self, vals=None):
        """What makes two mappings one: who says which code of what, since when.

        :param dict vals: of a mapping to be; else of this one
        """
        if vals is None:
            self.ensure_one()
            vals = {
                "company_id": self.company_id.id,
                "trade_partner_id": self.trade_partner_id.id,
                "for_product_id": self.for_product_id.id,
                **{name: self[name] for name in ("kind", "scheme", "code", "valid_from")},
            }
        whose = (vals["company_id"], vals["trade_partner_id"], vals["kind"], vals["scheme"] or "")
        key = self._key(vals["scheme"], vals["code"])
        return (*whose, key, vals["for_product_id"], vals["valid_from"])

    def _differs(self, name, value):
        """Whether a field has another value than ``value``, as :meth:`write` takes it."""
        field = self._fields[name]
        mine = self[name].id if field.type == "many2one" else self[name]
        return (mine or False) != (value or False)

    @api.model
    def _shareable(self, trade_partner):
        """Codes of a partner that another one may use alike: those that hold today, but for products, which
        each partner names itself."""
        return self.search(
            [
                ("trade_partner_id", "=", trade_partner.id),
                ("state", "=", "confirmed"),
                ("kind", "!=", "product"),
                ("for_product_id", "=", False),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", fields.Date.context_today(self)),
            ]
        )

    @api.model
    def _learn(self, vals):
        """Remember what a code means: a new mapping, or the one that said otherwise, changed.

        :param vals: values of a confirmed mapping, without dates
        """
        today = fields.Date.context_today(self)
        known = self.search(
            [
                ("company_id", "=", vals["company_id"]),
                ("trade_partner_id", "=", vals["trade_partner_id"]),
                ("kind", "=", vals["kind"]),
                ("scheme", "in", [vals["scheme"]] if vals.get("scheme") else [False, ""]),
                ("code_key", "=", self._key(vals.get("scheme"), vals["code"])),
                ("for_product_id", "=", vals.get("for_product_id", False)),
                ("state", "=", "confirmed"),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", today),
            ],
            limit=1,
        )
        if not known:
            return self.create(vals)
        known.write({**{name: value for name, value in vals.items() if name != "code"}, "state": "confirmed"})
        return known

    # -- resolving -----------------------------------------------------------------------------

    @api.model
    def _resolver(self, trade_partner, company, *, we=None, on=None):
        """A plain object that resolves the codes of one partner for one batch of documents.

        :param we: ``buyer`` or ``seller``: who we are in these documents; by default the buyer of a supplier
        :param date on: the day mappings must be valid; today by default
        :return: :class:`~odoo.addons.trade_core.mapping.Resolver`
        """
        we = we or ("buyer" if trade_partner.is_supplier else "seller")
        return Resolver(self.env, trade_partner, company, we, on or fields.Date.context_today(self))

    @api.model
    def _count_hit(self, mapping_id):
        """Note that a mapping was used; written after the commit, outside of the caller's transaction."""
        hits = self.env.cr.postcommit.data.setdefault("trade.mapping.hits", {})
        if not hits:
            registry = self.env.registry
            self.env.cr.postcommit.add(lambda: self._write_hits(registry, hits))
        hits[mapping_id] = hits.get(mapping_id, 0) + 1

    @staticmethod
    def _write_hits(registry, hits):
        """Best effort: a mapping that somebody is editing is not worth waiting for."""
        ids, counts = list(hits), list(hits.values())
        hits.clear()
        try:
            with registry.cursor() as cr:
                if cr.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE:
                    # A mapping that was just counted by another worker is no conflict.
                    cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
                cr.execute(
                    SQL(
                        """
                    UPDATE trade_mapping m SET hit_count = COALESCE(m.hit_count, 0) + used.n, last_hit = %s
                      FROM unnest(%s, %s) AS used (id, n)
                     WHERE m.id = used.id AND m.id IN (
                           SELECT id FROM trade_mapping WHERE id = ANY(%s) FOR NO KEY UPDATE SKIP LOCKED)""",
                        fields.Datetime.now(),
                        ids,
                        counts,
                        ids,
                    )
                )
        except Exception:
            # The documents are committed already: a statistic must not make them look failed.
            _logger.warning("could not count the use of mappings %s", ids, exc_info=True)
