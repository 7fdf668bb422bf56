from collections import defaultdict

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

_CHUNK = 200  # vendors measured between two commits


class ProductSupplierinfo(models.Model):
    """How long a vendor really takes, beside what was agreed. Planning takes it where a trading partner says
    so; the agreed lead time itself is never changed."""

    _inherit = "product.supplierinfo"

    trade_measured_delay = fields.Integer(
        "Measured lead time", readonly=True, copy=False, aggregator=None,
        help="Days from the confirmed order to the complete receipt, in the last twelve months.",
        groups="base.group_user",
    )  # fmt: skip
    trade_measured_count = fields.Integer(
        "Receipts measured", readonly=True, copy=False, aggregator=None,
        help="Order lines the measured lead time is computed from.",
        groups="base.group_user",
    )  # fmt: skip
    trade_plan_measured = fields.Boolean(
        "Planned as measured", readonly=True, copy=False,
        help="Replenishment and new order lines are planned with the measured lead time instead of the agreed"
        " one: the trading partner says so, and there are enough receipts.",
        groups="base.group_user",
    )  # fmt: skip

    def _trade_more_days(self):
        """The days by which this vendor is planned longer, or shorter, than agreed."""
        seller = self[:1]
        return seller.trade_measured_delay - seller.delay if seller.trade_plan_measured else 0

    # -- measuring -----------------------------------------------------------------------------------

    @api.model
    def _cron_trade_measure(self):
        """Measure the lead time of every vendor that delivered lately, or did before."""
        Promise = self.env["trade.promise"].sudo()
        lately = Promise._read_group(
            [("kind", "=", "received"), ("date", ">=", self._trade_measured_since())], ["partner_id"]
        )
        before = self.sudo().search([("trade_measured_count", ">", 0)]).partner_id.commercial_partner_id
        vendors = before.union(*(vendor for (vendor,) in lately))
        self.env["ir.cron"]._commit_progress(remaining=len(vendors))
        for start in range(0, len(vendors), _CHUNK):
            chunk = vendors[start : start + _CHUNK]
            self.sudo()._trade_measure(chunk)
            if not self.env["ir.cron"]._commit_progress(len(chunk)):
                return

    @api.model
    def _trade_measured_since(self):
        return fields.Date.context_today(self) - relativedelta(years=1)

    @api.model
    def _trade_measure(self, vendors):
        """Measure the lead times of these vendors again and write what changed.

        :param vendors: companies (commercial partners)
        """
        sellers = self.search([("partner_id.commercial_partner_id", "in", vendors.ids)])
        measured = self._trade_measures(vendors)
        profiles = self.env["trade.partner"].search([("partner_id", "child_of", vendors.ids)])
        by_vendor = profiles.grouped(lambda profile: profile.partner_id.commercial_partner_id)
        changes = defaultdict(list)
        for seller in sellers:
            mine = by_vendor.get(seller.partner_id.commercial_partner_id, profiles.browse())
            if seller.company_id:
                mine = mine.filtered(lambda profile, seller=seller: profile.company_id == seller.company_id)
            values = mine._trade_measured_values(*measured.get(seller.id, (0, 0, 0)))
            if any(seller[name] != value for name, value in values.items()):
                changes[tuple(values.items())].append(seller.id)
        for values, ids in changes.items():
            self.browse(ids).write(dict(values))

    def _trade_measures(self, vendors):
        """``{price list line id: (receipts, median of days, 80th percentile)}``

        A line that came by the day we asked for, and that day was later than agreed, tells nothing about how
        fast the vendor is: we did not want it earlier.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT seller.id, count(*),
                       percentile_disc(0.5) WITHIN GROUP (ORDER BY fact.lead_time),
                       percentile_disc(0.8) WITHIN GROUP (ORDER BY fact.lead_time)
                  FROM (%(facts)s) fact
                  JOIN product_product product ON product.id = fact.product_id
                  JOIN product_supplierinfo seller ON seller.product_tmpl_id = product.product_tmpl_id
                   AND (seller.product_id IS NULL OR seller.product_id = product.id)
                   AND (seller.company_id IS NULL OR seller.company_id = fact.company_id)
                  JOIN res_partner vendor ON vendor.id = seller.partner_id
                   AND vendor.commercial_partner_id = fact.partner_id
                 WHERE fact.partner_id = ANY(%(vendors)s) AND fact.completed_on >= %(since)s
                   AND fact.lead_time >= 0
                   AND NOT (fact.completed_on <= fact.asked_date
                            AND fact.asked_date - fact.confirmed_on > seller.delay)
                 GROUP BY seller.id
                """,
                facts=self.env["trade.promise.report"]._table_query,
                vendors=vendors.ids,
                since=self._trade_measured_since(),
            )
        )
        return {seller_id: (count, median, slow) for seller_id, count, median, slow in rows}
