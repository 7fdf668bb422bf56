"""The road of accepted changes into the vendor prices: in chunks, each in one transaction.

A change is applied when its row says so, in the transaction that writes the price. Killed at any line, it
goes on where the last chunk ended.

How a price gets its history (docs/adr/0035): a price with a date ends the one before the day before. What
holds today keeps its record, so that whatever points to it goes on doing so, and the past goes into a copy.
"""

import logging
import sys
from typing import NamedTuple

from odoo.tools import SQL
from psycopg2 import OperationalError

from odoo.addons.trade_core.models import trade_lane
from odoo.addons.trade_core.pipeline.step import Step

from .catalogue_compare import SAME, of_vendor

_logger = logging.getLogger(__name__)

ROAD = "catalogue"
#: rows of one transaction
CHUNK = 10_000
#: what a row says of a price, under its column's name
_WRITTEN = ("price", "discount", "currency_id", "min_qty", "product_uom_id")
#: what other models store something computed from: reordering rules
_DEPENDED = ("product_uom_id", "delay")
#: how net prices are compared in SQL
_NET = "%s.price * (1 - COALESCE(%s.discount, 0) / 100)"


def ready(env, lane, limit):
    """Ids of the lane's rows that are accepted and not applied; a catalogue that is complete has ``[0]``."""
    catalogue_id = int(lane.rpartition("/")[2])
    rows = env.execute_query(
        SQL(
            "SELECT id FROM trade_catalogue_change WHERE catalogue_id = %s AND decision = 'accepted'"
            " ORDER BY id LIMIT %s",
            catalogue_id,
            limit,
        )
    )
    catalogue = env["trade.catalogue"].browse(catalogue_id).exists()
    if not rows and catalogue.state == "receiving" and not catalogue._is_waiting():
        return [0]
    return [row[0] for row in rows]


def step(env, lane, limit):
    """Apply one chunk in the current transaction; the caller commits."""
    catalogue = env["trade.catalogue"].browse(int(lane.rpartition("/")[2]))
    ids = ready(env, lane, limit)
    catalogue = catalogue.with_company(catalogue.company_id)
    if not ids:
        if catalogue.state == "applying":
            catalogue._follow()
        return Step(0)
    if ids == [0]:
        catalogue._settle()
        return Step(1)
    Chunk(catalogue, ids).apply()
    catalogue._forget()
    if len(ids) < limit:
        catalogue._follow()
    return Step(len(ids))


def quarantine(env, lane, error):
    """Put the one row that cannot be applied back to a person, with the reason."""
    ids = [row_id for row_id in ready(env, lane, 1) if row_id]
    if isinstance(error, OperationalError) or not ids:
        raise error
    _logger.error("a change of a vendor price cannot be applied: %s", ids, exc_info=error)
    catalogue = env["trade.catalogue"].browse(int(lane.rpartition("/")[2]))
    catalogue._update_rows(
        SQL("id = ANY(%s)", ids),
        decision="pending",
        blocked=True,
        flag=env._("It could not be written: %s", str(error).strip().splitlines()[0]),
    )
    catalogue._follow()


trade_lane.ROADS[ROAD] = trade_lane.Road(
    sys.modules[__name__], "root.trade.bulk", quarantine, batch=CHUNK, seconds=20.0
)


class Has(NamedTuple):
    """Which of these a chunk has: most have one or two, and need no statement for the others."""

    doubt: bool = "doubt"
    price: bool = "kind = 'price'"
    until: bool = "kind = 'price' AND holds AND date_end IS NOT NULL"
    future: bool = "kind = 'price' AND NOT in_place"
    other: bool = "kind = 'other'"
    new: bool = "kind = 'new'"
    ended: bool = "kind = 'ended'"
    undated: bool = "kind <> 'ended' AND (day IS NULL OR kind = 'other')"
    terms: bool = "terms"


