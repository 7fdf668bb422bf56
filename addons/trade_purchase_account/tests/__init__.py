from . import test_identity
from . import test_invoice
from . import test_invoice_same
