from . import trade_portal_link_send
