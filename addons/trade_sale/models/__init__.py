from . import sale_order
from . import sale_order_line
from . import product_pricelist
from . import product_pricelist_item
