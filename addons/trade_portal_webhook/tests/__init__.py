from . import test_trade_portal_webhook
