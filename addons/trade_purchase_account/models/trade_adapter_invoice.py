from collections import defaultdict

from odoo import models
from odoo.tools import formatLang

from odoo.addons.trade_kernel.errors import BusinessRefused, DeviationHeld, OutOfSequence, TradeError
from odoo.addons.trade_kernel.matching import Match
from odoo.addons.trade_kernel.tolerance import Action, Deviation

from ..bill_plan import LinePlan, Plan

_ORDER_LINE_FIELDS = ["qty_invoiced"]
_BILL_FIELDS = ["ref", "partner_id", "amount_untaxed", "amount_total", "state"]
_SELF_BILLED = "389"
_CANDIDATES = 4
_DECIDED = ("accepted", "countered", "rejected")  # of the parts of a line, the last one counts


class TradeAdapterInInvoice(models.AbstractModel):
    """A supplier's invoice: every line beside order, receipt and earlier bills, decided by the limits or by
    people. What it is about is found in ``trade_adapter_invoice_find.py``, its lines and units in
    ``trade_adapter_invoice_lines.py``; the bill is made in ``trade_adapter_invoice_apply.py``.
    """

    _name = "trade.adapter.in.invoice"
    _inherit = ["trade.adapter"]
    _description = "Invoice, from the Supplier"

    _move_type = "in_invoice"
    _is_credit = False

    def _watched(self, work):
        """See :meth:`trade.adapter._watched`."""
        lines = self.env["purchase.order.line"].union(
            *(line.order_line for line in work.plan.goods if line.order_line)
        )
        bill = work.plan.bill or self.env["account.move"]
        return [(lines, _ORDER_LINE_FIELDS), (bill, _BILL_FIELDS)]

    def _decisions(self, message):
        """See :meth:`trade.adapter._decisions`."""
        if message.state not in ("applied", "rejected"):
            return []
        said = {"matched": "accepted", "accept": "accepted", "request_credit": "countered"}
        lines = {}
        for row in message.trade_match_ids.line_ids.filtered("order_line_id"):
            decision, key = said.get(row.decision, "rejected"), row.document_line or row.key
            known = lines.get(key)
            if not known or _DECIDED.index(decision) > _DECIDED.index(known["decision"]):
                lines[key] = {"line": key, "decision": decision, "decided_at": row.decided_at}
        return list(lines.values())

    # -- plan ------------------------------------------------------------------------------------

    def _plan(self, works):
        """See :meth:`trade.adapter._plan`."""
        message = works[0].message
        batch = _Batch(self.env, works)
        self._find_orders(works, batch)
        self._find_same(works, batch)
        works = [work for work in works if work.open]
        if not works:
            return
        batch.resolver = self.env["trade.mapping"]._resolver(message.trade_partner_id, message.company_id)
        batch.policies = self.env["trade.bill.tolerance"]._policies(
            message.trade_partner_id, message.company_id
        )
        self._prefetch(works, batch)
        for work in works:
            try:
                work.plan = self._compare(work, batch)
                self._judge(work)
            except TradeError as error:
                work.error = error
            if work.open and work.outcome == "applied":
                batch.note(work)

    # -- compare ---------------------------------------------------------------------------------

    def _compare(self, work, batch):
        """The plan of one document."""
        document = work.document
        if document.invoice_type_code == _SELF_BILLED:
            raise BusinessRefused(
                "bill.self_billed", number=document.document_number, subject=document.document_number
            )
        self._check_replaced(work, batch)
        orders = batch.orders[work.message.id]
        known = [*self._about_orders(work, batch), *self._about_currency(work, orders)]
        comparable = not any(one.dimension in ("order", "currency") for one in known)
        known += [
            *self._about_bank(work),
            *self._about_others(work, batch),
            *self._about_self_billing(work, orders),
        ]
        lines, invoiced, match = self._match_lines(work, batch, known, comparable)
        self._check_positive(work, invoiced)
        work.amount = float(invoiced.figures.gross)
        kept = batch.kept(work)
        plan = Plan(
            orders=orders,
            partner=orders[:1].partner_id or work.message.trade_partner_id.partner_id,
            invoiced=invoiced,
            match=match,
            identity=self._identity(work),
            lines=self._headers(match) + lines,
            kept=kept,
            credited=batch.credited.get(work.message.id, self.env["account.move"]),
            other_bill=batch.others.get(work.message.id, (self.env["account.move"], None))[0],
            replaces=batch.replaces.get(work.message.id, kept.browse()),
        )
        rows = {row.key: row for row in kept.line_ids}
        for line in plan.lines:
            line.decide(rows.get(line.key))
        if any(line.key.startswith("header:duplicate") and line.decision == "accept" for line in plan.lines):
            plan.identity += f":{work.message.id}"  # a person says that it is another one
        return plan

    def _check_positive(self, work, invoiced):
        """
        :raise BusinessRefused: more is taken off than billed, which no bill can say
        """
        if invoiced.figures.gross < 0:
            number, total = work.document.document_number, float(invoiced.figures.gross)
            raise BusinessRefused(
                "bill.negative",
                number=number,
                total=formatLang(self.env, total, currency_obj=work.currency),
                subject=number,
            )

    def _headers(self, match: Match):
        """The differences of the document as a whole, one line per kind."""
        by_kind = defaultdict(list)
        for one in match.header:
            by_kind[one.dimension].append(one)
        return [LinePlan(f"header:{kind}", tuple(found)) for kind, found in by_kind.items()]

    def _check_replaced(self, work, batch):
        """
        :raise BusinessRefused: the revision this one corrects is posted
        """
        earlier = batch.replaces.get(work.message.id)
        if earlier and earlier.bill_id.state == "posted":
            raise BusinessRefused(
                "bill.posted_already",
                number=work.document.document_number,
                revision=work.document.revision,
                bill=earlier.bill_id.display_name,
                subject=work.document.document_number,
            )

    def _about_orders(self, work, batch):
        error, orders = batch.order_error[work.message.id], batch.orders[work.message.id]
        if error:
            yield self._known("order", error.message.removesuffix(".") + ". " + self._candidates(work))
        elif closed := orders.filtered(lambda order: order.state != "purchase"):
            states = dict(closed._fields["state"]._description_selection(self.env))
            named = ", ".join(f"{order.name} ({states[order.state]})" for order in closed)
            yield self._known("order", self.env._("Nothing can be billed on %s.", named))
        elif not orders:
            yield self._known("order", self.env._("It names no order we know. %s", self._candidates(work)))

    def _candidates(self, work):
        message = work.message
        found = self.env["purchase.order"].search(
            [
                ("partner_id", "child_of", message.trade_partner_id.partner_id.commercial_partner_id.id),
                ("company_id", "=", message.company_id.id),
                ("state", "=", "purchase"),
                ("invoice_status", "!=", "invoiced"),
            ],
            limit=_CANDIDATES,
            order="date_order desc",
        )
        if not found:
            return self.env._("Nothing is left to bill with this supplier.")
        named = ", ".join(
            f"{order.name} ({formatLang(self.env, order.amount_total, currency_obj=order.currency_id)})"
            for order in found
        )
        return self.env._("Left to bill with this supplier: %s.", named)

    def _about_currency(self, work, orders):
        ours = orders.currency_id
        if ours and ours != work.currency:
            yield self._known(
                "currency",
                self.env._(
                    "It is in %(theirs)s, the order is in %(ours)s.",
                    theirs=work.document.document_currency_code,
                    ours=", ".join(ours.mapped("name")),
                ),
            )

    def _about_bank(self, work):
        """Other bank details than we know: never taken over, a person checks with the supplier."""
        partner = work.message.trade_partner_id.partner_id.commercial_partner_id
        known = {_account(bank.acc_number) for bank in partner.sudo().bank_ids}
        said = [means.payee_financial_account for means in work.document.payment_means]
        strange = [account for account in said if account and _account(account) not in known]
        if known and strange:
            yield self._known(
                "bank",
                self.env._(
                    "It asks for payment to %(account)s, which is none of the accounts we know of"
                    " %(partner)s. Check with them by a way you know; the bill keeps the account we have.",
                    account=strange[0],
                    partner=partner.name,
                ),
            )

    def _about_self_billing(self, work, orders):
        """We bill in the supplier's name: its own invoice would be the same thing a second time."""
        profile, day = work.message.trade_partner_id, work.document.issue_date
        if not profile._self_bills_on(day):
            return
        ours = orders.order_line.invoice_lines.move_id.filtered(
            lambda bill: bill.state != "cancel" and bill._trade_is_self_billed()
        )
        agreement = self.env._("agreement %s", profile.trade_self_billing_agreement)
        named = [agreement, *(bill.name or bill.display_name for bill in ours[:_CANDIDATES])]
        yield self._known(
            "self_billing",
            self.env._(
                "We bill in its name (%s). Refuse it, or accept it if we do not bill this.", ", ".join(named)
            ),
        )

    def _about_others(self, work, batch):
        bill, match = batch.others.get(work.message.id, (None, None))
        if not (bill or match):
            return
        amount = bill.amount_total if bill else match.amount_total
        yield self._known(
            "duplicate",
            self.env._(
                "%(other)s has the same number, but comes to %(theirs)s; this one to %(ours)s.",
                other=bill.display_name if bill else match.number,
                theirs=formatLang(self.env, amount, currency_obj=(bill or match).currency_id),
                ours=formatLang(self.env, self._total(work.document), currency_obj=work.currency),
            ),
        )

    def _known(self, dimension, sentence):
        return Deviation(dimension, None, None, Action.HOLD, sentence)

    # -- judge -----------------------------------------------------------------------------------

    def _judge(self, work):
        """Whether the plan can be booked as it is decided.

        :raise DeviationHeld: a person has to decide, or the supplier to answer
        :raise OutOfSequence: a receipt has to come first
        :raise BusinessRefused: there is nothing to book charges on
        """
        plan, number = work.plan, work.document.document_number
        if plan.decided("pending"):
            raise DeviationHeld(
                "bill.deviates", number=number, summary=plan.summary("pending"), subject=number
            )
        if plan.decided("reject"):
            work.outcome = "rejected"
            reasons = [line.row.reason for line in plan.decided("reject") if line.row and line.row.reason]
            work.notes = [*dict.fromkeys(reasons), plan.summary("reject") + "."]
            return
        if plan.decided("dispute"):
            raise DeviationHeld(
                "bill.disputed", number=number, summary=plan.summary("dispute"), subject=number
            )
        if waiting := plan.decided("wait"):
            order = next(line.order_line.order_id for line in waiting if line.order_line)
            raise OutOfSequence(
                "bill.not_received",
                number=number,
                summary=plan.summary("wait"),
                subject=f"receipt:{order.name}",
            )
        self._check_charges(work)

    def _check_charges(self, work):
        document, company = work.document, work.message.company_id
        named = [charge.name for charge in self._unagreed(work, work.plan.lines)]
        named += [line.match.billed.item for line in work.plan.others if not line.product]
        if named and not company.trade_charge_product_id:
            raise BusinessRefused(
                "bill.no_charge_product",
                number=document.document_number,
                charges=", ".join(named),
                subject="trade_charge_product_id",
            )

    def _held(self, works):
        """See :meth:`trade.adapter._held`."""
        kept = (DeviationHeld, OutOfSequence)
        self.env["trade.bill.match"]._keep(
            [work for work in works if work.plan and isinstance(work.error, kept)]
        )


