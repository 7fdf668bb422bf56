from . import trade_connector_new
from . import trade_subscription_replay
from . import trade_webhook_new
