"""Where goods are on their way."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from .base import Date, Document, Id, OptionalId, OptionalName, Part, Problem, Time, refused
from .parts import DocumentReference, Location, Measure, OrderReference, Party, Period

STATUSES = (
    "announced",
    "picked_up",
    "departed",
    "in_transit",
    "arrived",
    "customs",
    "out_for_delivery",
    "delivered",
    "delayed",
    "exception",
    "returned",
    "cancelled",
    "other",
)


class ShipmentEvent(Part):
    """Something that happened, or will, to a shipment. UBL: cac:TransportEvent"""

    status_code: Literal[STATUSES]
    """What happened, in one of few words. UBL: cac:CurrentStatus/cbc:ConditionCode"""
    partner_status_code: OptionalId = None
    """The same in the carrier's own code."""
    reason_code: OptionalId = None
    """Why, in the carrier's own code. UBL: cac:CurrentStatus/cbc:StatusReasonCode"""
    description: OptionalName = None
    """UBL: cac:CurrentStatus/cbc:Description"""
    occurrence_date: Date
    """UBL: cbc:OccurrenceDate"""
    occurrence_time: Time | None = None
    """UBL: cbc:OccurrenceTime"""
    location: Location | None = None
    """UBL: cac:Location"""
    signed_by: OptionalName = None
    """Who took the goods. UBL: cac:Signature"""


def _when(event: ShipmentEvent) -> str:
    at = event.occurrence_time.isoformat() if event.occurrence_time else ""
    return f"{event.occurrence_date.isoformat()}T{at}"


class ShipmentStatus(Document):
    """Events of one shipment. UBL: TransportationStatus-2"""

    LINES: ClassVar = ("transport_events",)

    document_type: Literal["shipment_status"] = "shipment_status"
    """Always "shipment_status"."""
    shipment_id: OptionalId = None
    """The shipper's number of the shipment. UBL: cac:Consignment/cbc:ID"""
    carrier_assigned_id: OptionalId = None
    """The carrier's: waybill, PRO number. UBL: cac:Consignment/cbc:CarrierAssignedID"""
    tracking_id: tuple[Id, ...] = ()
    """UBL: cac:TransportHandlingUnit/cbc:TraceID"""
    transport_handling_unit_id: tuple[Id, ...] = ()
    """SSCC of the packages it is about. UBL: cac:TransportHandlingUnit/cbc:ID"""
    carrier_party: Party | None = None
    """UBL: cac:Consignment/cac:CarrierParty"""
    consignor_party: Party | None = None
    """UBL: cac:Consignment/cac:ConsignorParty"""
    consignee_party: Party | None = None
    """UBL: cac:Consignment/cac:ConsigneeParty"""
    order_reference: tuple[OrderReference, ...] = ()
    """UBL: cac:OrderReference"""
    despatch_document_reference: tuple[DocumentReference, ...] = ()
    """UBL: cac:DocumentReference"""
    estimated_delivery_period: Period | None = None
    """UBL: cac:Delivery/cac:EstimatedDeliveryPeriod"""
    gross_weight_measure: Measure | None = None
    """UBL: cac:Consignment/cbc:GrossWeightMeasure"""
    transport_events: tuple[ShipmentEvent, ...] = Field(json_schema_extra={"minItems": 1})
    """At least one. UBL: cac:TransportEvent"""

    def _problems(self) -> Iterable[Problem]:
        yield from super()._problems()
        if not self.transport_events:
            yield ("transport_events",), refused("document.no_lines", document="shipment status"), None

    @property
    def business_key(self) -> str:
        """Some carriers give all their messages one number: the shipment and its latest event tell them
        apart, as what happened never takes the place of something else that did."""
        shipment = next(filter(None, (self.carrier_assigned_id, *self.tracking_id, self.shipment_id)), "")
        last = max(_when(event) for event in self.transport_events)
        return f"{super().business_key}:{shipment}:{last}"

    @property
    def thread(self) -> str:
        return self.order_reference[0].id if self.order_reference else self.id

    @property
    def threads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(order.id for order in self.order_reference)) or (self.id,)
