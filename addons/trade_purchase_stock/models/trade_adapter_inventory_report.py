from dataclasses import dataclass

from odoo import models

from odoo.addons.trade_kernel.errors import Superseded

from ..supply import Ratios, Said, as_of, identity, scope, told


@dataclass
class Plan:
    """A piece of a report.

    :ivar report: values of its ``trade.supplier.report``
    :ivar counts: whether it is a piece of the file that was not read before
    :ivar lines: ``[(Key, Said)]``
    """

    report: dict
    counts: bool
    lines: list


class TradeAdapterInInventoryReport(models.AbstractModel):
    """A supplier's stock and back-orders. Items nobody knows are kept under their code: a report never waits
    for a person, and never changes an order.
    """

    _name = "trade.adapter.in.inventory_report"
    _inherit = ["trade.adapter"]
    _description = "Stock Report, from the Supplier"

    def _watched(self, work):
        """See :meth:`trade.adapter._watched`: the rows themselves say where they come from."""
        return []

    # -- plan ------------------------------------------------------------------------------------

    def _plan(self, works):
        """See :meth:`trade.adapter._plan`: a handful of queries for all lines of all works."""
        message = works[0].message
        complete = self.env["trade.supplier.report"]._newest_complete(message.trade_partner_id)
        for work in works:
            work.plan = Plan(self._report_values(work), self._is_new_piece(work.message), [])
            self._check_current(work, complete)
        works = [work for work in works if work.open]
        resolver = self.env["trade.mapping"]._resolver(message.trade_partner_id, message.company_id)
        lines = [line for work in works for line in work.document.inventory_lines]
        found = resolver.products([(line.item.identifiers, line.item.name) for line in lines])
        ratios = Ratios(resolver, {line.quantity.unit_code for line in lines}, found)
        products = iter(found)
        for work in works:
            older = self._places_known_better(work, complete)
            for (key, line), product_id in zip(told(work.document), products, strict=False):
                if key.location not in older:
                    work.plan.lines.append((key, self._said(line, product_id, ratios)))

    @staticmethod
    def _said(line, product_id, ratios):
        quantity, item = line.quantity, line.item
        return Said(
            quantity.value,
            ratios.converted(quantity.value, quantity.unit_code, product_id),
            item.name,
            identity(item)[2],
            product_id,
        )

    def _report_values(self, work):
        document, message = work.document, work.message
        file = self.env["trade.supplier.report"]._file_of(message)
        return {
            "name": document.document_number,
            "trade_partner_id": message.trade_partner_id.id,
            "route_id": message.route_id.id,
            "message_id": file.id,
            "revision": document.revision,
            "as_of": as_of(document, file.received_at),
            "scope": document.report_scope,
            "location": scope(document),
        }

    @staticmethod
    def _is_new_piece(message):
        """Not when it is the corrected copy of a piece that was applied."""
        while message := message.original_id:
            if message.state == "applied":
                return False
        return True

    @staticmethod
    def _check_current(work, complete):
        """A report older than the last one of all there is says nothing any more."""
        vals = work.plan.report
        newer = [complete[place][0] for place in {"", vals["location"]} if place in complete]
        if newer and vals["as_of"] < max(newer):
            work.ignored = Superseded("stock.old", number=vals["name"], as_of=vals["as_of"], newer=max(newer))

    @staticmethod
    def _places_known_better(work, complete):
        """Places of which a newer report says all there is."""
        when = work.plan.report["as_of"]
        return {place for place, (newer, _report_id) in complete.items() if place and newer > when}

    # -- apply -----------------------------------------------------------------------------------

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`: one statement for all rows of all works."""
        Report = self.env["trade.supplier.report"].sudo()
        reports = Report._get([work.plan.report for work in works])
        rows, trade_partner = {}, works[0].message.trade_partner_id
        ranked = sorted(zip(works, reports, strict=True), key=lambda pair: (pair[1].as_of, pair[1].id))
        for work, report in ranked:
            self._add(rows, work, report)
            self._record(work, report)
        self.env["trade.supplier.stock"]._store(
            trade_partner,
            [
                (*key, *said, report.id, message.id, report.as_of)
                for key, (said, report, message) in rows.items()
            ],
        )
        Report.union(*reports)._complete()
        works[0].message.route_id.sudo()._stock_came()

    @staticmethod
    def _add(rows, work, report):
        """Add what a work says to ``{key: (said, report, message)}``; works come oldest first."""
        message = work.message
        for key, said in work.plan.lines:
            known = rows.get(key)
            if known and known[1] == report:
                said = known[0].plus(said)
            rows[key] = (said, report, message)

    def _record(self, work, report):
        lines = work.plan.lines
        unknown = sum(said.product_id is None for _key, said in lines)
        report._was_read(work.document.document_number, int(work.plan.counts), len(lines), unknown)
        work.record = report
        note = (
            self.env._(
                "%(lines)s lines, %(unknown)s of items we do not know.", lines=len(lines), unknown=unknown
            )
            if unknown
            else self.env._("%s lines.", len(lines))
        )
        work.notes = [note]
