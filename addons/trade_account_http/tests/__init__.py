from . import test_invoice_status
from . import test_reads
