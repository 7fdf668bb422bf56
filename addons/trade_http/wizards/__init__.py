from . import trade_hook_fix
from . import trade_hook_test
from . import trade_connector_new
from . import trade_connector_new_hook
