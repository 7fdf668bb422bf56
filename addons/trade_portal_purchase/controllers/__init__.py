from . import order
from . import orders
