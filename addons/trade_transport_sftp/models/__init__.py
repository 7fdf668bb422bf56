from . import trade_credential
from . import trade_connector
from . import trade_route
