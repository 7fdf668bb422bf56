from datetime import UTC

from odoo import Command, models

from .trade_despatch import OPEN

_QUIET = {"tracking_disable": True, "mail_notify_force_send": False, "mail_create_nosubscribe": True}


class TradeAdapterInDespatchAdvice(models.AbstractModel):
    """How an advice becomes a shipment and its receipt."""

    _inherit = "trade.adapter.in.despatch_advice"

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`."""
        noted = []
        for work in works:
            before = self._announced(work.plan.despatch)
            if work.plan.withdraws:
                self._withdraw(work)
            else:
                self._announce(work)
            noted += self._ledger_rows(work, before)
        self.env["trade.promise"]._note("despatched", noted)
        for work in works:
            self.env["trade.despatch"]._trade_arrived(work.record)

    def _withdraw(self, work):
        despatch = work.plan.despatch
        despatch._forget()
        despatch.write({"state": "cancelled", "revision": min(work.document.revision, 2**31 - 1)})
        work.notes.append(self.env._("The supplier withdrew the shipment; its goods are expected later."))

    def _announce(self, work):
        vals = self._despatch_vals(work)
        despatch = work.plan.despatch.with_context(**_QUIET)
        if despatch:
            despatch._release()
            despatch._drop_packages()
            despatch.line_ids.unlink()
            despatch.unit_ids.unlink()
            despatch.reference_ids.unlink()
            if despatch.eta_as_of and vals["eta_as_of"] < despatch.eta_as_of:
                del vals["eta"], vals["eta_as_of"]  # a status said something newer
            if despatch.state == "cancelled":
                vals["state"] = "announced"
            despatch.write(vals)
        else:
            despatch = despatch.create(vals)
        work.plan.despatch = work.record = despatch.with_env(self.env)
        self._write_content(work)
        work.record._arrange()
        self._end_lines(work)
        orders = ", ".join(work.record.order_ids.mapped("name"))
        work.record.message_post(
            body=self.env._(
                "Announced for %(orders)s with %(number)s.", orders=orders, number=despatch.number
            )
        )

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

    def _write_content(self, work):
        despatch, plan = work.record, work.plan
        units = self._write_units(despatch, work.document.transport_handling_units)
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
                    "unit_id": units[part.package].id if part.package else False,
                }
            )
        self.env["trade.despatch.line"].create(rows[::-1])

    def _write_units(self, despatch, said):
        """:return: ``{package number: unit}``"""
        records = self.env["trade.despatch.unit"].create(
            [
                {
                    "despatch_id": despatch.id,
                    "name": unit.id,
                    "type_code": unit.transport_handling_unit_type_code,
                }
                for unit in said
            ]
        )
        units = dict(zip([unit.id for unit in said], records, strict=True))
        for unit in said:
            if unit.parent_id:
                units[unit.id].parent_id = units[unit.parent_id]
        return units

    # -- what follows ----------------------------------------------------------------------------

    def _end_lines(self, work):
        """Less than ordered comes and nothing follows: as the route says."""
        short = (work.plan.ends or self.env["purchase.order.line"]).filtered(
            lambda line: line._trade_free_moves()
        )
        if not short:
            return
        names = ", ".join(short.product_id.mapped("display_name"))
        if work.message.route_id.despatch_short == "close":
            short._trade_free_moves()._action_cancel()
            text = self.env._("The supplier says nothing follows; the rest is not expected: %s.", names)
        else:
            text = self.env._("The supplier says nothing follows, but less than ordered comes: %s.", names)
            for order in short.order_id:
                order.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=text,
                    user_id=order.user_id.id or self.env.uid,
                    date_deadline=work.record.eta,
                )
        work.notes.append(text)

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

    def _trade_arrived(self, despatch):
        """Let documents go on that waited for this shipment, whoever sent them: carriers do, too."""
        subjects = {f"shipment:{despatch.number}"}
        subjects |= {f"shipment:{one.name}" for one in despatch.reference_ids}
        subjects |= {f"shipment:{one.name}" for one in despatch.unit_ids}
        subjects |= {f"shipment:{order.name}" for order in despatch.order_ids}
        waiting = self.env["trade.exception"].sudo()._search_waiting(despatch.company_id, subjects)
        for partner in waiting.trade_partner_id:
            waiting._arrived(partner, subjects)


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
