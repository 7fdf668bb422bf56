from . import trade_api_read_account
from . import trade_api_read_invoice_status
