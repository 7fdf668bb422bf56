"""What the acknowledgements of all formats have in common."""

import re

from ..canonical import Document


def line_of(pointer: str | None, document: Document | None) -> str | None:
    """The number of the line that ``/order_lines/2/item`` speaks of."""
    for field in document.LINES if document else ():
        match = re.search(rf"/{field}/(\d+)", pointer or "")
        lines = getattr(document, field)
        if match and int(match[1]) < len(lines):
            return lines[int(match[1])].id
    return None
