from . import stock_quant
from . import product_product
from . import stock_move
from . import stock_picking
