from . import trade_api_read_availability
from . import trade_api_read_shipments
