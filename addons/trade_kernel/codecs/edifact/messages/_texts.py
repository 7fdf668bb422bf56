"""Long texts in short components: shared with X12, see :mod:`..._edi.texts`."""

from ..._edi.texts import DESCRIPTION, NAME, TEXT, full, joined, lines, pieces

__all__ = ["DESCRIPTION", "NAME", "TEXT", "full", "joined", "lines", "pieces"]
