from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_core.pipeline.failures import aside


class TradePartner(models.Model):
    """Suppliers that agreed that we bill in their name."""

    _inherit = "trade.partner"

    trade_self_billing = fields.Boolean(
        "We bill in its name",
        tracking=True,
        help="What was received from this supplier and is not billed is billed by us, in its name and with"
        " numbers of its own. It needs its agreement; most countries want that in writing.",
    )
    trade_self_billing_agreement = fields.Char(
        "Agreement", tracking=True, help="Its number; it stands on every self-billed invoice."
    )
    trade_self_billing_from = fields.Date("Holds from", tracking=True)
    trade_self_billing_until = fields.Date("Holds until", tracking=True)
    trade_self_billing_run = fields.Selection(
        [
            ("manual", "By hand, on the order"),
            ("day", "Every day"),
            ("week", "Every Monday"),
            ("month", "On the first of every month"),
        ],
        "Drafts are made",
        default="manual",
        required=True,
        tracking=True,
        help="All orders of the supplier in one bill, as far as currency and terms are the same.",
    )
    trade_self_billing_next = fields.Date(
        "Next drafts on", compute="_compute_trade_self_billing_next", store=True, readonly=False, copy=False
    )
    trade_self_billing_journal_id = fields.Many2one(
        "account.journal",
        "Journal for self-billing",
        compute="_compute_trade_self_billing_journal_id",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('type', '=', 'purchase'), ('is_self_billing', '=', True)]",
        help="Its bills are numbered for each supplier on its own, without gaps.",
    )

    _self_billing_due_idx = models.Index("(trade_self_billing_next) WHERE trade_self_billing")

    @api.depends("trade_self_billing", "trade_self_billing_run")
    def _compute_trade_self_billing_next(self):
        for profile in self:
            profile.trade_self_billing_next = profile.trade_self_billing and profile._next_self_billing(
                fields.Date.context_today(profile)
            )

    def _next_self_billing(self, day):
        """The first day after ``day`` on which drafts are made, ``False`` for never."""
        self.ensure_one()
        steps = {
            "day": timedelta(days=1),
            "week": timedelta(days=7 - day.weekday()),
            "month": relativedelta(months=1, day=1),
        }
        step = steps.get(self.trade_self_billing_run)
        return day + step if step else False

    @api.depends("trade_self_billing", "company_id")
    def _compute_trade_self_billing_journal_id(self):
        for profile in self:
            journal = profile.trade_self_billing_journal_id
            if profile.trade_self_billing and not journal:
                journal = self.env["account.journal"].sudo().search(
                    [
                        *self.env["account.journal"]._check_company_domain(profile.company_id),
                        ("type", "=", "purchase"),
                        ("is_self_billing", "=", True),
                    ],
                    limit=1,
                )  # fmt: skip
            profile.trade_self_billing_journal_id = journal

    @api.constrains(
        "trade_self_billing",
        "trade_self_billing_agreement",
        "trade_self_billing_from",
        "trade_self_billing_until",
        "trade_self_billing_journal_id",
    )
    def _check_trade_self_billing(self):
        _ = self.env._
        for profile in self.filtered("trade_self_billing"):
            first, last = profile.trade_self_billing_from, profile.trade_self_billing_until
            journal = profile.sudo().trade_self_billing_journal_id
            if not (profile.trade_self_billing_agreement or "").strip():
                raise ValidationError(
                    _("To bill in the name of %s, enter the number of the agreement with it.", profile.name)
                )
            if first and last and last < first:
                raise ValidationError(
                    _("The agreement with %s ends before it begins. Correct the days.", profile.name)
                )
            if not journal:
                raise ValidationError(
                    _(
                        "Self-billed invoices need a journal of their own: under Invoicing, Configuration,"
                        " Journals, make one of type Purchase with 'Self Billing' (Advanced Settings)."
                    )
                )
            if journal.type != "purchase" or not journal.is_self_billing:
                raise ValidationError(
                    _("The journal %s is none for self-billing. Choose another one.", journal.display_name)
                )

    def _self_bills_on(self, day):
        """Whether we bill in the name of this supplier on a day."""
        self.ensure_one()
        first, last = self.trade_self_billing_from, self.trade_self_billing_until
        return self.trade_self_billing and (not first or first <= day) and (not last or day <= last)

    # -- the scheduled run ---------------------------------------------------------------------------

    @api.model
    def _cron_self_bill(self):
        """Draft what is due, supplier by supplier."""
        today = fields.Date.context_today(self)
        due = self.search([("trade_self_billing", "=", True), ("trade_self_billing_next", "<=", today)])
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for profile in due:
            profile._self_bill_due(today)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _self_bill_due(self, day):
        """Draft what was received of this supplier; what goes wrong is a problem of this one alone.

        :return: the drafts
        """
        self.ensure_one()
        self.trade_self_billing_next = self._next_self_billing(day)
        Order = self.env["purchase.order"].with_company(self.company_id)
        about = {"company": self.company_id, "trade_partner": self}
        with aside(self.env, f"draft the self-billed invoices of {self.name}", **about):
            orders = Order.search(
                [
                    ("partner_id", "child_of", self.partner_id.commercial_partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("state", "=", "purchase"),
                    ("invoice_status", "=", "to invoice"),
                ],
                order="date_order, id",
            )
            return orders._trade_self_bill(day)
        return self.env["account.move"]
