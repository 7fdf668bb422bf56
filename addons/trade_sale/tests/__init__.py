from . import test_sales_orders
from . import test_price_lists
