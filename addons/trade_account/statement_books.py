"""What our books say of a supplier's account in one currency, as plain items.

All amounts are what we owe: bills are above zero, credit notes and payments below.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from odoo.tools import SQL

from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.document_numbers import number_key

#: how far back documents that are settled are looked for
_BACK = timedelta(days=400)
_AROUND = timedelta(days=62)
_READ = (
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.payment",
    "account.account",
    "res.partner",
)
_KINDS = {"in_invoice": "invoice", "in_refund": "credit_note"}


@dataclass(eq=False)
class Item:
    """One document of ours on the supplier's account.

    :ivar day: of the document
    :ivar full: its amount
    :ivar settled: ``{other move id: amount}`` it was matched with, of the sign of ``full``
    """

    move_id: int
    kind: str
    name: str
    number: str
    keys: frozenset
    day: date
    due: date | None
    full: Decimal
    draft: bool = False
    settled: dict = field(default_factory=dict)

    @property
    def open(self):
        """What is left of it."""
        return self.full - sum(self.settled.values())


def items(env, partner, company, currency, as_of, oldest):
    """The posted documents of this supplier that may matter, and drafts of bills.

    :param partner: the commercial partner
    :param oldest: the first day the statement speaks of
    :return: list of :class:`Item`
    """
    since = min(as_of - _BACK, oldest - _AROUND)
    for name in _READ:
        env[name].flush_model()
    rows = env.execute_query(
        SQL(
            """
        SELECT line.id, move.id, move.move_type, move.name, move.ref, move.payment_reference,
               payment.name, payment.memo, payment.payment_reference,
               LEAST(move.invoice_date, move.date), move.invoice_date_due, -line.amount_currency
          FROM account_move_line line
          JOIN account_move move ON move.id = line.move_id
          JOIN account_account account ON account.id = line.account_id
          JOIN res_partner contact ON contact.id = line.partner_id
          LEFT JOIN account_payment payment ON payment.id = move.origin_payment_id
         WHERE contact.commercial_partner_id = %(partner)s
           AND line.company_id = %(company)s
           AND line.currency_id = %(currency)s
           AND line.parent_state = 'posted'
           AND account.account_type = 'liability_payable'
           AND (move.date >= %(since)s OR NOT COALESCE(line.reconciled, FALSE)
                OR EXISTS (SELECT 1 FROM account_partial_reconcile part
                            WHERE line.id IN (part.debit_move_id, part.credit_move_id)
                              AND part.max_date > %(as_of)s))
         ORDER BY line.id""",
            partner=partner.id,
            company=company.id,
            currency=currency.id,
            since=since,
            as_of=as_of,
        )
    )
    found, digits = {}, currency.decimal_places
    by_line = {}
    for line_id, move_id, move_type, name, *numbers, day, due, amount in rows:
        by_line[line_id] = move_id
        if move_id not in found:
            kind = _KINDS.get(move_type, "payment")
            own = numbers[0] if kind != "payment" else None
            found[move_id] = Item(
                move_id,
                kind,
                name,
                own or next(filter(None, numbers[2:]), None) or name,
                _keys(name, *numbers),
                day,
                due,
                Decimal(0),
            )
        found[move_id].full += decimal(amount, digits)
    _settle(env, found, by_line, digits)
    whole = [item for item in found.values() if item.full]
    return whole + _drafts(env, partner, company, currency)


def _keys(*numbers):
    return frozenset(filter(None, map(number_key, filter(None, numbers))))


def _settle(env, found, by_line, digits):
    """Note what each item was matched with."""
    if not by_line:
        return
    rows = env.execute_query(
        SQL(
            """
        SELECT part.debit_move_id, debit.move_id, part.debit_amount_currency,
               part.credit_move_id, credit.move_id, part.credit_amount_currency
          FROM account_partial_reconcile part
          JOIN account_move_line debit ON debit.id = part.debit_move_id
          JOIN account_move_line credit ON credit.id = part.credit_move_id
         WHERE part.debit_move_id = ANY(%(lines)s) OR part.credit_move_id = ANY(%(lines)s)""",
            lines=list(by_line),
        )
    )
    settled = defaultdict(Decimal)
    for debit_line, debit, debit_amount, credit_line, credit, credit_amount in rows:
        if debit_line in by_line:
            settled[debit, credit] -= decimal(debit_amount, digits)
        if credit_line in by_line:
            settled[credit, debit] += decimal(credit_amount, digits)
    for (move_id, other), amount in settled.items():
        if amount:
            found[move_id].settled[other] = amount


def _drafts(env, partner, company, currency):
    moves = env["account.move"].search(
        [
            ("commercial_partner_id", "=", partner.id),
            ("company_id", "=", company.id),
            ("currency_id", "=", currency.id),
            ("move_type", "in", list(_KINDS)),
            ("state", "=", "draft"),
        ]
    )
    return [
        Item(
            move.id,
            _KINDS[move.move_type],
            move.display_name,
            move.ref or move.display_name,
            _keys(move.ref, move.payment_reference),
            move.invoice_date or move.date,
            move.invoice_date_due,
            decimal(move.amount_total, currency.decimal_places)
            * (-1 if move.move_type == "in_refund" else 1),
            draft=True,
        )
        for move in moves
    ]
