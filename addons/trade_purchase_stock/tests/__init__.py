from . import test_receipt_events
from . import test_receipts
from . import test_promise_received
