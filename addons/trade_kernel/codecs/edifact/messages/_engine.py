"""What reading is made of: shared with X12, see :mod:`..._edi.reading`."""

from ..._edi.reading import DEFERRED, QUALIFIED, Kept, Reading, Shape, Takes

__all__ = ["DEFERRED", "QUALIFIED", "Kept", "Reading", "Shape", "Takes"]
