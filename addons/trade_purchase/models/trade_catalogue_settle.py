import csv
import io
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.trade_kernel.canonical import PriceCatalogue

from ..catalogue_compare import Change, Comparer, of_vendor, today_of

#: below this many changed prices a list has no typical change
TYPICAL_FROM = 20
_COPY = "COPY trade_catalogue_change (%s) FROM STDIN (FORMAT csv)"
_LEVEL = SQL("c.product_tmpl_id, c.product_id, c.min_qty, c.product_uom_id, c.date_start")
#: a price change that is told apart from its like only by the line it stands on
_PRICED = SQL("c.kind IN ('price', 'new', 'other') AND c.decision = 'pending'")


class TradeCatalogue(models.Model):
    """From the pieces to what a person decides: kept in bulk, completed when the last piece was read."""

    _inherit = "trade.catalogue"

    # -- keeping -----------------------------------------------------------------------------------

    @api.model
    def _keep(self, said):
        """Store what came out of comparing.

        :param said: ``[(catalogue, message, document, Compared)]``
        """
        self.env["trade.catalogue.piece"].create(
            [
                {
                    "catalogue_id": catalogue.id,
                    "message_id": message.id,
                    "line_count": len(document.catalogue_lines),
                    "unchanged_count": found.unchanged,
                    "first_day": found.first_day,
                    "seen": found.seen,
                }
                for catalogue, message, document, found in said
            ]
        )
        self._store(
            ((catalogue.id, catalogue.company_id.id, message.id), found.changes)
            for catalogue, message, _document, found in said
        )

    @api.model
    def _store(self, rows):
        """Rows in bulk, past the ORM: nothing is computed from them.

        :param rows: ``[((catalogue id, company id, message id), [Change])]``
        """
        file = io.StringIO()
        writer = csv.writer(file)
        for ids, changes in rows:
            head = (*ids, "pending")
            writer.writerows(head + change for change in changes)
        file.seek(0)
        columns = ("catalogue_id", "company_id", "message_id", "decision", *Change._fields)
        self.env.cr.copy_expert(_COPY % ", ".join(columns), file)
        self.env["trade.catalogue.change"].invalidate_model()

    def _lane(self):
        """The lane that completes and applies this catalogue."""
        return f"catalogue/{self.id}"

    # -- completing --------------------------------------------------------------------------------

    def _settle(self):
        """What can only be said of the whole: contradictions, what has ended, what is out of the ordinary;
        and what the route's rules accept by themselves. Done again when a late piece comes."""
        for catalogue in self:
            if catalogue._is_waiting():
                continue
            catalogue._drop_dead_links()
            catalogue._drop_repeated()
            catalogue._flag_contradictions()
            catalogue._add_ended()
            catalogue._flag_outliers()
            catalogue._accept_by_rules(catalogue._leave_by_owner())
            catalogue._follow()

    def _is_waiting(self):
        """Whether parts of the file are still to come, or could not be read."""
        self.ensure_one()
        file = self.file_id
        if self.without_rest or not file:
            return False
        [(waiting,)] = self.env.execute_query(
            SQL(
                """
            SELECT EXISTS (
                SELECT FROM trade_message m
                 WHERE m.parent_id = %s AND m.mode = 'live' AND m.state IN ('received', 'decoded', 'held')
                   AND NOT EXISTS (SELECT FROM trade_catalogue_piece p WHERE p.message_id = m.id))""",
                file.id,
            )
        )
        return waiting

    def _drop_dead_links(self):
        """Rows of what was deleted while it was compared: see :class:`.BulkLink`. A unit or a currency is not
        deleted as long as the product or the vendor price uses it."""
        self.env.cr.execute(
            SQL(
                """
            DELETE FROM trade_catalogue_change c
             WHERE c.catalogue_id = %(id)s AND c.product_tmpl_id IS NOT NULL
               AND (NOT EXISTS (SELECT FROM product_template t WHERE t.id = c.product_tmpl_id)
                    OR (c.product_id IS NOT NULL
                        AND NOT EXISTS (SELECT FROM product_product p WHERE p.id = c.product_id)));
            UPDATE trade_catalogue_change c SET supplierinfo_id = NULL
             WHERE c.catalogue_id = %(id)s AND c.supplierinfo_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM product_supplierinfo s WHERE s.id = c.supplierinfo_id)""",
                id=self.id,
            )
        )

    def _drop_repeated(self):
        """A line that says the same as another one says nothing more."""
        self.env.cr.execute(
            SQL(
                """
            DELETE FROM trade_catalogue_change WHERE id IN (
                SELECT id FROM (
                    SELECT c.id, row_number() OVER (
                               PARTITION BY c.kind, %s, c.price, c.discount, c.currency_id, c.date_end
                               ORDER BY c.id) AS place
                      FROM trade_catalogue_change c WHERE %s) AS one
                 WHERE place > 1)""",
                _LEVEL,
                self._said_several_times(),
            )
        )

    def _said_several_times(self):
        """The condition for price changes of products with more than one; to sort only these is much less."""
        priced = SQL("c.catalogue_id = %s AND %s", self.id, _PRICED)
        rows = self.env.execute_query(
            SQL(
                "SELECT c.product_tmpl_id FROM trade_catalogue_change c WHERE %s"
                " GROUP BY c.product_tmpl_id HAVING COUNT(*) > 1",
                priced,
            )
        )
        return SQL("%s AND c.product_tmpl_id = ANY(%s)", priced, [row[0] for row in rows])

    def _flag_contradictions(self):
        """Two prices for the same: nobody can accept both."""
        words = self.env._("The catalogue gives several prices for this. Refuse the wrong ones.")
        self.env.cr.execute(
            SQL(
                """
            UPDATE trade_catalogue_change SET flag = %s, blocked = TRUE WHERE id IN (
                SELECT id FROM (
                    SELECT c.id, COUNT(*) OVER (PARTITION BY %s) AS said
                      FROM trade_catalogue_change c WHERE %s) AS one
                 WHERE said > 1)""",
                words,
                _LEVEL,
                self._said_several_times(),
            )
        )
        words = self.env._("Another line of the catalogue says that this price stays.")
        self.env.cr.execute(
            SQL(
                """
            UPDATE trade_catalogue_change c SET flag = %s
             WHERE c.catalogue_id = %s AND %s AND c.supplierinfo_id = ANY(%s)
               AND (c.date_start IS NULL OR c.date_start <= %s)""",
                words,
                self.id,
                _PRICED,
                [row[0] for row in self.env.execute_query(self._seen())],
                self._today(),
            )
        )

    def _unblock(self):
        """When all but one of several prices were refused, the one that is left can be accepted."""
        self.ensure_one()
        words = self.env._("The catalogue gives several prices for this. Refuse the wrong ones.")
        self.env.cr.execute(
            SQL(
                """
            UPDATE trade_catalogue_change SET flag = NULL, blocked = FALSE WHERE id IN (
                SELECT id FROM (
                    SELECT c.id, c.flag, COUNT(*) OVER (PARTITION BY %s) AS said
                      FROM trade_catalogue_change c WHERE c.catalogue_id = %s AND %s AND c.blocked) AS one
                 WHERE said = 1 AND flag = %s)""",
                _LEVEL,
                self.id,
                _PRICED,
                words,
            )
        )
        if self.env.cr.rowcount:
            self._flag_outliers()

    def _seen(self):
        return SQL(
            "SELECT jsonb_array_elements_text(p.seen)::int AS id FROM trade_catalogue_piece p"
            " WHERE p.catalogue_id = %s",
            self.id,
        )

    def _today(self):
        return today_of(self.company_id)

    def _first_day(self):
        """The day this catalogue begins to hold."""
        today = self._today()
        days = [day for day in self.piece_ids.mapped("first_day") if day]
        return max(self.date_start or min(days, default=today), today)

    def _add_ended(self):
        """Vendor prices that hold and are named no more: of everything, where the catalogue replaces what was
        before; else of the items in it, whose prices are as it says."""
        if self.without_rest:
            return
        day = self._first_day()
        untold = self._untold(day)
        if not untold:
            return
        templates = self.env["product.supplierinfo"].browse(untold).product_tmpl_id.ids
        words = self.env._("Not in the catalogue any more.")
        break_words = self.env._("The item has no price for this quantity any more.")
        self.env.cr.execute(
            SQL(
                """
            WITH seen AS MATERIALIZED (%(seen)s),
            named AS MATERIALIZED (
                SELECT product_tmpl_id, bool_or(product_id IS NULL) AS whole,
                       array_agg(product_id) AS variants
                  FROM (SELECT product_tmpl_id, product_id FROM trade_catalogue_change
                         WHERE catalogue_id = %(id)s AND kind IN ('price', 'new', 'other')
                        UNION
                        SELECT product_tmpl_id, product_id FROM product_supplierinfo
                         WHERE id IN (SELECT id FROM seen)) AS one
                 WHERE product_tmpl_id = ANY(%(templates)s)
                 GROUP BY product_tmpl_id)
            INSERT INTO trade_catalogue_change (
                   catalogue_id, company_id, kind, decision, code, product_id, product_tmpl_id,
                   supplierinfo_id, min_qty, product_uom_id, currency_id, old_currency_id, old_price,
                   old_discount, date_end, note, blocked)
            SELECT %(id)s, %(company)s, 'ended', 'pending', s.product_code, s.product_id, s.product_tmpl_id,
                   s.id, s.min_qty, s.product_uom_id, s.currency_id, s.currency_id, s.price,
                   COALESCE(s.discount, 0), %(last)s,
                   CASE WHEN n.product_tmpl_id IS NULL THEN %(words)s ELSE %(break)s END, FALSE
              FROM product_supplierinfo s
              LEFT JOIN named n ON n.product_tmpl_id = s.product_tmpl_id AND (
                   n.whole OR s.product_id = ANY(n.variants)
                   OR (s.product_id IS NULL AND
                       (SELECT COUNT(*) FROM product_product v
                         WHERE v.product_tmpl_id = s.product_tmpl_id AND v.active) = 1))
             WHERE s.id = ANY(%(untold)s)
               AND (%(whole)s OR n.product_tmpl_id IS NOT NULL)
               AND NOT EXISTS (SELECT FROM trade_catalogue_change c
                                WHERE c.catalogue_id = %(id)s AND c.kind = 'unknown'
                                  AND c.product_tmpl_id = s.product_tmpl_id)
             ORDER BY s.id""",
                seen=self._seen(),
                id=self.id,
                company=self.company_id.id,
                last=day - timedelta(1),
                words=words,
                untold=untold,
                templates=templates,
                whole=self.is_whole,
                **{"break": break_words},
            )
        )

    def _untold(self, day):
        """Ids of the vendor prices that hold on a day and that no line speaks about."""
        rows = self.env.execute_query(
            SQL(
                """
            SELECT s.id FROM product_supplierinfo s
             WHERE %s AND (s.date_start IS NULL OR s.date_start <= %s)
               AND (s.date_end IS NULL OR s.date_end >= %s)
            EXCEPT (SELECT supplierinfo_id FROM trade_catalogue_change WHERE catalogue_id = %s
                     UNION ALL %s)""",
                of_vendor(self.env, self.trade_partner_id, self.company_id),
                day,
                day,
                self.id,
                self._seen(),
            )
        )
        return [row[0] for row in rows]

    def _flag_outliers(self):
        """What changes by more than the route allows, or much more than the rest of the list."""
        _, route = self.env._, self.route_id
        if route.catalogue_outlier_percent > 0:
            limit = route.catalogue_outlier_percent
            self._flag(
                SQL("abs(percent) > %s", limit), _("More than %s %%, the limit of the route.", f"{limit:g}")
            )
        times = route.catalogue_outlier_times
        if times <= 0:
            return
        [(count, typical)] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(percent))"
                "  FROM trade_catalogue_change WHERE catalogue_id = %s AND kind = 'price'"
                "   AND percent IS NOT NULL",
                self.id,
            )
        )
        if count >= TYPICAL_FROM and typical:
            words = _(
                "More than %(times)s times the typical change of this list, %(typical)s %%.",
                times=f"{times:g}",
                typical=f"{typical:.2f}",
            )
            self._flag(SQL("abs(percent) > %s", times * typical), words)

    def _flag(self, condition, words):
        pending = SQL("decision = 'pending' AND kind = 'price' AND flag IS NULL AND %s", condition)
        self._update_rows(pending, flag=words)

    def _leave_by_owner(self):
        """What the rules about catalogues (systems of record) do not let in is refused.

        :return: the groups of fields that nothing is accepted of by itself
        """
        rules = self.env["trade.data.owner"]._rulebook(self.trade_partner_id, "catalogue")
        held = set()
        for group, rows in self._rows_of_groups().items():
            ruling, rule = rules.ruling("catalogue", group)
            if ruling in ("hold", "ignore"):
                held.add(group)
            if ruling == "ignore":
                condition = SQL("decision = 'pending' AND (%s)", rows)
                now = fields.Datetime.now()
                if count := self._update_rows(condition, decision="rejected", decided_at=now):
                    self.message_post(
                        body=self.env._(
                            "%(count)s changes not taken by the rule for %(rule)s (Systems of record).",
                            count=f"{count:,}",
                            rule=rule.display_name,
                        )
                    )
        return held

    def _rows_of_groups(self):
        """Which rows belong to which group of fields of ``trade.data.owner``: conditions on
        ``trade_catalogue_change``.

        A quantity break that comes or goes is a matter of prices, as long as the vendor goes on selling the
        item.
        """
        others = SQL(
            """
            SELECT FROM product_supplierinfo s
             WHERE s.product_tmpl_id = trade_catalogue_change.product_tmpl_id AND %s""",
            of_vendor(self.env, self.trade_partner_id, self.company_id),
        )
        new_break = SQL("kind = 'new' AND EXISTS (%s)", others)
        break_ended = SQL(
            """
            kind = 'ended' AND EXISTS (
            %s AND s.id NOT IN (SELECT e.supplierinfo_id FROM trade_catalogue_change e
                                 WHERE e.catalogue_id = %s AND e.kind = 'ended'
                                   AND e.supplierinfo_id IS NOT NULL))""",
            others,
            self.id,
        )
        breaks = SQL("((%s) OR (%s))", new_break, break_ended)
        return {
            "pricing": SQL("kind IN ('price', 'other') OR %s", breaks),
            "catalogue": SQL("kind IN ('new', 'ended', 'unknown') AND NOT %s", breaks),
        }

    def _accept_by_rules(self, held):
        """What the route's rules decide, nobody has to; of the groups in ``held`` they decide nothing."""
        route, conditions = self.route_id, []
        if (limit := route.catalogue_accept_percent) > 0:
            conditions.append(SQL("kind IN ('price', 'other') AND abs(percent) <= %s", limit))
        if route.catalogue_accept_new:
            conditions.append(SQL("kind = 'new'"))
        if route.catalogue_accept_ended:
            conditions.append(SQL("kind = 'ended'"))
        if not conditions:
            return
        condition = SQL(
            "decision = 'pending' AND flag IS NULL AND NOT blocked AND (%s)", SQL(" OR ").join(conditions)
        )
        rows = self._rows_of_groups()
        for group in held:
            condition = SQL("%s AND NOT (%s)", condition, rows[group])
        count = self._update_rows(condition, decision="accepted", decided_at=fields.Datetime.now())
        if count:
            self.message_post(
                body=self.env._("%(count)s changes accepted by the rules of the route.", count=f"{count:,}")
            )

    def _follow(self):
        """The state follows the rows; whoever has to decide is told once."""
        for catalogue in self:
            if catalogue.state == "superseded" or (
                catalogue.state == "receiving" and catalogue._is_waiting()
            ):
                continue
            if catalogue.accepted_count:
                state = "applying"
                self.env["trade.lane"]._wake_after_commit([catalogue._lane()])
            elif catalogue.pending_count:
                state = "to_review"
            else:
                state = "rejected" if catalogue.rejected_count and not catalogue.applied_count else "applied"
            if catalogue.state != state:
                catalogue.state = state
            catalogue._remind()

    def _remind(self):
        """One activity, however many rows: it is done when nothing is left to decide."""
        todo = "mail.mail_activity_data_todo"
        if not (self.pending_count or self.unknown_count):
            self.activity_feedback([todo])
        elif not self.activity_ids:
            self.activity_schedule(
                todo,
                summary=self.env._("Review the catalogue"),
                note=self.env._(
                    "%(pending)s changes to decide, %(flagged)s of them out of the ordinary;"
                    " %(unknown)s items are not known.",
                    pending=f"{self.pending_count:,}",
                    flagged=f"{self.flagged_count:,}",
                    unknown=f"{self.unknown_count:,}",
                ),
                user_id=(self.trade_partner_id.user_id or self.env.user).id,
            )

    # -- looking again -----------------------------------------------------------------------------

    def _look_again(self):
        """Compare again what could not be compared, with what is known by now."""
        self.ensure_one()
        Row = self.env["trade.catalogue.change"]
        rows = Row.search(
            [
                ("catalogue_id", "=", self.id),
                ("decision", "=", "pending"),
                ("message_id", "!=", False),
                "|",
                ("kind", "=", "unknown"),
                ("blocked", "=", True),
            ]
        )
        if not rows:
            return
        wanted = {
            message: {row.line_index for row in some} for message, some in rows.grouped("message_id").items()
        }
        # Everything those lines said and nobody decided: they are compared as a whole.
        self.env.cr.execute(
            SQL(
                "DELETE FROM trade_catalogue_change WHERE catalogue_id = %s AND decision = 'pending'"
                " AND (message_id, line_index) IN (SELECT * FROM unnest(%s, %s))",
                self.id,
                [row.message_id.id for row in rows],
                [row.line_index for row in rows],
            )
        )
        resolver = self.env["trade.mapping"]._resolver(self.trade_partner_id, self.company_id)
        comparer = Comparer(resolver, self._today())
        found = {}
        for message, places in wanted.items():
            document = PriceCatalogue.model_validate(message.canonical)
            comparer.prefetch([document.catalogue_lines[place] for place in places])
            found[message] = comparer.compare(document, places)
        self._store(
            ((self.id, self.company_id.id, message.id), compared.changes)
            for message, compared in found.items()
        )
        for piece in self.piece_ids.filtered(lambda piece: piece.message_id in found):
            compared = found[piece.message_id]
            days = [day for day in (piece.first_day, compared.first_day) if day]
            piece.write(
                {
                    "unchanged_count": piece.unchanged_count + compared.unchanged,
                    "seen": [*(piece.seen or []), *compared.seen],
                    "first_day": min(days, default=False),
                }
            )
        self._forget()
        self._settle()
