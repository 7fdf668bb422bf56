from . import test_connect_a_system
