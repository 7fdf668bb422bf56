from . import test_order_page
