from . import trade_connector_new
from . import trade_connector_test
from . import trade_exception_fix
from . import trade_exception_bulk
