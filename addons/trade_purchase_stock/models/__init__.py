from . import purchase_order_line
from . import trade_adapter_order
from . import trade_adapter_order_response
from . import stock_move
from . import stock_move_line
from . import stock_picking
