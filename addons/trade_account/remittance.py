"""What there is to tell a supplier of a payment: which documents it is for, and how that adds up.

The facts of a payment are JSON values that say the same as long as the same was paid, so that two of them can
be compared::

    {"total", "currency", "date", "notes": [text, …], "means": {…} or None, "basis", "lines": [
        {"bill": id or None, "number", "type", "issued", "paid", "invoiced", "discount", "note",
         "adjustments": [[reason, amount], …]}, …]}

All amounts are texts in the currency of the payment; those of credit notes are below zero. Each line holds:
what is settled = paid + discount - adjustments; and the total is the sum of what is paid.
"""

from collections import defaultdict

from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.canonical.base import plain

REGISTERED = ("in_process", "paid")
#: UNTDID 1001
_TYPES = {"in_invoice": "380", "in_refund": "381"}
#: payment method → UNCL 4461
_MEANS = {"check_printing": "20"}
_TRANSFER = "30"


def is_paid_out(payment):
    """Whether this is money for a supplier."""
    return (
        payment.payment_type == "outbound" and payment.partner_type == "supplier" and bool(payment.partner_id)
    )


def remittances(payments, current, even_on_account=False):
    """The facts of several payments at once.

    :param dict current: ``{payment id: the facts told last, or None}``
    :param even_on_account: also of payments that are for no bill yet
    :return: ``{payment id: facts, or None when there is nothing to tell}``
    """
    live = payments.filtered(lambda payment: payment.state in REGISTERED and not _is_reversed(payment))
    matched, credited = _matched(live), _credited(live)
    found = dict.fromkeys(payments.ids)
    for payment in live:
        told = current.get(payment.id)
        lines = _lines(payment, matched[payment], credited, told)
        if told or even_on_account or any(line["bill"] for line in lines):
            found[payment.id] = _facts(payment, lines)
    return found


def _is_reversed(payment):
    """Whether its entry was taken back by another one, as of a transfer that came back."""
    return any(move.state == "posted" for move in payment.move_id.reversal_move_ids)


def nothing_paid(told, state):
    """The facts when a payment that a supplier was told of is not made."""
    why = {
        "draft": "This payment was taken back and is not made for now.",
        "rejected": "The bank refused this payment.",
    }
    zero = [
        {**line, "paid": "0", "discount": None, "note": None, "adjustments": []} for line in told["lines"]
    ]
    lines = [line for line in zero if line["bill"]]
    notes = [why.get(state, "This payment was cancelled."), "Nothing is paid with it."]
    return {**told, "total": "0", "notes": notes, "lines": lines or zero}


def _facts(payment, lines):
    reference = (payment.memo or payment.payment_reference or "").strip()
    return {
        "total": _text(payment, payment.amount),
        "currency": payment.currency_id.name,
        "date": payment.date.isoformat(),
        "notes": [reference] if reference else [],
        "means": _means(payment),
        "basis": _basis(payment),
        "lines": lines,
    }


def _means(payment):
    """How the money moves, when that is certain."""
    bank, code = payment.partner_bank_id, _MEANS.get(payment.payment_method_code)
    if code or not bank:
        return {"payment_means_code": code} if code else None
    means = {
        "payment_means_code": _TRANSFER,
        "payee_financial_account": bank.sanitized_acc_number,
        "financial_institution": bank.bank_bic,
    }
    return {name: value for name, value in means.items() if value}


def _basis(payment):
    """What a payment that is not booked was distributed by; see :func:`_by_due_date`."""
    return None if payment.move_id else [_text(payment, payment.amount), sorted(payment.invoice_ids.ids)]


# -- what is matched -------------------------------------------------------------------------------


def _matched(payments):
    """``{payment: {document: (settled in the payment's currency, in its own)}}`` as it is booked."""
    found = defaultdict(lambda: defaultdict(lambda: (0.0, 0.0)))
    by_move = {payment.move_id: payment for payment in payments if payment.move_id}
    if not by_move:
        return found
    moves = payments.move_id.ids
    partials = payments.env["account.partial.reconcile"].search([("debit_move_id.move_id", "in", moves)])
    for partial in partials:
        payment, bill = by_move[partial.debit_move_id.move_id], partial.credit_move_id.move_id
        if bill.move_type in _TYPES:
            own, theirs = found[payment][bill]
            found[payment][bill] = (
                own + partial.debit_amount_currency,
                theirs + partial.credit_amount_currency,
            )
    return found


def _credited(payments):
    """``{(credit note, bill): amount}`` of the documents that were paid together."""
    notes = payments.invoice_ids.filtered(lambda move: move.move_type == "in_refund")
    found = defaultdict(float)
    if not notes:
        return found
    partials = payments.env["account.partial.reconcile"].search([("debit_move_id.move_id", "in", notes.ids)])
    for partial in partials:
        note, bill = partial.debit_move_id.move_id, partial.credit_move_id.move_id
        if note.currency_id == bill.currency_id:
            found[note, bill] += partial.debit_amount_currency
    return found


# -- lines -----------------------------------------------------------------------------------------


def _lines(payment, matched, credited, told):
    if payment.move_id:
        return _booked(payment, matched, credited)
    if told and told["basis"] == _basis(payment):
        return told["lines"]  # what was open then may be settled by now, with the bank's statement
    return _by_due_date(payment)


