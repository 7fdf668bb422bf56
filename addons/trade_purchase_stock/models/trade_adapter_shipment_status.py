from collections import defaultdict
from datetime import UTC, datetime, time

from odoo import models
from odoo.tools.misc import format_date

from odoo.addons.trade_kernel.errors import BusinessRefused, OutOfSequence, TradeError

from .trade_despatch import OPEN

_QUIET = {"tracking_disable": True, "mail_notify_force_send": False, "mail_create_nosubscribe": True}


class TradeAdapterInShipmentStatus(models.AbstractModel):
    """Where goods are on their way, from the supplier or a carrier: milestones move the arrival."""

    _name = "trade.adapter.in.shipment_status"
    _inherit = ["trade.adapter"]
    _description = "Shipment Status, from the Supplier or Carrier"

    def _watched(self, work):
        """See :meth:`trade.adapter._watched`."""
        moves = work.record.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        return [(work.record, ["state", "eta", "trouble"]), (moves, ["date"])]

    # -- plan ------------------------------------------------------------------------------------

    def _plan(self, works):
        """See :meth:`trade.adapter._plan`: one query per kind of number."""
        known = self._lookup(works)
        for work in works:
            try:
                work.record = self._shipment(work, known)
            except TradeError as error:
                work.error = error

    def _lookup(self, works):
        """``{(kind, number): shipments}`` of everything these documents name."""
        company = works[0].message.company_id
        numbers = {pair for work in works for pair in _numbers(work.document)}
        names = [name for _kind, name in numbers]
        here = [("company_id", "=", company.id), ("despatch_id.state", "!=", "cancelled")]
        nothing = self.env["trade.despatch"]
        found = defaultdict(lambda: nothing)
        for despatch in nothing.search(
            [("company_id", "=", company.id), ("state", "!=", "cancelled"), ("number", "in", names)]
        ):
            found["number", despatch.number] |= despatch
        for one in self.env["trade.despatch.reference"].search([*here, ("name", "in", names)]):
            found["reference", one.name] |= one.despatch_id
        for one in self.env["trade.despatch.unit"].search([*here, ("name", "in", names)]):
            found["unit", one.name] |= one.despatch_id
        orders = [name for kind, name in numbers if kind == "order"]
        for one in nothing.search(
            [("company_id", "=", company.id), ("state", "in", OPEN), ("order_ids.name", "in", orders)]
        ):
            for order in one.order_ids:
                found["order", order.name] |= one
        return found

    def _shipment(self, work, known):
        """
        :raise OutOfSequence: it was not announced yet
        :raise BusinessRefused: it may be several
        """
        document = work.document
        numbers = _numbers(document)
        partner = work.message.trade_partner_id
        for kind, name in numbers:
            kinds = (
                ("order",) if kind == "order" else ("unit",) if kind == "unit" else ("number", "reference")
            )
            shipments = self.env["trade.despatch"].union(*(known[one, name] for one in kinds))
            own = shipments.filtered(lambda one: one.trade_partner_id == partner)
            if not own and partner.is_logistics:
                own = shipments  # carriers speak of what others sent; suppliers of their own only
            if len(own) > 1:
                own = own.filtered(lambda one: one.state in OPEN) or own
            if len(own) == 1:
                return own
            if own:
                raise BusinessRefused(
                    "shipment.ambiguous",
                    number=document.document_number,
                    shipments=", ".join(own.sorted("id").mapped("number")),
                    subject=name,
                )
        name = numbers[0][1] if numbers else document.document_number
        raise OutOfSequence(
            "shipment.unknown", number=document.document_number, shipment=name, subject=f"shipment:{name}"
        )

    # -- apply -----------------------------------------------------------------------------------

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`."""
        known = {
            (one.despatch_id.id, one.status, one.occurred_at, one.code or False)
            for one in self.env["trade.despatch"].union(*(work.record for work in works)).milestone_ids
        }
        vals = [row for work in works for row in self._milestones(work, known)]
        self.env["trade.despatch.milestone"].create(vals)
        for work in works:
            despatch = work.record.with_context(**_QUIET)
            before, trouble = despatch.eta, despatch.trouble
            period = work.document.estimated_delivery_period
            as_of = max(_instant(event) for event in work.document.transport_events)
            moved = despatch._set_eta(period.latest if period else False, as_of)
            despatch._follow_milestones()
            late = moved and before and despatch.eta > before
            if despatch.trouble and despatch.trouble != trouble:
                self._tell_buyer(despatch, despatch.trouble)
            elif late:
                self._tell_buyer(despatch, self._late_words(despatch, before))

    def _late_words(self, despatch, before):
        return self.env._(
            "It arrives on %(new)s instead of %(old)s.",
            new=format_date(self.env, despatch.eta),
            old=format_date(self.env, before),
        )

    def _milestones(self, work, known):
        """What is new about the shipment; carriers repeat what they said before.

        :param set known: what is kept already, and what becomes so
        """
        period = work.document.estimated_delivery_period
        for event in work.document.transport_events:
            own = event.partner_status_code or False
            key = (work.record.id, event.status_code, _instant(event), own)
            if key in known:
                continue
            known.add(key)
            place = event.location
            address = place and place.address
            yield {
                "despatch_id": work.record.id,
                "status": event.status_code,
                "code": event.partner_status_code,
                "description": event.description,
                "occurred_at": _instant(event),
                "location": place
                and (place.name or (address and address.city_name) or (place.id and place.id.id)),
                "signed_by": event.signed_by,
                "eta": period.latest if period else False,
                "message_id": work.message.id,
            }

    def _tell_buyer(self, despatch, text):
        """Whoever bought what is in trouble, or late, has something to look at."""
        for buyer in despatch.order_ids.user_id or self.env.user:
            despatch.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Shipment %(number)s: %(text)s", number=despatch.number, text=text),
                user_id=buyer.id,
            )


def _numbers(document):
    """``(kind, number)`` by which a status names its shipment, the surest first."""
    found = [("number", one.id) for one in document.despatch_document_reference]
    found += [("reference", one) for one in (document.shipment_id, document.carrier_assigned_id) if one]
    found += [("reference", one) for one in document.tracking_id]
    found += [("unit", one) for one in document.transport_handling_unit_id]
    found += [("order", one.id) for one in document.order_reference]
    return list(dict.fromkeys(found))


def _instant(event):
    """When it happened, naive UTC; of a day alone, its beginning."""
    at = datetime.combine(event.occurrence_date, event.occurrence_time or time(tzinfo=UTC))
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
