"""The parts of canonical documents that are about goods on their way: deliveries, shipments, packages."""

from .base import Date, Id, Number, OptionalId, OptionalName, Part, Time
from .parts import Location, Measure, Party, Period, Quantity


class Delivery(Part):
    """Where and when goods are, or are to be, delivered. UBL: cac:Delivery"""

    id: OptionalId = None
    """UBL: cbc:ID"""
    quantity: Quantity | None = None
    """How much of the line this delivery brings. UBL: cbc:Quantity"""
    requested_delivery_period: Period | None = None
    """When the buyer wants it. UBL: cac:RequestedDeliveryPeriod"""
    promised_delivery_period: Period | None = None
    """When the seller promises it. UBL: cac:PromisedDeliveryPeriod"""
    actual_delivery_date: Date | None = None
    """When it was delivered. UBL: cbc:ActualDeliveryDate"""
    delivery_location: Location | None = None
    """UBL: cac:DeliveryLocation"""
    delivery_party: Party | None = None
    """Who receives the goods. UBL: cac:DeliveryParty"""


class DeliveryTerms(Part):
    """Who carries cost and risk. UBL: cac:DeliveryTerms"""

    id: OptionalId = None
    """Incoterms code such as DAP. UBL: cbc:ID"""
    special_terms: OptionalName = None
    """UBL: cbc:SpecialTerms"""
    delivery_location: Location | None = None
    """The place the terms name. UBL: cac:DeliveryLocation"""


class Shipment(Part):
    """Goods on their way. UBL: cac:Shipment"""

    id: OptionalId = None
    """The sender's number of the shipment. UBL: cbc:ID"""
    carrier_party: Party | None = None
    """Who carries it. UBL: cac:Consignment/cac:CarrierParty"""
    carrier_assigned_id: OptionalId = None
    """Bill of lading or waybill. UBL: cac:Consignment/cbc:CarrierAssignedID"""
    tracking_id: tuple[Id, ...] = ()
    """Numbers to follow it by. UBL: cac:TransportHandlingUnit/cbc:TraceID"""
    transport_mode_code: OptionalId = None
    """UN/ECE Recommendation 19: 1 sea, 2 rail, 3 road, 4 air. UBL: cac:ShipmentStage/cbc:TransportModeCode"""
    transport_means_id: OptionalId = None
    """Lorry, trailer or vessel. UBL: cac:TransportMeans//cbc:LicensePlateID"""
    gross_weight_measure: Measure | None = None
    """UBL: cbc:GrossWeightMeasure"""
    gross_volume_measure: Measure | None = None
    """UBL: cbc:GrossVolumeMeasure"""
    total_transport_handling_unit_quantity: Number | None = None
    """How many packages. UBL: cbc:TotalTransportHandlingUnitQuantity"""
    actual_despatch_date: Date | None = None
    """UBL: cac:Despatch/cbc:ActualDespatchDate"""
    actual_despatch_time: Time | None = None
    """UBL: cac:Despatch/cbc:ActualDespatchTime"""
    estimated_delivery_period: Period | None = None
    """When it arrives. UBL: cac:Delivery/cac:EstimatedDeliveryPeriod"""
    delivery_terms: DeliveryTerms | None = None
    """UBL: cac:Consignment/cac:DeliveryTerms"""


class PackedLine(Part):
    """What of a line is in a package. UBL: cac:ShipmentLine within cac:TransportHandlingUnit"""

    line_id: Id
    """The line of this document."""
    quantity: Quantity | None = None
    """How much of it; absent: all that is left of the line."""


class TransportHandlingUnit(Part):
    """A pallet, carton or other package. UBL: cac:TransportHandlingUnit"""

    id: Id
    """SSCC (18 digits, without the application identifier 00), or the sender's number. UBL: cbc:ID"""
    transport_handling_unit_type_code: OptionalId = None
    """UN/ECE Recommendation 21: CT carton, PX pallet. UBL: cbc:TransportHandlingUnitTypeCode"""
    parent_id: OptionalId = None
    """The package it stands on or in."""
    gross_weight_measure: Measure | None = None
    """UBL: cac:MeasurementDimension"""
    packed_line: tuple[PackedLine, ...] = ()
    """What is in it, packages inside not counted."""


__all__ = [
    "Delivery",
    "DeliveryTerms",
    "PackedLine",
    "Shipment",
    "TransportHandlingUnit",
]