class _Batch:
    """What is looked up for all documents of a batch at once."""

    def __init__(self, env, works):
        ids = [work.message.id for work in works if work.message.attempt_count]
        Match = env["trade.bill.match"].sudo()
        found = Match.search([("trade_message_id", "in", ids)]) if ids else Match
        self._kept = found.grouped(lambda match: match.trade_message_id.id)
        self._nothing = Match.browse()
        self.orders, self.order_error = {}, {}  # by message id
        self.others, self.replaces, self.credited = {}, {}, {}
        self.billed = defaultdict(int)  # order line → what earlier documents of the batch bill of it
        self.taken_back = defaultdict(float)  # order line → what they credit of its price alone
        self.resolver = self.policies = self.received_days = None

    def kept(self, work):
        return self._kept.get(work.message.id, self._nothing)

    def note(self, work):
        """A later document of the batch sees what this one bills."""
        for line in work.plan.goods:
            if line.match.is_price:
                self.taken_back[line.order_line] += float(line.match.billed.amount)
            else:
                quantity = line.match.billed.quantity
                self.billed[line.order_line] += -quantity if self.is_credit(work) else quantity

    @staticmethod
    def is_credit(work):
        return work.document.document_type == "credit_note"


def _account(number):
    return "".join((number or "").split()).upper()
