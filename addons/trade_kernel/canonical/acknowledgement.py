"""What the other side's system says to a file or a document it got: readable, acceptable, or not."""

from typing import ClassVar, Literal

from .base import Document, Id, OptionalId, OptionalName, Part
from .parts import Party

#: ``under_query``: it was read, and is not accepted before a question about it is settled
ResponseCode = Literal["received", "accepted", "accepted_with_errors", "under_query", "rejected"]


class AcknowledgedError(Part):
    """One thing that was wrong with what was sent. UBL: cac:LineResponse/cac:Response"""

    code: OptionalId = None
    """In the standard's code list: UN/EDIFACT 0085, X12 716, 718, 720, 723."""
    text: OptionalName = None
    """What it means, in words."""
    line_id: OptionalId = None
    """The line of the document, when it is about one."""
    segment_tag: OptionalId = None
    """The segment, such as LIN or PO1."""
    segment_position: OptionalId = None
    """Counted from the message's first segment, 1."""
    element_position: OptionalId = None
    """The element, and after a dot the component."""
    bad_value: OptionalName = None
    """A copy of what was wrong."""


class ResponseStatus(Part):
    """Why a document stands as it does, or what its sender is asked to do. UBL: cac:Response/cac:Status"""

    list_id: OptionalId = None
    """The list of the code: OPStatusReason, OPStatusAction. UBL: cbc:StatusReasonCode/@listID"""
    code: OptionalId = None
    """UBL: cbc:StatusReasonCode"""
    text: OptionalName = None
    """In words. UBL: cbc:StatusReason"""


class AcknowledgedDocument(Part):
    """One document of the file, and what is said to it. UBL: cac:DocumentResponse"""

    control_reference: OptionalId = None
    """Its number in the envelope: UNH 0062, ST02."""
    group_reference: OptionalId = None
    """Its group's: UNG 0048, GS06."""
    document_type_code: OptionalId = None
    """ORDERS, 850, or UNTDID 1001. UBL: cac:DocumentReference/cbc:DocumentTypeCode"""
    document_id: OptionalId = None
    """Its own number, when it is named by that. UBL: cac:DocumentReference/cbc:ID"""
    response_code: ResponseCode
    """UBL: cac:Response/cbc:ResponseCode"""
    statuses: tuple[ResponseStatus, ...] = ()
    """What is said to the document as a whole. UBL: cac:Response/cac:Status"""
    errors: tuple[AcknowledgedError, ...] = ()
    """UBL: cac:LineResponse"""


class Acknowledgement(Document):
    """The answer of a system to a file or document. CONTRL, APERAK, 997, 999, 824; UBL: ApplicationResponse-2

    ``syntax`` says whether the file could be read, ``application`` whether its documents were taken.
    """

    LINES: ClassVar = ("responses",)

    document_type: Literal["acknowledgement"] = "acknowledgement"
    """Always "acknowledgement"."""
    level: Literal["syntax", "application"]
    """What was looked at."""
    response_code: ResponseCode
    """What is said to the whole. UBL: cac:DocumentResponse/cac:Response/cbc:ResponseCode"""
    interchange_reference: OptionalId = None
    """Which file is answered: UNB 0020, ISA13."""
    group_reference: OptionalId = None
    """Which group of it: UNG 0048, GS06."""
    functional_identifier: OptionalId = None
    """Kind of the group: GS01, such as PO."""
    sender_party: Party | None = None
    """Who says it. UBL: cac:SenderParty"""
    receiver_party: Party | None = None
    """UBL: cac:ReceiverParty"""
    errors: tuple[AcknowledgedError, ...] = ()
    """About the envelope itself."""
    responses: tuple[AcknowledgedDocument, ...] = ()
    """About its documents; those not named are as the whole. UBL: cac:DocumentResponse"""

    @property
    def thread(self) -> str:
        named: Id | None = next((one.document_id for one in self.responses if one.document_id), None)
        return named or self.interchange_reference or self.group_reference or self.id
