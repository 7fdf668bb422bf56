from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

_KEPT_DAYS = 90


class TradeSupplierReport(models.Model):
    """One stock report of a supplier, in however many pieces it came: what it is true for and how far it was
    read. A snapshot that was read to its end removes what is not in it.
    """

    _name = "trade.supplier.report"
    _description = "Supplier's Stock Report"
    _order = "as_of desc, id desc"

    name = fields.Char("Number", required=True, readonly=True)
    trade_partner_id = fields.Many2one(
        "trade.partner", "Supplier", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="trade_partner_id.company_id", store=True, index=True)
    route_id = fields.Many2one("trade.route", readonly=True, ondelete="cascade")
    message_id = fields.Many2one("trade.message", "File", required=True, readonly=True)
    revision = fields.Integer(readonly=True)
    as_of = fields.Datetime("True for", required=True, readonly=True)
    scope = fields.Selection(
        [("snapshot", "Everything there is"), ("delta", "Only what changed")],
        "What it holds",
        required=True,
        readonly=True,
    )
    location = fields.Char(
        "Place", required=True, readonly=True, default="", help="Empty: of all their places."
    )
    expected_count = fields.Integer("Pieces", readonly=True, help="Of the whole file.")
    piece_count = fields.Integer("Pieces read", readonly=True)
    line_count = fields.Integer("Lines read", readonly=True)
    unknown_count = fields.Integer("Of unknown items", readonly=True)
    completed_at = fields.Datetime("Read to the end", readonly=True)
    is_waiting = fields.Boolean("Not complete", compute="_compute_is_waiting", search="_search_is_waiting")

    _unique_report = models.UniqueIndex("(message_id, location, scope, revision, as_of)")
    _newest_idx = models.Index("(trade_partner_id, scope, location, as_of DESC, id DESC)")
    _route_idx = models.Index("(route_id, as_of)")

    @api.depends("completed_at")
    def _compute_is_waiting(self):
        for report in self:
            report.is_waiting = not report.completed_at

    def _search_is_waiting(self, operator, value):
        if operator != "in":
            return NotImplemented
        return fields.Domain.OR([("completed_at", "=" if wanted else "!=", False)] for wanted in value)

    def action_open_stock(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "trade_purchase_stock.trade_supplier_stock_action"
            ),
            "domain": [("report_id", "=", self.id)],
            "context": {},
        }

    def action_open_parts(self):
        """The pieces of the file; those that need a person first."""
        self.ensure_one()
        return self.message_id.action_open_parts()

    # -- what came -------------------------------------------------------------------------------

    @api.model
    def _file_of(self, message):
        """The message of the whole file a message is a piece of; itself when it came alone."""
        while message.original_id:
            message = message.original_id
        parent = message.parent_id
        return parent if parent.route_id == message.route_id else message

    @api.model
    def _newest_complete(self, trade_partner):
        """``{place: (as of, id)}`` of the newest snapshots that were read to their end."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (location) location, as_of, id FROM trade_supplier_report"
                " WHERE trade_partner_id = %s AND scope = 'snapshot' AND completed_at IS NOT NULL"
                " ORDER BY location, as_of DESC, id DESC",
                trade_partner.id,
            )
        )
        return {location: (as_of, report_id) for location, as_of, report_id in rows}

    @api.model
    def _get(self, wanted):
        """Find reports, or make them.

        :param list wanted: values of each; the same report may be asked for several times
        :return: list of reports, in the same order
        """
        files = self.env["trade.message"].browse({vals["message_id"] for vals in wanted})
        found = {report._identity(): report for report in self.search([("message_id", "in", files.ids)])}
        new = {}
        for vals in wanted:
            key = tuple(vals[name] for name in _IDENTITY)
            if key not in found:
                new.setdefault(key, vals)
        if new:
            pieces = dict(
                self.env["trade.message"]._read_group(
                    [("parent_id", "in", files.ids)], ["parent_id"], ["__count"]
                )
            )
            counts = {message.id: count for message, count in pieces.items()}
            for vals in new.values():
                vals["expected_count"] = counts.get(vals["message_id"], 1)
            found |= zip(new, self.create(list(new.values())), strict=True)
        return [found[tuple(vals[name] for name in _IDENTITY)] for vals in wanted]

    def _identity(self):
        return (self.message_id.id, self.location, self.scope, self.revision, self.as_of)

    def _was_read(self, number, pieces, lines, unknown):
        self.ensure_one()
        self.write(
            {
                "name": min(self.name, number, key=len),  # pieces are called like the whole, and longer
                "piece_count": self.piece_count + pieces,
                "line_count": self.line_count + lines,
                "unknown_count": self.unknown_count + unknown,
            }
        )

    def _complete(self):
        """Files whose last piece was just read are complete: what their snapshots do not name is gone."""
        siblings = self.search([("message_id", "in", self.message_id.ids)], order="as_of, id")
        for reports in siblings.grouped("message_id").values():
            waiting = reports.filtered(lambda report: not report.completed_at)
            if waiting and sum(reports.mapped("piece_count")) >= reports[0].expected_count:
                waiting.completed_at = fields.Datetime.now()
                for report in reports.filtered(lambda report: report.scope == "snapshot"):
                    self.env["trade.supplier.stock"]._drop_older(report, reports)

    # -- age -------------------------------------------------------------------------------------

    @api.model
    def _confirmed(self, routes):
        """``{route id: as of}`` of the newest reports of what changed: what they do not name is as it was."""
        rows = self._read_group(
            [("route_id", "in", routes.ids), ("scope", "=", "delta")], ["route_id"], ["as_of:max"]
        )
        return {route.id: as_of for route, as_of in rows}

    @api.autovacuum
    def _gc_reports(self):
        """Reports that nothing refers to any more; the newest ones of each kind stay."""
        self.env.cr.execute(
            SQL(
                """
            DELETE FROM trade_supplier_report r
             WHERE r.as_of < %s
               AND NOT EXISTS (SELECT FROM trade_supplier_stock s WHERE s.report_id = r.id)
               AND EXISTS (SELECT FROM trade_supplier_report n
                            WHERE n.trade_partner_id = r.trade_partner_id AND n.route_id = r.route_id
                              AND n.scope = r.scope AND n.location = r.location
                              AND n.completed_at IS NOT NULL AND n.as_of > r.as_of)""",
                fields.Datetime.now() - timedelta(days=_KEPT_DAYS),
            )
        )


_IDENTITY = ("message_id", "location", "scope", "revision", "as_of")
