from . import trade_partner
from . import trade_subscription
