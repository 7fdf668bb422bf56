from . import test_trade_push
from . import test_trade_gate
from . import test_trade_status
from . import test_trade_api_client
from . import test_trade_door
from . import test_trade_cursors
from . import test_trade_reads
