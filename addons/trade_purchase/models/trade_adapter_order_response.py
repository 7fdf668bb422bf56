from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

from odoo import models

from odoo.addons.trade_core.mapping.units import OTHER_UNIT
from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.canonical.order_response import ADDED
from odoo.addons.trade_kernel.deviation import Asked, Deviation, LineAssessment, evaluate
from odoo.addons.trade_kernel.errors import (
    BusinessRefused,
    DeviationHeld,
    MappingAmbiguous,
    MappingMissing,
    OutOfSequence,
    Superseded,
    TradeError,
    TradeErrors,
)

from ..answer_plan import EndConfirmed, LinePlan, Plan, header_line
from ..tools import PRICE_DECIMALS
from ..units import unit_codes

_ORDER_FIELDS = ["acknowledged", "partner_ref"]
_LINE_FIELDS = ["product_qty", "price_unit", "date_planned", "trade_promised_qty", "trade_promised_date"]


class TradeAdapterInOrderResponse(models.AbstractModel):
    """A supplier's answer: compared with what was asked by the one deviation engine, and decided by the
    route's policy or by the buyer. How it is applied is in ``trade_adapter_order_response_apply.py``.
    """

    _name = "trade.adapter.in.order_response"
    _inherit = ["trade.adapter"]
    _description = "Order Response, from the Supplier"

    def _watched(self, work):
        """See :meth:`trade.adapter._watched`."""
        order = work.record
        goods = order.order_line.filtered(lambda line: not line.display_type)
        return [(order, _ORDER_FIELDS), (goods, _LINE_FIELDS)]

    def _is_answer(self, message, asked=None):
        """See :meth:`trade.adapter._is_answer`. That an order has ended is answered by naming the revision
        that told it, nothing else."""
        if asked and asked.document_type == "order_cancellation":
            about = ((message.canonical or {}).get("order_reference") or {}).get("sequence_number")
            return about == asked.revision and not message.trade_receipt_only
        return not message.trade_receipt_only

    def _decisions(self, message):
        """See :meth:`trade.adapter._decisions`."""
        if message.state not in ("applied", "rejected"):
            return []
        return [
            {"line": row.key, "decision": row.decision, "decided_at": row.decided_at}
            for row in message.trade_answer_ids.sorted(lambda row: (row.sequence, row.id))
            if not row.part and row.kind != "header" and row.decision != "pending"
        ]

    # -- plan ------------------------------------------------------------------------------------

    def _plan(self, works):
        """See :meth:`trade.adapter._plan`: one query for all orders, one per kind of code."""
        self._find_orders(works)
        works = [work for work in works if work.open and not work.plan]
        if not works:
            return
        message = works[0].message
        resolver = self.env["trade.mapping"]._resolver(message.trade_partner_id, message.company_id)
        policy = message.route_id._deviation_policy()
        self._prefetch(works, resolver)
        rows = self._rows_of(works)
        for work in works:
            try:
                work.plan = self._compare(work, resolver, policy, rows.get(work.message.id, rows[None]))
                self._judge(work)
            except TradeError as error:
                work.error = error

    def _find_orders(self, works):
        """Set ``record`` of each work, or why its order takes no answer."""
        message = works[0].message
        found = self.env["purchase.order"]._trade_named(
            {work.document.thread for work in works}, message.trade_partner_id, message.company_id
        )
        for work in works:
            order = found[work.document.thread]
            if isinstance(order, TradeError):
                work.error = order
                continue
            work.record = order
            work.amount, work.currency = work.record.amount_total, work.record.currency_id
            work.outcome, work.notes = "applied", []
            try:
                work.plan = self._end_confirmed(work)
                if not work.plan:
                    self._check_current(work)
            except Superseded as reason:
                work.ignored = reason
            except TradeError as error:
                work.error = error

    def _end_confirmed(self, work):
        """That the supplier accepts the end of a cancelled order, said of the very revision that told it.

        :raise BusinessRefused: they do not accept it
        """
        order, document = work.record, work.document
        told = order._trade_last_message() if order.state == "cancel" else None
        about = document.order_reference.sequence_number
        if not told or told.document_type != "order_cancellation" or about != told.revision:
            return None
        if document.order_response_code in ("AP", "AB"):
            return EndConfirmed(receipt_only=document.order_response_code == "AB")
        said = " ".join(document.note) or self.env._("no reason is given")
        raise BusinessRefused("order.end_refused", order=order.name, reason=said, subject=order.name)

    def _check_current(self, work):
        """Whether the answer is about the order as it stands.

        :raise BusinessRefused: the order takes no answers
        :raise OutOfSequence: it answers a revision that was never sent
        :raise Superseded: it answers an earlier revision, or is older than what was applied
        """
        order, document = work.record, work.document
        if order.state != "purchase":
            state = dict(order._fields["state"]._description_selection(self.env))[order.state]
            code = "order.closed" if order.state == "cancel" else "order.not_placed"
            raise BusinessRefused(code, order=order.name, state=state, subject=order.name)
        revision, current = document.order_reference.sequence_number, order.trade_revision
        number = document.document_number
        if revision is not None and order.trade_last_ref and revision < current:
            raise Superseded("response.old_order", number=number, revision=revision, current=current)
        if revision is not None and order.trade_last_ref and revision > current:
            raise OutOfSequence(
                "response.future_order",
                number=number,
                revision=revision,
                current=current,
                order=order.name,
                subject=order.name,
            )
        if _is_older(document, order.trade_answer_issued):
            raise Superseded(
                "response.stale",
                number=number,
                issued=_issued(document),
                newer=order.trade_answer_number or order.trade_answer_issued,
            )

    def _rows_of(self, works):
        """What was kept of these messages before, because a person had to decide: ``{message id: rows}``."""
        Answer = self.env["trade.purchase.answer"]
        again = [work.message.id for work in works if work.message.attempt_count]
        rows = Answer.search([("message_id", "in", again)]) if again else Answer
        return {None: Answer, **rows.grouped(lambda row: row.message_id.id)}

    # -- codes -----------------------------------------------------------------------------------

    def _prefetch(self, works, resolver):
        """Look up all items and units of all documents at once."""
        lines = [line for work in works for line in work.document.order_lines]
        items = [item for line in lines for item in (line.item, line.seller_substituted_item) if item]
        resolver.prefetch("product", [pair for item in items for pair in item.identifiers])
        order_lines = self.env["purchase.order.line"].union(*(work.record.order_line for work in works))
        resolver.prefetch_codes("uom", order_lines.product_uom_id)
        resolver.factors.prefetch({code for line in lines for code in unit_codes(line)})

    def _resolve_items(self, work, lines, resolver):
        """The answer with its items settled: the ordered product no longer looks like another one.

        :return: ``(document, {line number: codes of the ordered product}, {key: product offered})``
        :raise TradeErrors: codes that nobody knows
        """
        ids, offered, said, errors = defaultdict(set), {}, [], []
        for index, line in enumerate(work.document.order_lines):
            reference = line.order_line_reference and line.order_line_reference.line_id
            order_line = lines.get(reference)
            place = f"/order_lines/{index}"
            try:
                if order_line:
                    line = self._resolve_line(
                        work, line, order_line, resolver, ids[reference], offered, place
                    )
                elif line.line_status_code == ADDED and not reference:
                    offered[f"+{line.id}"] = self._offered(work, line.item, resolver, None, place)
            except (MappingMissing, MappingAmbiguous) as error:
                errors.append(error)
            said.append(line)
        if errors:
            raise errors[0] if len(errors) == 1 else TradeErrors(errors)
        return _with_lines(work.document, said), ids, offered

    def _resolve_line(self, work, line, order_line, resolver, ids, offered, place):
        """The line with its items resolved; ``ids`` and ``offered`` are filled."""
        key = order_line.trade_line_ref
        substitute = line.seller_substituted_item
        if substitute:
            product = self._offered(work, substitute, resolver, order_line.product_id, place)
            if product == order_line.product_id:  # it took the place of the ordered item already
                ids.update(substitute.identifiers)
                return line.model_copy(update={"seller_substituted_item": None, "item": substitute})
            offered[key] = product
        elif line.item and line.item.identifiers:
            pairs = line.item.identifiers
            product, evidence = resolver.product(
                pairs, order_line.product_id, name=line.item.name, pointer=f"{place}/item"
            )
            work.evidence.append({**evidence, "line": key})
            if product == order_line.product_id:
                ids.update(pairs)
            else:
                # Nothing in common with what was ordered, whatever the reference to the line says.
                offered[key] = product
                ids.update((kind, order_line.product_id.display_name) for kind, _code in pairs)
        return line

    def _offered(self, work, item, resolver, expected, place):
        """The product of an item that nobody asked for; empty while nobody knows its code: a person decides
        about it anyway."""
        try:
            product, evidence = resolver.product(item.identifiers, expected, name=item.name, pointer=place)
        except (MappingMissing, MappingAmbiguous):
            return self.env["product.product"]
        work.evidence.append(evidence)
        return product

    # -- compare ---------------------------------------------------------------------------------

    def _compare(self, work, resolver, policy, rows):
        order = work.record
        lines = order._trade_lines_by_ref()
        document, ids, offered = self._resolve_items(work, lines, resolver)
        document, inexact = self._in_ordered_units(work, document, lines, offered, resolver)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        asked = [self._asked(ref, line, ids[ref], resolver, digits) for ref, line in lines.items()]
        assessment = evaluate(policy, asked, document)
        plan = Plan(order, assessment, [], rows)
        kept = {row.key: row for row in rows if not row.part}
        nothing = order.order_line.browse()
        if assessment.header:
            plan.lines.append(header_line(nothing, assessment))
        for assessed in assessment.lines:
            key = assessed.asked.line_id if assessed.asked else f"+{assessed.answer.lines[0].id}"
            product = offered.get(key)
            line = lines[key] if assessed.asked else nothing
            assessed = self._in_our_words(assessed, line, product, inexact.get(key))
            plan.lines.append(LinePlan(key, line, assessed, product))
        for line_plan in plan.lines:
            line_plan.decide(kept.get(line_plan.key))
        plan.settle_header()
        return plan

    def _asked(self, ref, line, ids, resolver, digits):
        order = line.order_id
        values = line._trade_asked_values()
        if line.trade_asked_date:
            values = {name: line[name] for name in values}
        return Asked(
            line_id=ref,
            quantity=decimal(values["trade_asked_qty"], digits),
            unit=resolver.code_of("uom", line.product_uom_id) or OTHER_UNIT,
            unit_price=decimal(values["trade_asked_price"], PRICE_DECIMALS),
            currency=order.currency_id.name,
            date=values["trade_asked_date"],
            item_ids=frozenset(ids),
        )

    def _in_our_words(self, assessed, line, product, inexact):
        """Another item is named by the products people know, where its code is known; a quantity that has no
        exact value in the ordered unit by its arithmetic."""
        words = {}
        if inexact:
            words["unit"] = inexact
        if product and line:
            words["substituted"] = self.env._(
                "Another item is offered: %(new)s instead of %(old)s.",
                new=product.display_name,
                old=line.product_id.display_name,
            )
        if not words:
            return assessed

        def worded(deviation: Deviation):
            sentence = words.get(deviation.dimension)
            return replace(deviation, sentence=sentence) if sentence else deviation

        return LineAssessment(assessed.asked, assessed.answer, tuple(map(worded, assessed.deviations)))

    def _judge(self, work):
        """Whether the plan can be applied as it is decided.

        :raise DeviationHeld: a person has to decide
        :raise BusinessRefused: nothing of the order is left to change
        :raise MappingMissing: something offered was accepted by the policy, and its code is not known
        """
        plan, order = work.plan, work.record
        if plan.pending:
            raise DeviationHeld(
                "response.deviates", order=order.name, summary=plan.summary, subject=order.name
            )
        changing = [line for line in plan.accepted if line.assessed.deviations]
        if changing and order._trade_is_complete():
            raise BusinessRefused("order.complete", order=order.name, subject=order.name)
        for line_plan in changing:
            self._check_acceptable(order, line_plan)
        if plan.refused and not plan.accepted:
            work.outcome = "rejected"

    def _check_acceptable(self, order, line_plan):
        dimensions = {deviation.dimension for deviation in line_plan.assessed.deviations}
        if "price" in dimensions and line_plan.line.qty_invoiced:
            raise BusinessRefused(
                "order.line_billed",
                line=line_plan.key,
                order=order.name,
                price=line_plan.answer.price,
                subject=order.name,
            )
        if line_plan.kind in ("substituted", "added") and not line_plan.product:
            item = line_plan.answer.substitute or line_plan.answer.item
            scheme, code = item.identifiers[0] if item.identifiers else ("name", item.name)
            raise MappingMissing(
                "product.unknown", subject=f"{scheme}:{code}", scheme=scheme, value=code, kind="product",
                key=[scheme, code], identifiers=[list(pair) for pair in item.identifiers], text=item.name,
            )  # fmt: skip

    def _held(self, works):
        """See :meth:`trade.adapter._held`: the differences, one row each, for the buyer to decide."""
        held = [work for work in works if isinstance(work.error, DeviationHeld) and work.plan]
        self.env["trade.purchase.answer"]._keep([(work.message, work.plan) for work in held])


def _with_lines(document, lines):
    if all(new is old for new, old in zip(lines, document.order_lines, strict=True)):
        return document
    return document.model_copy(update={"order_lines": tuple(lines)})


def _issued(document):
    """When the document was issued, as its sender said it: an instant, or the day when no time is known."""
    return (document.issued_at if document.issue_time else document.issue_date).isoformat()


def _is_older(document, applied):
    """Whether a document was issued before the one of which ``applied`` is the instant or day of issue."""
    if not applied:
        return False
    if document.issue_time and "T" in applied:
        return document.issued_at < datetime.fromisoformat(applied)
    return document.issue_date < date.fromisoformat(applied[:10])
