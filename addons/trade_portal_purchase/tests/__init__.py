from . import test_order_goods
from . import test_order_page
