from . import test_trade_portal_link
from . import test_trade_portal_link_concurrency
