from . import test_data_owner
from . import test_invoices
from . import test_payments
from . import test_remittance
from . import test_remittance_kept
from . import test_statement
from . import test_statement_odd
from . import test_statement_desk
