"""What writing is made of: shared with X12, see :mod:`..._edi.writing`."""

from ..._edi.writing import Writing

__all__ = ["Writing"]
