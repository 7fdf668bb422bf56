"""999: the acknowledgement of a group by the rules of an implementation convention."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ....canonical import Document
from ._base import Group, X12Reading
from .x997 import FunctionalAcknowledgement


class ImplementationAcknowledgement(FunctionalAcknowledgement):
    """As 997, with IK3, IK4 and IK5 instead of AK3 to AK5; what CTX adds is kept as it stands."""

    sets: ClassVar = ("999",)
    segment_tag: ClassVar = "IK3"
    element_tag: ClassVar = "IK4"
    end_tag: ClassVar = "IK5"
    takes: ClassVar[Mapping[str, str]] = {
        tag: FunctionalAcknowledgement.takes[tag.replace("IK", "AK")] for tag in ("IK3", "IK4", "IK5")
    }

    def header_ik3(self, reading: X12Reading, group: Group) -> Group | None:
        return self.header_ak3(reading, group)

    def header_ik4(self, reading: X12Reading, group: Group) -> Group | None:
        return self.header_ak4(reading, group)

    def header_ik5(self, reading: X12Reading, group: Group) -> Group | None:
        return self.header_ak5(reading, group)

    def written_set(self, document: Document, profile: Any) -> tuple[str, str]:
        return "999", profile.implementation or f"{profile.version}{profile.association or 'X231'}"
