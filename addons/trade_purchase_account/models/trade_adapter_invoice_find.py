from collections import defaultdict

from odoo import models

from odoo.addons.trade_kernel.canonical import parse
from odoo.addons.trade_kernel.errors import DuplicateContent, DuplicateIgnored, TradeError

from ..identity import identity, number_key


class TradeAdapterInInvoice(models.AbstractModel):
    """What an invoice is about: the orders it speaks of, and whether it came before."""

    _inherit = "trade.adapter.in.invoice"

    # -- which orders ----------------------------------------------------------------------------

    def _find_orders(self, works, batch):
        """The orders each document speaks about: named by it, by the despatch advice or receipt it names, by
        the invoice it credits, or chosen by a person."""
        message = works[0].message
        Order = self.env["purchase.order"]
        named = {work.message.id: self._order_numbers(work.document) for work in works}
        found = Order._trade_named(set().union(*named.values()), message.trade_partner_id, message.company_id)
        shipped, currencies = self._shipped(works), self._currencies(works)
        for work in works:
            work.outcome, work.notes = "applied", []
            work.amount, work.currency = None, currencies[work.document.document_currency_code]
            chosen = batch.kept(work).chosen_order_ids
            outcomes = [found[number] for number in named[work.message.id]]
            errors = [one for one in outcomes if isinstance(one, TradeError)]
            orders = chosen or Order.union(*(one for one in outcomes if not isinstance(one, TradeError)))
            orders = orders or shipped.get(work.message.id, Order)
            batch.orders[work.message.id] = orders
            batch.order_error[work.message.id] = errors[0] if errors and not chosen else None
            work.record = orders[:1] or None

    def _order_numbers(self, document):
        numbers = [document.order_reference.id] if document.order_reference else []
        for line in document.invoice_lines:
            reference = line.order_line_reference
            if reference and reference.order_reference:
                numbers.append(reference.order_reference.id)
        return list(dict.fromkeys(numbers))

    def _shipped(self, works):
        """``{message id: orders}`` by the numbers of despatch advices and receipts that documents name."""
        wanted = defaultdict(list)
        for work in works:
            if self._order_numbers(work.document):
                continue
            document = work.document
            references = [*document.despatch_document_reference, *document.receipt_document_reference]
            references += [line.despatch_line_reference for line in document.invoice_lines]
            for reference in filter(None, references):
                wanted[reference.id].append(work.message.id)
        if not wanted:
            return {}
        message, orders = works[0].message, defaultdict(lambda: self.env["purchase.order"])
        for number, found in self._orders_of_shipments(message, list(wanted)).items():
            for message_id in wanted[number]:
                orders[message_id] |= found
        return orders

    def _orders_of_shipments(self, message, numbers):
        """``{number: orders}`` of the partner's despatch advices and of our receipts."""
        Order, found = self.env["purchase.order"], defaultdict(lambda: self.env["purchase.order"])
        advices = self.env["trade.message"].search(
            [
                ("trade_partner_id", "=", message.trade_partner_id.id),
                ("document_type", "=", "despatch_advice"),
                ("document_number", "in", numbers),
                ("state", "=", "applied"),
            ]
        )
        names = {advice: [advice.thread, *_line_orders(advice.canonical)] for advice in advices}
        orders = Order._trade_named(
            {name for found_names in names.values() for name in found_names},
            message.trade_partner_id,
            message.company_id,
        )
        for advice, found_names in names.items():
            for order in (orders[name] for name in found_names):
                if not isinstance(order, TradeError):
                    found[advice.document_number] |= order
        if "purchase_id" in self.env.get("stock.picking", self)._fields:
            vendor = message.trade_partner_id.partner_id.commercial_partner_id
            pickings = self.env["stock.picking"].search(
                [
                    ("name", "in", numbers),
                    ("company_id", "=", message.company_id.id),
                    ("purchase_id.partner_id", "child_of", vendor.id),
                ]
            )
            for picking in pickings:
                found[picking.name] |= picking.purchase_id
        return found

    def _currencies(self, works):
        """``{code: currency}`` of all documents."""
        codes = {work.document.document_currency_code for work in works}
        found = self.env["res.currency"].with_context(active_test=False).search([("name", "in", list(codes))])
        return defaultdict(found.browse, {currency.name: currency for currency in found})

    # -- the same invoice again ------------------------------------------------------------------

    def _is_copy(self, work, other):
        """See :meth:`trade.adapter._is_copy`: an invoice that comes by mail and by EDI, too."""
        return bool(other.canonical) and self._said(work.document) == self._said(parse(other.canonical))

    def _said(self, document):
        """What two copies of an invoice agree in, whatever else their formats carry."""
        lines = sorted(
            (line.quantity.value, line.line_extension_amount.value)
            if line.quantity and line.line_extension_amount
            else ()
            for line in document.invoice_lines
        )
        head = (document.document_type, document.issue_date, document.document_currency_code)
        return (*head, sorted(self._order_numbers(document)), self._total(document), lines)

    def _find_same(self, works, batch):
        """Documents of this supplier with the same number, by whatever way: a copy is ignored, another
        content waits for a person, a correction replaces what was not posted yet."""
        partner = works[0].message.trade_partner_id.partner_id.commercial_partner_id
        company = works[0].message.company_id
        keys = {number_key(work.document.document_number) for work in works}
        bills = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("move_type", "=", self._move_type),
                ("trade_ref_key", "in", list(keys)),
                ("state", "!=", "cancel"),
            ]
        )
        matches = self.env["trade.bill.match"].sudo().search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("identity", "in", [self._identity(work) for work in works]),
                ("state", "not in", ("rejected", "ended")),
            ]
        )  # fmt: skip
        first = {}  # of this batch, by identity
        for work in works:
            if not work.open:
                continue
            work.ignored = self._same_as(work, batch, bills, matches)
            earlier = first.setdefault(self._identity(work), work)
            if work.open and earlier is not work:
                self._same_in_batch(work, earlier)

    def _same_in_batch(self, work, earlier):
        """Two spellings of one number in one batch."""
        if work.currency == earlier.currency and self._total(work.document) == self._total(earlier.document):
            work.ignored = self._copy(work, earlier.message.display_name)
        else:
            number = work.document.document_number
            work.error = DuplicateContent(
                "document.other_content", number=number, other=earlier.message.id, subject=number
            )

    def _identity(self, work):
        document = work.document
        return identity(document.document_type, document.document_number, document.issue_date)

    def _same_as(self, work, batch, bills, matches):
        """The reason to ignore a document, if it is a copy; what is the same but for its content is noted in
        the batch."""
        total, currency = self._total(work.document), work.currency
        own = matches.filtered(
            lambda match: match.identity == self._identity(work) and match.trade_message_id != work.message
        )
        earlier = own.filtered(
            lambda match: (
                match.trade_partner_id == work.message.trade_partner_id
                and match.number == work.document.document_number
                and match.revision < work.document.revision
            )
        )
        if earlier:
            batch.replaces[work.message.id] = earlier[:1]
            return None
        same = bills.filtered(
            lambda bill: (
                bill.trade_ref_key == number_key(work.document.document_number)
                and (bill.invoice_date or work.document.issue_date).year == work.document.issue_date.year
                and bill not in batch.kept(work).bill_id
            )
        )
        for match in own - own.filtered("bill_id"):
            if match.currency_id == currency and not currency.compare_amounts(match.amount_total, total):
                return self._copy(work, match.trade_message_id.display_name)
        for bill in same:
            if bill.currency_id == currency and not currency.compare_amounts(bill.amount_total, total):
                work.record = bill
                return self._copy(work, bill.display_name)
        if same or own:
            batch.others[work.message.id] = (same[:1], own[:1])
        return None

    def _copy(self, work, other):
        return DuplicateIgnored("bill.duplicate", number=work.document.document_number, other=other)

    def _total(self, document):
        total = document.legal_monetary_total
        said = total and (total.tax_inclusive_amount or total.payable_amount)
        return float(said.value) if said else 0.0


def _line_orders(canonical):
    """The orders the lines of a canonical despatch advice name."""
    for line in (canonical or {}).get("despatch_lines", ()):
        order = (line.get("order_line_reference") or {}).get("order_reference") or {}
        if order.get("id"):
            yield order["id"]
