from . import trade_portal_link
from . import trade_partner
