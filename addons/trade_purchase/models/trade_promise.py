from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

KINDS = [
    ("asked", "Asked"),
    ("first_promised", "Promised first"),
    ("re_promised", "Promised again"),
    ("despatched", "Despatched"),
    ("received", "Received"),
    ("billed", "Billed"),
]
PROMISED = "promised"  # as callers say it; the ledger knows whether it is the first promise
_PROMISES = ("first_promised", "re_promised")
# What replaces the entry before it is counted; what adds up is not.
_COUNTED = {"asked": ("asked",), PROMISED: _PROMISES}
_ADDED = ("despatched", "received", "billed")
MERGING = "trade.promise_merging"  # the setting of a transaction that merges contacts
KEPT = "The promise ledger keeps what happened: nothing in it is changed or deleted. Note what is true now."


class TradePromise(models.Model):
    """What was asked of a supplier, promised, despatched, received and billed, line by line: written once
    by :meth:`_note`, then kept by the database itself (see docs/adr/0033-the-promise-ledger-is-kept.md).

    *asked* and *promised* replace the entry before them; a promise of several deliveries is several entries
    with one ``number``. *despatched*, *received* and *billed* add up, and are negative when taken back.
    """

    _name = "trade.promise"
    _description = "Promise Ledger Entry"
    _order = "id desc"
    _rec_name = "order_name"
    _log_access = False

    kind = fields.Selection(KINDS, "What", required=True, readonly=True)
    number = fields.Integer(
        "No.", readonly=True, aggregator=None,
        help="The how manieth time it was asked or promised; the deliveries of one promise have one number.",
    )  # fmt: skip
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    product_uom_id = fields.Many2one(
        "uom.uom", "Unit", required=True, readonly=True, ondelete="restrict", help="The order line's unit."
    )
    date = fields.Date("For", readonly=True, help="The day it was asked or promised for, or happened on.")
    price = fields.Float(
        min_display_digits="Product Price",
        readonly=True,
        aggregator=None,
        help="Net price of one unit, where it was said.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    order_name = fields.Char("Order no.", required=True, readonly=True)
    line_ref = fields.Char("Line no.", readonly=True, help="The line's number in documents.")
    recorded_at = fields.Datetime("Noted on", required=True, readonly=True)

    order_line_id = fields.Many2one("purchase.order.line", readonly=True, ondelete="set null")
    order_id = fields.Many2one("purchase.order", readonly=True, ondelete="set null", index="btree_not_null")
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", "Vendor", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict", index=True)
    message_id = fields.Many2one(
        "trade.message", "Document", readonly=True, ondelete="set null", index="btree_not_null",
        groups="trade_core.group_trade_user", help="The document that said so.",
    )  # fmt: skip
    res_model = fields.Char("Source model", readonly=True)
    res_id = fields.Many2oneReference("Source", model_field="res_model", readonly=True)
    recorded_by_id = fields.Many2one("res.users", "Noted by", readonly=True, ondelete="set null")

    _source_idx = models.Index("(res_id, kind) WHERE res_model <> 'purchase.order'")
    _line_idx = models.Index("(order_line_id, kind, number) WHERE order_line_id IS NOT NULL")

    def init(self):
        """Let the database refuse every change: only links to what was deleted become empty."""
        columns = [field for field in self._fields.values() if field.store and field.column_type]
        links = [field for field in columns if field.type == "many2one" and field.ondelete == "set null"]
        facts = [field for field in columns if field not in links]
        same = [
            SQL("NEW.%(column)s IS NOT DISTINCT FROM OLD.%(column)s", column=SQL.identifier(field.name))
            for field in facts
        ]
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION trade_promise_keep() RETURNS trigger AS $keep$
                BEGIN
                    IF TG_OP = 'UPDATE' THEN
                        IF %(unchanged)s THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION USING MESSAGE = %(refusal)s, ERRCODE = 'restrict_violation';
                END
                $keep$ LANGUAGE plpgsql;
                DROP TRIGGER IF EXISTS trade_promise_kept ON trade_promise;
                CREATE TRIGGER trade_promise_kept BEFORE UPDATE OR DELETE ON trade_promise
                    FOR EACH ROW EXECUTE FUNCTION trade_promise_keep();
                DROP TRIGGER IF EXISTS trade_promise_kept_whole ON trade_promise;
                CREATE TRIGGER trade_promise_kept_whole BEFORE TRUNCATE ON trade_promise
                    FOR EACH STATEMENT EXECUTE FUNCTION trade_promise_keep();
                """,
                unchanged=SQL(" AND ").join([*same, *map(self._sql_link_kept, links)]),
                refusal=KEPT,
            )
        )

    def _sql_link_kept(self, field):
        """The condition under which a link may change: what it points to is gone. Vendors may be merged."""
        column = SQL.identifier(field.name)
        kept = SQL(
            "NEW.%(column)s IS NOT DISTINCT FROM OLD.%(column)s OR (NEW.%(column)s IS NULL"
            " AND NOT EXISTS (SELECT FROM %(table)s gone WHERE gone.id = OLD.%(column)s))",
            column=column,
            table=SQL.identifier(self.env[field.comodel_name]._table),
        )
        if field.name == "partner_id":
            kept = SQL(
                "%s OR (NEW.%s IS NOT NULL AND current_setting(%s, true) = 'on')", kept, column, MERGING
            )
        return SQL("(%s)", kept)

    @api.depends("kind", "order_name", "line_ref", "date", "quantity")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for entry in self:
            entry.display_name = (
                f"{entry.order_name} {entry.line_ref or ''} {kinds.get(entry.kind, '')}".strip()
            )

    # -- nobody edits it -----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("The promise ledger is written by what happens, not by hand."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._(KEPT))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._(KEPT))

    # -- writing -------------------------------------------------------------------------------------

    @api.model
    def _note(self, kind, rows):
        """Note what happened to order lines, all of it in one statement.

        *received* and *billed* are noted by receipts and bills themselves, whoever makes them, *asked* and
        *promised* by orders and answers.

        :param str kind: ``asked``, ``promised``, ``despatched``, ``received`` or ``billed``
        :param rows: dicts with ``order_line``, ``quantity`` in the order line's unit and ``date``; if known
            ``price`` (net, of one such unit) with ``currency`` (else the order's), ``message``, ``source``.
            Rows of one line in one call of ``promised`` are the deliveries of one promise. *despatched*,
            *received* and *billed* are what is added, negative when it is taken back.
        :return: the entries
        :raise ValueError: no such kind
        """
        if kind not in _COUNTED and kind not in _ADDED:
            raise ValueError(f"no kind of promise: {kind}")
        rows = list(rows)
        if not rows:
            return self.browse()
        lines = self.env["purchase.order.line"].union(*(row["order_line"] for row in rows))
        lines.flush_recordset(["order_id", "product_id", "product_uom_id"])
        lines.order_id.flush_recordset(["name", "partner_id", "company_id", "currency_id"])
        lines.order_id.partner_id.flush_recordset(["commercial_partner_id"])
        entries = self.browse(entry_id for (entry_id,) in self.env.execute_query(self._sql_note(kind, rows)))
        for records in (lines, lines.order_id):
            ledgers = [name for name, field in records._fields.items() if field.comodel_name == self._name]
            records.invalidate_recordset(ledgers, flush=False)
        return entries

    def _sql_note(self, kind, rows):
        values = [self._note_values(row) for row in rows]
        types = ("int4", "numeric", "date", "float8", "int4", "int4", "varchar", "int4")
        columns = [
            SQL("%s::%s", list(column), SQL(f"{type_}[]"))
            for column, type_ in zip(zip(*values, strict=True), types, strict=True)
        ]
        earlier = list(_COUNTED.get(kind, ()))
        return SQL(
            """
            INSERT INTO trade_promise (
                kind, number, quantity, product_uom_id, date, price, currency_id, order_name, line_ref,
                recorded_at, order_line_id, order_id, product_id, partner_id, company_id, message_id,
                res_model, res_id, recorded_by_id
            )
            SELECT CASE WHEN %(kind)s <> 'promised' THEN %(kind)s
                        WHEN earlier.number IS NULL THEN 'first_promised' ELSE 're_promised' END,
                   CASE WHEN %(counted)s THEN COALESCE(earlier.number, 0) + 1 END,
                   said.quantity, line.product_uom_id, said.date, said.price,
                   CASE WHEN said.price IS NOT NULL THEN COALESCE(said.currency_id, orders.currency_id) END,
                   orders.name, line.trade_line_ref, %(now)s, line.id, orders.id, line.product_id,
                   COALESCE(vendor.commercial_partner_id, vendor.id), orders.company_id, said.message_id,
                   said.res_model, said.res_id, %(uid)s
              FROM unnest(%(columns)s) WITH ORDINALITY
                   AS said(line_id, quantity, date, price, currency_id, message_id, res_model, res_id, place)
              JOIN purchase_order_line line ON line.id = said.line_id
              JOIN purchase_order orders ON orders.id = line.order_id
              JOIN res_partner vendor ON vendor.id = orders.partner_id
              LEFT JOIN LATERAL (
                   SELECT max(before.number) AS number
                     FROM trade_promise before
                    WHERE before.order_line_id = line.id AND before.kind = ANY(%(earlier)s::varchar[])
              ) earlier ON true
             ORDER BY said.place
            RETURNING id
            """,
            kind=kind,
            counted=bool(earlier),
            earlier=earlier,
            now=fields.Datetime.now(),
            uid=self.env.uid,
            columns=SQL(", ").join(columns),
        )

    def _note_values(self, row):
        price, source = row.get("price"), row.get("source")
        message, currency = row.get("message"), row.get("currency")
        quantity = self._fields["quantity"]
        return (
            row["order_line"].id,
            quantity.convert_to_column(row["quantity"], self),
            row["date"] or None,
            None if price is None else float(price),
            currency.id if currency else None,
            message.id if message else None,
            source._name if source else None,
            source.id if source else None,
        )
