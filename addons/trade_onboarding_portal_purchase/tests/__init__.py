from . import test_connect_a_system
from . import test_small_supplier
