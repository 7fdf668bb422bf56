from . import product_replenish
from . import trade_certificate_missing
from . import trade_certificate_reject
