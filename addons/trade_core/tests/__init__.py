from . import test_trade_connector_rest
from . import test_trade_connector_circuit
from . import test_trade_connector_setup
from . import test_trade_credential
from . import test_trade_poll
