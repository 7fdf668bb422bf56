from . import test_receipt_events
from . import test_receipts
