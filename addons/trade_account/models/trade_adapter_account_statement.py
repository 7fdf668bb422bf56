from datetime import timedelta

from odoo import models
from odoo.tools import groupby

from odoo.addons.trade_kernel.errors import BusinessRefused, Superseded

_SHOWN = ["their_balance", "our_balance", "difference", "state"]


class TradeAdapterInAccountStatement(models.AbstractModel):
    """A supplier's statement of account: kept, and compared with our books. Nothing is booked by it."""

    _name = "trade.adapter.in.account_statement"
    _inherit = ["trade.adapter"]
    _description = "Statement of Account, from the Supplier"

    def _watched(self, work):
        """See :meth:`trade.adapter._watched`."""
        return [(work.record or self.env["trade.statement"], _SHOWN)]

    def _plan(self, works):
        """See :meth:`trade.adapter._plan`."""
        message = works[0].message
        currencies = self._currencies(works)
        known = self.env["trade.statement"].sudo().search(
            [
                ("trade_partner_id", "=", message.trade_partner_id.id),
                "|",
                ("state", "!=", "superseded"),
                ("name", "in", [work.document.document_number for work in works]),
            ]
        )  # fmt: skip
        for work in works:
            document = work.document
            work.currency = currencies.get(document.document_currency_code)
            if not work.currency:
                work.error = BusinessRefused(
                    "statement.currency",
                    number=document.document_number,
                    currency=document.document_currency_code,
                    subject=document.document_currency_code,
                )
                continue
            closing = document.balance
            work.amount = float(sum(one.amount for one in document.lines) if closing is None else closing)
            work.record = known.filtered(lambda one, number=document.document_number: one.name == number)[:1]
            self._check_account(work)
            if not work.error:
                self._check_newest(work, known)

    def _currencies(self, works):
        names = {work.document.document_currency_code for work in works}
        found = self.env["res.currency"].with_context(active_test=False).search([("name", "in", list(names))])
        return {currency.name: currency for currency in found}

    @staticmethod
    def _check_account(work):
        """One that is of a day to come would shut out all that come until then; and a correction of another
        account would take away what counts of the first."""
        document, record = work.document, work.record
        # It is tomorrow already where the supplier may be.
        if document.as_of > work.message.received_at.date() + timedelta(days=1):
            work.error = BusinessRefused(
                "statement.future",
                number=document.document_number,
                as_of=document.as_of,
                subject=document.document_number,
            )
        elif record and record.currency_id != work.currency:
            work.error = BusinessRefused(
                "statement.other_account",
                number=document.document_number,
                currency=work.currency.name,
                known=record.currency_id.name,
                subject=document.document_number,
            )

    @staticmethod
    def _check_newest(work, known):
        """A statement that is older than the one that counts says nothing any more."""
        rank = (work.document.as_of, work.document.issue_date)
        newer = known.filtered(
            lambda one: (
                one.state != "superseded"
                and one != work.record
                and one.currency_id == work.currency
                and (one.as_of, one.issue_date) > rank
            )
        )[:1]
        if newer:
            work.ignored = Superseded(
                "statement.old",
                number=work.document.document_number,
                as_of=work.document.as_of,
                newer=newer.name,
                newer_as_of=newer.as_of,
            )

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`."""
        Statement = self.env["trade.statement"].sudo()
        works = sorted(
            works, key=lambda work: (work.document.as_of, work.document.issue_date, work.message.id)
        )
        new = [work for work in works if not work.record]
        created = Statement.create([Statement._prepare(work) for work in new])
        for work, statement in zip(new, created, strict=True):
            work.record = statement
        for work in works:
            if work not in new:
                work.record.write(Statement._prepare(work))
        for _currency, group in groupby(works, lambda work: work.currency):
            Statement.union(*(work.record for work in group))._replace_older(group[-1].record)
        current = Statement.union(*(work.record for work in works)).filtered(lambda one: not one.newer_id)
        current._compare({work.record: work.document for work in works})
        for work in works:
            work.notes = [work.record.sentence]
