from . import test_letters
from . import test_trade_connector_broker
