from . import test_numbers
from . import test_order_goods
from . import test_order_files
from . import test_order_page
from . import test_order_rpc
from . import test_order_units
