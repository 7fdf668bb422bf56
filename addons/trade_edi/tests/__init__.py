from . import test_cxml_connector
from . import test_trade_layout
from . import test_trade_control_number
from . import test_trade_acknowledgement
from . import test_party_table
