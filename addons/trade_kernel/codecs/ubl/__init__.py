"""UBL 2.1 and Peppol BIS 3.

Every document is one table (:mod:`.orders`, :mod:`.answers`, :mod:`.logistics`, :mod:`.billing`,
:mod:`.reports`), which reading and writing follow alike.
"""

from .codec import Ubl
from .documents import ROOTS

__all__ = ["ROOTS", "Ubl"]
