from datetime import UTC

from odoo import Command, models

from .trade_despatch import OPEN

_QUIET = {"tracking_disable": True, "mail_notify_force_send": False, "mail_create_nosubscribe": True}


class TradeAdapterInDespatchAdvice(models.AbstractModel):
    """How an advice becomes a shipment and its receipt."""

    _inherit = "trade.adapter.in.despatch_advice"

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`."""
        before = [self._announced(work.plan.despatch) for work in works]
        self._withdraw([work for work in works if work.plan.withdraws])
        self._announce([work for work in works if not work.plan.withdraws])
        self._read_ahead(self._despatches(works).order_ids)
        rows = [row for work, old in zip(works, before, strict=True) for row in self._ledger_rows(work, old)]
        self.env["trade.promise"]._note("despatched", rows)
        self._despatches(works)._trade_arrived()

    def _despatches(self, works):
        return self.env["trade.despatch"].union(*(work.plan.despatch for work in works))

    def _withdraw(self, works):
        self._despatches(works)._forget()
        for work in works:
            revision = min(work.document.revision, 2**31 - 1)
            work.plan.despatch.write({"state": "cancelled", "revision": revision})
            work.notes.append(self.env._("The supplier withdrew the shipment; its goods are expected later."))

    def _announce(self, works):
        known = [work for work in works if work.plan.despatch]
        self._replace(known)
        new = [work for work in works if not work.plan.despatch]
        Despatch = self.env["trade.despatch"]
        despatches = Despatch.with_context(**_QUIET).create([self._despatch_vals(work) for work in new])
        for work, despatch in zip(new, despatches.with_env(self.env), strict=True):
            work.plan.despatch = despatch
        despatches = self._despatches(works)
        for work, despatch in zip(works, despatches, strict=True):  # they are read together from now on
            work.plan.despatch = work.record = despatch
        self._write_content(works)
        despatches._arrange()
        self._end_lines(works)
        despatches._message_log_batch(
            {
                despatch.id: self.env._(
                    "Announced for %(orders)s with %(number)s.",
                    orders=", ".join(despatch.order_ids.mapped("name")),
                    number=despatch.number,
                )
                for despatch in despatches
            }
        )

    def _replace(self, works):
        """Corrections: what was announced before counts no longer."""
        despatches = self._despatches(works).with_context(**_QUIET)
        despatches._release()
        despatches._drop_packages()
        despatches.line_ids.unlink()
        despatches.unit_ids.unlink()
        despatches.reference_ids.unlink()
        for work, despatch in zip(works, despatches, strict=True):
            vals = self._despatch_vals(work)
            if despatch.eta_as_of and vals["eta_as_of"] < despatch.eta_as_of:
                del vals["eta"], vals["eta_as_of"]  # a status said something newer
            if despatch.state == "cancelled":
                vals["state"] = "announced"
            despatch.write(vals)

    # -- the record ------------------------------------------------------------------------------

    def _despatch_vals(self, work):
        document, shipment = work.document, work.document.shipment
        carrier = shipment and shipment.carrier_party
        names = carrier and (
            carrier.party_name or next((one.id for one in carrier.party_identification), None)
        )
        said = document.issued_at.astimezone(UTC).replace(tzinfo=None)
        return {
            "number": document.document_number,
            "revision": document.revision,
            "trade_partner_id": work.message.trade_partner_id.id,
            "company_id": work.message.company_id.id,
            "message_ref_id": work.message.id,
            "despatched_on": (shipment and shipment.actual_despatch_date) or document.issue_date,
            "eta": _eta(document),
            "eta_as_of": said.replace(microsecond=0),
            "carrier": names or False,
            "order_ids": [Command.set(_orders(work.plan).ids)],
            "reference_ids": [
                Command.create({"kind": kind, "name": name}) for kind, name in _references(document)
            ],
        }

    def _write_content(self, works):
        units = self._write_units(works)
        rows = [row for work in works for row in self._line_vals(work, units)]
        self.env["trade.despatch.line"].create(rows)

    def _line_vals(self, work, units):
        despatch, plan = work.record, work.plan
        left, rows = dict(plan.refused), []
        for part in reversed(plan.parts):  # what is too much is what was packed last
            quantity = float(part.quantity)
            refused = min(left.get(part.order_line, 0.0), quantity)
            if refused:
                left[part.order_line] -= refused
            rows.append(
                {
                    "despatch_id": despatch.id,
                    "key": part.key,
                    "order_line_id": part.order_line.id,
                    "product_id": part.order_line.product_id.id,
                    "product_uom_id": part.order_line.product_uom_id.id,
                    "quantity": quantity,
                    "refused": refused,
                    "lot": part.lot,
                    "expiry": part.expiry,
                    "best_before": part.best_before,
                    "unit_id": units[despatch, part.package].id if part.package else False,
                }
            )
        return rows[::-1]

    def _write_units(self, works):
        """:return: ``{(shipment, package number): unit}``"""
        said = [(work.record, unit) for work in works for unit in work.document.transport_handling_units]
        records = self.env["trade.despatch.unit"].create(
            [
                {
                    "despatch_id": despatch.id,
                    "name": unit.id,
                    "type_code": unit.transport_handling_unit_type_code,
                }
                for despatch, unit in said
            ]
        )
        units = {(despatch, unit.id): record for (despatch, unit), record in zip(said, records, strict=True)}
        within = {}
        for despatch, unit in said:
            if unit.parent_id:
                within.setdefault(units[despatch, unit.parent_id], []).append(units[despatch, unit.id].id)
        for parent, ids in within.items():
            records.browse(ids).parent_id = parent
        return units

    # -- what follows ----------------------------------------------------------------------------

    def _end_lines(self, works):
        """Less than ordered comes and nothing follows: as the route says."""
        ends = self.env["purchase.order.line"].union(*(work.plan.ends for work in works if work.plan.ends))
        short = set(ends.filtered(lambda line: line._trade_free_moves()))
        closed = self.env["stock.move"]
        for work in works:
            lines = (work.plan.ends or ends.browse()).filtered(lambda line: line in short)
            if not lines:
                continue
            names = ", ".join(lines.product_id.mapped("display_name"))
            if work.message.route_id.despatch_short == "close":
                closed |= lines._trade_free_moves()
                text = self.env._("The supplier says nothing follows; the rest is not expected: %s.", names)
            else:
                text = self.env._(
                    "The supplier says nothing follows, but less than ordered comes: %s.", names
                )
                self._tell_short(work, lines.order_id, text)
            work.notes.append(text)
        if closed:
            closed._action_cancel()

    def _tell_short(self, work, orders, text):
        for order in orders:
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=text,
                user_id=order.user_id.id or self.env.uid,
                date_deadline=work.record.eta,
            )

    def _announced(self, despatch):
        """``{order line: quantity}`` as it stands in the ledger."""
        if despatch.state not in OPEN:
            return {}
        return {
            line: sum(parts.mapped("quantity"))
            for line, parts in despatch.line_ids.grouped("order_line_id").items()
        }

    def _ledger_rows(self, work, before):
        now = self._announced(work.record)
        return [
            {
                "order_line": line,
                "quantity": now.get(line, 0.0) - before.get(line, 0.0),
                "date": work.record.despatched_on,
                "message": work.message,
                "source": work.record,
            }
            for line in {**before, **now}
            if line.product_uom_id.compare(now.get(line, 0.0), before.get(line, 0.0))
        ]


class TradeDespatch(models.Model):
    _inherit = "trade.despatch"

    def _trade_arrived(self):
        """Let documents go on that waited for these shipments, whoever sent them: carriers do, too."""
        for company, despatches in self.grouped("company_id").items():
            subjects = {f"shipment:{number}" for number in despatches._called()}
            waiting = self.env["trade.exception"].sudo()._search_waiting(company, subjects)
            for partner in waiting.trade_partner_id:
                waiting._arrived(partner, subjects)

    def _called(self):
        """The numbers by which documents speak about these shipments."""
        return [
            *self.mapped("number"),
            *self.reference_ids.mapped("name"),
            *self.unit_ids.mapped("name"),
            *self.order_ids.mapped("name"),
        ]


class TradeException(models.Model):
    _inherit = "trade.exception"

    def _search_waiting(self, company, subjects):
        return self.search(
            [
                ("is_open", "=", True),
                ("company_id", "=", company.id),
                ("subject", "in", list(subjects)),
                ("exception_class", "=", "sequence"),
            ]
        )


def _eta(document):
    shipment, delivery = document.shipment, document.delivery
    period = (shipment and shipment.estimated_delivery_period) or (
        delivery and (delivery.promised_delivery_period or delivery.requested_delivery_period)
    )
    return period.latest if period else False


def _orders(plan):
    lines = list(plan.totals)
    return lines[0].order_id.union(*(line.order_id for line in lines)) if lines else plan.despatch.order_ids


def _references(document):
    shipment = document.shipment
    if not shipment:
        return []
    found = [("shipment", shipment.id), ("waybill", shipment.carrier_assigned_id)]
    found += [("tracking", one) for one in shipment.tracking_id]
    return [(kind, name) for kind, name in dict.fromkeys(found) if name]
