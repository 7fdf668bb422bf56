from . import purchase_order
from . import purchase_order_page
from . import trade_adapter_order
from . import trade_connector
from . import trade_message
from . import trade_partner
from . import trade_portal_link
