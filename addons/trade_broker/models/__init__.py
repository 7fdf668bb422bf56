from . import trade_connector_broker
from . import trade_route_broker
from . import trade_subscription_broker
