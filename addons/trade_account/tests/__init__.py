from . import test_invoices
from . import test_payments
from . import test_remittance
