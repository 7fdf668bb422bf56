"""What the acknowledgements of all formats have in common."""

import re
from dataclasses import dataclass

from ..canonical import Document


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a document stands as it does.

    :param code: of OpenPeppol's list OPStatusReason: PRI, QTY, DEL, …
    """

    code: str
    text: str
    line_id: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a document stands with us, as people or limits decided.

    :param code: one of canonical ``ResponseCode``.
    :param action: what its sender is asked to do, of OpenPeppol's list OPStatusAction: CNP, NIN, …
    """

    code: str
    reasons: tuple[Reason, ...] = ()
    action: str | None = None


def line_of(pointer: str | None, document: Document | None) -> str | None:
    """The number of the line that ``/order_lines/2/item`` speaks of."""
    for field in document.LINES if document else ():
        match = re.search(rf"/{field}/(\d+)", pointer or "")
        lines = getattr(document, field)
        if match and int(match[1]) < len(lines):
            return lines[int(match[1])].id
    return None
