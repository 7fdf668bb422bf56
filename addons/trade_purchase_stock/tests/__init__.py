from . import test_receipt_events
from . import test_receipts
from . import test_promise_received
from . import test_supplier_stock
from . import test_supply
from . import test_promise_planning
