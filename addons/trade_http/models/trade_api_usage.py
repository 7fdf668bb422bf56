from datetime import UTC, datetime, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..resources import DEPRECATED

KEEP_DAYS = 400  # a year, and the month it is compared with


class TradeApiUsage(models.Model):
    """How often a client used an operation of the API on a day. Counted afterwards: it may be a few short."""

    _name = "trade.api.usage"
    _description = "API Use"
    _order = "day desc, count desc, id desc"
    _rec_name = "operation"

    client_id = fields.Many2one("trade.api.client", required=True, readonly=True, ondelete="cascade")
    trade_partner_id = fields.Many2one(
        related="client_id.trade_partner_id", store=True, index=True, string="Partner"
    )
    company_id = fields.Many2one(related="client_id.company_id", store=True, index=True)
    operation = fields.Char(required=True, readonly=True, help="As the API's description calls it.")
    version = fields.Char(required=True, readonly=True)
    day = fields.Date(required=True, readonly=True, index=True)
    count = fields.Integer("Requests", required=True, readonly=True, aggregator="sum")
    last_used = fields.Datetime("Last used", required=True, readonly=True, aggregator="max")
    is_deprecated = fields.Boolean(
        "Deprecated", compute="_compute_deprecation", search="_search_is_deprecated"
    )
    sunset = fields.Date("Ends", compute="_compute_deprecation", help="From then on it may be gone.")
    note = fields.Char("What to do", compute="_compute_deprecation")

    _unique_use = models.UniqueIndex("(client_id, operation, version, day)")

    @api.depends("operation")
    def _compute_deprecation(self):
        for usage in self:
            deprecation = DEPRECATED.get(usage.operation)
            usage.is_deprecated = bool(deprecation)
            usage.sunset = deprecation and deprecation.sunset and deprecation.sunset.astimezone(UTC).date()
            usage.note = deprecation and deprecation.note

    def _search_is_deprecated(self, operator, value):
        if operator != "in":
            return NotImplemented
        deprecated = Domain("operation", "in", list(DEPRECATED))
        return Domain.OR([deprecated if wanted else ~deprecated for wanted in set(value)])

    @api.model
    def _add(self, uses):
        """Add to the counts, in READ COMMITTED.

        :param uses: ``{(client id, operation, version, day): how often}``; clients that are gone do not count
        """
        if not uses:
            return
        now = datetime.now(UTC).replace(tzinfo=None)
        # In one order everywhere: workers write the same rows.
        rows = [(*key, uses[key]) for key in sorted(uses)]
        self.env.execute_query(
            SQL(
                """
            INSERT INTO trade_api_usage AS usage (client_id, trade_partner_id, company_id, operation, version,
                                                  day, count, last_used)
            SELECT client.id, client.trade_partner_id, client.company_id, used.operation, used.version,
                   used.day, used.count, %s
              FROM (VALUES %s) AS used (client_id, operation, version, day, count)
              JOIN trade_api_client client ON client.id = used.client_id
            ON CONFLICT (client_id, operation, version, day)
            DO UPDATE SET count = usage.count + excluded.count, last_used = excluded.last_used
            RETURNING id""",
                now,
                SQL(", ").join(SQL("%s", row) for row in rows),
            )
        )

    @api.autovacuum
    def _gc_usage(self):
        limit = fields.Date.today() - timedelta(days=KEEP_DAYS)
        self.search([("day", "<", limit)], limit=100_000).unlink()
