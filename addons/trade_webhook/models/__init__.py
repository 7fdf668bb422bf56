from . import res_config_settings
from . import trade_connector
from . import trade_delivery_stats
from . import trade_exception
from . import trade_subscription