def _booked(payment, matched, credited):
    """The documents that a booked payment is matched with."""
    currency, settled, own = payment.currency_id, defaultdict(float), {}
    for bill, (amount, theirs) in matched.items():
        settled[bill] += amount
        own[bill] = theirs
    for (note, bill), amount in credited.items():
        if {note, bill} <= set(payment.invoice_ids) and bill.currency_id == currency and bill in matched:
            settled[bill] += amount
            settled[note] -= amount
    _liquidity, counterpart, _others = payment._seek_for_lines()
    whole = sum(counterpart.mapped("amount_currency"))
    lines = [_line(payment, bill, settled[bill], own.get(bill)) for bill in sorted(settled, key=_place)]
    _explain(payment, lines, currency.round(whole - payment.amount))
    rest = currency.round(whole - sum(amount for amount, _theirs in matched.values()))
    return lines + _on_account(payment, rest, lines)


def _by_due_date(payment):
    """The documents of a payment that is not booked: what is due first is paid first, as it is matched."""
    currency = payment.currency_id
    documents = payment.invoice_ids.filtered(
        lambda move: move.move_type in _TYPES and move.currency_id == currency
    ).sorted(_place)
    others = payment.invoice_ids.filtered(lambda move: move.move_type in _TYPES) - documents
    notes = documents.filtered(lambda move: move.move_type == "in_refund")
    bills = documents - notes
    discounts = {bill: _discount(payment, bill) for bill in bills}
    open_ = {move: move.amount_residual * (-1 if move in notes else 1) for move in documents}
    whole = currency.round(sum(open_.values()) - sum(discounts.values()))
    in_full = not others and currency.is_zero(whole - payment.amount)
    left = payment.amount - sum(open_[note] for note in notes)
    lines = []
    for move in documents:
        if move in notes:
            lines.append(_line(payment, move, open_[move]))
            continue
        discount = discounts[move] if in_full else 0.0
        part = open_[move] - discount if in_full else min(move.amount_residual or move.amount_total, left)
        left = currency.round(left - part)
        line = _line(payment, move, part + discount)
        _take(payment, line, discount)
        lines.append(line)
    if len(others) == 1 and not documents:
        return [{**_line(payment, others, payment.amount), "note": _elsewhere(others)}]
    return lines + _on_account(payment, left, lines)


def _place(move):
    return (move.invoice_date_due or move.date, move.date, move.id)


def _line(payment, move, settled, own=None):
    same = move.currency_id == payment.currency_id
    total = move.amount_total * (-1 if move.move_type == "in_refund" else 1)
    note = None
    if not same:
        note = _elsewhere(move) if own is None else f"{move.currency_id.format(own)} of {_elsewhere(move)}"
    return {
        "bill": move.id,
        "number": (move.ref or "").strip() or move.name,
        "type": _TYPES[move.move_type],
        "issued": (move.invoice_date or move.date).isoformat(),
        "paid": _text(payment, settled),
        "invoiced": _text(payment, total) if same else None,
        "discount": None,
        "note": note,
        "adjustments": [],
    }


def _elsewhere(move):
    """A document in another currency, in words: its amount is none of the payment's currency."""
    return f"{_total(move)} {move.currency_id.name}"


def _total(move):
    return f"{move.amount_total:.{move.currency_id.decimal_places}f}"


def _on_account(payment, rest, lines):
    """What was paid and is for no document yet."""
    if payment.currency_id.compare_amounts(rest, 0.0) <= 0:
        return []
    note = "Not yet for a certain invoice." if lines else "Paid on account."
    return [
        {
            "bill": None,
            "number": None,
            "type": None,
            "issued": None,
            "paid": _text(payment, rest),
            "invoiced": None,
            "discount": None,
            "note": note,
            "adjustments": [],
        }
    ]


def _explain(payment, lines, difference):
    """Why less was paid than is settled: cash discounts, else what the person who paid wrote."""
    currency = payment.currency_id
    if currency.is_zero(difference) or not lines:
        return
    bills = {line["bill"]: line for line in lines if line["type"] == "380"}
    moves = payment.env["account.move"].browse(bills)
    discounts = {move.id: _discount(payment, move) for move in moves}
    if currency.is_zero(sum(discounts.values()) - difference):
        for bill, discount in discounts.items():
            _take(payment, bills[bill], discount)
        return
    others = payment._seek_for_lines()[2]
    reason = ", ".join(dict.fromkeys(name for name in others.mapped("name") if name)) or "Difference"
    line = max(lines, key=lambda one: float(one["paid"]))
    if len(lines) > 1:
        reason = f"For the payment as a whole: {reason}"
    line["adjustments"] = [[reason, _text(payment, -difference)]]
    line["paid"] = _text(payment, float(line["paid"]) - difference)


def _take(payment, line, discount):
    if not payment.currency_id.is_zero(discount):
        line["discount"] = _text(payment, discount)
        line["paid"] = _text(payment, float(line["paid"]) - discount)


def _discount(payment, bill):
    """The cash discount a bill offers on the day of the payment."""
    terms = bill.line_ids.filtered(
        lambda line: (
            line.display_type == "payment_term" and line.discount_date and line.discount_date >= payment.date
        )
    )
    if bill.currency_id != payment.currency_id:
        return 0.0
    return abs(sum(terms.mapped("amount_currency")) - sum(terms.mapped("discount_amount_currency")))


def _text(payment, value):
    return plain(decimal(value, payment.currency_id.decimal_places))
