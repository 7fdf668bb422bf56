from . import test_trade_portal_link
from . import test_trade_portal_link_concurrency
from . import test_trade_portal_access
from . import test_trade_portal_home
from . import test_trade_portal_keys
