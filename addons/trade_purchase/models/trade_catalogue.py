from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .trade_catalogue_change import KINDS

STATES = [
    ("receiving", "Receiving"),
    ("to_review", "To review"),
    ("applying", "Applying"),
    ("applied", "Done"),
    ("rejected", "Refused"),
    ("superseded", "Superseded"),
]
#: states in which rows can still be decided
OPEN = ("receiving", "to_review", "applying", "applied", "rejected")
#: what people decide about: an item nobody knows is told, not decided
DECIDABLE = SQL("decision = 'pending' AND kind <> 'unknown'")


class TradeCatalogue(models.Model):
    """A supplier's catalogue or price list: what it changes, how far it is decided, how far it is applied.

    One per number and revision; the pieces of a large file join the same one.
    """

    _name = "trade.catalogue"
    _description = "Supplier's Catalogue"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"  # nobody edits a catalogue; all who may see it may talk about it

    name = fields.Char("Number", required=True, readonly=True)
    revision = fields.Integer(readonly=True, aggregator=None)
    trade_partner_id = fields.Many2one(
        "trade.partner", "Trading partner", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="trade_partner_id.partner_id", string="Vendor", store=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    route_id = fields.Many2one("trade.route", readonly=True, ondelete="restrict", index="btree_not_null")
    file_id = fields.Many2one("trade.message", readonly=True, ondelete="restrict", index="btree_not_null")
    issue_date = fields.Date("Issued", readonly=True)
    date_start = fields.Date("Valid from", readonly=True)
    date_end = fields.Date("Valid until", readonly=True)
    is_whole = fields.Boolean("Replaces what was before", readonly=True, help="What is not in it has ended.")
    state = fields.Selection(STATES, required=True, readonly=True, default="receiving", tracking=True)
    without_rest = fields.Boolean(
        readonly=True, help="Somebody decided to go on without the parts that could not be read."
    )
    piece_ids = fields.One2many("trade.catalogue.piece", "catalogue_id", readonly=True)
    change_ids = fields.One2many("trade.catalogue.change", "catalogue_id", readonly=True)

    line_count = fields.Integer("Lines", compute="_compute_lines")
    unchanged_count = fields.Integer("Unchanged", compute="_compute_lines")
    change_count = fields.Integer("Changes", compute="_compute_counts")
    new_count = fields.Integer("New", compute="_compute_counts")
    price_count = fields.Integer("Prices", compute="_compute_counts")
    up_count = fields.Integer("Up", compute="_compute_counts")
    down_count = fields.Integer("Down", compute="_compute_counts")
    ended_count = fields.Integer("Ended", compute="_compute_counts")
    other_count = fields.Integer("Terms", compute="_compute_counts")
    unknown_count = fields.Integer("Unknown items", compute="_compute_counts")
    flagged_count = fields.Integer("To look at", compute="_compute_counts")
    pending_count = fields.Integer("To decide", compute="_compute_counts")
    accepted_count = fields.Integer("Accepted", compute="_compute_counts")
    applied_count = fields.Integer("Applied", compute="_compute_counts")
    rejected_count = fields.Integer("Refused", compute="_compute_counts")
    progress = fields.Float("Progress (%)", compute="_compute_progress")
    progress_text = fields.Char("Progress", compute="_compute_progress")
    effect = fields.Char(
        compute="_compute_effect", help="Weighted by what was bought from this vendor in the last 12 months."
    )

    _number_unique = models.UniqueIndex("(trade_partner_id, name, revision)")

    # -- computed ----------------------------------------------------------------------------------

    @api.depends("name", "revision", "partner_id.name")
    def _compute_display_name(self):
        for catalogue in self:
            number = f"{catalogue.name} ({catalogue.revision})" if catalogue.revision else catalogue.name
            catalogue.display_name = f"{number}, {catalogue.partner_id.name}"

    @api.depends("piece_ids")
    def _compute_lines(self):
        rows = (
            self.env["trade.catalogue.piece"]
            .sudo()
            ._read_group(
                [("catalogue_id", "in", self.ids)],
                ["catalogue_id"],
                ["line_count:sum", "unchanged_count:sum"],
            )
        )
        counts = {catalogue.id: counted for catalogue, *counted in rows}
        for catalogue in self:
            catalogue.line_count, catalogue.unchanged_count = counts.get(catalogue.id, (0, 0))

    def _compute_counts(self):
        """One query for all: a catalogue has a hundred thousand rows."""
        filters = {
            **{f"{kind}_count": SQL("kind = %s", kind) for kind, _label in KINDS},
            "change_count": SQL("kind <> 'unknown'"),
            "up_count": SQL("kind = 'price' AND percent > 0"),
            "down_count": SQL("kind = 'price' AND percent < 0"),
            "flagged_count": SQL("flag IS NOT NULL AND decision = 'pending'"),
            "pending_count": DECIDABLE,
            **{f"{name}_count": SQL("decision = %s", name) for name in ("accepted", "applied", "rejected")},
        }
        filters["unknown_count"] = SQL("kind = 'unknown' AND decision = 'pending'")
        columns = [SQL("COUNT(*) FILTER (WHERE %s)", condition) for condition in filters.values()]
        rows = self.env.execute_query(
            SQL(
                "SELECT catalogue_id, %s FROM trade_catalogue_change WHERE catalogue_id = ANY(%s)"
                " GROUP BY catalogue_id",
                SQL(", ").join(columns),
                list(self._ids),
            )
        )
        counts = {row[0]: row[1:] for row in rows}
        nothing = (0,) * len(filters)
        for catalogue in self:
            catalogue.update(dict(zip(filters, counts.get(catalogue.id, nothing), strict=True)))

    def _compute_progress(self):
        _ = self.env._
        for catalogue in self:
            if catalogue.state == "receiving":
                total, done = catalogue._parts()
                text = _("%(done)s of %(total)s parts read.", done=f"{done:,}", total=f"{total:,}")
            else:
                done = catalogue.applied_count
                total = done + catalogue.accepted_count
                text = _("%(done)s of %(total)s applied.", done=f"{done:,}", total=f"{total:,}")
            catalogue.progress = 100 * done / total if total else 0
            catalogue.progress_text = text if total else False

    def _parts(self):
        """How many messages this catalogue came in, and how many of them were read."""
        read = len(self.piece_ids)
        return max(read, self.sudo().file_id.part_count), read

    def _compute_effect(self):
        """What the changed prices mean for what was bought in the last 12 months, in percent of it."""
        rows = self.env.execute_query(
            SQL(
                """
            WITH bought AS (
                SELECT c.id, l.product_id, SUM(l.price_subtotal / NULLIF(o.currency_rate, 0)) AS volume
                  FROM trade_catalogue c
                  JOIN res_partner p ON p.commercial_partner_id = (
                       SELECT v.commercial_partner_id FROM res_partner v WHERE v.id = c.partner_id)
                  JOIN purchase_order o ON o.partner_id = p.id AND o.company_id = c.company_id
                   AND o.state = 'purchase' AND o.date_order > now() AT TIME ZONE 'UTC' - interval '1 year'
                  JOIN purchase_order_line l ON l.order_id = o.id AND l.product_id IS NOT NULL
                 WHERE c.id = ANY(%s)
                 GROUP BY c.id, l.product_id),
            changed AS (
                SELECT x.catalogue_id, v.id AS product_id, AVG(x.percent) AS percent
                  FROM trade_catalogue_change x
                  JOIN product_product v ON v.product_tmpl_id = x.product_tmpl_id
                   AND (x.product_id IS NULL OR x.product_id = v.id)
                 WHERE x.catalogue_id = ANY(%s) AND x.kind = 'price' AND x.decision <> 'rejected'
                   AND v.id IN (SELECT product_id FROM bought)
                 GROUP BY x.catalogue_id, v.id)
            SELECT b.id, SUM(b.volume), SUM(b.volume * COALESCE(x.percent, 0) / 100)
              FROM bought b LEFT JOIN changed x ON x.catalogue_id = b.id AND x.product_id = b.product_id
             GROUP BY b.id HAVING SUM(b.volume) > 0""",
                list(self._ids),
                list(self._ids),
            )
        )
        found = {row[0]: row[1:] for row in rows}
        for catalogue in self:
            volume, more = found.get(catalogue.id, (0, 0))
            currency = catalogue.company_id.currency_id
            catalogue.effect = volume and self.env._(
                "%(percent)s on what you bought here in 12 months: %(amount)s",
                percent=f"{100 * more / volume:+.2f} %",
                amount=f"{'+' if more > 0 else ''}{currency.format(more)}",
            )

    # -- what came ---------------------------------------------------------------------------------

    @api.model
    def _of(self, said):
        """The catalogues that documents belong to; new ones are made.

        :param said: ``[(message, document, number)]``
        :return: ``{message id: catalogue}``
        """
        keys = {
            message.id: (message.trade_partner_id.id, number, document.revision)
            for message, document, number in said
        }
        partners, numbers, _revisions = map(set, zip(*keys.values(), strict=True))
        known = self.search([("trade_partner_id", "in", list(partners)), ("name", "in", list(numbers))])
        found = {(one.trade_partner_id.id, one.name, one.revision): one for one in known}
        missing = {}
        for message, document, number in said:
            if keys[message.id] not in found:
                missing.setdefault(keys[message.id], self._prepare_vals(message, document, number))
        found |= zip(missing, self.create(list(missing.values())), strict=True)
        for catalogue in known:
            newer = [key for key in found if key[:2] == (catalogue.trade_partner_id.id, catalogue.name)]
            if any(revision > catalogue.revision for _partner, _name, revision in newer):
                catalogue._supersede()
        return {message_id: found[key] for message_id, key in keys.items()}

    @api.model
    def _prepare_vals(self, message, document, number):
        period = document.validity_period
        return {
            "name": number,
            "revision": document.revision,
            "trade_partner_id": message.trade_partner_id.id,
            "company_id": message.company_id.id,
            "route_id": message.route_id.id,
            "file_id": message.parent_id.id or message.original_id.parent_id.id or message.id,
            "issue_date": document.issue_date,
            "date_start": period and period.start_date,
            "date_end": period and period.end_date,
            "is_whole": document.action_code == "replace",
        }

    def _supersede(self):
        """A newer revision came: what of this one is not decided does not count any more."""
        self.ensure_one()
        if self.state == "superseded":
            return
        self._update_rows(
            SQL("decision IN ('pending', 'accepted')"), decision="rejected", decided_at=fields.Datetime.now()
        )
        self.state = "superseded"
        self.activity_unlink(["mail.mail_activity_data_todo"])

    # -- what people press -------------------------------------------------------------------------

    @api.model
    def _check_buyer(self):
        """Whoever may change vendor prices may decide about them.

        :raise AccessError: nobody else
        """
        self.check_access("read")
        self.env["product.supplierinfo"].check_access("write")

    def action_accept_all(self):
        """Accept all that is to be decided, also what is out of the ordinary."""
        return self._decide("accepted", SQL("TRUE"))

    def action_reject_all(self):
        """Refuse all that is to be decided; prices stay as they are."""
        return self._decide("rejected", SQL("TRUE"))

    def action_ignore_unknown(self):
        """Items we do not have, and do not want to have: nobody needs to look at them any more."""
        self._check_buyer()
        unknown = SQL("decision = 'pending' AND kind = 'unknown'")
        count = self._update_rows(unknown, **self._by_me("rejected"))
        self.message_post(body=self.env._("%(count)s unknown items left out.", count=f"{count:,}"))
        self.sudo()._follow()

    def action_look_again(self):
        """Compare again what could not be compared: unknown items and units, prices for all variants."""
        self._check_buyer()
        for catalogue in self.sudo():
            catalogue._look_again()

    def action_without_rest(self):
        """Decide about what could be read; what has ended is not known then."""
        self.ensure_one()
        self._check_buyer()
        if self.state != "receiving":
            raise UserError(self.env._("All parts of this catalogue were read."))
        self.sudo().without_rest = True
        self.message_post(body=self.env._("Goes on without the parts that could not be read."))
        self.sudo()._settle()

    def _by_me(self, decision):
        return {
            "decision": decision,
            "decided_by_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
        }

    def _decide(self, decision, condition):
        """Decide about all pending rows that match.

        :param condition: SQL on the columns of ``trade_catalogue_change``
        :return: how many were decided
        """
        self.ensure_one()
        self._check_buyer()
        if self.state not in OPEN:
            raise UserError(self.env._("A newer revision of this catalogue came; decide about that one."))
        matching = SQL("%s AND (%s)", DECIDABLE, condition)
        if decision == "accepted":
            matching = SQL("%s AND NOT blocked", matching)
        count = self._update_rows(matching, **self._by_me(decision))
        if count:
            said = (
                self.env._("%(count)s changes accepted.", count=f"{count:,}")
                if decision == "accepted"
                else self.env._("%(count)s changes refused.", count=f"{count:,}")
            )
            self.message_post(body=said)
        self.sudo()._unblock()
        self.sudo()._follow()
        return count

    def _update_rows(self, condition, **vals):
        """Change columns of all rows that match, in one statement.

        :return: how many
        """
        Change = self.env["trade.catalogue.change"].sudo()
        Change.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE trade_catalogue_change SET %s WHERE catalogue_id = ANY(%s) AND %s",
                SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in vals.items()),
                list(self._ids),
                condition,
            )
        )
        count = self.env.cr.rowcount
        Change.invalidate_model(list(vals))
        self._forget()
        return count

    def _forget(self):
        """The counters are computed anew."""
        self.invalidate_recordset(
            [name for name, field in self._fields.items() if field.compute and not field.store]
        )

    # -- opening -----------------------------------------------------------------------------------

    def action_open_changes(self):
        """All rows; those to decide first, where there are some."""
        return self._open_rows(self.env._("Changes"), "pending" if self.pending_count else None)

    def action_open_kind(self):
        """The rows of the counter that was pressed (its filter's name is in the context)."""
        return self._open_rows(self.env._("Changes"), self.env.context.get("trade_filter"))

    def _open_rows(self, name, filtered):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_purchase.trade_catalogue_change_action")
        context = {"search_default_catalogue_id": self.id}
        if filtered:
            context[f"search_default_{filtered}"] = 1
        return {
            **action,
            "name": f"{name}: {self.display_name}",
            "domain": [("catalogue_id", "=", self.id)],
            "context": {**context, "trade_catalogue_id": self.id, "search_default_catalogue_id": False},
        }

    def action_open_messages(self):
        """The messages this catalogue came in."""
        self.ensure_one()
        domain = ["|", ("id", "=", self.file_id.id), ("parent_id", "=", self.file_id.id)]
        return {**self.env["trade.message"]._action_about(self), "domain": domain}
