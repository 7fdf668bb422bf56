from . import test_shipments_of_orders
