from . import goods
from . import order
from . import orders