class Chunk:
    """Some accepted rows of one catalogue.

    :ivar touched: ids of the vendor prices that were written
    :ivar new: those of them that nothing was known of before
    """

    def __init__(self, catalogue, ids):
        self.catalogue, self.env, self.cr = catalogue, catalogue.env, catalogue.env.cr
        self.ids, self.touched, self.new = ids, [], []
        self.today = catalogue._today()
        self.columns = [
            name
            for name, field in self.env["product.supplierinfo"]._fields.items()
            if field.store and field.column_type and name != "id"
        ]

    def apply(self):
        """Everything the rows say; what does not hold any more goes back to a person.

        A row that somebody decides about meanwhile makes this transaction fail where it says *applied*, and
        begin anew; a lock on each row first would be one more write of each.
        """
        self.env.flush_all()
        has = self._gather()
        if has.doubt:
            self._give_back()
            has = self._gather()
        if has.until:
            self._continue_after()
        if has.price:
            self._keep_history()
        if has.future:
            self._end_before_future()
            self._insert_future()
        if has.price or has.other:
            self._update_in_place()
        if has.new:
            self._insert_new()
        if has.ended:
            self._end()
        self._clip(has.undated)
        self._mark()
        self._announce(has.terms)

    # -- what is still true ------------------------------------------------------------------------

    def _give_back(self):
        self.env.execute_query(
            SQL("SELECT id FROM trade_catalogue_change WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids)
        )
        self._find_in_place_of_new()
        self._give_back_what_changed()

    def _find_in_place_of_new(self):
        """A price that was new when the catalogue came and exists by now is a change of that one."""
        self.cr.execute(
            SQL(
                """
            UPDATE trade_catalogue_change c
               SET kind = 'price', supplierinfo_id = s.id, old_price = s.price,
                   old_discount = COALESCE(s.discount, 0), old_currency_id = s.currency_id, percent = NULL,
                   decision = 'pending', decided_by_id = NULL, decided_at = NULL, flag = %s
              FROM product_supplierinfo s
             WHERE c.id = ANY(%s) AND c.kind = 'new' AND %s""",
                self.env._("There is a vendor price by now."),
                self.ids,
                self._in_place_of_new(),
            )
        )

    def _in_place_of_new(self):
        """The condition for a vendor price ``s`` that exists where ``c`` says there is none."""
        return SQL(
            """%s AND s.product_tmpl_id = c.product_tmpl_id
               AND s.product_id IS NOT DISTINCT FROM c.product_id
               AND s.min_qty = c.min_qty AND s.product_uom_id = c.product_uom_id
               AND (s.date_start IS NULL OR s.date_start <= COALESCE(c.date_start, %s))
               AND (s.date_end IS NULL OR s.date_end >= COALESCE(c.date_start, %s))""",
            of_vendor(self.env, self.catalogue.trade_partner_id, self.catalogue.company_id),
            self.today,
            self.today,
        )

    def _is_another(self):
        """The condition for an old price ``s`` that is not what was on the screen of ``c``."""
        return SQL(
            """(s.price IS DISTINCT FROM c.old_price
                OR COALESCE(s.discount, 0) <> COALESCE(c.old_discount, 0)
                OR s.currency_id IS DISTINCT FROM c.old_currency_id OR c.flag = %s)""",
            self.env._("There is a vendor price by now."),
        )

    def _give_back_what_changed(self):
        """A decision counts for what was on the screen: where the old price is another one by now, the row
        shows that one and is decided again; where it says the new price already, there is nothing to do."""
        net_s, net_c = SQL(_NET % ("s", "s")), SQL(_NET % ("c", "c"))
        same = SQL(
            "s.currency_id = c.currency_id AND abs(%s - (%s)) <= %s * abs(%s)", net_s, net_c, SAME, net_c
        )
        self.cr.execute(
            SQL(
                """
            UPDATE trade_catalogue_change c
               SET decision = CASE WHEN %(same)s THEN 'applied' ELSE 'pending' END,
                   applied_at = CASE WHEN %(same)s THEN now() AT TIME ZONE 'UTC' END,
                   decided_by_id = CASE WHEN %(same)s THEN c.decided_by_id END,
                   decided_at = CASE WHEN %(same)s THEN c.decided_at END,
                   old_price = s.price, old_discount = COALESCE(s.discount, 0),
                   old_currency_id = s.currency_id,
                   percent = CASE WHEN s.currency_id = c.currency_id AND %(old)s <> 0
                                  THEN ROUND(((%(new)s / (%(old)s) - 1) * 100)::numeric, 4) END,
                   flag = CASE WHEN %(same)s THEN %(so)s ELSE %(words)s END
              FROM product_supplierinfo s
             WHERE c.id = ANY(%(ids)s) AND s.id = c.supplierinfo_id AND c.kind IN ('price', 'ended')
               AND (c.decision = 'accepted' OR c.flag = %(by_now)s)
               AND %(another)s
               AND NOT EXISTS (SELECT FROM trade_catalogue_change o
                                WHERE o.supplierinfo_id = s.id AND o.catalogue_id = c.catalogue_id
                                  AND o.decision = 'applied')""",
                same=SQL("(c.kind = 'price' AND %s)", same),
                old=net_s,
                new=net_c,
                ids=self.ids,
                so=self.env._("It was so already."),
                words=self.env._("The vendor price was changed meanwhile. Look at it again."),
                by_now=self.env._("There is a vendor price by now."),
                another=self._is_another(),
            )
        )
        self.cr.execute(
            SQL(
                """
            UPDATE trade_catalogue_change c
               SET decision = 'pending', decided_by_id = NULL, decided_at = NULL, flag = %s, kind = 'new',
                   supplierinfo_id = NULL, old_price = NULL, old_discount = NULL,
                   old_currency_id = NULL, percent = NULL
             WHERE c.id = ANY(%s) AND c.decision = 'accepted' AND c.kind IN ('price', 'other')
               AND NOT EXISTS (SELECT FROM product_supplierinfo s WHERE s.id = c.supplierinfo_id)""",
                self.env._("The vendor price was deleted meanwhile. Look at it again."),
                self.ids,
            )
        )

    def _gather(self):
        """What is to be written, in a table of this transaction.

        ``day``: when a row takes effect; no earlier than today, because what was ordered was ordered at the
        price of its day; ``NULL`` where it has no date. ``holds``: the old price does on that day. ``doubt``:
        what was on the screen is not so any more.

        :return: :class:`Has`
        """
        self.cr.execute("DROP TABLE IF EXISTS pg_temp.trade_catalogue_chunk")
        self.cr.execute(
            SQL(
                """
            CREATE TEMPORARY TABLE trade_catalogue_chunk ON COMMIT DROP AS
            SELECT c.*, h.holds,
                   h.holds AND (c.day IS NULL OR c.day <= %(today)s
                                OR s.date_start IS NOT DISTINCT FROM c.day) AS in_place,
                   c.delay <> s.delay OR c.product_uom_id <> s.product_uom_id AS terms,
                   CASE WHEN c.kind = 'new' THEN EXISTS (SELECT FROM product_supplierinfo s WHERE %(known)s)
                        WHEN s.id IS NULL THEN c.kind <> 'ended'
                        ELSE c.kind <> 'other' AND %(another)s END AS doubt
              FROM (SELECT *, CASE WHEN date_start IS NOT NULL THEN GREATEST(date_start, %(today)s) END AS day
                      FROM trade_catalogue_change
                     WHERE catalogue_id = %(catalogue)s AND id BETWEEN %(first)s AND %(last)s
                       AND decision = 'accepted' ORDER BY id) AS c
              LEFT JOIN product_supplierinfo s ON s.id = c.supplierinfo_id
              JOIN LATERAL (
                   SELECT (s.date_start IS NULL OR s.date_start <= COALESCE(c.day, %(today)s))
                      AND (s.date_end IS NULL OR s.date_end >= COALESCE(c.day, %(today)s)) AS holds) AS h
                ON TRUE""",
                known=self._in_place_of_new(),
                another=self._is_another(),
                today=self.today,
                catalogue=self.catalogue.id,
                first=self.ids[0],
                last=self.ids[-1],
            )
        )
        # The planner knows nothing of rows that came a second ago.
        self.cr.execute("ANALYZE trade_catalogue_chunk (id, supplierinfo_id, kind, holds, in_place)")
        columns = [
            SQL("COALESCE(bool_or(%s), FALSE)", SQL(condition)) for condition in Has._field_defaults.values()
        ]
        [found] = self.env.execute_query(SQL("SELECT %s FROM trade_catalogue_chunk", SQL(", ").join(columns)))
        return Has(*found)

    # -- writing -----------------------------------------------------------------------------------

    def _copy(self, condition, values):
        """Insert copies of old prices with other values.

        :return: their ids
        """
        chosen = {**self._created(), **values}
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO product_supplierinfo (%s)"
                " SELECT %s FROM trade_catalogue_chunk c"
                "   JOIN product_supplierinfo s ON s.id = c.supplierinfo_id"
                "  WHERE %s RETURNING id",
                SQL(", ").join(map(SQL.identifier, self.columns)),
                SQL(", ").join(chosen.get(name) or SQL.identifier("s", name) for name in self.columns),
                condition,
            )
        )
        return [row[0] for row in rows]

    def _created(self):
        by, at = SQL("%s", self.env.uid), SQL("now() AT TIME ZONE 'UTC'")
        return {"create_uid": by, "write_uid": by, "create_date": at, "write_date": at}

    def _stamp(self):
        return SQL("write_uid = %s, write_date = now() AT TIME ZONE 'UTC'", self.env.uid)

    def _keep_history(self):
        """The price until yesterday, beside the record that is about to say the new one. No user wrote it:
        who decided stands in the change."""
        self._copy(
            SQL(
                "c.kind = 'price' AND c.holds AND c.day <= %s"
                " AND (s.date_start IS NULL OR s.date_start < c.day)",
                self.today,
            ),
            {"date_end": SQL("c.day - 1"), "create_uid": SQL("NULL"), "write_uid": SQL("NULL")},
        )

    def _continue_after(self):
        """After a price for a time, the one before holds again; not where the catalogue replaces it, nor
        after the end of the catalogue itself: then nothing is known."""
        if self.catalogue.is_whole:
            return
        self.touched += self._copy(
            SQL(
                """c.kind = 'price' AND c.holds AND c.date_end IS NOT NULL AND c.date_end IS DISTINCT FROM %s
                   AND (s.date_end IS NULL OR s.date_end > c.date_end)
                   AND NOT EXISTS (
                       SELECT FROM product_supplierinfo o
                        WHERE o.product_tmpl_id = s.product_tmpl_id AND o.partner_id = s.partner_id
                          AND o.product_id IS NOT DISTINCT FROM s.product_id AND o.min_qty = s.min_qty
                          AND o.company_id IS NOT DISTINCT FROM s.company_id
                          AND o.date_start > COALESCE(c.day, %s) AND o.date_start <= c.date_end + 1)
                   AND NOT EXISTS (
                       SELECT FROM trade_catalogue_change o
                        WHERE o.supplierinfo_id = s.id AND o.catalogue_id = c.catalogue_id
                          AND o.decision IN ('accepted', 'applied') AND o.date_start > c.date_start)""",
                self.catalogue.date_end or None,
                self.today,
            ),
            {"date_start": SQL("c.date_end + 1")},
        )

    @staticmethod
    def _said():
        return {
            **{name: SQL.identifier("c", name) for name in _WRITTEN},
            "delay": SQL("COALESCE(c.delay, s.delay)"),
            "product_code": SQL("COALESCE(s.product_code, CASE WHEN c.scheme = 'seller' THEN c.code END)"),
        }

    def _insert_future(self):
        """A price that does not hold yet, or comes back: Odoo uses it from its day on."""
        self.touched += self._copy(
            SQL("c.kind = 'price' AND NOT c.in_place"),
            {
                **self._said(),
                "date_start": SQL("COALESCE(c.day, %s)", self.today),
                "date_end": SQL("c.date_end"),
            },
        )

    def _end_before_future(self):
        """What holds until a future price does."""
        self.cr.execute(
            SQL(
                """
            UPDATE product_supplierinfo s SET date_end = f.day - 1, %s
              FROM (SELECT supplierinfo_id, MIN(day) AS day FROM trade_catalogue_chunk
                     WHERE kind = 'price' AND holds AND NOT in_place GROUP BY supplierinfo_id) AS f
             WHERE s.id = f.supplierinfo_id""",
                self._stamp(),
            )
        )

    def _update_in_place(self):
        """What holds now, and terms: the record stays the same one."""
        rows = self.env.execute_query(
            SQL(
                """
            UPDATE product_supplierinfo s
               SET %s, %s,
                   date_start = CASE WHEN c.kind = 'other' THEN s.date_start
                                     ELSE COALESCE(c.day, s.date_start) END,
                   date_end = CASE WHEN c.kind <> 'other' AND c.day IS NULL AND c.date_end IS NULL
                                   THEN s.date_end ELSE c.date_end END
              FROM trade_catalogue_chunk c
             WHERE s.id = c.supplierinfo_id AND (c.kind = 'other' OR (c.kind = 'price' AND c.in_place))
         RETURNING s.id""",
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value) for name, value in self._said().items()
                ),
                self._stamp(),
            )
        )
        self.touched += [row[0] for row in rows]

    def _insert_new(self):
        catalogue = self.catalogue
        values = {
            **self._created(),
            **{
                name: SQL.identifier("c", name)
                for name in (*_WRITTEN, "product_tmpl_id", "product_id", "date_end")
            },
            "partner_id": SQL("%s", catalogue.partner_id.id),
            "company_id": SQL("%s", catalogue.company_id.id),
            "product_code": SQL("CASE WHEN c.scheme = 'seller' THEN c.code END"),
            "sequence": SQL("1"),
            "delay": SQL("COALESCE(c.delay, 1)"),
            "date_start": SQL("c.day"),
        }
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO product_supplierinfo (%s) SELECT %s FROM trade_catalogue_chunk c"
                " WHERE c.kind = 'new' RETURNING id",
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(values.values()),
            )
        )
        self.new = [row[0] for row in rows]
        self.touched += self.new

    def _end(self):
        """What is offered no more."""
        self.cr.execute(
            SQL(
                """
            UPDATE product_supplierinfo s
               SET date_end = LEAST(s.date_end, GREATEST(c.date_end, %s - 1)), %s
              FROM trade_catalogue_chunk c
             WHERE s.id = c.supplierinfo_id AND c.kind = 'ended'""",
                self.today,
                self._stamp(),
            )
        )

    def _clip(self, undated):
        """What was written ends where a later price of its level begins: never do two hold on one day.

        :param undated: something was written that begins before today
        """
        self.cr.execute(
            SQL(
                """
            UPDATE product_supplierinfo s SET date_end = n.start - 1
              FROM (SELECT t.id, MIN(o.date_start) AS start
                      FROM product_supplierinfo t
                      JOIN product_supplierinfo o
                        ON o.product_tmpl_id = t.product_tmpl_id AND o.partner_id = t.partner_id
                       AND o.product_id IS NOT DISTINCT FROM t.product_id AND o.min_qty = t.min_qty
                       AND o.product_uom_id = t.product_uom_id
                       AND o.company_id IS NOT DISTINCT FROM t.company_id
                       AND o.date_start > COALESCE(t.date_start, '-infinity')
                       AND (t.date_end IS NULL OR o.date_start <= t.date_end)
                     WHERE t.id = ANY(%s) AND o.date_start > %s GROUP BY t.id) AS n
             WHERE s.id = n.id""",
                self.touched,
                "-infinity" if undated else self.today,
            )
        )

    # -- saying so ---------------------------------------------------------------------------------

    def _mark(self):
        self.cr.execute(
            SQL(
                "UPDATE trade_catalogue_change"
                "   SET decision = 'applied', applied_at = now() AT TIME ZONE 'UTC'"
                " WHERE catalogue_id = %s AND id BETWEEN %s AND %s AND decision = 'accepted'",
                self.catalogue.id,
                self.ids[0],
                self.ids[-1],
            )
        )

    def _announce(self, terms):
        """Nothing that Odoo computed from the prices before is true any more."""
        infos = self.env["product.supplierinfo"]
        infos.invalidate_model()
        self.env["trade.catalogue.change"].invalidate_model()
        changed = self.new
        if terms:
            rows = self.env.execute_query(
                SQL("SELECT supplierinfo_id FROM trade_catalogue_chunk WHERE terms")
            )
            changed = [*self.new, *(row[0] for row in rows)]
        if changed:
            infos.browse(changed).modified(_DEPENDED)
