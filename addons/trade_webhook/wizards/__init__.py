from . import trade_subscription_replay
from . import trade_webhook_new
