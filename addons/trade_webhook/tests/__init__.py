from . import test_trade_webhook
from . import test_trade_replay
