from collections import defaultdict

from odoo import fields, models
from odoo.tools import float_compare
from odoo.tools.misc import format_date

from odoo.addons.trade_kernel.errors import Superseded
from odoo.addons.trade_kernel.identifiers import GTIN

from ..answer_plan import EndConfirmed, complete_on, schedule, unit_price
from ..tools import at_day, bulk_update, local_day, net_price
from .trade_adapter_order_response import _is_older, _issued

# What was asked stays as it was told: no price list, no lead time and no tracking message interferes.
_APPLYING = {
    "tracking_disable": True,
    "skip_uom_conversion": True,
    "trade_promise": True,
    "mail_notify_force_send": False,
    "mail_create_nosubscribe": True,
}


class TradeAdapterInOrderResponse(models.AbstractModel):
    """How a decided answer changes the order: equal changes of a whole batch are one write."""

    _inherit = "trade.adapter.in.order_response"

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`."""
        for work in works:
            if work.plan.receipt_only:
                work.message.trade_receipt_only = True
            if isinstance(work.plan, EndConfirmed):
                work.notes.append(self.env._("The supplier knows that the order is cancelled."))
        works = [work for work in works if not isinstance(work.plan, EndConfirmed)]
        self._acknowledge(works)
        self._announce([work for work in works if work.plan.receipt_only])
        works = [work for work in works if not work.plan.receipt_only]
        if not works:
            return
        promises = self._write_lines([work.plan for work in works])
        self._schedule(promises)
        self._write_ledgers(works, promises)
        self.env["trade.purchase.answer"]._keep([(work.message, work.plan) for work in works])
        self._end_older(works)
        self._announce(works)
        for work in works:
            self._tell_buyer(work)
            self._tell_supplier(work)
        orders = [f"order:{work.record.name}" for work in works]
        self.env["trade.exception"]._arrived(works[0].message.trade_partner_id, orders)

    def _acknowledge(self, works):
        """The order has arrived at the supplier, who calls it so."""
        works = [work for work in works if work.outcome == "applied"]
        orders = self.env["purchase.order"].union(*(work.record for work in works)).with_context(**_APPLYING)
        orders.filtered(lambda order: not order.acknowledged).write({"acknowledged": True})
        for work in works:
            theirs = work.document.order_reference.sales_order_id
            if theirs and not work.record.partner_ref:
                work.record.with_context(**_APPLYING).partner_ref = theirs

    # -- order lines -----------------------------------------------------------------------------

    def _write_lines(self, plans):
        """Bring the order lines to what was accepted or is proposed instead.

        :return: ``{line: promise}`` with a promise ``{qty, price, date, schedule}``
        """
        unasked = self.env["purchase.order.line"]
        for plan in plans:
            unasked |= plan.order.order_line.filtered(
                lambda line: line.product_id and not line.trade_asked_date
            )
        unasked.filtered(lambda line: not line.order_id.trade_last_ref)._trade_note_asked()
        changes, promises = defaultdict(list), {}
        for plan in plans:
            for line_plan in plan.lines:
                line, vals = line_plan.line, {}
                if line_plan in plan.accepted:
                    if line_plan.named:
                        self._remember(plan, line_plan)
                    if line_plan.product and line_plan.product != line.product_id:
                        line, vals = self._exchange_item(plan, line_plan)
                    elif line_plan.kind != "missing":
                        vals = self._accepted_values(line_plan)
                    if line_plan.kind != "missing":
                        promises[line] = _promise(line_plan)
                elif line_plan.decision == "countered":
                    vals = self._countered_values(line_plan)
                if vals:
                    changes[tuple(sorted(vals.items()))].append((line_plan.line or line).id)
        for vals, ids in changes.items():
            self.env["purchase.order.line"].browse(ids).with_context(**_APPLYING).write(dict(vals))
        return promises

    def _accepted_values(self, line_plan):
        """What changes on the order line; a change somebody made in Odoo since it was sent stays."""
        line, promise = line_plan.line, _promise(line_plan)
        order, vals = line.order_id, {}
        quantity = max(promise["qty"], line.qty_received)
        if _moves(line, "qty", line.product_qty, quantity):
            vals["product_qty"] = quantity
        price = float(net_price(line))
        if promise["price"] is not None and _moves(line, "price", price, promise["price"]):
            vals |= {"price_unit": promise["price"], "discount": 0.0}
        day = local_day(order, line.date_planned)
        if promise["date"] and _moves(line, "date", day, promise["date"]):
            vals["date_planned"] = at_day(order, promise["date"], line.date_planned)
        return vals

    def _countered_values(self, line_plan):
        """What we ask for now instead."""
        line, row = line_plan.line, line_plan.row
        vals = {}
        if line.product_uom_id.compare(line.product_qty, row.counter_qty):
            vals["product_qty"] = row.counter_qty
        if float_compare(float(net_price(line)), row.counter_price, precision_digits=6):
            vals |= {"price_unit": row.counter_price, "discount": 0.0}
        if row.counter_date and row.counter_date != local_day(line.order_id, line.date_planned):
            vals["date_planned"] = at_day(line.order_id, row.counter_date, line.date_planned)
        return vals

    def _exchange_item(self, plan, line_plan):
        """Order the offered product: instead of the line's product, or in addition.

        :return: ``(the new line, values for the line it replaces)``
        """
        order, old = plan.order, line_plan.line
        promise = _promise(line_plan)
        unit = old.product_uom_id or self._unit(plan, line_plan)
        vals = self.env["purchase.order.line"]._prepare_purchase_order_line(
            line_plan.product, promise["qty"], unit, order.company_id, order.partner_id, order
        )
        vals |= {"product_qty": promise["qty"], "sequence": old.sequence or 10, "trade_replaces_id": old.id}
        if promise["price"] is not None:
            vals |= {"price_unit": promise["price"], "discount": 0.0}
        like = old.date_planned or order.date_planned or fields.Datetime.now()
        vals["date_planned"] = at_day(order, promise["date"], like) if promise["date"] else like
        new = self.env["purchase.order.line"].with_context(**_APPLYING).create(vals)
        plan.created[line_plan.key] = new
        if not old:
            return new, {}
        # In documents the number stands for the same line as before, with another item on it.
        reference = old.trade_line_ref
        bulk_update(old, {old.id: {"trade_line_ref": None}})
        bulk_update(new, {new.id: {"trade_line_ref": reference}})
        new._trade_note_asked()
        return new, {"product_qty": old.qty_received}

    def _remember(self, plan, line_plan):
        """What a person named once is known from now on."""
        item = line_plan.answer.substitute or line_plan.answer.item
        codes = dict(item.identifiers)
        scheme = next((scheme for scheme in ("seller", GTIN, *codes) if scheme in codes), None)
        if not scheme:
            return  # a text alone is no code
        row = line_plan.row
        self.env["trade.mapping"].create(
            {
                "company_id": plan.order.company_id.id,
                "trade_partner_id": row.message_id.trade_partner_id.id,
                "scheme": scheme,
                "code": codes[scheme],
                "product_id": line_plan.product.id,
                "origin": self.env._("Offered for %s and accepted", plan.order.name),
                "confirmed_by": row.decided_by_id.id,
                "confirmed_at": row.decided_at,
            }
        )

    def _unit(self, plan, line_plan):
        partner = self.env["trade.partner"].sudo()._for_partner(plan.order.partner_id, plan.order.company_id)
        resolver = self.env["trade.mapping"]._resolver(partner, plan.order.company_id)
        return resolver.unit(line_plan.answer.unit)

    # -- what is kept ----------------------------------------------------------------------------

    def _write_ledgers(self, works, promises):
        """First and current promise of each line; what was applied last on each order."""
        messages = {work.record: work.message for work in works}
        rows = {
            line.id: {**promise, "message": messages[line.order_id]} for line, promise in promises.items()
        }
        self.env["purchase.order.line"]._trade_write_ledger(rows)
        applied = {
            work.record.id: {
                "trade_answer_issued": _issued(work.document),
                "trade_answer_number": work.document.document_number,
            }
            for work in works
            if work.outcome == "applied"
        }
        bulk_update(self.env["purchase.order"], applied)

    def _schedule(self, promises):
        """Make the receipts follow the promises ``{line: promise}``; the lines hold their earlier schedule
        still. Without receipts there is nothing to do."""

    def _end_older(self, works):
        """Older answers that still wait for the buyer wait for nothing any more."""
        orders = self.env["purchase.order"].union(
            *(work.record for work in works if work.outcome == "applied")
        )
        held = orders._trade_held_answers() if orders else self.env["trade.message"]
        if not held:
            return
        numbers = {work.record.id: work for work in works}
        for message in held:
            work = numbers[message.res_id]
            older = message.route_id._adapter()._issued_before(message, work.document)
            if message != work.message and older:
                reason = Superseded("response.newer_applied", number=work.document.document_number)
                problem = message.exception_id
                message._set_state("ignored", reason.message)
                message._log("superseded", note=reason.message)
                problem._refresh()

    def _issued_before(self, message, document):
        canonical = message.canonical or {}
        issued = canonical.get("issue_date")
        if not issued:
            return False
        time = canonical.get("issue_time")
        stamp = f"{issued}T{time}" if time else issued
        return not _is_older(document, stamp) and stamp != _issued(document)

    # -- who is told -----------------------------------------------------------------------------

    def _tell_buyer(self, work):
        """What the policy settled but wants known, in the order's chatter, addressed to the buyer."""
        remarks = work.plan.remarks
        work.notes += remarks
        people = sorted({line.row.decided_by_id.name for line in work.plan.lines if line.row})
        if people:
            work.notes.append(self.env._("Decided by %s.", ", ".join(people)))
        if not remarks:
            return
        order = work.record
        order.with_context(mail_notify_force_send=False).message_post(
            body=self.env._(
                "%(partner)s answered %(order)s (%(number)s): %(remarks)s",
                partner=order.partner_id.commercial_partner_id.name,
                order=order.name,
                number=work.document.document_number,
                remarks=" ".join(remarks),
            ),
            partner_ids=order.user_id.partner_id.ids,
        )

    def _tell_supplier(self, work):
        """What was refused or proposed instead, and lines added, leave as the order's next revision."""
        plan, order = work.plan, work.record
        if not plan.refused and not any(line.kind == "added" for line in plan.accepted):
            return
        route = order._trade_route()
        if not route:
            text = self.env._(
                "There is no route by which orders reach the supplier: tell them yourself what you decided."
            )
            work.notes.append(text)
            order.activity_schedule(
                "mail.mail_activity_data_todo", summary=text, user_id=order.user_id.id or self.env.uid
            )
            return
        answer = work.document.document_number
        notes = [self.env._("This replaces the order after your answer %s. Please confirm it.", answer)]
        line_notes = {}
        for line_plan in plan.refused:
            if line_plan.line:
                line_notes[line_plan.key] = self._refusal(line_plan)
            else:
                notes.append(self._refusal(line_plan))
        order._trade_next_revision(route, {"notes": notes, "line_notes": line_notes, "answer": answer})

    def _refusal(self, line_plan):
        """What the supplier reads about a line that was not accepted as answered."""
        said = " ".join(line_plan.sentences) or self.env._("The answer as a whole was refused.")
        own = (line_plan.row.counter_note or "").strip() if line_plan.row else ""
        if line_plan.decision == "countered":
            row = line_plan.row
            date = format_date(self.env, row.counter_date) if row.counter_date else "–"
            text = self.env._(
                "We propose %(quantity)s at %(price)s on %(date)s instead. Your answer: %(said)s",
                quantity=row.counter_qty,
                price=row.counter_price,
                date=date,
                said=said,
            )
        else:
            text = self.env._("We do not accept this; please confirm as ordered. Your answer: %s", said)
        return f"{own} {text}" if own else text


def _promise(line_plan):
    """What the supplier promises for the line."""
    answer = line_plan.answer
    price = unit_price(line_plan)
    total = answer.total_quantity
    return {
        "qty": float(total) if total is not None else 0.0,
        "price": float(price) if price is not None else None,
        "date": complete_on(answer) if total else None,
        "schedule": schedule(answer) if total else [],
    }


def _moves(line, what, current, target):
    """Whether the line must follow the answer: it differs, and not because somebody changed it in Odoo to
    something the supplier has not seen yet while the answer is as asked."""
    if what == "date":
        same, asked = current == target, target == line.trade_asked_date
    else:
        same = not float_compare(current, target, precision_digits=6)
        asked = not float_compare(target, line[f"trade_asked_{what}"], precision_digits=6)
    if same or not asked:
        return not same
    promised = line[f"trade_promised_{what}"] if line.trade_answered else None
    return current == promised
