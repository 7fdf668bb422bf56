import logging
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.trade_kernel.errors import InternalError

_logger = logging.getLogger(__name__)
_BATCH = 1000
_TOUCHED = "trade_account.touched"


class TradeStatementDue(models.Model):
    """Statements to compare again, because something of their supplier was booked.

    Where bills are booked rows are only ever added, at once for a whole transaction: nobody who enters a bill
    waits for a statement, or for somebody else who enters one of the same supplier.
    """

    _name = "trade.statement.due"
    _description = "Statement to Compare Again"
    _log_access = False

    statement_id = fields.Many2one("trade.statement", required=True, ondelete="cascade", index=True)

    @api.model
    def _touch(self, partners):
        """Something on the accounts of these partners changes in this transaction."""
        ids = set(partners.ids)
        if not ids:
            return
        precommit = self.env.cr.precommit
        touched = precommit.data.get(_TOUCHED)
        if touched is None:
            touched = precommit.data[_TOUCHED] = set()
            precommit.add(partial(self.env(su=True)[self._name]._note))
        touched |= ids

    @api.model
    def _note(self):
        """Before the commit: note the statements that count of whoever was touched."""
        touched = self.env.cr.precommit.data.pop(_TOUCHED)
        self.env["trade.statement"].flush_model(["partner_id", "newer_id"])
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO trade_statement_due (statement_id)
                SELECT statement.id
                  FROM trade_statement statement
                  JOIN res_partner contact ON contact.commercial_partner_id = statement.partner_id
                 WHERE contact.id = ANY(%s) AND statement.newer_id IS NULL
                 GROUP BY statement.id
                RETURNING id""",
                list(touched),
            )
        )
        if found:
            self.env.ref("trade_account.ir_cron_compare_statements")._trigger()

    @api.model
    def _cron_compare(self):
        """Compare what is due, each statement once however much was booked (cron)."""
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=self.search_count([]))
        while due := self.search([], order="statement_id, id", limit=_BATCH):
            for statement, rows in due.grouped("statement_id").items():
                self._compare(statement)
                count = len(rows)
                rows.unlink()
                if not progress(count):
                    return

    def _compare(self, statement):
        """One that cannot be compared keeps no other from it."""
        if statement.newer_id:
            return
        try:
            with self.env.cr.savepoint():
                statement._compare()
        except Exception as error:
            _logger.exception("could not compare %s again", statement)
            problem = InternalError(
                "statement.not_compared",
                number=statement.name,
                reason=str(error),
                subject=f"{statement._name}:{statement.id}",
            )
            self.env["trade.exception"]._open(problem, company=statement.company_id)
