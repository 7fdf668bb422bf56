from . import test_cycle
from . import test_identity
from . import test_invoice
from . import test_invoice_same
from . import test_invoice_spread
from . import test_self_billing
from . import test_shuffled
from . import test_ubl_invoices
